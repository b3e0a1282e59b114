#include "features/audit/service.hpp"
#include "foundation/base/clock.hpp"

namespace csva::audit {
namespace {

using base::Result;
using http::Context;
using http::Method;
using http::NoRequest;
using http::Response;

constexpr std::string_view kTag = "journal";

Result<Response> send_export(Service& service, const Context& context) {
    TRY(const auto path, service.export_file());
    service.journal().append({.action = "journal.export", .actor_id = context.actor.user_id});
    const std::string day = base::iso_time(base::Clock::wall_ms()).substr(0, 10);
    auto response =
        Response::download(path, "application/x-ndjson", "csva-journal-" + day + ".jsonl");
    std::get<http::FileBody>(response.body).remove_afterwards = true;
    return response;
}

}  // namespace

void register_routes(http::Routes& routes, Service& service) {
    routes.add_page("/journal/", http::access::service());
    routes.add<EntryQuery, JournalPage>(
        Method::get,
        "/api/v1/journal/entries",
        http::access::service(),
        {.summary = "Entries of the journal, newest first.", .tag = kTag},
        [&service](Context&, const EntryQuery& query) { return service.entries(query); }
    );
    routes.add<NoRequest, journal::Proof>(
        Method::post,
        "/api/v1/journal/verifications",
        http::access::service(),
        {.summary = "Verify the whole journal: chain, signatures, length.",
         .tag = kTag,
         .action = "journal.verify"},
        [&service](Context&, const NoRequest&) { return service.verify(); }
    );
    routes.add<NoRequest, Response>(
        Method::get,
        "/api/v1/journal/export",
        http::access::service(),
        {.summary = "The whole journal as lines of JSON, to be verified elsewhere.",
         .tag = kTag,
         .produces = {"application/x-ndjson"},
         .download = true},
        [&service](Context& context, const NoRequest&) { return send_export(service, context); }
    );
}

}  // namespace csva::audit
