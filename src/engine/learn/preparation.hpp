#pragma once

#include "engine/table/batch.hpp"
#include "foundation/base/described.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace csva::learn {

/// How a feature comes from its column: the number itself, the code of a category, a part of a
/// date, the length of a text, the first number in a text ("$56.7M" is 56,700,000), or whether a
/// word stands in it.
enum class FeatureKind : std::uint8_t {
    number,
    category,
    offset,
    month,
    weekday,
    length,
    text_number,
    word,
    hour
};
CSVA_DESCRIBE_ENUM(
    FeatureKind, number, category, offset, month, weekday, length, text_number, word, hour
)

struct Feature {
    std::int64_t column = 0;  ///< Position in Preparation::columns.
    FeatureKind kind = FeatureKind::number;
    double epoch = 0;  ///< offset: what is subtracted, so that float32 keeps the detail.
    double unit = 1;   ///< offset: and divided by.
    std::string word;  ///< word: lower case.
};
CSVA_DESCRIBE(Feature, column, kind, epoch, unit, word)

/// A column that prediction needs, with what its form field offers.
struct InputColumn {
    table::Column column;
    std::vector<std::string>
        categories;  ///< Most frequent first, rarer than kRareRows merged; empty: not a category.
    double low = 0;  ///< Range seen in training (numbers and times).
    double high = 0;
    std::string typical;        ///< A made-up middle value for the form.
    std::int64_t integral = 0;  ///< 1: a whole number.
};
CSVA_DESCRIBE(InputColumn, column, categories, low, high, typical, integral)

inline constexpr std::int64_t kRareRows = 5;

/// A number as the models see it: what is beyond 1e30 (infinities too) is 1e30; NaN stays.
float finite_float(double value);

/// The fitted way from typed cells to float32 features; the same code for training, form, JSON,
/// batch and API. A missing cell, an unseen category and an unreadable number are NaN. Copyable;
/// share a const one between threads.
struct Preparation {
    std::vector<InputColumn> columns;
    std::vector<Feature> features;

    /// Must be called after filling or decoding, before `transform`.
    void index();
    /// One row: `values` has features.size() entries. `cells[i]` is the data of columns[i].
    void transform(const std::vector<table::ColumnData>& cells, std::size_t row, float* values)
        const;
    /// Feature of a text cell, for training on dictionaries.
    float text_feature(const Feature& feature, std::string_view text) const;
    static float number_feature(const Feature& feature, double value, table::ColumnType type);
    /// Code of a category, or -1.
    std::int32_t code(std::size_t column, std::string_view text) const;

private:
    std::vector<std::vector<std::pair<std::string, std::int32_t>>> codes_;  // sorted
};
CSVA_DESCRIBE(Preparation, columns, features)

}  // namespace csva::learn
