#pragma once

#include "foundation/base/result.hpp"
#include "foundation/http/message.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace csva::http {

/// Small pure functions over the texts of HTTP. All are total: hostile input gives an error or an
/// empty answer, never more than linear time.

bool is_utf8(std::string_view text);
/// ASCII only; other bytes stay.
std::string lower(std::string_view text);
bool equal_ignoring_case(std::string_view a, std::string_view b);
std::string_view trimmed(std::string_view text);

/// Nothing for a broken escape, a NUL or bytes that are not UTF-8. `plus_is_space` as in forms.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space);
/// Escapes all but unreserved characters and those of `keep`.
std::string percent_encode(std::string_view text, std::string_view keep = {});

/// Pairs of a query or of a form body, decoded. Errors: http.bad_encoding.
base::Result<Pairs> parse_pairs(std::string_view text);

/// The comma-separated members of a header value, trimmed, in order.
std::vector<std::string_view> list_of(std::string_view value);

/// `name` of `value; name=parameter; other="quoted"`, unquoted; nothing when absent.
std::optional<std::string> parameter_of(std::string_view header, std::string_view name);

/// Quality of `token` in an Accept or Accept-Encoding header (0 when not accepted). A `*` (or `*/*`
/// and `type/*`) counts when the token itself is absent.
double quality_of(std::string_view header, std::string_view token);

/// A host without its port, in lower case: "localhost:8000" -> "localhost", "[::1]:80" -> "::1".
std::string host_without_port(std::string_view host);

/// The network of an address, for lists and logs that outlive its need: 203.0.113.0/24,
/// 2001:db8:1::/48; "" for what is no address.
std::string network_of(std::string_view address);

/// "2001:db8::1" in "2001:db8::/32"; a bare address matches itself.
bool address_in(std::string_view address, std::string_view network);

/// Where links begin: `configured` (http.public_url) without a last slash, or `own` when it is
/// empty.
std::string public_base(std::string_view configured, std::string_view own);

}  // namespace csva::http
