#include "engine/recipe/recipe.hpp"
#include "engine/recipe/row_steps.hpp"

#include <algorithm>
#include <array>

namespace csva::recipe {
namespace {

using base::Error;
using base::ErrorKind;

const std::vector<std::string> kTypeChoices{
    "integer", "real", "boolean", "text", "date", "timestamp", "time"
};

base::Result<void> check_option(const Step& step, const OptionInfo& info) {
    const auto found = step.options.find(info.name);
    if (found == step.options.end() || found->second.kind == base::Cell::Kind::null) {
        if (!info.required) return {};
        return base::fail(
            ErrorKind::invalid_argument,
            "recipe.missing_option",
            {{"step", step.step}, {"option", info.name}}
        );
    }
    const bool choice = info.choices.empty() ||
                        std::ranges::find(info.choices, found->second.text) != info.choices.end();
    const bool number = info.type != "number" || found->second.kind == base::Cell::Kind::number;
    if (choice && number) return {};
    return base::fail(
        ErrorKind::invalid_argument,
        "recipe.bad_option",
        {{"step", step.step}, {"option", info.name}}
    );
}

base::Result<void> check_options(const Step& step, const StepInfo& info) {
    for (const auto& [name, value] : step.options) {
        if (std::ranges::find(info.options, name, &OptionInfo::name) == info.options.end())
            return base::fail(
                ErrorKind::invalid_argument,
                "recipe.unknown_option",
                {{"step", step.step}, {"option", name}}
            );
    }
    for (const auto& known : info.options) CHECK_OK(check_option(step, known));
    return {};
}

base::Result<void> check_columns(
    const Step& step, const StepInfo& info, const table::Schema& schema
) {
    for (const auto& name : step.columns) {
        const auto at = schema.find(name);
        if (!at)
            return base::fail(
                ErrorKind::invalid_argument, "recipe.unknown_column", {{"column", name}}
            );
        const std::string type(table::name_of(schema.columns[*at].type));
        if (!info.column_types.empty() &&
            std::ranges::find(info.column_types, type) == info.column_types.end())
            return base::fail(
                ErrorKind::invalid_argument,
                "recipe.wrong_type",
                {{"step", step.step}, {"column", name}, {"type", type}}
            );
    }
    const auto given = static_cast<std::int64_t>(step.columns.size());
    const bool too_many = info.columns_max > 0 && given > info.columns_max;
    if (given >= info.columns_min && !too_many) return {};
    return base::fail(
        ErrorKind::invalid_argument,
        too_many ? "recipe.bad_option" : "recipe.missing_option",
        {{"step", step.step}, {"option", std::string("columns")}}
    );
}

base::Result<void> check_rename(const Step& step, const table::Schema& schema) {
    const std::string name = option(step, "name").value_or("");
    if (name.empty())
        return base::fail(
            ErrorKind::invalid_argument,
            "recipe.bad_option",
            {{"step", step.step}, {"option", std::string("name")}}
        );
    if (schema.find(name) && name != step.columns.front())
        return base::fail(ErrorKind::invalid_argument, "recipe.duplicate_name", {{"column", name}});
    return {};
}

std::vector<StepInfo> cleaning_steps() {
    return {
        {.step = "drop_column@1", .onnx = "Identity", .columns_min = 1},
        {.step = "rename_column@1",
         .onnx = "Identity",
         .columns_min = 1,
         .columns_max = 1,
         .options = {{.name = "name", .type = "text", .required = true}}},
        {.step = "trim@1", .onnx = "", .column_types = {"text"}},
        {.step = "fill_missing@1",
         .fitted = true,
         .onnx = "Imputer",
         .options =
             {{.name = "strategy",
               .type = "choice",
               .choices = {"mean", "median", "mode", "constant"},
               .required = true},
              {.name = "value", .type = "value"}}},
        {.step = "change_type@1",
         .onnx = "",
         .columns_min = 1,
         .options =
             {{.name = "type", .type = "choice", .choices = kTypeChoices, .required = true},
              {.name = "date_format", .type = "text"},
              {.name = "decimal_mark", .type = "choice", .choices = {".", ","}}}},
        {.step = "drop_missing_rows@1",
         .kind = StepKind::table,
         .at_prediction = AtPrediction::skip,
         .onnx = "Identity"},
        {.step = "drop_duplicates@1",
         .kind = StepKind::table,
         .at_prediction = AtPrediction::skip,
         .onnx = "Identity"},
    };
}

/// Steps that protect the people in a column, or among rows.
std::vector<StepInfo> protecting_steps() {
    return {
        {.step = "mask@1",
         .columns_min = 1,
         .protection = Protection::anonymise,
         .options =
             {{.name = "keep_first", .type = "number"}, {.name = "keep_last", .type = "number"}}},
        {.step = "generalise@1",
         .columns_min = 1,
         .protection = Protection::anonymise,
         .options =
             {{.name = "hierarchy",
               .type = "choice",
               .choices = {"number", "date", "postal_code", "category"},
               .required = true},
              {.name = "level", .type = "number", .required = true},
              {.name = "width", .type = "number"},
              {.name = "groups", .type = "text"}}},
        {.step = "bin@1",
         .column_types = {"integer", "real"},
         .columns_min = 1,
         .protection = Protection::anonymise,
         .options = {{.name = "width", .type = "number", .required = true}}},
        {.step = "round@1",
         .column_types = {"integer", "real"},
         .columns_min = 1,
         .protection = Protection::anonymise,
         .options = {{.name = "to", .type = "number", .required = true}}},
        {.step = "merge_rare@1",
         .fitted = true,
         .column_types = {"text"},
         .columns_min = 1,
         .protection = Protection::anonymise,
         .options =
             {{.name = "min_rows", .type = "number", .required = true},
              {.name = "rare_mode", .type = "choice", .choices = {"merge", "swap"}}}},
        {.step = "pseudonymise@1",
         .fitted = true,
         .column_types = {"text"},
         .columns_min = 1,
         .protection = Protection::pseudonymise},
        {.step = "suppress_rare@1",
         .kind = StepKind::table,
         .at_prediction = AtPrediction::skip,
         .onnx = "Identity",
         .columns_min = 1,
         .options =
             {{.name = "k", .type = "number", .required = true},
              {.name = "l", .type = "number"},
              {.name = "sensitive", .type = "text"}}},
    };
}

}  // namespace

std::span<const StepInfo> catalogue() {
    static const std::vector<StepInfo> steps = [] {
        auto all = cleaning_steps();
        for (auto& step : protecting_steps()) all.push_back(std::move(step));
        return all;
    }();
    return steps;
}

std::string_view step_name(std::string_view step) { return step.substr(0, step.find('@')); }

const StepInfo* find_step(std::string_view step) {
    const auto steps = catalogue();
    const auto found = std::ranges::find(steps, step, &StepInfo::step);
    return found == steps.end() ? nullptr : &*found;
}

std::vector<std::size_t> chosen_columns(
    const Step& step, const StepInfo& info, const table::Schema& schema
) {
    std::vector<std::size_t> out;
    for (std::size_t i = 0; i < schema.columns.size(); ++i) {
        const auto& column = schema.columns[i];
        const bool named = std::ranges::find(step.columns, column.name) != step.columns.end();
        const bool fits = info.column_types.empty() ||
                          std::ranges::find(info.column_types, table::name_of(column.type)) !=
                              info.column_types.end();
        if (step.columns.empty() ? fits : named) out.push_back(i);
    }
    return out;
}

std::optional<std::string> option(const Step& step, std::string_view name) {
    const auto found = step.options.find(std::string(name));
    if (found == step.options.end() || found->second.kind == base::Cell::Kind::null)
        return std::nullopt;
    return found->second.text;
}

double number_option(const Step& step, std::string_view name, double otherwise) {
    const auto found = step.options.find(std::string(name));
    return found == step.options.end() || found->second.kind != base::Cell::Kind::number
               ? otherwise
               : found->second.number;
}

base::Result<void> check_step(const Step& step, const table::Schema& schema) {
    const StepInfo* info = find_step(step.step);
    if (info == nullptr)
        return base::fail(
            ErrorKind::invalid_argument, "recipe.unknown_step", {{"step", step.step}}
        );
    CHECK_OK(check_options(step, *info));
    CHECK_OK(check_columns(step, *info, schema));
    const std::string_view name = step_name(step.step);
    if (name == "rename_column") return check_rename(step, schema);
    if (name == "fill_missing") return check_fill_missing(step, schema);
    if (info->protection != Protection::none || name == "suppress_rare")
        return check_protection(step, schema);
    if (name == "drop_column" &&
        chosen_columns(step, *info, schema).size() == schema.columns.size())
        return base::fail(ErrorKind::invalid_argument, "recipe.no_column_left");
    return {};
}

}  // namespace csva::recipe
