#include "foundation/http/error_response.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace csva::http {
namespace {

/// Failures of the protocol itself, which has finer statuses than the ten kinds.
constexpr std::array<std::pair<std::string_view, int>, 7> kProtocolStatuses = {{
    {"http.method_not_allowed", 405},
    {"http.request_timeout", 408},
    {"http.host_not_allowed", 421},
    {"http.unsupported_media_type", 415},
    {"http.range_not_satisfiable", 416},
    {"http.headers_too_large", 431},
    {"http.unsupported_transfer_encoding", 501},
}};

int status_of(base::ErrorKind kind) {
    switch (kind) {
        case base::ErrorKind::invalid_argument:
            return 400;
        case base::ErrorKind::unauthenticated:
            return 401;
        case base::ErrorKind::forbidden:
            return 403;
        case base::ErrorKind::not_found:
            return 404;
        case base::ErrorKind::conflict:
            return 409;
        case base::ErrorKind::gone:
            return 410;
        case base::ErrorKind::too_large:
            return 413;
        case base::ErrorKind::rate_limited:
            return 429;
        case base::ErrorKind::unavailable:
            return 503;
        case base::ErrorKind::internal:
            return 500;
    }
    return 500;
}

base::Cell cell_of(const base::ErrorDetail& detail) {
    if (const auto* text = std::get_if<std::string>(&detail.value))
        return {base::Cell::Kind::text, *text, 0};
    if (const auto* integer = std::get_if<std::int64_t>(&detail.value))
        return {base::Cell::Kind::number, std::to_string(*integer), static_cast<double>(*integer)};
    const double number = std::get<double>(detail.value);
    std::string text;
    base::encode_number(text, number);
    return {base::Cell::Kind::number, std::move(text), number};
}

}  // namespace

int status_of(const base::Error& error) {
    for (const auto& [reason, status] : kProtocolStatuses)
        if (reason == error.reason) return status;
    return status_of(error.kind);
}

Response error_response(
    const base::Error& error, i18n::Language language, std::string_view request_id
) {
    auto sentence = i18n::sentence(error, language);
    FailureAnswer answer{
        {std::string(base::name_of(error.kind)),
         error.reason,
         std::move(sentence.message),
         std::move(sentence.hint),
         {},
         std::string(request_id)}
    };
    std::string retry_after_s = "1";
    for (const auto& detail : error.details) {
        answer.error.details[detail.name] = cell_of(detail);
        if (detail.name == "retry_after_s") retry_after_s = answer.error.details[detail.name].text;
    }
    const int status = status_of(error);
    auto response = Response::json(base::to_json(answer), status)
                        .with_header("Content-Language", std::string(i18n::name_of(language)))
                        .with_header("Cache-Control", "no-store");
    if (status == 401) response.with_header("WWW-Authenticate", "Bearer");
    if (status == 503 || status == 429) response.with_header("Retry-After", retry_after_s);
    return response;
}

}  // namespace csva::http
