#include "features/erasure/routes.hpp"

namespace csva::erasure {
namespace {

using base::Result;
using http::Context;
using http::Method;
using http::Right;

constexpr std::string_view kTag = "erasure";

struct ProjectPath {
    std::int64_t project_id = 0;
};
CSVA_DESCRIBE(ProjectPath, project_id)

struct SearchRequest {
    std::int64_t project_id = 0;
    std::vector<SoughtValue> values;
};
CSVA_DESCRIBE(SearchRequest, project_id, values)
CSVA_NOTES(
    SearchRequest,
    {.field = "values",
     .text = "A row is the person's when it holds all of them.",
     .minimum = 1,
     .maximum = 20}
)

struct PersonPath {
    std::int64_t project_id = 0;
    std::string code;
};
CSVA_DESCRIBE(PersonPath, project_id, code)

struct EraseRequest {
    std::int64_t project_id = 0;
    std::string code;
    std::vector<Spared> spared;
};
CSVA_DESCRIBE(EraseRequest, project_id, code, spared)
CSVA_NOTES(
    EraseRequest,
    {.field = "spared",
     .text = "Rows that are another person's and stay.",
     .maximum = 1000,
     .defaulted = true}
)

struct DecideRequest {
    std::int64_t project_id = 0;
    std::string code;
    std::int64_t model_id = 0;
    ModelDecision decision = ModelDecision::open;
    std::string reason;
};
CSVA_DESCRIBE(DecideRequest, project_id, code, model_id, decision, reason)
CSVA_NOTES(
    DecideRequest,
    {.field = "decision",
     .text = "retrain: a training on what is left starts; withdraw: it answers no more and loses "
             "its aliases; justify: it stays, for a reason."},
    {.field = "reason", .text = "Why; needed to justify.", .maximum = 2000, .defaulted = true}
)

http::Access editors() { return http::access::object("project", Right::write, "project_id"); }

void add_searches(http::Routes& routes, Persons& persons) {
    routes.add<SearchRequest, http::Accepted<PersonRequest>>(
        Method::post,
        "/api/v1/projects/{project_id}/person-searches",
        editors(),
        {.summary = "Look for a person in all data sets of a project.", .tag = kTag},
        [&](Context& context, const SearchRequest& wish) -> Result<http::Accepted<PersonRequest>> {
            TRY(auto made, persons.search(context.actor, wish.project_id, wish.values));
            auto address = "/api/v1/projects/" + std::to_string(wish.project_id) +
                           "/person-searches/" + made.code;
            return http::Accepted<PersonRequest>{std::move(made), std::move(address)};
        }
    );
    routes.add<ProjectPath, PersonRequestList>(
        Method::get,
        "/api/v1/projects/{project_id}/person-searches",
        editors(),
        {.summary = "Searches for persons and their erasures, newest first.", .tag = kTag},
        [&](Context&, const ProjectPath& path) { return persons.list(path.project_id); }
    );
    routes.add<PersonPath, PersonRequest>(
        Method::get,
        "/api/v1/projects/{project_id}/person-searches/{code}",
        editors(),
        {.summary = "What a search has found, and how far its erasure is.", .tag = kTag},
        [&](Context&, const PersonPath& path) { return persons.find(path.project_id, path.code); }
    );
    routes.add<PersonPath, http::NoContent>(
        Method::delete_,
        "/api/v1/projects/{project_id}/person-searches/{code}",
        editors(),
        {.summary = "Forget what was found; nothing is erased.", .tag = kTag, .errors = {409}},
        [&](Context&, const PersonPath& path) -> Result<http::NoContent> {
            CHECK_OK(persons.drop(path.project_id, path.code));
            return http::NoContent{};
        }
    );
}

void add_erasures(http::Routes& routes, Persons& persons) {
    routes.add<EraseRequest, http::Accepted<PersonRequest>>(
        Method::post,
        "/api/v1/projects/{project_id}/person-searches/{code}/erasure",
        editors(),
        {.summary = "Erase the rows that were found, in every version and file.",
         .tag = kTag,
         .errors = {409}},
        [&](Context& context, const EraseRequest& wish) -> Result<http::Accepted<PersonRequest>> {
            TRY(auto begun, persons.erase(context.actor, wish.project_id, wish.code, wish.spared));
            auto address = "/api/v1/projects/" + std::to_string(wish.project_id) +
                           "/person-searches/" + begun.code;
            return http::Accepted<PersonRequest>{std::move(begun), std::move(address)};
        }
    );
    routes.add<PersonPath, SignedCertificate>(
        Method::get,
        "/api/v1/projects/{project_id}/person-searches/{code}/certificate",
        editors(),
        {.summary = "The certificate alone, as `csva erasure verify` takes it.", .tag = kTag},
        [&](Context&, const PersonPath& path) -> Result<SignedCertificate> {
            TRY(auto found, persons.find(path.project_id, path.code));
            if (!found.certificate) return base::fail(base::ErrorKind::not_found, kPersonNotFound);
            return std::move(*found.certificate);
        }
    );
    routes.add<DecideRequest, PersonRequest>(
        Method::post,
        "/api/v1/projects/{project_id}/person-searches/{code}/decisions",
        editors(),
        {.summary = "What becomes of a model that learnt from erased rows.",
         .tag = kTag,
         .errors = {409}},
        [&](Context& context, const DecideRequest& wish) {
            return persons.decide(
                context.actor,
                wish.project_id,
                wish.code,
                {wish.model_id, wish.decision, wish.reason}
            );
        }
    );
}

}  // namespace

void register_person_routes(http::Routes& routes, Persons& persons) {
    add_searches(routes, persons);
    add_erasures(routes, persons);
    routes.add_page("/projects/{project_id}/person/", editors());
}

}  // namespace csva::erasure
