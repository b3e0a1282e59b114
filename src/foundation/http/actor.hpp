#pragma once

#include "foundation/base/described.hpp"
#include "foundation/i18n/catalogue.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace csva::http {

/// How a caller proved who it is. `inbox` is the anonymous upload from this very machine.
enum class Via : std::uint8_t { none, session, token, inbox };

/// Who makes a request. Filled by the authentication hook; `user_id` 0 is nobody.
struct Actor {
    std::int64_t user_id = 0;
    std::string name;
    bool administrator = false;
    bool operates =
        false;  ///< Runs the service and may read nobody's data, whatever a project says.
    Via via = Via::none;
    std::int64_t credential_id = 0;   ///< Session or token id.
    std::string csrf_token;           ///< Of the session; empty for tokens.
    std::vector<std::string> scopes;  ///< Of a token; a session has all.
    i18n::Language language = i18n::Language::en;
    bool language_chosen = false;  ///< The user set one; else Accept-Language decides.
};

/// What one may do to an object of a project: a viewer reads, an editor writes, an owner manages.
enum class Right : std::uint8_t { read, write, manage };
CSVA_DESCRIBE_ENUM(Right, read, write, manage)

/// The access a route demands. Mandatory for every route: the route list is the permission list.
struct Access {
    enum class Kind : std::uint8_t { open, signed_in, service, administrator, object };
    Kind kind = Kind::administrator;
    std::string_view object;  ///< Kind of object ("dataset", "model", ...), resolved to its project
                              ///< by its feature. Of signed_in: "account" or "inbox".
    Right right = Right::read;
    std::string_view parameter;  ///< Path parameter that holds the object's id.
    std::string_view setting;    ///< For open routes: boolean setting that closes it to anonymous
                                 ///< visitors when false.
};

namespace access {
constexpr Access open(std::string_view setting = {}) {
    return {Access::Kind::open, {}, Right::read, {}, setting};
}
/// Not for operators: what is behind it may be data.
constexpr Access signed_in(Right right = Right::read) {
    return {Access::Kind::signed_in, {}, right, {}, {}};
}
/// Signed in, operators too: it is about the caller's own account alone.
constexpr Access own_account(Right right = Right::read) {
    return {Access::Kind::signed_in, "account", right, {}, {}};
}
/// Signed in, or the anonymous upload from this very machine (Via::inbox).
constexpr Access signed_in_or_inbox() {
    return {Access::Kind::signed_in, "inbox", Right::write, {}, {}};
}
/// Running the service: administrators and operators. Nothing behind it may show data.
constexpr Access service() { return {Access::Kind::service, {}, Right::manage, {}, {}}; }
constexpr Access administrator() {
    return {Access::Kind::administrator, {}, Right::manage, {}, {}};
}
constexpr Access object(std::string_view kind, Right right, std::string_view parameter) {
    return {Access::Kind::object, kind, right, parameter, {}};
}
}  // namespace access

}  // namespace csva::http
