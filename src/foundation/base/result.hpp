#pragma once

#include "foundation/base/error.hpp"

#include <expected>
#include <utility>

namespace csva::base {

/// The only way to report an expected failure.
template <class T>
using Result = std::expected<T, Error>;

/// Shorthand: `return fail(ErrorKind::not_found, "datasets.not_found");`
template <class... Args>
[[nodiscard]] std::unexpected<Error> fail(Args&&... args) {
    return std::unexpected<Error>(Error(std::forward<Args>(args)...));
}
[[nodiscard]] inline std::unexpected<Error> fail(
    ErrorKind kind, std::string_view reason, std::vector<ErrorDetail> details
) {
    return std::unexpected<Error>(Error(kind, reason, std::move(details)));
}

}  // namespace csva::base

#define CSVA_CONCAT_INNER(a, b) a##b
#define CSVA_CONCAT(a, b) CSVA_CONCAT_INNER(a, b)

/// TRY(auto x, expression): takes the value of a Result or returns its error.
#define TRY(declaration, ...)                                                          \
    auto CSVA_CONCAT(try_result_, __LINE__) = (__VA_ARGS__);                           \
    if (!CSVA_CONCAT(try_result_, __LINE__))                                           \
        return std::unexpected(std::move(CSVA_CONCAT(try_result_, __LINE__)).error()); \
    declaration = std::move(*CSVA_CONCAT(try_result_, __LINE__))

/// CHECK_OK(expression): returns the error of a Result<void> (or of a Result whose value is not
/// needed).
#define CHECK_OK(...)                                                           \
    do {                                                                        \
        auto try_result = (__VA_ARGS__);                                        \
        if (!try_result) return std::unexpected(std::move(try_result).error()); \
    } while (false)

/// The same two inside a coroutine.
#define CO_TRY(declaration, ...)                                                          \
    auto CSVA_CONCAT(try_result_, __LINE__) = (__VA_ARGS__);                              \
    if (!CSVA_CONCAT(try_result_, __LINE__))                                              \
        co_return std::unexpected(std::move(CSVA_CONCAT(try_result_, __LINE__)).error()); \
    declaration = std::move(*CSVA_CONCAT(try_result_, __LINE__))
