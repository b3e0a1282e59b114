#include "features/erasure/person_texts.hpp"

#include <fmt/format.h>

#include <charconv>
#include <chrono>

namespace csva::erasure::person {
namespace {

constexpr std::int64_t kDayUs = 86'400'000'000;

std::string date_text(std::int64_t days) {
    const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(days))};
    const int year = static_cast<int>(date.year());
    const auto month = static_cast<unsigned>(date.month());
    const auto day = static_cast<unsigned>(date.day());
    return fmt::format("{:04}-{:02}-{:02} {:02}/{:02}/{:04}", year, month, day, day, month, year);
}

std::int64_t whole_days(std::int64_t microseconds) {
    return microseconds / kDayUs - (microseconds % kDayUs < 0 ? 1 : 0);
}

std::string text_of(const table::ColumnData& column, std::size_t row) {
    switch (column.type) {
        case table::ColumnType::integer:
            return std::to_string(column.integers[row]);
        case table::ColumnType::real:
            return fmt::format("{}", column.reals[row]);
        case table::ColumnType::date:
            return date_text(column.integers[row]);
        case table::ColumnType::timestamp:
            return date_text(whole_days(column.integers[row]));
        case table::ColumnType::boolean:
        case table::ColumnType::time:
        case table::ColumnType::text:
            return {};
    }
    return {};
}

}  // namespace

std::span<const std::string_view> RowTexts::of(const table::Batch& batch, std::size_t row) {
    made_.resize(batch.columns.size());
    cells_.assign(batch.columns.size(), {});
    for (std::size_t c = 0; c < batch.columns.size(); ++c) {
        const auto& column = batch.columns[c];
        if (column.missing(row)) continue;
        if (column.type == table::ColumnType::text) {
            cells_[c] = column.texts[row];
        } else {
            made_[c] = text_of(column, row);
            cells_[c] = made_[c];
        }
    }
    return cells_;
}

std::vector<std::string> texts_at(
    std::span<const std::string_view> cells, const std::set<std::size_t>& places
) {
    std::vector<std::string> out;
    for (const std::size_t place : places) out.emplace_back(cells[place]);
    return out;
}

std::int64_t number_of(std::string_view digits) {
    std::int64_t value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

}  // namespace csva::erasure::person
