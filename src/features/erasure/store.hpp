#pragma once

#include "features/accounts/types.hpp"
#include "features/erasure/types.hpp"
#include "foundation/store/database.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// All SQL of the feature.
namespace csva::erasure::rows {

/// What an erasure must know once the rows that say it are gone. Forgotten with the certificate.
struct Plan {
    std::string name;
    std::vector<std::int64_t> projects;
    std::map<std::string, std::string> outside;  ///< By feature.
    std::map<std::string, std::int64_t> rows;
    std::int64_t files = 0;
};
CSVA_DESCRIBE(Plan, name, projects, outside, rows, files)

struct Row {
    std::int64_t id = 0;
    std::string code;
    std::optional<std::int64_t> user_id;
    std::string subject;
    std::string pseudonym;
    AskedBy asked_by = AskedBy::person;
    Phase phase = Phase::list;
    Plan plan;
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
    user_id,
    subject,
    pseudonym,
    asked_by,
    phase,
    plan,
    problem,
    attempts,
    requested_at,
    ended_at,
    certificate
)

/// False when the account, or the code, has one already: another process was first.
base::Result<bool> insert(store::Session& session, const Row& row);
base::Result<std::optional<Row>> by_code(store::Session& session, std::string_view code);
base::Result<std::optional<Row>> by_user(store::Session& session, accounts::UserId user);
/// Newest first.
base::Result<std::vector<Row>> list(store::Session& session, std::int64_t limit);
/// Unfinished ones whose time has come; all unfinished ones with `now` at its largest.
base::Result<std::vector<Row>> due(store::Session& session, std::int64_t now);
/// From `row.phase` to `next`, with the plan; false when somebody else has done it meanwhile.
base::Result<bool> advance(store::Session& session, const Row& row, Phase next);
/// Forgets whose it was and keeps the certificate.
base::Result<void> certify(
    store::Session& session, const Row& row, std::string_view certificate, std::int64_t ended_at
);
base::Result<void> postpone(
    store::Session& session, const Row& row, std::string_view problem, std::int64_t next_at
);

/// Data sets and models of a project.
struct Content {
    std::int64_t datasets = 0;
    std::int64_t models = 0;
};
base::Result<Content> content_of(store::Session& session, std::int64_t project_id);

}  // namespace csva::erasure::rows
