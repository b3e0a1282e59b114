#include "foundation/http/request_parser.hpp"

#include "foundation/http/text.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>

#include <array>
#include <charconv>
#include <utility>

namespace csva::http {
namespace {

namespace beast = boost::beast;

std::unexpected<base::Error> bad(std::string why) {
    return std::unexpected(base::Error(base::ErrorKind::invalid_argument, "http.bad_request")
                               .with_internal(std::move(why)));
}

bool set_method(ParsedRequest& request) {
    static constexpr std::array<std::pair<std::string_view, Method>, 6> kMethods = {{
        {"GET", Method::get},
        {"HEAD", Method::get},
        {"POST", Method::post},
        {"PUT", Method::put},
        {"PATCH", Method::patch},
        {"DELETE", Method::delete_},
    }};
    for (const auto& [name, method] : kMethods) {
        if (request.method != name) continue;
        request.head.method = method;
        request.head.head_only = name == "HEAD";
        request.known_method = true;
    }
    return request.known_method;
}

base::Result<void> set_target(ParsedRequest& request) {
    std::string_view target = request.head.target;
    if (target.starts_with("http://") || target.starts_with("https://")) {
        const auto slash = target.find('/', target.find("://") + 3);
        target = slash == std::string_view::npos ? "/" : target.substr(slash);
    }
    if (!target.starts_with('/')) return bad("target");
    const auto question = target.find('?');
    request.raw_path = target.substr(0, question);
    auto path = percent_decode(request.raw_path, false);
    if (!path) return base::fail(base::ErrorKind::invalid_argument, "http.bad_encoding");
    request.head.path = std::move(*path);
    if (question != std::string_view::npos) request.raw_query = target.substr(question + 1);
    return {};
}

base::Result<void> set_framing(ParsedRequest& request, bool old_version) {
    int hosts = 0;
    int lengths = 0;
    bool chunked = false;
    for (const auto& [name, value] : request.head.headers) {
        hosts += name == "host" ? 1 : 0;
        if (name == "transfer-encoding") {
            if (!equal_ignoring_case(value, "chunked") || chunked || old_version)
                return base::fail(
                    base::ErrorKind::invalid_argument, "http.unsupported_transfer_encoding"
                );
            chunked = true;
        }
        if (name == "content-length") {
            std::uint64_t length = 0;
            const auto* end = value.data() + value.size();
            const auto [at, code] = std::from_chars(value.data(), end, length);
            if (code != std::errc{} || at != end || ++lengths > 1) return bad("content-length");
            request.length = length;
        }
        if (name == "expect") {
            if (!equal_ignoring_case(value, "100-continue")) return bad("expect");
            request.expects_continue = true;
        }
    }
    if (hosts > 1 || (hosts == 0 && !old_version)) return bad("host");
    if (chunked && lengths > 0) return bad("both lengths");
    if (chunked) request.body = BodyDecoder::chunked();
    if (request.length) request.body = BodyDecoder::with_length(*request.length);
    request.has_body = !request.body.done();
    return {};
}

}  // namespace

i18n::Language wished_language(std::string_view text) {
    constexpr std::string_view kName = "accept-language";
    while (!text.empty()) {
        const auto line = text.substr(0, text.find_first_of("\r\n"));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        const auto colon = line.find(':');
        if (colon != std::string_view::npos && equal_ignoring_case(line.substr(0, colon), kName))
            return i18n::language_from(trimmed(line.substr(colon + 1)));
    }
    return i18n::Language::en;
}

base::Result<ParsedRequest> parse_request(std::string_view text) {
    beast::http::request_parser<beast::http::empty_body> parser;
    parser.header_limit(static_cast<std::uint32_t>(text.size() + 1));
    parser.body_limit(boost::none);
    beast::error_code code;
    parser.put(boost::asio::const_buffer(text.data(), text.size()), code);
    if (code && code != beast::http::error::need_more) return bad(code.message());
    if (!parser.is_header_done()) return bad("unfinished header");
    const auto& message = parser.get();
    if (text.find("\n ") != std::string_view::npos || text.find("\n\t") != std::string_view::npos)
        return bad("folded line");
    ParsedRequest request;
    request.method = message.method_string();
    set_method(request);
    request.head.target = message.target();
    request.head.headers.reserve(8);
    for (const auto& field : message)
        request.head.headers.emplace_back(lower(field.name_string()), std::string(field.value()));
    request.head.host = request.head.header("host");
    request.keep_alive = message.keep_alive();
    CHECK_OK(set_target(request));
    CHECK_OK(set_framing(request, message.version() < 11));
    return request;
}

}  // namespace csva::http
