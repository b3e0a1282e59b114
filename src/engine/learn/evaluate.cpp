#include "engine/learn/evaluate.hpp"

#include "engine/stats/catalogue.hpp"

#include <algorithm>
#include <cmath>

namespace csva::learn {
namespace {

/// The answers of some rows in the forms that scores want.
struct Judged {
    std::vector<int> truth, predicted;
    std::vector<double> positive, values;
    std::vector<std::uint32_t> order;
    stats::ScoreInput input;

    Judged(const Target& target, RowSpan rows, std::span<const double> answers) {
        const std::size_t k = target.classes.size();
        for (std::size_t i = 0; i < rows.size(); ++i) {
            if (k == 0) {
                values.push_back(target.values[rows[i]]);
                continue;
            }
            truth.push_back(static_cast<int>(target.labels[rows[i]]));
            predicted.push_back(static_cast<int>(stats::likeliest(answers.subspan(i * k, k))));
            if (k == 2) positive.push_back(answers[i * k + 1]);
        }
        order = stats::order_by(positive);
        input = {
            truth,
            predicted,
            {answers, std::max<std::size_t>(1, k)},
            positive,
            order,
            values,
            answers,
            k
        };
    }
    Judged(const Judged&) = delete;
    Judged& operator=(const Judged&) = delete;
};

bool fits(const stats::ScoreInfo& info, Task task) {
    if (info.task == stats::ScoreTask::regression) return task == Task::regression;
    return info.task == stats::ScoreTask::binary ? task == Task::binary : task != Task::regression;
}

const char* first_score(Task task) {
    return task == Task::binary ? "roc_auc" : task == Task::multiclass ? "log_loss" : "r2";
}

const Score* find(const LeaderboardLine& line, std::string_view name) {
    for (const auto& s : line.scores)
        if (s.name == name) return &s;
    return nullptr;
}

bool beats_chance(
    const Report& report, const Target& target, RowSpan rows, const Score& score, const Score& base
) {
    if (report.best == "Baseline") return false;
    if (report.task ==
        Task::binary) {  // Mann-Whitney's deviation when nothing is known: Hanley, McNeil 1982.
        double ones = 0;
        for (const auto r : rows) ones += target.labels[r] == 1.0F ? 1 : 0;
        const double zeros = static_cast<double>(rows.size()) - ones;
        if (ones == 0 || zeros == 0) return false;
        return score.value - 0.5 > 2.326 * std::sqrt((ones + zeros + 1) / (12 * ones * zeros));
    }
    const bool higher = report.task == Task::regression;
    return higher ? score.interval.low > std::max(0.0, base.value)
                  : score.interval.high < base.value;
}

}  // namespace

double loss_of(const Target& target, RowSpan rows, std::span<const double> answers) {
    constexpr double kHonesty = 0.02;
    if (rows.empty() || std::ranges::any_of(answers, [](double a) { return !std::isfinite(a); }))
        return 1e300;
    const Judged judged(target, rows, answers);
    const auto score = [&](std::string_view name) {
        return stats::find_score(name)->function(judged.input, {});
    };
    double loss = 0;
    if (target.task == Task::binary)
        loss = 1 - score("roc_auc") + kHonesty * score("log_loss");
    else
        loss = score(target.task == Task::regression ? "rmse" : first_score(target.task));
    return std::isnan(loss) ? 1e300 : loss;
}

LeaderboardLine score_line(
    const Target& target, RowSpan rows, std::span<const double> answers, std::uint64_t seed
) {
    const Judged judged(target, rows, answers);
    LeaderboardLine line;
    const int resamples = rows.size() > 20'000 ? 50 : 200;
    for (const auto& info : stats::scores()) {
        if (!fits(info, target.task)) continue;
        Score score{std::string(info.name), info.function(judged.input, {}), {}};
        const auto n = static_cast<double>(rows.size());
        if (info.name == "accuracy")
            score.interval = stats::wilson(score.value * n, n);
        else
            score.interval = stats::bootstrap(rows.size(), seed, resamples, [&](stats::Counts c) {
                return info.function(judged.input, c);
            });
        line.scores.push_back(std::move(score));
    }
    return line;
}

std::vector<std::int64_t> confusion(
    const Target& target, RowSpan rows, std::span<const double> answers
) {
    if (target.classes.empty()) return {};
    const Judged judged(target, rows, answers);
    return stats::confusion_matrix(judged.truth, judged.predicted, target.classes.size());
}

std::string held_out_csv(const RawTable& table, RowSpan rows, std::span<const Answered> models) {
    const auto& target = table.target;
    const std::size_t k = target.classes.size();
    const auto quoted = [](std::string text) {
        for (std::size_t i = 0; (i = text.find('"', i)) != std::string::npos; i += 2)
            text.insert(i, 1, '"');
        return '"' + text + '"';
    };
    std::string out = "row_id,truth";
    for (const auto& model : models) {
        const std::string of = &model == models.data() ? "" : model.name + '.';
        out += ',' + quoted(of + "prediction");
        for (const auto& c : target.classes) out += ',' + quoted(of + "probability_" + c);
    }
    out += '\n';
    for (std::size_t i = 0; i < rows.size(); ++i) {
        out += std::to_string(table.row_ids[rows[i]]) + ',';
        if (k == 0)
            base::encode_number(out, target.values[rows[i]]);
        else
            out += quoted(target.classes[static_cast<std::size_t>(target.labels[rows[i]])]);
        for (const auto& [name, answers] : models) {
            out += ',';
            if (k == 0) {
                base::encode_number(out, answers[i]);
                continue;
            }
            const auto own = std::span(answers).subspan(i * k, k);
            out += quoted(target.classes[stats::likeliest(own)]);
            for (const double probability : own) base::encode_number(out += ',', probability);
        }
        out += '\n';
    }
    return out;
}

Verdict make_verdict(const Report& report, const Target& target, RowSpan held_out) {
    Verdict verdict{.kind = "not_better", .score = first_score(report.task)};
    const auto* score = find(report.leaderboard.front(), verdict.score);
    const auto* base = find(report.leaderboard.back(), verdict.score);
    if (score != nullptr && base != nullptr) {
        verdict.value = score->value;
        verdict.interval = score->interval;
        verdict.baseline = base->value;
        if (beats_chance(report, target, held_out, *score, *base)) verdict.kind = "better";
        const auto* accuracy = find(report.leaderboard.front(), "accuracy");
        const bool perfect = accuracy != nullptr ? accuracy->value == 1.0 : score->value > 0.9999;
        if (verdict.kind == "better" && perfect && held_out.size() >= 200 &&
            !report.importance.empty()) {
            verdict.kind = "too_good_leakage";
            verdict.column = report.importance.front().column;
        }
    }
    for (const auto& e : report.excluded)
        if (e.reason == "leakage") verdict.kind = "too_good_leakage", verdict.column = e.column;
    if (report.rows < 1000) verdict.caveats.emplace_back("few_rows");
    std::vector<double> counts(std::max<std::size_t>(1, report.classes.size()));
    for (const auto y : target.labels)
        if (!report.classes.empty()) ++counts[static_cast<std::size_t>(y)];
    if (!report.classes.empty() &&
        *std::ranges::min_element(counts) <
            0.1 * static_cast<double>(report.rows) / static_cast<double>(counts.size()) * 2)
        verdict.caveats.emplace_back("imbalance");
    if (!report.excluded.empty()) verdict.caveats.emplace_back("excluded_columns");
    if (report.split == "time") verdict.caveats.emplace_back("time_order");
    if (report.split == "groups") verdict.caveats.emplace_back("groups");
    return verdict;
}

}  // namespace csva::learn
