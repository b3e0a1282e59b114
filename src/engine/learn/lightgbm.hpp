#pragma once

#include "foundation/base/result.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace csva::learn {

/// float32 features by column, n rows; the order of rows is the table's.
struct Matrix {
    std::size_t rows = 0;
    std::vector<std::vector<float>> columns;
    std::vector<std::int64_t> levels;  ///< By column: 0 for a number, else its count of categories.
    /// By column: different values in a sample of some rows, at least 2; the cuts that a fit can
    /// have.
    std::vector<std::size_t> distinct;
    void count_distinct(std::span<const std::uint32_t> rows);
};

/// LightGBM's library, opened by dlopen at first use. Errors: learn.library_missing.
base::Result<void> open_lightgbm();

/// Binned rows. `reference` shares its bins (for the rows that stop early). Bins come from a fixed
/// sample of these rows only.
class GbmDataset {
public:
    static base::Result<GbmDataset> make(
        const Matrix& matrix,
        std::span<const std::uint32_t> rows,
        std::span<const float> labels,
        const std::string& parameters,
        const GbmDataset* reference = nullptr
    );
    /// Other labels for the same binned rows; `labels` are by table row, `rows` those of `make`.
    base::Result<void> set_labels(
        std::span<const std::uint32_t> rows, std::span<const float> labels
    );
    std::shared_ptr<void> handle;
};

/// A booster in training or loaded. Prediction through `GbmFast`.
class Gbm {
public:
    static base::Result<Gbm> create(const GbmDataset& data, const std::string& parameters);
    static base::Result<Gbm> load(const std::string& text);
    base::Result<void> add_valid(const GbmDataset& data);
    /// One round; true when no further split is possible.
    base::Result<bool> update();
    /// Value of the first metric on the validation rows.
    base::Result<double> eval() const;
    /// Answers on the validation rows after the last round, `outputs` for each row, row by row.
    base::Result<void> valid_answers(std::size_t outputs, std::vector<double>& out) const;
    base::Result<std::string> text(int rounds) const;
    base::Result<std::vector<double>> importance(int rounds, std::size_t features) const;
    std::shared_ptr<void> handle;
};

/// One thread's handle of the single-row path (LGBM_BoosterPredictForMatSingleRowFast). Not
/// thread-safe.
class GbmFast {
public:
    static base::Result<GbmFast> make(const Gbm& booster, std::size_t features);
    void predict(const float* row, double* out) const;

private:
    Gbm booster_;
    std::shared_ptr<void> handle_;
};

}  // namespace csva::learn
