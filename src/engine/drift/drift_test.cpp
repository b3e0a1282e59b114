#include "engine/drift/detectors.hpp"
#include "engine/drift/quality.hpp"
#include "engine/drift/watch.hpp"
#include "engine/stats/random.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>

namespace csva::drift {
namespace {

std::vector<double> normal(std::size_t rows, std::uint64_t seed, double mean = 0) {
    stats::SplitMix64 random(seed);
    std::vector<double> out(rows);
    for (double& v : out)
        v = mean + std::sqrt(-2 * std::log(1 - random.unit())) *
                       std::cos(2 * std::numbers::pi * random.unit());
    return out;
}

Sketch reference_of(std::vector<double> values) {
    Sketch out;
    out.rows = static_cast<std::int64_t>(values.size());
    out.columns.push_back(sketch_numbers("x", Role::input, std::move(values)));
    out.columns.front().importance = 1;
    return out;
}

Window window_of(const Sketch& reference, const std::vector<double>& values, std::int64_t at = 0) {
    Counter counter(blank(reference), {});
    counter.add_numbers(Role::input, values);
    Sketch sketch = counter.take();
    sketch.rows = static_cast<std::int64_t>(values.size());
    for (auto& c : sketch.columns) c.absent = false;
    return {at, at + 1, std::move(sketch)};
}

TEST(sketch, comes_back_exactly_from_json) {
    std::vector<double> values;
    for (int i = 0; i < 3000; ++i) values.push_back(std::floor(i % 37) / 10);
    const Sketch made = reference_of(values);
    const auto read = from_json(to_json(made));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->columns[0].edges, made.columns[0].edges);
    EXPECT_EQ(read->columns[0].counts, made.columns[0].counts);
    EXPECT_FALSE(from_json("{}"));
    EXPECT_FALSE(from_json("nonsense"));
}

TEST(sketch, bounds_its_error_and_keeps_common_values_apart) {
    const auto column = sketch_numbers("x", Role::input, normal(5000, 3));
    EXPECT_LE(kolmogorov_smirnov_error(column), 0.005);
    EXPECT_EQ(column.counts.front() + column.counts.back(), 0);
    std::vector<double> few(2000, 1.0);
    few.resize(4000, 2.0);
    EXPECT_EQ(kolmogorov_smirnov_error(sketch_numbers("x", Role::input, few)), 0);
}

TEST(sketch, takes_values_that_are_missing_infinite_or_all_equal) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const auto none = sketch_numbers("x", Role::input, {nan, nan});
    EXPECT_EQ(none.missing, 2);
    EXPECT_EQ(none.counted(), 0);
    const auto same = sketch_numbers("x", Role::input, std::vector<double>(100, 7.0));
    EXPECT_EQ(same.deviation(), 0);
    EXPECT_EQ(same.counted(), 100);
    EXPECT_EQ(sketch_numbers("x", Role::input, {}).rows, 0);
}

TEST(sketch, merges_rare_words_and_says_none_of_them) {
    std::vector<std::string_view> words(10, "often");
    words.insert(words.end(), 4, "rare");
    words.emplace_back("");
    const auto column = sketch_words("w", Role::prediction, words);
    EXPECT_EQ(column.categories, std::vector<std::string>{"often"});
    EXPECT_EQ(column.other_count, 4);
    EXPECT_EQ(column.missing, 1);
}

TEST(sketch, merging_two_windows_is_counting_them_together) {
    const Sketch reference = reference_of(normal(2000, 1));
    const auto a = normal(300, 2), b = normal(500, 4, 3);
    auto both = a;
    both.insert(both.end(), b.begin(), b.end());
    Sketch merged = window_of(reference, a).sketch;
    merge(window_of(reference, b).sketch, merged);
    const Sketch whole = window_of(reference, both).sketch;
    EXPECT_EQ(merged.columns[0].counts, whole.columns[0].counts);
    EXPECT_NEAR(merged.columns[0].mean, whole.columns[0].mean, 1e-9);
    EXPECT_NEAR(merged.columns[0].squares, whole.columns[0].squares, 1e-6);
}

