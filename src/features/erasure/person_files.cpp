#include "features/erasure/person_files.hpp"

#include "foundation/base/clock.hpp"

namespace csva::erasure::person {
namespace {

using base::Result;
using store::Session;

constexpr std::string_view kFiles[] = {
    // Versions, the file as read before the others of its data set.
    "SELECT 'version' AS place, v.id AS id, v.dataset_id AS dataset_id, v.parquet_key AS key, "
    "v.table_schema AS \"schema\", COALESCE(v.receipt, '') AS receipt FROM dataset_versions v "
    "JOIN datasets d ON d.id = v.dataset_id WHERE d.project_id = :project AND v.ready = 1 AND "
    "v.parquet_key IS NOT NULL ORDER BY v.id",
    "SELECT 'original' AS place, d.id AS id, d.id AS dataset_id, d.upload_key AS key FROM "
    "datasets d WHERE d.project_id = :project AND d.upload_key <> '' ORDER BY d.id",
    "SELECT 'rejects' AS place, v.id AS id, v.dataset_id AS dataset_id, v.rejects_key AS key FROM "
    "dataset_versions v JOIN datasets d ON d.id = v.dataset_id WHERE d.project_id = :project AND "
    "v.rejects_key IS NOT NULL ORDER BY v.id",
    "SELECT 'held_out' AS place, t.id AS id, t.dataset_id AS dataset_id, t.held_out_key AS key "
    "FROM trainings t WHERE t.project_id = :project AND t.held_out_key <> '' ORDER BY t.id",
    "SELECT 'batch' AS place, b.id AS id, 0 AS dataset_id, b.upload_key AS key FROM "
    "prediction_batches b WHERE b.project_id = :project AND b.upload_key <> '' ORDER BY b.id",
    "SELECT 'batch' AS place, b.id AS id, 0 AS dataset_id, b.result_key AS key FROM "
    "prediction_batches b WHERE b.project_id = :project AND b.result_key <> '' ORDER BY b.id",
    "SELECT 'segment' AS place, s.id AS id, 0 AS dataset_id, s.blob_key AS key FROM "
    "prediction_segments s WHERE s.project_id = :project AND s.blob_key <> '' ORDER BY s.id",
    "SELECT 'window' AS place, w.id AS id, 0 AS dataset_id, w.rows_key AS key FROM "
    "monitoring_windows w WHERE w.project_id = :project AND w.rows_key <> '' ORDER BY w.id",
};

/// What a file of that place is called in a certificate.
std::string count_name(const Seen& seen) {
    return std::string(base::type_of<Place>().enumerators[static_cast<std::size_t>(seen.place)]) +
           (seen.gone ? "_removed" : "_rewritten");
}

class Swap {
public:
    Swap(Session& session, Row& row) : session_(session), row_(row) {}

    Result<void> one(const Seen& seen, const Stored& made) {
        switch (seen.place) {
            case Place::version:
                return version(seen, made);
            case Place::original:
                return update(
                    "UPDATE datasets SET upload_key = :made, size_bytes = :bytes, sha256 = :sha "
                    "WHERE id = :id AND upload_key = :before",
                    {made.key, made.bytes, made.sha256, seen.id, seen.key},
                    seen,
                    made
                );
            case Place::rejects:
                return update(
                    "UPDATE dataset_versions SET rejects_key = :made WHERE id = :id AND "
                    "rejects_key = :before",
                    {made.key.empty() ? store::Value(nullptr) : store::Value(made.key),
                     seen.id,
                     seen.key},
                    seen,
                    made
                );
            case Place::held_out:
                return update(
                    "UPDATE trainings SET held_out_key = :made WHERE id = :id AND held_out_key = "
                    ":before",
                    {made.key, seen.id, seen.key},
                    seen,
                    made
                );
            case Place::batch:
                return batch(seen);
            case Place::segment:
                return update(
                    "UPDATE prediction_segments SET blob_key = :made WHERE id = :id AND blob_key "
                    "= :before",
                    {made.key, seen.id, seen.key},
                    seen,
                    made
                );
            case Place::window:
                return update(
                    "UPDATE monitoring_windows SET rows_key = :made, rows = :rows WHERE id = :id "
                    "AND rows_key = :before",
                    {made.key, seen.rows_left, seen.id, seen.key},
                    seen,
                    made
                );
        }
        return {};
    }

private:
    /// A file that somebody else has replaced meanwhile is looked at again in the next round.
    Result<void> update(
        std::string_view sql, std::vector<store::Value> values, const Seen& seen, const Stored& made
    ) {
        TRY(const auto changed, session_.run(sql, std::move(values)));
        free_blob(changed == 1 ? seen.key : made.key);
        if (changed == 1) count(seen);
        return {};
    }
    void free_blob(const std::string& key) {
        if (!key.empty()) row_.plan.freed.push_back(key);
    }
    void count(const Seen& seen) {
        ++row_.plan.counts[count_name(seen)];
        ++row_.plan.files;
    }

