#include "features/erasure/person_files.hpp"
#include "features/erasure/persons.hpp"

#include <set>

namespace csva::erasure {
namespace {

using base::Result;
using store::Session;

/// What is enqueued: nothing about the person.
struct SearchJob {
    std::string code;
};
CSVA_DESCRIBE(SearchJob, code)

Result<jobs::Prepared> prepare(
    store::Database& database,
    blob::BlobStore& blobs,
    const base::Settings& settings,
    const std::string& input
) {
    TRY(const auto job, base::from_json<SearchJob>(input));
    TRY(const auto row,
        database.read([&](Session& session) { return person::by_code(session, job.code); }));
    if (!row || row->phase != PersonPhase::searching)
        return base::fail(base::ErrorKind::gone, kPersonNotFound);
    TRY(const auto order, person::order_of(database, blobs, settings, *row));
    return jobs::Prepared{
        base::to_json(order), static_cast<std::uint64_t>(order.share.memory_bytes)
    };
}

Result<Findings> findings_of(Session& session, person::Outcome outcome) {
    Findings out;
    for (auto& dataset : outcome.datasets) {
        TRY(const auto row,
            session.row("SELECT name FROM datasets WHERE id = :id", {dataset.dataset_id}));
        if (!row) continue;
        dataset.name = row->text("name");
        out.datasets.push_back(std::move(dataset));
    }
    std::set<std::int64_t> batches;
    for (const auto& seen : outcome.files) {
        if (seen.rows == 0) continue;
        if (seen.place == Place::batch) batches.insert(seen.id);
        if (seen.place == Place::segment || seen.place == Place::window)
            out.predictions += seen.rows;
    }
    out.batches = std::ssize(batches);
    return out;
}

Result<void> publish(Session& session, const jobs::Finished& finished) {
    TRY(const auto job, base::from_json<SearchJob>(finished.input));
    TRY(auto outcome, base::from_json<person::Outcome>(finished.outcome));
    TRY(const auto findings, findings_of(session, std::move(outcome)));
    return person::set_found(session, job.code, findings);
}

}  // namespace

jobs::Kind person_kind(const base::Settings& settings) {
    return {
        .name = kPersonJob,
        .prepare = [&settings](
                       store::Database& database,
                       blob::BlobStore& blobs,
                       const jobs::Job&,
                       const std::string& input,
                       bool
                   ) { return prepare(database, blobs, settings, input); },
        .body = person::body,
        .store_files = [](const jobs::Finished&) -> Result<std::string> { return std::string(); },
        .publish = [](Session& session,
                      const jobs::Finished& finished,
                      const std::string&) { return publish(session, finished); },
        .give_up = jobs::giving_up<SearchJob>(
            [](Session& session, const SearchJob& job, const base::Error& error) {
                return person::set_failed(session, job.code, error.reason);
            }
        ),
    };
}

}  // namespace csva::erasure
