#include "features/exploring/query_client.hpp"

#include "foundation/base/clock.hpp"
#include "foundation/base/log.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <mutex>
#include <optional>
#include <poll.h>
#include <spawn.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace csva::exploring {
namespace {

using base::ErrorKind;
using base::fail;
using base::Result;
using TimePoint = std::chrono::steady_clock::time_point;

/// Beyond the order's own limit, before the child is killed.
constexpr std::chrono::milliseconds kGrace{2000};

std::unexpected<base::Error> unavailable(std::string why) {
    return std::unexpected(
        base::Error(ErrorKind::unavailable, kUnavailable).with_internal(std::move(why))
    );
}

/// Both ends of the child's standard input and output. Killed and reaped when the object goes.
class Child {
public:
    static std::unique_ptr<Child> start(const QueryClient::Parts& parts);
    ~Child();
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    bool send(std::string_view line);
    /// Nothing when the child died or the time is over.
    std::optional<std::string> receive(TimePoint end);
    pid_t pid() const { return pid_; }

private:
    Child() = default;
    pid_t pid_ = -1;
    int in_ = -1;
    int out_ = -1;
    std::string rest_;
};

std::unique_ptr<Child> Child::start(const QueryClient::Parts& parts) {
    std::array<int, 2> in{};
    std::array<int, 2> out{};
    if (::pipe2(in.data(), O_CLOEXEC) != 0) return nullptr;
    if (::pipe2(out.data(), O_CLOEXEC) != 0) {
        ::close(in[0]);
        ::close(in[1]);
        return nullptr;
    }
    std::unique_ptr<Child> child(new Child);
    child->in_ = in[1];
    child->out_ = out[0];
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    ::posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    // The server blocks the ending signals in all its threads; the child must not inherit that.
    posix_spawnattr_t attributes;
    ::posix_spawnattr_init(&attributes);
    sigset_t none;
    sigemptyset(&none);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    std::vector<std::string> words = {
        parts.program.string(),
        "query-child",
        "--folder",
        parts.folder.string(),
        "--memory",
        std::to_string(parts.memory_bytes)
    };
    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    // No secret of the server's environment goes along.
    std::array<char*, 1> environment = {nullptr};
    const int failed = ::posix_spawn(
        &child->pid_,
        parts.program.c_str(),
        &actions,
        &attributes,
        arguments.data(),
        environment.data()
    );
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(in[0]);
    ::close(out[1]);
    if (failed != 0) {
        child->pid_ = -1;
        return nullptr;
    }
    return child;
}

Child::~Child() {
    ::close(in_);
    ::close(out_);
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
}

bool Child::send(std::string_view line) {
    while (!line.empty()) {
        const auto written = ::write(in_, line.data(), line.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        line.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

std::optional<std::string> Child::receive(TimePoint end) {
    std::array<char, 65536> block{};
    while (true) {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(end - base::Clock::steady());
        if (left.count() <= 0) return std::nullopt;
        pollfd watched{out_, POLLIN, 0};
        if (::poll(&watched, 1, static_cast<int>(left.count())) <= 0) continue;
        const auto got = ::read(out_, block.data(), block.size());
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return std::nullopt;
        const std::string_view fresh(block.data(), static_cast<std::size_t>(got));
        const auto newline = fresh.find('\n');
        rest_ += fresh.substr(0, newline);
        if (newline != std::string_view::npos) return std::exchange(rest_, {});
    }
}

/// Reasons of the child that are the caller's own doing.
ErrorKind kind_of(std::string_view reason) {
    if (reason == recipe::kNotAnonymous) return ErrorKind::conflict;
    return reason == kBadFilter || reason == kUnknownColumn ? ErrorKind::invalid_argument
                                                            : ErrorKind::unavailable;
}

}  // namespace

struct QueryClient::State {
    Parts parts;
    base::Metrics::Counter& starts;
    std::timed_mutex mutex;
    std::unique_ptr<Child> child;
    std::atomic<std::int64_t> pid = 0;

    explicit State(Parts p)
        : parts(std::move(p)),
          starts(parts.metrics.counter(
              "csva_exploring_query_child_starts_total", "Starts of the query child."
          )) {}

    bool ensure() {
        if (child) return true;
        child = Child::start(parts);
        pid = child ? child->pid() : 0;
        if (child) starts.add();
        return child != nullptr;
    }

    Result<GridAnswer> lost(std::string_view why) {
        base::log(base::LogLevel::warning, "query_child_lost", {{"why", why}});
        child.reset();
        pid = 0;
        return unavailable(std::string(why));
    }
};

QueryClient::QueryClient(Parts parts) : state_(std::make_unique<State>(std::move(parts))) {}
QueryClient::~QueryClient() = default;

std::int64_t QueryClient::pid() const { return state_->pid; }

Result<GridAnswer> QueryClient::ask(const GridOrder& order) {
    const std::chrono::milliseconds limit(order.time_limit_ms);
    const std::unique_lock lock(state_->mutex, limit);
    if (!lock) return unavailable("busy");
    if (!state_->ensure()) return unavailable("does not start");
    if (!state_->child->send(base::to_json(order) + '\n')) return state_->lost("died");
    const auto line = state_->child->receive(base::Clock::steady() + limit + kGrace);
    if (!line) return state_->lost("died or did not answer");
    auto answer = base::from_json<GridAnswer>(*line);
    if (!answer) return state_->lost("does not make sense");
    if (!answer->reason.empty()) return fail(kind_of(answer->reason), answer->reason);
    return answer;
}

}  // namespace csva::exploring
