#include "foundation/http/guard.hpp"

#include "foundation/http/text.hpp"

#include <algorithm>

namespace csva::http {
namespace {

bool trusted(std::string_view address, const Limits& limits) {
    return std::ranges::any_of(limits.trusted_proxies, [&](const std::string& network) {
        return address_in(address, network);
    });
}

bool is_address(std::string_view host) {
    return address_in(host, "0.0.0.0/0") || address_in(host, "::/0");
}

}  // namespace

void apply_proxy_headers(RequestHead& head, const Limits& limits) {
    head.forwarded = std::ranges::any_of(head.headers, [](const auto& field) {
        return field.first == "forwarded" || field.first.starts_with("x-forwarded-");
    });
    if (!head.forwarded || !trusted(head.remote_address, limits)) return;
    // The last address that no proxy of ours has added is the client's.
    auto chain = list_of(head.header("x-forwarded-for"));
    while (!chain.empty()) {
        const auto address = host_without_port(
            std::ranges::count(chain.back(), ':') > 1 ? "[" + std::string(chain.back()) + "]"
                                                      : std::string(chain.back())
        );
        if (!is_address(address)) break;
        head.remote_address = address;
        if (!trusted(address, limits)) break;
        chain.pop_back();
    }
    const auto scheme = head.header("x-forwarded-proto");
    if (scheme == "http" || scheme == "https") head.scheme = scheme;
}

base::Result<void> check_host(const RequestHead& head, const Limits& limits) {
    const auto host = host_without_port(head.host);
    if (host == "localhost" || host.ends_with(".localhost") || is_address(host) || host.empty())
        return {};
    for (const auto& allowed : limits.allowed_hosts) {
        if (allowed == "*" || allowed == host) return {};
        if (allowed.starts_with('.') && (host.ends_with(allowed) || host == allowed.substr(1)))
            return {};
    }
    return base::fail(base::ErrorKind::invalid_argument, "http.host_not_allowed");
}

base::Result<void> check_site(const RequestHead& head) {
    if (head.method == Method::get) return {};
    const auto foreign = [] { return base::fail(base::ErrorKind::forbidden, "http.cross_site"); };
    const auto site = head.header("sec-fetch-site");
    if (!site.empty() && site != "same-origin" && site != "none") return foreign();
    const auto origin = head.header("origin");
    if (origin.empty()) return {};
    const auto scheme_end = origin.find("://");
    if (scheme_end == std::string_view::npos) return foreign();
    if (!equal_ignoring_case(origin.substr(scheme_end + 3), head.host)) return foreign();
    return {};
}

}  // namespace csva::http