    Result<void> version(const Seen& seen, const Stored& made) {
        if (seen.rows > 0) CHECK_OK(add_models(session_, row_.id, seen.id, seen.rows));
        if (!seen.receipt.empty())
            CHECK_OK(session_.run(
                "UPDATE dataset_versions SET receipt = :receipt WHERE id = :id AND parquet_key = "
                ":before",
                {seen.receipt, seen.id, seen.key}
            ));
        return update(
            "UPDATE dataset_versions SET parquet_key = :made, row_count = :rows, profile = "
            ":profile, personal = :personal WHERE id = :id AND parquet_key = :before",
            {made.key, seen.rows_left, seen.profile, seen.personal, seen.id, seen.key},
            seen,
            made
        );
    }

    Result<void> batch(const Seen& seen) {
        TRY(const auto found,
            session_.rows(
                "SELECT upload_key AS found FROM prediction_batches WHERE id = :a UNION SELECT "
                "result_key FROM prediction_batches WHERE id = :b UNION SELECT blob_key FROM "
                "prediction_segments WHERE batch_id = :c",
                {seen.id, seen.id, seen.id}
            ));
        for (const auto& one : found) free_blob(one.text("found"));
        CHECK_OK(session_.run(
            "DELETE FROM prediction_labels WHERE code IN (SELECT code FROM prediction_segments "
            "WHERE batch_id = :id)",
            {seen.id}
        ));
        CHECK_OK(session_.run("DELETE FROM prediction_segments WHERE batch_id = :id", {seen.id}));
        TRY(const auto changed,
            session_.run("DELETE FROM prediction_batches WHERE id = :id", {seen.id}));
        if (changed == 1) count(seen);
        return {};
    }

    Session& session_;
    Row& row_;
};

}  // namespace

Result<std::vector<File>> files_of(Session& session, std::int64_t project_id) {
    std::vector<File> out;
    for (const auto sql : kFiles) {
        TRY(auto found, session.records<File>(sql, {project_id}));
        for (auto& file : found) out.push_back(std::move(file));
    }
    return out;
}

Result<Order> order_of(
    store::Database& database,
    blob::BlobStore& blobs,
    const base::Settings& settings,
    const Row& row
) {
    Order order;
    TRY(auto files,
        database.read([&](Session& session) { return files_of(session, row.project_id); }));
    for (auto& file : files) {
        const auto path = blobs.local_path(file.key);
        // Deleted since it was listed.
        if (!path && path.error().reason == "blob.missing") continue;
        if (!path) return std::unexpected(path.error());
        file.path = path->string();
        order.files.push_back(std::move(file));
    }
    order.key = row.hash_key;
    order.sought = row.sought;
    order.spared = row.plan.spared;
    order.rows = row.plan.rows;
    order.share = datasets::share_of(settings, row.attempts > 0);
    return order;
}

Result<bool> swap(Session& session, Row& row, const Outcome& outcome, const Replacements& stored) {
    const auto before = row.plan.files;
    Swap swapping(session, row);
    for (const auto& seen : outcome.files) {
        if (!seen.rewritten && !seen.gone) continue;
        const auto made = stored.find(seen.key);
        CHECK_OK(swapping.one(seen, made == stored.end() ? Stored{} : made->second));
    }
    row.plan.rows = outcome.rows;
    std::int64_t rows = 0;
    for (const auto& [dataset, ids] : outcome.rows) rows += std::ssize(ids);
    row.plan.counts["rows"] = rows;
    return row.plan.files > before || !row.plan.freed.empty();
}

Result<void> drop_exports(Session& session, Row& row) {
    constexpr std::string_view kWhose =
        "user_id IN (SELECT user_id FROM project_members WHERE project_id = :a UNION SELECT "
        "created_by FROM datasets WHERE project_id = :b)";
    TRY(const auto found,
        session.rows(
            "SELECT blob_key FROM user_exports WHERE blob_key <> '' AND " + std::string(kWhose),
            {row.project_id, row.project_id}
        ));
    for (const auto& one : found) row.plan.freed.push_back(one.text("blob_key"));
    TRY(const auto gone,
        session.run(
            "DELETE FROM user_exports WHERE " + std::string(kWhose),
            {row.project_id, row.project_id}
        ));
    if (gone > 0) row.plan.counts["exports_removed"] += gone;
    return {};
}

}  // namespace csva::erasure::person
