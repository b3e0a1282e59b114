#include "engine/recipe/row_steps.hpp"

#include "engine/table/column_parser.hpp"

#include <algorithm>

namespace csva::recipe {
namespace {

using table::ColumnData;
using table::ColumnType;

/// Spaces, tabs, line ends and no-break spaces (U+00A0) at both ends.
std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kBlank = " \t\r\n\v\f";
    constexpr std::string_view kNoBreak = "\xC2\xA0";
    for (;;) {
        if (!text.empty() && kBlank.contains(text.front()))
            text.remove_prefix(1);
        else if (text.starts_with(kNoBreak))
            text.remove_prefix(kNoBreak.size());
        else if (!text.empty() && kBlank.contains(text.back()))
            text.remove_suffix(1);
        else if (text.ends_with(kNoBreak))
            text.remove_suffix(kNoBreak.size());
        else
            return text;
    }
}

class Trim : public RowStep {
public:
    Trim(table::Schema schema, std::vector<std::size_t> columns)
        : schema_(std::move(schema)), columns_(std::move(columns)) {}
    const table::Schema& output_schema() const override { return schema_; }
    std::int64_t apply(table::Batch& batch) const override {
        std::int64_t changed = 0;
        for (const std::size_t i : columns_) changed += trim(batch.columns[i]);
        return changed;
    }

private:
    static std::int64_t trim(ColumnData& data) {
        std::int64_t changed = 0;
        for (std::size_t row = 0; row < data.size(); ++row) {
            if (data.missing(row)) continue;
            const std::string_view text = trimmed(data.texts[row]);
            if (text.size() == data.texts[row].size()) continue;
            ++changed;
            data.texts[row] = text;
            if (text.empty()) data.set_missing(row);
        }
        return changed;
    }
    table::Schema schema_;
    std::vector<std::size_t> columns_;
};

class DropColumn : public RowStep {
public:
    DropColumn(table::Schema schema, std::vector<std::size_t> columns)
        : schema_(std::move(schema)), columns_(std::move(columns)) {
        erase(schema_.columns);
    }
    const table::Schema& output_schema() const override { return schema_; }
    std::int64_t apply(table::Batch& batch) const override {
        erase(batch.columns);
        return 0;
    }

private:
    template <class Items>
    void erase(Items& items) const {
        for (std::size_t i = columns_.size(); i-- > 0;)
            items.erase(items.begin() + static_cast<std::ptrdiff_t>(columns_[i]));
    }
    table::Schema schema_;
    std::vector<std::size_t> columns_;
};

class RenameColumn : public RowStep {
public:
    explicit RenameColumn(table::Schema schema) : schema_(std::move(schema)) {}
    const table::Schema& output_schema() const override { return schema_; }
    std::int64_t apply(table::Batch&) const override { return 0; }

private:
    table::Schema schema_;
};

class ChangeType : public RowStep {
public:
    ChangeType(const Step& step, table::Schema schema, std::vector<std::size_t> columns)
        : schema_(std::move(schema)), columns_(std::move(columns)) {
        const std::string wanted = option(step, "type").value_or("text");
        for (const std::size_t i : columns_) {
            auto& column = schema_.columns[i];
            same_.push_back(table::name_of(column.type) == wanted);
            if (same_.back()) {
                parsers_.emplace_back(column);
                continue;
            }
            convert(step, wanted, column);
            table::Column reading = column;
            reading.format.decimal_mark = option(step, "decimal_mark").value_or(".");
            parsers_.emplace_back(reading);
        }
    }
    const table::Schema& output_schema() const override { return schema_; }
    std::int64_t apply(table::Batch& batch) const override {
        std::int64_t lost = 0;
        for (std::size_t k = 0; k < columns_.size(); ++k) {
            if (!same_[k]) lost += change(batch, k);
        }
        return lost;
    }

private:
    static void convert(const Step& step, const std::string& wanted, table::Column& column) {
        for (const auto type :
             {ColumnType::integer,
              ColumnType::real,
              ColumnType::boolean,
              ColumnType::text,
              ColumnType::date,
              ColumnType::timestamp,
              ColumnType::time}) {
            if (table::name_of(type) == wanted) column.type = type;
        }
        column.format = canonical_column(column.type).format;
        column.kept_as_text.clear();
        if (!column.format.date_format.empty())
            column.format.date_format =
                option(step, "date_format").value_or(column.format.date_format);
        if (column.type == ColumnType::boolean) {
            column.format.true_words = {"true", "1", "yes", "oui", "y", "vrai"};
            column.format.false_words = {"false", "0", "no", "non", "n", "faux"};
        }
    }

    /// Whole numbers written with a fraction of zero (3.0) become integers, others do not.
    static std::string whole(std::string text) {
        const auto point = text.find('.');
        if (point != std::string::npos &&
            text.find_first_not_of('0', point + 1) == std::string::npos)
            text.resize(point);
        return text;
    }

    std::int64_t change(table::Batch& batch, std::size_t k) const {
        const ColumnData old = std::move(batch.columns[columns_[k]]);
        ColumnData data{.type = schema_.columns[columns_[k]].type};
        std::int64_t lost = 0;
        for (std::size_t row = 0; row < old.size(); ++row) {
            if (old.missing(row)) {
                data.append_missing();
                continue;
            }
            std::string text = table::cell_text(old, row);
            if (data.type == ColumnType::integer) text = whole(std::move(text));
            const auto outcome = parsers_[k].append(batch.arena.store(text), data);
            lost += outcome == table::ColumnParser::Outcome::value ? 0 : 1;
        }
        batch.columns[columns_[k]] = std::move(data);
        return lost;
    }

    table::Schema schema_;
    std::vector<std::size_t> columns_;
    std::vector<char> same_;
    std::vector<table::ColumnParser> parsers_;
};

}  // namespace

table::Column canonical_column(ColumnType type) {
    table::Column column{.name = "x", .physical = "c0001", .type = type};
    if (type == ColumnType::date) column.format.date_format = "%Y-%m-%d";
    if (type == ColumnType::timestamp) column.format.date_format = "%Y-%m-%d %H:%M:%S";
    if (type == ColumnType::time) column.format.date_format = "%H:%M:%S";
    if (type == ColumnType::boolean) {
        column.format.true_words = {"true"};
        column.format.false_words = {"false"};
    }
    return column;
}

std::unique_ptr<RowStep> make_trim(const Step& step, const table::Schema& schema) {
    return std::make_unique<Trim>(schema, chosen_columns(step, *find_step(step.step), schema));
}

std::unique_ptr<RowStep> make_drop_column(const Step& step, const table::Schema& schema) {
    return std::make_unique<DropColumn>(
        schema, chosen_columns(step, *find_step(step.step), schema)
    );
}

std::unique_ptr<RowStep> make_rename_column(const Step& step, const table::Schema& schema) {
    table::Schema renamed = schema;
    renamed.columns[schema.find(step.columns.front()).value()].name =
        option(step, "name").value_or("");
    return std::make_unique<RenameColumn>(std::move(renamed));
}

std::unique_ptr<RowStep> make_change_type(const Step& step, const table::Schema& schema) {
    return std::make_unique<ChangeType>(
        step, schema, chosen_columns(step, *find_step(step.step), schema)
    );
}

}  // namespace csva::recipe
