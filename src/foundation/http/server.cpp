#include "foundation/http/server.hpp"

#include "foundation/base/log.hpp"
#include "foundation/http/connection.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <fcntl.h>
#include <mutex>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <thread>
#include <unistd.h>

namespace csva::http {

namespace asio = boost::asio;
using namespace std::chrono_literals;
namespace {
constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
constexpr auto kTick = std::chrono::milliseconds(100);

/// How long a loop that just had work looks for more before it sleeps. Being woken costs more than
/// most requests take, above all on a virtual machine; a client that waits for its answer before it
/// asks again comes back within this time. As long as looking a little longer would have met the
/// next request, it looks twice as long the next time, up to the most; a longer silence brings the
/// least back (as Linux' haltpoll governor does). An idle server sleeps.
constexpr std::int64_t kAwakeLeastUs = 50;
constexpr std::int64_t kAwakeMostUs = 200;
/// A loop stays awake only while it is the only one at work. Under more load than that it offers
/// its processor to whoever waits for it after each piece of work: the kernel may look for those
/// only every 4 ms, and a client or the other loop would stand in line that long.
constexpr auto kAlone = std::chrono::milliseconds(20);
/// Who offers the processor gives a whole turn away. A short one is a piece of work or two, so that
/// a training beside does not get the time that was meant for whoever waits (Linux 6.12 and later;
/// others do not listen).
constexpr auto kTurn = std::chrono::microseconds(100);

std::int64_t microseconds_now() {
    return std::chrono::duration_cast<std::chrono::microseconds>(
               std::chrono::steady_clock::now().time_since_epoch()
    )
        .count();
}

void ask_for_short_turns() {
    struct {  // sched_attr of the kernel, whose header clashes with the C library's
        std::uint32_t size = sizeof *this;
        std::uint32_t policy = SCHED_OTHER;
        std::uint64_t flags = 0;
        std::int32_t nice = ::getpriority(PRIO_PROCESS, 0);
        std::uint32_t priority = 0;
        std::uint64_t runtime_ns = std::chrono::nanoseconds(kTurn).count();
        std::uint64_t deadline = 0;
        std::uint64_t period = 0;
    } wish;
    ::syscall(SYS_sched_setattr, 0, &wish, 0);
}

/// A process that we start must not hold our sockets: they would stay open after we close them.
void keep_from_children(int socket) { ::fcntl(socket, F_SETFD, FD_CLOEXEC); }

}  // namespace

struct Server::State {
    explicit State(ServerParts parts) : core(parts) {
        for (std::size_t i = 0; i < core.limits.network_threads; ++i)
            loops.push_back(std::make_unique<Loop>());
    }

    std::vector<std::unique_ptr<Loop>> loops;  // before core: its pool posts to them
    Core core;
    std::unique_ptr<asio::ip::tcp::acceptor> acceptor;
    std::atomic<std::size_t> open = 0;
    std::atomic<bool> stopped = false;
    std::atomic<bool> accepting = true;  ///< Until those who waited at `stop` are in.
    std::atomic<std::chrono::steady_clock::time_point> drain_since{};
    std::chrono::steady_clock::time_point drain_until;

