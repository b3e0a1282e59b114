#pragma once

#include "engine/stats/interval.hpp"
#include "foundation/base/described.hpp"
#include "foundation/base/result.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace csva::drift {

/// Isotonic regression of 0/1 outcomes on scores: a rising staircase whose corners are kept, and
/// lines between them. Scores beyond the corners get the nearest value. Source: Ayer et al. 1955
/// (pool adjacent violators). Check: scikit-learn 1.9 IsotonicRegression(out_of_bounds="clip"),
/// 1e-9.
struct Isotonic {
    std::vector<double> scores;  ///< Ascending.
    std::vector<double> values;
    double at(double score) const;
};
CSVA_DESCRIBE(Isotonic, scores, values)

/// `outcomes`: 0 or 1, one a score.
Isotonic fit_isotonic(std::span<const double> scores, std::span<const int> outcomes);

/// What turns a model's probabilities into honest ones: one staircase a class (empty: taken as they
/// are). Two classes have one, of the second.
struct Calibration {
    std::vector<Isotonic> classes;
};
CSVA_DESCRIBE(Calibration, classes)

/// Predicted rows, with or without their true answers. `probabilities`: row by row, class_count
/// each; `predicted`, `truth`: positions of classes. Regression: `values`, `estimates`.
struct Answered {
    std::size_t class_count = 0;
    std::span<const double> probabilities;
    std::span<const int> predicted;
    std::span<const int> truth;
    std::span<const double> estimates;
    std::span<const double> values;
};

/// Such rows in memory, gathered one by one. Truth is added beside, row by row or not at all.
struct AnsweredRows {
    std::size_t class_count = 0;
    std::vector<double> probabilities, estimates, values;
    std::vector<int> predicted, truth;

    /// One row: a probability for each class, or the estimate.
    void add(std::span<const double> outputs);
    /// True when the text is one of the classes, or a number; it is then added as the truth.
    bool add_truth(std::string_view text, const std::vector<std::string>& classes);
    std::int64_t labelled() const { return std::ssize(truth) + std::ssize(values); }
    Answered view() const;
};

/// Fits a staircase for each class (the second of two) and keeps it where it lowers the expected
/// calibration error of ten bins in five-fold cross-fitting over every fifth row. At least 50 rows
/// with both outcomes, else the class is taken as it is. `always`: keeps each.
Calibration fit_calibration(const Answered& held_out, bool always = false);

struct QualityScore {
    std::string name;  ///< A row of stats' catalogue.
    double value = 0;
    stats::Interval interval;  ///< 95 %.
};
CSVA_DESCRIBE(QualityScore, name, value, interval)

/// Scores of labelled rows: accuracy (Wilson), macro_f1, roc_auc of two classes, log_loss; r2,
/// rmse, mae of regression (percentile bootstrap, 200 resamples, 50 above 20,000 rows, from
/// `seed`). Scores that cannot be computed (one class only) are left out.
std::vector<QualityScore> measured_quality(const Answered& rows, std::uint64_t seed = 1);

/// The same without labels, as confidence-based performance estimation has it: each row counts as
/// its calibrated probability says. accuracy, macro_f1 (f1 of the second class too, for two), and
/// roc_auc (mean of one against the rest for more), log_loss. Intervals: 95 % of what the labels
/// may turn out to be if the calibration holds: normal for accuracy and for more than 20,000 rows,
/// from the variance of the rows' outcomes and how they move the score to the first order (delta
/// method: van der Vaart 1998, Asymptotic Statistics, ch. 3); else from 200 draws of labels. It
/// says nothing of a change in how the target follows from the inputs. Source: NannyML
/// documentation, "Confidence-based Performance Estimation", 0.13; Bialek et al. 2024,
/// arXiv:2407.08649, section 3. Check: NannyML 0.13.1 CBPE with the same calibration, 1e-6.
std::vector<QualityScore> estimated_quality(
    const Answered& rows, const Calibration& calibration, std::uint64_t seed = 1
);

}  // namespace csva::drift
