#include "features/erasure/person_steps.hpp"

#include "features/erasure/certificate.hpp"
#include "features/erasure/person_files.hpp"
#include "features/erasure/person_texts.hpp"
#include "foundation/base/clock.hpp"
#include "foundation/base/crash_point.hpp"
#include "foundation/base/crypto.hpp"
#include "foundation/base/files.hpp"
#include "foundation/jobs/child_process.hpp"
#include "foundation/jobs/queue.hpp"

#include <algorithm>
#include <cstdlib>
#include <fcntl.h>
#include <memory>
#include <set>
#include <sys/file.h>
#include <unistd.h>

namespace csva::erasure::person {
namespace {

namespace fs = std::filesystem;
using base::Clock;
using base::Result;
using store::Session;

constexpr int kPipeLookMs = 100;
/// A segment ends after ten minutes of the clock; one that has not been closed by then is nobody's.
constexpr std::int64_t kSegmentEndsMs = 660'000;

Result<bool> move_on(const Tools& tools, Row& row, PersonPhase next) {
    TRY(const bool moved, tools.parts.database.transaction([&](Session& session) {
        return advance(session, row, next);
    }));
    row.phase = next;
    return moved;
}

Result<LedgerPerson> ledger_entry(const Tools& tools, const Row& row) {
    return tools.parts.database.read([&](Session& session) -> Result<LedgerPerson> {
        LedgerPerson out;
        TRY(const auto project,
            session.row("SELECT created_at FROM projects WHERE id = :id", {row.project_id}));
        if (project)
            out.project =
                subject_of(tools.keys, "project", row.project_id, project->integer("created_at"));
        out.sought = row.sought;
        for (const auto& one : row.plan.spared) {
            TRY(const auto dataset,
                session.row("SELECT created_at FROM datasets WHERE id = :id", {one.dataset_id}));
            if (!dataset) continue;
            out.spared[subject_of(
                tools.keys, "dataset", one.dataset_id, dataset->integer("created_at")
            )] = one.rows;
        }
        return out;
    });
}

/// In the ledger before anything goes: from here on no restored database brings the rows back.
Result<bool> list(const Tools& tools, Row& row) {
    TRY(const auto entry, ledger_entry(tools, row));
    CHECK_OK(tools.ledger.append("person", row.code, base::Json{base::to_json(entry)}));
    base::crash_point("person.after_ledger");
    return move_on(tools, row, PersonPhase::stop);
}

Result<std::vector<std::string>> open_segments(Session& session, std::int64_t project_id) {
    TRY(const auto found,
        session.rows(
            "SELECT code FROM prediction_segments WHERE project_id = :project AND state = 'open'",
            {project_id}
        ));
    std::vector<std::string> out;
    for (const auto& one : found) out.push_back(one.text("code"));
    return out;
}

Result<std::vector<std::int64_t>> models_with_logs(Session& session, std::int64_t project_id) {
    TRY(const auto found,
        session.rows("SELECT id FROM models WHERE project_id = :project", {project_id}));
    std::vector<std::int64_t> out;
    for (const auto& one : found) out.push_back(one.integer("id"));
    return out;
}

/// Predictions that were being written when the erasure began are files by now.
Result<bool> logs_are_closed(const Tools& tools, Row& row) {
    TRY(const auto open, tools.parts.database.read([&](Session& session) {
        return open_segments(session, row.project_id);
    }));
    if (row.plan.waits_since == 0) {
        row.plan.waits_since = Clock::wall_ms();
        row.plan.open_segments = open;
    }
    if (Clock::wall_ms() - row.plan.waits_since > kSegmentEndsMs) return true;
    return std::ranges::none_of(row.plan.open_segments, [&](const auto& code) {
        return std::ranges::find(open, code) != open.end();
    });
}

/// Before every look: what runs has read files of before.
Result<bool> stop_jobs(const Tools& tools, Row& row) {
    TRY(const auto models, tools.parts.database.read([&](Session& session) {
        return models_with_logs(session, row.project_id);
    }));
    if (row.plan.waits_since == 0) CHECK_OK(logs_are_closed(tools, row));
    if (tools.parts.close_logs) tools.parts.close_logs(models);
    TRY(const std::int64_t running, tools.parts.database.transaction([&](Session& session) {
        return jobs::stop_all(session, {row.project_id});
    }));
    base::crash_point("person.after_stop");
    if (running > 0) return false;
    TRY(const bool closed, logs_are_closed(tools, row));
    if (!closed) return false;
    return move_on(tools, row, PersonPhase::rewrite);
}

std::vector<std::string> environment(const fs::path& folder) {
    std::vector<std::string> out{
        "TMPDIR=" + folder.string(),
        "LANG=C.UTF-8",
        std::string(jobs::kAgentVariable) + "=" + std::to_string(::getpid())
    };
    for (const char* name : {"CSVA_CLOCK_OFFSET_MS", "ASAN_OPTIONS", "OMP_NUM_THREADS"})
        if (const char* value = std::getenv(name); value != nullptr)
            out.push_back(std::string(name) + "=" + value);
    return out;
}

/// The look in a process of its own, as a worker would start it.
Result<Outcome> look(
    const Tools& tools, const Row& row, const fs::path& folder, const std::stop_token& stop
) {
    std::error_code failed;
    fs::create_directories(folder / jobs::kOutFolder, failed);
    if (failed) return std::unexpected(base::unwritable(folder));
    const auto linked = blob::linked_blobs(tools.parts.blobs, folder / jobs::kInFolder);
    TRY(auto order, order_of(tools.parts.database, *linked, tools.parts.settings, row));
    order.write = true;
    CHECK_OK(base::write_file(
        folder / jobs::kJobFile,
        base::to_json(jobs::ChildOrder{std::string(kPersonJob), base::to_json(order)})
    ));
    TRY(auto child,
        jobs::ChildProcess::spawn(
            tools.parts.program, {"job-child", folder.string()}, environment(folder)
        ));
    while (!child.ended()) {
        (void)child.lines(kPipeLookMs);
        if (stop.stop_requested())
            return base::fail(base::ErrorKind::unavailable, base::kCancelledReason);
    }
    if (fs::exists(folder / jobs::kOutcomeFile, failed)) {
        TRY(const auto text, base::read_file(folder / jobs::kOutcomeFile));
        return base::from_json<Outcome>(text);
    }
    if (!fs::exists(folder / jobs::kErrorFile, failed))
        return base::fail(base::ErrorKind::unavailable, "jobs.worker_lost");
    TRY(const auto text, base::read_file(folder / jobs::kErrorFile));
    TRY(const auto error, base::from_json<jobs::ChildError>(text));
    return std::unexpected(error.error());
}

Result<Replacements> store_files(
    const Tools& tools, const Row& row, const Outcome& outcome, const fs::path& out
) {
    Replacements stored;
    std::error_code ignored;
    for (const auto& seen : outcome.files) {
        if (!seen.rewritten) continue;
        const auto path = out / seen.file;
        Stored made;
        made.bytes = static_cast<std::int64_t>(fs::file_size(path, ignored));
        if (seen.place == Place::original) {
            TRY(made.sha256, base::sha256_file(path.string()));
        }
        TRY(made.key, tools.parts.blobs.put_file(row.project_id, path));
        stored[seen.key] = std::move(made);
    }
    return stored;
}

/// Blobs of the project that no row names: of work that has ended, for the sweeper in time.
Result<std::set<std::string>> unnamed(
    const Tools& tools, Session& session, const Row& row, std::set<std::string> keys
) {
    const std::string home = "p" + std::to_string(row.project_id) + "/";
    std::erase_if(keys, [&](const auto& key) { return !key.starts_with(home); });
    for (auto* feature : tools.parts.features()) {
        TRY(const auto named, feature->blobs(session));
        std::erase_if(keys, [&](const auto& key) { return named.contains(key); });
    }
    return keys;
}

constexpr std::string_view kFolderPrefix = "person-";

/// A folder of this attempt alone, locked while it is used: another server that shares the disk may
/// be at the same erasure, and a process that died leaves one that is not locked.
class Folder {
public:
    static Result<std::unique_ptr<Folder>> make(const fs::path& staging) {
        auto out = std::unique_ptr<Folder>(
            new Folder(staging / (std::string(kFolderPrefix) + base::random_hex(kFolderBytes)))
        );
        std::error_code failed;
        fs::create_directories(out->path_, failed);
        out->handle_ = ::open(out->path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (failed || out->handle_ < 0 || ::flock(out->handle_, LOCK_EX | LOCK_NB) != 0)
            return std::unexpected(base::unwritable(out->path_));
        return out;
    }
    ~Folder() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
        if (handle_ >= 0) ::close(handle_);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    const fs::path& path() const { return path_; }

    /// Removes one that nobody uses any more.
    static void drop_if_left(const fs::path& path) {
        const int handle = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (handle < 0) return;
        std::error_code ignored;
        if (::flock(handle, LOCK_EX | LOCK_NB) == 0) fs::remove_all(path, ignored);
        ::close(handle);
    }

private:
    static constexpr std::size_t kFolderBytes = 8;
    explicit Folder(fs::path path) : path_(std::move(path)) {}
    fs::path path_;
    int handle_ = -1;
};

/// Folders of attempts that died: what they read is linked there.
Result<void> drop_left_folders(const Tools& tools, std::int64_t project_id) {
    constexpr std::string_view kPrefix = "job-";
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(tools.parts.blobs.staging(), ignored)) {
        const std::string name = entry.path().filename().string();
        if (name.starts_with(kFolderPrefix)) Folder::drop_if_left(entry.path());
        if (!name.starts_with(kPrefix)) continue;
        const auto job = number_of(std::string_view(name).substr(kPrefix.size()));
        TRY(const auto ended, tools.parts.database.read([&](Session& session) {
            return session.row(
                "SELECT id FROM jobs WHERE id = :id AND project_id = :project AND state NOT IN "
                "('queued', 'running')",
                {job, project_id}
            );
        }));
        if (ended) fs::remove_all(entry.path(), ignored);
    }
    return {};
}

/// Writes what holds the rows anew and lets the database name the new files. When nothing was left
/// to do, the erasure is over.
Result<bool> rewrite(const Tools& tools, Row& row, const std::stop_token& stop) {
    CHECK_OK(drop_left_folders(tools, row.project_id));
    TRY(const auto own, Folder::make(tools.parts.blobs.staging()));
    const fs::path& folder = own->path();
    // What is sent meanwhile has its row long before the look is over.
    TRY(const auto all, tools.parts.blobs.keys());
    TRY(const auto left, tools.parts.database.read([&](Session& session) {
        return unnamed(tools, session, row, all);
    }));
    TRY(const auto outcome, look(tools, row, folder, stop));
    base::crash_point("person.after_look");
    TRY(const auto stored, store_files(tools, row, outcome, folder / jobs::kOutFolder));
    const Plan before = row.plan;
    TRY(const auto next,
        tools.parts.database.transaction(
            [&](Session& session) -> Result<std::optional<PersonPhase>> {
                row.plan = before;
                TRY(const bool held, person::hold(session, row));
                if (!held) return std::optional<PersonPhase>();
                CHECK_OK(drop_exports(session, row));
                TRY(const auto still_left, unnamed(tools, session, row, left));
                row.plan.freed.insert(row.plan.freed.end(), still_left.begin(), still_left.end());
                TRY(const bool changed, swap(session, row, outcome, stored));
                base::crash_point("person.inside_swap");
                const auto to = changed ? PersonPhase::files : PersonPhase::sign;
                CHECK_OK(advance(session, row, to));
                return std::optional(to);
            }
        ));
    if (!next) {  // Another process was faster; what this one has written, nobody names.
        for (const auto& [key, made] : stored) CHECK_OK(tools.parts.blobs.remove(made.key));
        return false;
    }
    row.phase = *next;
    base::crash_point("person.after_swap");
    return true;
}

Result<bool> remove_files(const Tools& tools, Row& row) {
    for (const auto& key : row.plan.freed) {
        CHECK_OK(tools.parts.blobs.remove(key));
        base::crash_point("person.inside_files");
    }
    base::crash_point("person.after_files");
    row.plan.freed.clear();
    return move_on(tools, row, PersonPhase::stop);
}

Certificate certificate_of(const Row& row) {
    Certificate out;
    out.format = "csva-person-erasure@1";
    out.code = row.code;
    out.pseudonym = row.fingerprint;
    out.asked_by = row.asked_by;
    out.requested_at = base::iso_time(row.requested_at);
    out.ended_at = base::iso_time(Clock::wall_ms());
    out.files = row.plan.files;
    out.rows = row.plan.counts;
    out.program = CSVA_VERSION;
    return out;
}

Result<bool> sign(const Tools& tools, Row& row) {
    const auto made = signed_by(tools.keys.signing, certificate_of(row));
    TRY(const auto entry,
        tools.ledger.append("person_certificate", row.code, base::Json{base::to_json(made)}));
    base::crash_point("person.before_certificate");
    journal::Entry note{
        .action = "erasure.person_end", .object_kind = "project", .object_id = row.project_id
    };
    note.details = base::to_json(row.plan.counts);
    tools.parts.journal.append(std::move(note));
    CHECK_OK(tools.parts.database.transaction([&](Session& session) {
        return settle(session, row, PersonPhase::scrub, entry.more.text, entry.at);
    }));
    row.phase = PersonPhase::scrub;
    row.plan = {};  // or the last step would write it down again
    base::crash_point("person.after_certificate");
    return true;
}

Result<bool> scrub(const Tools& tools, Row& row) {
    CHECK_OK(tools.parts.database.scrub());
    base::crash_point("person.after_scrub");
    return move_on(tools, row, PersonPhase::done);
}

}  // namespace

std::string hash_key(const journal::Keys& keys, std::string_view code) {
    return base::sha256_hex(base::keyed_hash(keys.pseudonyms, "person:" + std::string(code)));
}

std::string subject_of(
    const journal::Keys& keys, std::string_view kind, std::int64_t id, std::int64_t created_at
) {
    return base::keyed_hash(
        keys.pseudonyms,
        "person-" + std::string(kind) + ":" + std::to_string(id) + ":" + std::to_string(created_at)
    );
}

Result<bool> do_step(const Tools& tools, Row& row, const std::stop_token& stop) {
    switch (row.phase) {
        case PersonPhase::list:
            return list(tools, row);
        case PersonPhase::stop:
            return stop_jobs(tools, row);
        case PersonPhase::rewrite:
            return rewrite(tools, row, stop);
        case PersonPhase::files:
            return remove_files(tools, row);
        case PersonPhase::sign:
            return sign(tools, row);
        case PersonPhase::scrub:
            return scrub(tools, row);
        case PersonPhase::searching:
        case PersonPhase::failed:
        case PersonPhase::found:
        case PersonPhase::done:
        case PersonPhase::dropped:
            return true;
    }
    return true;
}

}  // namespace csva::erasure::person
