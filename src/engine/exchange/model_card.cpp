#include "engine/exchange/model_card.hpp"

#include <fmt/format.h>

namespace csva::exchange {
namespace {

using i18n::Language;
using Values = std::vector<base::ErrorDetail>;

constexpr std::size_t kNamed = 40;  ///< Columns named; more are counted.

std::string rounded(double value) { return fmt::format("{:.4g}", value); }

class Writer {
public:
    Writer(const CardFacts& facts, Language language) : facts_(facts), language_(language) {
        card_.title = said("title", {{"target", report().target}});
        card_.lead = said("lead");
    }
    ModelCard write() {
        general();
        development();
        functioning();
        metrics();
        begin("risk").gap("risk");
        begin("changes").fact("one_training", {{"seed", report().seed}}).gap("changes");
        begin("standards").gap("standards");
        begin("declaration").gap("declaration");
        begin("after_market").fact("reference").gap("after_market");
        return std::move(card_);
    }

private:
    const learn::Report& report() const { return facts_.report; }
    std::string said(std::string_view key, const Values& values = {}) const {
        return i18n::text(language_, "exchange:card." + std::string(key), values);
    }
    Writer& begin(std::string_view section) {
        card_.sections.push_back({said("section." + std::string(section)), {}});
        return *this;
    }
    Writer& add(CardLineKind kind, std::string text) {
        card_.sections.back().lines.push_back({kind, std::move(text)});
        return *this;
    }
    Writer& fact(std::string_view key, const Values& values = {}) {
        return add(CardLineKind::fact, said("fact." + std::string(key), values));
    }
    Writer& gap(std::string_view key) {
        return add(CardLineKind::gap, said("gap." + std::string(key)));
    }
    std::string task() const {
        const auto names = base::type_of<learn::Task>().enumerators;
        return said("task." + std::string(names[static_cast<std::size_t>(report().task)]));
    }
    /// "age, city and 3 others"; the names are columns', never cells.
    std::string listed(const std::vector<std::string>& names) const {
        std::string out;
        for (std::size_t i = 0; i < names.size() && i < kNamed; ++i)
            out += (i == 0 ? "" : ", ") + names[i];
        if (names.size() <= kNamed) return out;
        return said(
            "and_others",
            {{"names", out}, {"count", static_cast<std::int64_t>(names.size() - kNamed)}}
        );
    }

    void general() {
        begin("general")
            .fact("purpose", {{"target", report().target}, {"task", task()}})
            .fact("made_by", {{"version", facts_.program_version}})
            .fact("model", {{"model", report().best}})
            .fact("forms")
            .gap("purpose")
            .gap("provider")
            .gap("hardware");
    }

    void development() {
        std::vector<std::string> used;
        for (const auto& input : facts_.preparation.columns) used.push_back(input.column.name);
        begin("development")
            .fact(
                "rows", {{"rows", report().rows}, {"without_target", report().rows_without_target}}
            )
            .fact(
                "columns",
                {{"count", static_cast<std::int64_t>(used.size())}, {"names", listed(used)}}
            );
        for (const auto& column : report().excluded)
            fact(
                "excluded",
                {{"column", column.column},
                 {"reason", i18n::text(language_, "learn:excluded." + column.reason)}}
            );
        std::vector<std::string> tried;
        for (const auto& line : report().leaderboard) tried.push_back(line.name);
        fact("recipe", {{"steps", static_cast<std::int64_t>(facts_.recipe_steps)}})
            .fact("families", {{"names", listed(tried)}})
            .fact("split_" + report().split, {{"held_out", report().held_out_rows}})
            .gap("data_origin")
            .gap("oversight");
    }

    void functioning() {
        begin("functioning");
        const auto& verdict = report().verdict;
        fact(
            "score",
            {{"score", verdict.score},
             {"value", rounded(verdict.value)},
             {"low", rounded(verdict.interval.low)},
             {"high", rounded(verdict.interval.high)},
             {"baseline", rounded(verdict.baseline)}}
        );
        for (const auto& caveat : verdict.caveats)
            add(CardLineKind::fact, i18n::text(language_, "learn:caveats." + caveat));
        std::size_t shown = 0;
        for (const auto& importance : report().importance) {
            if (++shown > 5) break;
            fact(
                "importance",
                {{"column", importance.column}, {"share", rounded(importance.share * 100)}}
            );
        }
        fact("warnings").gap("groups").gap("outcomes");
    }

    void metrics() {
        begin("metrics");
        for (const auto& line : report().leaderboard) {
            if (line.name != report().best) continue;
            for (const auto& score : line.scores)
                fact(
                    "metric",
                    {{"score", score.name},
                     {"value", rounded(score.value)},
                     {"low", rounded(score.interval.low)},
                     {"high", rounded(score.interval.high)}}
                );
        }
        gap("metrics");
    }

    const CardFacts& facts_;
    Language language_;
    ModelCard card_;
};

}  // namespace

ModelCard model_card(const CardFacts& facts, Language language) {
    return Writer(facts, language).write();
}

std::string markdown(const ModelCard& card, Language language) {
    std::string out = "# " + card.title + "\n\n" + card.lead + "\n";
    const std::string mark = i18n::text(language, "exchange:card.gap_mark");
    std::size_t number = 0;
    for (const auto& section : card.sections) {
        out += fmt::format("\n## {}. {}\n\n", ++number, section.title);
        for (const auto& line : section.lines)
            out += line.kind == CardLineKind::gap ? fmt::format("- **{}** {}\n", mark, line.text)
                                                  : fmt::format("- {}\n", line.text);
    }
    return out;
}

}  // namespace csva::exchange
