#include "features/erasure/retention.hpp"

#include "foundation/base/clock.hpp"
#include "foundation/base/log.hpp"

#include <algorithm>

namespace csva::erasure {
namespace {

using base::Result;
using datasets::Expiring;
using store::Session;

constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kFirstNoticeMs = 14 * kDayMs;
constexpr std::int64_t kLastNoticeMs = 3 * kDayMs;

/// The owners of its project and whoever sent it.
Result<std::set<std::int64_t>> concerned(Session& session, const Expiring& dataset) {
    TRY(const auto rows,
        session.rows(
            "SELECT m.user_id AS user_id FROM project_members m WHERE m.project_id = :project AND "
            "(m.role = 'owner' OR m.user_id = :creator)",
            {dataset.project_id, dataset.created_by}
        ));
    std::set<std::int64_t> users;
    for (const auto& row : rows) users.insert(row.integer("user_id"));
    return users;
}

/// Says it, once for each of the two moments; a server that was off for weeks says it first and
/// deletes later.
Result<Expiring> give_notice(const RetentionParts& parts, Expiring dataset, std::int64_t now) {
    const std::int64_t left = dataset.expires_at - now;
    const std::int64_t wanted = left <= kLastNoticeMs ? 2 : 1;
    if (dataset.expiry_notices >= wanted) return dataset;
    return parts.database.transaction([&](Session& session) -> Result<Expiring> {
        Expiring told = dataset;
        told.expiry_notices = wanted;
        if (wanted == 2) told.expires_at = std::max(told.expires_at, now + kLastNoticeMs);
        TRY(const auto users, concerned(session, told));
        for (const auto user : users) CHECK_OK(parts.tell(session, user, told));
        CHECK_OK(datasets::set_clock(session, told.id, told.expires_at, told.expiry_notices));
        return told;
    });
}

Result<void> forget_rows(const RetentionParts& parts, const Expiring& dataset) {
    std::set<std::string> freed;
    CHECK_OK(parts.database.transaction([&](Session& session) -> Result<void> {
        freed.clear();
        for (auto* feature : parts.features)
            CHECK_OK(feature->forget_rows(session, dataset.id.value, freed));
        TRY(auto own, datasets::empty(session, dataset.id));
        freed.merge(own);
        return {};
    }));
    // Whatever stays behind here is unreferenced, and the sweeper's.
    for (const auto& key : freed)
        if (!key.empty()) (void)parts.blobs.remove(key);
    return {};
}

Result<bool> expire_one(const RetentionParts& parts, const Expiring& dataset) {
    TRY(const auto models, parts.database.read([&](Session& session) -> Result<std::int64_t> {
        TRY(const bool busy, datasets::is_worked_on(session, dataset.id));
        if (busy) return -1;
        return datasets::model_count(session, dataset.id);
    }));
    if (models < 0) return false;
    CHECK_OK(models == 0 ? parts.datasets.remove(dataset.id) : forget_rows(parts, dataset));
    journal::Entry note{
        .action = "datasets.expire", .object_kind = "dataset", .object_id = dataset.id.value
    };
    note.details = "{\"models_kept\":" + std::to_string(models) + "}";
    parts.journal.append(std::move(note));
    return true;
}

}  // namespace

Result<void> expire(const RetentionParts& parts) {
    const std::int64_t now = base::Clock::wall_ms();
    const std::int64_t days = parts.settings.integer("retention.days");
    TRY(const bool unset, parts.database.read([](Session& session) -> Result<bool> {
        TRY(const auto row, session.row("SELECT id FROM datasets WHERE expires_at = 0 LIMIT 1"));
        return row.has_value();
    }));
    if (unset)
        CHECK_OK(parts.database.transaction([&](Session& session) {
            return datasets::start_clocks(session, now + days * kDayMs);
        }));
    TRY(const auto soon, parts.database.read([&](Session& session) {
        return datasets::expiring(session, now + kFirstNoticeMs);
    }));
    std::int64_t count = 0;
    for (const auto& dataset : soon) {
        TRY(const auto told, give_notice(parts, dataset, now));
        if (told.expires_at > now) continue;
        TRY(const bool gone, expire_one(parts, told));
        count += gone;
    }
    if (count > 0) CHECK_OK(parts.database.scrub());
    if (count > 0) base::log(base::LogLevel::info, "datasets_expired", {{"count", count}});
    return {};
}

}  // namespace csva::erasure
