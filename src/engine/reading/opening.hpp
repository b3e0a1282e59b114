#pragma once

#include "engine/reading/encoding.hpp"
#include "engine/reading/read_csv.hpp"
#include "engine/reading/rows.hpp"

#include <string>
#include <vector>

namespace csva::reading {

/// A file as it is read: `utf8_file` is the file itself when it is clean UTF-8 already.
struct Source {
    std::string utf8_file;
    Bytes bytes;
};

/// Bytes in a text of UTF-8 that are none; and, unless every character is wanted as it stands, what
/// a wrong conversion has left.
bool needs_mending(const Bytes& bytes, const ReadRequest& request);

/// Looks at the file's bytes; a transcoded copy, if one is needed, goes to `folder`. Errors:
/// reading.empty_file, those of inspect and to_utf8.
base::Result<Source> as_utf8(const ReadRequest& request, const std::string& folder);

/// Errors: those of make_plan.
base::Result<Plan> plan_of(const Source& source, bool all_text, std::vector<Evidence>& evidence);

}  // namespace csva::reading
