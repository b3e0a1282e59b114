#include "foundation/base/log.hpp"

#include "foundation/base/clock.hpp"
#include "foundation/base/described.hpp"
#include "foundation/base/log_folder.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace csva::base {
namespace {

spdlog::logger& logger() {
    static const auto instance = [] {
        auto made = std::make_shared<spdlog::logger>(
            "csva", std::make_shared<spdlog::sinks::stderr_sink_mt>()
        );
        made->set_pattern("%v");
        made->flush_on(spdlog::level::info);
        return made;
    }();
    return *instance;
}

spdlog::level::level_enum level_of(LogLevel level) {
    switch (level) {
        case LogLevel::debug:
            return spdlog::level::debug;
        case LogLevel::info:
            return spdlog::level::info;
        case LogLevel::warning:
            return spdlog::level::warn;
        case LogLevel::error:
            return spdlog::level::err;
    }
    return spdlog::level::info;
}

std::string_view text_of(LogLevel level) {
    switch (level) {
        case LogLevel::debug:
            return "debug";
        case LogLevel::info:
            return "info";
        case LogLevel::warning:
            return "warning";
        case LogLevel::error:
            return "error";
    }
    return "info";
}

}  // namespace

void log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
    if (!logger().should_log(level_of(level))) return;
    std::string line = R"({"time":")" + iso_time(Clock::wall_ms()) + R"(","level":")";
    line += text_of(level);
    line += R"(","event":)";
    encode_text(line, event);
    for (const auto& field : fields) {
        line += ',';
        encode_text(line, field.name);
        line += ':';
        if (const auto* text = std::get_if<std::string_view>(&field.value))
            encode_text(line, *text);
        else if (const auto* integer = std::get_if<std::int64_t>(&field.value))
            line += std::to_string(*integer);
        else if (const auto* number = std::get_if<double>(&field.value))
            encode_number(line, *number);
        else
            line += std::get<bool>(field.value) ? "true" : "false";
    }
    line += '}';
    if (write_to_log_folder(line)) return;
    logger().log(level_of(level), spdlog::string_view_t(line));
}

void set_log_level(LogLevel level) { logger().set_level(level_of(level)); }

}  // namespace csva::base
