#include "foundation/base/crash_point.hpp"

#include <array>
#include <atomic>
#include <charconv>
#include <cstdlib>
#include <signal.h>
#include <string>
#include <unistd.h>

namespace csva::base {
namespace {

constexpr std::array<std::string_view, 32> kCrashPoints = {
    "blob.before_sync",           "blob.before_rename",        "blob.after_rename",
    "datasets.before_row",        "datasets.after_row",        "jobs.after_lease",
    "jobs.before_publish",        "jobs.inside_publish",       "jobs.after_publish",
    "jobs.child_before_result",   "erasure.after_request",     "erasure.after_ledger",
    "erasure.after_stop",         "erasure.inside_rows",       "erasure.after_rows",
    "erasure.inside_files",       "erasure.after_files",       "erasure.after_elsewhere",
    "erasure.before_certificate", "erasure.after_certificate", "erasure.after_scrub",
    "person.after_request",       "person.after_ledger",       "person.after_stop",
    "person.after_look",          "person.inside_swap",        "person.after_swap",
    "person.inside_files",        "person.after_files",        "person.before_certificate",
    "person.after_certificate",   "person.after_scrub",
};

struct Armed {
    std::string name;
    std::atomic<int> passages_left{0};
    Armed() {
        const char* text = std::getenv("CSVA_CRASH_AT");
        if (text == nullptr) return;
        name = text;
        const auto colon = name.find(':');
        passages_left = 1;
        if (colon != std::string::npos) {
            int passages = 1;
            std::from_chars(name.data() + colon + 1, name.data() + name.size(), passages);
            passages_left = passages;
            name.resize(colon);
        }
    }
};

}  // namespace

void crash_point(std::string_view name) {
    static Armed armed;
    if (armed.name.empty() || armed.name != name) return;
    if (armed.passages_left.fetch_sub(1) == 1) ::kill(::getpid(), SIGKILL);
}

std::span<const std::string_view> crash_points() { return kCrashPoints; }

}  // namespace csva::base
