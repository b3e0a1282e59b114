#include "features/sharing/types.hpp"

#include <algorithm>

namespace csva::sharing {
namespace {

/// What fewer rows have in common is nobody's business.
constexpr std::int64_t kLeastRows = 10;
/// Quantiles of fewer values would be those of single rows.
constexpr std::int64_t kLeastForQuantiles = 200;
constexpr std::size_t kQuantiles = std::size(profile::kQuantileAt);

/// Cuts off the outer bins of few rows: their edges are the values of single ones.
std::optional<profile::Histogram> trimmed(const profile::Histogram& whole) {
    const auto enough = [](std::int64_t count) { return count >= kLeastRows; };
    const auto first = std::ranges::find_if(whole.counts, enough);
    if (first == whole.counts.end()) return std::nullopt;
    const auto last = std::find_if(whole.counts.rbegin(), whole.counts.rend(), enough).base();
    const double width = (whole.high - whole.low) / static_cast<double>(whole.counts.size());
    const auto from = static_cast<double>(first - whole.counts.begin());
    const auto to = static_cast<double>(last - whole.counts.begin());
    return profile::Histogram{whole.low + from * width, whole.low + to * width, {first, last}};
}

SharedColumn shown_of(const profile::ColumnProfile& column) {
    SharedColumn out;
    out.name = column.name;
    out.type = column.type;
    out.count = column.count;
    out.missing = column.missing;
    out.distinct = column.distinct;
    if (column.count < kLeastRows) return out;
    out.mean = column.mean;
    out.standard_deviation = column.standard_deviation;
    if (column.count >= kLeastForQuantiles && column.quantiles.size() == kQuantiles)
        out.quantiles.assign(column.quantiles.begin() + 1, column.quantiles.end() - 1);
    if (column.histogram) out.histogram = trimmed(*column.histogram);
    for (const auto& value : column.top_values)
        if (value.count >= kLeastRows) out.top_values.push_back(value);
    return out;
}

}  // namespace

SharedProfile shown_of(const profile::Profile& profile) {
    SharedProfile out{profile.rows, profile.missing_cells, {}};
    for (const auto& column : profile.columns) out.columns.push_back(shown_of(column));
    return out;
}

}  // namespace csva::sharing
