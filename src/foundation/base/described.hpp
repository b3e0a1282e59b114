#pragma once

// Described structs: one small type table per struct; decoding, validation, encoding, the OpenAPI
// schema and SQL row mapping are ordinary code over that table (described.cpp, schema.cpp), so
// headers stay thin.
//
//     struct TrainRequest { std::string target; std::optional<std::int64_t> trees; };
//     CSVA_DESCRIBE(TrainRequest, target, trees)
//     CSVA_NOTES(TrainRequest, {.field = "trees", .text = "Number of trees.", .minimum = 1,
//     .maximum = 10000})
//
// Both macros stand in the namespace of the struct. Members may be bool, std::int64_t/int, double,
// std::string, std::optional<T>, std::vector<T>, std::map<std::string, T>, base::Id<Tag>,
// base::Cell, base::Json, a described enum (CSVA_DESCRIBE_ENUM) or another described struct.

#include "foundation/base/id.hpp"
#include "foundation/base/result.hpp"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>
#include <boost/describe/enumerators.hpp>
#include <boost/describe/members.hpp>
#include <boost/mp11/algorithm.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace csva::base {

/// One cell of a table as JSON has it: null, boolean, number or text. `text` keeps the characters
/// as they came (for a JSON number, its token), `number` the value of a number.
struct Cell {
    enum class Kind : std::uint8_t { null, boolean, number, text };
    Kind kind = Kind::null;
    std::string text;
    double number = 0;
    bool operator==(const Cell&) const = default;
};

/// Any JSON value, kept as its text. Only for documents whose shape is not ours.
struct Json {
    std::string text = "null";
    bool operator==(const Json&) const = default;
};

enum class TypeKind : std::uint8_t {
    boolean,
    integer,
    real,
    text,
    optional,
    list,
    map,
    record,
    enumeration,
    cell,
    json
};

/// What a member's type cannot say. All fields but `field` may be left out.
struct FieldNote {
    std::string_view field;
    std::string_view text;          ///< English sentence for the OpenAPI document.
    std::optional<double> minimum;  ///< Smallest value, or size of a text or list.
    std::optional<double> maximum;  ///< Largest value, or size of a text or list.
    bool defaulted = false;         ///< May be left out; the member's initializer stands.
    bool catch_all = false;    ///< A map: takes the members that no field names (a row's columns).
    std::string_view format;   ///< JSON schema format ("date-time", "email", "password").
    std::string_view pattern;  ///< JSON schema pattern; documented, checked by the handler.
    std::string_view example;  ///< JSON text of an example.
};

struct TypeInfo;

struct FieldInfo {
    std::string_view name;
    const TypeInfo& (*type)();
    void* (*member)(void* object);
};

/// The table of one type. Function pointers work on a `void*` to an object of that type; those that
/// make no sense for the kind are null.
struct TypeInfo {
    TypeKind kind;
    std::string_view name;                          // record, enumeration: unqualified type name
    std::span<const FieldInfo> fields;              // record
    std::span<const FieldNote> notes;               // record
    std::span<const std::string_view> enumerators;  // enumeration
    const TypeInfo& (*element)() = nullptr;         // optional, list, map

    std::int64_t (*get_integer)(const void*) = nullptr;  // integer, boolean, enumeration (index)
    void (*set_integer)(void*, std::int64_t) = nullptr;
    std::size_t (*size)(const void*) = nullptr;  // list, map; optional: 0 or 1
    void* (*at)(void*, std::size_t) = nullptr;   // list; optional (index 0)
    void* (*add)(void*) = nullptr;               // list, optional: default-constructs an element
    void (*clear)(void*) = nullptr;              // list, optional, map
    void* (*add_key)(void*, std::string_view) = nullptr;  // map
    void (*each)(
        const void*, void* state, void (*visit)(void* state, const std::string&, const void*)
    ) = nullptr;  // map

    const FieldNote* note(std::string_view field) const {
        for (const auto& n : notes)
            if (n.field == field) return &n;
        return nullptr;
    }
    /// Null when the record has none of that name.
    const FieldInfo* field_named(std::string_view wanted) const;
    /// The map that takes members without a field of their own; null when the record has none.
    const FieldInfo* catch_all() const;
    /// Whether a request may lack this field of the record.
    bool may_be_left_out(const FieldInfo& field) const;
};

/// How answers are written: each field always, or, for protocols that want it so, without the
/// optionals, lists and maps that are empty.
enum class Writing : std::uint8_t { every_field, present_only };

/// Appends the object as JSON. NaN and infinities become null; an empty optional becomes null.
void encode(
    std::string& out,
    const TypeInfo& type,
    const void* object,
    Writing writing = Writing::every_field
);

