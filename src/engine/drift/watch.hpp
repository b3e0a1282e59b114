#pragma once

#include "engine/drift/compare.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace csva::drift {

struct WatchOptions {
    double rate = 0.01;    ///< Most false alarms a window, when nothing has changed.
    double effect = 0.05;  ///< Least effect (Comparison::effect) that is worth a word.
    /// The same for predictions and probabilities: those of the reference are of held-out rows, by
    /// a model that had not yet been fitted on all rows, and differ from the kept model's by as
    /// much as 0.09 on rows of one distribution.
    double answer_effect = 0.1;
    double repeated = 0.05;         ///< p that each of the two windows must show by itself.
    std::int64_t least_rows = 100;  ///< Fewer rows are not judged.
};
CSVA_DESCRIBE(WatchOptions, rate, effect, answer_effect, repeated, least_rows)
CSVA_NOTES(
    WatchOptions,
    {.field = "rate",
     .text = "Most false alarms a window, when nothing has changed.",
     .minimum = 0.000001,
     .maximum = 0.5,
     .defaulted = true},
    {.field = "effect",
     .text = "Least distance between the distributions that counts (0 to 1).",
     .minimum = 0,
     .maximum = 1,
     .defaulted = true},
    {.field = "answer_effect",
     .text = "The same for predictions and probabilities.",
     .minimum = 0,
     .maximum = 1,
     .defaulted = true},
    {.field = "repeated",
     .text = "Chance that each of two windows must stay below by itself.",
     .minimum = 0,
     .maximum = 1,
     .defaulted = true},
    {.field = "least_rows",
     .text = "Windows of fewer rows are not judged.",
     .minimum = 10,
     .maximum = 1000000,
     .defaulted = true}
)

/// `suspected`: this window alone. `drifted`: this window and the one before, together and each.
enum class State : std::uint8_t { stable, suspected, drifted, too_few_rows };
CSVA_DESCRIBE_ENUM(State, stable, suspected, drifted, too_few_rows)

/// By effect: slight from 0.05, clear from 0.1, strong from 0.2. A normal column that moves by 0.3
/// standard deviations has 0.127.
enum class Level : std::uint8_t { none, slight, clear, strong };
CSVA_DESCRIBE_ENUM(Level, none, slight, clear, strong)

/// What to do, by what was found: nothing; look at the next window; mend where the rows come from
/// (a column absent, unreadable, missing more often, or the volume); train again.
enum class Action : std::uint8_t { nothing, wait, mend_source, retrain };
CSVA_DESCRIBE_ENUM(Action, nothing, wait, mend_source, retrain)

struct Finding {
    State state = State::stable;
    Level level = Level::none;
    std::optional<std::int64_t> since_ms;  ///< Start of the first window that showed it.
    bool matters = true;  ///< False: the model hardly uses the column (a tenth of its fair share).
    Comparison comparison;
};
CSVA_DESCRIBE(Finding, state, level, since_ms, matters, comparison)

/// What is to say of one window. Findings are worst first: state, then effect times importance.
struct Verdict {
    std::int64_t from_ms = 0;
    std::int64_t to_ms = 0;
    std::int64_t rows = 0;
    State state = State::stable;
    Level level = Level::none;
    Action action = Action::nothing;
    std::optional<std::int64_t> since_ms;
    std::int64_t watched = 0;          ///< Columns compared.
    std::vector<std::string> columns;  ///< Drifted (else suspected) columns that matter.
    std::vector<Finding> findings;
};
CSVA_DESCRIBE(
    Verdict, from_ms, to_ms, rows, state, level, action, since_ms, watched, columns, findings
)

struct Window {
    std::int64_t from_ms = 0;
    std::int64_t to_ms = 0;
    Sketch sketch;  ///< Made from blank(reference).
    /// Its length is that of the others: the number of rows tells something.
    bool is_whole = true;
};

/// Decides window by window, in order of time. A comparison is `suspected` when its effect is at
/// least `effect` and Benjamini-Hochberg over all comparisons of the window calls it at `rate`,
/// important columns weighing more (half of the weight is dealt evenly, half by importance). It is
/// `drifted` when the same holds of this window and the one before taken together, at a quarter of
/// the rate, and each of the two has p <= `repeated` by itself. When nothing has changed, a window
/// is called drifted with a probability of at most `rate`: Benjamini-Hochberg keeps that for the
/// two windows together, and the other conditions only take away. Windows of fewer than
/// `least_rows` rows are not judged and leave the next one without a predecessor. Not thread-safe.
class Watch {
public:
    explicit Watch(Sketch reference, WatchOptions options = {});
    Verdict add(Window window);
    const Sketch& reference() const { return reference_; }

private:
    std::vector<Comparison> compare_all(const Sketch& window) const;
    void adjust(std::vector<Comparison>& comparisons) const;
    Finding judge(const Comparison& alone, const std::vector<Comparison>& together);
    void conclude(Verdict& verdict) const;

    Sketch reference_;
    WatchOptions options_;
    double fair_share_ = 0;  ///< Of the importance, for each column; 0 when none is known.
    std::optional<Sketch> before_;
    std::map<std::string, double> p_before_;  ///< By column, role and aspect.
    std::map<std::string, std::int64_t> since_;
    std::vector<std::int64_t> volumes_;
    std::int64_t from_ms_ = 0, from_ms_before_ = 0;
};

}  // namespace csva::drift
