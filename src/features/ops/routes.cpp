#include "features/ops/routes.hpp"

#include "features/ops/summary.hpp"
#include "foundation/base/clock.hpp"
#include "foundation/http/server.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>
#include <thread>
#include <unistd.h>

namespace csva::ops {
namespace {

using base::Result;
using http::Context;
using http::Method;
using http::NoRequest;
using http::Response;

constexpr std::string_view kTag = "ops";
constexpr std::chrono::milliseconds kRefresh{500};

struct Health {
    std::string status = "ok";
};
CSVA_DESCRIBE(Health, status)

struct Home {
    std::string name = "CSV Analyzer";
    std::string version = CSVA_VERSION;
};
CSVA_DESCRIBE(Home, name, version)

/// GET /api/schema/; its parts are JSON of a shape that others have laid down.
struct OpenApi {
    std::string openapi;
    base::Json info;
    base::Json servers;
    base::Json tags;
    base::Json paths;
    base::Json components;
};
CSVA_DESCRIBE(OpenApi, openapi, info, servers, tags, paths, components)
CSVA_NOTES(OpenApi, {.field = "openapi", .text = "Version of the format: 3.1.0."})

/// Keeps the summary fresh in memory, so that reading it costs the network thread nothing: never
/// older than what this process itself has written, and at most kRefresh otherwise. Keeps the last
/// counts while the store is away.
class SummaryKeeper {
public:
    explicit SummaryKeeper(RouteParts parts) : parts_(std::move(parts)) {
        refresh();
        thread_ = std::jthread([this](const std::stop_token& stop) { keep(stop); });
    }

    bool fresh() const { return seen_changes_.load() == parts_.database.changes(); }

    std::shared_ptr<const std::string> json() {
        if (!fresh()) {
            const std::scoped_lock lock(mutex_);
            if (!fresh()) refresh();
        }
        return json_.load();
    }

private:
    void keep(const std::stop_token& stop) {
        std::unique_lock lock(mutex_);
        while (!wake_.wait_for(lock, stop, kRefresh, [] { return false; })) {
            if (stop.stop_requested()) return;
            refresh();
        }
    }

    void refresh() {
        const std::uint64_t changes = parts_.database.changes();
        (void)parts_.database.read([&](store::Session& session) -> Result<void> {
            for (const auto& count : parts_.counts) {
                TRY(summary_.counts[count.name], count.read(session));
            }
            return {};
        });
        Summary now{.counts = summary_.counts, .measured_at = base::Clock::wall_ms()};
        add_requests(now, parts_.metrics.render());
        json_.store(std::make_shared<const std::string>(base::to_json(now)));
        seen_changes_ = changes;
    }

