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
    return !type.may_be_left_out(field);
}

/// In a form a list of records is one field that holds JSON.
std::string form_encoding(const Route& route) {
    std::string out;
    for (const auto& field : route.other_fields) {
        const auto& type = field.type();
        if (type.kind != base::TypeKind::list || type.element().kind != base::TypeKind::record)
            continue;
        out += (out.empty() ? "" : ",") + json_text(field.name) +
               R"(:{"contentType":"application/json"})";
    }
    return out.empty() ? out : R"(,"encoding":{)" + out + "}";
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
    if (route.reads_query())
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
    const std::string reference = base::json_schema(rest, components);
    constexpr std::string_view kClosed = "false}";
    auto& record = components[name];
    if (route.dialect != nullptr && record.ends_with(kClosed))
        record.replace(record.size() - kClosed.size(), kClosed.size(), "true}");
    return reference;
}

/// A form or a multipart body: the fields, the file, and the token that a browser may send as a
/// field. Written in place: the struct alone is another shape.
std::string form_schema(const Route& route, Components& components) {
    std::vector<std::string> properties;
    std::string must;
    const auto add = [&](std::string_view name, const std::string& schema, bool needed) {
        properties.push_back(json_text(name) + ":" + schema);
        if (needed) must += (must.empty() ? "" : ",") + json_text(name);
    };
    if (route.doc.body == Body::multipart)
        add("file", R"({"type":"string","format":"binary"})", true);
    const auto* rest = route.request->catch_all();
    for (const auto& field : route.other_fields)
        if (rest == nullptr || field.name != rest->name)
            add(field.name,
                member_schema(field, *route.request, components),
                required(field, *route.request));
    if (!route.doc.csrf_exempt)
        add("csrfmiddlewaretoken",
            R"({"type":"string","description":"Of the session, when the header X-CSRFToken is not sent."})",
            false);
    return fmt::format(
        R"({{"type":"object","properties":{{{}}},"required":[{}],"additionalProperties":{}}})",
        fmt::join(properties, ","),
        must,
        rest == nullptr ? "false" : base::json_schema(rest->type().element(), components)
    );
}

