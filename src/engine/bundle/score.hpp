#pragma once

#include "engine/bundle/model.hpp"
#include "engine/table/source.hpp"
#include "foundation/base/control.hpp"

#include <cstdint>
#include <ostream>
#include <string_view>

namespace csva::bundle {

/// How a file of answers looks.
struct ScoreOptions {
    std::string_view name;      ///< A leaderboard name, empty for the best.
    bool keep_columns = false;  ///< CSV: the columns of the rows stand before the answers.
    bool json = false;          ///< One JSON object a line, with warnings, instead of CSV.
};

/// Answers every row of a table of texts: the one way of the command line and of batch jobs, a
/// batch at a time. Returns the number of rows. Errors: bundle.unknown_model, those of the reader,
/// base.file_unwritable, jobs.cancelled.
base::Result<std::int64_t> score_rows(
    const Model& model,
    const ScoreOptions& options,
    table::TableReader& rows,
    std::ostream& out,
    base::Control& control
);

}  // namespace csva::bundle
