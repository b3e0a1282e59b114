#pragma once

#include "foundation/base/described.hpp"
#include "foundation/http/message.hpp"

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace csva::http {

/// How the body of a request arrives. `json_or_form`: both are decoded into the same struct.
/// `json_or_csv`: only JSON is decoded, CSV stays in Context::body. `file`: the body is one file,
/// staged as Context::file("file").
enum class Body : std::uint8_t { none, json, json_or_form, json_or_csv, multipart, raw, file };

/// The manners of another protocol, for the routes below a prefix: unknown fields are ignored, what
/// is empty is left out of answers, DELETE takes its fields from a JSON body as well, and failures
/// have its shape.
struct Dialect {
    std::string_view failure_name;  ///< Of that shape, in the document.
    const base::TypeInfo* failure = nullptr;
    Response (*refuse)(const base::Error&, i18n::Language, std::string_view request_id) = nullptr;
};

/// What the OpenAPI document says of a route beyond its structs, and how the server treats it.
struct RouteDoc {
    std::string_view summary;                ///< One English sentence.
    std::string_view tag;                    ///< Feature name.
    Body body = Body::none;                  ///< Default for POST, PUT, PATCH with a struct: json.
    std::vector<std::string_view> produces;  ///< Content types of a raw Response, e.g.
                                             ///< {"text/csv"}; empty: JSON of the struct.
    std::vector<int> errors;  ///< Statuses beyond the usual 400, 401, 403, 404, 500, 503 (such as
                              ///< 409, 413, 415, 429).
    bool download = false;    ///< A file, of which a part may be asked for (Range).
    bool page = false;   ///< A browser (Accept: text/html) gets the web UI's page here instead of
                         ///< the handler's answer.
    bool quick = false;  ///< Only memory is touched, in microseconds: runs on the network thread.
    bool memory_first =
        false;  ///< Tried on the network thread with Context::memory_only; a handler that must wait
                ///< answers Context::ask_again() and runs once more on the pool.
    std::string_view limit_setting = {};  ///< Of Body::file: largest size, if not that of uploads.
    bool csrf_exempt = false;             ///< Only for routes without a session (sign-in).
    std::string_view action = {};         ///< In the journal, when the derived name would be ugly.
    std::string_view page_file = {};  ///< A page without a handler: whoever asks gets this static
                                      ///< file.
};

/// One row of the route table.
struct Route {
    Method method = Method::get;
    std::string_view literal;  ///< "/api/v1/datasets/{dataset_id}"; one greppable literal.
    Access access;
    RouteDoc doc;
    const base::TypeInfo* request = nullptr;   ///< Members named as path parameters come from the
                                               ///< path, the rest from query (GET, DELETE) or body.
    const base::TypeInfo* response = nullptr;  ///< null: raw Response.
    int success_status = 200;
    std::function<base::Result<Response>(Context&)> handler;
    /// `request` cut in two: the members that the path fills, and the others.
    std::vector<base::FieldInfo> path_fields = {};
    std::vector<base::FieldInfo> other_fields = {};
    const Dialect* dialect = nullptr;

    /// Whether the fields come from the query; else from the body.
    bool reads_query() const {
        return method == Method::get || (method == Method::delete_ && dialect == nullptr);
    }
};

/// Names of the parameters of a literal, in order: "/a/{id}/{name}" -> id, name.
std::vector<std::string_view> parameters_of(std::string_view literal);

/// Fills a request struct from path parameters and query or body. Errors: base.* of the codec,
/// http.unsupported_media_type.
base::Result<void> decode_request(
    const Route& route, Context& context, const base::TypeInfo& type, void* object
);

/// For handlers without parameters.
struct NoRequest {};
CSVA_DESCRIBE(NoRequest)

namespace detail {
template <class T>
struct Answer {
    using Body = T;
    static constexpr int kStatus = 200;
    static Response make(T&& value, base::Writing writing) {
        return Response::json(base::to_json(value, writing));
    }
};
template <class T>
struct Answer<Created<T>> {
    using Body = T;
    static constexpr int kStatus = 201;
    static Response make(Created<T>&& value, base::Writing) {
        return Response::json(base::to_json(value.value), 201)
            .with_header("Location", std::move(value.location));
    }
};
template <class T>
struct Answer<Accepted<T>> {
    using Body = T;
    static constexpr int kStatus = 202;
    static Response make(Accepted<T>&& value, base::Writing) {
        return Response::json(base::to_json(value.value), 202)
            .with_header("Location", std::move(value.location));
    }
};
template <>
struct Answer<NoContent> {
    using Body = void;
    static constexpr int kStatus = 204;
    static Response make(NoContent&&, base::Writing) { return Response::no_content(); }
};
template <>
struct Answer<SeeOther> {
    using Body = void;
    static constexpr int kStatus = 303;
    static Response make(SeeOther&& value, base::Writing) {
        return Response::see_other(std::move(value.location));
    }
};
template <class T, int Status>
struct Answer<Handmade<T, Status>> {
    using Body = T;
    static constexpr int kStatus = Status;
    static Response make(Handmade<T, Status>&& value, base::Writing) {
        return std::move(value.response);
    }
};
template <>
struct Answer<Response> {
    using Body = void;
    static constexpr int kStatus = 200;
    static Response make(Response&& value, base::Writing) { return std::move(value); }
};
}  // namespace detail

/// The table of all routes. Filled once at start by each feature's register function, then only
/// read.
class Routes {
public:
    /// routes.add<Request, Answer>(Method::get, "/api/v1/things/{thing_id}", access, {doc},
    /// handler). Handlers are blocking functions `Result<Answer>(Context&, const Request&)` on a
    /// bounded pool (or the network thread when `quick`); Answer is a described struct, Created<T>,
    /// Accepted<T>, NoContent, SeeOther, Handmade<T> or Response.
    template <class Request, class Ans, class Handler>
    void add(
        Method method, std::string_view literal, Access access, RouteDoc doc, Handler handler
    ) {
        using A = detail::Answer<Ans>;
        Route route{
            method,
            literal,
            access,
            std::move(doc),
            &base::type_of<Request>(),
            nullptr,
            A::kStatus,
            {},
            {},
            {},
            dialect_of(literal)
        };
        if constexpr (!std::is_void_v<typename A::Body>)
            route.response = &base::type_of<typename A::Body>();
        add_route(
            std::move(route),
            [handler](const Route& self, Context& context) -> base::Result<Response> {
                Request request{};
                CHECK_OK(decode_request(self, context, base::type_of<Request>(), &request));
                TRY(Ans answer, handler(context, static_cast<const Request&>(request)));
                return A::make(
                    std::move(answer),
                    self.dialect != nullptr ? base::Writing::present_only
                                            : base::Writing::every_field
                );
            }
        );
    }

    /// A page of the web UI that needs no handler: everybody whom `access` lets in gets `file`.
    void add_page(std::string_view literal, Access access, std::string_view file = "/index.html");

    /// From now on routes whose literal begins with `prefix` speak `dialect`, and so does the
    /// answer to an unknown address there.
    void speak(std::string_view prefix, const Dialect& dialect) {
        dialects_.emplace_back(prefix, &dialect);
    }
    const Dialect* dialect_of(std::string_view path) const;
    /// Addresses that begin with `prefix` are those that begin with `meant`.
    void alias(std::string_view prefix, std::string_view meant) {
        aliases_.emplace_back(prefix, meant);
    }
    /// The path without an alias.
    std::string resolved(std::string_view path) const;

    std::span<const std::unique_ptr<Route>> all() const { return routes_; }

private:
    void add_route(
        Route route, std::function<base::Result<Response>(const Route&, Context&)> handler
    );
    std::vector<std::unique_ptr<Route>> routes_;
    std::vector<std::pair<std::string_view, const Dialect*>> dialects_;
    std::vector<std::pair<std::string_view, std::string_view>> aliases_;
};

}  // namespace csva::http
