#include "features/erasure/exports.hpp"

#include "features/erasure/tar.hpp"
#include "features/projects/service.hpp"
#include "foundation/base/clock.hpp"
#include "foundation/jobs/queue.hpp"

#include <algorithm>

namespace csva::erasure {
namespace {

namespace fs = std::filesystem;
using base::ErrorKind;
using base::fail;
using base::Result;
using store::Session;

constexpr std::int64_t kKeepMs = 7 * 86'400'000LL;
constexpr std::string_view kArchive = "archive";
constexpr std::string_view kColumns = "id, state, size_bytes, created_at, expires_at";

/// What is enqueued; `files` are keys of blobs, and for the body local paths.
struct ExportOrder {
    ExportId export_id;
    std::map<std::string, std::string> documents;
    std::map<std::string, std::string> files;
};
CSVA_DESCRIBE(ExportOrder, export_id, documents, files)

struct Packed {
    std::int64_t size_bytes = 0;
};
CSVA_DESCRIBE(Packed, size_bytes)

struct StoredArchive {
    std::string key;
    std::int64_t size_bytes = 0;
};
CSVA_DESCRIBE(StoredArchive, key, size_bytes)

Result<jobs::Prepared> prepare(blob::BlobStore& blobs, const std::string& input) {
    TRY(auto order, base::from_json<ExportOrder>(input));
    for (auto& [name, key] : order.files) {
        const auto path = blobs.local_path(key);
        // Deleted since it was asked for: it is not kept any more.
        key = path ? path->string() : std::string();
    }
    return jobs::Prepared{base::to_json(order), 0};
}

Result<std::string> body(const std::string& input, const fs::path& out, base::Control& control) {
    TRY(const auto order, base::from_json<ExportOrder>(input));
    TRY(auto archive, Tar::create(out / kArchive));
    for (const auto& [name, text] : order.documents) CHECK_OK(archive.add_text(name, text));
    std::size_t done = 0;
    for (const auto& [name, path] : order.files) {
        if (control.cancelled()) return fail(ErrorKind::conflict, base::kCancelledReason);
        control.progress(
            static_cast<double>(done++) / static_cast<double>(order.files.size()), "packing"
        );
        if (!path.empty()) CHECK_OK(archive.add(name, path));
    }
    TRY(const std::int64_t size, archive.finish());
    return base::to_json(Packed{size});
}

Result<std::string> store_files(const jobs::Finished& finished) {
    TRY(const auto packed, base::from_json<Packed>(finished.outcome));
    TRY(auto key, finished.blobs.put_file(finished.job.project_id, finished.folder / kArchive));
    return base::to_json(StoredArchive{std::move(key), packed.size_bytes});
}

Result<void> publish(Session& session, const jobs::Finished& finished, const std::string& text) {
    TRY(const auto order, base::from_json<ExportOrder>(finished.input));
    TRY(const auto stored, base::from_json<StoredArchive>(text));
    CHECK_OK(session.run(
        "UPDATE user_exports SET state = 'succeeded', blob_key = :key, size_bytes = :size WHERE id "
        "= :id",
        {stored.key, stored.size_bytes, order.export_id}
    ));
    return {};
}

Result<void> give_up(Session& session, const ExportOrder& order, const base::Error& error) {
    CHECK_OK(session.run(
        "UPDATE user_exports SET state = :state WHERE id = :id",
        {jobs::state_after(error), order.export_id}
    ));
    return {};
}

}  // namespace

jobs::Kind export_kind() {
    return {
        .name = kExportJob,
        .prepare = [](store::Database&,
                      blob::BlobStore& blobs,
                      const jobs::Job&,
                      const std::string& input,
                      bool) { return prepare(blobs, input); },
        .body = body,
        .store_files = store_files,
        .publish = publish,
        .give_up = jobs::giving_up<ExportOrder>(give_up),
    };
}

Result<Export> Exports::start(accounts::UserId user) {
    return parts_.database.transaction([&](Session& session) -> Result<Export> {
        TRY(const auto waiting,
            session.record<Export>(
                "SELECT " + std::string(kColumns) +
                    " FROM user_exports WHERE user_id = :user AND state = 'queued'",
                {user}
            ));
        if (waiting) return *waiting;
        TRY(const auto leaver, projects::leaver(session, user));
        ExportOrder order;
        for (auto* feature : parts_.features()) {
            TRY(auto portion, feature->export_user(session, leaver));
            order.documents.merge(portion.documents);
            order.files.merge(portion.blobs);
        }
        TRY(const auto home, projects::personal_project(session, user));
        const std::int64_t now = base::Clock::wall_ms();
        Export made{.created_at = now, .expires_at = now + kKeepMs};
        TRY(const auto id,
            session.insert(
                "INSERT INTO user_exports (user_id, project_id, job_id, state, blob_key, "
                "size_bytes, created_at, expires_at) VALUES (:user, :project, 0, 'queued', '', 0, "
                ":now, :until) RETURNING id",
                {user, home, made.created_at, made.expires_at}
            ));
        made.id = ExportId(id);
        order.export_id = made.id;
        TRY(const auto job,
            jobs::enqueue(
                session,
                {.kind = std::string(kExportJob),
                 .project_id = home.value,
                 .user_id = user.value,
                 .input = base::to_json(order)}
            ));
        CHECK_OK(session.run("UPDATE user_exports SET job_id = :job WHERE id = :id", {job, made.id})
        );
        return made;
    });
}

Result<std::vector<Export>> Exports::list(accounts::UserId user) {
    return parts_.database.read([&](Session& session) {
        return session.records<Export>(
            "SELECT " + std::string(kColumns) +
                " FROM user_exports WHERE user_id = :user ORDER BY id DESC LIMIT 50",
            {user}
        );
    });
}

Result<fs::path> Exports::file(accounts::UserId user, ExportId id) {
    TRY(const auto row, parts_.database.read([&](Session& session) {
        return session.row(
            "SELECT blob_key FROM user_exports WHERE id = :id AND user_id = :user AND expires_at > "
            ":now",
            {id, user, base::Clock::wall_ms()}
        );
    }));
    if (!row) return fail(ErrorKind::not_found, kExportNotFound);
    if (row->text("blob_key").empty()) return fail(ErrorKind::conflict, kExportNotReady);
    return parts_.blobs.local_path(row->text("blob_key"));
}

Result<void> forget_exports(store::Database& database, blob::BlobStore& blobs) {
    const std::int64_t now = base::Clock::wall_ms();
    TRY(const auto over, database.read([&](Session& session) {
        return session.rows(
            "SELECT id, blob_key FROM user_exports WHERE expires_at <= :now", {now}
        );
    }));
    for (const auto& row : over) {
        CHECK_OK(database.transaction([&](Session& session) {
            return session.run("DELETE FROM user_exports WHERE id = :id", {row.integer("id")});
        }));
        if (!row.text("blob_key").empty()) (void)blobs.remove(row.text("blob_key"));
    }
    return {};
}

Result<std::set<std::string>> export_blobs(Session& session) {
    TRY(const auto rows, session.rows("SELECT blob_key FROM user_exports WHERE blob_key <> ''"));
    std::set<std::string> keys;
    for (const auto& row : rows) keys.insert(row.text("blob_key"));
    return keys;
}

Result<void> erase_exports(Session& session, std::string_view column, std::int64_t id) {
    CHECK_OK(session.run("DELETE FROM user_exports WHERE " + std::string(column) + " = :id", {id}));
    return {};
}

}  // namespace csva::erasure
