#include "engine/learn/raw_table.hpp"

#include "engine/learn/preparation.hpp"
#include "engine/table/column_parser.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <unordered_map>
#include <utility>

namespace csva::learn {
namespace {

using table::ColumnType;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr float kNanF = std::numeric_limits<float>::quiet_NaN();
constexpr std::size_t kMaxClasses = 100;
constexpr std::int64_t kFewestRows = 10;

/// Texts to numbers while reading.
class Dictionary {
public:
    std::int32_t add(RawColumn& column, std::string_view text) {
        auto at = numbers_.find(text);
        if (at == numbers_.end()) {
            at = numbers_.emplace(text, static_cast<std::int32_t>(column.texts.size())).first;
            column.texts.emplace_back(text);
        }
        return at->second;
    }

private:
    struct Hash : std::hash<std::string_view> {
        using is_transparent = void;
    };
    std::unordered_map<std::string, std::int32_t, Hash, std::equal_to<>> numbers_;
};

/// A column with what it takes to read it.
struct Reading {
    RawColumn column;
    Dictionary dictionary;

    /// The cells of these rows of a batch.
    void append(const table::ColumnData& data, const std::vector<std::uint32_t>& rows) {
        if (column.is_text())
            append_texts(data, rows);
        else if (is_time(column.column.type))
            for (const auto r : rows) put(column.exact, data.missing(r) ? kNan : data.number(r));
        else
            for (const auto r : rows)
                put(column.numbers, data.missing(r) ? kNanF : finite_float(data.number(r)));
    }

private:
    template <class T>
    void put(std::vector<T>& values, T value) {
        column.missing += std::isnan(value) ? 1 : 0;
        values.push_back(value);
    }
    void append_texts(const table::ColumnData& data, const std::vector<std::uint32_t>& rows) {
        for (const auto r : rows) {
            const bool missing = data.missing(r) || data.texts[r].empty();
            column.missing += missing ? 1 : 0;
            column.codes.push_back(missing ? -1 : dictionary.add(column, data.texts[r]));
        }
    }
};

/// The target's cells: as numbers, and as texts while there are few enough of them for classes.
class TargetReading {
public:
    explicit TargetReading(table::Column column) : type_(column.type) {
        texts_.column.column = std::move(column);
    }
    /// Positions of the rows of the batch that have a target.
    const std::vector<std::uint32_t>& append(const table::ColumnData& data) {
        kept_.clear();
        for (std::uint32_t r = 0; r < data.size(); ++r) {
            if (data.missing(r) || (type_ == ColumnType::text && data.texts[r].empty()) ||
                (type_ == ColumnType::real && std::isnan(data.reals[r])))
                continue;
            kept_.push_back(r);
            ++rows_;
            if (type_ != ColumnType::text) values_.push_back(data.number(r));
            if (texts_.column.texts.size() > kMaxClasses) continue;
            text_.clear();
            table::append_cell_text(text_, data, r);
            texts_.column.codes.push_back(texts_.dictionary.add(texts_.column, text_));
        }
        return kept_;
    }
    base::Result<Target> finish(Task asked) && {
        Target out;
        auto& texts = texts_.column;
        TRY(out.task, task(asked));
        if (out.task == Task::regression) {
            out.labels.assign(values_.begin(), values_.end());
            out.values = std::move(values_);
            return out;
        }
        out.classes = texts.texts;
        std::ranges::sort(out.classes);
        std::vector<float> by_code;
        for (const auto& t : texts.texts)
            by_code.push_back(
                static_cast<float>(std::ranges::lower_bound(out.classes, t) - out.classes.begin())
            );
        for (const auto c : texts.codes) out.labels.push_back(by_code[static_cast<std::size_t>(c)]);
        return out;
    }

private:
    base::Result<Task> task(Task asked) const {
        const auto wrong = [&](std::string_view reason) {
            return base::fail(
                base::ErrorKind::invalid_argument, reason, {{"column", texts_.column.column.name}}
            );
        };
        const std::size_t classes = texts_.column.texts.size();
        const bool numeric = table::is_numeric(type_) || is_time(type_);
        if (classes < 2) return wrong(kOneClass);
        if (asked == Task::regression)
            return numeric ? base::Result<Task>(asked) : wrong(kNotNumeric);
        if (asked == Task::binary && classes != 2) return wrong(kNotTwoClasses);
        if (asked == Task::automatic && numeric && classes > 2 &&
            (type_ != ColumnType::integer || classes > 10 || classes * 10 > rows_))
            return Task::regression;
        if (classes > kMaxClasses || classes * 2 > rows_ + 1) return wrong(kTooManyClasses);
        return classes == 2 ? Task::binary : Task::multiclass;
    }

