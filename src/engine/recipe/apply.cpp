#include "engine/duck/parquet.hpp"
#include "engine/recipe/row_steps.hpp"

#include <fmt/format.h>

#include <filesystem>

namespace csva::recipe {
namespace {

/// Rows of `inner` after a row step.
class SteppedReader : public table::TableReader {
public:
    SteppedReader(table::TableReader& inner, const RowStep& step) : inner_(inner), step_(step) {}
    const table::Schema& schema() const override { return step_.output_schema(); }
    std::int64_t row_count() const override { return inner_.row_count(); }
    base::Result<bool> next(table::Batch& batch) override {
        TRY(const bool more, inner_.next(batch));
        if (more) changed_ += step_.apply(batch);
        return more;
    }
    base::Result<void> rewind() override {
        changed_ = 0;
        return inner_.rewind();
    }
    std::int64_t changed() const { return changed_; }

private:
    table::TableReader& inner_;
    const RowStep& step_;
    std::int64_t changed_ = 0;
};

/// Row steps that learn nothing.
std::unique_ptr<RowStep> make_plain(const Step& step, const table::Schema& schema) {
    const std::string_view name = step_name(step.step);
    if (name == "trim") return make_trim(step, schema);
    if (name == "drop_column") return make_drop_column(step, schema);
    if (name == "rename_column") return make_rename_column(step, schema);
    if (name == "change_type") return make_change_type(step, schema);
    if (name == "mask") return make_mask(step, schema);
    if (name == "generalise") return make_generalise(step, schema);
    if (name == "bin") return make_bin(step, schema);
    if (name == "round") return make_round(step, schema);
    return nullptr;
}

base::Result<void> need_row_step(const Step& step, const table::Schema& schema) {
    CHECK_OK(check_step(step, schema));
    if (find_step(step.step)->kind == StepKind::row) return {};
    return base::fail(
        base::ErrorKind::invalid_argument, "recipe.unknown_step", {{"step", step.step}}
    );
}

base::Result<void> apply_row_step(
    duck::Session& session,
    const std::string& parent,
    const Step& step,
    const std::string& out_parquet,
    StepOutcome& outcome,
    base::Control& control
) {
    TRY(auto rows, duck::open_table(session, parent, outcome.schema));
    TRY(const auto made, fit_row_step(step, *rows, control));
    CHECK_OK(rows->rewind());
    SteppedReader stepped(*rows, *made);
    TRY(outcome.rows_after, duck::write_table(session, stepped, out_parquet));
    outcome.cells_changed = stepped.changed();
    outcome.constants = made->constants();
    outcome.schema = made->output_schema();
    return {};
}

base::Result<void> apply_table_step(
    duck::Session& session,
    const std::string& parent,
    const Step& step,
    const std::string& out_parquet,
    StepOutcome& outcome
) {
    std::error_code absent;  // as write_table: an older file must not stand in the way
    std::filesystem::remove(out_parquet, absent);
    CHECK_OK(session.execute(fmt::format(
        "COPY ({}) TO {} (FORMAT parquet, COMPRESSION zstd)",
        table_step_sql(step, outcome.schema, parent),
        duck::literal(out_parquet)
    )));
    TRY(outcome.rows_after, duck::count_rows(session, out_parquet));
    return {};
}

/// Rows whose class (the same values in the step's columns) has at least k rows and, if asked, l
/// different values of the sensitive column. A missing value is a value like another.
std::string suppress_rare_sql(
    const Step& step,
    const table::Schema& schema,
    const std::string& all,
    const std::string& keys,
    const std::string& from
) {
    std::string having =
        fmt::format("count(*) >= {}", static_cast<std::int64_t>(number_option(step, "k", 1)));
    if (const auto sensitive = option(step, "sensitive")) {
        const auto column = duck::identifier(schema.columns[*schema.find(*sensitive)].physical);
        having += fmt::format(
            " AND count(DISTINCT {0}) + CASE WHEN count(*) > count({0}) THEN 1 ELSE 0 END >= {1}",
            column,
            static_cast<std::int64_t>(number_option(step, "l", 1))
        );
    }
    return fmt::format(
        "SELECT {} FROM {} WHERE row_id IN (SELECT unnest(ids) FROM (SELECT list(row_id) AS ids "
        "FROM {} GROUP BY {} HAVING {})) ORDER BY row_id",
        all,
        from,
        from,
        keys,
        having
    );
}

}  // namespace

std::string table_step_sql(
    const Step& step, const table::Schema& schema, const std::string& parent_parquet
) {
    const std::string from = duck::from_parquet(parent_parquet);
    std::string all = "row_id";
    for (const auto& column : schema.columns) all += ", " + duck::identifier(column.physical);
    std::string keys;
    std::string present;
    for (const std::size_t i : chosen_columns(step, *find_step(step.step), schema)) {
        const std::string c = duck::identifier(schema.columns[i].physical);
        keys += (keys.empty() ? "" : ", ") + c;
        present += (present.empty() ? "" : " AND ") + c + " IS NOT NULL";
    }
    if (step_name(step.step) == "drop_missing_rows")
        return fmt::format("SELECT {} FROM {} WHERE {} ORDER BY row_id", all, from, present);
    if (step_name(step.step) == "suppress_rare")
        return suppress_rare_sql(step, schema, all, keys, from);
    return fmt::format(
        "SELECT {} FROM {} WHERE row_id IN (SELECT min(row_id) FROM {} GROUP BY {}) ORDER BY "
        "row_id",
        all,
        from,
        from,
        keys
    );
}

base::Result<std::unique_ptr<RowStep>> fit_row_step(
    const Step& step, table::TableReader& rows, base::Control& control
) {
    CHECK_OK(need_row_step(step, rows.schema()));
    if (step_name(step.step) == "fill_missing") return fit_fill_missing(step, rows, control);
    if (step_name(step.step) == "merge_rare") return fit_merge_rare(step, rows, control);
    if (step_name(step.step) == "pseudonymise") return fit_pseudonymise(step, rows.schema());
    return make_plain(step, rows.schema());
}

base::Result<std::unique_ptr<RowStep>> load_row_step(
    const Step& step, const table::Schema& schema, const std::string& constants
) {
    CHECK_OK(need_row_step(step, schema));
    if (step_name(step.step) == "fill_missing") return load_fill_missing(step, schema, constants);
    if (step_name(step.step) == "merge_rare") return load_merge_rare(step, schema, constants);
    if (step_name(step.step) == "pseudonymise") return load_pseudonymise(step, schema, constants);
    return make_plain(step, schema);
}

base::Result<StepOutcome> apply_step(
    duck::Session& session,
    const std::string& parent_parquet,
    const table::Schema& parent_schema,
    const Step& step,
    const std::string& out_parquet,
    base::Control& control
) {
    CHECK_OK(check_step(step, parent_schema));
    StepOutcome outcome{.schema = parent_schema};
    TRY(outcome.rows_before, duck::count_rows(session, parent_parquet));
    if (find_step(step.step)->kind == StepKind::row) {
        CHECK_OK(apply_row_step(session, parent_parquet, step, out_parquet, outcome, control));
    } else {
        CHECK_OK(apply_table_step(session, parent_parquet, step, out_parquet, outcome));
    }
    return outcome;
}

}  // namespace csva::recipe
