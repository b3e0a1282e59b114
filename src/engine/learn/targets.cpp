#include "engine/learn/prepare.hpp"
#include "engine/learn/train.hpp"

#include <algorithm>
#include <string_view>

namespace csva::learn {

base::Result<std::vector<TargetCandidate>> propose_targets(table::TableReader& rows) {
    std::vector<TargetCandidate> out;
    const auto& columns = rows.schema().columns;
    base::Control control;
    for (std::size_t c = 0; c < columns.size() && c < 500; ++c) {
        CHECK_OK(rows.rewind());
        const auto table = load_table(rows, {.target = columns[c].name}, 10'000, control);
        if (!table) continue;
        TargetCandidate candidate{.column = columns[c].name, .task = table->target.task};
        const auto add = [&](double points, const char* reason) {
            candidate.rank += points;
            candidate.reasons.emplace_back(reason);
        };
        if (candidate.task == Task::binary) add(3, "two_values");
        if (candidate.task == Task::multiclass) add(2, "few_values");
        if (candidate.task == Task::regression) add(1, "numeric");
        if (c + 1 == columns.size()) add(2.5, "last_column");
        if (c == 0) add(-1, "first_column");
        if (table->without_target > 0) add(-0.5, "has_missing");
        std::string name = columns[c].name;
        for (auto& ch : name) ch = ch >= 'A' && ch <= 'Z' ? static_cast<char>(ch + 32) : ch;
        for (const char* word :
             {"target", "label", "class", "churn", "survived", "outcome", "price", "result", "y"})
            if (name == word ||
                (std::string_view(word).size() > 3 && name.find(word) != std::string::npos)) {
                add(4, "telling_name");
                break;
            }
        if (name == "id" || name.ends_with("_id") || name.ends_with(" id"))
            add(-5, "identifier_name");
        out.push_back(std::move(candidate));
    }
    std::ranges::sort(out, std::greater<>(), &TargetCandidate::rank);
    return out;
}

}  // namespace csva::learn
