#include "foundation/journal/journal.hpp"

#include "foundation/base/clock.hpp"
#include "foundation/base/log.hpp"
#include "foundation/journal/chain.hpp"
#include "foundation/journal/store.hpp"
#include "foundation/journal/writer.hpp"
#include "foundation/store/statement.hpp"

#include <array>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <unordered_map>

namespace csva::embedded {
csva::store::Migrations journal_migrations();
}

namespace csva::journal {
namespace {

namespace fs = std::filesystem;
using base::ErrorKind;
using base::Result;
using namespace std::chrono_literals;

constexpr auto kGather = 100ms;
constexpr auto kAfterFailure = 1s;
constexpr auto kTick = 1s;
constexpr std::size_t kGroupMax = 1000;
constexpr std::size_t kWaitingMax = 200'000;
constexpr std::size_t kCountedMax = 10'000;
constexpr std::size_t kDetailsMax = 4000;
constexpr auto kCountFor = 60s;
constexpr auto kKeepHeadEvery = 60s;
constexpr auto kLogHeadEvery = 3600s;

store::Database::Options options_of(const base::Settings& settings) {
    return {
        .url = settings.secret("database.url").reveal(),
        .data_folder = (fs::path(settings.text("data.dir")) / "journal").string(),
        .pool_size = 2,
        .wait_ms = settings.integer("database.wait_ms"),
        .file = "journal.sqlite",
        .schema = "csva_journal"
    };
}

std::array<store::Migrations, 1> own_migrations() { return {embedded::journal_migrations()}; }

/// Neither a line of its own nor bytes that are no text: one bad entry must not stop all others.
void make_fit(Entry& entry) {
    std::erase_if(entry.details, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
    if (entry.details.empty()) entry.details = "{}";
    if (entry.details.size() > kDetailsMax) entry.details = R"({"left_out":"too long"})";
    const std::array<store::Value, 4> texts = {
        entry.action, entry.object_kind, entry.details, entry.network
    };
    if (store::check_texts(texts)) return;
    entry = {
        .action = "journal.unreadable_entry",
        .actor_id = entry.actor_id,
        .object_id = entry.object_id,
        .outcome = entry.outcome
    };
}

std::string key_of(const Entry& entry) {
    std::string key = entry.action;
    for (const auto part : {entry.actor_id, entry.object_id, std::int64_t(entry.outcome)})
        key += '\n' + std::to_string(part);
    for (const auto& part : {entry.object_kind, entry.details, entry.network}) key += '\n' + part;
    return key;
}

}  // namespace

Result<std::unique_ptr<store::Database>> open_store(const base::Settings& settings) {
    TRY(auto database, store::Database::open(options_of(settings)));
    const auto features = own_migrations();
    if (database->backend() == store::Backend::sqlite) {
        CHECK_OK(database->migrate(features));
        return database;
    }
    TRY(const auto pending, database->pending(features));
    if (pending.empty()) return database;
    return base::fail(ErrorKind::unavailable, "journal.migrate_first");
}

Result<std::int64_t> migrate(const base::Settings& settings) {
    TRY(const auto database, store::Database::open(options_of(settings)));
    return database->migrate(own_migrations());
}

struct Journal::State {
    explicit State(Parts p)
        : parts(std::move(p)),
          written(parts.metrics.counter(
              "csva_journal_entries_total", "Entries written to the journal by this process."
          )),
          failures(parts.metrics.counter(
              "csva_journal_failures_total", "Times that the journal could not be written."
          )),
          lost_total(parts.metrics.counter(
              "csva_journal_lost_total",
              "Entries that could not be kept: the journal could not be written for too long."
          )) {}

    /// An entry that is counted, and how often it came again.
    struct Count {
        Entry entry;
        std::int64_t times = 0;
        std::chrono::steady_clock::time_point until;
    };

    Result<void> open();
    void run();
    void queue(Entry entry);
    void end_counts(bool all);
    std::vector<Timed> take();
    Result<void> write(const std::vector<Timed>& group);
    void keep_head(bool ending);

    Parts parts;
    base::Metrics::Counter& written;
    base::Metrics::Counter& failures;
    base::Metrics::Counter& lost_total;

    std::atomic<bool> announces = false;  ///< A service, which logs the head now and then.
    std::mutex opening;
    std::unique_ptr<store::Database> database;
    std::optional<Keys> keys;
    Head seen;  ///< Writer's thread only, as all below.
    Head kept;
    std::chrono::steady_clock::time_point keep_at{};
    std::chrono::steady_clock::time_point log_at{};

