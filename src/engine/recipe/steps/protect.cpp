#include "engine/recipe/generalise.hpp"
#include "engine/recipe/row_steps.hpp"
#include "engine/table/column_parser.hpp"

#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace csva::recipe {
namespace {

using table::ColumnData;
using table::ColumnType;

void retype(table::Schema& schema, const std::vector<std::size_t>& columns, ColumnType type) {
    for (const std::size_t i : columns) {
        auto& column = schema.columns[i];
        column.type = type;
        column.format = canonical_column(type).format;
        column.kept_as_text.clear();
    }
}

/// Columns of texts, each made from the cell's text alone.
class ToTexts : public RowStep {
public:
    ToTexts(const Step& step, table::Schema schema)
        : columns_(chosen_columns(step, *find_step(step.step), schema)),
          schema_(std::move(schema)) {
        retype(schema_, columns_, ColumnType::text);
    }
    const table::Schema& output_schema() const override { return schema_; }
    std::int64_t apply(table::Batch& batch) const override {
        std::int64_t changed = 0;
        for (const std::size_t i : columns_) {
            const ColumnData old = std::move(batch.columns[i]);
            ColumnData made{.type = ColumnType::text};
            for (std::size_t row = 0; row < old.size(); ++row) {
                if (old.missing(row)) {
                    made.append_missing();
                    continue;
                }
                ++changed;
                made.append_text(batch.arena.store(text_of(old, row)));
            }
            batch.columns[i] = std::move(made);
        }
        return changed;
    }

protected:
    virtual std::string text_of(const ColumnData& data, std::size_t row) const = 0;

private:
    std::vector<std::size_t> columns_;
    table::Schema schema_;
};

/// Letters and digits become stars; what stands between them stays, but for the first and last
/// characters that the step keeps. A cell too short for both is hidden whole.
class Mask final : public ToTexts {
public:
    Mask(const Step& step, const table::Schema& schema)
        : ToTexts(step, schema),
          first_(static_cast<std::size_t>(number_option(step, "keep_first", 0))),
          last_(static_cast<std::size_t>(number_option(step, "keep_last", 0))) {}

private:
    std::string text_of(const ColumnData& data, std::size_t row) const override {
        const std::string text = table::cell_text(data, row);
        const auto inside = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80; };
        const auto characters =
            static_cast<std::size_t>(std::ranges::count_if(text, [&](char c) { return !inside(c); })
            );
        const bool whole = characters <= first_ + last_;
        std::string out;
        std::size_t at = 0;
        for (std::size_t i = 0; i < text.size(); ++at) {
            std::size_t end = i + 1;
            while (end < text.size() && inside(text[end])) ++end;
            const auto c = static_cast<unsigned char>(text[i]);
            const bool kept = !whole && (at < first_ || at >= characters - last_);
            const bool hidden = c >= 0x80 || std::isalnum(c) != 0;
            out += kept || !hidden ? text.substr(i, end - i) : "*";
            i = end;
        }
        return out;
    }
    std::size_t first_, last_;
};

/// "[20, 30)": the interval of that width that holds the number.
class Bin final : public ToTexts {
public:
    Bin(const Step& step, const table::Schema& schema)
        : ToTexts(step, schema), width_(number_option(step, "width", 1)) {}

private:
    std::string text_of(const ColumnData& data, std::size_t row) const override {
        const double low = std::floor(data.number(row) / width_);
        std::string out = "[";
        base::encode_number(out, low * width_);
        out += ", ";
        base::encode_number(out, (low + 1) * width_);
        return out + ")";
    }
    double width_;
};

/// The nearest multiple; halves go away from zero.
class Round final : public RowStep {
public:
    Round(const Step& step, table::Schema schema)
        : columns_(chosen_columns(step, *find_step(step.step), schema)),
          schema_(std::move(schema)),
          to_(number_option(step, "to", 1)) {
        retype(schema_, columns_, ColumnType::real);
    }
    const table::Schema& output_schema() const override { return schema_; }
    std::int64_t apply(table::Batch& batch) const override {
        std::int64_t changed = 0;
        for (const std::size_t i : columns_) {
            const ColumnData old = std::move(batch.columns[i]);
            ColumnData made{.type = ColumnType::real};
            for (std::size_t row = 0; row < old.size(); ++row) {
                if (old.missing(row)) {
                    made.append_missing();
                    continue;
                }
                const double value = rounded(old.number(row)) + 0.0;  // no -0
                changed += value != old.number(row) ? 1 : 0;
                made.append_real(value);
            }
            batch.columns[i] = std::move(made);
        }
        return changed;
    }

private:
    /// By division where the multiple is 1/n, so that 0.1 gives 48.9 and not 48.900000000000006.
    double rounded(double value) const {
        const double times = 1 / to_;
        if (to_ < 1 && std::abs(times - std::round(times)) < 1e-9 * times)
            return std::round(value * std::round(times)) / std::round(times);
        return std::round(value / to_) * to_;
    }
    std::vector<std::size_t> columns_;
    table::Schema schema_;
    double to_;
};

