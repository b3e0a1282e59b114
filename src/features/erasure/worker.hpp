#pragma once

#include "features/erasure/ledger.hpp"
#include "foundation/base/clock.hpp"
#include "foundation/base/log.hpp"
#include "foundation/journal/keys.hpp"
#include "foundation/store/database.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <limits>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string_view>
#include <thread>
#include <vector>

namespace csva::erasure {

/// The keys and the ledger that is signed with them, read when first asked for. Thread-safe.
class OpenedLedger {
public:
    OpenedLedger(const base::Settings& settings, blob::BlobStore& blobs)
        : settings_(settings), blobs_(blobs) {}

    struct Parts {
        const Ledger& ledger;
        const journal::Keys& keys;
    };
    /// Errors: those of journal::load_keys.
    base::Result<Parts> open();

private:
    const base::Settings& settings_;
    blob::BlobStore& blobs_;
    std::once_flag opened_;
    std::optional<base::Result<journal::Keys>> keys_;
    std::optional<Ledger> ledger_;
};

/// Takes rows that stand for work through their phases until each is done, in a thread of its own.
/// A row has `id`, `code`, `phase` (whose last value is `done`) and `attempts`. What goes wrong is
/// tried again after 1 s, 2 s, 4 s ... 60 s, by this process or another.
template <class Row>
class Worker {
public:
    struct Work {
        /// Unfinished rows whose time has come.
        base::Result<std::vector<Row>> (*due)(store::Session& session, std::int64_t now);
        base::Result<std::optional<Row>> (*by_code)(store::Session& session, std::string_view code);
        base::Result<void> (*postpone)(
            store::Session& session, const Row& row, std::string_view problem, std::int64_t next_at
        );
        /// Does the step that the row stands at and moves it on; false when it must wait.
        std::function<base::Result<bool>(Row& row, const std::stop_token& stop)> step;
        std::string_view name;  ///< Of the events in the log: NAME_stopped, NAME_done.
    };
    Worker(store::Database& database, Work work) : database_(database), work_(std::move(work)) {}

    void start() {
        thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
    }
    void stop() {
        if (!thread_.joinable()) return;
        thread_.request_stop();
        woken_.notify_all();
        thread_.join();
    }
    /// There is something to do.
    void wake() {
        {
            const std::scoped_lock lock(mutex_);
            asked_ = true;
        }
        woken_.notify_all();
    }
    /// Works until nothing is left to do. Errors: what stopped it.
    base::Result<void> finish_all() {
        while (true) {
            TRY(const bool waits, pass(std::numeric_limits<std::int64_t>::max(), {}));
            if (!waits) return {};
            std::this_thread::sleep_for(kWaitLook);
        }
    }

private:
    static constexpr std::chrono::milliseconds kLook{1000};
    static constexpr std::chrono::milliseconds kWaitLook{200};
    static constexpr std::int64_t kFirstWaitMs = 1000;
    static constexpr std::int64_t kLongestWaitMs = 60'000;
    static constexpr std::int64_t kMostDoublings = 6;

    /// As far as it goes; false when it waits for something.
    base::Result<bool> advance(Row row, const std::stop_token& stop) {
        while (row.phase != decltype(row.phase)::done) {
            const auto done = work_.step(row, stop);
            if (done && !*done) return false;
            if (done) continue;
            if (stop.stop_requested()) return false;
            const auto now = database_.read([&](store::Session& session) {
                return work_.by_code(session, row.code);
            });
            // Another process is at it, and further than this one.
            if (now && *now && (*now)->phase != row.phase) return false;
            base::log(
                base::LogLevel::warning,
                std::string(work_.name) + "_stopped",
                {{"erasure", row.id},
                 {"reason", std::string_view(done.error().reason)},
                 {"internal", std::string_view(done.error().internal)}}
            );
            const std::int64_t wait =
                std::min(kLongestWaitMs, kFirstWaitMs << std::min(row.attempts, kMostDoublings));
            // When this cannot be written either, the row stands where it stood: as good.
            (void)database_.transaction([&](store::Session& session) {
                return work_.postpone(
                    session, row, done.error().reason, base::Clock::wall_ms() + wait
                );
            });
            return std::unexpected(done.error());
        }
        base::log(base::LogLevel::info, std::string(work_.name) + "_done", {{"erasure", row.id}});
        return true;
    }

    /// True when something must be looked at again soon.
    base::Result<bool> pass(std::int64_t until, const std::stop_token& stop) {
        TRY(const auto due,
            database_.read([&](store::Session& session) { return work_.due(session, until); }));
        bool waits = false;
        std::optional<base::Error> problem;
        for (const auto& row : due) {
            const auto ended = advance(row, stop);
            if (!ended) problem = ended.error();
            waits = waits || (ended && !*ended);
        }
        if (problem) return std::unexpected(std::move(*problem));
        return waits;
    }

    void run(const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            const auto waits = pass(base::Clock::wall_ms(), stop);
            std::unique_lock lock(mutex_);
            woken_.wait_for(lock, stop, waits.value_or(false) ? kWaitLook : kLook, [this] {
                return asked_;
            });
            asked_ = false;
        }
    }

    store::Database& database_;
    Work work_;
    std::mutex mutex_;
    std::condition_variable_any woken_;
    bool asked_ = false;
    std::jthread thread_;
};

}  // namespace csva::erasure
