#include "engine/bundle/reference.hpp"

#include "engine/bundle/folder.hpp"
#include "engine/bundle/model.hpp"
#include "engine/stats/scores.hpp"
#include "foundation/base/files.hpp"
#include "foundation/base/parallel.hpp"

#include <algorithm>
#include <map>

namespace csva::bundle {
namespace {

namespace fs = std::filesystem;

/// Importance by physical name of the prepared column.
std::map<std::string, double> importances(const learn::TrainOutcome& outcome) {
    std::map<std::string, double> out;
    for (const auto& line : outcome.report.importance)
        for (const auto& input : outcome.preparation.columns)
            if (input.column.name == line.column) out[input.column.physical] = line.share;
    return out;
}

void add_held_out(const learn::TrainOutcome& outcome, drift::Reference& reference) {
    const auto& [truth, answers] = outcome.held_out;
    const auto& classes = outcome.report.classes;
    const std::size_t k = classes.size();
    std::vector<int> true_class, predicted;
    for (std::size_t i = 0; i < truth.size() && k > 0; ++i) {
        true_class.push_back(static_cast<int>(truth[i]));
        predicted.push_back(static_cast<int>(stats::likeliest(std::span(answers).subspan(i * k, k)))
        );
    }
    drift::Answered rows{.class_count = k};
    if (k == 0) {
        rows.estimates = answers;
        rows.values = truth;
    } else {
        rows.probabilities = answers;
        rows.predicted = predicted;
        rows.truth = true_class;
    }
    drift::add_answers(rows, classes, reference);
}

}  // namespace

std::vector<std::string> needed_columns(const learn::TrainOutcome& outcome) {
    std::vector<std::string> out;
    for (const auto& input : outcome.preparation.columns) out.push_back(input.column.physical);
    return out;
}

drift::Sketch sketch_columns(std::span<const learn::RawColumn> columns) {
    drift::Sketch out;
    out.columns.resize(columns.size());
    base::for_each_index(columns.size(), 0, [&](std::size_t c) {
        const auto& raw = columns[c];
        out.columns[c] =
            drift::sketch_column(raw.column, {raw.numbers, raw.exact, raw.codes, raw.texts});
    });
    for (const auto& column : out.columns) out.rows = column.rows;
    return out;
}

base::Result<drift::Reference> make_reference(
    const learn::TrainOutcome& outcome, const recipe::Replay& replay, drift::Sketch as_read
) {
    TRY(const auto kept, replay.only(needed_columns(outcome)));
    const auto known = importances(outcome);
    // A column that others are made from has none of its own: an even share.
    const double even =
        1 / static_cast<double>(std::max<std::size_t>(1, kept.as_read().columns.size()));
    for (auto& column : as_read.columns) {
        const auto found = known.find(column.column.physical);
        column.importance = known.empty() ? 0 : found == known.end() ? even : found->second;
    }
    // What a step protects is not to be read off its distribution.
    const auto hidden = kept.protected_columns();
    std::erase_if(as_read.columns, [&](const auto& column) {
        return !kept.as_read().find_physical(column.column.physical) ||
               std::ranges::find(hidden, column.column.physical) != hidden.end();
    });
    std::ranges::sort(as_read.columns, [](const auto& a, const auto& b) {
        return a.importance != b.importance ? a.importance > b.importance
                                            : a.column.physical < b.column.physical;
    });
    as_read.columns.resize(std::min(as_read.columns.size(), drift::kMostColumns));
    drift::Reference out{.sketch = std::move(as_read)};
    add_held_out(outcome, out);
    return out;
}

base::Result<drift::Reference> load_reference(const std::string& folder) {
    const fs::path root = folder;
    std::error_code ignored;
    if (!fs::exists(root / kDescriptionFile, ignored))
        return base::fail(base::ErrorKind::not_found, kNotAModel);
    if (!fs::exists(root / kReferenceFile, ignored))
        return base::fail(base::ErrorKind::not_found, kNoReference);
    TRY(const auto json, base::read_file(root / kReferenceFile));
    return drift::reference_from_json(json);
}

}  // namespace csva::bundle
