#pragma once

#include "engine/duck/session.hpp"
#include "engine/recipe/generalise.hpp"
#include "engine/recipe/recipe.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace csva::recipe {

/// A column by which somebody could be recognised together with others (a quasi-identifier).
/// `level`: fixed; left out: chosen. `width` of numbers, 0: a twentieth of their range, rounded.
struct QuasiIdentifier {
    std::string column;
    std::optional<Hierarchy> hierarchy;
    std::optional<std::int64_t> level;
    double width = 0;
    std::string groups;
};
CSVA_DESCRIBE(QuasiIdentifier, column, hierarchy, level, width, groups)
CSVA_NOTES(
    QuasiIdentifier,
    {.field = "column", .text = "Name of the column.", .minimum = 1, .maximum = 1000},
    {.field = "hierarchy", .text = "How it is made coarser; null: by its type."},
    {.field = "level",
     .text = "How coarse; null: the one that loses least.",
     .minimum = 0,
     .maximum = 10},
    {.field = "width",
     .text = "Width of the finest interval of numbers; 0: a twentieth of their range, rounded.",
     .minimum = 0,
     .defaulted = true},
    {.field = "groups",
     .text = "Groups of categories: Paris=North; Lyon=South.",
     .maximum = 100000,
     .defaulted = true}
)

struct AnonymityWish {
    std::vector<QuasiIdentifier> columns;
    std::int64_t k = 5;
    std::int64_t l = 1;
    std::string sensitive;
    double most_lost_ratio = 0.05;
};
CSVA_DESCRIBE(AnonymityWish, columns, k, l, sensitive, most_lost_ratio)

/// What a table gives away by its quasi-identifiers. Rows with the same values of all of them are a
/// class; a missing value is a value like another.
struct AnonymityFigures {
    std::int64_t rows = 0;  ///< Kept.
    std::int64_t rows_lost = 0;
    std::int64_t classes = 0;
    std::int64_t k = 0;  ///< Rows of the smallest class; 0 without rows.
    std::int64_t l = 0;  ///< Least number of different sensitive values in a class.
    double information_lost = 0;
    double discernibility = 0;
    double unique_ratio = 0;
    double match_ratio = 0;
    double homogeneous_ratio = 0;
    double guess_ratio = 0;
};
CSVA_DESCRIBE(
    AnonymityFigures,
    rows,
    rows_lost,
    classes,
    k,
    l,
    information_lost,
    discernibility,
    unique_ratio,
    match_ratio,
    homogeneous_ratio,
    guess_ratio
)
CSVA_NOTES(
    AnonymityFigures,
    {.field = "rows_lost", .text = "Rows suppressed: their class is too small or not diverse."},
    {.field = "k", .text = "Rows of the smallest class that is kept."},
    {.field = "l", .text = "Least number of different sensitive values in a class; 0 without one."},
    {.field = "information_lost",
     .text = "Normalised certainty penalty, 0 (as it was) to 1 (nothing left); a lost row counts 1."
    },
    {.field = "discernibility",
     .text = "Sum of the squared sizes of the classes; a lost row counts as many as all rows."},
    {.field = "unique_ratio", .text = "Single out: rows that nobody else is like."},
    {.field = "match_ratio",
     .text = "Link: rows rightly matched, on average, by somebody who knows these columns of all."},
    {.field = "homogeneous_ratio",
     .text = "Infer: rows in whose class all have the same sensitive value."},
    {.field = "guess_ratio",
     .text = "Infer: rows whose sensitive value is their class's most frequent one."}
)

/// `steps`: generalise@1 for each column that is made coarser, then suppress_rare@1 if rows are
/// lost. `guess_ratio` of `before` over one class of all rows is `guess_of_all`.
struct AnonymityPlan {
    std::vector<std::int64_t> levels;
    std::vector<Step> steps;
    AnonymityFigures before;
    AnonymityFigures after;
    double guess_of_all = 0;
    std::int64_t looked_at = 0;
    bool complete = true;
};
CSVA_DESCRIBE(AnonymityPlan, levels, steps, before, after, guess_of_all, looked_at, complete)
CSVA_NOTES(
    AnonymityPlan,
    {.field = "levels", .text = "Of the columns asked for, in their order."},
    {.field = "steps", .text = "The recipe that does it; apply it with POST /clean/{pk}/."},
    {.field = "guess_of_all", .text = "guess_ratio of somebody who knows nothing of a row."},
    {.field = "looked_at", .text = "Combinations of levels that were worked out."},
    {.field = "complete",
     .text = "False when time ended the search: there may be one that loses less."}
)

inline constexpr std::string_view kNotAnonymous = "recipe.cannot_be_anonymous";

/// Checks a wish against the columns. Errors: recipe.unknown_column, recipe.bad_option,
/// recipe.wrong_type.
base::Result<void> check_anonymity(const AnonymityWish& wish, const table::Schema& schema);

/// The levels and suppression that reach k and l and lose the least information, of all that lose
/// at most the rows allowed (with every level fixed: any number): full-domain generalisation, best
/// first by a bound (what generalising alone loses), so that the first that nothing can beat is the
/// best. Source: Sweeney 2002 (k-anonymity), Machanavajjhala et al. 2007 (distinct l-diversity), Xu
/// et al. 2006 (normalised certainty penalty), Bayardo and Agrawal 2005 (discernibility). Check:
/// tests/peers/privacy/ anonymity.py, exactly. Errors: those of check_anonymity,
/// recipe.cannot_be_anonymous, those of duck::Session.
base::Result<AnonymityPlan> plan_anonymity(
    duck::Session& session,
    const std::string& parquet,
    const table::Schema& schema,
    const AnonymityWish& wish,
    base::Control& control
);

}  // namespace csva::recipe
