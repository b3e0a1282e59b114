#pragma once

#include "engine/meaning/scan.hpp"
#include "engine/recipe/anonymity.hpp"
#include "engine/recipe/recipe.hpp"
#include "features/datasets/types.hpp"
#include "foundation/base/described.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace csva::privacy {

struct DecisionTag;
using DecisionId = base::Id<DecisionTag>;

inline constexpr std::string_view kUndecided = "privacy.undecided_columns";
inline constexpr std::string_view kReasonNeeded = "privacy.reason_needed";
inline constexpr std::string_view kUnknownColumn = "privacy.unknown_column";
inline constexpr std::string_view kTargetLeftOut = "privacy.target_left_out";
inline constexpr std::string_view kStepNeeded = "privacy.step_needed";
inline constexpr std::string_view kAnonymiseFirst = "privacy.anonymise_first";

/// keep: in models as it is, with a reason. drop: left out of models. anonymise: a step of the
/// recipe changes it first.
enum class Action : std::uint8_t { keep, drop, anonymise };
CSVA_DESCRIBE_ENUM(Action, keep, drop, anonymise)

/// What a training does with columns that nobody has decided about.
enum class Undecided : std::uint8_t { refuse, leave_out };
CSVA_DESCRIBE_ENUM(Undecided, refuse, leave_out)

/// Somebody's decision about a column; never changed, a later one counts instead.
struct Decision {
    DecisionId id;
    std::string column;
    std::vector<meaning::Kind> kinds;
    Action action = Action::keep;
    std::string reason;
    base::Json step;
    std::int64_t decided_by = 0;
    std::string decided_by_name;
    std::int64_t decided_at = 0;
};
CSVA_DESCRIBE(
    Decision, id, column, kinds, action, reason, step, decided_by, decided_by_name, decided_at
)
CSVA_NOTES(
    Decision,
    {.field = "column", .text = "Name of the column when it was decided."},
    {.field = "kinds", .text = "What had been found in it."},
    {.field = "step", .text = "The step that anonymises it; null for the others."},
    {.field = "decided_by", .text = "User number."},
    {.field = "decided_by_name", .text = "The user's name; empty when there is none any more."},
    {.field = "decided_at", .text = "Unix milliseconds."}
)

/// pseudonymised: still personal, as whoever has the key can say whose the row is.
enum class ColumnState : std::uint8_t { undecided, kept, dropped, anonymised, pseudonymised };
CSVA_DESCRIBE_ENUM(ColumnState, undecided, kept, dropped, anonymised, pseudonymised)

/// A way to protect a column. `why`: a key of `privacy:ui.why.*`.
struct Proposal {
    Action action = Action::drop;
    std::optional<recipe::Step> step;
    std::string why;
};
CSVA_DESCRIBE(Proposal, action, step, why)

/// A column of a version in which something personal was seen, then or in a version before.
struct PersonalColumn {
    std::string column;
    table::ColumnType type = table::ColumnType::text;
    std::int64_t cells = 0;
    std::vector<meaning::KindFinding> findings;
    ColumnState state = ColumnState::undecided;
    std::vector<recipe::Step> steps;
    std::optional<Decision> decision;
    std::vector<Proposal> proposals;
};
CSVA_DESCRIBE(PersonalColumn, column, type, cells, findings, state, steps, decision, proposals)
CSVA_NOTES(
    PersonalColumn,
    {.field = "cells", .text = "Cells looked at that are not missing."},
    {.field = "findings",
     .text = "Kinds of personal data, the surest first, with masked examples; of the version "
             "where they were last seen."},
    {.field = "steps", .text = "Steps of the recipe that have anonymised or pseudonymised it."},
    {.field = "decision", .text = "The latest; null when there is none."},
    {.field = "proposals", .text = "Ways to protect it, the recommended one first."}
)

/// GET /api/v1/datasets/{dataset_id}/privacy
struct PersonalData {
    datasets::DatasetId dataset_id;
    datasets::VersionId version_id;
    bool scanned = false;
    std::int64_t rows = 0;
    std::int64_t rows_looked_at = 0;
    std::int64_t undecided = 0;
    std::vector<PersonalColumn> columns;
    std::vector<Decision> history;
};
CSVA_DESCRIBE(
    PersonalData, dataset_id, version_id, scanned, rows, rows_looked_at, undecided, columns, history
)
CSVA_NOTES(
    PersonalData,
    {.field = "scanned", .text = "False for a file that was read before there was a scan."},
    {.field = "rows_looked_at", .text = "All rows, or blocks spread evenly over a large table."},
    {.field = "undecided", .text = "Columns that block a training until they are decided about."},
    {.field = "history", .text = "All decisions of the data set, the newest first."}
)