TEST(watch, calls_drift_when_two_windows_agree_and_says_since_when) {
    Watch watch(reference_of(normal(5000, 1)));
    EXPECT_EQ(watch.add(window_of(watch.reference(), normal(500, 2), 10)).state, State::stable);
    const auto first = watch.add(window_of(watch.reference(), normal(500, 3, 0.5), 20));
    EXPECT_EQ(first.state, State::suspected);
    EXPECT_EQ(first.action, Action::wait);
    const auto second = watch.add(window_of(watch.reference(), normal(500, 4, 0.5), 30));
    EXPECT_EQ(second.state, State::drifted);
    EXPECT_EQ(second.since_ms, 20);
    EXPECT_EQ(second.columns, std::vector<std::string>{"x"});
    EXPECT_EQ(second.action, Action::retrain);
    EXPECT_EQ(watch.add(window_of(watch.reference(), normal(500, 5), 40)).state, State::stable);
}

TEST(watch, judges_no_window_of_three_rows_and_none_of_no_value) {
    Watch watch(reference_of(normal(5000, 1)));
    EXPECT_EQ(watch.add(window_of(watch.reference(), {9, 9, 9})).state, State::too_few_rows);
    const std::vector<double> missing(500, std::numeric_limits<double>::quiet_NaN());
    watch.add(window_of(watch.reference(), missing));
    const auto verdict = watch.add(window_of(watch.reference(), missing));
    EXPECT_EQ(verdict.state, State::drifted);
    EXPECT_EQ(verdict.action, Action::mend_source);
}

TEST(watch, says_at_once_that_a_column_is_gone) {
    Watch watch(reference_of(normal(5000, 1)));
    Counter counter(blank(watch.reference()), {});
    table::Batch batch;
    for (int i = 0; i < 200; ++i) batch.row_ids.push_back(i);
    counter.add(batch);
    const auto verdict = watch.add({0, 1, counter.take()});
    EXPECT_EQ(verdict.state, State::drifted);
    EXPECT_EQ(verdict.findings.front().comparison.aspect, Aspect::absent);
}

TEST(watch, does_not_compare_the_rows_of_windows_that_are_no_whole_period) {
    Watch watch(reference_of(normal(5000, 1)));
    for (std::uint64_t i = 0; i < 6; ++i)
        watch.add(window_of(watch.reference(), normal(1000, 10 + i)));
    for (std::uint64_t i = 0; i < 2; ++i) {
        auto file = window_of(watch.reference(), normal(200, 30 + i));
        file.is_whole = false;
        EXPECT_EQ(watch.add(std::move(file)).state, State::stable);
    }
    watch.add(window_of(watch.reference(), normal(200, 40)));
    EXPECT_EQ(watch.add(window_of(watch.reference(), normal(200, 41))).state, State::drifted);
}

TEST(watch, says_so_when_the_rows_stay_away) {
    Watch watch(reference_of(normal(5000, 1)));
    for (std::uint64_t i = 0; i < 6; ++i)
        EXPECT_EQ(
            watch.add(window_of(watch.reference(), normal(1000, 10 + i))).state, State::stable
        );
    watch.add(window_of(watch.reference(), normal(200, 30)));
    const auto verdict = watch.add(window_of(watch.reference(), normal(200, 31)));
    EXPECT_EQ(verdict.state, State::drifted);
    EXPECT_EQ(verdict.findings.front().comparison.aspect, Aspect::volume);
    EXPECT_EQ(verdict.action, Action::mend_source);
}

TEST(detectors, raise_after_a_change_and_not_before) {
    Adwin adwin;
    Ddm ddm({.warm_start = 500});  // With 30 it raises on noise.
    PageHinkley page_hinkley;
    stats::SplitMix64 random(5);
    int adwin_at = -1, ddm_at = -1, page_hinkley_at = -1;
    for (int i = 0; i < 4000; ++i) {
        const bool wrong = random.unit() < (i < 2000 ? 0.1 : 0.6);
        if (adwin.add(wrong ? 1 : 0) && adwin_at < 0) adwin_at = i;
        if (ddm.add(wrong) && ddm_at < 0) ddm_at = i;
        if (page_hinkley.add(wrong ? 1 : 0) && page_hinkley_at < 0) page_hinkley_at = i;
    }
    EXPECT_GT(adwin_at, 2000);
    EXPECT_LT(adwin_at, 2200);
    EXPECT_GT(ddm_at, 2000);
    EXPECT_LT(ddm_at, 2300);
    EXPECT_GT(page_hinkley_at, 2000);
    EXPECT_LT(page_hinkley_at, 2300);
}

