#include "app/housekeeping.hpp"

#include "features/erasure/exports.hpp"
#include "features/erasure/retention.hpp"
#include "features/notices/service.hpp"
#include "foundation/base/clock.hpp"
#include "foundation/base/log.hpp"
#include "foundation/jobs/queue.hpp"

namespace csva::app {
namespace {

constexpr std::int64_t kHourMs = 3'600'000;
constexpr std::int64_t kDayMs = 24 * kHourMs;

base::Result<void> sweep(Composition& parts) {
    TRY(const auto in_use, blobs_in_use(parts));
    TRY(const std::int64_t removed,
        parts.blobs().sweep(in_use, parts.settings().integer("data.sweep_grace_h") * kHourMs));
    if (removed > 0) base::log(base::LogLevel::info, "blobs_swept", {{"count", removed}});
    return {};
}

base::Result<void> forget_jobs(Composition& parts) {
    const std::int64_t keep_ms = parts.settings().integer("jobs.keep_days") * 24 * kHourMs;
    TRY(const std::int64_t forgotten, parts.database().transaction([&](store::Session& session) {
        return jobs::forget_ended(session, keep_ms);
    }));
    if (forgotten > 0) base::log(base::LogLevel::info, "jobs_forgotten", {{"count", forgotten}});
    return {};
}

base::Result<void> forget_notices(Composition& parts) {
    const std::int64_t keep_ms = parts.settings().integer("notices.keep_days") * 24 * kHourMs;
    CHECK_OK(parts.database().transaction([&](store::Session& session) {
        return notices::forget(session, keep_ms);
    }));
    return {};
}

/// What the notice `deletion_ahead` is filled with.
struct ExpiryTold {
    std::string name;
    std::int64_t days = 0;
};
CSVA_DESCRIBE(ExpiryTold, name, days)

/// Says in good time that the rows of a data set will go.
base::Result<void> tell_expiry(
    store::Session& session, std::int64_t user_id, const datasets::Expiring& dataset
) {
    const std::int64_t left_ms = dataset.expires_at - base::Clock::wall_ms();
    const ExpiryTold told{dataset.name, (left_ms + kDayMs - 1) / kDayMs};
    return notices::notify(
        session,
        {.user_id = accounts::UserId(user_id),
         .kind = "deletion_ahead",
         .parameters = base::to_json(told),
         .link = "/view/" + std::to_string(dataset.id.value) + "/?tab=settings"}
    );
}

base::Result<void> expire(Composition& parts) {
    CHECK_OK(erasure::expire(
        {parts.database(),
         parts.blobs(),
         parts.settings(),
         parts.datasets(),
         parts.journal(),
         parts.lifecycles(),
         tell_expiry}
    ));
    CHECK_OK(erasure::forget_exports(parts.database(), parts.blobs()));
    const std::int64_t before =
        base::Clock::wall_ms() - parts.settings().integer("retention.days") * 24 * kHourMs;
    return parts.database().transaction([&](store::Session& session) {
        return predictions::forget_batches(session, before);
    });
}

}  // namespace

base::Result<std::set<std::string>> blobs_in_use(Composition& parts) {
    return parts.database().read(
        [&](store::Session& session) -> base::Result<std::set<std::string>> {
            std::set<std::string> all;
            for (auto* feature : parts.lifecycles()) {
                TRY(auto keys, feature->blobs(session));
                all.merge(keys);
            }
            return all;
        }
    );
}

std::unique_ptr<jobs::Schedules> start_housekeeping(Composition& parts) {
    auto schedules = std::make_unique<jobs::Schedules>(parts.database());
    schedules->every("blobs.sweep", kHourMs, [&parts] { return sweep(parts); });
    schedules->every("jobs.forget", kHourMs, [&parts] { return forget_jobs(parts); });
    schedules->every("notices.forget", kHourMs, [&parts] { return forget_notices(parts); });
    schedules->every("store.shrink", kHourMs, [&parts] { return parts.database().shrink(); });
    schedules->every("monitoring.windows", kHourMs / 60, [&parts] {
        return monitoring::look_at_ended_periods(parts.database(), parts.settings());
    });
    schedules->every("predictions.forget", kHourMs, [&parts] {
        return monitoring::forget_old_rows(parts.database(), parts.settings());
    });
    schedules->every("journal.archive", kHourMs, [&parts] {
        return audit::archive_old(parts.journal(), parts.settings());
    });
    schedules->every("datasets.expire", kHourMs, [&parts] { return expire(parts); });
    return schedules;
}

}  // namespace csva::app