struct NewDecision {
    std::string column;
    Action action = Action::drop;
    std::string reason;
    std::optional<recipe::Step> step;
};
CSVA_DESCRIBE(NewDecision, column, action, reason, step)
CSVA_NOTES(
    NewDecision,
    {.field = "column", .text = "Name of the column.", .minimum = 1, .maximum = 1000},
    {.field = "action",
     .text = "keep (with a reason), drop (left out of models) or anonymise (with a step)."},
    {.field = "reason", .text = "Why; needed to keep a column.", .maximum = 2000, .defaulted = true
    },
    {.field = "step", .text = "The step that anonymises it; applied to the current version."}
)

/// POST /api/v1/datasets/{dataset_id}/privacy/decisions
struct DecisionsRequest {
    datasets::DatasetId dataset_id;
    std::vector<NewDecision> decisions;
};
CSVA_DESCRIBE(DecisionsRequest, dataset_id, decisions)
CSVA_NOTES(
    DecisionsRequest, {.field = "decisions", .text = "One a column.", .minimum = 1, .maximum = 1000}
)

/// POST /api/v1/datasets/{dataset_id}/privacy/anonymity
struct AnonymityRequest {
    datasets::DatasetId dataset_id;
    datasets::VersionId version_id;
    std::vector<recipe::QuasiIdentifier> columns;
    std::int64_t k = 5;
    std::int64_t l = 1;
    std::string sensitive;
    double most_lost_ratio = 0.05;
};
CSVA_DESCRIBE(AnonymityRequest, dataset_id, version_id, columns, k, l, sensitive, most_lost_ratio)
CSVA_NOTES(
    AnonymityRequest,
    {.field = "version_id",
     .text = "0 or left out: the current version.",
     .minimum = 0,
     .defaulted = true},
    {.field = "columns",
     .text = "Columns by which somebody could be recognised together with others.",
     .minimum = 1,
     .maximum = 8},
    {.field = "k",
     .text = "Rows that must be alike in these columns.",
     .minimum = 1,
     .maximum = 1000000,
     .defaulted = true},
    {.field = "l",
     .text = "Different sensitive values that rows alike must have.",
     .minimum = 1,
     .maximum = 1000,
     .defaulted = true},
    {.field = "sensitive",
     .text = "Column that must not be told of anybody.",
     .maximum = 1000,
     .defaulted = true},
    {.field = "most_lost_ratio",
     .text = "Share of rows that may be lost.",
     .minimum = 0,
     .maximum = 1,
     .defaulted = true}
)

/// What the figures say, in words of the catalogue: privacy:ui.verdict.<question>.<answer>.
enum class Answered : std::uint8_t { no, hardly, yes, unknown };
CSVA_DESCRIBE_ENUM(Answered, no, hardly, yes, unknown)

/// Can somebody be singled out, linked with another file, something about them be inferred?
struct Verdicts {
    Answered single_out = Answered::unknown;
    Answered link = Answered::unknown;
    Answered infer = Answered::unknown;
};
CSVA_DESCRIBE(Verdicts, single_out, link, infer)

struct AnonymityAnswer {
    datasets::VersionId version_id;
    recipe::AnonymityPlan plan;
    Verdicts before;
    Verdicts after;
};
CSVA_DESCRIBE(AnonymityAnswer, version_id, plan, before, after)
CSVA_NOTES(
    AnonymityAnswer,
    {.field = "before", .text = "The three questions about the version as it is."},
    {.field = "after", .text = "The same after the steps. `unknown`: no sensitive column was named."
    }
)

/// What was decided, and the job that applies the steps (null: there are none).
struct DecisionsAnswer {
    PersonalData personal;
    std::optional<jobs::JobId> job_id;
};
CSVA_DESCRIBE(DecisionsAnswer, personal, job_id)

}  // namespace csva::privacy
