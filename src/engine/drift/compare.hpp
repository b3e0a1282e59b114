#pragma once

#include "engine/drift/sketch.hpp"

#include <optional>
#include <string>
#include <vector>

namespace csva::drift {

/// What is watched of a column. `values`: the distribution of what is there; `unseen`: values that
/// are no frequent category of the reference; `range`: numbers outside it; `unreadable`: cells of
/// another type; `absent`: no such column; `volume`: rows a window.
enum class Aspect : std::uint8_t { values, missing, unseen, range, unreadable, absent, volume };
CSVA_DESCRIBE_ENUM(Aspect, values, missing, unseen, range, unreadable, absent, volume)

/// One aspect of one column, beside the reference.
struct Comparison {
    std::string column;  ///< Empty for the volume.
    Role role = Role::input;
    Aspect aspect = Aspect::values;
    double importance = 0;
    std::int64_t rows = 0;            ///< Of the window, that were compared.
    std::int64_t reference_rows = 0;  ///< Of the reference.
    /// How far apart: Jensen-Shannon distance in base 2 less what chance adds, 0..1, over the
    /// groups of the test (deciles of the reference for numbers). Comparable for all aspects.
    double effect = 0;
    std::string test;  ///< kolmogorov_smirnov, chi_squared, fisher_or_chi_squared, rosenbaum, t,
                       ///< certain.
    double statistic = 0;
    double p = 1;
    double p_adjusted = 1;  ///< By Benjamini-Hochberg over all comparisons of the window.
    std::optional<double> reference_value;  ///< Mean of numbers; else the share of rows.
    std::optional<double> value;
    std::optional<double> population_stability_index;  ///< values only, over the same groups.
    std::optional<double> normed_wasserstein;          ///< Numbers only.
    std::optional<double> kolmogorov_smirnov;          ///< Numbers only.
    std::string moved;  ///< values of a category: the one whose share moved most.
};
CSVA_DESCRIBE(
    Comparison,
    column,
    role,
    aspect,
    importance,
    rows,
    reference_rows,
    effect,
    test,
    statistic,
    p,
    p_adjusted,
    reference_value,
    value,
    population_stability_index,
    normed_wasserstein,
    kolmogorov_smirnov,
    moved
)

/// Counts of both sides in the groups that effect and test of a column's values are taken over.
struct Groups {
    std::vector<std::int64_t> reference;
    std::vector<std::int64_t> window;
    std::vector<std::string> names;  ///< Of categories; "" for all others together.
};

/// Numbers: about ten groups of equal reference counts. Categories: those of which at least five
/// rows are to be expected in the window (Cochran 1954) and 20 in the reference, and the others
/// together.
Groups groups_of(const ColumnSketch& reference, const ColumnSketch& window);

/// All that can be said of a column, without p_adjusted. Empty aspects (nothing missing on both
/// sides) are left out; so are those of fewer than `least_rows` rows on one side, except absent.
/// `window` must be made from `reference`.
std::vector<Comparison> compare(
    const ColumnSketch& reference, const ColumnSketch& window, std::int64_t least_rows
);

/// Rows of a window beside those of earlier windows of the same length of time: a t test of the
/// logarithm for one new value, whose deviation is at least that of Poisson counts. At least three
/// earlier windows, else nothing. Effect: |ln ratio| / (1 + |ln ratio|).
std::optional<Comparison> compare_volume(std::int64_t rows, std::span<const std::int64_t> earlier);

}  // namespace csva::drift