    asio::awaitable<void> accept();
    asio::awaitable<void> tick(Loop& loop);
    void run(Loop& loop);
    bool alone(const Loop& loop, std::int64_t now) const;
    void take(Loop& loop, asio::ip::tcp::socket accepted);
    void take_waiting();
    static bool make_room(const Loop& loop);
    void start(Loop& loop, asio::ip::tcp::socket socket, std::string peer);
};

bool Server::State::alone(const Loop& loop, std::int64_t now) const {
    return std::ranges::all_of(loops, [&](const auto& other) {
        return other.get() == &loop ||
               now - other->worked_at.load(std::memory_order_relaxed) > kAlone / 1us;
    });
}

void Server::State::run(Loop& loop) {
    std::int64_t awake = kAwakeLeastUs;
    std::int64_t worked = microseconds_now();
    while (loop.io.run_one() > 0) {
        const std::int64_t idle = microseconds_now() - worked;
        awake = idle < kAwakeMostUs ? std::min(2 * awake, kAwakeMostUs) : kAwakeLeastUs;
        worked += idle;
        loop.worked_at.store(worked, std::memory_order_relaxed);
        if (!alone(loop, worked)) std::this_thread::yield();
        for (std::int64_t now = worked; now - worked < awake && alone(loop, now);
             now = microseconds_now()) {
            if (loop.io.poll() == 0) continue;
            worked = microseconds_now();
            loop.worked_at.store(worked, std::memory_order_relaxed);
        }
    }
}

void Server::State::start(Loop& loop, asio::ip::tcp::socket socket, std::string peer) {
    auto connection = std::make_shared<Connection>(core, loop, std::move(socket), std::move(peer));
    asio::co_spawn(
        loop.io,
        [connection]() -> asio::awaitable<void> { return connection->serve(); },
        [this, connection](const std::exception_ptr& failure) {
            open.fetch_sub(1);
            if (!failure) return;
            try {
                std::rethrow_exception(failure);
            } catch (const std::exception& error) {
                base::log(base::LogLevel::error, "connection_failed", {{"internal", error.what()}});
            }
        }
    );
}

asio::awaitable<void> Server::State::accept() {
    for (std::size_t next = 0; acceptor->is_open(); ++next) {
        Loop& loop = *loops[next % loops.size()];
        auto [code, accepted] = co_await acceptor->async_accept(loop.io, kTuple);
        if (code) {
            if (!acceptor->is_open()) co_return;
            // Out of file handles: wait for some to close rather than spin.
            asio::steady_timer pause(loops.front()->io, kTick);
            co_await pause.async_wait(kTuple);
            continue;
        }
        take(loop, std::move(accepted));
    }
}

void Server::State::take(Loop& loop, asio::ip::tcp::socket accepted) {
    boost::system::error_code ignored;
    accepted.set_option(asio::ip::tcp::no_delay(true), ignored);
    keep_from_children(accepted.native_handle());
    auto address = accepted.remote_endpoint(ignored).address();
    if (address.is_v6() && address.to_v6().is_v4_mapped())
        address = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
    const bool full = open.fetch_add(1) >= core.limits.connections_max;
    asio::post(
        loop.io,
        [this, &loop, full, socket = std::move(accepted), peer = address.to_string()]() mutable {
            if (full && !make_room(loop))
                open.fetch_sub(1);
            else
                start(loop, std::move(socket), std::move(peer));
        }
    );
}

/// Closes the connection that has been waiting longest for somebody to say something: whoever holds
/// thousands of them must not lock the others out. False when all are at work.
bool Server::State::make_room(const Loop& loop) {
    Connection* longest = nullptr;
    for (auto* connection : loop.connections) {
        if (!connection->is_waiting()) continue;
        if (longest == nullptr || connection->deadline() < longest->deadline())
            longest = connection;
    }
    if (longest == nullptr) return false;
    longest->close();
    return true;
}

/// The kernel has said yes to these clients: closing the door in their faces would reset them.
void Server::State::take_waiting() {
    boost::system::error_code code;
    acceptor->non_blocking(true, code);
    for (std::size_t next = 0; !code; ++next) {
        Loop& loop = *loops[next % loops.size()];
        asio::ip::tcp::socket accepted(loop.io);
        acceptor->accept(accepted, code);
        if (!code) take(loop, std::move(accepted));
    }
    acceptor->close(code);
}

/// Watches deadlines, and after `stop` lets the loop end once its connections have.
asio::awaitable<void> Server::State::tick(Loop& loop) {
    asio::steady_timer timer(loop.io);
    while (true) {
        timer.expires_after(kTick);
        co_await timer.async_wait(kTuple);
        const auto now = std::chrono::steady_clock::now();
        const std::vector<Connection*> all(loop.connections.begin(), loop.connections.end());
        for (auto* connection : all) connection->check_deadline(now);
        if (!core.draining) continue;
        for (auto* connection : all) connection->drain(drain_since.load());
        if (accepting.load()) continue;
        if (open.load() == 0) break;
        if (now < drain_until) continue;
        for (auto* connection : all) connection->close();
        if (loop.connections.empty() || now > drain_until + core.limits.linger_time) break;
    }
    loop.io.stop();
}

Server::Server(ServerParts parts) : state_(std::make_unique<State>(parts)) {
    ::signal(SIGPIPE, SIG_IGN);
}

Server::~Server() = default;

base::Result<void> Server::listen(const std::string& host, std::uint16_t port) {
    boost::system::error_code code;
    const auto failed = [&] {
        return base::fail(
            base::ErrorKind::unavailable,
            "http.cannot_listen",
            {{"address", host + ":" + std::to_string(port)}, {"problem", code.message()}}
        );
    };
    const auto address = asio::ip::make_address(host == "localhost" ? "127.0.0.1" : host, code);
    if (code) return failed();
    const asio::ip::tcp::endpoint endpoint(address, port);
    state_->acceptor = std::make_unique<asio::ip::tcp::acceptor>(state_->loops.front()->io);
    auto& acceptor = *state_->acceptor;
    if (acceptor.open(endpoint.protocol(), code); code) return failed();
    acceptor.set_option(asio::socket_base::reuse_address(true), code);
    keep_from_children(acceptor.native_handle());
    if (acceptor.bind(endpoint, code); code) return failed();
    if (acceptor.listen(1024, code); code) return failed();
    return {};
}

std::uint16_t Server::port() const {
    boost::system::error_code ignored;
    return state_->acceptor->local_endpoint(ignored).port();
}

void Server::run() {
    auto& loops = state_->loops;
    asio::co_spawn(loops.front()->io, state_->accept(), asio::detached);
    std::vector<std::jthread> threads;
    for (auto& loop : loops) {
        asio::co_spawn(loop->io, state_->tick(*loop), asio::detached);
        threads.emplace_back([this, &loop] {
            pthread_setname_np(pthread_self(), "http.network");
            ask_for_short_turns();
            state_->run(*loop);
        });
    }
    threads.clear();
}

void Server::stop() {
    auto& state = *state_;
    if (state.stopped.exchange(true)) return;
    const auto now = std::chrono::steady_clock::now();
    state.drain_since = now;
    state.drain_until = now + state.core.limits.drain_time;
    state.core.draining = true;
    asio::post(state.loops.front()->io, [&state] {
        if (state.acceptor) state.take_waiting();
        state.accepting = false;
    });
}

}  // namespace csva::http
