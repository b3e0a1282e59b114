#include "foundation/jobs/child_process.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace csva::jobs {
namespace {

std::vector<char*> pointers(const std::vector<std::string>& texts) {
    std::vector<char*> out;
    for (const auto& text : texts) out.push_back(const_cast<char*>(text.c_str()));
    out.push_back(nullptr);
    return out;
}

}  // namespace

ChildError ChildError::from(const base::Error& error) {
    ChildError out{std::string(base::name_of(error.kind)), error.reason, {}, error.internal};
    for (const auto& detail : error.details) {
        base::Cell& cell = out.details[detail.name];
        if (const auto* text = std::get_if<std::string>(&detail.value))
            cell = {base::Cell::Kind::text, *text, 0};
        else if (const auto* integer = std::get_if<std::int64_t>(&detail.value)) {
            cell = {
                base::Cell::Kind::number, std::to_string(*integer), static_cast<double>(*integer)
            };
        } else {
            cell = {base::Cell::Kind::number, {}, std::get<double>(detail.value)};
        }
    }
    return out;
}

base::Error ChildError::error() const {
    base::Error out(base::ErrorKind::internal, reason);
    for (int i = 0; i <= static_cast<int>(base::ErrorKind::internal); ++i) {
        if (base::name_of(static_cast<base::ErrorKind>(i)) == kind)
            out.kind = static_cast<base::ErrorKind>(i);
    }
    for (const auto& [name, cell] : details) {
        if (cell.kind == base::Cell::Kind::number &&
            cell.number == static_cast<double>(static_cast<std::int64_t>(cell.number))) {
            out.details.push_back({name, static_cast<std::int64_t>(cell.number)});
        } else if (cell.kind == base::Cell::Kind::number) {
            out.details.push_back({name, cell.number});
        } else {
            out.details.push_back({name, cell.text});
        }
    }
    out.internal = internal;
    return out;
}

base::Result<ChildProcess> ChildProcess::spawn(
    const std::filesystem::path& program,
    const std::vector<std::string>& arguments,
    const std::vector<std::string>& environment
) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        return std::unexpected(base::internal_error(std::string("pipe: ") + std::strerror(errno)));
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    // A child that outlived its server would keep the port, and none has a use for open
    // connections.
    posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
    std::vector<std::string> words{program.string()};
    words.insert(words.end(), arguments.begin(), arguments.end());
    ChildProcess child;
    const int code = ::posix_spawn(
        &child.pid_,
        program.c_str(),
        &actions,
        &attributes,
        pointers(words).data(),
        pointers(environment).data()
    );
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    ::close(ends[1]);
    child.pipe_ = ends[0];
    if (code != 0) {
        child.pid_ = -1;
        return std::unexpected(base::internal_error(std::string("spawn: ") + std::strerror(code)));
    }
    ::fcntl(child.pipe_, F_SETFL, O_NONBLOCK);
    return child;
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept { *this = std::move(other); }

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
    std::swap(pid_, other.pid_);
    std::swap(pipe_, other.pipe_);
    std::swap(status_, other.status_);
    std::swap(ended_, other.ended_);
    std::swap(rest_, other.rest_);
    return *this;
}

ChildProcess::~ChildProcess() {
    if (pid_ > 0 && !ended_) {
        ::kill(-pid_, SIGKILL);
        ::waitpid(pid_, &status_, 0);
    }
    if (pipe_ >= 0) ::close(pipe_);
}

std::vector<std::string> ChildProcess::lines(int wait_ms) {
    std::vector<std::string> out;
    pollfd watched{pipe_, POLLIN, 0};
    ::poll(&watched, 1, wait_ms);
    char buffer[65536];
    for (ssize_t n = 0; (n = ::read(pipe_, buffer, sizeof buffer)) > 0;)
        rest_.append(buffer, static_cast<std::size_t>(n));
    for (auto end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n')) {
        out.push_back(rest_.substr(0, end));
        rest_.erase(0, end + 1);
    }
    constexpr std::size_t kLineBytesMax = 1 << 20;
    if (rest_.size() > kLineBytesMax) rest_.clear();
    return out;
}

bool ChildProcess::ended() {
    if (!ended_ && ::waitpid(pid_, &status_, WNOHANG) == pid_) ended_ = true;
    return ended_;
}

void ChildProcess::signal(int number) const { ::kill(-pid_, number); }

std::int64_t ChildProcess::resident_bytes() const {
    const std::string path = "/proc/" + std::to_string(pid_) + "/statm";
    long total = 0;
    long resident = 0;
    if (std::FILE* file = std::fopen(path.c_str(), "r"); file != nullptr) {
        if (std::fscanf(file, "%ld %ld", &total, &resident) != 2) resident = 0;
        std::fclose(file);
    }
    return resident * ::sysconf(_SC_PAGESIZE);
}

}  // namespace csva::jobs
