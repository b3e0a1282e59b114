#include "engine/drift/compare.hpp"

#include "engine/stats/distances.hpp"
#include "engine/stats/hypothesis_tests.hpp"

#include <boost/math/distributions/students_t.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace csva::drift {
namespace {

constexpr std::size_t kGroups = 10;

double share(std::int64_t part, std::int64_t all) {
    return all == 0 ? 0 : static_cast<double>(part) / static_cast<double>(all);
}

/// Jensen-Shannon distance of the population as far as it can be known: chance taken off.
double effect_of(std::span<const std::int64_t> a, std::span<const std::int64_t> b) {
    const auto n = static_cast<double>(std::accumulate(a.begin(), a.end(), std::int64_t{0}));
    const auto m = static_cast<double>(std::accumulate(b.begin(), b.end(), std::int64_t{0}));
    if (n == 0 || m == 0) return 0;
    const double distance = stats::jensen_shannon_distance(a, b);
    const double chance = stats::jensen_shannon_bias(a.size(), n, m);
    return std::sqrt(std::max(0.0, distance * distance - chance));
}

Groups number_groups(const ColumnSketch& reference, const ColumnSketch& window) {
    Groups out;
    const double full = static_cast<double>(reference.counted()) / kGroups;
    std::int64_t a = 0, b = 0;
    for (std::size_t i = 0; i < reference.counts.size(); ++i) {
        a += reference.counts[i];
        b += window.counts[i];
        // The next bin may be so heavy that it is better by itself.
        const double next =
            i + 1 < reference.counts.size() ? static_cast<double>(a + reference.counts[i + 1]) : 0;
        const bool heavy = next > 1.5 * full && static_cast<double>(a) > 0.5 * full;
        if (static_cast<double>(a) < full && !heavy) continue;
        out.reference.push_back(a);
        out.window.push_back(b);
        a = b = 0;
    }
    if (out.reference.empty()) {
        out.reference.push_back(a);
        out.window.push_back(b);
    } else {
        out.reference.back() += a;
        out.window.back() += b;
    }
    return out;
}

Groups category_groups(const ColumnSketch& reference, const ColumnSketch& window) {
    constexpr double kExpected = 5;
    // Enough that chance does not leave such a category out of the reference's list.
    constexpr double kExpectedOfReference = 20;
    Groups out;
    const double n = static_cast<double>(reference.counted());
    const double m = static_cast<double>(window.counted());
    std::int64_t a = reference.other_count, b = window.other_count;
    for (std::size_t i = 0; i < reference.category_counts.size(); ++i) {
        const std::int64_t x = reference.category_counts[i], y = window.category_counts[i];
        const double one_row = static_cast<double>(x + y) / (n + m);
        if (one_row * m < kExpected || one_row * n < kExpectedOfReference) {
            a += x;
            b += y;
            continue;
        }
        out.reference.push_back(x);
        out.window.push_back(y);
        out.names.push_back(reference.categories[i]);
    }
    if (a + b > 0) {
        out.reference.push_back(a);
        out.window.push_back(b);
        out.names.emplace_back();
    }
    return out;
}

Comparison begin(const ColumnSketch& reference, Aspect aspect) {
    Comparison out;
    out.column = reference.column.name;
    out.role = reference.role;
    out.aspect = aspect;
    out.importance = reference.importance;
    return out;
}

/// Numbers between the ends of the range, all that bins can say of Wasserstein's distance.
double normed_wasserstein(const ColumnSketch& reference, const ColumnSketch& window) {
    const std::span<const std::int64_t> a(reference.counts), b(window.counts);
    std::vector<std::int64_t> inside_a(a.begin() + 1, a.end() - 1);
    std::vector<std::int64_t> inside_b(b.begin() + 1, b.end() - 1);
    inside_b.front() += b.front();
    inside_b.back() += b.back();
    constexpr double kLeastDeviation = 0.001;
    return stats::wasserstein_distance(reference.edges, inside_a, inside_b) /
           std::max(reference.deviation(), kLeastDeviation);
}

std::string most_moved(const Groups& groups) {
    const auto total = [](const auto& counts) {
        return std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
    };
    const std::int64_t n = total(groups.reference), m = total(groups.window);
    double most = 0;
    std::string out;
    for (std::size_t i = 0; i < groups.names.size(); ++i) {
        const double moved = std::abs(share(groups.window[i], m) - share(groups.reference[i], n));
        if (moved <= most) continue;
        most = moved;
        out = groups.names[i];
    }
    return out;
}

Comparison compare_values(const ColumnSketch& reference, const ColumnSketch& window) {
    Comparison out = begin(reference, Aspect::values);
    out.rows = window.counted();
    out.reference_rows = reference.counted();
    const Groups groups = groups_of(reference, window);
    out.effect = effect_of(groups.reference, groups.window);
    out.population_stability_index =
        stats::population_stability_index(groups.reference, groups.window);
    if (reference.kind == Kind::category) {
        const auto test = stats::chi_squared_homogeneity(groups.reference, groups.window);
        out.test = "chi_squared";
        out.statistic = test.statistic;
        out.p = test.p;
        out.moved = most_moved(groups);
        return out;
    }
    out.test = "kolmogorov_smirnov";
    out.statistic = stats::kolmogorov_smirnov_statistic(reference.counts, window.counts);
    out.p = stats::kolmogorov_smirnov_p(
        out.statistic, out.reference_rows, out.rows, stats::KsMode::asymptotic
    );
    out.kolmogorov_smirnov = out.statistic;
    if (reference.edges.size() > 1) out.normed_wasserstein = normed_wasserstein(reference, window);
    out.reference_value = reference.mean;
    out.value = window.mean;
    return out;
}

/// A share of the rows that may have changed, with an exact test where rows are few.
Comparison compare_share(
    const ColumnSketch& reference, Aspect aspect, const stats::TwoShares& shares
) {
    Comparison out = begin(reference, aspect);
    out.rows = shares.b_rows;
    out.reference_rows = shares.a_rows;
    const std::int64_t a[] = {shares.a_hits, shares.a_rows - shares.a_hits};
    const std::int64_t b[] = {shares.b_hits, shares.b_rows - shares.b_hits};
    out.effect = effect_of(a, b);
    const auto test = stats::equal_shares(shares);
    out.test = "fisher_or_chi_squared";
    out.statistic = share(shares.b_hits, shares.b_rows) - share(shares.a_hits, shares.a_rows);
    out.p = test.p;
    out.reference_value = share(shares.a_hits, shares.a_rows);
    out.value = share(shares.b_hits, shares.b_rows);
    return out;
}

/// The rows of one rare category come together, up to kRareRows of them: so many times fewer of the
/// reference's rows say something by themselves.
Comparison compare_unseen(const ColumnSketch& reference, const ColumnSketch& window) {
    const stats::TwoShares shares{
        reference.other_expected / kRareRows,
        reference.counted() / kRareRows,
        window.other_count,
        window.counted()
    };
    Comparison out = compare_share(reference, Aspect::unseen, shares);
    out.reference_rows = reference.counted();
    return out;
}

Comparison compare_range(const ColumnSketch& reference, const ColumnSketch& window) {
    const std::int64_t below = window.counts.front(), above = window.counts.back();
    const std::int64_t n = reference.counted(), m = window.counted();
    Comparison out = compare_share(reference, Aspect::range, {0, n, below + above, m});
    out.test = "rosenbaum";
    out.statistic = static_cast<double>(below + above);
    out.p = std::min(
        1.0, 2 * std::min(stats::rosenbaum_p(below, n, m), stats::rosenbaum_p(above, n, m))
    );
    return out;
}

}  // namespace

