#pragma once

// Shared by the .cpp files of this folder only.

#include "engine/drift/sketch.hpp"

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace csva::drift {

struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
        return std::hash<std::string_view>()(text);
    }
};
using TextCounts = std::unordered_map<std::string, std::int64_t, TextHash, std::equal_to<>>;

/// Edges for values of which each stands for one row (or for one of a sample). Values shared by
/// many have a bin of their own. Empty when there is no value.
std::vector<double> make_edges(std::vector<double> values);

/// Bin of a value: 0 below the first edge, edges.size() above the last.
std::size_t bin_of(const std::vector<double>& edges, double value);

/// Fills `categories` with the values of kRareRows rows or more, most frequent first, at most
/// kMostCategories, and sets `other_expected`.
void make_categories(const TextCounts& counts, ColumnSketch& column);

/// Rows, mean and sum of squared deviations of some numbers.
struct Moments {
    double rows = 0;
    double mean = 0;
    double squares = 0;
};
void merge_moments(const Moments& from, double rows_before, ColumnSketch& into);

/// Adds finite numbers to bins and moments; `column.rows` must not have them yet.
void count_numbers(std::span<const double> values, ColumnSketch& column);

}  // namespace csva::drift
