#include "engine/drift/reference.hpp"

#include <algorithm>

namespace csva::drift {
namespace {

/// Probability of the second class, or of the likeliest of more.
std::vector<double> scores_of(const Answered& rows) {
    std::vector<double> out;
    const std::size_t k = rows.class_count;
    for (std::size_t i = 0; k > 0 && i + k <= rows.probabilities.size(); i += k) {
        const auto row = rows.probabilities.subspan(i, k);
        out.push_back(k == 2 ? row[1] : *std::ranges::max_element(row));
    }
    return out;
}

std::vector<std::string_view> words_of(
    std::span<const int> positions, const std::vector<std::string>& classes
) {
    std::vector<std::string_view> out;
    for (const int p : positions) out.emplace_back(classes[static_cast<std::size_t>(p)]);
    return out;
}

}  // namespace

std::string to_json(Reference reference) {
    pack(reference.sketch);
    return base::to_json(reference);
}

base::Result<Reference> reference_from_json(std::string_view json) {
    Reference out;
    if (!base::decode(json, base::type_of<Reference>(), &out))
        return base::fail(base::ErrorKind::invalid_argument, kBadSketch);
    CHECK_OK(unpack(out.sketch));
    return out;
}

void add_answers(
    const Answered& held_out, const std::vector<std::string>& classes, Reference& reference
) {
    auto& columns = reference.sketch.columns;
    const auto copy = [](std::span<const double> v) { return std::vector(v.begin(), v.end()); };
    if (classes.empty()) {
        columns.push_back(sketch_numbers("", Role::prediction, copy(held_out.estimates)));
        columns.push_back(sketch_numbers("", Role::target, copy(held_out.values)));
    } else {
        columns.push_back(sketch_words("", Role::prediction, words_of(held_out.predicted, classes))
        );
        columns.push_back(sketch_numbers("", Role::score, scores_of(held_out)));
        columns.push_back(sketch_words("", Role::target, words_of(held_out.truth, classes)));
        reference.calibration = fit_calibration(held_out);
    }
    reference.quality = measured_quality(held_out);
}

void count_answers(const Answered& rows, const std::vector<std::string>& classes, Counter& window) {
    if (classes.empty()) {
        window.add_numbers(Role::prediction, rows.estimates);
        window.add_numbers(Role::target, rows.values);
        return;
    }
    window.add_words(Role::prediction, words_of(rows.predicted, classes));
    window.add_numbers(Role::score, scores_of(rows));
    window.add_words(Role::target, words_of(rows.truth, classes));
}

}  // namespace csva::drift
