#include "foundation/base/described.hpp"

#include "foundation/base/json_text.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace csva::base {
namespace {

namespace json = boost::json;

void encode_cell(std::string& out, const Cell& cell) {
    switch (cell.kind) {
        case Cell::Kind::null:
            out += "null";
            break;
        case Cell::Kind::boolean:
            out += cell.text == "true" ? "true" : "false";
            break;
        case Cell::Kind::number:
            encode_number(out, cell.number);
            break;
        case Cell::Kind::text:
            encode_text(out, cell.text);
            break;
    }
}

/// Where in a request a value stands; its text is made only when something is wrong there.
struct Place {
    Reading reading = Reading::strict;
    const Place* above = nullptr;
    std::string_view name = {};
    std::size_t index = 0;  ///< In a list; the name is empty then.

    Place member(std::string_view member_name) const { return {reading, this, member_name}; }
    Place item(std::size_t at) const { return {reading, this, {}, at}; }
    bool lenient() const { return reading == Reading::lenient; }
    std::string text() const {
        if (above == nullptr) return std::string(name);
        const std::string before = above->text();
        if (name.empty()) return fmt::format("{}[{}]", before, index);
        return before.empty() ? std::string(name) : before + "." + std::string(name);
    }
};

std::unexpected<Error> wrong(
    std::string_view reason, const Place& place, std::string expected = {}
) {
    std::vector<ErrorDetail> details{{"field", place.text()}};
    if (!expected.empty()) details.push_back({"expected", std::move(expected)});
    return fail(ErrorKind::invalid_argument, reason, std::move(details));
}

std::string_view kind_text(TypeKind kind) {
    switch (kind) {
        case TypeKind::boolean:
            return "boolean";
        case TypeKind::integer:
            return "integer";
        case TypeKind::real:
            return "number";
        case TypeKind::text:
            return "text";
        case TypeKind::list:
            return "list";
        case TypeKind::map:
        case TypeKind::record:
            return "object";
        case TypeKind::enumeration:
            return "text";
        case TypeKind::cell:
            return "value";
        case TypeKind::optional:
        case TypeKind::json:
            return "any";
    }
    return "any";
}

/// Both limits are always told, so that the sentence has no gap where there is none.
ErrorDetail limit(std::string_view name, const std::optional<double>& value) {
    if (value) return {std::string(name), *value};
    return {std::string(name), std::string(name == "minimum" ? "-∞" : "∞")};
}

Result<void> check_range(const FieldNote* note, double value, const Place& place) {
    if (note == nullptr) return {};
    if ((note->minimum && value < *note->minimum) || (note->maximum && value > *note->maximum)) {
        return fail(
            ErrorKind::invalid_argument,
            "base.out_of_range",
            {{"field", place.text()},
             limit("minimum", note->minimum),
             limit("maximum", note->maximum)}
        );
    }
    return {};
}

/// Length of a text as JSON Schema counts it: Unicode code points.
double characters_of(std::string_view text) {
    return static_cast<double>(std::ranges::count_if(text, [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    }));
}

Result<void> check_note(
    const FieldNote* note, const TypeInfo& type, void* object, const Place& place
) {
    if (note == nullptr) return {};
    switch (type.kind) {
        case TypeKind::integer:
            return check_range(note, static_cast<double>(type.get_integer(object)), place);
        case TypeKind::real:
            return check_range(note, *static_cast<double*>(object), place);
        case TypeKind::text:
            return check_range(
                note, characters_of(*static_cast<const std::string*>(object)), place
            );
        case TypeKind::list:
        case TypeKind::map:
            return check_range(note, static_cast<double>(type.size(object)), place);
        case TypeKind::optional:
            return type.size(object) == 0
                       ? Result<void>{}
                       : check_note(note, type.element(), type.at(object, 0), place);
        default:
            return {};
    }
}

Result<void> set_choice(
    const TypeInfo& type, void* object, std::string_view value, const Place& place
) {
    for (std::size_t i = 0; i < type.enumerators.size(); ++i) {
        if (type.enumerators[i] == value) {
            type.set_integer(object, static_cast<std::int64_t>(i));
            return {};
        }
    }
    return wrong("base.not_a_choice", place, fmt::format("{}", fmt::join(type.enumerators, ", ")));
}

Result<void> decode_value(
    const json::value& value, const TypeInfo& type, void* object, const Place& place
);
Result<void> decode_text(
    const std::string& text, const TypeInfo& type, void* object, const Place& place
);

Result<void> decode_record(
    const json::object& source, const TypeInfo& type, void* object, const Place& place
) {
    const FieldInfo* rest = type.catch_all();
    std::vector<const json::key_value_pair*> unnamed;
    for (const auto& member : source) {
        if (type.field_named(member.key()) != nullptr) continue;
        if (rest == nullptr && place.lenient()) continue;
        if (rest == nullptr) return wrong("base.unknown_field", place.member(member.key()));
        unnamed.push_back(&member);
    }
    for (const auto& field : type.fields) {
        const auto& field_type = field.type();
        const auto* note = type.note(field.name);
        const auto* found = source.if_contains(field.name);
        const Place field_place = place.member(field.name);
        if (found == nullptr || (place.lenient() && found->is_null())) {
            if (type.may_be_left_out(field)) continue;
            return wrong("base.missing_field", field_place);
        }
        CHECK_OK(decode_value(*found, field_type, field.member(object), field_place));
        CHECK_OK(check_note(note, field_type, field.member(object), field_place));
    }
    for (const auto* member : unnamed) {
        const auto& map = rest->type();
        void* element = map.add_key(rest->member(object), member->key());
        CHECK_OK(decode_value(member->value(), map.element(), element, place.member(member->key()))
        );
    }
    return {};
}

Result<void> decode_integer(
    const json::value& value, const TypeInfo& type, void* object, const Place& place
) {
    if (value.is_int64()) {
        type.set_integer(object, value.get_int64());
        return {};
    }
    if (value.is_double()) {
        const double number = value.get_double();
        if (std::floor(number) == number && std::abs(number) < 9e15) {
            type.set_integer(object, static_cast<std::int64_t>(number));
            return {};
        }
    }
    if (place.lenient() && value.is_string())
        return decode_text(std::string(value.get_string()), type, object, place);
    return wrong("base.wrong_type", place, "integer");
}

Result<void> decode_cell(const json::value& value, Cell& cell, const Place& place) {
    if (value.is_null()) {
        cell = {};
    } else if (value.is_bool()) {
        cell = {
            Cell::Kind::boolean, value.get_bool() ? "true" : "false", value.get_bool() ? 1.0 : 0.0
        };
    } else if (value.is_number()) {
        cell = {Cell::Kind::number, {}, value.to_number<double>()};
        if (value.is_double()) {
            encode_number(cell.text, cell.number);
        } else {
            cell.text = json::serialize(value);
        }
    } else if (value.is_string()) {
        cell = {Cell::Kind::text, std::string(value.get_string()), 0};
    } else {
        return wrong("base.wrong_type", place, "value");
    }
    return {};
}

Result<void> decode_value(
    const json::value& value, const TypeInfo& type, void* object, const Place& place
) {
    switch (type.kind) {
        case TypeKind::boolean:
            if (!value.is_bool()) break;
            type.set_integer(object, value.get_bool() ? 1 : 0);
            return {};
        case TypeKind::integer:
            return decode_integer(value, type, object, place);
        case TypeKind::real:
            if (!value.is_number()) break;
            *static_cast<double*>(object) = value.to_number<double>();
            return {};
        case TypeKind::text:
            if (!value.is_string()) break;
            static_cast<std::string*>(object)->assign(
                value.get_string().begin(), value.get_string().end()
            );
            return {};
        case TypeKind::optional:
            type.clear(object);
            if (value.is_null()) return {};
            return decode_value(value, type.element(), type.add(object), place);
        case TypeKind::list: {
            if (!value.is_array()) break;
            type.clear(object);
            std::size_t index = 0;
            for (const auto& item : value.get_array()) {
                CHECK_OK(decode_value(item, type.element(), type.add(object), place.item(index++)));
            }
            return {};
        }
        case TypeKind::map: {
            if (!value.is_object()) break;
            type.clear(object);
            for (const auto& member : value.get_object()) {
                const std::string_view key = member.key();
                CHECK_OK(decode_value(
                    member.value(), type.element(), type.add_key(object, key), place.member(key)
                ));
            }
            return {};
        }
        case TypeKind::record:
            if (!value.is_object()) break;
            return decode_record(value.get_object(), type, object, place);
        case TypeKind::enumeration:
            if (!value.is_string()) break;
            return set_choice(type, object, value.get_string(), place);
        case TypeKind::cell:
            return decode_cell(value, *static_cast<Cell*>(object), place);
        case TypeKind::json:
            static_cast<Json*>(object)->text = json::serialize(value);
            return {};
    }
    return wrong("base.wrong_type", place, std::string(kind_text(type.kind)));
}

bool is_nested(const TypeInfo& type) {
    return type.kind == TypeKind::record || type.kind == TypeKind::map ||
           type.kind == TypeKind::list || type.kind == TypeKind::json;
}

/// What a form cannot say in one field is JSON inside that field.
Result<void> decode_nested(
    const std::string& text, const TypeInfo& type, void* object, const Place& place
) {
    boost::system::error_code code;
    const auto value = parse_json(text, code, {});
    if (code) return wrong("base.wrong_type", place, std::string(kind_text(type.kind)));
    return decode_value(value, type, object, place);
}

Result<void> decode_text(
    const std::string& text, const TypeInfo& type, void* object, const Place& place
) {
    switch (type.kind) {
        case TypeKind::boolean:
            if (text == "true" || text == "1" || text == "on") {
                type.set_integer(object, 1);
            } else if (text == "false" || text == "0" || text == "off") {
                type.set_integer(object, 0);
            } else {
                return wrong("base.wrong_type", place, "boolean");
            }
            return {};
        case TypeKind::integer: {
            std::int64_t number = 0;
            const auto [end, code] =
                std::from_chars(text.data(), text.data() + text.size(), number);
            if (code != std::errc{} || end != text.data() + text.size())
                return wrong("base.wrong_type", place, "integer");
            type.set_integer(object, number);
            return {};
        }
        case TypeKind::real: {
            double number = 0;
            const auto [end, code] =
                std::from_chars(text.data(), text.data() + text.size(), number);
            if (code != std::errc{} || end != text.data() + text.size() || !std::isfinite(number)) {
                return wrong("base.wrong_type", place, "number");
            }
            *static_cast<double*>(object) = number;
            return {};
        }
        case TypeKind::text:
            *static_cast<std::string*>(object) = text;
            return {};
        case TypeKind::cell:
            *static_cast<Cell*>(object) = {Cell::Kind::text, text, 0};
            return {};
        case TypeKind::enumeration:
            return set_choice(type, object, text, place);
        case TypeKind::optional:
            return decode_text(text, type.element(), type.add(object), place);
        case TypeKind::list:
            if (is_nested(type.element()) && text.starts_with('['))
                return decode_nested(text, type, object, place);
            return decode_text(text, type.element(), type.add(object), place);
        case TypeKind::json:
        case TypeKind::map:
        case TypeKind::record:
            return decode_nested(text, type, object, place);
    }
    return wrong("base.wrong_type", place, std::string(kind_text(type.kind)));
}

}  // namespace