/// The values of each column, by physical name, that enough rows have.
struct FrequentValues {
    std::map<std::string, std::vector<std::string>> values;
};
CSVA_DESCRIBE(FrequentValues, values)

constexpr std::string_view kRare = "other";

class MergeRare final : public RowStep {
public:
    MergeRare(const Step& step, table::Schema schema, FrequentValues frequent)
        : columns_(chosen_columns(step, *find_step(step.step), schema)),
          schema_(std::move(schema)),
          frequent_(std::move(frequent)),
          swap_(option(step, "rare_mode") == "swap") {
        for (auto& [column, values] : frequent_.values) std::ranges::sort(values);
    }
    const table::Schema& output_schema() const override { return schema_; }
    std::string constants() const override { return base::to_json(frequent_); }
    std::int64_t apply(table::Batch& batch) const override {
        std::int64_t changed = 0;
        for (const std::size_t i : columns_) {
            const auto known = frequent_.values.find(schema_.columns[i].physical);
            auto& data = batch.columns[i];
            for (std::size_t row = 0; row < data.size(); ++row) {
                if (data.missing(row)) continue;
                const auto text = data.texts[row];
                if (known != frequent_.values.end() &&
                    std::ranges::binary_search(known->second, text))
                    continue;
                ++changed;
                data.texts[row] = known == frequent_.values.end() || known->second.empty() || !swap_
                                      ? kRare
                                      : std::string_view(stand_in(known->second, text));
            }
        }
        return changed;
    }

private:
    /// A frequent value that the rare one is always swapped for (FNV-1a of its text).
    static const std::string& stand_in(
        const std::vector<std::string>& values, std::string_view text
    ) {
        std::uint64_t hash = 14695981039346656037ULL;
        for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
        return values[hash % values.size()];
    }
    std::vector<std::size_t> columns_;
    table::Schema schema_;
    FrequentValues frequent_;
    bool swap_;
};

}  // namespace

std::unique_ptr<RowStep> make_mask(const Step& step, const table::Schema& schema) {
    return std::make_unique<Mask>(step, schema);
}
std::unique_ptr<RowStep> make_bin(const Step& step, const table::Schema& schema) {
    return std::make_unique<Bin>(step, schema);
}
std::unique_ptr<RowStep> make_round(const Step& step, const table::Schema& schema) {
    return std::make_unique<Round>(step, schema);
}

base::Result<std::unique_ptr<RowStep>> fit_merge_rare(
    const Step& step, table::TableReader& rows, base::Control& control
) {
    const auto columns = chosen_columns(step, *find_step(step.step), rows.schema());
    std::vector<std::unordered_map<std::string, std::int64_t>> counts(columns.size());
    table::Batch batch;
    for (;;) {
        if (control.cancelled())
            return base::fail(base::ErrorKind::conflict, base::kCancelledReason);
        TRY(const bool more, rows.next(batch));
        if (!more) break;
        for (std::size_t k = 0; k < columns.size(); ++k) {
            const auto& data = batch.columns[columns[k]];
            for (std::size_t row = 0; row < data.size(); ++row)
                if (!data.missing(row)) ++counts[k][std::string(data.texts[row])];
        }
    }
    const double least = number_option(step, "min_rows", 1);
    FrequentValues frequent;
    for (std::size_t k = 0; k < columns.size(); ++k) {
        auto& values = frequent.values[rows.schema().columns[columns[k]].physical];
        for (const auto& [text, count] : counts[k])
            if (static_cast<double>(count) >= least) values.push_back(text);
    }
    return std::make_unique<MergeRare>(step, rows.schema(), std::move(frequent));
}

base::Result<std::unique_ptr<RowStep>> load_merge_rare(
    const Step& step, const table::Schema& schema, const std::string& constants
) {
    TRY(auto known, base::from_json<FrequentValues>(constants));
    return std::make_unique<MergeRare>(step, schema, std::move(known));
}

}  // namespace csva::recipe
