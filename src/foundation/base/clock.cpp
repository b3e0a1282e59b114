#include "foundation/base/clock.hpp"

#include <fmt/format.h>

#include <atomic>
#include <cstdlib>
#include <ctime>

namespace csva::base {
namespace {

std::int64_t offset_from_environment() {
    const char* text = std::getenv("CSVA_CLOCK_OFFSET_MS");
    return text == nullptr ? 0 : std::strtoll(text, nullptr, 10);
}

std::atomic<std::int64_t>& offset_ms() {
    static std::atomic<std::int64_t> offset{offset_from_environment()};
    return offset;
}

}  // namespace

std::int64_t Clock::wall_ms() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count() +
           offset_ms().load(std::memory_order_relaxed);
}

void Clock::move_by(std::chrono::milliseconds offset) { offset_ms() += offset.count(); }

std::string iso_time(std::int64_t unix_ms) {
    const std::int64_t ms = ((unix_ms % 1000) + 1000) % 1000;
    const std::time_t seconds = (unix_ms - ms) / 1000;
    std::tm t{};
    gmtime_r(&seconds, &t);
    return fmt::format(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
        t.tm_year + 1900,
        t.tm_mon + 1,
        t.tm_mday,
        t.tm_hour,
        t.tm_min,
        t.tm_sec,
        ms
    );
}

}  // namespace csva::base
