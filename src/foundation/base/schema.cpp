#include "foundation/base/described.hpp"

#include <fmt/format.h>

namespace csva::base {
namespace {

std::string number_text(double number) {
    std::string out;
    encode_number(out, number);
    return out;
}

/// The keywords that a note adds to the schema of a field.
std::string note_keywords(const FieldNote& note, TypeKind kind) {
    std::string out;
    const auto range = [&](std::string_view low, std::string_view high) {
        if (note.minimum) out += fmt::format(",\"{}\":{}", low, number_text(*note.minimum));
        if (note.maximum) out += fmt::format(",\"{}\":{}", high, number_text(*note.maximum));
    };
    if (kind == TypeKind::integer || kind == TypeKind::real) range("minimum", "maximum");
    if (kind == TypeKind::text) range("minLength", "maxLength");
    if (kind == TypeKind::list) range("minItems", "maxItems");
    if (kind == TypeKind::map) range("minProperties", "maxProperties");
    const auto text = [&](std::string_view key, std::string_view value) {
        if (value.empty()) return;
        out += fmt::format(",\"{}\":", key);
        encode_text(out, value);
    };
    text("format", note.format);
    text("pattern", note.pattern);
    text("description", note.text);
    if (!note.example.empty()) out += fmt::format(",\"examples\":[{}]", note.example);
    return out;
}

std::string schema_with(
    const TypeInfo& type, const FieldNote* note, std::map<std::string, std::string>& components
);

std::string record_schema(const TypeInfo& type, std::map<std::string, std::string>& components) {
    std::string properties;
    std::string required;
    for (const auto& field : type.fields) {
        const auto* note = type.note(field.name);
        if (!properties.empty()) properties += ',';
        encode_text(properties, field.name);
        properties += ':' + schema_with(field.type(), note, components);
        if (type.may_be_left_out(field)) continue;
        if (!required.empty()) required += ',';
        encode_text(required, field.name);
    }
    std::string out = R"({"type":"object","properties":{)" + properties + "}";
    if (!required.empty()) out += ",\"required\":[" + required + "]";
    const FieldInfo* rest = type.catch_all();
    return out + ",\"additionalProperties\":" +
           (rest ? json_schema(rest->type().element(), components) : "false") + "}";
}

std::string base_schema(const TypeInfo& type, std::map<std::string, std::string>& components) {
    switch (type.kind) {
        case TypeKind::boolean:
            return R"({"type":"boolean")";
        case TypeKind::integer:
            return R"({"type":"integer","format":"int64")";
        case TypeKind::real:
            return R"({"type":"number")";
        case TypeKind::text:
            return R"({"type":"string")";
        case TypeKind::cell:
            return R"({"type":["string","number","boolean","null"])";
        case TypeKind::json:
            return R"({"title":"Any JSON value.")";
        case TypeKind::list:
            return R"({"type":"array","items":)" + json_schema(type.element(), components);
        case TypeKind::map:
            return R"({"type":"object","additionalProperties":)" +
                   json_schema(type.element(), components);
        case TypeKind::enumeration: {
            std::string out = R"({"type":"string","enum":[)";
            for (std::size_t i = 0; i < type.enumerators.size(); ++i) {
                if (i > 0) out += ',';
                encode_text(out, type.enumerators[i]);
            }
            return out + "]";
        }
        case TypeKind::record: {
            const std::string name(type.name);
            if (!components.contains(name)) {
                components[name] = "";  // breaks recursion
                components[name] = record_schema(type, components);
            }
            return R"({"$ref":"#/components/schemas/)" + name + "\"";
        }
        case TypeKind::optional:
            break;
    }
    return "{";
}

std::string schema_with(
    const TypeInfo& type, const FieldNote* note, std::map<std::string, std::string>& components
) {
    if (type.kind == TypeKind::optional) {
        const auto& inner = type.element();
        if (inner.kind == TypeKind::cell || inner.kind == TypeKind::json)
            return schema_with(inner, note, components);
        return R"({"anyOf":[)" + schema_with(inner, note, components) + R"(,{"type":"null"}]})";
    }
    std::string out = base_schema(type, components);
    if (note != nullptr) {
        std::string keywords = note_keywords(*note, type.kind);
        if (out == "{" && !keywords.empty()) keywords.erase(0, 1);
        out += keywords;
    }
    return out + "}";
}

}  // namespace

std::string json_schema(const TypeInfo& type, std::map<std::string, std::string>& components) {
    return schema_with(type, nullptr, components);
}

}  // namespace csva::base
