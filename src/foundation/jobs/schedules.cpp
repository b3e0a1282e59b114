#include "foundation/jobs/schedules.hpp"

#include "foundation/base/clock.hpp"
#include "foundation/base/log.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace csva::jobs {
namespace {

constexpr std::chrono::milliseconds kTick(500);

struct Schedule {
    std::string name;
    std::int64_t interval_ms = 0;
    std::function<base::Result<void>()> work;
};

/// True for the one process whose turn it is. A look first, so that nobody writes in vain. A turn
/// further ahead than the interval was written by a clock that had jumped: it counts as due.
base::Result<bool> take_turn(store::Database& database, const Schedule& schedule) {
    const std::int64_t now = base::Clock::wall_ms();
    TRY(const auto row, database.read([&](store::Session& session) {
        return session.row("SELECT next_at FROM schedules WHERE name = :name", {schedule.name});
    }));
    const std::int64_t furthest = now + schedule.interval_ms;
    if (row && row->integer("next_at") > now && row->integer("next_at") <= furthest) return false;
    return database.transaction([&](store::Session& session) -> base::Result<bool> {
        CHECK_OK(session.run(
            "INSERT INTO schedules (name, next_at) VALUES (:name, 0) ON CONFLICT DO NOTHING",
            {schedule.name}
        ));
        TRY(const std::int64_t taken,
            session.run(
                "UPDATE schedules SET next_at = :next WHERE name = :name AND (next_at <= :now OR "
                "next_at > :furthest)",
                {furthest, schedule.name, now, furthest}
            ));
        return taken == 1;
    });
}

}  // namespace

base::Result<bool> first_ever(store::Session& session, std::string_view name) {
    TRY(const std::int64_t taken,
        session.run(
            "INSERT INTO schedules (name, next_at) VALUES (:name, :now) ON CONFLICT DO NOTHING",
            {name, base::Clock::wall_ms()}
        ));
    return taken == 1;
}

struct Schedules::State {
    store::Database& database;
    std::mutex mutex;
    std::condition_variable wake;
    bool done = false;
    std::vector<Schedule> schedules;
    std::jthread thread;

    explicit State(store::Database& d) : database(d), thread([this] { keep_time(); }) {}

    void keep_time() {
        std::unique_lock lock(mutex);
        while (!wake.wait_for(lock, kTick, [this] { return done; })) {
            const auto due = schedules;
            lock.unlock();
            for (const auto& schedule : due) run_if_due(schedule);
            lock.lock();
        }
    }
    void run_if_due(const Schedule& schedule) {
        const auto mine = take_turn(database, schedule);
        if (!mine || !*mine) return;
        const auto worked = schedule.work();
        if (worked) return;
        base::log(
            base::LogLevel::warning,
            "schedule_failed",
            {{"name", std::string_view(schedule.name)},
             {"reason", std::string_view(worked.error().reason)},
             {"internal", std::string_view(worked.error().internal)}}
        );
    }
};

Schedules::Schedules(store::Database& database) : state_(std::make_unique<State>(database)) {}

Schedules::~Schedules() {
    {
        const std::scoped_lock lock(state_->mutex);
        state_->done = true;
    }
    state_->wake.notify_all();
}

void Schedules::every(
    std::string name, std::int64_t interval_ms, std::function<base::Result<void>()> work
) {
    const std::scoped_lock lock(state_->mutex);
    state_->schedules.push_back({std::move(name), interval_ms, std::move(work)});
}

}  // namespace csva::jobs
