#include "foundation/http/connection.hpp"
#include "foundation/http/text.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/status.hpp>
#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <deque>
#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

namespace csva::http {

namespace asio = boost::asio;
namespace {

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kCompressFrom = 2048;
constexpr std::size_t kEventsMax = 256;

/// Header values may hold a client's words: no control character gets through.
void append_header(std::string& out, std::string_view name, std::string_view value) {
    out.append(name).append(": ");
    for (const char c : value)
        if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) out += c;
    out += "\r\n";
}

bool has_header(const Response& response, std::string_view name) {
    return std::ranges::any_of(response.headers, [&](const auto& header) {
        return equal_ignoring_case(header.first, name);
    });
}

/// gzip at its fastest level; empty when zlib refuses.
std::string gzipped(std::string_view text) {
    z_stream stream{};
    if (deflateInit2(&stream, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) return {};
    std::string out(deflateBound(&stream, text.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const int code = deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return code == Z_STREAM_END ? out : std::string();
}

void compress(const RequestHead& head, Response& response) {
    auto* text = std::get_if<std::string>(&response.body);
    const auto type = std::string_view(response.content_type);
    if (text == nullptr || text->size() < kCompressFrom || text->size() > (64U << 20U)) return;
    if (type != "application/json" && !type.starts_with("text/")) return;
    if (has_header(response, "Content-Encoding")) return;
    if (quality_of(head.header("accept-encoding"), "gzip") <= 0) return;
    auto small = gzipped(*text);
    if (small.empty()) return;
    *text = std::move(small);
    response.with_header("Content-Encoding", "gzip").with_header("Vary", "Accept-Encoding");
}

/// First and one-past-last byte of a single-range request; nothing: the whole file.
struct Range {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    bool partial = false;
    bool bad = false;
};

Range range_of(std::string_view header, std::uint64_t size) {
    Range whole{0, size};
    if (!header.starts_with("bytes=") || header.contains(',')) return whole;
    const auto text = header.substr(6);
    const auto dash = text.find('-');
    if (dash == std::string_view::npos) return whole;
    const auto number = [](std::string_view digits, std::uint64_t& out) {
        const auto [at, code] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
        return code == std::errc{} && at == digits.data() + digits.size();
    };
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    const bool has_first = number(text.substr(0, dash), first);
    const bool has_last = number(text.substr(dash + 1), last);
    if (!has_first && !has_last) return whole;
    Range range{.partial = true};
    if (!has_first) {
        range.begin = size - std::min(size, last);
        range.end = size;
    } else {
        if (has_last && last < first) return whole;
        range.begin = first;
        range.end = has_last ? std::min(size, last + 1) : size;
    }
    range.bad = range.begin >= range.end;
    return range;
}

struct Descriptor {
    int value = -1;
    ~Descriptor() {
        if (value >= 0) ::close(value);
    }
};

}  // namespace

std::string Connection::header_text(
    const Exchange& exchange, const Response& response, std::string_view framing
) const {
    static const std::string policy =
        "Content-Security-Policy: " + content_security_policy({}) + "\r\n";
    std::string out;
    out.reserve(1024);
    const auto reason =
        boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(response.status)
        );
    out += "HTTP/1.1 " + std::to_string(response.status) + ' ';
    out.append(reason.data(), reason.size()).append("\r\n");
    if (!response.content_type.empty()) append_header(out, "Content-Type", response.content_type);
    out += framing;
    for (const auto& [name, value] : response.headers) append_header(out, name, value);
    append_header(out, "X-Request-Id", exchange.context.request_id);
    if (!has_header(response, "Content-Security-Policy")) out += policy;
    if (!has_header(response, "Cache-Control")) out += "Cache-Control: no-store\r\n";
    out +=
        "X-Content-Type-Options: nosniff\r\nX-Frame-Options: DENY\r\n"
        "Referrer-Policy: same-origin\r\nCross-Origin-Opener-Policy: same-origin\r\n"
        "Cross-Origin-Resource-Policy: same-origin\r\n"
        "Permissions-Policy: camera=(), geolocation=(), microphone=()\r\n";
    if (exchange.context.head.scheme == "https")
        out += "Strict-Transport-Security: max-age=31536000\r\n";
    out += exchange.keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
    return out;
}

Connection::Task<bool> Connection::write(std::string_view first, std::string_view second) {
    allow(core_.limits.write_time + std::chrono::seconds(second.size() >> 20U));
    const std::array<asio::const_buffer, 2> buffers = {
        asio::buffer(first.data(), first.size()), asio::buffer(second.data(), second.size())
    };
    auto [code, count] = co_await asio::async_write(socket_, buffers, kTuple);
    sent_ += count;
    co_return !code;
}

Connection::Task<bool> Connection::send(Exchange& exchange, Response response) {
    sent_ = 0;
    if (const auto* file = std::get_if<FileBody>(&response.body)) {
        const FileBody copy = *file;
        const bool sent = co_await send_file(exchange, response, copy);
        std::error_code ignored;
        if (copy.remove_afterwards) std::filesystem::remove(copy.path, ignored);
        co_return sent;
    }
    if (const auto* events = std::get_if<EventBody>(&response.body))
        co_return co_await send_events(exchange, response, EventBody(*events));
    compress(exchange.context.head, response);
    const auto& text = std::get<std::string>(response.body);
    std::string framing;
    const bool bodiless = response.status == 204 || response.status == 304;
    if (!bodiless) framing = "Content-Length: " + std::to_string(text.size()) + "\r\n";
    const auto header = header_text(exchange, response, framing);
    const bool no_body = bodiless || exchange.context.head.head_only;
    co_return co_await write(header, no_body ? std::string_view{} : std::string_view(text));
}

Connection::Task<bool> Connection::send_file(
    Exchange& exchange, Response& response, const FileBody& file
) {
    const Descriptor descriptor{::open(file.path.c_str(), O_RDONLY | O_CLOEXEC)};
    struct stat facts{};
    if (descriptor.value < 0 || ::fstat(descriptor.value, &facts) != 0)
        co_return co_await send(
            exchange, core_.refuse(exchange, base::internal_error("a file to send is missing"))
        );
    const auto size = static_cast<std::uint64_t>(facts.st_size);
    const bool plain = response.status == 200;
    const Range range =
        plain ? range_of(exchange.context.head.header("range"), size) : Range{0, size};
    response.with_header("Accept-Ranges", "bytes");
    if (range.bad) {
        auto refused = core_.refuse(
            exchange, base::Error(base::ErrorKind::invalid_argument, "http.range_not_satisfiable")
        );
        refused.with_header("Content-Range", fmt::format("bytes */{}", size));
        co_return co_await send(exchange, std::move(refused));
    }
    if (range.partial) {
        response.status = 206;
        response.with_header(
            "Content-Range", fmt::format("bytes {}-{}/{}", range.begin, range.end - 1, size)
        );
    }
    const auto framing = fmt::format("Content-Length: {}\r\n", range.end - range.begin);
    if (!co_await write(header_text(exchange, response, framing), {})) co_return false;
    if (exchange.context.head.head_only) co_return true;
    socket_.native_non_blocking(true);
    auto offset = static_cast<off_t>(range.begin);
    while (static_cast<std::uint64_t>(offset) < range.end) {
        const auto left = range.end - static_cast<std::uint64_t>(offset);
        const auto count = ::sendfile(
            socket_.native_handle(),
            descriptor.value,
            &offset,
            std::min<std::size_t>(left, 1U << 19U)
        );
        if (count > 0) {
            sent_ += static_cast<std::uint64_t>(count);
            allow(core_.limits.write_time);
            continue;
        }
        if (count == 0 || (errno != EAGAIN && errno != EINTR)) co_return false;
        auto [code] = co_await socket_.async_wait(asio::ip::tcp::socket::wait_write, kTuple);
        if (code) co_return false;
    }
    co_return true;
}

namespace {
/// Events on their way from the hub's threads to the one connection that writes them.
struct Mailbox {
    explicit Mailbox(asio::io_context& io) : timer(io) {}
    asio::steady_timer timer;
    std::deque<std::string> events;
};
}  // namespace

Connection::Task<bool> Connection::send_events(
    Exchange& exchange, Response& response, const EventBody& events
) {
    exchange.keep_alive = false;
    response.with_header("X-Accel-Buffering", "no").with_header("Cache-Control", "no-store");
    if (!co_await write(header_text(exchange, response, {}), ": hello\n\n")) co_return false;
    if (exchange.context.head.head_only) co_return true;
    auto box = std::make_shared<Mailbox>(loop_.io);
    auto& io = loop_.io;
    const auto subscription =
        core_.parts.events.subscribe(events.topics, [&io, box](std::string text) {
            asio::post(io, [box, text = std::move(text)]() mutable {
                if (box->events.size() >= kEventsMax) box->events.pop_front();
                box->events.push_back(std::move(text));
                box->timer.cancel();
            });
        });
    phase_ = Phase::streaming;
    while (!core_.draining && !closed_) {
        std::string text;
        for (; !box->events.empty(); box->events.pop_front()) text += box->events.front();
        if (text.empty()) {
            box->timer.expires_after(core_.limits.heartbeat);
            allow(core_.limits.heartbeat * 2 + core_.limits.write_time);
            co_await box->timer.async_wait(kTuple);
            if (box->events.empty()) text = ": beat\n\n";
        }
        if (!text.empty() && !co_await write(text, {})) co_return false;
    }
    co_return true;
}

/// The answer was given before the whole body came: the rest is read and dropped for a while, else
/// the reset of the connection would take the answer from the client.
Connection::Task<void> Connection::linger() {
    boost::system::error_code ignored;
    socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    allow(core_.limits.linger_time);
    in_.resize(std::max<std::size_t>(in_.size(), 65536));
    const auto end = deadline_;
    while (std::chrono::steady_clock::now() < end) {
        auto [code, count] = co_await socket_.async_read_some(asio::buffer(in_), kTuple);
        if (code || count == 0) co_return;
    }
}

}  // namespace csva::http
