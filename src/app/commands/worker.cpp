#include "app/commands/commands.hpp"
#include "app/job_journal.hpp"
#include "app/job_notices.hpp"
#include "app/kinds.hpp"
#include "foundation/base/log.hpp"
#include "foundation/jobs/agent.hpp"

#include <csignal>
#include <filesystem>
#include <sys/prctl.h>
#include <thread>
#include <unistd.h>

namespace csva::app {
namespace {

struct Options {
    CommonOptions common;
    bool supervised = false;
    std::int64_t idle_s = 0;
};

/// Signals that ask the worker to hand its jobs back and end.
sigset_t ending_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    return signals;
}

base::Result<void> work(const Options& options) {
    const sigset_t signals = ending_signals();
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    // A server that is killed cannot stop its worker, so the kernel does.
    if (options.supervised) ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    TRY(const base::Settings settings, load_settings(options.common));
    CHECK_OK(open_log(settings));
    TRY(const auto database, open_database(settings));
    TRY(const auto blobs, blob::open(settings));
    base::Metrics metrics;
    const jobs::Kinds kinds = job_kinds(settings);
    std::error_code unknown;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", unknown);
    if (unknown) return std::unexpected(base::internal_error("/proc/self/exe"));
    JobJournal journal(settings, metrics);
    jobs::Agent agent(
        {*database,
         *blobs,
         kinds,
         settings,
         metrics,
         program,
         tell_of_job,
         [&journal](const auto&... ended) { journal.note(ended...); },
         std::chrono::seconds(options.idle_s)}
    );
    // A worker that has been idle for long enough ends itself as a signal would.
    std::jthread hands([&agent] {
        agent.run();
        ::kill(::getpid(), SIGTERM);
    });
    base::log(base::LogLevel::info, "worker_started", {{"pid", std::int64_t{::getpid()}}});
    int signal = 0;
    sigwait(&signals, &signal);
    agent.stop();
    hands.join();
    base::log(base::LogLevel::info, "worker_stopped");
    return {};
}

}  // namespace

void add_worker(CommandLine& line) {
    const auto options = std::make_shared<Options>();
    const Command command = line.add("worker", "Take jobs from the queue and run them");
    add_common_options(command, options->common);
    command.flag("--supervised", options->supervised, "End when the process that started it ends");
    command.option("--idle", options->idle_s, "End after this many seconds without a job; 0: never")
        .not_negative()
        .with_default();
    command.does([&line, options] { run(line, [&options] { return work(*options); }); });
}

}  // namespace csva::app
