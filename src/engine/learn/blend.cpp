#include "engine/learn/evaluate.hpp"
#include "engine/learn/search.hpp"
#include "engine/stats/random.hpp"

#include <algorithm>
#include <numeric>

namespace csva::learn {
namespace {

constexpr int kSteps = 16;
constexpr std::size_t kMostMembers = 6;
// Few rows choose by luck: then many choices are made, each on other rows, and averaged.
constexpr std::size_t kFewRows = 2000;
constexpr int kBags = 12;

/// Rows that choose, with the answers of each trial on them.
struct Jury {
    Rows rows;
    std::vector<std::vector<double>> answers;  ///< By trial; empty for one without models.
};

Jury whole_jury(const SearchState& s) {
    Jury jury{s.split->judged, {}};
    for (const auto& trial : s.trials)
        jury.answers.push_back(trial.parts.empty() ? std::vector<double>() : trial.answers);
    return jury;
}

/// Half of the rows, another half for each number.
Jury half_jury(const SearchState& s, std::uint32_t number) {
    Jury jury{{}, std::vector<std::vector<double>>(s.trials.size())};
    const std::size_t k = s.outputs();
    const auto& judged = s.split->judged;
    for (std::size_t i = 0; i < judged.size(); ++i) {
        if (stats::fmix32(judged[i] * 2654435761U + number) % 2 == 0) continue;
        jury.rows.push_back(judged[i]);
        for (std::size_t t = 0; t < s.trials.size(); ++t) {
            if (s.trials[t].parts.empty()) continue;
            const auto from = s.trials[t].answers.begin() + static_cast<std::ptrdiff_t>(i * k);
            jury.answers[t].insert(
                jury.answers[t].end(), from, from + static_cast<std::ptrdiff_t>(k)
            );
        }
    }
    return jury;
}

/// The greedy choice's state: how often each trial is in, and the sum of their answers.
struct Greedy {
    const SearchState& s;
    const Jury& jury;
    double units;
    std::size_t rows;
    std::vector<int> times;
    std::vector<double> sum;
    double best = 1e300;

    bool may_join(std::size_t t) const {
        if (s.trials[t].parts.empty()) return false;
        if (times[t] > 0) return true;
        const auto members = std::ranges::count_if(times, [](int n) { return n > 0; });
        return members == 0 || (static_cast<std::size_t>(members) < kMostMembers &&
                                refit_units(s, s.trials[t], rows) <= units);
    }
    /// Adds the trial that lowers the loss most; false when none does.
    bool step(int number) {
        std::size_t chosen = s.trials.size();
        std::vector<double> mixed(sum.size());
        for (std::size_t t = 0; t < s.trials.size(); ++t) {
            if (!may_join(t)) continue;
            for (std::size_t i = 0; i < sum.size(); ++i)
                mixed[i] = (sum[i] + jury.answers[t][i]) / number;
            if (const double loss = loss_of(*s.target, jury.rows, mixed); loss < best - 1e-9)
                best = loss, chosen = t;
        }
        if (chosen == s.trials.size()) return false;
        if (times[chosen]++ == 0) units -= refit_units(s, s.trials[chosen], rows);
        for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += jury.answers[chosen][i];
        return true;
    }
};

/// Share of each trial in the greedy average.
std::vector<double> greedy_shares(
    const SearchState& s, const Jury& jury, double units, std::size_t rows
) {
    Greedy greedy{s, jury, units, rows, std::vector<int>(s.trials.size()), {}};
    greedy.sum.resize(jury.rows.size() * s.outputs());
    for (int step = 1; step <= kSteps && greedy.step(step); ++step) continue;
    const double total = std::accumulate(greedy.times.begin(), greedy.times.end(), 0.0);
    std::vector<double> shares(s.trials.size());
    for (std::size_t t = 0; t < shares.size() && total > 0; ++t)
        shares[t] = greedy.times[t] / total;
    return shares;
}

/// The heaviest that can be fitted again for `units`, their shares made to add up to 1.
Members heaviest(
    const SearchState& s, const std::vector<double>& shares, double units, std::size_t rows
) {
    std::vector<std::size_t> order(shares.size());
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::sort(order, {}, [&](std::size_t t) { return std::pair(-shares[t], t); });
    Members out;
    double total = 0;
    for (const auto t : order) {
        if (shares[t] <= 0 || out.size() == kMostMembers) break;
        const double own = refit_units(s, s.trials[t], rows);
        if (!out.empty() && own > units) continue;
        units -= own;
        total += shares[t];
        out.emplace_back(t, shares[t]);
    }
    for (auto& [t, share] : out) share /= total;
    std::ranges::sort(out);
    return out;
}

}  // namespace

Members blend(const SearchState& s, double units, std::size_t rows) {
    if (s.split->judged.size() > kFewRows)
        return heaviest(s, greedy_shares(s, whole_jury(s), units, rows), units, rows);
    std::vector<double> shares(s.trials.size());
    for (int bag = 0; bag < kBags; ++bag) {
        const auto jury = half_jury(s, static_cast<std::uint32_t>(bag));
        const auto own = greedy_shares(s, jury, units, rows);
        for (std::size_t t = 0; t < shares.size(); ++t) shares[t] += own[t] / kBags;
    }
    return heaviest(s, shares, units, rows);
}

std::vector<Entry> entries(const SearchState& s, double units, std::size_t rows) {
    std::vector<Entry> out;
    for (const auto family :
         {Family::boosting, Family::forest, Family::extra_trees, Family::linear}) {
        std::size_t best = s.trials.size();
        for (std::size_t t = 0; t < s.trials.size(); ++t)
            if (s.trials[t].candidate.family == family && !s.trials[t].parts.empty() &&
                (best == s.trials.size() || s.trials[t].loss < s.trials[best].loss))
                best = t;
        if (best < s.trials.size())
            out.push_back({family_name(family, s.context.task), {{best, 1.0}}, s.trials[best].loss}
            );
    }
    if (auto members = blend(s, units, rows); members.size() > 1) {
        std::vector<double> mixed(s.split->judged.size() * s.outputs());
        for (const auto& [t, w] : members)
            for (std::size_t i = 0; i < mixed.size(); ++i) mixed[i] += w * s.trials[t].answers[i];
        out.push_back({"Ensemble", members, loss_of(*s.target, s.split->judged, mixed)});
    }
    std::ranges::sort(out, {}, [](const Entry& e) { return std::pair(e.loss, e.name); });
    return out;
}

}  // namespace csva::learn
