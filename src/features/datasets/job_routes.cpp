#include "features/datasets/routes.hpp"
#include "foundation/jobs/queue.hpp"

namespace csva::datasets {
namespace {

using base::Result;
using http::Context;
using http::Method;
using http::NoRequest;
using http::Response;
using http::Right;
using jobs::Job;
using store::Session;

constexpr std::string_view kTag = "jobs";

/// A queued job that is cancelled never reaches a worker, so its kind gives up here.
Result<Job> cancel(Session& session, const jobs::Kinds& kinds, jobs::JobId id) {
    TRY(const Job before, jobs::get(session, id));
    TRY(Job after, jobs::cancel(session, id));
    const jobs::Kind* kind = jobs::find(kinds, after.kind);
    const bool ended = before.state == jobs::State::queued && after.state == jobs::State::cancelled;
    if (!ended || kind == nullptr) return after;
    TRY(const auto input, jobs::input_of(session, id));
    const base::Error error(base::ErrorKind::conflict, base::kCancelledReason);
    CHECK_OK(jobs::give_up(*kind, session, after, input, error));
    return after;
}

}  // namespace

void register_job_routes(http::Routes& routes, const RouteParts& parts) {
    auto& database = parts.service.database();
    const auto by_id = [](Right right) { return http::access::object("job", right, "job_id"); };
    routes.add<JobPath, Job>(
        Method::get,
        "/api/v1/jobs/{job_id}",
        by_id(Right::read),
        {.summary = "How far a job is.", .tag = kTag},
        [&database](Context&, const JobPath& path) {
            return database.read([&](Session& session) { return jobs::get(session, path.job_id); });
        }
    );
    routes.add<JobPath, Job>(
        Method::post,
        "/api/v1/jobs/{job_id}/cancel",
        by_id(Right::write),
        {.summary = "Stop a job; one under way stops as soon as it can.",
         .tag = kTag,
         .body = http::Body::none,
         .errors = {409}},
        [&database, &kinds = parts.kinds](Context&, const JobPath& path) {
            return database.transaction([&](Session& session) {
                return cancel(session, kinds, path.job_id);
            });
        }
    );
    routes.add<JobQuery, JobList>(
        Method::get,
        "/api/v1/datasets/{dataset_id}/jobs",
        http::access::object("dataset", Right::read, "dataset_id"),
        {.summary = "Jobs of a data set, newest first.", .tag = kTag},
        [&database](Context&, const JobQuery& query) -> Result<JobList> {
            TRY(auto found, database.read([&](Session& session) -> Result<std::vector<Job>> {
                TRY(const auto project, object_kind().project_of(session, query.dataset_id.value));
                return jobs::list(
                    session, project.value_or(0), query.dataset_id.value, query.limit
                );
            }));
            return JobList{std::move(found)};
        }
    );
    routes.add<NoRequest, Response>(
        Method::get,
        "/api/v1/events",
        http::access::signed_in(),
        {.summary = "Changes of one's jobs as server-sent events: event `job`, data a job.",
         .tag = kTag,
         .produces = {"text/event-stream"}},
        [](Context& context, const NoRequest&) -> Result<Response> {
            return Response::events({"user:" + std::to_string(context.actor.user_id)});
        }
    );
}

}  // namespace csva::datasets
