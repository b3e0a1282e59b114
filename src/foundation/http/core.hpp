#pragma once

#include "foundation/http/handler_pool.hpp"
#include "foundation/http/request_parser.hpp"
#include "foundation/http/router.hpp"
#include "foundation/http/server.hpp"
#include "foundation/http/settings.hpp"
#include "foundation/http/static_files.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

namespace csva::http {

/// One request on its way: what is known, and the answer when there is one.
struct Exchange {
    Context context;
    const Route* route = nullptr;
    std::string raw_path;
    bool keep_alive = false;
    bool expects_continue = false;
    bool has_body = false;
    bool csrf_pending = false;  ///< The token must come in a form field.
    bool api_client = true;     ///< Not a browser's page: failures are JSON.
    std::optional<std::uint64_t> length;
    BodyDecoder body;
    std::string reason;    ///< Of the failure that was answered.
    bool refused = false;  ///< Who asked may not, or is not known.
    std::chrono::steady_clock::time_point started;
};

/// What a request goes through, without any socket: checks, routing, rights, handler, failure.
/// Everything here is thread-safe.
class Core {
public:
    explicit Core(ServerParts server_parts);

    static std::string next_request_id();
    /// Host, address, method, origin and declared body are looked at. An answer means that it is
    /// final (a static file).
    base::Result<std::optional<Response>> open(Exchange& exchange, const ParsedRequest& request);
    /// Who asks, from memory; false when that needs the pool.
    std::optional<base::Result<Actor>> identify_quickly(const Exchange& exchange);
    /// Access and CSRF. With `identified` empty, a database is asked (blocking).
    base::Result<void> admit(Exchange& exchange, std::optional<base::Result<Actor>> identified);
    /// The CSRF token of a form field; once. Errors: http.csrf.
    base::Result<void> check_form_token(Exchange& exchange);
    /// Reads form pairs out of a small body. Errors: http.bad_encoding.
    static base::Result<void> take_body(Exchange& exchange);
    /// Bytes that a file of this request may have.
    std::uint64_t file_limit(const Exchange& exchange) const;
    /// Runs the handler (blocking unless quick). Exceptions become 500.
    Response run(Exchange& exchange);
    /// Runs the handler of a `memory_first` route on the network thread; nothing when somebody on
    /// the way must ask a disk or a database.
    std::optional<Response> run_from_memory(
        Exchange& exchange, const std::optional<base::Result<Actor>>& identified
    );
    Response refuse(Exchange& exchange, const base::Error& error);
    /// Counts and logs a finished request.
    void finish(const Exchange& exchange, int status, std::uint64_t bytes);

    ServerParts parts;
    Limits limits;
    Router router;
    StaticFiles files;
    base::Metrics::Gauge& in_flight;
    base::Metrics::Gauge& connections;
    std::atomic<bool> draining = false;
    /// The process is about to end: connections are not kept.
    bool leaves() const { return draining || (parts.leaving != nullptr && parts.leaving->load()); }
    HandlerPool disk;  ///< Writes uploads.
    HandlerPool pool;  ///< Last: its threads end before the rest goes.

private:
    struct Series {
        std::array<std::atomic<base::Metrics::Histogram*>, 6> by_class{};
    };
    base::Metrics::Histogram& series(const Exchange& exchange, int status);
    base::Result<void> check_body(const Exchange& exchange) const;
    base::Result<void> let_in(Exchange& exchange, std::optional<base::Result<Actor>> identified);
    void tell_witness(const Exchange& exchange, int status) const;
    Response page(const Exchange& exchange, int status);
    std::unordered_map<const Route*, Series> series_;
};

}  // namespace csva::http
