#include "foundation/blob/signing.hpp"

#include "foundation/base/clock.hpp"
#include "foundation/base/crypto.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace csva::blob {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";

/// 20261128T123100Z
std::string compact_time(std::int64_t unix_ms) {
    std::string out;
    for (const char c : base::iso_time(unix_ms).substr(0, 19)) {
        if (c != '-' && c != ':') out += c;
    }
    return out + 'Z';
}

std::string name_of(const std::string& header) { return header.substr(0, header.find(':')); }

std::string signing_key(const SigningKeys& keys, std::string_view day) {
    std::string key = "AWS4" + keys.secret_key.reveal();
    for (const std::string_view part :
         {day, keys.region, std::string_view("s3"), std::string_view("aws4_request")})
        key = base::hmac_sha256(key, part);
    return key;
}

}  // namespace

std::vector<std::string> signed_headers(const ToSign& request, const SigningKeys& keys) {
    const std::string time = compact_time(request.at_ms);
    const std::string day = time.substr(0, 8);
    auto headers = request.headers;
    headers.push_back(fmt::format("x-amz-content-sha256: {}", request.body_sha256));
    headers.push_back(fmt::format("x-amz-date: {}", time));
    auto all = headers;
    all.push_back(fmt::format("host: {}", request.host));
    std::ranges::sort(all, {}, name_of);
    std::string lines;
    std::string names;
    for (const auto& header : all) {
        const auto colon = header.find(':');
        lines += header.substr(0, colon + 1) +
                 header.substr(header.find_first_not_of(' ', colon + 1)) + '\n';
        names += (names.empty() ? "" : ";") + header.substr(0, colon);
    }
    const std::string canonical = fmt::format(
        "{}\n{}\n{}\n{}\n{}\n{}",
        request.method,
        request.path,
        request.query,
        lines,
        names,
        request.body_sha256
    );
    const std::string scope = fmt::format("{}/{}/s3/aws4_request", day, keys.region);
    const std::string text =
        fmt::format("{}\n{}\n{}\n{}", kAlgorithm, time, scope, base::sha256_hex(canonical));
    headers.push_back(fmt::format(
        "Authorization: {} Credential={}/{},SignedHeaders={},Signature={}",
        kAlgorithm,
        keys.access_key.reveal(),
        scope,
        names,
        base::hex_of(base::hmac_sha256(signing_key(keys, day), text))
    ));
    return headers;
}

}  // namespace csva::blob
