#include "app/commands/commands.hpp"
#include "app/compose.hpp"
#include "app/housekeeping.hpp"
#include "app/sample.hpp"
#include "app/witness.hpp"
#include "features/notices/service.hpp"
#include "features/tracking/service.hpp"
#include "foundation/base/log.hpp"
#include "foundation/http/server.hpp"
#include "foundation/jobs/agent.hpp"
#include "foundation/jobs/supervisor.hpp"

#include <fmt/format.h>

#include <atomic>
#include <charconv>
#include <chrono>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <iostream>
#include <sys/resource.h>
#include <thread>

namespace csva::embedded {
std::span<const base::EmbeddedFile> web();
}

namespace csva::app {
namespace {

using base::Result;

struct Options {
    CommonOptions common;
    std::string listen = "127.0.0.1:8000";
};

struct Endpoint {
    std::string host;
    std::uint16_t port = 0;
};

/// "127.0.0.1:8000", "[::1]:8000". Errors: app.bad_listen.
Result<Endpoint> endpoint_of(std::string_view text) {
    const auto bad = [] { return base::fail(base::ErrorKind::invalid_argument, "app.bad_listen"); };
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) return bad();
    Endpoint endpoint;
    std::string_view host = text.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    endpoint.host = host;
    const char* last = text.data() + text.size();
    const auto [end, code] = std::from_chars(text.data() + colon + 1, last, endpoint.port);
    if (code != std::errc{} || end != last || host.empty()) return bad();
    return endpoint;
}

sigset_t ending_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    return signals;
}

/// Ends the server at the first SIGTERM or SIGINT: first it says that it leaves, so that load
/// balancers look elsewhere, and after `leave_time`, or at a second signal, it stops. The signals
/// are blocked in every thread, so that this one gets them.
class SignalWatch {
public:
    SignalWatch(
        http::Server& server, std::atomic<bool>& leaving, std::chrono::milliseconds leave_time
    )
        : thread_([this, &server, &leaving, leave_time] {
              const sigset_t signals = ending_signals();
              int signal = 0;
              sigwait(&signals, &signal);
              if (over_) return;
              leaving = true;
              base::log(base::LogLevel::info, "server_leaves");
              const timespec patience{
                  leave_time.count() / 1000, (leave_time.count() % 1000) * 1'000'000
              };
              if (leave_time.count() > 0) sigtimedwait(&signals, nullptr, &patience);
              server.stop();
          }) {}
    /// The server has ended.
    ~SignalWatch() {
        over_ = true;
        pthread_kill(thread_.native_handle(), SIGTERM);
        thread_.join();
    }
    SignalWatch(const SignalWatch&) = delete;
    SignalWatch& operator=(const SignalWatch&) = delete;

private:
    std::atomic<bool> over_ = false;
    std::thread thread_;
};

/// What people open: behind a proxy or in a container not what the process listens on.
std::string public_address(const base::Settings& settings, const std::string& listened) {
    std::string address = settings.text("http.public_url");
    while (address.ends_with('/')) address.pop_back();
    return address.empty() ? listened : address;
}

/// The link is for whoever started the service: it goes to the terminal, never to the log.
Result<void> print_first_run_link(accounts::Accounts& accounts, const std::string& address) {
    TRY(const auto path, accounts.first_run_path());
    if (path) std::cout << "Make the first account: " << address << *path << std::endl;
    return {};
}

/// The workers that this machine's server looks after.
std::vector<std::unique_ptr<jobs::Supervisor>> start_workers(
    const CommonOptions& common, const base::Settings& settings
) {
    std::vector<std::string> arguments = {"worker", "--supervised"};
    arguments.insert(arguments.end(), {"--data-dir", settings.text("data.dir")});
    if (!common.config.empty()) arguments.insert(arguments.end(), {"--config", common.config});
    const auto program = std::filesystem::read_symlink("/proc/self/exe");
    std::vector<std::unique_ptr<jobs::Supervisor>> workers;
    for (std::int64_t i = 0; i < settings.integer("jobs.local_workers"); ++i)
        workers.push_back(std::make_unique<jobs::Supervisor>(program, arguments));
    return workers;
}

/// As many open files as the system lets us have: each connection is one.
void allow_many_files() {
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
    files.rlim_cur = files.rlim_max;
    (void)::setrlimit(RLIMIT_NOFILE, &files);
}

Result<void> serve(const Options& options) {
    TRY(const Endpoint endpoint, endpoint_of(options.listen));
    allow_many_files();
    // Before the first thread is there, so that all of them inherit it.
    const sigset_t signals = ending_signals();
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    TRY(const auto parts, Composition::make(options.common));
    CHECK_OK(open_log(parts->settings()));
    // Nobody whom the ledger names is served from a database that an older backup has restored.
    CHECK_OK(parts->erasure().replay());
    // Predictions that were being written are files before rows are looked for.
    CHECK_OK(parts->prediction_log().start());
    CHECK_OK(parts->persons().replay());
    CHECK_OK(load_sample(*parts));
    CHECK_OK(parts->journal().open());
    const auto witness = journal_witness(parts->routes(), parts->journal());
    http::Server server(
        {parts->routes(),
         parts->accounts().authenticator(),
         parts->events(),
         parts->metrics(),
         parts->settings(),
         parts->blobs().staging(),
         embedded::web(),
         &parts->leaving(),
         parts->settings().boolean("journal.requests") ? witness.get() : nullptr}
    );
    CHECK_OK(server.listen(endpoint.host, endpoint.port));
    parts->journal().append(
        {.action = "service.started", .details = R"({"version":")" CSVA_VERSION "\"}"}
    );
    const bool six = endpoint.host.find(':') != std::string::npos;
    const std::string address =
        fmt::format("http://{}:{}", six ? "[" + endpoint.host + "]" : endpoint.host, server.port());
    CHECK_OK(print_first_run_link(parts->accounts(), public_address(parts->settings(), address)));
    std::cout << "CSV Analyzer answers on " << address << "/" << std::endl;
    const auto poller = jobs::Poller(
        parts->database(),
        [&events = parts->events()](
            std::string_view topic, std::string_view event, std::string_view json
        ) { events.publish(topic, event, json); }
    );
    const auto housekeeping = start_housekeeping(*parts);
    const auto mirror = tracking::Mirror::start(
        {parts->database(), parts->blobs(), parts->settings(), parts->metrics()}
    );
    const auto mailer =
        notices::Mailer::start({parts->database(), parts->settings(), parts->metrics()});
    parts->erasure().start();
    parts->persons().start();
    const auto workers = start_workers(options.common, parts->settings());
    const auto leave_time =
        std::chrono::milliseconds(std::llround(parts->settings().real("http.leave_s") * 1000));
    const SignalWatch watch(server, parts->leaving(), leave_time);
    server.run();
    parts->journal().append({.action = "service.stopped"});
    parts->persons().stop();
    parts->erasure().stop();
    parts->prediction_log().stop();
    return {};
}

}  // namespace

void add_serve(CommandLine& line) {
    const auto options = std::make_shared<Options>();
    const Command command = line.add("serve", "Answer over HTTP");
    add_common_options(command, options->common);
    command.option("--listen", options->listen, "HOST:PORT").with_default();
    command.does([&line, options] { run(line, [&options] { return serve(*options); }); });
}

}  // namespace csva::app