    std::mutex mutex;
    std::condition_variable wake;
    std::condition_variable settled;
    std::deque<Timed> waiting;
    std::unordered_map<std::string, Count> counts;
    std::int64_t appended = 0;
    std::int64_t committed = 0;
    std::int64_t lost = 0;
    std::int64_t hurried = 0;  ///< Flushes that wait.
    std::uint64_t tries = 0;
    base::Error last_error;
    bool is_ending = false;
    std::thread thread;  ///< Started by the first entry.
};

Result<void> Journal::State::open() {
    const std::scoped_lock lock(opening);
    if (database) return {};
    TRY(auto own_keys, load_keys(parts.settings));
    TRY(auto own, open_store(parts.settings));
    CHECK_OK(own->read([&](store::Session& session) -> Result<void> {
        TRY(const Head head, rows::head(session));
        if (head.key_id.empty()) return {};
        TRY(const Trusted trusted, trusted_keys(own_keys, session));
        if (trusted.knows(head.key_id)) return {};
        return base::fail(ErrorKind::unavailable, "journal.key_unknown", {{"key", head.key_id}});
    }));
    keys = std::move(own_keys);
    database = std::move(own);
    return {};
}

void Journal::State::queue(Entry entry) {
    if (waiting.size() >= kWaitingMax) {
        ++lost;
        lost_total.add();
        return;
    }
    waiting.push_back({base::Clock::wall_ms(), std::move(entry)});
    ++appended;
}

/// Writes down how often counted entries came again.
void Journal::State::end_counts(bool all) {
    const auto now = std::chrono::steady_clock::now();
    for (auto one = counts.begin(); one != counts.end();) {
        auto& count = one->second;
        if (!all && now < count.until) {
            ++one;
            continue;
        }
        auto& details = count.entry.details;
        details.pop_back();
        details += details.size() > 1 ? ",\"times\":" : "\"times\":";
        details += std::to_string(count.times) + "}";
        if (count.times > 0) queue(std::move(count.entry));
        one = counts.erase(one);
    }
}

std::vector<Timed> Journal::State::take() {
    std::vector<Timed> group;
    if (lost > 0) {
        const std::string details = R"({"count":)" + std::to_string(lost) + "}";
        group.push_back(
            {base::Clock::wall_ms(),
             {.action = "journal.lost", .outcome = Outcome::failed, .details = details}}
        );
    }
    const std::size_t count = std::min(waiting.size(), kGroupMax);
    group.insert(group.end(), waiting.begin(), waiting.begin() + std::ptrdiff_t(count));
    return group;
}

Result<void> Journal::State::write(const std::vector<Timed>& group) {
    CHECK_OK(open());
    TRY(seen, database->transaction([&](store::Session& session) {
        return write_group(session, *keys, seen, group);
    }));
    written.add(static_cast<double>(group.size()));
    return {};
}

/// Copies of the head in other places show when the journal has lost its end.
void Journal::State::keep_head(bool ending) {
    const auto now = std::chrono::steady_clock::now();
    if (seen == kept || seen.entries == 0) return;
    if (announces && (now >= log_at || ending)) {
        log_at = now + kLogHeadEvery;
        base::log(
            base::LogLevel::info,
            "journal_head",
            {{"entries", seen.entries},
             {"link", seen.link},
             {"at", seen.at},
             {"key_id", seen.key_id},
             {"signature", seen.signature}}
        );
    }
    if ((now < keep_at && !ending) || !parts.keep_head) return;
    keep_at = now + kKeepHeadEvery;
    if (parts.keep_head(seen)) kept = seen;
}

void Journal::State::run() {
    std::unique_lock lock(mutex);
    while (true) {
        const auto asleep = counts.empty() ? std::chrono::milliseconds(kKeepHeadEvery) : kTick;
        wake.wait_for(lock, asleep, [this] {
            return is_ending || !waiting.empty() || hurried > 0;
        });
        wake.wait_for(lock, kGather, [this] { return is_ending || hurried > 0; });
        end_counts(is_ending);
        const std::int64_t missing = lost;
        const auto group = take();
        lock.unlock();
        const auto done = group.empty() ? Result<void>() : write(group);
        lock.lock();
        ++tries;
        if (done) {
            const auto count = static_cast<std::ptrdiff_t>(group.size()) - (missing > 0 ? 1 : 0);
            waiting.erase(waiting.begin(), waiting.begin() + count);
            committed += count;
            lost -= missing;
            last_error = {};
        } else {
            failures.add();
            last_error = done.error();
            base::log(
                base::LogLevel::error,
                "journal_not_written",
                {{"reason", last_error.reason}, {"internal", last_error.internal}}
            );
        }
        settled.notify_all();
        const bool ending = is_ending && (waiting.empty() || !done);
        // Whoever waits for a flush may hold the store that the copy goes to.
        lock.unlock();
        keep_head(ending);
        if (ending) return;
        lock.lock();
        if (!done) wake.wait_for(lock, kAfterFailure, [this] { return is_ending; });
    }
}

Journal::Journal(Parts parts) : state_(std::make_unique<State>(std::move(parts))) {}

Journal::~Journal() {
    auto& s = *state_;
    {
        const std::scoped_lock lock(s.mutex);
        s.is_ending = true;
    }
    s.wake.notify_all();
    if (s.thread.joinable()) s.thread.join();
}

Result<void> Journal::open() {
    state_->announces = true;
    return state_->open();
}

void Journal::append(Entry entry) {
    auto& s = *state_;
    make_fit(entry);
    const std::string key = entry.counted ? key_of(entry) : std::string();
    bool first = false;
    {
        const std::scoped_lock lock(s.mutex);
        if (entry.counted) {
            const auto found = s.counts.find(key);
            if (found != s.counts.end()) {
                ++found->second.times;
                return;
            }
            if (s.counts.size() < kCountedMax)
                s.counts[key] = {entry, 0, std::chrono::steady_clock::now() + kCountFor};
        }
        first = s.waiting.empty();
        s.queue(std::move(entry));
        if (!s.thread.joinable() && !s.is_ending) s.thread = std::thread([&s] { s.run(); });
    }
    if (first) s.wake.notify_all();
}

Result<void> Journal::flush() {
    auto& s = *state_;
    std::unique_lock lock(s.mutex);
    const std::int64_t wanted = s.appended;
    // A try that is under way has not seen everything.
    const std::uint64_t until = s.tries + 2;
    ++s.hurried;
    s.wake.notify_all();
    s.settled.wait(lock, [&] {
        return s.committed >= wanted || (s.tries >= until && !s.last_error.reason.empty());
    });
    --s.hurried;
    if (s.committed >= wanted) return {};
    return std::unexpected(s.last_error);
}

Result<store::Database*> Journal::database() {
    CHECK_OK(state_->open());
    return state_->database.get();
}

Result<const Keys*> Journal::keys() {
    CHECK_OK(state_->open());
    return &*state_->keys;
}

}  // namespace csva::journal