/// How requests are read. `lenient`, for other protocols: unknown fields are ignored, null is a
/// field left out, and an integer may stand in quotes.
enum class Reading : std::uint8_t { strict, lenient };

/// Fills the object from JSON text. Refuses unknown fields, missing fields (but optionals and
/// defaulted ones), wrong types and values outside a note's range. Errors: base.bad_json,
/// base.unknown_field, base.missing_field, base.wrong_type, base.out_of_range, base.not_a_choice;
/// details name the `field` by its path (`steps[2].column`).
Result<void> decode(
    std::string_view json, const TypeInfo& type, void* object, Reading reading = Reading::strict
);

/// Fills the object from text pairs (a form, a query string, path parameters): the same checks,
/// with texts turned into the member's type; a repeated name fills a list; a record or a map is
/// JSON inside its field, and a list of records may be one JSON list.
Result<void> decode_pairs(
    std::span<const std::pair<std::string, std::string>> pairs,
    const TypeInfo& type,
    void* object,
    Reading reading = Reading::strict
);

/// Found by argument-dependent lookup for structs that have CSVA_NOTES.
inline std::span<const FieldNote> csva_notes(const void*) { return {}; }

template <class T>
const TypeInfo& type_of();

namespace detail {

template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {};
template <class T>
struct IsMap : std::false_type {};
template <class T>
struct IsMap<std::map<std::string, T>> : std::true_type {};
template <class T>
struct IsId : std::false_type {};
template <class T>
struct IsId<Id<T>> : std::true_type {};

template <class T>
std::string_view type_name() {
    std::string_view s = __PRETTY_FUNCTION__;
    s = s.substr(s.find("T = ") + 4);
    s = s.substr(0, s.find_first_of("];"));
    auto colon = s.rfind(':');
    return colon == std::string_view::npos ? s : s.substr(colon + 1);
}

template <class T>
TypeInfo make_integer(TypeKind kind) {
    TypeInfo t{.kind = kind};
    t.get_integer = [](const void* p) {
        return static_cast<std::int64_t>(*static_cast<const T*>(p));
    };
    t.set_integer = [](void* p, std::int64_t v) { *static_cast<T*>(p) = static_cast<T>(v); };
    return t;
}

template <class T>
TypeInfo make_enum() {
    using List = boost::describe::describe_enumerators<T>;
    static constexpr auto values = []<class... E>(boost::mp11::mp_list<E...>) {
        return std::array<T, sizeof...(E)>{E::value...};
    }(boost::mp11::mp_rename<List, boost::mp11::mp_list>{});
    static constexpr auto names = []<class... E>(boost::mp11::mp_list<E...>) {
        return std::array<std::string_view, sizeof...(E)>{E::name...};
    }(boost::mp11::mp_rename<List, boost::mp11::mp_list>{});
    TypeInfo t{.kind = TypeKind::enumeration, .name = type_name<T>()};
    t.enumerators = names;
    t.get_integer = [](const void* p) -> std::int64_t {
        for (std::size_t i = 0; i < values.size(); ++i)
            if (values[i] == *static_cast<const T*>(p)) return static_cast<std::int64_t>(i);
        return -1;
    };
    t.set_integer = [](void* p, std::int64_t i) {
        *static_cast<T*>(p) = values[static_cast<std::size_t>(i)];
    };
    return t;
}

template <class T>
TypeInfo make_record() {
    using List = boost::describe::describe_members<T, boost::describe::mod_public>;
    static const auto fields = []<class... M>(boost::mp11::mp_list<M...>) {
        return std::array<FieldInfo, sizeof...(M)>{FieldInfo{
            M::name,
            &type_of<std::remove_cvref_t<decltype(std::declval<T>().*M::pointer)>>,
            [](void* o) -> void* { return &(static_cast<T*>(o)->*M::pointer); }
        }...};
    }(boost::mp11::mp_rename<List, boost::mp11::mp_list>{});
    TypeInfo t{.kind = TypeKind::record, .name = type_name<T>()};
    t.fields = fields;
    t.notes = csva_notes(static_cast<const T*>(nullptr));
    return t;
}

template <class T>
TypeInfo make_optional() {
    TypeInfo t{.kind = TypeKind::optional, .element = &type_of<typename T::value_type>};
    t.size = [](const void* p) -> std::size_t {
        return static_cast<const T*>(p)->has_value() ? 1 : 0;
    };
    t.at = [](void* p, std::size_t) -> void* { return &**static_cast<T*>(p); };
    t.add = [](void* p) -> void* { return &static_cast<T*>(p)->emplace(); };
    t.clear = [](void* p) { static_cast<T*>(p)->reset(); };
    return t;
}

template <class T>
TypeInfo make_list() {
    static_assert(
        !std::is_same_v<T, std::vector<bool>>, "use std::vector<std::int64_t> or an enum"
    );
    TypeInfo t{.kind = TypeKind::list, .element = &type_of<typename T::value_type>};
    t.size = [](const void* p) { return static_cast<const T*>(p)->size(); };
    t.at = [](void* p, std::size_t i) -> void* { return &(*static_cast<T*>(p))[i]; };
    t.add = [](void* p) -> void* { return &static_cast<T*>(p)->emplace_back(); };
    t.clear = [](void* p) { static_cast<T*>(p)->clear(); };
    return t;
}

template <class T>
TypeInfo make_map() {
    TypeInfo t{.kind = TypeKind::map, .element = &type_of<typename T::mapped_type>};
    t.size = [](const void* p) { return static_cast<const T*>(p)->size(); };
    t.clear = [](void* p) { static_cast<T*>(p)->clear(); };
    t.add_key = [](void* p, std::string_view k) -> void* {
        return &(*static_cast<T*>(p))[std::string(k)];
    };
    t.each = [](const void* p, void* state, void (*visit)(void*, const std::string&, const void*)) {
        for (const auto& [k, v] : *static_cast<const T*>(p)) visit(state, k, &v);
    };
    return t;
}

template <class T>
TypeInfo make_type() {
    if constexpr (std::is_same_v<T, bool>)
        return make_integer<bool>(TypeKind::boolean);
    else if constexpr (std::is_integral_v<T>)
        return make_integer<T>(TypeKind::integer);
    else if constexpr (std::is_same_v<T, double>)
        return TypeInfo{.kind = TypeKind::real};
    else if constexpr (std::is_same_v<T, std::string>)
        return TypeInfo{.kind = TypeKind::text};
    else if constexpr (std::is_same_v<T, Cell>)
        return TypeInfo{.kind = TypeKind::cell};
    else if constexpr (std::is_same_v<T, Json>)
        return TypeInfo{.kind = TypeKind::json};
    else if constexpr (IsOptional<T>::value)
        return make_optional<T>();
    else if constexpr (IsVector<T>::value)
        return make_list<T>();
    else if constexpr (IsMap<T>::value)
        return make_map<T>();
    else if constexpr (IsId<T>::value) {
        TypeInfo t{.kind = TypeKind::integer};
        t.get_integer = [](const void* p) { return static_cast<const T*>(p)->value; };
        t.set_integer = [](void* p, std::int64_t v) { static_cast<T*>(p)->value = v; };
        return t;
    } else if constexpr (std::is_enum_v<T>)
        return make_enum<T>();
    else
        return make_record<T>();
}

}  // namespace detail

