#pragma once

#include "foundation/base/result.hpp"
#include "foundation/http/message.hpp"
#include "foundation/http/settings.hpp"

namespace csva::http {

/// Believes X-Forwarded-For and X-Forwarded-Proto when the peer is a trusted proxy; marks any
/// forwarded request.
void apply_proxy_headers(RequestHead& head, const Limits& limits);

/// Errors: http.host_not_allowed. Loopback names and plain addresses are always allowed: neither
/// can be bound to another address by a hostile name server.
base::Result<void> check_host(const RequestHead& head, const Limits& limits);

/// Unsafe methods must not come from another site's page. Errors: http.cross_site.
base::Result<void> check_site(const RequestHead& head);

}  // namespace csva::http
