#pragma once

#include "foundation/base/result.hpp"
#include "foundation/base/secret.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

/// HTTP calls that the service makes itself, to servers that its operator named.
namespace csva::client {

/// How the calls sign in; all empty: not at all. The token wins.
struct Credentials {
    std::string user;
    base::Secret password;
    base::Secret token;
    std::string ca_file;  ///< Certificates to trust instead of the system's; empty: the system's.
};

struct Call {
    std::string method = "GET";
    std::string url;
    std::string json;            ///< Body; empty: none.
    std::string text;            ///< Body of no declared type, in place of `json`.
    std::string form;            ///< Body of pairs (RFC 1866), in place of `json`.
    std::filesystem::path file;  ///< Body of a PUT, in place of `json`.
    std::uint64_t file_begin = 0;
    std::optional<std::uint64_t> file_bytes;  ///< That many from `file_begin`; nothing: the rest.
    std::vector<std::string> headers;         ///< "Name: value"
    /// Where the body of a 2xx answer goes, in place of Answer::body; made or emptied.
    std::filesystem::path into;
};

struct Answer {
    long status = 0;
    std::string body;
    std::map<std::string, std::string, std::less<>> headers;  ///< Names in lower case.
    std::string sha256;                                       ///< Of what went into `Call::into`.

    bool ok() const { return status >= 200 && status < 300; }
    /// Empty when it did not come.
    std::string_view header(std::string_view name) const {
        const auto found = headers.find(name);
        return found == headers.end() ? std::string_view() : std::string_view(found->second);
    }
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
    /// asked for; base.disk_full, base.file_unwritable for `into`.
    virtual base::Result<Answer> send(const Call& call, const std::stop_token& stop) = 0;
};

/// The text as one segment of a path or as a value of a query.
std::string escaped(std::string_view text);

}  // namespace csva::client