const FieldInfo* TypeInfo::field_named(std::string_view wanted) const {
    for (const auto& field : fields)
        if (field.name == wanted) return &field;
    return nullptr;
}

const FieldInfo* TypeInfo::catch_all() const {
    for (const auto& n : notes)
        if (n.catch_all) return field_named(n.field);
    return nullptr;
}

bool TypeInfo::may_be_left_out(const FieldInfo& field) const {
    const auto* n = note(field.name);
    return field.type().kind == TypeKind::optional ||
           (n != nullptr && (n->defaulted || n->catch_all));
}

void encode_text(std::string& out, std::string_view text) {
    const bool plain = std::ranges::all_of(text, [](char c) {
        return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\' && c != '\x7f';
    });
    if (plain) {
        out += '"';
        out += text;
        out += '"';
        return;
    }
    out += json::serialize(json::string_view(text.data(), text.size()));
}

namespace {
/// What most files hold, numbers of at most six places, in less time than std::to_chars takes and
/// with the same text; false for all others. A whole number below 2^53 divided by 10^6 is the
/// double nearest to that decimal; of at most 15 digits, no two decimals are read as the same
/// double.
bool append_few_places(std::string& out, double number) {
    constexpr std::int64_t kScale = 1'000'000;
    const double size = std::abs(number);
    if (size < 1e-3 || size >= 1e9)
        return false;  // zero has a sign, others may be shorter as 1e+05
    const auto scaled = static_cast<std::int64_t>(size * kScale + 0.5);
    if (static_cast<double>(scaled) / kScale != size) return false;
    const std::int64_t whole = scaled / kScale;
    std::int64_t places = scaled % kScale;
    if (places == 0 && whole >= 100'000) return false;
    char buffer[24];
    char* end = buffer;
    if (number < 0) *end++ = '-';
    end = std::to_chars(end, buffer + sizeof buffer, whole).ptr;
    if (places != 0) {
        *end++ = '.';
        for (std::int64_t unit = kScale / 10; places != 0; unit /= 10) {
            *end++ = static_cast<char>('0' + places / unit);
            places %= unit;
        }
    }
    out.append(buffer, end);
    return true;
}
}  // namespace

void encode_number(std::string& out, double number) {
    if (!std::isfinite(number)) {
        out += "null";
        return;
    }
    if (append_few_places(out, number)) return;
    char buffer[32];
    const auto [end, code] = std::to_chars(buffer, buffer + sizeof buffer, number);
    out.append(buffer, end);
}

namespace {

/// An optional, list or map with nothing in it.
bool is_empty(const TypeInfo& type, const void* object) {
    return (type.kind == TypeKind::optional || type.kind == TypeKind::list ||
            type.kind == TypeKind::map) &&
           type.size(object) == 0;
}

void encode_record(std::string& out, const TypeInfo& type, const void* object, Writing writing) {
    out += '{';
    bool first = true;
    for (const auto& field : type.fields) {
        const void* member = field.member(const_cast<void*>(object));
        if (writing == Writing::present_only && is_empty(field.type(), member)) continue;
        if (!first) out += ',';
        first = false;
        out += '"';
        out += field.name;
        out += "\":";
        encode(out, field.type(), member, writing);
    }
    out += '}';
}

}  // namespace

void encode(std::string& out, const TypeInfo& type, const void* object, Writing writing) {
    switch (type.kind) {
        case TypeKind::boolean:
            out += type.get_integer(object) != 0 ? "true" : "false";
            break;
        case TypeKind::integer:
            fmt::format_to(std::back_inserter(out), "{}", type.get_integer(object));
            break;
        case TypeKind::real:
            encode_number(out, *static_cast<const double*>(object));
            break;
        case TypeKind::text:
            encode_text(out, *static_cast<const std::string*>(object));
            break;
        case TypeKind::cell:
            encode_cell(out, *static_cast<const Cell*>(object));
            break;
        case TypeKind::json:
            out += static_cast<const Json*>(object)->text;
            break;
        case TypeKind::enumeration: {
            const auto index = type.get_integer(object);
            if (index < 0)
                out += "null";
            else
                encode_text(out, type.enumerators[static_cast<std::size_t>(index)]);
            break;
        }
        case TypeKind::optional:
            if (type.size(object) == 0)
                out += "null";
            else
                encode(out, type.element(), type.at(const_cast<void*>(object), 0), writing);
            break;
        case TypeKind::list: {
            out += '[';
            const std::size_t size = type.size(object);
            for (std::size_t i = 0; i < size; ++i) {
                if (i > 0) out += ',';
                encode(out, type.element(), type.at(const_cast<void*>(object), i), writing);
            }
            out += ']';
            break;
        }
        case TypeKind::map: {
            struct State {
                std::string& out;
                const TypeInfo& element;
                Writing writing;
                bool first = true;
            } state{out, type.element(), writing};
            out += '{';
            type.each(object, &state, [](void* s, const std::string& key, const void* value) {
                auto& st = *static_cast<State*>(s);
                if (!st.first) st.out += ',';
                st.first = false;
                encode_text(st.out, key);
                st.out += ':';
                encode(st.out, st.element, value, st.writing);
            });
            out += '}';
            break;
        }
        case TypeKind::record:
            encode_record(out, type, object, writing);
            break;
    }
}

Result<void> decode(std::string_view text, const TypeInfo& type, void* object, Reading reading) {
    boost::system::error_code code;
    std::array<unsigned char, 8192> room;  // a usual body needs no memory of its own
    json::monotonic_resource memory(room.data(), room.size());
    const auto value = parse_json(text, code, &memory);
    if (code) return fail(ErrorKind::invalid_argument, "base.bad_json");
    return decode_value(value, type, object, Place{reading});
}

Result<void> decode_pairs(
    std::span<const std::pair<std::string, std::string>> pairs,
    const TypeInfo& type,
    void* object,
    Reading reading
) {
    const Place all{reading};
    for (const auto& [name, text] : pairs) {
        const FieldInfo* found = type.field_named(name);
        if (found == nullptr) {
            const FieldInfo* rest = type.catch_all();
            if (rest == nullptr && all.lenient()) continue;
            if (rest == nullptr) return wrong("base.unknown_field", all.member(name));
            const auto& map = rest->type();
            void* element = map.add_key(rest->member(object), name);
            CHECK_OK(decode_text(text, map.element(), element, all.member(name)));
            continue;
        }
        CHECK_OK(decode_text(text, found->type(), found->member(object), all.member(name)));
    }
    for (const auto& field : type.fields) {
        const auto* note = type.note(field.name);
        bool given = false;
        for (const auto& pair : pairs) given = given || pair.first == field.name;
        if (given) {
            CHECK_OK(check_note(note, field.type(), field.member(object), all.member(field.name)));
        } else if (!type.may_be_left_out(field)) {
            return wrong("base.missing_field", all.member(field.name));
        }
    }
    return {};
}

}  // namespace csva::base
