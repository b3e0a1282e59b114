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

/// Statement that keeps the rows a table step keeps, in row_id order.
std::string table_step_sql(
    const Step& step, const table::Schema& schema, const std::string& parent_parquet
);

/// How this program itself writes cells of a type (see table::append_cell_text).
table::Column canonical_column(table::ColumnType type);

}  // namespace csva::recipe