Groups groups_of(const ColumnSketch& reference, const ColumnSketch& window) {
    return reference.kind == Kind::category ? category_groups(reference, window)
                                            : number_groups(reference, window);
}

std::vector<Comparison> compare(
    const ColumnSketch& reference, const ColumnSketch& window, std::int64_t least_rows
) {
    std::vector<Comparison> out;
    if (window.absent) {
        auto& gone = out.emplace_back(begin(reference, Aspect::absent));
        gone.rows = window.rows;
        gone.reference_rows = reference.rows;
        gone.effect = 1;
        gone.test = "certain";
        gone.p = 0;
        return out;
    }
    const auto enough = [least_rows](std::int64_t a, std::int64_t b) {
        return a >= least_rows && b >= least_rows;
    };
    if (!enough(reference.rows, window.rows)) return out;
    if (reference.missing + window.missing > 0)
        out.push_back(compare_share(
            reference,
            Aspect::missing,
            {reference.missing, reference.rows, window.missing, window.rows}
        ));
    if (reference.unreadable + window.unreadable > 0)
        out.push_back(compare_share(
            reference,
            Aspect::unreadable,
            {reference.unreadable, reference.rows, window.unreadable, window.rows}
        ));
    if (reference.kind == Kind::date || !enough(reference.counted(), window.counted())) return out;
    if (reference.kind == Kind::category && reference.other_expected + window.other_count > 0)
        out.push_back(compare_unseen(reference, window));
    const bool ranged = reference.kind == Kind::number && reference.role == Role::input;
    if (ranged && window.counts.front() + window.counts.back() > 0)
        out.push_back(compare_range(reference, window));
    out.push_back(compare_values(reference, window));
    return out;
}

std::optional<Comparison> compare_volume(std::int64_t rows, std::span<const std::int64_t> earlier) {
    constexpr std::size_t kLeastWindows = 3;
    if (earlier.size() < kLeastWindows) return std::nullopt;
    const auto log_rows = [](std::int64_t n) {
        return std::log(std::max(0.5, static_cast<double>(n)));
    };
    const auto n = static_cast<double>(earlier.size());
    double mean = 0, squares = 0;
    for (const auto e : earlier) mean += log_rows(e) / n;
    for (const auto e : earlier) squares += std::pow(log_rows(e) - mean, 2);
    const double poisson = std::exp(-mean / 2);
    const double deviation = std::max(std::sqrt(squares / (n - 1)), poisson);
    const double ratio = log_rows(rows) - mean;
    Comparison out;
    out.aspect = Aspect::volume;
    out.rows = rows;
    out.effect = std::abs(ratio) / (1 + std::abs(ratio));
    out.test = "t";
    out.statistic = ratio / (deviation * std::sqrt(1 + 1 / n));
    const boost::math::students_t student(n - 1);
    out.p = 2 * boost::math::cdf(boost::math::complement(student, std::abs(out.statistic)));
    out.reference_value = std::exp(mean);
    out.value = static_cast<double>(rows);
    return out;
}

}  // namespace csva::drift
