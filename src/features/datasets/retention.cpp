#include "features/datasets/service.hpp"
#include "features/datasets/store.hpp"

namespace csva::datasets {

using base::Result;
using store::Session;

Result<void> start_clocks(Session& session, std::int64_t expires_at) {
    TRY(const auto row, session.row("SELECT id FROM datasets WHERE expires_at = 0 LIMIT 1"));
    if (!row) return {};
    CHECK_OK(session.run("UPDATE datasets SET expires_at = :at WHERE expires_at = 0", {expires_at})
    );
    return {};
}

Result<std::vector<Expiring>> expiring(Session& session, std::int64_t before) {
    return session.records<Expiring>(
        "SELECT id, project_id, created_by, name, expires_at, expiry_notices FROM datasets WHERE "
        "expires_at > 0 AND expires_at <= :before ORDER BY expires_at, id",
        {before}
    );
}

Result<void> set_clock(
    Session& session, DatasetId id, std::int64_t expires_at, std::int64_t notices
) {
    CHECK_OK(session.run(
        "UPDATE datasets SET expires_at = :at, expiry_notices = :notices WHERE id = :id",
        {expires_at, notices, id}
    ));
    return {};
}

Result<bool> is_worked_on(Session& session, DatasetId id) {
    TRY(const auto row,
        session.row(
            "SELECT id FROM jobs WHERE dataset_id = :id AND state IN ('queued', 'running') LIMIT 1",
            {id}
        ));
    return row.has_value();
}

Result<std::int64_t> model_count(Session& session, DatasetId id) {
    TRY(const auto row,
        session.row("SELECT COUNT(*) AS n FROM models WHERE dataset_id = :id", {id}));
    return row->integer("n");
}

Result<std::set<std::string>> empty(Session& session, DatasetId id) {
    TRY(auto keys, blobs_of(session, id));
    CHECK_OK(session.run("DELETE FROM dataset_versions WHERE dataset_id = :id", {id}));
    CHECK_OK(session.run(
        "UPDATE datasets SET file_name = '', sha256 = '', size_bytes = 0, upload_key = '', "
        "current_version_id = NULL, expires_at = -1 WHERE id = :id",
        {id}
    ));
    CHECK_OK(set_problem(session, id, base::Error(base::ErrorKind::gone, kExpired)));
    return keys;
}

}  // namespace csva::datasets
