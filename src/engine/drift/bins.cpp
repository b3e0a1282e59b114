#include "engine/drift/bins.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace csva::drift {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct Run {
    double value = 0;
    std::int64_t rows = 0;
};

std::vector<Run> runs_of(std::vector<double>& values) {
    std::ranges::sort(values);
    std::vector<Run> runs;
    for (const double v : values) {
        if (runs.empty() || runs.back().value != v) runs.push_back({v, 0});
        ++runs.back().rows;
    }
    return runs;
}

double between(double a, double b) {
    const double middle = a + (b - a) / 2;
    return middle > a && middle < b ? middle : a;
}

void add_edge(std::vector<double>& edges, double value) {
    if (edges.empty() || value > edges.back()) edges.push_back(value);
}

}  // namespace

std::vector<double> make_edges(std::vector<double> values) {
    std::erase_if(values, [](double v) { return !std::isfinite(v); });
    const auto runs = runs_of(values);
    std::vector<double> edges;
    if (runs.empty()) return edges;
    const auto rows = static_cast<std::int64_t>(values.size());
    const auto most = static_cast<std::int64_t>(kBins);
    const std::int64_t full = std::max<std::int64_t>(2, (rows + most - 1) / most);
    add_edge(edges, std::nextafter(runs.front().value, -kInfinity));
    std::int64_t pending = 0;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const bool last = i + 1 == runs.size();
        if (runs[i].rows >=
            std::max(full, kRareRows)) {  // A bin of its own, that nothing beside it falls into.
            add_edge(edges, std::nextafter(runs[i].value, -kInfinity));
            add_edge(edges, runs[i].value);
            pending = 0;
            continue;
        }
        pending += runs[i].rows;
        if (last)
            add_edge(edges, runs[i].value);
        else if (pending >= full) {
            add_edge(edges, between(runs[i].value, runs[i + 1].value));
            pending = 0;
        }
    }
    return edges;
}

std::size_t bin_of(const std::vector<double>& edges, double value) {
    // A binary search without branches: which half is taken cannot be foreseen.
    const double* first = edges.data();
    for (std::size_t count = edges.size(); count > 0;) {
        const std::size_t half = (count + 1) / 2;
        first += half & -static_cast<std::size_t>(first[half - 1] < value);
        count -= half;
    }
    return static_cast<std::size_t>(first - edges.data());
}

void make_categories(const TextCounts& counts, ColumnSketch& column) {
    std::vector<std::pair<std::int64_t, std::string_view>> frequent;
    for (const auto& [text, rows] : counts) {
        column.other_expected += rows;
        if (rows >= kRareRows) frequent.emplace_back(-rows, text);
    }
    std::ranges::sort(frequent);
    std::int64_t least = kRareRows;
    if (frequent.size() > kMostCategories) {
        frequent.resize(kMostCategories);
        least = -frequent.back().first;
    }
    for (const auto& [rows, text] : frequent) {
        column.categories.emplace_back(text);
        if (-rows > least) column.other_expected += rows;  // One row fewer, and it still is one.
    }
    column.category_counts.assign(column.categories.size(), 0);
}

void count_numbers(std::span<const double> values, ColumnSketch& column) {
    // Several searches at once, as one alone waits for each of its steps; by masks, or the compiler
    // makes branches of them.
    constexpr std::size_t kLanes = 4;
    const double* edges = column.edges.data();
    std::size_t done = 0;
    for (; done + kLanes <= values.size(); done += kLanes) {
        std::array<std::size_t, kLanes> at{};
        for (std::size_t count = column.edges.size(); count > 0;) {
            const std::size_t half = (count + 1) / 2;
            for (std::size_t i = 0; i < kLanes; ++i)
                at[i] +=
                    half & -static_cast<std::size_t>(edges[at[i] + half - 1] < values[done + i]);
            count -= half;
        }
        for (const std::size_t bin : at) ++column.counts[bin];
    }
    for (const double v : values.subspan(done)) ++column.counts[bin_of(column.edges, v)];
    double sum = 0, squares = 0;
    for (const double v : values) sum += v;
    if (values.empty()) return;
    const auto added = static_cast<double>(values.size());
    const double mean = sum / added;
    for (const double v : values) squares += (v - mean) * (v - mean);
    merge_moments({added, mean, squares}, static_cast<double>(column.counted()), column);
}

void merge_moments(const Moments& from, double rows_before, ColumnSketch& into) {
    const double rows = rows_before + from.rows, apart = from.mean - into.mean;
    if (from.rows <= 0) return;
    into.mean += apart * from.rows / rows;
    into.squares += from.squares + apart * apart * rows_before * from.rows / rows;
}

}  // namespace csva::drift