TEST(quality, isotonic_pools_what_falls) {
    const std::vector<double> scores{0.1, 0.2, 0.3, 0.4};
    const std::vector<int> outcomes{0, 1, 0, 1};
    const auto fitted = fit_isotonic(scores, outcomes);
    EXPECT_NEAR(fitted.at(0.25), 0.5, 1e-12);
    EXPECT_EQ(fitted.at(-1), 0);
    EXPECT_EQ(fitted.at(2), 1);
    EXPECT_NEAR(fitted.at(0.35), 0.75, 1e-12);
}

TEST(quality, estimate_of_honest_probabilities_is_what_the_labels_say) {
    stats::SplitMix64 random(9);
    std::vector<double> probabilities;
    std::vector<int> predicted, truth;
    for (int i = 0; i < 5000; ++i) {
        const double p = random.unit();
        probabilities.push_back(1 - p);
        probabilities.push_back(p);
        predicted.push_back(p >= 0.5 ? 1 : 0);
        truth.push_back(random.unit() < p ? 1 : 0);
    }
    const Answered rows{2, probabilities, predicted, truth, {}, {}};
    const auto measured = measured_quality(rows);
    const auto estimated = estimated_quality(rows, {});
    for (const auto& m : measured)
        for (const auto& e : estimated)
            if (e.name == m.name) {
                EXPECT_NEAR(m.value, e.value, 0.03) << m.name;
                EXPECT_LE(e.interval.low, e.value) << m.name;
                EXPECT_GE(e.interval.high, e.value) << m.name;
            }
    EXPECT_TRUE(estimated_quality({0, {}, {}, {}, probabilities, probabilities}, {}).empty());
    EXPECT_EQ(measured_quality({0, {}, {}, {}, probabilities, probabilities}).size(), 3U);
}

/// 20,000 rows are drawn, one more is computed: the two ways must give the same interval.
TEST(quality, intervals_of_many_rows_are_those_of_drawn_labels) {
    constexpr std::size_t kDrawn = 20'000;
    for (const std::size_t k : {2, 3}) {
        stats::SplitMix64 random(17 + k);
        std::vector<double> probabilities;
        std::vector<int> predicted;
        for (std::size_t i = 0; i <= kDrawn; ++i) {
            // A rare last class, and rounded scores, so that many rows have the same.
            double left = 1;
            for (std::size_t c = k; c-- > 1;) {
                const double p = std::round(left * std::pow(random.unit(), 4) * 50) / 50;
                probabilities.push_back(p);
                left -= p;
            }
            probabilities.push_back(std::max(0.0, left));
            std::reverse(probabilities.end() - static_cast<std::ptrdiff_t>(k), probabilities.end());
            predicted.push_back(static_cast<int>(stats::likeliest(std::span(probabilities).last(k)))
            );
        }
        const std::span all(probabilities);
        const auto drawn = estimated_quality(
            {k, all.first(kDrawn * k), std::span(predicted).first(kDrawn), {}, {}, {}}, {}
        );
        const auto computed = estimated_quality({k, all, predicted, {}, {}, {}}, {});
        ASSERT_EQ(drawn.size(), computed.size());
        for (std::size_t s = 0; s < drawn.size(); ++s) {
            const auto width = [](const QualityScore& score) {
                return score.interval.high - score.interval.low;
            };
            EXPECT_EQ(computed[s].interval.source, "normal");
            EXPECT_EQ(drawn[s].interval.source, s == 0 ? "normal" : "draws");
            EXPECT_NEAR(width(computed[s]) / width(drawn[s]), 1, 0.2)
                << drawn[s].name << " of " << k;
            EXPECT_NEAR(computed[s].interval.low, drawn[s].interval.low, 0.2 * width(drawn[s]));
        }
    }
}

}  // namespace
}  // namespace csva::drift
