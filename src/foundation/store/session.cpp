#include "foundation/store/database.hpp"

#include <algorithm>
#include <cassert>

namespace csva::store {
namespace {

const Value& cell(const Row& row, std::string_view column) {
    const auto found = std::ranges::find(*row.columns, column);
    assert(found != row.columns->end() && "a column that the statement does not select");
    return row.values[static_cast<std::size_t>(found - row.columns->begin())];
}

base::Result<void> fill_member(const Value& value, const base::TypeInfo& type, void* object) {
    using base::TypeKind;
    const auto* integer = std::get_if<std::int64_t>(&value.data);
    const auto* real = std::get_if<double>(&value.data);
    const auto* text = std::get_if<std::string>(&value.data);
    if (type.kind == TypeKind::optional) {
        type.clear(object);
        if (std::holds_alternative<std::monostate>(value.data)) return {};
        return fill_member(value, type.element(), type.add(object));
    }
    switch (type.kind) {
        case TypeKind::boolean:
        case TypeKind::integer:
            type.set_integer(
                object,
                integer != nullptr ? *integer
                : real != nullptr  ? static_cast<std::int64_t>(*real)
                                   : 0
            );
            return {};
        case TypeKind::real:
            *static_cast<double*>(object) = real != nullptr      ? *real
                                            : integer != nullptr ? static_cast<double>(*integer)
                                                                 : 0;
            return {};
        case TypeKind::text:
            *static_cast<std::string*>(object) = text != nullptr ? *text : "";
            return {};
        case TypeKind::enumeration: {
            const auto found = std::ranges::find(
                type.enumerators, text != nullptr ? std::string_view(*text) : std::string_view{}
            );
            if (found == type.enumerators.end())
                return std::unexpected(base::internal_error("unknown word in a column of choices"));
            type.set_integer(object, found - type.enumerators.begin());
            return {};
        }
        default:
            if (text == nullptr || text->empty()) return {};
            return base::decode(*text, type, object);
    }
}

}  // namespace

bool Row::is_null(std::string_view column) const {
    return std::holds_alternative<std::monostate>(cell(*this, column).data);
}

std::int64_t Row::integer(std::string_view column) const {
    const auto& data = cell(*this, column).data;
    if (const auto* real_value = std::get_if<double>(&data))
        return static_cast<std::int64_t>(*real_value);
    const auto* value = std::get_if<std::int64_t>(&data);
    return value == nullptr ? 0 : *value;
}

double Row::real(std::string_view column) const {
    const auto& data = cell(*this, column).data;
    if (const auto* integer_value = std::get_if<std::int64_t>(&data))
        return static_cast<double>(*integer_value);
    const auto* value = std::get_if<double>(&data);
    return value == nullptr ? 0 : *value;
}

std::string Row::text(std::string_view column) const {
    const auto* value = std::get_if<std::string>(&cell(*this, column).data);
    return value == nullptr ? std::string{} : *value;
}

std::optional<std::int64_t> Row::maybe_integer(std::string_view column) const {
    if (is_null(column)) return std::nullopt;
    return integer(column);
}

std::optional<std::string> Row::maybe_text(std::string_view column) const {
    if (is_null(column)) return std::nullopt;
    return text(column);
}

base::Result<std::optional<Row>> Session::row(std::string_view sql, std::vector<Value> parameters) {
    TRY(auto found, rows(sql, std::move(parameters)));
    if (found.empty()) return std::optional<Row>{};
    return std::optional<Row>(std::move(found.front()));
}

base::Result<std::int64_t> Session::insert(std::string_view sql, std::vector<Value> parameters) {
    TRY(const auto found, rows(sql, std::move(parameters)));
    assert(!found.empty() && "the statement lacks RETURNING");
    return std::get<std::int64_t>(found.front().values.front().data);
}

base::Result<void> Session::fill(const Row& row, const base::TypeInfo& type, void* object) {
    for (const auto& field : type.fields) {
        const auto found = std::ranges::find(*row.columns, field.name);
        if (found == row.columns->end()) continue;
        const auto index = static_cast<std::size_t>(found - row.columns->begin());
        CHECK_OK(fill_member(row.values[index], field.type(), field.member(object)));
    }
    return {};
}

}  // namespace csva::store
