#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace csva::base {

/// The ten protocol-neutral kinds of failure. `http/error_response.cpp` maps them to statuses.
enum class ErrorKind : std::uint8_t {
    invalid_argument,
    unauthenticated,
    forbidden,
    not_found,
    conflict,
    gone,
    too_large,
    rate_limited,
    unavailable,
    internal,
};

/// snake_case name of a kind, as it stands in the JSON answer.
std::string_view name_of(ErrorKind kind);

/// One named fact about a failure: a row, a column, a limit. It fills `{name}` in the message and
/// is sent to the client under `details`, so it must never hold a secret or a cell value.
struct ErrorDetail {
    std::string name;
    std::variant<std::string, std::int64_t, double> value;
};

/// An expected failure. Carries no sentence of its own: the sentence and the way out are looked up
/// in `locales/<feature>.{en,fr}.json` under `errors.<name>.message` and `.hint`, where `reason` is
/// `<feature>.<name>`. `internal` is for the log only and never reaches a client.
struct Error {
    ErrorKind kind = ErrorKind::internal;
    std::string reason;
    std::vector<ErrorDetail> details;
    std::string internal;

    Error() = default;
    Error(ErrorKind error_kind, std::string_view error_reason)
        : kind(error_kind), reason(error_reason) {}
    Error(
        ErrorKind error_kind, std::string_view error_reason, std::vector<ErrorDetail> error_details
    )
        : kind(error_kind), reason(error_reason), details(std::move(error_details)) {}

    /// The same error with a text for the log.
    [[nodiscard]] Error with_internal(std::string text) && {
        internal = std::move(text);
        return std::move(*this);
    }
};

/// A failure nobody expected: reason `base.internal`, with `text` for the log.
Error internal_error(std::string text);

}  // namespace csva::base
