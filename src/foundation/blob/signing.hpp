#pragma once

#include "foundation/base/secret.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace csva::blob {

/// A request as it is signed.
struct ToSign {
    std::string_view method;
    std::string_view host;             ///< As the Host header has it.
    std::string_view path;             ///< Escaped.
    std::string_view query;            ///< Escaped, each name with a `=`, sorted.
    std::vector<std::string> headers;  ///< "name: value", names in lower case; all are signed.
    std::string_view body_sha256;
    std::int64_t at_ms = 0;
};

struct SigningKeys {
    std::string_view region;
    const base::Secret& access_key;
    const base::Secret& secret_key;
};

/// The headers to send: those given, x-amz-date, x-amz-content-sha256 and Authorization.
/// Source: AWS Signature Version 4 for the service `s3`, one chunk. Check: the example of its
/// documentation. libcurl's own signature of 7.88 leaves notes (x-amz-meta-*) out or wrong.
std::vector<std::string> signed_headers(const ToSign& request, const SigningKeys& keys);

}  // namespace csva::blob
