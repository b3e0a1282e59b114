#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace csva::jobs {

/// Keeps a program of ours running beside the server: starts it, starts it again when it dies
/// (waiting longer each time, up to 10 s), asks it to end (SIGTERM, SIGKILL after 10 s) when the
/// object goes. It inherits the environment.
class Supervisor {
public:
    Supervisor(std::filesystem::path program, std::vector<std::string> arguments);
    ~Supervisor();
    Supervisor(const Supervisor&) = delete;
    Supervisor& operator=(const Supervisor&) = delete;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace csva::jobs
