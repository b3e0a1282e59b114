#pragma once

#include "foundation/base/result.hpp"
#include "foundation/base/secret.hpp"

#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

/// HTTP calls that the service makes itself, to servers that its operator named.
namespace csva::client {

/// How the calls sign in; all empty: not at all. The token wins.
struct Credentials {
    std::string user;
    base::Secret password;
    base::Secret token;
};

struct Call {
    std::string method = "GET";
    std::string url;
    std::string json;            ///< Body; empty: none.
    std::string form;            ///< Body of pairs (RFC 1866), in place of `json`.
    std::filesystem::path file;  ///< Body of a PUT, in place of `json`.
};

struct Answer {
    long status = 0;
    std::string body;
};

/// One connection that is kept; libcurl behind it, opened at first use so that nobody else pays for
/// it. Follows no redirect, checks certificates, gives up on a peer that is silent for 30 s. One
/// thread at a time.
class Client {
public:
    /// Errors: base.internal when the library is missing.
    static base::Result<std::unique_ptr<Client>> make(Credentials credentials);
    virtual ~Client() = default;
    /// Any status is an answer. Errors: of kind unavailable when none came, or when `stop` was
    /// asked for.
    virtual base::Result<Answer> send(const Call& call, const std::stop_token& stop) = 0;
};

/// The text as one segment of a path or as a value of a query.
std::string escaped(std::string_view text);

}  // namespace csva::client
