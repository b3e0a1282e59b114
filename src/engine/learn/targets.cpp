#include "engine/learn/targets.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace csva::learn {
namespace {

using table::ColumnType;

constexpr std::int64_t kFewClasses = 10;   // Of whole numbers.
constexpr std::int64_t kMostClasses = 50;  // Of texts.
constexpr std::int64_t kFewestRows = 10;

std::string lower(std::string text) {
    for (auto& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    return text;
}

bool is_usable(const ColumnFacts& c) {
    if (c.distinct < 2 || c.missing > c.count || c.count < kFewestRows) return false;
    if (c.type == ColumnType::date || c.type == ColumnType::timestamp || c.type == ColumnType::time)
        return false;
    return c.type != ColumnType::text || c.distinct <= kMostClasses;
}

Task task_of(const ColumnFacts& c) {
    if (c.distinct == 2) return Task::binary;
    if (c.type == ColumnType::text || c.type == ColumnType::boolean) return Task::multiclass;
    return c.type == ColumnType::integer && c.distinct <= kFewClasses && c.distinct * 10 <= c.count
               ? Task::multiclass
               : Task::regression;
}

bool is_telling(const std::string& name) {
    constexpr std::array kWords{
        "target",
        "label",
        "class",
        "churn",
        "surviv",
        "outcome",
        "result",
        "status",
        "default",
        "species",
        "price",
        "value",
        "score",
        "fraud",
        "cible",
        "prix",
        "resultat",
        "résultat"
    };
    return name == "y" || std::ranges::any_of(kWords, [&](const char* word) {
               return name.find(word) != std::string::npos;
           });
}

}  // namespace

std::vector<TargetCandidate> propose_targets(std::span<const ColumnFacts> columns) {
    std::vector<TargetCandidate> out;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const auto& c = columns[i];
        if (!is_usable(c)) continue;
        TargetCandidate candidate{.column = c.name, .task = task_of(c)};
        const auto add = [&](bool holds, double points, const char* reason) {
            if (!holds) return;
            candidate.rank += points;
            candidate.reasons.emplace_back(reason);
        };
        const auto name = lower(c.name);
        add(is_telling(name), 3, "telling_name");
        add(i + 1 == columns.size(), 2, "last_column");
        add(i == 0 && columns.size() > 1, 0.5, "first_column");
        add(c.distinct == 2, 1, "two_values");
        add(c.distinct > 2 && c.distinct <= 20, 0.5, "few_values");
        add(c.distinct == c.count && c.type != ColumnType::real, -3, "all_different");
        add(name == "id" || name.ends_with("_id") || name.ends_with(" id"), -3, "identifier_name");
        add(c.missing > 0, -0.25, "has_missing");
        out.push_back(std::move(candidate));
    }
    std::ranges::sort(out, [&](const TargetCandidate& a, const TargetCandidate& b) {
        return a.rank != b.rank ? a.rank > b.rank : a.column < b.column;
    });
    return out;
}

}  // namespace csva::learn
