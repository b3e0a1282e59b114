#pragma once

// Shared by the .cpp files of this folder only.

#include "engine/recipe/recipe.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace csva::recipe {

/// The positions a step works on: those it names, or all of a type that fits.
std::vector<std::size_t> chosen_columns(
    const Step& step, const StepInfo& info, const table::Schema& schema
);

/// Text of an option, or nothing.
std::optional<std::string> option(const Step& step, std::string_view name);

std::unique_ptr<RowStep> make_trim(const Step& step, const table::Schema& schema);
std::unique_ptr<RowStep> make_drop_column(const Step& step, const table::Schema& schema);
std::unique_ptr<RowStep> make_rename_column(const Step& step, const table::Schema& schema);
std::unique_ptr<RowStep> make_change_type(const Step& step, const table::Schema& schema);

/// Errors: recipe.bad_option (the constant is not of the column's type), recipe.nothing_to_fit.
base::Result<std::unique_ptr<RowStep>> fit_fill_missing(
    const Step& step, table::TableReader& rows, base::Control& control
);
base::Result<std::unique_ptr<RowStep>> load_fill_missing(
    const Step& step, const table::Schema& schema, const std::string& constants
);
/// Checks what the catalogue cannot say: a constant of the column's type, mean and median of
/// numbers only.
base::Result<void> check_fill_missing(const Step& step, const table::Schema& schema);

/// Steps that protect people; each knows its columns.
std::unique_ptr<RowStep> make_mask(const Step& step, const table::Schema& schema);
std::unique_ptr<RowStep> make_generalise(const Step& step, const table::Schema& schema);
std::unique_ptr<RowStep> make_bin(const Step& step, const table::Schema& schema);
std::unique_ptr<RowStep> make_round(const Step& step, const table::Schema& schema);
/// Widths above 0, levels and lengths of 0 or more, a hierarchy that the column's type has, groups
/// that can be read.
base::Result<void> check_protection(const Step& step, const table::Schema& schema);

base::Result<std::unique_ptr<RowStep>> fit_merge_rare(
    const Step& step, table::TableReader& rows, base::Control& control
);
base::Result<std::unique_ptr<RowStep>> load_merge_rare(
    const Step& step, const table::Schema& schema, const std::string& constants
);
/// With the key of this job (see keys.hpp). Errors: base.internal without one.
base::Result<std::unique_ptr<RowStep>> fit_pseudonymise(
    const Step& step, const table::Schema& schema
);
base::Result<std::unique_ptr<RowStep>> load_pseudonymise(
    const Step& step, const table::Schema& schema, const std::string& constants
);
/// Number of an option, or `otherwise`.
double number_option(const Step& step, std::string_view name, double otherwise);

/// Statement that keeps the rows a table step keeps, in row_id order.
std::string table_step_sql(
    const Step& step, const table::Schema& schema, const std::string& parent_parquet
);

/// How this program itself writes cells of a type (see table::append_cell_text).
table::Column canonical_column(table::ColumnType type);

}  // namespace csva::recipe
