#include "engine/drift/bins.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>

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

/// How many of the sorted edges are below the value, when at least `at` and at most `at + count`
/// are. Without branches: which half is taken cannot be foreseen.
std::size_t search(const double* edges, std::size_t at, std::size_t count, double value) {
    while (count > 0) {
        const std::size_t half = (count + 1) / 2;
        at += half & -static_cast<std::size_t>(edges[at + half - 1] < value);
        count -= half;
    }
    return at;
}

/// Equal cells from the first edge to the last. A greater number is never in a lower cell, however
/// its place is rounded: all edges of lower cells are below it, and none of a higher one is. Only
/// those of its own cell remain to be searched, one or none for most numbers.
class Grid {
public:
    static constexpr std::size_t kCells = 2048;

    /// Nothing where the edges leave no cells, or cells without a width.
    static std::optional<Grid> over(const std::vector<double>& edges) {
        if (edges.size() < 2 || edges.size() > std::numeric_limits<std::uint16_t>::max()) return {};
        const double scale = static_cast<double>(kCells) / (edges.back() - edges.front());
        if (!std::isfinite(edges.front()) || !std::isfinite(scale) || scale == 0) return {};
        return Grid(edges, scale);
    }

    std::size_t bin_of(double value) const {
        const std::size_t cell = cell_of(value), at = first_[cell];
        return search(edges_, at, first_[cell + 1] - at, value);
    }

private:
    Grid(const std::vector<double>& edges, double scale)
        : edges_(edges.data()), low_(edges.front()), scale_(scale) {
        std::size_t filled = 0;
        for (std::size_t i = 0; i < edges.size(); ++i)
            for (const std::size_t cell = cell_of(edges[i]); filled <= cell;)
                first_[filled++] = static_cast<std::uint16_t>(i);
        while (filled <= kCells) first_[filled++] = static_cast<std::uint16_t>(edges.size());
    }

    std::size_t cell_of(double value) const {
        const double at = std::max(0.0, (value - low_) * scale_);
        return static_cast<std::size_t>(std::min(at, static_cast<double>(kCells - 1)));
    }

    const double* edges_;
    double low_;
    double scale_;
    std::array<std::uint16_t, kCells + 1> first_;  ///< Edges in lower cells.
};

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
    return search(edges.data(), 0, edges.size(), value);
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
    if (const auto grid = Grid::over(column.edges); grid && values.size() >= Grid::kCells / 2)
        for (const double v : values) ++column.counts[grid->bin_of(v)];
    else
        for (const double v : values) ++column.counts[bin_of(column.edges, v)];
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
