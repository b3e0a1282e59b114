#include "engine/recipe/row_steps.hpp"
#include "engine/table/column_parser.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_map>

namespace csva::recipe {
namespace {

using base::ErrorKind;
using table::ColumnData;
using table::ColumnType;

/// Text of the value for each column, by physical name, as this program writes cells.
struct FillConstants {
    std::map<std::string, std::string> values;
};
CSVA_DESCRIBE(FillConstants, values)

bool of_numbers(const std::string& strategy) { return strategy == "mean" || strategy == "median"; }

/// Columns it works on: when none is named, mean and median leave out what is no number.
std::vector<std::size_t> filled_columns(const Step& step, const table::Schema& schema) {
    auto columns = chosen_columns(step, *find_step(step.step), schema);
    if (step.columns.empty() && of_numbers(option(step, "strategy").value_or(""))) {
        std::erase_if(columns, [&](std::size_t i) {
            return !table::is_numeric(schema.columns[i].type);
        });
    }
    return columns;
}

/// A mean of whole numbers is none: the column becomes real.
table::Schema filled_schema(
    const Step& step, table::Schema schema, const std::vector<std::size_t>& columns
) {
    if (!of_numbers(option(step, "strategy").value_or(""))) return schema;
    for (const std::size_t i : columns) schema.columns[i].type = ColumnType::real;
    return schema;
}

class FillMissing : public RowStep {
public:
    FillMissing(const Step& step, const table::Schema& schema, FillConstants constants)
        : columns_(filled_columns(step, schema)), schema_(filled_schema(step, schema, columns_)) {
        for (const std::size_t i : columns_) {
            const auto& physical = schema_.columns[i].physical;
            auto& value = values_.emplace_back(ColumnData{.type = schema_.columns[i].type});
            const auto known = constants.values.find(physical);
            if (known == constants.values.end()) {
                value.append_missing();
                continue;
            }
            auto& text = constants_.values[physical] = std::move(known->second);
            table::ColumnParser(canonical_column(value.type)).append(text, value);
        }
    }
    const table::Schema& output_schema() const override { return schema_; }
    std::string constants() const override { return base::to_json(constants_); }
    std::int64_t apply(table::Batch& batch) const override {
        std::int64_t changed = 0;
        for (std::size_t k = 0; k < columns_.size(); ++k) {
            auto& data = batch.columns[columns_[k]];
            if (data.type != values_[k].type) widen(data);
            changed += fill(data, values_[k]);
        }
        return changed;
    }

private:
    static void widen(ColumnData& data) {
        ColumnData wide{.type = ColumnType::real};
        for (std::size_t row = 0; row < data.size(); ++row) wide.reals.push_back(data.number(row));
        wide.valid = std::move(data.valid);
        data = std::move(wide);
    }
    static std::int64_t fill(ColumnData& data, const ColumnData& value) {
        if (value.missing(0)) return 0;
        std::int64_t changed = 0;
        for (std::size_t row = 0; row < data.size(); ++row) {
            if (!data.missing(row)) continue;
            ++changed;
            data.valid[row] = 1;
            if (data.type == ColumnType::real)
                data.reals[row] = value.reals[0];
            else if (data.type == ColumnType::text)
                data.texts[row] = value.texts[0];
            else
                data.integers[row] = value.integers[0];
        }
        return changed;
    }
    std::vector<std::size_t> columns_;
    table::Schema schema_;
    FillConstants constants_;
    std::vector<ColumnData> values_;
};

/// What one column's rows say, seen in row order.
class Learner {
public:
    explicit Learner(std::string strategy) : strategy_(std::move(strategy)) {}
    void see(const ColumnData& data) {
        for (std::size_t row = 0; row < data.size(); ++row) {
            if (data.missing(row)) continue;
            if (strategy_ == "mode")
                ++counts_[table::cell_text(data, row)];
            else if (strategy_ == "median")
                numbers_.push_back(data.number(row));
            else
                add(data.number(row));
        }
    }
    /// Empty when no cell had a value.
    std::string value() {
        if (strategy_ == "mode") return mode();
        if (strategy_ == "median" && !numbers_.empty()) return number(median());
        return strategy_ == "mean" && count_ > 0
                   ? number((sum_ + lost_) / static_cast<double>(count_))
                   : std::string();
    }

private:
    /// Source: Neumaier 1974, compensated sum: the mean of whole numbers comes out exact.
    void add(double value) {
        const double sum = sum_ + value;
        lost_ += std::abs(sum_) >= std::abs(value) ? (sum_ - sum) + value : (value - sum) + sum_;
        sum_ = sum;
        ++count_;
    }
    static std::string number(double value) {
        std::string out;
        base::encode_number(out, value);
        return out;
    }
    /// Equal counts: the first in byte order, so that the order of the rows does not matter.
    std::string mode() const {
        const auto best = std::ranges::min_element(counts_, [](const auto& a, const auto& b) {
            return a.second != b.second ? a.second > b.second : a.first < b.first;
        });
        return best == counts_.end() ? std::string() : best->first;
    }
    /// Middle value, or the mean of the two in the middle.
    double median() {
        const auto middle = numbers_.begin() + static_cast<std::ptrdiff_t>(numbers_.size() / 2);
        std::ranges::nth_element(numbers_, middle);
        if (numbers_.size() % 2 == 1) return *middle;
        return std::midpoint(*std::max_element(numbers_.begin(), middle), *middle);
    }
    std::string strategy_;
    std::unordered_map<std::string, std::int64_t> counts_;
    std::vector<double> numbers_;
    double sum_ = 0;
    double lost_ = 0;
    std::int64_t count_ = 0;
};

/// The constant a person gave, as this program writes it; their decimal mark and date form are the
/// column's or ours.
base::Result<std::string> given_constant(const Step& step, const table::Column& column) {
    const auto found = step.options.find("value");
    for (const auto& format : {column, canonical_column(column.type)}) {
        if (found == step.options.end()) break;
        ColumnData data{.type = column.type};
        table::TextArena arena;
        const auto outcome = table::ColumnParser(format).append(found->second, data, arena);
        if (outcome == table::ColumnParser::Outcome::value) return table::cell_text(data, 0);
    }
    return base::fail(
        ErrorKind::invalid_argument,
        "recipe.bad_option",
        {{"step", step.step}, {"option", std::string("value")}}
    );
}

base::Result<FillConstants> learn(
    const Step& step,
    const std::vector<std::size_t>& columns,
    table::TableReader& rows,
    base::Control& control
) {
    std::vector<Learner> learners(columns.size(), Learner(option(step, "strategy").value_or("")));
    table::Batch batch;
    for (;;) {
        if (control.cancelled()) return base::fail(ErrorKind::conflict, base::kCancelledReason);
        TRY(const bool more, rows.next(batch));
        if (!more) break;
        for (std::size_t k = 0; k < columns.size(); ++k) learners[k].see(batch.columns[columns[k]]);
    }
    FillConstants constants;
    for (std::size_t k = 0; k < columns.size(); ++k) {
        const auto& column = rows.schema().columns[columns[k]];
        std::string value = learners[k].value();
        if (!value.empty()) {
            constants.values[column.physical] = std::move(value);
        } else if (!step.columns.empty()) {
            return base::fail(
                ErrorKind::invalid_argument, "recipe.nothing_to_fit", {{"column", column.name}}
            );
        }
    }
    return constants;
}

}  // namespace

base::Result<void> check_fill_missing(const Step& step, const table::Schema& schema) {
    const std::string strategy = option(step, "strategy").value_or("");
    for (const std::size_t i : filled_columns(step, schema)) {
        const auto& column = schema.columns[i];
        if (of_numbers(strategy) && !table::is_numeric(column.type))
            return base::fail(
                ErrorKind::invalid_argument,
                "recipe.wrong_type",
                {{"step", step.step},
                 {"column", column.name},
                 {"type", std::string(table::name_of(column.type))}}
            );
        if (strategy == "constant") CHECK_OK(given_constant(step, column));
    }
    return {};
}

base::Result<std::unique_ptr<RowStep>> fit_fill_missing(
    const Step& step, table::TableReader& rows, base::Control& control
) {
    const auto columns = filled_columns(step, rows.schema());
    FillConstants constants;
    if (option(step, "strategy") == "constant") {
        for (const std::size_t i : columns) {
            const auto& column = rows.schema().columns[i];
            TRY(constants.values[column.physical], given_constant(step, column));
        }
    } else {
        TRY(constants, learn(step, columns, rows, control));
    }
    return std::make_unique<FillMissing>(step, rows.schema(), std::move(constants));
}

base::Result<std::unique_ptr<RowStep>> load_fill_missing(
    const Step& step, const table::Schema& schema, const std::string& constants
) {
    TRY(auto known, base::from_json<FillConstants>(constants));
    return std::make_unique<FillMissing>(step, schema, std::move(known));
}

}  // namespace csva::recipe