std::string request_body(const Route& route, Components& components) {
    const auto content = [](std::string_view type, std::string_view schema, std::string more = {}) {
        return fmt::format(R"("{}":{{"schema":{}{}}})", type, schema, more);
    };
    std::string out;
    bool must = true;
    switch (route.doc.body) {
        case Body::none:
            return {};
        case Body::multipart:
            out = content("multipart/form-data", form_schema(route, components));
            break;
        case Body::raw:
        case Body::file:
            out = content("application/octet-stream", R"({"type":"string","format":"binary"})");
            must = false;
            break;
        case Body::json:
        case Body::json_or_csv:
        case Body::json_or_form: {
            std::vector<std::string> kinds;
            if (!route.other_fields.empty())
                kinds.push_back(content("application/json", body_schema(route, components)));
            if (route.doc.body == Body::json_or_form)
                kinds.push_back(content(
                    "application/x-www-form-urlencoded",
                    form_schema(route, components),
                    form_encoding(route)
                ));
            if (route.doc.body == Body::json_or_csv)
                kinds.push_back(content("text/csv", R"({"type":"string"})"));
            out = fmt::format("{}", fmt::join(kinds, ","));
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
    std::string out =
        fmt::format(R"("{}":{{"description":"Done."{}}})", route.success_status, body);
    if (route.doc.download)
        out += R"(,"206":{"description":"The part that Range names.")" + body + "}";
    return out;
}

constexpr std::string_view kFailure = "failure";

std::string responses(const Route& route, Components& components) {
    std::set<int> statuses = {400, 401, 403, 404, 405, 408, 421, 431, 500, 503};
    if (route.doc.body != Body::none) statuses.insert({413, 415});
    if (route.doc.download) statuses.insert(416);
    statuses.insert(route.doc.errors.begin(), route.doc.errors.end());
    std::string out = success(route, components);
    if (route.doc.page && route.success_status != 302)
        out += R"(,"302":{"description":"To the sign-in page."})";
    if (route.doc.body == Body::json_or_form)
        out += R"(,"303":{"description":"For a form: to the page that shows it."})";
    for (const int status : statuses) {
        out += fmt::format(
            R"(,"{}":{{"$ref":"#/components/responses/{}"}})",
            status,
            route.dialect != nullptr ? route.dialect->failure_name : kFailure
        );
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

std::string_view text_of(Right right) {
    return base::type_of<Right>().enumerators[static_cast<std::size_t>(right)];
}

/// Who may call, in words.
std::string rights(const Route& route) {
    const auto& access = route.access;
    switch (access.kind) {
        case Access::Kind::open:
            return access.setting.empty()
                       ? "Open to everybody."
                       : fmt::format("Open to everybody unless {} is false.", access.setting);
        case Access::Kind::signed_in:
            return fmt::format(
                "For whoever is signed in{}; a token needs the scope {}.",
                access.object == "inbox"     ? ", and for programs on the server's own machine"
                : access.object == "account" ? ", operators too"
                                             : "",
                access.right == Right::manage ? "admin" : text_of(access.right)
            );
        case Access::Kind::service:
            return "For administrators and operators.";
        case Access::Kind::administrator:
            return "For administrators.";
        case Access::Kind::object:
            return fmt::format(
                "Needs the right to {} the {}.", text_of(access.right), access.object
            );
    }
    return {};
}

/// The same for programs, such as the test that calls every route as everybody.
std::string access_of(const Route& route) {
    constexpr std::array kKinds = {"open", "signed_in", "service", "administrator", "object"};
    const auto& access = route.access;
    return fmt::format(
        R"("x-access":{{"kind":"{}","object":"{}","right":"{}","parameter":"{}"}})",
        kKinds[static_cast<std::size_t>(access.kind)],
        access.object,
        text_of(access.right),
        access.parameter
    );
}

std::string operation(const Route& route, Components& components) {
    const bool open = route.access.kind == Access::Kind::open;
    return fmt::format(
        R"("{}":{{"operationId":"{}","summary":{},"description":{},"tags":[{}],{},"security":[{}],"parameters":[{}]{},"responses":{{{}}}}})",
        lower_name(route.method),
        operation_id(route),
        json_text(route.doc.summary),
        json_text(rights(route)),
        json_text(route.doc.tag),
        access_of(route),
        open ? R"({},{"bearer":[]},{"basic":[]},{"session":[]})"
             : R"({"bearer":[]},{"basic":[]},{"session":[]})",
        parameters(route, components),
        request_body(route, components),
        responses(route, components)
    );
}

constexpr std::string_view kSecurity =
    R"("securitySchemes":{"bearer":{"type":"http","scheme":"bearer","description":"An API token."},)"
    R"("basic":{"type":"http","scheme":"basic","description":"User name, and password or API token."},)"
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
    std::map<std::string_view, const base::TypeInfo*> failures = {
        {kFailure, &base::type_of<FailureAnswer>()}
    };
    for (const auto& route : routes.all())
        if (route->dialect != nullptr)
            failures[route->dialect->failure_name] = route->dialect->failure;
    std::string failure_list;
    for (const auto& [name, type] : failures)
        failure_list += fmt::format(
            R"({}{}:{{"description":"A failure.","content":{{"application/json":{{"schema":{}}}}}}})",
            failure_list.empty() ? "" : ",",
            json_text(name),
            base::json_schema(*type, components)
        );
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
        R"({{"openapi":"3.1.0","info":{{"title":"CSV Analyzer","version":"{}","license":{{"name":"Apache-2.0","identifier":"Apache-2.0"}}}},"servers":[{{"url":"/"}}],"tags":[{}],"paths":{{{}}},"components":{{{},"responses":{{{}}},"schemas":{{{}}}}}}})",
        CSVA_VERSION,
        tag_list,
        joined(paths),
        kSecurity,
        failure_list,
        joined(components)
    );
}

}  // namespace csva::http