/// The table of T, made once. Thread-safe.
template <class T>
const TypeInfo& type_of() {
    static const TypeInfo info = detail::make_type<T>();
    return info;
}

/// JSON Schema (2020-12) of the type; records become `{"$ref":"#/components/schemas/<name>"}` and
/// are added to `components`.
std::string json_schema(const TypeInfo& type, std::map<std::string, std::string>& components);

template <class T>
std::string to_json(const T& object, Writing writing = Writing::every_field) {
    std::string out;
    encode(out, type_of<T>(), &object, writing);
    return out;
}

template <class T>
Result<T> from_json(std::string_view json) {
    T object{};
    CHECK_OK(decode(json, type_of<T>(), &object));
    return object;
}

/// Details of an error as a JSON object, and back from one. What cannot be read gives none.
std::string details_json(const Error& error);
std::vector<ErrorDetail> details_from_json(std::string_view json);

/// Appends a JSON string literal.
void encode_text(std::string& out, std::string_view text);

/// Appends the shortest decimal form that reads back as the same double ("null" when it is not
/// finite).
void encode_number(std::string& out, double number);

}  // namespace csva::base

#define CSVA_DESCRIBE(Type, ...) BOOST_DESCRIBE_STRUCT(Type, (), (__VA_ARGS__))
#define CSVA_DESCRIBE_ENUM(Type, ...) BOOST_DESCRIBE_ENUM(Type, __VA_ARGS__)
#define CSVA_NOTES(Type, ...)                                                 \
    inline std::span<const ::csva::base::FieldNote> csva_notes(const Type*) { \
        static constexpr ::csva::base::FieldNote notes[] = {__VA_ARGS__};     \
        return notes;                                                         \
    }
