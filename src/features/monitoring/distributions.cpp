#include "features/monitoring/look.hpp"

#include <algorithm>
#include <cmath>

namespace csva::monitoring {
namespace {

constexpr std::size_t kGroups = 12;
constexpr std::size_t kCategories = 8;
constexpr std::size_t kColumns = 60;

std::vector<double> shares(const std::vector<std::int64_t>& counts) {
    double all = 0;
    for (const auto n : counts) all += static_cast<double>(n);
    std::vector<double> out;
    for (const auto n : counts) out.push_back(all > 0 ? static_cast<double>(n) / all : 0);
    return out;
}

/// Smallest edge below which at least `share` of the counted rows lie.
double quantile(const drift::ColumnSketch& column, double share) {
    const double wanted = share * static_cast<double>(column.counted());
    double below = 0;
    for (std::size_t i = 0; i < column.edges.size(); ++i) {
        below += static_cast<double>(column.counts[i]);
        if (below >= wanted) return column.edges[i];
    }
    return column.edges.back();
}

/// Middle of a bin; the outermost have one end only.
double middle(const std::vector<double>& edges, std::size_t bin) {
    if (bin == 0) return edges.front();
    if (bin >= edges.size()) return std::nextafter(edges.back(), INFINITY);
    return edges[bin - 1] / 2 + edges[bin] / 2;
}

void group_numbers(
    const drift::ColumnSketch& reference, const drift::ColumnSketch& window, Distribution& out
) {
    const double low = quantile(reference, 0.01), high = quantile(reference, 0.99);
    const std::size_t groups = high > low ? std::min(kGroups, reference.edges.size()) : 1;
    const double width = (high - low) / static_cast<double>(groups);
    for (std::size_t i = 0; i <= groups; ++i)
        out.edges.push_back(low + width * static_cast<double>(i));
    std::vector<std::int64_t> before(groups), now(groups);
    for (std::size_t bin = 0; bin < reference.counts.size(); ++bin) {
        const double at = width > 0 ? std::floor((middle(reference.edges, bin) - low) / width) : 0;
        const auto group =
            static_cast<std::size_t>(std::clamp(at, 0.0, static_cast<double>(groups - 1)));
        before[group] += reference.counts[bin];
        now[group] += window.counts[bin];
    }
    out.reference = shares(before);
    out.window = shares(now);
}

void group_categories(
    const drift::ColumnSketch& reference, const drift::ColumnSketch& window, Distribution& out
) {
    const std::size_t named = std::min(kCategories, reference.categories.size());
    std::vector<std::int64_t> before, now;
    std::int64_t before_rest = reference.counted(), now_rest = window.counted();
    for (std::size_t i = 0; i < named; ++i) {
        out.names.push_back(reference.categories[i]);
        before.push_back(reference.category_counts[i]);
        now.push_back(window.category_counts[i]);
        before_rest -= before.back();
        now_rest -= now.back();
    }
    if (before_rest + now_rest > 0) {
        out.names.emplace_back();
        before.push_back(before_rest);
        now.push_back(now_rest);
    }
    out.reference = shares(before);
    out.window = shares(now);
}

}  // namespace

std::vector<Distribution> distributions_of(
    const drift::Sketch& reference, const drift::Sketch& window
) {
    std::vector<Distribution> out;
    for (std::size_t i = 0; i < reference.columns.size() && out.size() < kColumns; ++i) {
        const auto& before = reference.columns[i];
        const auto& now = window.columns[i];
        if (before.kind == drift::Kind::date || before.role == drift::Role::target) continue;
        Distribution one;
        one.column = before.column.name;
        one.role = before.role;
        one.kind = before.kind;
        one.importance = before.importance;
        if (before.kind == drift::Kind::category)
            group_categories(before, now, one);
        else if (before.edges.empty() || now.counts.size() != before.counts.size())
            continue;
        else
            group_numbers(before, now, one);
        out.push_back(std::move(one));
    }
    return out;
}

}  // namespace csva::monitoring
