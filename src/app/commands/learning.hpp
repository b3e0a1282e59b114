#pragma once

#include "engine/table/source.hpp"
#include "foundation/base/control.hpp"
#include "foundation/base/files.hpp"
#include "foundation/base/result.hpp"

#include <memory>
#include <string>

namespace csva::app {

/// A CSV file read into a typed table of its own folder, removed with the object.
struct ReadFile {
    base::TemporaryFolder folder;
    std::unique_ptr<table::TableReader> rows;
};

/// `all_text`: every cell keeps its characters. Temporary files go below `parent`.
base::Result<ReadFile> read_table(
    const std::string& file, bool all_text, const base::fs::path& parent, base::Control& control
);

}  // namespace csva::app
