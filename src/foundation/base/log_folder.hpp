#pragma once

#include "foundation/base/result.hpp"

#include <cstdint>
#include <filesystem>
#include <string_view>

namespace csva::base {

/// From now on log lines go to `folder`/csva-YYYY-MM-DD.log (days of UTC) instead of standard
/// error; files whose day is older than `keep_days` are deleted when a new day begins. Several
/// processes may share a folder. Errors: base.file_unwritable.
Result<void> log_to_folder(const std::filesystem::path& folder, std::int64_t keep_days);

/// Back to standard error.
void log_to_standard_error();

/// False when there is no folder, or its disk does not take the line. For `log` only.
bool write_to_log_folder(std::string_view line);

}  // namespace csva::base
