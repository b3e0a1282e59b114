#include "engine/table/column.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace csva::table {

std::optional<std::size_t> Schema::find(std::string_view name) const {
    const auto found = std::ranges::find(columns, name, &Column::name);
    if (found == columns.end()) return std::nullopt;
    return static_cast<std::size_t>(found - columns.begin());
}

std::optional<std::size_t> Schema::find_physical(std::string_view physical) const {
    const auto found = std::ranges::find(columns, physical, &Column::physical);
    if (found == columns.end()) return std::nullopt;
    return static_cast<std::size_t>(found - columns.begin());
}

std::string Schema::next_physical() const {
    std::size_t highest = 0;
    for (const auto& column : columns) {
        std::size_t number = 0;
        std::from_chars(
            column.physical.data() + 1, column.physical.data() + column.physical.size(), number
        );
        highest = std::max(highest, number);
    }
    return physical_name(highest);
}

std::string physical_name(std::size_t index) { return fmt::format("c{:04}", index + 1); }

std::string_view name_of(ColumnType type) {
    constexpr std::array<std::string_view, 7> kNames{
        "integer", "real", "boolean", "text", "date", "timestamp", "time"
    };
    return kNames[static_cast<std::size_t>(type)];
}

}  // namespace csva::table