    ColumnType type_;
    Reading texts_;
    std::vector<double> values_;
    std::size_t rows_ = 0;
    std::vector<std::uint32_t> kept_;
    std::string text_;
};

/// The rows of a table on their way into memory.
struct Loading {
    std::optional<std::size_t> target_at;
    std::optional<TargetReading> target;
    std::vector<Reading> columns;
    std::vector<std::int64_t> row_ids;
    std::int64_t without_target = 0;

    Loading(const table::Schema& schema, std::optional<std::size_t> at) : target_at(at) {
        if (at) target.emplace(schema.columns[*at]);
        columns.resize(schema.columns.size());
        for (std::size_t c = 0; c < columns.size(); ++c)
            columns[c].column.column = schema.columns[c];
    }

    base::Result<void> read(table::TableReader& rows, base::Control& control) {
        table::Batch batch;
        std::vector<std::uint32_t> all;
        for (;;) {
            TRY(const bool more, rows.next(batch));
            if (!more) return {};
            if (control.cancelled())
                return base::fail(base::ErrorKind::conflict, base::kCancelledReason);
            all.resize(batch.rows());
            std::iota(all.begin(), all.end(), 0U);
            const auto& kept = target ? target->append(batch.columns[*target_at]) : all;
            without_target += static_cast<std::int64_t>(batch.rows() - kept.size());
            for (const auto r : kept) row_ids.push_back(batch.row_ids[r]);
            for (std::size_t c = 0; c < columns.size(); ++c)
                if (c != target_at) columns[c].append(batch.columns[c], kept);
        }
    }

    /// All but the target.
    std::vector<RawColumn> take_columns() {
        std::vector<RawColumn> out;
        for (std::size_t c = 0; c < columns.size(); ++c)
            if (c != target_at) out.push_back(std::move(columns[c].column));
        return out;
    }
};

}  // namespace

bool is_time(ColumnType t) {
    return t == ColumnType::date || t == ColumnType::timestamp || t == ColumnType::time;
}

base::Result<std::vector<RawColumn>> load_columns(
    table::TableReader& rows, const std::string& target, base::Control& control
) {
    Loading loading(rows.schema(), rows.schema().find(target));
    CHECK_OK(loading.read(rows, control));
    return loading.take_columns();
}

base::Result<RawTable> load_table(
    table::TableReader& rows, const TrainRequest& request, base::Control& control
) {
    const auto target_at = rows.schema().find(request.target);
    if (!target_at)
        return base::fail(
            base::ErrorKind::invalid_argument, kUnknownTarget, {{"column", request.target}}
        );
    Loading loading(rows.schema(), target_at);
    CHECK_OK(loading.read(rows, control));
    RawTable out;
    out.row_ids = std::move(loading.row_ids);
    out.without_target = loading.without_target;
    const auto kept = static_cast<std::int64_t>(out.row_ids.size());
    if (out.without_target > kept)
        return base::fail(
            base::ErrorKind::invalid_argument,
            kTargetMissing,
            {{"column", request.target},
             {"missing", out.without_target},
             {"rows", out.without_target + kept}}
        );
    if (kept < kFewestRows)
        return base::fail(
            base::ErrorKind::invalid_argument,
            kTooFewRows,
            {{"rows", kept}, {"minimum", kFewestRows}}
        );
    TRY(out.target, std::move(*loading.target).finish(request.task));
    out.columns = loading.take_columns();
    return out;
}

}  // namespace csva::learn
