#include "foundation/http/connection.hpp"

#include "foundation/http/multipart.hpp"
#include "foundation/http/staging.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <cstring>

namespace csva::http {

namespace asio = boost::asio;
using base::ErrorKind;
constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kUploadBuffer = 1U << 20U;
constexpr std::size_t kFirstBuffer = 4096;
/// A request that the other side sent before it could know that we end.
constexpr std::chrono::milliseconds kLastRequest{300};

Connection::Connection(Core& core, Loop& loop, asio::ip::tcp::socket socket, std::string peer)
    : core_(core),
      loop_(loop),
      socket_(std::move(socket)),
      peer_(std::move(peer)),
      in_(kFirstBuffer) {
    loop_.connections.insert(this);
    core_.connections.add(1);
    allow(core_.limits.idle_time);
}

Connection::~Connection() {
    loop_.connections.erase(this);
    core_.connections.add(-1);
}

void Connection::allow(std::chrono::milliseconds time) {
    deadline_ = std::chrono::steady_clock::now() + time;
}

void Connection::check_deadline(std::chrono::steady_clock::time_point now) {
    if (now < deadline_ || phase_ == Phase::working || closed_) return;
    if (timed_out_) return close();
    timed_out_ = true;
    boost::system::error_code ignored;
    socket_.cancel(ignored);
    deadline_ = now + core_.limits.linger_time;
}

void Connection::drain(std::chrono::steady_clock::time_point since) {
    const bool unused = std::chrono::steady_clock::now() - since > kLastRequest;
    if (phase_ == Phase::streaming || (phase_ == Phase::idle && unused)) close();
}

void Connection::close() {
    closed_ = true;
    boost::system::error_code ignored;
    socket_.close(ignored);
}

Connection::Task<void> Connection::serve() {
    const auto self = shared_from_this();
    while (!closed_ && co_await exchange_one()) {
        timed_out_ = false;
        if (core_.draining) break;
    }
    close();
}

/// Reads what is there, at most until `room` bytes are buffered. False at the end of the
/// connection, on a time-out, and when the buffer is full.
Connection::Task<bool> Connection::read_some(std::size_t room) {
    if (begin_ == end_) begin_ = end_ = 0;
    if (end_ == in_.size() && begin_ > 0) {
        std::memmove(in_.data(), in_.data() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }
    if (end_ == in_.size()) {
        if (in_.size() >= room) co_return false;
        in_.resize(std::min(room, in_.size() * 2));
    }
    auto [code, count] = co_await socket_.async_read_some(
        asio::buffer(in_.data() + end_, in_.size() - end_), kTuple
    );
    end_ += count;
    co_return !code && !timed_out_;
}

/// The text of the next header; empty when the client went away before one.
Connection::Task<base::Result<std::string>> Connection::read_header() {
    phase_ = end_ == begin_ ? Phase::idle : Phase::reading;
    allow(phase_ == Phase::idle ? core_.limits.idle_time : core_.limits.header_time);
    while (true) {
        auto text = buffered();
        while (text.starts_with("\r\n")) {  // stray line ends between requests
            begin_ += 2;
            text = buffered();
        }
        const auto end = text.find("\r\n\r\n");
        if (end != std::string_view::npos && end + 4 <= core_.limits.header_bytes) {
            begin_ += end + 4;
            co_return std::string(text.substr(0, end + 4));
        }
        if (text.size() >= core_.limits.header_bytes)
            co_return base::fail(ErrorKind::too_large, "http.headers_too_large");
        if (text.find('\0') != std::string_view::npos)
            co_return base::fail(ErrorKind::invalid_argument, "http.bad_request");
        const bool more = co_await read_some(core_.limits.header_bytes + kFirstBuffer);
        if (!more && timed_out_ && phase_ == Phase::reading)
            co_return base::fail(ErrorKind::invalid_argument, "http.request_timeout");
        if (!more) co_return std::string();
        if (phase_ == Phase::idle) allow(core_.limits.header_time);
        phase_ = Phase::reading;
    }
}

/// One request and its answer. True when another may follow.
Connection::Task<bool> Connection::exchange_one() {
    waiting_ = true;
    auto text = co_await read_header();
    waiting_ = false;
    if (text && text->empty()) co_return false;
    Exchange exchange;
    exchange.started = std::chrono::steady_clock::now();
    exchange.context.request_id = Core::next_request_id();
    core_.in_flight.add(1);
    auto request = text ? parse_request(*text) : std::unexpected(text.error());
    Response response;
    if (!request) {
        exchange.context.language = wished_language(text ? *text : buffered());
        response = core_.refuse(exchange, request.error());
        exchange.has_body = true;
    } else {
        exchange.context.head = std::move(request->head);
        exchange.context.head.remote_address = peer_;
        exchange.context.head.scheme = "http";
        exchange.keep_alive = request->keep_alive && !core_.leaves();
        exchange.expects_continue = request->expects_continue;
        exchange.has_body = request->has_body;
        exchange.length = request->length;
        exchange.body = std::move(request->body);
        auto opened = core_.open(exchange, *request);
        if (!opened) {
            response = core_.refuse(exchange, opened.error());
        } else {
            response = *opened ? std::move(**opened) : co_await answer(exchange);
        }
    }
    phase_ = Phase::sending;
    timed_out_ = false;
    const bool unread = !exchange.body.done() || !request;
    if (unread) exchange.keep_alive = false;
    exchange.context.files.clear();  // what nobody took goes before the client hears of it
    const int status = response.status;
    const bool sent = co_await send(exchange, std::move(response));
    core_.in_flight.add(-1);
    core_.finish(exchange, status, sent_);
    if (sent && unread) co_await linger();
    co_return sent&& exchange.keep_alive;
}

/// Runs `work` on the pool and comes back. False when its queue is full.
template <class Work>
Connection::Task<bool> Connection::on_pool(Work work) {
    phase_ = Phase::working;
    const bool ran = co_await asio::async_initiate<const asio::use_awaitable_t<>&, void(bool)>(
        [this, &work](auto handler) {
            auto shared = std::make_shared<decltype(handler)>(std::move(handler));
            auto& io = loop_.io;
            const auto finish = [&io, shared](bool done) {
                asio::post(io, [shared, done] { std::move (*shared)(done); });
            };
            const bool queued = core_.pool.try_submit([&work, finish] {
                work();
                finish(true);
            });
            if (!queued) finish(false);
        },
        asio::use_awaitable
    );
    phase_ = Phase::reading;
    co_return ran;
}

Connection::Task<Response> Connection::answer(Exchange& exchange) {
    const auto& doc = exchange.route->doc;
    const auto busy = [&] {
        return core_.refuse(exchange, base::Error(ErrorKind::unavailable, "http.busy"));
    };
    const bool file = doc.body == Body::file;
    const bool multipart =
        exchange.has_body &&
        exchange.context.head.header("content-type").starts_with("multipart/form-data") &&
        (doc.body == Body::multipart || exchange.context.from_form);
    const bool staged = file || multipart;
    auto known = core_.identify_quickly(exchange);
    base::Result<void> admitted;
    if (staged) {
        // Who may not store, stores nothing: rights come before the body.
        const bool ran =
            co_await on_pool([&] { admitted = core_.admit(exchange, std::move(known)); });
        if (!ran) co_return busy();
        if (!admitted) co_return core_.refuse(exchange, admitted.error());
        auto received =
            co_await (multipart && !file ? read_multipart(exchange) : read_file(exchange));
        if (!received) co_return core_.refuse(exchange, received.error());
    } else if (exchange.has_body) {
        auto received = co_await read_small_body(exchange);
        if (!received) co_return core_.refuse(exchange, received.error());
    }
    if (auto ready = core_.run_from_memory(exchange, known)) co_return std::move(*ready);
    Response response;
    const auto work = [&] {
        if (!staged) admitted = core_.admit(exchange, std::move(known));
        if (admitted && !staged) admitted = Core::take_body(exchange);
        if (admitted) admitted = core_.check_form_token(exchange);
        response = admitted ? core_.run(exchange) : core_.refuse(exchange, admitted.error());
    };
    if (doc.quick && known) {
        work();
        co_return response;
    }
    if (!co_await on_pool(work)) co_return busy();
    co_return response;
}

Connection::Task<base::Result<void>> Connection::send_continue(const Exchange& exchange) {
    phase_ = Phase::reading;
    allow(core_.limits.body_idle_time);
    if (!exchange.expects_continue || end_ > begin_) co_return base::Result<void>{};
    if (!co_await write("HTTP/1.1 100 Continue\r\n\r\n", {}))
        co_return base::fail(ErrorKind::invalid_argument, "http.body_unfinished");
    co_return base::Result<void>{};
}

Connection::Task<base::Result<void>> Connection::read_small_body(Exchange& exchange) {
    if (auto ready = co_await send_continue(exchange); !ready) co_return ready;
    auto& body = exchange.context.body;
    const auto start = std::chrono::steady_clock::now();
    while (!exchange.body.done()) {
        auto step = exchange.body.next(buffered());
        if (!step) co_return std::unexpected(step.error());
        body += step->piece;
        begin_ += step->consumed;
        if (body.size() > core_.limits.body_bytes)
            co_return base::fail(
                ErrorKind::too_large,
                "http.body_too_large",
                {{"limit_bytes", static_cast<std::int64_t>(core_.limits.body_bytes)}}
            );
        if (exchange.body.done() || begin_ < end_) continue;
        deadline_ = start + core_.limits.body_idle_time +
                    std::chrono::seconds(body.size() / core_.limits.body_rate_min);
        if (in_.size() < 65536 && exchange.body.remaining() > in_.size()) in_.resize(65536);
        if (!co_await read_some(65536))
            co_return base::fail(
                ErrorKind::invalid_argument,
                timed_out_ ? "http.request_timeout" : "http.body_unfinished"
            );
    }
    co_return base::Result<void>{};
}

/// Reads the whole body through a large buffer; `take` gets each piece.
template <class Take>
Connection::Task<base::Result<void>> Connection::receive(Exchange& exchange, Take take) {
    if (auto ready = co_await send_continue(exchange); !ready) co_return ready;
    const auto start = std::chrono::steady_clock::now();
    std::uint64_t received = 0;
    if (in_.size() < kUploadBuffer) in_.resize(kUploadBuffer);
    while (!exchange.body.done()) {
        auto step = exchange.body.next(buffered());
        if (!step) co_return std::unexpected(step.error());
        received += step->consumed;
        base::Result<void> taken = take(step->piece);
        begin_ += step->consumed;
        if (!taken) co_return taken;
        if (exchange.body.done() || begin_ < end_) continue;
        const auto now = std::chrono::steady_clock::now();
        deadline_ = std::min(
            now + core_.limits.body_idle_time,
            start + core_.limits.body_idle_time +
                std::chrono::seconds(received / core_.limits.body_rate_min)
        );
        if (!co_await read_some(kUploadBuffer))
            co_return base::fail(
                ErrorKind::invalid_argument,
                timed_out_ ? "http.request_timeout" : "http.body_unfinished"
            );
    }
    // An idle connection keeps a small buffer.
    std::vector<char> rest(std::max(kFirstBuffer, end_ - begin_));
    std::memcpy(rest.data(), in_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    in_ = std::move(rest);
    co_return base::Result<void>{};
}

Connection::Task<base::Result<void>> Connection::read_multipart(Exchange& exchange) {
    auto boundary = boundary_of(exchange.context.head.header("content-type"));
    if (!boundary) co_return std::unexpected(boundary.error());
    Staging staging(
        exchange.context,
        core_.limits,
        core_.file_limit(exchange),
        core_.disk,
        core_.parts.staging_folder,
        [&] { return core_.check_form_token(exchange); }
    );
    MultipartParser parser(*boundary, staging);
    auto received =
        co_await receive(exchange, [&](std::string_view piece) { return parser.feed(piece); });
    if (!received) co_return received;
    if (!parser.done()) co_return base::fail(ErrorKind::invalid_argument, "http.bad_multipart");
    co_return core_.check_form_token(exchange);
}

/// The body itself is the file.
Connection::Task<base::Result<void>> Connection::read_file(Exchange& exchange) {
    Staging staging(
        exchange.context,
        core_.limits,
        core_.file_limit(exchange),
        core_.disk,
        core_.parts.staging_folder,
        {}
    );
    PartHead head;
    head.name = "file";
    head.filename = "";
    head.content_type = exchange.context.head.header("content-type");
    auto begun = staging.begin(head);
    if (!begun) co_return begun;
    auto received =
        co_await receive(exchange, [&](std::string_view piece) { return staging.data(piece); });
    if (!received) co_return received;
    co_return staging.end();
}

}  // namespace csva::http
