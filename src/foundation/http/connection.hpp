#pragma once

#include "foundation/http/core.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <unordered_set>
#include <vector>

// The one header of this room that shows Asio: included by connection*.cpp and server.cpp only.

namespace csva::http {

class Connection;

/// One network thread's world. Its members are touched by that thread only.
struct Loop {
    boost::asio::io_context io{1};
    std::unordered_set<Connection*> connections;
    std::atomic<std::int64_t> worked_at = 0;  ///< Microseconds of the steady clock.
};

/// One client connection: requests are read, answered and written one after the other, so
/// pipelining is safe. Lives on one loop; ends by itself.
class Connection : public std::enable_shared_from_this<Connection> {
public:
    Connection(Core& core, Loop& loop, boost::asio::ip::tcp::socket socket, std::string peer);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    boost::asio::awaitable<void> serve();
    /// Called a few times a second: ends what takes too long.
    void check_deadline(std::chrono::steady_clock::time_point now);
    /// Shutdown, called a few times a second: ends an event stream at once, and a connection
    /// without a request once it had the time to send one that was on its way.
    void drain(std::chrono::steady_clock::time_point since);
    void close();
    /// Nothing is lost when it goes: no request, or not even the whole header of one, is here.
    bool is_waiting() const { return waiting_ && !closed_; }
    std::chrono::steady_clock::time_point deadline() const { return deadline_; }

private:
    template <class T>
    using Task = boost::asio::awaitable<T>;
    enum class Phase : std::uint8_t { idle, reading, working, sending, streaming };

    Task<base::Result<std::string>> read_header();
    Task<bool> read_some(std::size_t room);
    Task<bool> exchange_one();
    Task<base::Result<void>> read_small_body(Exchange& exchange);
    Task<base::Result<void>> read_multipart(Exchange& exchange);
    Task<base::Result<void>> read_file(Exchange& exchange);
    template <class Take>
    Task<base::Result<void>> receive(Exchange& exchange, Take take);
    Task<Response> answer(Exchange& exchange);
    Task<base::Result<void>> send_continue(const Exchange& exchange);
    template <class Work>
    Task<bool> on_pool(Work work);

    Task<bool> send(Exchange& exchange, Response response);
    Task<bool> send_file(Exchange& exchange, Response& response, const FileBody& file);
    Task<bool> send_events(Exchange& exchange, Response& response, const EventBody& events);
    Task<bool> write(std::string_view first, std::string_view second);
    Task<void> linger();
    std::string header_text(
        const Exchange& exchange, const Response& response, std::string_view framing
    ) const;
    std::string_view buffered() const { return {in_.data() + begin_, end_ - begin_}; }
    void allow(std::chrono::milliseconds time);

    Core& core_;
    Loop& loop_;
    boost::asio::ip::tcp::socket socket_;
    std::string peer_;
    std::vector<char> in_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::chrono::steady_clock::time_point deadline_;
    Phase phase_ = Phase::idle;
    bool timed_out_ = false;
    bool closed_ = false;
    bool waiting_ = true;
    std::uint64_t sent_ = 0;
};

}  // namespace csva::http
