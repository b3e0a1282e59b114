#pragma once

#include "engine/stats/interval.hpp"
#include "engine/table/column.hpp"
#include "foundation/base/described.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace csva::learn {

enum class Task : std::uint8_t { automatic, binary, multiclass, regression };
CSVA_DESCRIBE_ENUM(Task, automatic, binary, multiclass, regression)
enum class Preset : std::uint8_t { quick, solid, best };
CSVA_DESCRIBE_ENUM(Preset, quick, solid, best)

/// Advanced options; what is left out is chosen.
struct TrainOptions {
    std::vector<std::string> families;  ///< Leaderboard names; empty: all that fit the task.
    std::optional<std::int64_t> trees;
    std::optional<std::int64_t> leaves;
    std::optional<double> learning_rate;
    std::optional<std::int64_t> folds;
    std::int64_t seed = 1;
    std::int64_t threads = 0;    ///< 0: as many as the machine has. Does not change the model.
    std::optional<double> work;  ///< Budget in seconds of one common core instead of the clock's.
};
CSVA_DESCRIBE(TrainOptions, families, trees, leaves, learning_rate, folds, seed, threads, work)
CSVA_NOTES(
    TrainOptions,
    {.field = "families",
     .text = "Model families, by leaderboard name; empty: all that fit.",
     .maximum = 10,
     .defaulted = true},
    {.field = "trees", .text = "Number of trees.", .minimum = 1, .maximum = 10000},
    {.field = "leaves", .text = "Leaves of a tree.", .minimum = 2, .maximum = 4096},
    {.field = "learning_rate", .text = "Learning rate of boosting.", .minimum = 0.0001, .maximum = 1
    },
    {.field = "folds",
     .text = "Folds of the cross-validation that chooses.",
     .minimum = 2,
     .maximum = 20},
    {.field = "seed", .text = "The same seed gives the same model.", .defaulted = true},
    {.field = "threads",
     .text = "Threads; 0 for all. Does not change the model.",
     .minimum = 0,
     .maximum = 1024,
     .defaulted = true},
    {.field = "work",
     .text =
         "Budget as work: estimated seconds of one common core. The same work and seed give the "
         "same model on any machine of a kind as long as the time limit does not end it first. "
         "Left out: what fits into the time limit.",
     .minimum = 0.001,
     .maximum = 1000000}
)

/// What is asked of a training. `budget_s` 0: what the preset means (quick 20, solid 120, best
/// 600).
struct TrainRequest {
    std::string target;
    Task task = Task::automatic;
    Preset preset = Preset::quick;
    double budget_s = 0;
    TrainOptions options;
};
CSVA_DESCRIBE(TrainRequest, target, task, preset, budget_s, options)
CSVA_NOTES(
    TrainRequest,
    {.field = "target", .text = "Name of the column to predict.", .minimum = 1, .maximum = 1000},
    {.field = "task",
     .text = "Kind of answer; automatic: deduced from the target.",
     .defaulted = true},
    {.field = "preset", .text = "How much work to put in.", .defaulted = true},
    {.field = "budget_s",
     .text = "Time limit in seconds; 0: the preset's.",
     .minimum = 0,
     .maximum = 86400,
     .defaulted = true},
    {.field = "options", .text = "Advanced options.", .defaulted = true}
)

/// A column that could be predicted. `reasons`: telling_name, last_column, first_column,
/// two_values, few_values, all_different, identifier_name, has_missing.
struct TargetCandidate {
    std::string column;
    Task task = Task::binary;
    double rank = 0;
    std::vector<std::string> reasons;
};
CSVA_DESCRIBE(TargetCandidate, column, task, rank, reasons)
CSVA_NOTES(
    TargetCandidate,
    {.field = "column", .text = "Name of the column."},
    {.field = "task", .text = "Kind of answer that its values call for."},
    {.field = "rank", .text = "Points of the reasons together; only the order means something."},
    {.field = "reasons",
     .text = "What speaks for it and against it: telling_name, last_column, first_column, "
             "two_values, few_values, all_different, identifier_name, has_missing."}
)

/// A column left out, and why: a key of `learn:excluded.*` (constant, empty, identifier,
/// row_number, url, too_distinct, leakage).
struct ExcludedColumn {
    std::string column;
    std::string reason;
};
CSVA_DESCRIBE(ExcludedColumn, column, reason)

struct Score {
    std::string name;  ///< A row of stats' catalogue.
    double value = 0;
    stats::Interval interval;
};
CSVA_DESCRIBE(Score, name, value, interval)

/// One model of the leaderboard; scores are on held-out rows, `choice_score` on the rows that
/// chose.
struct LeaderboardLine {
    std::string name;
    double choice_score = 0;
    std::vector<Score> scores;
    double fit_s = 0;
    std::int64_t trees = 0;
};
CSVA_DESCRIBE(LeaderboardLine, name, choice_score, scores, fit_s, trees)

struct Importance {
    std::string column;
    /// 0..1, of the total: of the trees' gain, or of the variance that columns add to linear
    /// scores.
    double share = 0;
};
CSVA_DESCRIBE(Importance, column, share)

/// The verdict as data. `kind`: better, not_better, too_good_leakage; sentences:
/// `learn:verdict.<kind>`, `learn:caveats.*`.
struct Verdict {
    std::string kind;
    std::string score;  ///< Name of the score that the verdict speaks of.
    double value = 0;
    stats::Interval interval;
    double baseline = 0;
    std::string column;  ///< The column that gives the target away.
    std::vector<std::string>
        caveats;  ///< few_rows, imbalance, excluded_columns, time_order, groups, stopped_by_clock.
};
CSVA_DESCRIBE(Verdict, kind, score, value, interval, baseline, column, caveats)

/// All that a training has to say. Holds no row.
struct Report {
    std::string target;
    Task task = Task::binary;
    std::vector<std::string> classes;
    std::string best;
    std::vector<LeaderboardLine> leaderboard;  ///< Best first; the baseline is always in it.
    Verdict verdict;
    std::vector<std::int64_t>
        confusion;  ///< Row-major, true class by predicted class, of the best model.
    std::vector<Importance> importance;
    std::vector<ExcludedColumn> excluded;
    std::int64_t rows = 0;
    std::int64_t rows_without_target = 0;
    std::int64_t held_out_rows = 0;
    std::string split;  ///< random, groups or time.
    std::int64_t seed = 0;
    double wall_s = 0;
};
CSVA_DESCRIBE(
    Report,
    target,
    task,
    classes,
    best,
    leaderboard,
    verdict,
    confusion,
    importance,
    excluded,
    rows,
    rows_without_target,
    held_out_rows,
    split,
    seed,
    wall_s
)

inline constexpr std::string_view kUnknownTarget = "learn.unknown_target";
inline constexpr std::string_view kOneClass = "learn.one_class";
inline constexpr std::string_view kTargetMissing = "learn.target_missing";
inline constexpr std::string_view kTooFewRows = "learn.too_few_rows";
inline constexpr std::string_view kTooManyClasses = "learn.too_many_classes";
inline constexpr std::string_view kNotNumeric = "learn.target_not_numeric";
inline constexpr std::string_view kNotTwoClasses = "learn.not_two_classes";
inline constexpr std::string_view kNoColumn = "learn.no_column_left";
inline constexpr std::string_view kUnknownFamily = "learn.unknown_family";
inline constexpr std::string_view kLibraryMissing = "learn.library_missing";

}  // namespace csva::learn
