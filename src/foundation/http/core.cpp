#include "foundation/http/core.hpp"

#include "foundation/base/crypto.hpp"
#include "foundation/base/log.hpp"
#include "foundation/http/error_response.hpp"
#include "foundation/http/guard.hpp"
#include "foundation/http/text.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <exception>

namespace csva::http {
namespace {

using base::ErrorKind;

/// What takes longer to parse is none of a network thread's business.
constexpr std::size_t kMemoryBodyMax = 16384;

bool sane_id(std::string_view id) {
    return !id.empty() && id.size() <= 64 && std::ranges::all_of(id, [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.';
    });
}

std::string allow_of(const Router::Found& found) {
    std::string allow;
    for (const auto* route : found.by_method) {
        if (route == nullptr) continue;
        if (!allow.empty()) allow += ", ";
        allow += name_of(route->method);
        if (route->method == Method::get) allow += ", HEAD";
    }
    return allow;
}

bool is_form(const RequestHead& head) {
    return equal_ignoring_case(head.media_type(), "application/x-www-form-urlencoded");
}

std::int64_t object_id_of(const Exchange& exchange) {
    const auto name = exchange.route->access.parameter;
    for (const auto& [key, value] : exchange.context.path_parameters) {
        if (key != name) continue;
        std::int64_t id = 0;
        const auto* end = value.data() + value.size();
        const auto [at, code] = std::from_chars(value.data(), end, id);
        return code == std::errc{} && at == end ? id : -1;
    }
    return 0;
}

}  // namespace

namespace {
/// Blocks that uploads write at a time; a longer queue would only hide a slow disk.
constexpr std::size_t kDiskThreads = 4;
constexpr std::size_t kDiskQueue = 64;
}  // namespace

Core::Core(ServerParts server_parts)
    : parts(server_parts),
      limits(parts.settings),
      router(parts.routes),
      files(parts.web),
      in_flight(parts.metrics.gauge("csva_http_requests_in_flight", "Requests being answered.")),
      connections(parts.metrics.gauge("csva_http_connections", "Open connections.")),
      disk("http.disk", kDiskThreads, kDiskQueue),
      pool("http.handler", limits.handler_threads, limits.queue_max) {
    for (const auto& route : parts.routes.all()) series_[route.get()];
    series_[nullptr];
}

// Ids need to be unlike each other, not secret: a random start and a counter.
std::string Core::next_request_id() {
    static const std::string prefix = base::random_hex(6);
    static std::atomic<std::uint64_t> count = 0;
    return prefix + "-" + std::to_string(count.fetch_add(1, std::memory_order_relaxed));
}

base::Result<std::optional<Response>> Core::open(Exchange& exchange, const ParsedRequest& request) {
    auto& context = exchange.context;
    const auto wished_id = context.head.header("x-request-id");
    if (sane_id(wished_id)) context.request_id = wished_id;
    context.language = i18n::language_from(context.head.header("accept-language"));
    apply_proxy_headers(context.head, limits);
    CHECK_OK(check_host(context.head, limits));
    exchange.raw_path = parts.routes.resolved(request.raw_path);
    auto found = router.find(exchange.raw_path);
    if (!found) {
        if (auto file = files.find(context.head)) return file;
        exchange.api_client = !context.head.wants_html() || context.head.path.starts_with("/api/");
        return base::fail(ErrorKind::not_found, "http.no_such_address");
    }
    const auto* route = found->by_method[static_cast<std::size_t>(context.head.method)];
    if (!request.known_method || route == nullptr)
        return base::fail(
            ErrorKind::invalid_argument, "http.method_not_allowed", {{"allowed", allow_of(*found)}}
        );
    exchange.route = route;
    context.route = route->literal;
    context.path_parameters = std::move(found->parameters);
    exchange.api_client = !(route->doc.page && context.head.wants_html());
    TRY(context.head.query, parse_pairs(request.raw_query));
    CHECK_OK(check_site(context.head));
    CHECK_OK(check_body(exchange));
    context.from_form = exchange.has_body && route->doc.body == Body::json_or_form &&
                        !equal_ignoring_case(context.head.media_type(), "application/json");
    return std::nullopt;
}

base::Result<void> Core::check_body(const Exchange& exchange) const {
    const auto body = exchange.route->doc.body;
    const auto& head = exchange.context.head;
    const auto type = head.media_type();
    const bool multipart = equal_ignoring_case(type, "multipart/form-data");
    const auto wrong = [&](std::string expected) {
        return base::fail(
            ErrorKind::invalid_argument,
            "http.unsupported_media_type",
            {{"expected", std::move(expected)}}
        );
    };
    if (body == Body::multipart && exchange.has_body && !multipart)
        return wrong("multipart/form-data");
    const bool empty_ok = !exchange.has_body && type.empty();
    const bool json = equal_ignoring_case(type, "application/json") || empty_ok;
    if (body == Body::json && !json) return wrong("application/json");
    if (body == Body::json_or_csv && !json && !head.is_csv())
        return wrong("application/json, text/csv");
    if (body == Body::json_or_form && !json && !is_form(head) && !multipart)
        return wrong("application/json, application/x-www-form-urlencoded");
    const bool large = body == Body::file || (multipart && body != Body::json);
    const auto largest_file = file_limit(exchange);
    const auto limit = large ? largest_file + 2 * limits.body_bytes : limits.body_bytes;
    if (exchange.length && *exchange.length > limit)
        return base::fail(
            ErrorKind::too_large,
            large ? "http.file_too_large" : "http.body_too_large",
            {{"limit_bytes", static_cast<std::int64_t>(large ? largest_file : limits.body_bytes)}}
        );
    return {};
}

std::uint64_t Core::file_limit(const Exchange& exchange) const {
    const auto setting = exchange.route->doc.limit_setting;
    if (setting.empty()) return limits.upload_bytes;
    return static_cast<std::uint64_t>(parts.settings.integer(setting));
}

std::optional<base::Result<Actor>> Core::identify_quickly(const Exchange& exchange) {
    const auto& head = exchange.context.head;
    const bool open = exchange.route->access.kind == Access::Kind::open;
    if (open && head.header("authorization").empty() && head.header("cookie").empty())
        return Actor{};
    return parts.authenticator.identify_quickly(head);
}

base::Result<void> Core::admit(Exchange& exchange, std::optional<base::Result<Actor>> identified) {
    auto done = let_in(exchange, std::move(identified));
    // A database that is away is no refusal.
    exchange.refused = !done && done.error().kind != ErrorKind::unavailable;
    return done;
}

base::Result<void> Core::let_in(Exchange& exchange, std::optional<base::Result<Actor>> identified) {
    auto& context = exchange.context;
    const auto& route = *exchange.route;
    auto actor = identified ? std::move(*identified) : parts.authenticator.identify(context.head);
    Access access = route.access;
    if (access.kind == Access::Kind::open && !access.setting.empty() &&
        !parts.settings.boolean(access.setting))
        access = access::own_account();
    const bool open = access.kind == Access::Kind::open;
    if (!actor && !(open && actor.error().kind != ErrorKind::unavailable))
        return std::unexpected(actor.error());
    if (actor) context.actor = std::move(*actor);
    if (context.actor.language_chosen) context.language = context.actor.language;
    if (!open)
        CHECK_OK(parts.authenticator.authorize(context.actor, access, object_id_of(exchange)));
    const bool session = context.actor.via == Via::session;
    if (context.head.method == Method::get || !session || route.doc.csrf_exempt) return {};
    const bool form = context.from_form || route.doc.body == Body::multipart;
    if (form && context.head.header("x-csrftoken").empty()) {
        exchange.csrf_pending = true;
        return {};
    }
    return parts.authenticator.check_csrf(context.actor, context.head, {});
}

base::Result<void> Core::check_form_token(Exchange& exchange) {
    if (!exchange.csrf_pending) return {};
    std::string_view token;
    for (const auto& [name, value] : exchange.context.form)
        if (name == "csrfmiddlewaretoken") token = value;
    CHECK_OK(parts.authenticator.check_csrf(exchange.context.actor, exchange.context.head, token));
    exchange.csrf_pending = false;
    return {};
}

base::Result<void> Core::take_body(Exchange& exchange) {
    auto& context = exchange.context;
    if (!context.from_form || !is_form(context.head)) return {};
    TRY(context.form, parse_pairs(context.body));
    context.body.clear();
    return {};
}

Response Core::run(Exchange& exchange) {
    try {
        const bool get = exchange.context.head.method == Method::get;
        if (get && (!exchange.api_client || !exchange.route->doc.page_file.empty()))
            return page(exchange, 200);
        auto answer = exchange.route->handler(exchange.context);
        return answer ? std::move(*answer) : refuse(exchange, answer.error());
    } catch (const std::exception& error) {
        return refuse(exchange, base::internal_error(error.what()));
    } catch (...) {
        return refuse(exchange, base::internal_error("unknown exception"));
    }
}

std::optional<Response> Core::run_from_memory(
    Exchange& exchange, const std::optional<base::Result<Actor>>& identified
) {
    auto& context = exchange.context;
    const bool fits =
        identified && *identified && !context.from_form && context.body.size() <= kMemoryBodyMax;
    if (!fits || !exchange.route->doc.memory_first) return std::nullopt;
    context.actor = **identified;
    if (context.actor.language_chosen) context.language = context.actor.language;
    const auto allowed = parts.authenticator.authorize_quickly(
        context.actor, exchange.route->access, object_id_of(exchange)
    );
    if (!allowed || !*allowed) return std::nullopt;
    if (!parts.authenticator.check_csrf(context.actor, context.head, {})) return std::nullopt;
    context.memory_only = true;
    auto response = run(exchange);
    context.memory_only = false;
    if (std::exchange(context.not_in_memory, false)) return std::nullopt;
    return response;
}

Response Core::page(const Exchange& exchange, int status) {
    const bool own = exchange.route != nullptr && !exchange.route->doc.page_file.empty();
    auto response =
        files.page(own ? std::string(exchange.route->doc.page_file) : "/index.html", status);
    // Open to everybody and yet not the same for all: its address is a secret, which nothing keeps.
    const bool secret = exchange.route != nullptr &&
                        exchange.route->access.kind == Access::Kind::open &&
                        !exchange.context.path_parameters.empty();
    if (secret)
        for (auto& [name, value] : response.headers)
            if (name == "Cache-Control") value = "no-store";
    return response;
}

Response Core::refuse(Exchange& exchange, const base::Error& error) {
    const auto& context = exchange.context;
    exchange.reason = error.reason;
    exchange.refused |= error.kind == ErrorKind::unauthenticated ||
                        error.kind == ErrorKind::forbidden || error.kind == ErrorKind::rate_limited;
    // Only what is not the caller's fault wakes somebody.
    const bool ours = error.kind == ErrorKind::internal || error.kind == ErrorKind::unavailable;
    if (!error.internal.empty())
        base::log(
            ours ? base::LogLevel::error : base::LogLevel::info,
            "request_failed",
            {{"request_id", context.request_id},
             {"reason", error.reason},
             {"internal", error.internal}}
        );
    const int status = status_of(error);
    const bool page_route = exchange.route != nullptr && exchange.route->doc.page;
    if (status == 401 && page_route && context.head.header("authorization").empty()) {
        const bool get = context.head.method == Method::get;
        Response redirect = Response::see_other(
            "/login/" + (get ? "?next=" + percent_encode(context.head.target, "/") : std::string())
        );
        if (get) redirect.status = 302;
        return redirect.with_header("Cache-Control", "no-store");
    }
    if (!exchange.api_client && context.head.method == Method::get) return page(exchange, status);
    const auto* dialect = exchange.route != nullptr ? exchange.route->dialect
                                                    : parts.routes.dialect_of(exchange.raw_path);
    auto response = dialect != nullptr
                        ? dialect->refuse(error, context.language, context.request_id)
                        : error_response(error, context.language, context.request_id);
    if (status == 405)
        for (const auto& detail : error.details)
            response.with_header("Allow", std::get<std::string>(detail.value));
    return response;
}

base::Metrics::Histogram& Core::series(const Exchange& exchange, int status) {
    const auto status_class = static_cast<std::size_t>(std::clamp(status / 100, 1, 5));
    auto& slot = series_.find(exchange.route)->second.by_class[status_class];
    if (auto* known = slot.load(std::memory_order_acquire)) return *known;
    const auto method = exchange.route != nullptr ? name_of(exchange.route->method) : "other";
    auto& made = parts.metrics.histogram(
        "http_server_request_duration_seconds",
        "Time from a request's header to the end of its answer.",
        base::http_duration_bounds_s(),
        {{"method", std::string(method)},
         {"route", std::string(exchange.route != nullptr ? exchange.route->literal : "unmatched")},
         {"status_class", std::to_string(status_class) + "xx"}}
    );
    slot.store(&made, std::memory_order_release);
    return made;
}

void Core::tell_witness(const Exchange& exchange, int status) const {
    const bool unsafe = exchange.route != nullptr && exchange.context.head.method != Method::get;
    const bool signed_in = exchange.context.noted.actor_id != 0;
    // A visitor who is shown the way to the sign-in page has tried nothing.
    const bool refused = exchange.refused && (unsafe || status >= 400);
    if (!unsafe && !signed_in && !refused && status < 500) return;
    parts.witness->saw({exchange.route, exchange.context, status, exchange.reason, refused});
}

void Core::finish(const Exchange& exchange, int status, std::uint64_t bytes) {
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - exchange.started;
    series(exchange, status).observe(taken.count());
    if (parts.witness != nullptr) tell_witness(exchange, status);
    if (!limits.access_log) return;
    base::log(
        base::LogLevel::info,
        "request",
        {{"request_id", exchange.context.request_id},
         {"method", name_of(exchange.context.head.method)},
         {"route", exchange.route != nullptr ? exchange.route->literal : "unmatched"},
         {"status", static_cast<std::int64_t>(status)},
         {"network", network_of(exchange.context.head.remote_address)},
         {"ms", taken.count() * 1000},
         {"bytes", static_cast<std::int64_t>(bytes)}}
    );
}

}  // namespace csva::http
