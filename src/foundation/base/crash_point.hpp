#pragma once

#include <span>
#include <string_view>

namespace csva::base {

/// Named places where a test may kill the process (`CSVA_CRASH_AT=name` or `name:N` for the N-th
/// passage). Costs one load of an atomic when unset. Every name must stand in kCrashPoints
/// (crash_point.cpp).
void crash_point(std::string_view name);

/// All names, for the test that kills at every one.
std::span<const std::string_view> crash_points();

}  // namespace csva::base
