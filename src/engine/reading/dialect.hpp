#pragma once

#include "engine/reading/receipt.hpp"

#include <string_view>
#include <vector>

namespace csva::reading {

/// How much of the start of a file decides dialect, layout and repairs.
inline constexpr std::size_t kSampleBytes = 256 << 10;

/// The start of a text, up to a line end.
std::string_view sample_of(std::string_view text);

/// Delimiter, quote and escape under which the sample looks most like a table; empty delimiter: one
/// column. Every candidate gets pattern score times type score.
/// Source: van den Burg, Nazabal and Sutton 2019, "Wrangling messy CSV files by detecting row and
/// type patterns", eqs. 4 to 7. Differences: the number of row patterns is their perplexity (so
/// that one bad row among hundreds weighs what it is worth), and unusual delimiters bear a small
/// handicap. Appends what was decided, with the rows for and against, to `evidence`.
Dialect sniff(std::string_view sample, std::vector<Evidence>& evidence);

}  // namespace csva::reading
