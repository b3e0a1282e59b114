#include "features/datasets/service.hpp"

#include "features/datasets/store.hpp"
#include "features/projects/service.hpp"
#include "foundation/base/clock.hpp"
#include "foundation/base/crash_point.hpp"
#include "foundation/jobs/queue.hpp"

#include <algorithm>

namespace csva::datasets {
namespace {

using base::ErrorKind;
using base::fail;
using base::Result;
using http::Actor;
using i18n::Language;
using store::Session;

constexpr std::int64_t kDayMs = 86'400'000;

Result<Dataset> find_or_fail(Session& session, DatasetId id, Language language) {
    TRY(auto found, find(session, id, language));
    if (!found) return fail(ErrorKind::not_found, kNotFound);
    return std::move(*found);
}

Result<Dataset> idle(Session& session, DatasetId id, Language language) {
    TRY(auto dataset, find_or_fail(session, id, language));
    if (dataset.state == State::cleaning || dataset.state == State::reading)
        return fail(ErrorKind::conflict, kBusy);
    if (!dataset.current_version_id) return fail(ErrorKind::conflict, kNotReady);
    return dataset;
}

Result<void> check_name(std::string_view name) {
    const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
    const bool blank = name.find_first_not_of(' ') == std::string_view::npos;
    if (!blank && std::ranges::none_of(name, control)) return {};
    return fail(ErrorKind::invalid_argument, kBadName);
}

Result<void> cancel_job(Session& session, const Dataset& dataset) {
    if (!dataset.job_id) return {};
    const auto cancelled = jobs::cancel(session, *dataset.job_id);
    if (cancelled || cancelled.error().kind == ErrorKind::not_found ||
        cancelled.error().kind == ErrorKind::conflict)
        return {};
    return std::unexpected(cancelled.error());
}

}  // namespace

Result<VersionTable> table_of(Session& session, DatasetId id, VersionId wanted) {
    TRY(const auto dataset, find_or_fail(session, id, Language::en));
    if (!wanted && !dataset.current_version_id) return fail(ErrorKind::conflict, kNotReady);
    TRY(auto table, version_table(session, wanted ? wanted : *dataset.current_version_id));
    if (table.dataset_id != id) return fail(ErrorKind::not_found, kVersionNotFound);
    return table;
}

Result<std::vector<VersionTable>> lineage(Session& session, VersionId id) {
    std::vector<VersionTable> found;
    for (std::optional<VersionId> next = id; next;) {
        TRY(auto table, version_table(session, *next));
        next = table.parent_id;
        found.push_back(std::move(table));
    }
    std::ranges::reverse(found);
    return found;
}

Result<void> Service::check_quota(const Actor& actor, std::uint64_t size) {
    const auto limit = parts_.settings.integer(
        accounts::inbox_allowed(actor) ? "limits.inbox_bytes" : "limits.user_bytes"
    );
    TRY(const std::int64_t used, parts_.database.read([&](Session& session) {
        return bytes_of_user(session, actor.user_id);
    }));
    if (used + static_cast<std::int64_t>(size) <= limit) return {};
    return fail(ErrorKind::too_large, kQuotaUsedUp, {{"used", used}, {"limit", limit}});
}

Result<DatasetId> Service::insert_upload(
    const Actor& actor, const NewFile& made, const std::string& key
) {
    const http::StagedFile& file = made.file;
    return parts_.database.transaction([&](Session& session) -> Result<DatasetId> {
        TRY(const auto project, projects::project_for_new(session, actor, made.project_id));
        const std::string name = safe_name(file.filename);
        TRY(const DatasetId id,
            insert(
                session,
                {.project_id = project.value,
                 .name = without_ending(name),
                 .file_name = name,
                 .size_bytes = static_cast<std::int64_t>(file.size),
                 .sha256 = file.sha256,
                 .upload_key = key,
                 .created_by = actor.user_id,
                 .expires_at =
                     base::Clock::wall_ms() + parts_.settings.integer("retention.days") * kDayMs}
            ));
        TRY(const jobs::JobId job,
            jobs::enqueue(
                session,
                {.kind = std::string(kReadJob),
                 .project_id = project.value,
                 .dataset_id = id.value,
                 .user_id = actor.user_id,
                 .input = base::to_json(DatasetPath{id})}
            ));
        CHECK_OK(set_job(session, id, State::reading, job));
        return id;
    });
}

Result<Dataset> Service::upload(const Actor& actor, const NewFile& made) {
    http::StagedFile& file = made.file;
    if (file.size == 0) return fail(ErrorKind::invalid_argument, kEmptyFile);
    if (plainly_binary(file.first_bytes)) return fail(ErrorKind::invalid_argument, kBinaryFile);
    CHECK_OK(check_quota(actor, file.size));
    TRY(const auto project, parts_.database.transaction([&](Session& session) {
        return projects::project_for_new(session, actor, made.project_id);
    }));
    TRY(const std::string key, parts_.blobs.put_file(project.value, file.path));
    file.release();
    base::crash_point("datasets.before_row");
    const auto id = insert_upload(actor, made, key);
    if (!id) {
        // The sweeper takes it when this fails too: no row names it.
        (void)parts_.blobs.remove(key);
        return std::unexpected(id.error());
    }
    base::crash_point("datasets.after_row");
    return get(*id, actor.language);
}

Result<Dataset> Service::get(DatasetId id, Language language) {
    return parts_.database.read([&](Session& session) {
        return find_or_fail(session, id, language);
    });
}

Result<DatasetList> Service::list(
    const Actor& actor, const DatasetQuery& query, Language language
) {
    TRY(auto found, parts_.database.read([&](Session& session) {
        return datasets::list(session, actor, query, language);
    }));
    found.upload_bytes_max = parts_.settings.integer("limits.upload_bytes");
    return found;
}

Result<View> Service::view(DatasetId id, Language language) {
    return parts_.database.read([&](Session& session) -> Result<View> {
        View view;
        TRY(view.dataset, find_or_fail(session, id, language));
        TRY(view.versions, datasets::versions(session, id));
        if (!view.dataset.current_version_id) return view;
        TRY(auto table, version_table(session, *view.dataset.current_version_id));
        view.columns = std::move(table.schema.columns);
        TRY(const std::string text, datasets::receipt(session, id));
        if (!text.empty()) {
            TRY(view.receipt, base::from_json<reading::Receipt>(text));
        }
        return view;
    });
}

Result<Dataset> Service::rename(DatasetId id, std::string_view name, Language language) {
    CHECK_OK(check_name(name));
    return parts_.database.transaction([&](Session& session) -> Result<Dataset> {
        CHECK_OK(datasets::rename(session, id, name));
        return find_or_fail(session, id, language);
    });
}

Result<Dataset> Service::keep(DatasetId id, std::int64_t days, Language language) {
    const std::int64_t maximum = parts_.settings.integer("retention.maximum_days");
    if (days > maximum)
        return fail(ErrorKind::invalid_argument, kKeptTooLong, {{"maximum", maximum}});
    return parts_.database.transaction([&](Session& session) -> Result<Dataset> {
        TRY(const auto dataset, find_or_fail(session, id, language));
        if (dataset.expires_at < 0) return fail(ErrorKind::gone, kExpired);
        CHECK_OK(set_clock(session, id, base::Clock::wall_ms() + days * kDayMs, 0));
        return find_or_fail(session, id, language);
    });
}

Result<void> Service::remove(DatasetId id) {
    std::set<std::string> before;
    CHECK_OK(parts_.database.transaction([&](Session& session) -> Result<void> {
        TRY(const auto dataset, find_or_fail(session, id, Language::en));
        TRY(before, blobs_of(session, id));
        CHECK_OK(cancel_job(session, dataset));
        for (const auto& erase_more : parts_.erasers) CHECK_OK(erase_more(session, id));
        return erase(session, id);
    }));
    // Whatever stays behind here is unreferenced, and the sweeper's.
    for (const auto& key : before) (void)parts_.blobs.remove(key);
    return {};
}

Result<std::vector<Version>> Service::versions(DatasetId id) {
    return parts_.database.read([&](Session& session) { return datasets::versions(session, id); });
}

Result<Dataset> Service::undo(DatasetId id, Language language) {
    return parts_.database.transaction([&](Session& session) -> Result<Dataset> {
        TRY(const auto dataset, idle(session, id, language));
        TRY(const auto table, version_table(session, *dataset.current_version_id));
        if (!table.parent_id) return fail(ErrorKind::conflict, kNothingToUndo);
        CHECK_OK(set_current(session, id, *table.parent_id));
        return find_or_fail(session, id, language);
    });
}

Result<Dataset> Service::make_current(DatasetId id, VersionId version, Language language) {
    return parts_.database.transaction([&](Session& session) -> Result<Dataset> {
        CHECK_OK(idle(session, id, language));
        CHECK_OK(table_of(session, id, version));
        CHECK_OK(set_current(session, id, version));
        return find_or_fail(session, id, language);
    });
}

Result<std::string> Service::receipt(DatasetId id) {
    TRY(auto text,
        parts_.database.read([&](Session& session) { return datasets::receipt(session, id); }));
    if (text.empty()) return fail(ErrorKind::conflict, kNotReady);
    return text;
}

Result<std::string> Service::profile(DatasetId id, VersionId version) {
    TRY(auto text, parts_.database.read([&](Session& session) -> Result<std::string> {
        TRY(const auto table, table_of(session, id, version));
        return document(session, table.id, Document::profile);
    }));
    if (text.empty()) return fail(ErrorKind::conflict, kNotReady);
    return text;
}

Result<VersionTable> Service::table(DatasetId id, VersionId version) {
    return parts_.database.read([&](Session& session) { return table_of(session, id, version); });
}

Result<Service::File> Service::original(DatasetId id) {
    TRY(const auto dataset, get(id, Language::en));
    TRY(const auto key,
        parts_.database.read([&](Session& session) { return upload_key(session, id); }));
    if (key.empty()) return fail(ErrorKind::not_found, kOriginalErased);
    TRY(auto path, parts_.blobs.local_path(key));
    return File{std::move(path), dataset.file_name};
}

Result<Service::File> Service::rejects(DatasetId id) {
    TRY(const auto dataset, get(id, Language::en));
    TRY(const auto key,
        parts_.database.read([&](Session& session) { return rejects_key(session, id); }));
    if (key.empty()) return fail(ErrorKind::not_found, kNoRejects);
    TRY(auto path, parts_.blobs.local_path(key));
    return File{std::move(path), without_ending(dataset.file_name) + "-rejects.csv"};
}

}  // namespace csva::datasets
