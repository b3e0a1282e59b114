#include "foundation/base/crash_point.hpp"
#include "foundation/base/files.hpp"
#include "foundation/jobs/agent.hpp"
#include "foundation/jobs/child_process.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <mutex>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace csva::jobs {
namespace {

volatile std::sig_atomic_t stop_asked = 0;

/// Tells the agent over standard output, one JSON line each.
class PipeControl : public base::Control {
public:
    bool cancelled() const override { return stop_asked != 0; }
    void progress(double ratio, std::string_view stage) override {
        std::string line = R"({"progress":)";
        base::encode_number(line, ratio);
        line += R"(,"stage":)";
        base::encode_text(line, stage);
        say(line + "}\n");
    }
    void event(std::string_view json) override { say(R"({"event":)" + std::string(json) + "}\n"); }

private:
    void say(const std::string& line) {
        const std::scoped_lock lock(mutex_);
        for (std::string_view rest = line; !rest.empty();) {
            const ssize_t n = ::write(pipe_, rest.data(), rest.size());
            if (n < 0 && errno != EINTR) return;
            if (n > 0) rest.remove_prefix(static_cast<std::size_t>(n));
        }
    }
    std::mutex mutex_;
    /// The pipe for itself: what a library prints goes to standard error instead.
    const int pipe_ = [] {
        const int pipe = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
        ::dup2(STDERR_FILENO, STDOUT_FILENO);
        return pipe;
    }();
};

constexpr int kNiceness = 10;

/// The child parses hostile files: it dies with its agent, leaves no core, is the first to go when
/// memory runs out, and has no network where the system lets it give that up.
void settle_in() {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const char* agent = std::getenv(kAgentVariable);
    if (agent != nullptr && agent != std::to_string(::getppid()))
        ::_exit(1);  // It has died already.
    const struct rlimit none{};
    ::setrlimit(RLIMIT_CORE, &none);
    // Who waits for a page comes before who waits for a model.
    (void)::setpriority(PRIO_PROCESS, 0, kNiceness);
    // Root may do it plainly, others inside a user namespace, where the kernel allows those.
    if (::unshare(CLONE_NEWNET) != 0) (void)::unshare(CLONE_NEWUSER | CLONE_NEWNET);
    if (std::FILE* file = std::fopen("/proc/self/oom_score_adj", "w"); file != nullptr) {
        std::fputs("800", file);
        std::fclose(file);
    }
    std::signal(SIGTERM, [](int) { stop_asked = 1; });
    std::signal(SIGPIPE, SIG_IGN);
}

base::Result<std::string> outcome_of(const Kinds& kinds, const base::fs::path& folder) {
    TRY(const auto text, base::read_file(folder / kJobFile));
    TRY(const auto order, base::from_json<ChildOrder>(text));
    const Kind* kind = find(kinds, order.kind);
    if (kind == nullptr) return std::unexpected(base::internal_error("no job kind " + order.kind));
    PipeControl control;
    return kind->body(order.input, folder / kOutFolder, control);
}

}  // namespace

int run_child(const Kinds& kinds, const std::filesystem::path& folder) {
    settle_in();
    base::Result<std::string> outcome;
    try {
        outcome = outcome_of(kinds, folder);
    } catch (const std::bad_alloc&) {
        outcome = base::fail(base::ErrorKind::unavailable, "jobs.out_of_memory");
    } catch (const std::exception& error) {
        outcome = std::unexpected(base::internal_error(error.what()));
    }
    base::crash_point("jobs.child_before_result");
    const auto written =
        outcome ? base::write_file(folder / kOutcomeFile, *outcome)
                : base::write_file(
                      folder / kErrorFile, base::to_json(ChildError::from(outcome.error()))
                  );
    return written ? 0 : 1;
}

const Kind* find(const Kinds& kinds, std::string_view name) {
    for (const auto& kind : kinds) {
        if (kind.name == name) return &kind;
    }
    return nullptr;
}

}  // namespace csva::jobs
