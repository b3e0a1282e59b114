#include "foundation/base/clock.hpp"

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
    std::string out = "0000-00-00T00:00:00.000Z";  // Every line of the log begins with one.
    const auto put = [&out](std::size_t begin, std::size_t end, std::int64_t value) {
        for (; end > begin; value /= 10) out[--end] = static_cast<char>('0' + value % 10);
    };
    put(0, 4, t.tm_year + 1900);
    put(5, 7, t.tm_mon + 1);
    put(8, 10, t.tm_mday);
    put(11, 13, t.tm_hour);
    put(14, 16, t.tm_min);
    put(17, 19, t.tm_sec);
    put(20, 23, ms);
    return out;
}

}  // namespace csva::base
