#pragma once

#include "foundation/base/settings.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace csva::http {

/// This room's settings, read once.
struct Limits {
    explicit Limits(const base::Settings& settings);

    std::size_t network_threads;
    std::size_t handler_threads;
    std::size_t queue_max;
    std::size_t connections_max;
    std::size_t header_bytes;
    std::size_t body_bytes;
    std::size_t parts_max;
    std::uint64_t upload_bytes;
    std::uint64_t disk_reserve_bytes;
    std::uint64_t body_rate_min;  ///< Bytes a second.
    std::chrono::milliseconds header_time;
    std::chrono::milliseconds idle_time;
    std::chrono::milliseconds body_idle_time;
    std::chrono::milliseconds write_time;
    std::chrono::milliseconds linger_time;
    std::chrono::milliseconds drain_time;
    std::chrono::milliseconds heartbeat;
    bool access_log;
    std::vector<std::string> allowed_hosts;
    std::vector<std::string> trusted_proxies;
};

}  // namespace csva::http
