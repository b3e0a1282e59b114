#include "engine/learn/evaluate.hpp"
#include "engine/learn/search.hpp"

#include <algorithm>
#include <numeric>

namespace csva::learn {
namespace {

constexpr int kSteps = 16;
constexpr std::size_t kMostMembers = 6;

/// The greedy choice's state: how often each trial is in, and the sum of their answers.
struct Greedy {
    const SearchState& s;
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
                mixed[i] = (sum[i] + s.trials[t].answers[i]) / number;
            if (const double loss = loss_of(*s.target, s.split->judged, mixed); loss < best - 1e-9)
                best = loss, chosen = t;
        }
        if (chosen == s.trials.size()) return false;
        if (times[chosen]++ == 0) units -= refit_units(s, s.trials[chosen], rows);
        for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += s.trials[chosen].answers[i];
        return true;
    }
};

}  // namespace

Members blend(const SearchState& s, double units, std::size_t rows) {
    Greedy greedy{s, units, rows, std::vector<int>(s.trials.size()), {}};
    greedy.sum.resize(s.split->judged.size() * s.outputs());
    for (int step = 1; step <= kSteps && greedy.step(step); ++step) continue;
    const double total = std::accumulate(greedy.times.begin(), greedy.times.end(), 0.0);
    Members out;
    for (std::size_t t = 0; t < greedy.times.size(); ++t)
        if (greedy.times[t] > 0) out.emplace_back(t, greedy.times[t] / total);
    return out;
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