    RouteParts parts_;
    Summary summary_;
    std::atomic<std::shared_ptr<const std::string>> json_;
    std::atomic<std::uint64_t> seen_changes_ = 0;
    std::mutex mutex_;
    std::condition_variable_any wake_;
    std::jthread thread_;
};

void add_health(http::Routes& routes, store::Database& database, const std::atomic<bool>& leaving) {
    routes.add<NoRequest, Health>(
        Method::get,
        "/health/live",
        http::access::open(),
        {.summary = "The process answers.", .tag = kTag, .quick = true},
        [](Context&, const NoRequest&) -> Result<Health> { return Health{}; }
    );
    routes.add<NoRequest, Health>(
        Method::get,
        "/health/ready",
        http::access::open(),
        {.summary = "The process and its database answer, and it is not about to end.", .tag = kTag
        },
        [&database, &leaving](Context&, const NoRequest&) -> Result<Health> {
            if (leaving.load()) return base::fail(base::ErrorKind::unavailable, "http.leaving");
            CHECK_OK(database.read([](store::Session& session) {
                return session.rows("SELECT 1 AS one");
            }));
            return Health{};
        }
    );
}

void add_metrics(http::Routes& routes, RouteParts parts) {
    auto& metrics = parts.metrics;
    auto keeper = std::make_shared<SummaryKeeper>(std::move(parts));
    routes.add<NoRequest, Response>(
        Method::get,
        "/metrics",
        http::access::open("access.metrics"),
        {.summary = "Series of this process for Prometheus.",
         .tag = kTag,
         .produces = {"text/plain"}},
        [&metrics](Context&, const NoRequest&) -> Result<Response> {
            Response response = Response::text(metrics.render());
            response.content_type = "text/plain; version=0.0.4; charset=utf-8";
            return response;
        }
    );
    routes.add<NoRequest, http::Handmade<Summary>>(
        Method::get,
        "/api/metrics/",
        http::access::open("access.metrics"),
        {.summary = "The same in short: counts, errors, latency.", .tag = kTag, .memory_first = true
        },
        [keeper](Context& context, const NoRequest&) -> Result<http::Handmade<Summary>> {
            if (context.memory_only && !keeper->fresh()) return context.ask_again();
            return http::Handmade<Summary>{Response::json(*keeper->json())};
        }
    );
}

void add_pages(http::Routes& routes, const http::Routes& all) {
    routes.add_page(
        "/api/docs/", http::access::open("access.schema"), "/assets/swagger/index.html"
    );
    routes.add<NoRequest, Home>(
        Method::get,
        "/",
        http::access::own_account(),
        {.summary = "The home page, or what answers here.", .tag = kTag, .page = true},
        [](Context&, const NoRequest&) -> Result<Home> { return Home{}; }
    );
    // Written once, when first asked: by then every route is there.
    auto document = std::make_shared<std::string>();
    auto once = std::make_shared<std::once_flag>();
    routes.add<NoRequest, http::Handmade<OpenApi>>(
        Method::get,
        "/api/schema/",
        http::access::open("access.schema"),
        {.summary = "This API as an OpenAPI 3.1 document.", .tag = kTag},
        [&all, document, once](Context&, const NoRequest&) -> Result<http::Handmade<OpenApi>> {
            std::call_once(*once, [&all, &document] { *document = http::openapi(all); });
            return http::Handmade<OpenApi>{Response::json(*document)};
        }
    );
}

/// Resident memory, open files and processor time, as Prometheus' own clients name them.
void watch_process(base::Metrics& metrics) {
    auto& resident = metrics.gauge("process_resident_memory_bytes", "Resident memory.");
    auto& files = metrics.gauge("process_open_fds", "Open file descriptors.");
    auto& cpu = metrics.counter("process_cpu_seconds_total", "Processor time, user and system.");
    const auto mutex = std::make_shared<std::mutex>();  // Two may ask at once.
    metrics.on_collect([&resident, &files, &cpu, mutex] {
        std::ifstream statm("/proc/self/statm");
        double pages = 0;
        statm >> pages >> pages;
        resident.set(pages * static_cast<double>(::sysconf(_SC_PAGESIZE)));
        std::error_code failed;
        const std::filesystem::directory_iterator open("/proc/self/fd", failed);
        files.set(static_cast<double>(std::distance(begin(open), end(open))));
        timespec now{};
        ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
        const double used =
            static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
        const std::scoped_lock lock(*mutex);
        cpu.add(std::max(0.0, used - cpu.value()));
    });
}

}  // namespace

std::vector<base::SettingRow> setting_rows() {
    using base::SettingType;
    return {
        {"access.metrics",
         SettingType::boolean,
         "true",
         "",
         "Whether visitors without an account may read /metrics and /api/metrics/."},
        {"access.schema",
         SettingType::boolean,
         "true",
         "",
         "Whether visitors without an account may read /api/schema/ and /api/docs/."},
    };
}

void register_routes(http::Routes& routes, RouteParts parts) {
    watch_process(parts.metrics);
    add_health(routes, parts.database, parts.leaving);
    add_pages(routes, parts.all);
    add_metrics(routes, std::move(parts));
}

}  // namespace csva::ops
