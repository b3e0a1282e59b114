#include "foundation/http/routes.hpp"

#include "foundation/http/text.hpp"

#include <algorithm>

namespace csva::http {
namespace {

using base::ErrorKind;

/// The fields of a form without the CSRF token, which the server has looked at already.
Pairs without_token(const Pairs& form) {
    Pairs fields = form;
    std::erase_if(fields, [](const auto& field) { return field.first == "csrfmiddlewaretoken"; });
    return fields;
}

/// Every multipart route takes exactly one file, the part `file`. A browser sends a nameless empty
/// one when nothing was chosen.
base::Result<void> check_files(const Context& context) {
    const auto* file = context.file("file");
    if (file == nullptr || (file->filename.empty() && file->size == 0))
        return base::fail(ErrorKind::invalid_argument, "http.no_file_part");
    for (const auto& other : context.files) {
        if (other.field != "file")
            return base::fail(
                ErrorKind::invalid_argument, "base.unknown_field", {{"field", other.field}}
            );
    }
    if (context.files.size() > 1)
        return base::fail(ErrorKind::invalid_argument, "http.several_files");
    return {};
}

base::Reading reading_of(const Route& route) {
    return route.dialect != nullptr ? base::Reading::lenient : base::Reading::strict;
}

base::Result<void> decode_body(
    const Route& route, const Context& context, const base::TypeInfo& type, void* object
) {
    if (route.doc.body == Body::multipart) CHECK_OK(check_files(context));
    if (context.from_form || route.doc.body == Body::multipart)
        return base::decode_pairs(without_token(context.form), type, object);
    if (route.doc.body == Body::raw || route.doc.body == Body::file) return {};
    if (route.doc.body == Body::json_or_csv && context.head.is_csv()) return {};
    return base::decode(
        context.body.empty() ? "{}" : context.body, type, object, reading_of(route)
    );
}

}  // namespace

std::vector<std::string_view> parameters_of(std::string_view literal) {
    std::vector<std::string_view> names;
    for (auto open = literal.find('{'); open != std::string_view::npos;
         open = literal.find('{', open + 1)) {
        auto name = literal.substr(open + 1, literal.find('}', open) - open - 1);
        if (name.ends_with('*')) name.remove_suffix(1);
        names.push_back(name);
    }
    return names;
}

base::Result<void> decode_request(
    const Route& route, Context& context, const base::TypeInfo& type, void* object
) {
    base::TypeInfo part = type;
    part.fields = route.path_fields;
    Pairs path;
    for (const auto& pair : context.path_parameters)
        if (std::ranges::find(route.path_fields, pair.first, &base::FieldInfo::name) !=
            route.path_fields.end())
            path.push_back(pair);
    if (const auto decoded = base::decode_pairs(path, part, object); !decoded) {
        // A path that cannot be an address of ours is an unknown address, not a bad argument.
        return base::fail(ErrorKind::not_found, "http.no_such_address");
    }
    part.fields = route.other_fields;
    const bool bodiless = route.method == Method::delete_ && context.body.empty();
    if (route.reads_query() || (route.dialect != nullptr && bodiless))
        return base::decode_pairs(context.head.query, part, object, reading_of(route));
    if (!context.head.query.empty() && route.dialect == nullptr)
        return base::fail(
            ErrorKind::invalid_argument,
            "base.unknown_field",
            {{"field", context.head.query.front().first}}
        );
    return decode_body(route, context, part, object);
}

void Routes::add_route(
    Route route, std::function<base::Result<Response>(const Route&, Context&)> handler
) {
    const auto names = parameters_of(route.literal);
    if (route.request != nullptr)
        for (const auto& field : route.request->fields) {
            const bool in_path = std::ranges::find(names, field.name) != names.end();
            (in_path ? route.path_fields : route.other_fields).push_back(field);
        }
    if (!route.reads_query() && route.doc.body == Body::none && !route.other_fields.empty())
        route.doc.body = Body::json;
    routes_.push_back(std::make_unique<Route>(std::move(route)));
    Route* kept = routes_.back().get();
    kept->handler = [kept, handler = std::move(handler)](Context& context) {
        return handler(*kept, context);
    };
}

const Dialect* Routes::dialect_of(std::string_view path) const {
    for (const auto& [prefix, dialect] : dialects_)
        if (path.starts_with(prefix)) return dialect;
    return nullptr;
}

std::string Routes::resolved(std::string_view path) const {
    for (const auto& [prefix, meant] : aliases_)
        if (path.starts_with(prefix))
            return std::string(meant) + std::string(path.substr(prefix.size()));
    return std::string(path);
}

void Routes::add_page(std::string_view literal, Access access, std::string_view file) {
    add<NoRequest, Response>(
        Method::get,
        literal,
        access,
        {.summary = "A page of the web interface.",
         .tag = "pages",
         .produces = {"text/html"},
         .page = true,
         .page_file = file},
        [](Context&, const NoRequest&) -> base::Result<Response> {
            return base::fail(ErrorKind::not_found, "http.no_such_address");
        }
    );
}

}  // namespace csva::http
