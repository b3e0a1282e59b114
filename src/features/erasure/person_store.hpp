#pragma once

#include "engine/meaning/person.hpp"
#include "features/erasure/person_types.hpp"
#include "foundation/store/database.hpp"

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// All SQL on searches for persons and their erasures.
namespace csva::erasure::person {

/// What an erasure must know from step to step. Forgotten with the certificate.
struct Plan {
    std::vector<Spared> spared;
    std::map<std::string, std::vector<std::int64_t>> rows;  ///< Found so far, by data set.
    std::vector<std::string> freed;                         ///< Blobs to be removed.
    std::vector<std::string> open_segments;                 ///< Being written when it began.
    std::int64_t waits_since = 0;
    std::map<std::string, std::int64_t> counts;
    std::int64_t files = 0;
};
CSVA_DESCRIBE(Plan, spared, rows, freed, open_segments, waits_since, counts, files)

struct Row {
    std::int64_t id = 0;
    std::string code;
    std::int64_t project_id = 0;
    std::int64_t created_by = 0;
    AskedBy asked_by = AskedBy::project;
    PersonPhase phase = PersonPhase::searching;
    std::string hash_key;  ///< Of the hashes in `sought`; forgotten with them.
    std::vector<meaning::Sought> sought;
    std::int64_t value_count = 0;
    std::string fingerprint;
    Findings findings;
    Plan plan;
    std::optional<std::int64_t> job_id;
    std::string problem;
    std::int64_t attempts = 0;
    std::int64_t requested_at = 0;
    std::optional<std::int64_t> ended_at;
    std::string certificate;
};
CSVA_DESCRIBE(
    Row,
    id,
    code,
    project_id,
    created_by,
    asked_by,
    phase,
    hash_key,
    sought,
    value_count,
    fingerprint,
    findings,
    plan,
    job_id,
    problem,
    attempts,
    requested_at,
    ended_at,
    certificate
)

base::Result<std::int64_t> insert(store::Session& session, const Row& row);
base::Result<std::optional<Row>> by_code(store::Session& session, std::string_view code);
/// Newest first.
base::Result<std::vector<Row>> of_project(store::Session& session, std::int64_t project_id);
/// Erasures under way whose time has come.
base::Result<std::vector<Row>> due(
    store::Session& session, std::int64_t now = std::numeric_limits<std::int64_t>::max()
);
base::Result<void> set_job(store::Session& session, std::int64_t id, std::int64_t job_id);
base::Result<void> set_found(
    store::Session& session, std::string_view code, const Findings& findings
);
base::Result<void> set_failed(
    store::Session& session, std::string_view code, std::string_view reason
);
/// Keeps the row for this transaction; false when it is no longer in the phase that `row` says.
base::Result<bool> hold(store::Session& session, const Row& row);
/// From `row.phase` to `next`, with plan and findings; false when somebody else was faster.
base::Result<bool> advance(store::Session& session, const Row& row, PersonPhase next);
/// Forgets what was sought and found. Keeps the certificate, if any.
base::Result<void> settle(
    store::Session& session,
    const Row& row,
    PersonPhase next,
    std::string_view certificate,
    std::int64_t ended_at
);
base::Result<void> postpone(
    store::Session& session, const Row& row, std::string_view problem, std::int64_t next_at
);

base::Result<std::vector<AffectedModel>> models_of(
    store::Session& session, std::int64_t request_id
);
/// Models whose training learnt from the version; those that are listed already stay.
base::Result<void> add_models(
    store::Session& session, std::int64_t request_id, std::int64_t version_id, std::int64_t rows
);
base::Result<void> decide(
    store::Session& session, std::int64_t request_id, const AffectedModel& decided
);

base::Result<void> erase_project(store::Session& session, std::int64_t project_id);

}  // namespace csva::erasure::person
