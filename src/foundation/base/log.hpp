#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

namespace csva::base {

enum class LogLevel : std::uint8_t { debug, info, warning, error };

/// A field of a log line. Never a secret, never a cell value, never a user's file or column name.
struct LogField {
    std::string_view name;
    std::variant<std::string_view, std::int64_t, double, bool> value;
};

/// One JSON line on standard error (or in a folder, see log_folder.hpp):
/// {"time":"...","level":"info","event":"...", fields...}. Thread-safe; spdlog behind it. `event`
/// is a short snake_case name such as "request" or "job_failed".
void log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {});

/// Lines below `level` are dropped. Default: info.
void set_log_level(LogLevel level);

}  // namespace csva::base
