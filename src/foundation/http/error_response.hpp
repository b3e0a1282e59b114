#pragma once

#include "foundation/base/described.hpp"
#include "foundation/base/error.hpp"
#include "foundation/http/message.hpp"

#include <map>
#include <string>
#include <string_view>

namespace csva::http {

/// The one shape of every failure.
struct Failure {
    std::string kind;
    std::string reason;
    std::string message;
    std::string hint;
    std::map<std::string, base::Cell> details;
    std::string request_id;
};
CSVA_DESCRIBE(Failure, kind, reason, message, hint, details, request_id)
CSVA_NOTES(
    Failure,
    {.field = "kind", .text = "One of ten kinds: invalid_argument, not_found, ..."},
    {.field = "reason", .text = "Stable name for programs: <feature>.<name>."},
    {.field = "message", .text = "What happened, in the caller's language."},
    {.field = "hint", .text = "The way out; may be empty."},
    {.field = "details", .text = "Named facts: a field, a limit, a line."},
    {.field = "request_id", .text = "Stands in the log of the service too."}
)

struct FailureAnswer {
    Failure error;
};
CSVA_DESCRIBE(FailureAnswer, error)

/// Status of a failure. The only place where failures meet HTTP statuses.
int status_of(const base::Error& error);

/// The answer for a failure, in one language. Never holds `internal`.
Response error_response(
    const base::Error& error, i18n::Language language, std::string_view request_id
);

}  // namespace csva::http
