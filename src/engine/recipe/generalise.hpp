#pragma once

#include "engine/recipe/recipe.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace csva::recipe {

/// How coarse a column can be made. number: intervals of 1, 2, 5, 10... widths, told by their
/// middle. date: month, quarter, year, decade, told by their first day. postal_code: fewer digits,
/// or the British outward code, then its area. category: groups given by a person. The last level
/// of each leaves nothing.
enum class Hierarchy : std::uint8_t { number, date, postal_code, category };
CSVA_DESCRIBE_ENUM(Hierarchy, number, date, postal_code, category)

/// Levels above "as it is"; the last leaves nothing.
int levels_of(Hierarchy hierarchy);
/// "city=region; other=region" as a map.
base::Result<std::map<std::string, std::string>> groups_from(std::string_view text);

/// Multiple of the base width at a level of numbers, from 1.
double width_factor(int level);
/// Middle of the interval of this width that holds the value.
double middle_of(double value, double width);
/// First day of the month, quarter, year or decade (levels 1 to 4) that holds a day.
std::int64_t first_day(std::int64_t days, int level);
/// The code with less of it: a point for each digit left out.
std::string coarser_postal_code(std::string_view code, int level);

}  // namespace csva::recipe
