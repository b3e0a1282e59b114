#include "engine/drift/watch.hpp"

#include "engine/stats/hypothesis_tests.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

namespace csva::drift {
namespace {

/// Share of the rate at which two windows together are called. They are held against one reference,
/// whose own luck repeats itself from window to window: without this, a reference of few rows would
/// now and then raise more alarms among its windows than the rate allows.
constexpr double kTogether = 0.25;

constexpr double kClear = 0.1, kStrong = 0.2;

std::string key_of(const Comparison& c) {
    return std::to_string(static_cast<int>(c.aspect)) + ' ' +
           std::to_string(static_cast<int>(c.role)) + ' ' + c.column;
}

const Comparison* find(const std::vector<Comparison>& list, const std::string& key) {
    const auto found = std::ranges::find_if(list, [&](const auto& c) { return key_of(c) == key; });
    return found == list.end() ? nullptr : &*found;
}

Level level_of(double effect) {
    return effect >= kStrong ? Level::strong : effect >= kClear ? Level::clear : Level::slight;
}

bool of_the_source(Aspect aspect) {
    return aspect == Aspect::absent || aspect == Aspect::unreadable || aspect == Aspect::missing ||
           aspect == Aspect::volume;
}

int rank(State state) { return state == State::drifted ? 0 : state == State::suspected ? 1 : 2; }

}  // namespace

Watch::Watch(Sketch reference, WatchOptions options)
    : reference_(std::move(reference)), options_(options) {
    double total = 0, inputs = 0;
    for (const auto& c : reference_.columns) {
        total += c.importance;
        inputs += c.role == Role::input ? 1 : 0;
    }
    if (total > 0 && inputs > 0) fair_share_ = total / inputs;
}

std::vector<Comparison> Watch::compare_all(const Sketch& window) const {
    std::vector<Comparison> out;
    for (std::size_t i = 0; i < reference_.columns.size(); ++i) {
        const auto& column = window.columns[i];
        // Predictions and answers need not come with every window.
        if (column.role != Role::input && column.rows == 0) continue;
        auto more = compare(reference_.columns[i], column, options_.least_rows);
        std::ranges::move(more, std::back_inserter(out));
    }
    return out;
}

void Watch::adjust(std::vector<Comparison>& comparisons) const {
    std::vector<double> p, weights;
    for (const auto& c : comparisons) {
        p.push_back(c.p);
        const bool known = fair_share_ > 0 && c.role == Role::input && c.aspect != Aspect::volume;
        weights.push_back(known ? 0.5 + 0.5 * c.importance / fair_share_ : 1);
    }
    const double mean = std::accumulate(weights.begin(), weights.end(), 0.0) /
                        static_cast<double>(std::max<std::size_t>(1, weights.size()));
    for (double& w : weights) w /= mean;
    const auto adjusted = stats::benjamini_hochberg(p, weights);
    for (std::size_t i = 0; i < comparisons.size(); ++i) comparisons[i].p_adjusted = adjusted[i];
}

Finding Watch::judge(const Comparison& alone, const std::vector<Comparison>& together) {
    Finding out;
    out.comparison = alone;
    out.matters = alone.role != Role::input || alone.aspect == Aspect::volume ||
                  alone.importance >= 0.1 * fair_share_;
    const auto called = [this](const Comparison& c, double rate) {
        const bool answer = c.role == Role::prediction || c.role == Role::score;
        const double least = answer ? options_.answer_effect : options_.effect;
        return c.effect >= least && c.p_adjusted <= rate;
    };
    if (called(alone, options_.rate)) out.state = State::suspected;
    const std::string key = key_of(alone);
    const auto before = p_before_.find(key);
    const auto* both = find(together, key);
    if (before != p_before_.end() && both != nullptr && called(*both, kTogether * options_.rate) &&
        before->second <= options_.repeated && alone.p <= options_.repeated)
        out.state = State::drifted;
    // Without a sample there is nothing to be unsure of.
    if (alone.aspect == Aspect::absent) out.state = State::drifted;
    if (out.state == State::stable) {
        since_.erase(key);
        return out;
    }
    const double effect =
        out.state == State::drifted && both != nullptr ? both->effect : alone.effect;
    out.level = level_of(effect);
    const bool earlier = out.state == State::drifted && before != p_before_.end();
    out.since_ms = since_.try_emplace(key, earlier ? from_ms_before_ : from_ms_).first->second;
    return out;
}

void Watch::conclude(Verdict& verdict) const {
    std::ranges::sort(verdict.findings, [](const Finding& a, const Finding& b) {
        const auto order = [](const Finding& f) {
            const auto& c = f.comparison;
            return std::tuple(
                rank(f.state), !f.matters, -c.effect * (0.01 + c.importance), key_of(c)
            );
        };
        return order(a) < order(b);
    });
    for (const auto& f : verdict.findings)
        if (f.matters && f.state != State::stable && rank(f.state) < rank(verdict.state))
            verdict.state = f.state;
    if (verdict.state == State::stable) return;
    bool source = false;
    for (const auto& f : verdict.findings) {
        if (!f.matters || f.state != verdict.state) continue;
        verdict.level = std::max(verdict.level, f.level);
        verdict.since_ms = std::min(verdict.since_ms.value_or(*f.since_ms), *f.since_ms);
        source = source || of_the_source(f.comparison.aspect);
        const auto& name = f.comparison.column;
        if (f.comparison.role == Role::input && !name.empty() &&
            std::ranges::find(verdict.columns, name) == verdict.columns.end())
            verdict.columns.push_back(name);
    }
    verdict.action = verdict.state == State::suspected ? Action::wait
                     : source                          ? Action::mend_source
                                                       : Action::retrain;
}

Verdict Watch::add(Window window) {
    Verdict verdict;
    verdict.from_ms = window.from_ms;
    verdict.to_ms = window.to_ms;
    verdict.rows = window.sketch.rows;
    from_ms_ = window.from_ms;
    for (const auto& c : reference_.columns) verdict.watched += c.role == Role::input ? 1 : 0;
    auto alone = compare_all(window.sketch);
    if (auto volume = compare_volume(window.sketch.rows, volumes_); volume && window.is_whole)
        alone.push_back(*volume);
    if (window.sketch.rows < options_.least_rows) verdict.state = State::too_few_rows;
    adjust(alone);
    std::vector<Comparison> together;
    if (before_ && verdict.state != State::too_few_rows) {
        Sketch both = *before_;
        merge(window.sketch, both);
        together = compare_all(both);
        // Two windows one after the other: the volume is that of the later one.
        if (const auto* volume = find(alone, key_of({.aspect = Aspect::volume})))
            together.push_back(*volume);
        adjust(together);
    }
    for (const auto& c : alone) verdict.findings.push_back(judge(c, together));
    conclude(verdict);
    p_before_.clear();
    before_.reset();
    from_ms_before_ = from_ms_;
    if (verdict.state == State::too_few_rows) {
        if (window.is_whole) volumes_.push_back(window.sketch.rows);
        return verdict;
    }
    for (const auto& c : alone) p_before_[key_of(c)] = c.p;
    const auto* volume = find(alone, key_of({.aspect = Aspect::volume}));
    // What stood out does not become the custom.
    if (window.is_whole && (volume == nullptr || volume->p > options_.repeated))
        volumes_.push_back(window.sketch.rows);
    before_ = std::move(window.sketch);
    return verdict;
}

}  // namespace csva::drift
