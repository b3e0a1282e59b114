#include "foundation/http/settings.hpp"

#include "foundation/http/server.hpp"
#include "foundation/http/text.hpp"

#include <cmath>

namespace csva::http {

using base::SettingRow;
using base::SettingType;

namespace {

/// By which names and through which proxies the service is reached, and what uploads may take.
std::vector<SettingRow> reach_rows() {
    return {
        {"http.allowed_hosts",
         SettingType::list,
         "",
         "",
         "Names under which the service may be called, besides localhost and addresses; `*` allows "
         "all, `.example.org` all below."},
        {"http.public_url",
         SettingType::text,
         "",
         "",
         "Address under which people call the service, such as https://csv.example.org; empty: the "
         "one it listens on. Links that it prints begin with it."},
        {"http.leave_s",
         SettingType::real,
         "0",
         "s",
         "Time between the wish to end, when /health/ready begins to answer 503, and the end of "
         "listening: as long as a load balancer takes to send nothing more."},
        {"http.trusted_proxies",
         SettingType::list,
         "",
         "",
         "Addresses or networks whose X-Forwarded headers are believed."},
        {"limits.upload_bytes", SettingType::integer, "10485760", "bytes", "Largest uploaded file."
        },
        {"limits.disk_reserve_bytes",
         SettingType::integer,
         "268435456",
         "bytes",
         "Uploads stop when less than this is free on the disk."},
    };
}

}  // namespace

std::vector<SettingRow> setting_rows() {
    std::vector<SettingRow> rows = {
        {"http.network_threads",
         SettingType::integer,
         "2",
         "",
         "Threads that read and write connections."},
        {"http.handler_threads", SettingType::integer, "8", "", "Threads that run requests."},
        {"http.queue_max",
         SettingType::integer,
         "256",
         "",
         "Requests that may wait for a thread; more are answered 503."},
        {"http.connections_max",
         SettingType::integer,
         "10000",
         "",
         "Open connections; for one more, the one that has been silent longest is closed."},
        {"http.header_bytes", SettingType::integer, "16384", "bytes", "Largest request header."},
        {"http.body_bytes",
         SettingType::integer,
         "1048576",
         "bytes",
         "Largest body of a request that is not a file."},
        {"http.parts_max",
         SettingType::integer,
         "100",
         "",
         "Largest number of parts in a multipart body."},
        {"http.header_s", SettingType::real, "15", "s", "Time for a request header to arrive."},
        {"http.idle_s", SettingType::real, "75", "s", "Time that an unused connection is kept open."
        },
        {"http.body_idle_s", SettingType::real, "30", "s", "Longest pause while a body arrives."},
        {"http.body_rate_min",
         SettingType::integer,
         "1024",
         "bytes/s",
         "Slowest rate at which a body may arrive, after the first http.body_idle_s."},
        {"http.write_s", SettingType::real, "60", "s", "Longest pause while an answer is taken."},
        {"http.linger_s",
         SettingType::real,
         "10",
         "s",
         "Time to let a refused upload end, so that the client reads the answer."},
        {"http.drain_s",
         SettingType::real,
         "20",
         "s",
         "Time that requests under way have to end at shutdown."},
        {"http.heartbeat_s",
         SettingType::real,
         "15",
         "s",
         "Pause between heartbeats of an event stream."},
        {"http.access_log", SettingType::boolean, "true", "", "Write one line for each request."},
    };
    const auto reach = reach_rows();
    rows.insert(rows.end(), reach.begin(), reach.end());
    return rows;
}

namespace {

std::size_t count_of(const base::Settings& settings, std::string_view name) {
    const auto value = settings.integer(name);
    return value < 1 ? 1 : static_cast<std::size_t>(value);
}

std::chrono::milliseconds time_of(const base::Settings& settings, std::string_view name) {
    return std::chrono::milliseconds(std::llround(settings.real(name) * 1000));
}

std::vector<std::string> lower_list(const base::Settings& settings, std::string_view name) {
    auto items = settings.list(name);
    for (auto& item : items) item = lower(item);
    return items;
}

}  // namespace

Limits::Limits(const base::Settings& settings)
    : network_threads(count_of(settings, "http.network_threads")),
      handler_threads(count_of(settings, "http.handler_threads")),
      queue_max(count_of(settings, "http.queue_max")),
      connections_max(count_of(settings, "http.connections_max")),
      header_bytes(count_of(settings, "http.header_bytes")),
      body_bytes(count_of(settings, "http.body_bytes")),
      parts_max(count_of(settings, "http.parts_max")),
      upload_bytes(count_of(settings, "limits.upload_bytes")),
      disk_reserve_bytes(static_cast<std::uint64_t>(settings.integer("limits.disk_reserve_bytes"))),
      body_rate_min(count_of(settings, "http.body_rate_min")),
      header_time(time_of(settings, "http.header_s")),
      idle_time(time_of(settings, "http.idle_s")),
      body_idle_time(time_of(settings, "http.body_idle_s")),
      write_time(time_of(settings, "http.write_s")),
      linger_time(time_of(settings, "http.linger_s")),
      drain_time(time_of(settings, "http.drain_s")),
      heartbeat(time_of(settings, "http.heartbeat_s")),
      access_log(settings.boolean("http.access_log")),
      allowed_hosts(lower_list(settings, "http.allowed_hosts")),
      trusted_proxies(lower_list(settings, "http.trusted_proxies")) {}

}  // namespace csva::http
