#include "foundation/base/clock.hpp"
#include "foundation/jobs/agent.hpp"
#include "foundation/jobs/store.hpp"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

namespace csva::jobs {
namespace {

/// Looked at again each time, for workers whose clock is a little behind.
constexpr std::int64_t kOverlapMs = 3000;

/// When the last change was, by whoever wrote it.
base::Result<std::int64_t> latest_change(store::Session& session) {
    TRY(const auto row, session.row("SELECT COALESCE(MAX(changed_at), 0) AS at FROM jobs"));
    return row->integer("at");
}

}  // namespace

struct Poller::State {
    store::Database& database;
    Publish publish;
    std::mutex mutex;
    std::condition_variable wake;
    bool done = false;
    std::map<std::int64_t, std::int64_t> told;  ///< Job id -> changed_at already published.
    std::jthread thread;

    State(store::Database& d, Publish p)
        : database(d), publish(std::move(p)), thread([this] { poll(); }) {}

    void poll() {
        std::optional<std::int64_t> since;
        std::unique_lock lock(mutex);
        while (!wake.wait_for(lock, std::chrono::seconds(1), [this] { return done; })) {
            if (!since) {
                const auto latest = database.read(latest_change);
                if (latest) since = std::min(*latest, base::Clock::wall_ms());
                continue;
            }
            const auto changes = database.read([&](store::Session& session) {
                return changed_since(session, *since - kOverlapMs);
            });
            if (!changes) continue;
            std::int64_t latest = *since;
            for (const auto& change : *changes) {
                tell(change);
                latest = std::max(latest, change.changed_at);
            }
            std::erase_if(told, [&](const auto& entry) {
                return entry.second < *since - kOverlapMs;
            });
            // Neither a clock of ours that jumped nor a writer's hides what others write next.
            since = std::min(latest, base::Clock::wall_ms());
        }
    }

    void tell(const Changed& change) {
        auto& at = told[change.job.id.value];
        if (at == change.changed_at) return;
        at = change.changed_at;
        const std::string json = base::to_json(change.job);
        publish("user:" + std::to_string(change.user_id), "job", json);
        publish("job:" + std::to_string(change.job.id.value), "job", json);
    }
};

Poller::Poller(store::Database& database, Publish publish)
    : state_(std::make_unique<State>(database, std::move(publish))) {}

Poller::~Poller() {
    {
        const std::scoped_lock lock(state_->mutex);
        state_->done = true;
    }
    state_->wake.notify_all();
}

}  // namespace csva::jobs
