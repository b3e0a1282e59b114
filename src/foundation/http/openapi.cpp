#include "foundation/http/error_response.hpp"
#include "foundation/http/server.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace csva::http {
namespace {

using Components = std::map<std::string, std::string>;

std::string json_text(std::string_view text) {
    std::string out;
    base::encode_text(out, text);
    return out;
}

std::string lower_name(Method method) {
    std::string name(name_of(method));
    for (auto& c : name) c = static_cast<char>(c + ('a' - 'A'));
    return name;
}

/// `{path*}` is written `{path}` in the document.
std::string path_of(std::string_view literal) {
    std::string path(literal);
    std::erase(path, '*');
    return path;
}

bool required(const base::FieldInfo& field, const base::TypeInfo& type) {
    const auto* note = type.note(field.name);
    return field.type().kind != base::TypeKind::optional &&
           !(note != nullptr && (note->defaulted || note->catch_all));
}

/// Schema of one member, with its note: taken out of the schema of a record that has only it.
std::string member_schema(
    const base::FieldInfo& field, const base::TypeInfo& type, Components& components
) {
    base::TypeInfo alone = type;
    alone.name = "Alone";
    alone.fields = {&field, 1};
    Components own = components;
    own.erase("Alone");
    base::json_schema(alone, own);
    const std::string record = own["Alone"];
    own.erase("Alone");
    components = std::move(own);
    const std::string start = json_text(field.name) + ":";
    const auto from = record.find(start) + start.size();
    int depth = 0;
    bool text = false;
    for (std::size_t i = from; i < record.size(); ++i) {
        if (record[i] == '"' && record[i - 1] != '\\') text = !text;
        if (text) continue;
        if (record[i] == '{') ++depth;
        if (record[i] == '}' && --depth == 0) return record.substr(from, i + 1 - from);
    }
    return base::json_schema(field.type(), components);
}

std::string parameters(const Route& route, Components& components) {
    std::string out;
    const auto add = [&](std::string_view name, std::string_view in, std::string schema, bool must
                     ) {
        if (!out.empty()) out += ',';
        out += fmt::format(
            R"({{"name":{},"in":"{}","required":{},"schema":{}}})",
            json_text(name),
            in,
            must,
            schema
        );
    };
    for (const auto name : parameters_of(route.literal)) {
        const auto field = std::ranges::find(route.path_fields, name, &base::FieldInfo::name);
        const bool number = name == route.access.parameter && !name.empty();
        std::string schema = number ? R"({"type":"integer","format":"int64"})"
                                    : R"({"type":"string","minLength":1})";
        if (field != route.path_fields.end())
            schema = member_schema(*field, *route.request, components);
        add(name, "path", std::move(schema), true);
    }
    if (route.method == Method::get || route.method == Method::delete_)
        for (const auto& field : route.other_fields)
            add(field.name,
                "query",
                member_schema(field, *route.request, components),
                required(field, *route.request));
    return out;
}

/// Schema of the body: the request struct without what the path fills.
std::string body_schema(const Route& route, Components& components) {
    base::TypeInfo rest = *route.request;
    rest.fields = route.other_fields;
    const bool whole = route.path_fields.empty();
    const std::string name = std::string(rest.name) + (whole ? "" : "Body");
    rest.name = name;
    return base::json_schema(rest, components);
}

std::string multipart_schema(const Route& route, Components& components) {
    std::string properties = R"("file":{"type":"string","format":"binary"})";
    std::string must = R"("file")";
    for (const auto& field : route.other_fields) {
        properties +=
            "," + json_text(field.name) + ":" + member_schema(field, *route.request, components);
        if (required(field, *route.request)) must += "," + json_text(field.name);
    }
    return fmt::format(
        R"({{"type":"object","additionalProperties":false,"required":[{}],"properties":{{{}}}}})",
        must,
        properties
    );
}

std::string request_body(const Route& route, Components& components) {
    const auto content = [](std::string_view type, std::string_view schema) {
        return fmt::format(R"("{}":{{"schema":{}}})", type, schema);
    };
    std::string out;
    bool must = true;
    switch (route.doc.body) {
        case Body::none:
            return {};
        case Body::multipart:
            out = content("multipart/form-data", multipart_schema(route, components));
            break;
        case Body::raw:
            out = content("application/octet-stream", R"({"type":"string","format":"binary"})");
            must = false;
            break;
        case Body::json:
        case Body::json_or_form: {
            const auto schema = body_schema(route, components);
            out = content("application/json", schema);
            if (route.doc.body == Body::json_or_form)
                out += "," + content("application/x-www-form-urlencoded", schema);
            must = std::ranges::any_of(route.other_fields, [&](const auto& field) {
                return required(field, *route.request);
            });
            break;
        }
    }
    return fmt::format(R"(,"requestBody":{{"required":{},"content":{{{}}}}})", must, out);
}

std::string success(const Route& route, Components& components) {
    std::string content;
    if (route.response != nullptr)
        content = fmt::format(
            R"("application/json":{{"schema":{}}})", base::json_schema(*route.response, components)
        );
    for (const auto type : route.doc.produces) {
        if (!content.empty()) content += ',';
        content += fmt::format(R"({}:{{"schema":{{"type":"string"}}}})", json_text(type));
    }
    if (route.doc.page && route.method == Method::get && !content.contains("text/html"))
        content +=
            std::string(content.empty() ? "" : ",") + R"("text/html":{"schema":{"type":"string"}})";
    std::string body = content.empty() ? "" : R"(,"content":{)" + content + "}";
    return fmt::format(R"("{}":{{"description":"Done."{}}})", route.success_status, body);
}

std::string responses(const Route& route, Components& components) {
    std::set<int> statuses = {400, 401, 403, 404, 405, 408, 421, 431, 500, 503};
    if (route.doc.body != Body::none) statuses.insert({413, 415});
    statuses.insert(route.doc.errors.begin(), route.doc.errors.end());
    std::string out = success(route, components);
    if (route.doc.page && route.success_status != 302)
        out += R"(,"302":{"description":"To the sign-in page."})";
    if (route.doc.body == Body::json_or_form || route.method == Method::post)
        if (route.success_status != 303)
            out += R"(,"303":{"description":"To the page that shows it."})";
    for (const int status : statuses) {
        if (status == route.success_status) continue;
        out += fmt::format(R"(,"{}":{{"$ref":"#/components/responses/failure"}})", status);
    }
    return out;
}

std::string operation_id(const Route& route) {
    std::string id = lower_name(route.method);
    for (const char c : path_of(route.literal)) {
        const bool word =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (word)
            id += c;
        else if (id.back() != '_')
            id += '_';
    }
    if (id.back() == '_') id.pop_back();
    return id;
}

std::string operation(const Route& route, Components& components) {
    const bool open = route.access.kind == Access::Kind::open;
    return fmt::format(
        R"("{}":{{"operationId":"{}","summary":{},"tags":[{}],"security":[{}],"parameters":[{}]{},"responses":{{{}}}}})",
        lower_name(route.method),
        operation_id(route),
        json_text(route.doc.summary),
        json_text(route.doc.tag),
        open ? R"({},{"bearer":[]},{"session":[]})" : R"({"bearer":[]},{"session":[]})",
        parameters(route, components),
        request_body(route, components),
        responses(route, components)
    );
}

constexpr std::string_view kSecurity =
    R"("securitySchemes":{"bearer":{"type":"http","scheme":"bearer","description":"An API token."},)"
    R"("session":{"type":"apiKey","in":"cookie","name":"sessionid","description":"The session of a browser; writes also need the header X-CSRFToken."}})";

}  // namespace

std::string openapi(const Routes& routes) {
    Components components;
    std::map<std::string, std::string> paths;
    std::set<std::string> tags;
    for (const auto& route : routes.all()) {
        auto& path = paths[path_of(route->literal)];
        path += (path.empty() ? "" : ",") + operation(*route, components);
        tags.emplace(route->doc.tag);
    }
    const auto failure = base::json_schema(base::type_of<FailureAnswer>(), components);
    const auto joined = [](const auto& entries) {
        std::string out;
        for (const auto& [name, text] : entries)
            out += (out.empty() ? "" : ",") + json_text(name) + ":" + text;
        return out;
    };
    for (auto& [name, text] : paths) text = "{" + text + "}";
    std::string tag_list;
    for (const auto& tag : tags)
        tag_list += fmt::format(
            R"({}{{"name":{},"description":{}}})",
            tag_list.empty() ? "" : ",",
            json_text(tag),
            json_text("Calls of " + tag + ".")
        );
    return fmt::format(
        R"({{"openapi":"3.1.0","info":{{"title":"CSV Analyzer","version":"{}","license":{{"name":"Apache-2.0","identifier":"Apache-2.0"}}}},"servers":[{{"url":"/"}}],"tags":[{}],"paths":{{{}}},"components":{{{},"responses":{{"failure":{{"description":"A failure.","content":{{"application/json":{{"schema":{}}}}}}}}},"schemas":{{{}}}}}}})",
        CSVA_VERSION,
        tag_list,
        joined(paths),
        kSecurity,
        failure,
        joined(components)
    );
}

}  // namespace csva::http
