#pragma once

#include "engine/table/batch.hpp"
#include "engine/table/column.hpp"
#include "engine/table/source.hpp"
#include "foundation/base/control.hpp"
#include "foundation/base/described.hpp"
#include "foundation/base/result.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace csva::drift {

/// How a column is counted: a number (also a time of day) in bins, rounded to float32 as a model
/// sees it; a category by value; a free text by its length in bytes; a date or timestamp not at
/// all, because it is meant to move on.
enum class Kind : std::uint8_t { number, category, text, date };
CSVA_DESCRIBE_ENUM(Kind, number, category, text, date)

/// What a column is to the model: an input, the predicted class or estimate, the probability of
/// the second class (of the likeliest, for more than two), the true answer.
enum class Role : std::uint8_t { input, prediction, score, target };
CSVA_DESCRIBE_ENUM(Role, input, prediction, score, target)

/// The distribution of one column. Bins are (edges[i-1], edges[i]]: counts[0] is below the range of
/// the reference, counts.back() above it, so both are 0 in the reference itself. Edges
/// are the two ends of the range, values that kRareRows rows or more share, and else points
/// half-way between two values.
/// Categories are most frequent first; those rarer than kRareRows are in `other_count`.
struct ColumnSketch {
    table::Column column;
    Kind kind = Kind::number;
    Role role = Role::input;
    double importance = 0;  ///< Share of the model's gain, 0..1; 0 when not known.
    std::int64_t rows = 0;  ///< All of them: counted, missing, unreadable.
    std::int64_t missing = 0;
    std::int64_t unreadable = 0;  ///< Cells that are no value of the column's type.
    bool absent = false;          ///< The window's table has no such column.
    std::vector<double> edges;
    std::vector<std::string> edge_texts;  ///< The edges while they are JSON, whose numbers need not
                                          ///< come back to the last bit; else empty.
    std::vector<std::int64_t> counts;     ///< One more than edges.
    double mean = 0;                      ///< Of finite numbers, or lengths.
    double squares = 0;                   ///< Sum of squared deviations from the mean.
    std::vector<std::string> categories;
    std::vector<std::int64_t> category_counts;
    std::int64_t other_count = 0;
    /// Of the reference: rows whose value would be none of `categories` had the row itself not been
    /// there, which is what a new row is like. Source: Good 1953 (Turing's estimate), summed.
    std::int64_t other_expected = 0;

    std::int64_t counted() const { return rows - missing - unreadable; }
    double deviation() const;  ///< Standard deviation, divisor n.
};
CSVA_DESCRIBE(
    ColumnSketch,
    column,
    kind,
    role,
    importance,
    rows,
    missing,
    unreadable,
    absent,
    edge_texts,
    counts,
    mean,
    squares,
    categories,
    category_counts,
    other_count,
    other_expected
)

/// The distributions of a table: of the rows that a model learnt from, or of a window of rows
/// counted in the bins of such a reference. Holds no row.
struct Sketch {
    std::int64_t rows = 0;
    std::vector<ColumnSketch> columns;
    const ColumnSketch* find(std::string_view name, Role role = Role::input) const;
};
CSVA_DESCRIBE(Sketch, rows, columns)

/// The sketch as JSON, and back, edges exact. Errors: drift.bad_sketch.
std::string to_json(Sketch sketch);
base::Result<Sketch> from_json(std::string_view json);
/// The same steps for a sketch inside another document.
void pack(Sketch& sketch);
base::Result<void> unpack(Sketch& sketch);

inline constexpr std::string_view kBadSketch = "drift.bad_sketch";
inline constexpr std::int64_t kRareRows = 5;
inline constexpr std::size_t kBins = 500;  ///< At most so many bins of numbers.
inline constexpr std::size_t kMostCategories = 1'000;
inline constexpr std::size_t kMostColumns = 1'000;

/// How far below the Kolmogorov-Smirnov distance of the rows that of two sketches may lie: the
/// largest share of the reference in a bin of more than one value. At most 0.005 from 1,000 rows
/// on, when all rows were looked at for the edges (65,536 rows of up to 256 columns are); measured
/// on more, and on fewer, it is what this says.
double kolmogorov_smirnov_error(const ColumnSketch& reference);

/// The same bins and categories with nothing counted: what a window starts from.
Sketch blank(const Sketch& reference);

/// Adds the counts of `from`, made from the same reference, to `into`. Mean and squares are merged
/// (Chan, Golub, LeVeque 1979, eq. 2.1).
void merge(const Sketch& from, Sketch& into);

/// Counts rows in the bins of a sketch. Columns are found by name; a column of texts is read as
/// the reference's column was (so that all-text tables of windows can be given), one of another
/// type by its value. Not thread-safe; several counters may fill sketches to be merged.
class Counter {
public:
    Counter(Sketch blank, const table::Schema& schema);
    ~Counter();
    Counter(Counter&&) noexcept;
    Counter& operator=(Counter&&) noexcept;
    void add(const table::Batch& batch);
    /// Numbers or words of a column that stands beside the table: a score, a prediction.
    void add_numbers(Role role, std::span<const double> values);
    void add_words(Role role, std::span<const std::string_view> values);
    Sketch take();

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Reads the table twice: once for where the bins lie (of an even sample of rows when there are
/// more than fit 16 million cells), once to count all rows. `columns`: positions in the reader's
/// schema, the most important first; those beyond kMostColumns are left out. Errors: the reader's,
/// jobs.cancelled.
base::Result<Sketch> sketch_table(
    table::TableReader& rows, std::span<const std::size_t> columns, base::Control& control
);

/// A column of rows in memory; one of the three is given. -1 is a missing word.
struct ColumnCells {
    std::span<const float> numbers;  ///< NaN: missing.
    std::span<const double> exact;   ///< Times.
    std::span<const std::int32_t> codes;
    std::span<const std::string> words;  ///< What the codes mean.
    std::size_t rows() const { return codes.size() + exact.size() + numbers.size(); }
};
/// What sketch_table makes of such a column (of more than 65,536 rows, with edges from other rows
/// of the sample). Thread-safe.
ColumnSketch sketch_column(const table::Column& column, const ColumnCells& cells);

/// The sketch of numbers (NaN: missing) or of words (empty: missing) that are in memory.
ColumnSketch sketch_numbers(std::string name, Role role, std::vector<double> values);
ColumnSketch sketch_words(std::string name, Role role, std::span<const std::string_view> values);

}  // namespace csva::drift
