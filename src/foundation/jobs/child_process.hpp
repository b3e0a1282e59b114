#pragma once

#include "foundation/base/described.hpp"
#include "foundation/base/result.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace csva::jobs {

inline constexpr std::string_view kJobFile = "job.json";
inline constexpr std::string_view kOutcomeFile = "outcome.json";
inline constexpr std::string_view kErrorFile = "error.json";
inline constexpr std::string_view kOutFolder = "out";
inline constexpr std::string_view kInFolder = "in";  ///< Links to what the job reads.
/// Environment of the child: the agent's process id.
inline constexpr const char* kAgentVariable = "CSVA_AGENT_PID";

/// job.json: what the child is to do.
struct ChildOrder {
    std::string kind;
    std::string input;
};
CSVA_DESCRIBE(ChildOrder, kind, input)

/// error.json: why it could not.
struct ChildError {
    std::string kind;
    std::string reason;
    std::map<std::string, base::Cell> details;
    std::string internal;

    static ChildError from(const base::Error& error);
    base::Error error() const;
};
CSVA_DESCRIBE(ChildError, kind, reason, details, internal)

/// A running program of ours with a pipe on its standard output. Killed and reaped when the object
/// goes. Not thread-safe.
class ChildProcess {
public:
    /// `environment` is all it gets. Errors: base.internal.
    static base::Result<ChildProcess> spawn(
        const std::filesystem::path& program,
        const std::vector<std::string>& arguments,
        const std::vector<std::string>& environment
    );
    ChildProcess(ChildProcess&& other) noexcept;
    ChildProcess& operator=(ChildProcess&& other) noexcept;
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;
    ~ChildProcess();

    pid_t pid() const { return pid_; }
    /// Lines that have come within `wait_ms`; empty when none.
    std::vector<std::string> lines(int wait_ms);
    /// True once it has ended; `status()` then holds waitpid's word.
    bool ended();
    int status() const { return status_; }
    void signal(int number) const;
    /// Resident memory in bytes; 0 when it cannot be read.
    std::int64_t resident_bytes() const;

private:
    ChildProcess() = default;
    pid_t pid_ = -1;
    int pipe_ = -1;
    int status_ = 0;
    bool ended_ = false;
    std::string rest_;
};

}  // namespace csva::jobs
