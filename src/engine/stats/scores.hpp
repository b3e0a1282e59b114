#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace csva::stats {

/// How often each row counts, as in a bootstrap resample; empty: every row once. Same length as the
/// rows otherwise.
using Counts = std::span<const std::uint16_t>;

/// Probabilities of n rows and k classes, row by row. Rows sum to 1.
struct Probabilities {
    std::span<const double> values;
    std::size_t class_count = 0;
    double at(std::size_t row, std::size_t k) const { return values[row * class_count + k]; }
};

/// Class with the largest probability, the first of equals (as numpy's argmax).
std::size_t likeliest(std::span<const double> probabilities);

/// Share of rows whose predicted class is the true one. NaN for no rows. Check: scikit-learn 1.9
/// accuracy_score, 1e-9.
double accuracy(std::span<const int> truth, std::span<const int> predicted, Counts counts = {});

/// Unweighted mean over the classes seen in truth or prediction of F1 = 2tp / (2tp + fp + fn).
/// Check: scikit-learn 1.9 f1_score(average="macro", zero_division=0), 1e-9.
double macro_f1(
    std::span<const int> truth,
    std::span<const int> predicted,
    std::size_t class_count,
    Counts counts = {}
);

/// Area under the ROC curve of class 1 with ties counted half: the Mann-Whitney statistic over n1 *
/// n0. NaN when one of the classes is absent. Source: Hanley, McNeil 1982. Check: scikit-learn 1.9
/// roc_auc_score, 1e-9.
double roc_auc(std::span<const int> truth, std::span<const double> score, Counts counts = {});

/// The same on rows already sorted by ascending score (`order` holds their numbers): linear, for
/// resampling.
double roc_auc_sorted(
    std::span<const std::uint32_t> order,
    std::span<const int> truth,
    std::span<const double> score,
    Counts counts
);

/// Order of the rows by ascending score, equal scores by row number.
std::vector<std::uint32_t> order_by(std::span<const double> score);

/// Mean of -ln p(true class), p clipped to [2^-52, 1 - 2^-52] as scikit-learn does for float64.
/// Check: log_loss, 1e-9.
double log_loss(std::span<const int> truth, Probabilities probabilities, Counts counts = {});

/// Square root of the mean squared error, mean absolute error, and 1 - sum of squared errors over
/// that of the mean (NaN for constant truth). Check: scikit-learn 1.9, 1e-9.
double rmse(std::span<const double> truth, std::span<const double> predicted, Counts counts = {});
double mean_absolute_error(
    std::span<const double> truth, std::span<const double> predicted, Counts counts = {}
);
double r2(std::span<const double> truth, std::span<const double> predicted, Counts counts = {});

/// Rows by true class (row) and predicted class (column), row-major k * k. Check: confusion_matrix,
/// exact.
std::vector<std::int64_t> confusion_matrix(
    std::span<const int> truth, std::span<const int> predicted, std::size_t class_count
);

}  // namespace csva::stats
