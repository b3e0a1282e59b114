#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace csva::base {

/// Wall time for records (movable in tests), steady time for budgets and time-outs. Thread-safe.
class Clock {
public:
    /// Unix time in milliseconds. `CSVA_CLOCK_OFFSET_MS` and `move_by` shift it.
    static std::int64_t wall_ms();
    static std::chrono::steady_clock::time_point steady() {
        return std::chrono::steady_clock::now();
    }
    /// Tests only: shifts wall time of this process.
    static void move_by(std::chrono::milliseconds offset);
};

/// `2026-11-23T09:28:08.123Z` for Unix milliseconds, UTC; of the years 0 to 9999.
std::string iso_time(std::int64_t unix_ms);

}  // namespace csva::base
