#include "foundation/jobs/supervisor.hpp"

#include "foundation/base/clock.hpp"
#include "foundation/base/log.hpp"
#include "foundation/jobs/child_process.hpp"

#include <atomic>
#include <csignal>
#include <thread>
#include <unistd.h>

namespace csva::jobs {
namespace {

using std::chrono::milliseconds;
constexpr int kTickMs = 100;
constexpr milliseconds kPauseMax(10'000);
constexpr milliseconds kGrace(10'000);

std::vector<std::string> own_environment() {
    std::vector<std::string> out;
    for (char** entry = environ; *entry != nullptr; ++entry) out.emplace_back(*entry);
    return out;
}

}  // namespace

struct Supervisor::State {
    std::filesystem::path program;
    std::vector<std::string> arguments;
    std::atomic<bool> done{false};
    std::jthread thread;

    State(std::filesystem::path p, std::vector<std::string> a)
        : program(std::move(p)), arguments(std::move(a)), thread([this] { keep_running(); }) {}

    void keep_running() {
        milliseconds pause(200);
        while (!done) {
            const auto begun = base::Clock::steady();
            auto child = ChildProcess::spawn(program, arguments, own_environment());
            if (child) watch(*child);
            if (done) return;
            pause = base::Clock::steady() - begun > kPauseMax ? milliseconds(200)
                                                              : std::min(kPauseMax, pause * 2);
            base::log(
                base::LogLevel::warning,
                "child_ended",
                {{"program", std::string_view(arguments.front())}}
            );
            for (auto waited = milliseconds(0); waited < pause && !done;
                 waited += milliseconds(kTickMs)) {
                std::this_thread::sleep_for(milliseconds(kTickMs));
            }
        }
    }

    void watch(ChildProcess& child) {
        std::chrono::steady_clock::time_point asked{};
        while (!child.ended()) {
            child.lines(kTickMs);
            if (!done) continue;
            if (asked == std::chrono::steady_clock::time_point{}) {
                asked = base::Clock::steady();
                child.signal(SIGTERM);
            } else if (base::Clock::steady() - asked > kGrace) {
                child.signal(SIGKILL);
            }
        }
    }
};

Supervisor::Supervisor(std::filesystem::path program, std::vector<std::string> arguments)
    : state_(std::make_unique<State>(std::move(program), std::move(arguments))) {}

Supervisor::~Supervisor() { state_->done = true; }

}  // namespace csva::jobs
