#include "engine/learn/split.hpp"

#include "engine/stats/random.hpp"

#include <algorithm>
#include <numeric>

namespace csva::learn {
namespace {

constexpr std::size_t kHeldOutMost = 50'000;
constexpr std::size_t kJudgeMost = 20'000;

/// Rows dealt into `parts` by hash, class by class (or whole groups), so that each part is like the
/// whole.
std::vector<int> deal(
    const Target& target,
    const Rows& rows,
    const SplitPlan& plan,
    std::size_t parts,
    std::uint32_t salt
) {
    std::vector<int> part(rows.size());
    const auto hash = [&](std::uint32_t v) {
        return stats::fmix32(v * 2654435761U + salt + static_cast<std::uint32_t>(plan.seed));
    };
    if (!plan.groups.empty()) {
        for (std::size_t i = 0; i < rows.size(); ++i)
            part[i] =
                static_cast<int>(hash(static_cast<std::uint32_t>(plan.groups[rows[i]])) % parts);
        return part;
    }
    // In order of class, then hash, then place.
    const bool classes = !target.classes.empty();
    std::vector<std::pair<std::uint64_t, std::uint32_t>> order(rows.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
        const auto label = classes ? static_cast<std::uint64_t>(target.labels[rows[i]]) : 0;
        order[i] = {label << 32 | hash(rows[i]), static_cast<std::uint32_t>(i)};
    }
    std::ranges::sort(order);
    for (std::size_t i = 0; i < order.size(); ++i)
        part[order[i].second] = static_cast<int>(i % parts);
    return part;
}

}  // namespace

Split hold_out(const Target& target, const SplitPlan& plan) {
    Split out;
    Rows all(target.labels.size());
    std::iota(all.begin(), all.end(), 0U);
    const std::size_t parts =
        std::max<std::size_t>(5, (all.size() + kHeldOutMost - 1) / kHeldOutMost);
    out.kind = !plan.groups.empty() ? "groups" : plan.time ? "time" : "random";
    if (out.kind == "time") {
        const auto cut = all.end() - static_cast<std::ptrdiff_t>(all.size() / parts);
        out.development.assign(all.begin(), cut);
        out.held_out.assign(cut, all.end());
        return out;
    }
    const auto part = deal(target, all, plan, parts, 17);
    for (const auto r : all) (part[r] == 0 ? out.held_out : out.development).push_back(r);
    return out;
}

void add_folds(Split& split, const Target& target, const SplitPlan& plan, int folds) {
    const auto& rows = split.development;
    const std::size_t parts =
        folds > 1 ? static_cast<std::size_t>(folds)
                  : std::max<std::size_t>(5, (rows.size() + kJudgeMost - 1) / kJudgeMost);
    const auto part = deal(target, rows, plan, parts, 91);
    for (int f = 0; f < folds; ++f) {
        Fold fold;
        for (std::size_t i = 0; i < part.size(); ++i)
            (part[i] == f ? fold.judge : fold.fit).push_back(rows[i]);
        if (fold.judge.empty() || fold.fit.empty()) continue;  // Few groups may leave a part empty.
        split.judged.insert(split.judged.end(), fold.judge.begin(), fold.judge.end());
        split.folds.push_back(std::move(fold));
    }
}

}  // namespace csva::learn
