#pragma once

#include "foundation/base/embedded.hpp"
#include "foundation/base/metrics.hpp"
#include "foundation/base/result.hpp"
#include "foundation/base/settings.hpp"
#include "foundation/http/auth.hpp"
#include "foundation/http/event_hub.hpp"
#include "foundation/http/routes.hpp"
#include "foundation/http/witness.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace csva::http {

/// Rows of this room's settings (http.*, limits.upload_bytes, access.*), merged by app.
std::vector<base::SettingRow> setting_rows();

/// What the server is built from. All references outlive it.
struct ServerParts {
    const Routes& routes;
    Authenticator& authenticator;
    EventHub& events;
    base::Metrics& metrics;
    const base::Settings& settings;
    std::filesystem::path staging_folder;  ///< Uploads arrive here; same volume as the blobs.
    std::span<const base::EmbeddedFile> web = {};  ///< Files of the web UI, index.html among them;
                                                   ///< `x.br` and `x.gz` are x compressed.
    /// Set when the process is about to end: answers then say `Connection: close`.
    const std::atomic<bool>* leaving = nullptr;
    Witness* witness = nullptr;  ///< May be null.
};

/// The HTTP server: listens, reads requests with every limit applied, asks the authenticator, runs
/// handlers on a bounded pool, answers. `run` blocks until `stop`; then connections that wait to be
/// accepted still are, requests under way end (within http.drain_s), and connections close.
class Server {
public:
    explicit Server(ServerParts parts);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// Binds HOST:PORT (port 0: any). Errors: http.cannot_listen.
    base::Result<void> listen(const std::string& host, std::uint16_t port);
    std::uint16_t port() const;
    void run();
    /// From any thread or a signal handler's thread. Idempotent.
    void stop();

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// OpenAPI 3.1 document of the routes, as JSON.
std::string openapi(const Routes& routes);

}  // namespace csva::http
