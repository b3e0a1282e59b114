#include "engine/recipe/generalise.hpp"

#include "engine/recipe/row_steps.hpp"
#include "engine/table/column_parser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace csva::recipe {
namespace {

using base::ErrorKind;
using table::ColumnData;
using table::ColumnType;

constexpr std::int64_t kDayMicroseconds = 86'400'000'000;
constexpr std::array<double, 9> kFactors = {1, 2, 5, 10, 20, 50, 100, 200, 500};
constexpr std::string_view kAnything = "*";
constexpr std::string_view kOtherGroup = "other";
constexpr std::size_t kPostalDigits = 5;

struct Civil {
    int year = 0;
    int month = 0;
};

/// Year and month of a day since 1970-01-01. Source: Hinnant 2013, civil_from_days.
Civil civil_of(std::int64_t days) {
    const std::int64_t z = days + 719468;
    const std::int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    const auto day_of_era = static_cast<int>(z - era * 146097);
    const int year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const int shifted = (5 * day_of_year + 2) / 153;
    const int month = shifted < 10 ? shifted + 3 : shifted - 9;
    return {static_cast<int>(year_of_era + era * 400) + (month <= 2 ? 1 : 0), month};
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

Hierarchy hierarchy_of(const Step& step) {
    const auto names = base::type_of<Hierarchy>().enumerators;
    const auto at = std::ranges::find(names, option(step, "hierarchy").value_or("number"));
    return static_cast<Hierarchy>(at - names.begin());
}

bool has(Hierarchy hierarchy, ColumnType type) {
    switch (hierarchy) {
        case Hierarchy::number:
            return table::is_numeric(type);
        case Hierarchy::date:
            return type == ColumnType::date || type == ColumnType::timestamp;
        case Hierarchy::postal_code:
            return type == ColumnType::integer || type == ColumnType::text;
        case Hierarchy::category:
            return type == ColumnType::text || type == ColumnType::boolean;
    }
    return false;
}

/// A day is counted from 1970; floors also below.
std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

class Generalise : public RowStep {
public:
    Generalise(const Step& step, table::Schema schema)
        : columns_(chosen_columns(step, *find_step(step.step), schema)),
          schema_(std::move(schema)),
          hierarchy_(hierarchy_of(step)),
          level_(static_cast<int>(number_option(step, "level", 0))),
          width_(number_option(step, "width", 1)) {
        if (auto known = groups_from(option(step, "groups").value_or("")))
            groups_ = std::move(*known);
        if (level_ == 0) return;
        for (const std::size_t i : columns_) {
            auto& column = schema_.columns[i];
            if (hierarchy_ == Hierarchy::number) column.type = ColumnType::real;
            if (of_texts()) column.type = ColumnType::text;
            column.format = canonical_column(column.type).format;
            column.kept_as_text.clear();
        }
    }
    const table::Schema& output_schema() const override { return schema_; }
    std::int64_t apply(table::Batch& batch) const override {
        if (level_ == 0) return 0;
        std::int64_t changed = 0;
        for (const std::size_t i : columns_) {
            const ColumnData old = std::move(batch.columns[i]);
            ColumnData made{.type = schema_.columns[i].type};
            for (std::size_t row = 0; row < old.size(); ++row) {
                if (old.missing(row)) {
                    made.append_missing();
                    continue;
                }
                ++changed;
                add(old, row, batch.arena, made);
            }
            batch.columns[i] = std::move(made);
        }
        return changed;
    }

private:
    bool of_texts() const {
        return hierarchy_ == Hierarchy::postal_code || hierarchy_ == Hierarchy::category;
    }
    void add(const ColumnData& old, std::size_t row, table::TextArena& arena, ColumnData& made)
        const {
        const bool nothing = level_ >= levels_of(hierarchy_);
        if (of_texts()) {
            made.append_text(
                nothing ? kAnything : arena.store(coarser(table::cell_text(old, row)))
            );
        } else if (nothing) {
            made.append_missing();
        } else if (hierarchy_ == Hierarchy::number) {
            made.append_real(middle_of(old.number(row), width_ * width_factor(level_)));
        } else {
            const bool day = old.type == ColumnType::date;
            const auto days =
                day ? old.integers[row] : floor_div(old.integers[row], kDayMicroseconds);
            made.append_integer(first_day(days, level_) * (day ? 1 : kDayMicroseconds));
        }
    }
    std::string coarser(const std::string& text) const {
        if (hierarchy_ == Hierarchy::postal_code) return coarser_postal_code(text, level_);
        const auto group = groups_.find(std::string(trimmed(text)));
        return group == groups_.end() ? std::string(kOtherGroup) : group->second;
    }
    std::vector<std::size_t> columns_;
    table::Schema schema_;
    Hierarchy hierarchy_;
    int level_;
    double width_;
    std::map<std::string, std::string> groups_;
};

base::Result<void> bad(const Step& step, std::string_view option) {
    return base::fail(
        ErrorKind::invalid_argument,
        "recipe.bad_option",
        {{"step", step.step}, {"option", std::string(option)}}
    );
}

base::Result<void> check_generalise(const Step& step, const table::Schema& schema) {
    const auto hierarchy = hierarchy_of(step);
    const double level = number_option(step, "level", -1);
    if (level < 0 || level > levels_of(hierarchy) || level != std::floor(level))
        return bad(step, "level");
    if (number_option(step, "width", 1) <= 0) return bad(step, "width");
    if (!groups_from(option(step, "groups").value_or(""))) return bad(step, "groups");
    for (const std::size_t i : chosen_columns(step, *find_step(step.step), schema)) {
        const auto& column = schema.columns[i];
        if (has(hierarchy, column.type)) continue;
        return base::fail(
            ErrorKind::invalid_argument,
            "recipe.wrong_type",
            {{"step", step.step},
             {"column", column.name},
             {"type", std::string(table::name_of(column.type))}}
        );
    }
    return {};
}

base::Result<void> check_suppress(const Step& step, const table::Schema& schema) {
    for (const auto* name : {"k", "l"}) {
        const double value = number_option(step, name, 1);
        if (value < 1 || value > 1e6 || value != std::floor(value)) return bad(step, name);
    }
    const auto sensitive = option(step, "sensitive");
    if (sensitive && !schema.find(*sensitive)) return bad(step, "sensitive");
    return {};
}

}  // namespace

int levels_of(Hierarchy hierarchy) {
    switch (hierarchy) {
        case Hierarchy::number:
            return static_cast<int>(kFactors.size()) + 1;
        case Hierarchy::date:
        case Hierarchy::postal_code:
            return 5;
        case Hierarchy::category:
            return 2;
    }
    return 0;
}

base::Result<std::map<std::string, std::string>> groups_from(std::string_view text) {
    std::map<std::string, std::string> out;
    while (!text.empty()) {
        const auto end = std::min(text.find(';'), text.size());
        const auto part = trimmed(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (part.empty()) continue;
        const auto equals = part.find('=');
        if (equals == std::string_view::npos || equals == 0)
            return base::fail(ErrorKind::invalid_argument, "recipe.bad_option");
        out[std::string(trimmed(part.substr(0, equals)))] = trimmed(part.substr(equals + 1));
    }
    return out;
}

double width_factor(int level) {
    return kFactors[static_cast<std::size_t>(
        std::clamp(level, 1, static_cast<int>(kFactors.size())) - 1
    )];
}

double middle_of(double value, double width) { return (std::floor(value / width) + 0.5) * width; }

std::int64_t first_day(std::int64_t days, int level) {
    auto [year, month] = civil_of(days);
    if (level == 2) month = (month - 1) / 3 * 3 + 1;
    if (level >= 3) month = 1;
    if (level >= 4) year = static_cast<int>(floor_div(year, 10)) * 10;
    return table::days_from_civil(year, month, 1);
}

std::string coarser_postal_code(std::string_view code, int level) {
    const auto cell = trimmed(code);
    const bool digits =
        !cell.empty() && std::ranges::all_of(cell, [](char c) { return c >= '0' && c <= '9'; });
    if (digits && cell.size() <= kPostalDigits) {
        std::string out = fmt::format("{:0>5}", cell);
        for (int i = 0; i < level && i < static_cast<int>(out.size()); ++i)
            out[out.size() - 1 - static_cast<std::size_t>(i)] = '*';
        return out;
    }
    // SW1A 1AA: outward code, then the letters of its area.
    auto outward = cell.substr(0, cell.find_first_of(" -"));
    if (outward.size() == cell.size() && cell.size() > 3) outward.remove_suffix(3);
    if (outward.size() == cell.size()) return std::string(kAnything);
    if (level >= 2) outward = outward.substr(0, outward.find_first_of("0123456789"));
    return level >= 3 || outward.empty() ? std::string(kAnything) : std::string(outward) + " *";
}

std::unique_ptr<RowStep> make_generalise(const Step& step, const table::Schema& schema) {
    return std::make_unique<Generalise>(step, schema);
}

base::Result<void> check_protection(const Step& step, const table::Schema& schema) {
    const auto name = step_name(step.step);
    if (name == "generalise") return check_generalise(step, schema);
    if (name == "suppress_rare") return check_suppress(step, schema);
    constexpr double kLongest = 1000;
    for (const auto* length : {"keep_first", "keep_last"}) {
        const double value = number_option(step, length, 0);
        if (value < 0 || value > kLongest || value != std::floor(value)) return bad(step, length);
    }
    for (const auto* positive : {"width", "to", "min_rows"})
        if (const double value = number_option(step, positive, 1); !(value > 0) || value > 1e15)
            return bad(step, positive);
    return {};
}

}  // namespace csva::recipe
