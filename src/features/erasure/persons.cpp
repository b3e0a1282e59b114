#include "features/erasure/persons.hpp"

#include "features/erasure/person_steps.hpp"
#include "features/erasure/worker.hpp"
#include "features/models/service.hpp"
#include "features/projects/service.hpp"
#include "foundation/base/clock.hpp"
#include "foundation/base/crash_point.hpp"
#include "foundation/base/crypto.hpp"
#include "foundation/jobs/queue.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

namespace csva::erasure {
namespace {

using base::Clock;
using base::ErrorKind;
using base::fail;
using base::Result;
using person::Row;
using store::Session;

constexpr std::size_t kCodeBytes = 16;
constexpr int kReplayTries = 5;
constexpr std::chrono::milliseconds kReplayPause(500);

Result<PersonRequest> shown(Session& session, const Row& row) {
    PersonRequest out{
        .code = row.code,
        .project_id = row.project_id,
        .phase = row.phase,
        .fingerprint = row.fingerprint,
        .values = row.value_count,
        .created_by = row.created_by,
        .requested_at = row.requested_at,
        .ended_at = row.ended_at,
        .job_id = row.job_id,
        .problem = row.problem,
        .findings = row.findings,
        .certificate = {}
    };
    TRY(out.models, person::models_of(session, row.id));
    out.open_decisions =
        std::ranges::count(out.models, ModelDecision::open, &AffectedModel::decision);
    if (!row.certificate.empty()) {
        TRY(out.certificate, base::from_json<SignedCertificate>(row.certificate));
    }
    return out;
}

/// One of this project. Errors: erasure.no_such_search.
Result<Row> found(Session& session, std::int64_t project_id, std::string_view code) {
    TRY(auto row, person::by_code(session, code));
    if (!row || row->project_id != project_id) return fail(ErrorKind::not_found, kPersonNotFound);
    return std::move(*row);
}

bool is_waiting(PersonPhase phase) {
    return phase == PersonPhase::searching || phase == PersonPhase::found ||
           phase == PersonPhase::failed;
}

/// The same rows spared twice are spared once.
std::vector<Spared> tidied(const std::vector<Spared>& spared) {
    std::map<std::int64_t, std::vector<std::int64_t>> by_dataset;
    for (const auto& one : spared) {
        auto& rows = by_dataset[one.dataset_id];
        rows.insert(rows.end(), one.rows.begin(), one.rows.end());
    }
    std::vector<Spared> out;
    for (auto& [id, rows] : by_dataset) out.push_back({id, std::move(rows)});
    return out;
}

}  // namespace

struct Persons::State {
    explicit State(Parts given)
        : parts(std::move(given)),
          opened(parts.settings, parts.blobs),
          worker(
              parts.database,
              {.due = person::due,
               .by_code = person::by_code,
               .postpone = person::postpone,
               .step = [this](Row& row, const std::stop_token& stop) -> Result<bool> {
                   TRY(const auto found, tools());
                   return person::do_step(found, row, stop);
               },
               .name = "person_erasure"}
          ) {}

    Parts parts;
    OpenedLedger opened;
    Worker<Row> worker;

    Result<person::Tools> tools() {
        TRY(const auto found, opened.open());
        return person::Tools{parts, found.ledger, found.keys};
    }
    Result<bool> bring_back(const person::Tools& tools, Session& session, const LedgerEntry& entry);
    Result<void> apply(const http::Actor& actor, AffectedModel& model, const Decision& wish);
};

Persons::Persons(Parts parts) : state_(std::make_unique<State>(std::move(parts))) {}
Persons::~Persons() { stop(); }
void Persons::start() { state_->worker.start(); }
void Persons::stop() { state_->worker.stop(); }
Result<void> Persons::finish_all() { return state_->worker.finish_all(); }

Result<PersonRequest> Persons::search(
    const http::Actor& actor, std::int64_t project_id, std::span<const SoughtValue> values
) {
    TRY(const auto tools, state_->tools());
    Row row{.code = base::random_hex(kCodeBytes), .project_id = project_id};
    row.hash_key = person::hash_key(tools.keys, row.code);
    const base::KeyedHash hash(row.hash_key);
    std::string all;
    for (const auto& value : values) {
        auto one = meaning::sought(hash, value.value, value.column);
        if (!one) return fail(ErrorKind::invalid_argument, kNothingSought);
        all += one->hash + one->column_hash + "\n";
        row.sought.push_back(std::move(*one));
    }
    row.fingerprint = hash.hex("all:" + all);
    row.value_count = std::ssize(row.sought);
    row.created_by = actor.user_id;
    row.requested_at = Clock::wall_ms();
    return state_->parts.database.transaction([&](Session& session) -> Result<PersonRequest> {
        TRY(row.id, person::insert(session, row));
        TRY(const auto job,
            jobs::enqueue(
                session,
                {.kind = std::string(kPersonJob),
                 .project_id = project_id,
                 .dataset_id = 0,
                 .user_id = actor.user_id,
                 .input = "{\"code\":\"" + row.code + "\"}"}
            ));
        CHECK_OK(person::set_job(session, row.id, job.value));
        row.job_id = job.value;
        return shown(session, row);
    });
}

Result<PersonRequest> Persons::find(std::int64_t project_id, std::string_view code) {
    return state_->parts.database.read([&](Session& session) -> Result<PersonRequest> {
        TRY(const auto row, found(session, project_id, code));
        return shown(session, row);
    });
}

Result<PersonRequestList> Persons::list(std::int64_t project_id) {
    return state_->parts.database.read([&](Session& session) -> Result<PersonRequestList> {
        TRY(const auto rows, person::of_project(session, project_id));
        PersonRequestList out;
        for (const auto& row : rows) {
            TRY(auto one, shown(session, row));
            out.requests.push_back(std::move(one));
        }
        return out;
    });
}

Result<PersonRequest> Persons::erase(
    const http::Actor& actor,
    std::int64_t project_id,
    std::string_view code,
    const std::vector<Spared>& spared
) {
    auto begun = state_->parts.database.transaction([&](Session& session) -> Result<PersonRequest> {
        TRY(auto row, found(session, project_id, code));
        if (row.phase == PersonPhase::searching) return fail(ErrorKind::conflict, kPersonBusy);
        if (row.phase == PersonPhase::failed || row.phase == PersonPhase::dropped)
            return fail(ErrorKind::conflict, kPersonSettled);
        if (row.phase != PersonPhase::found) return shown(session, row);
        row.plan.spared = tidied(spared);
        CHECK_OK(person::advance(session, row, PersonPhase::list));
        row.phase = PersonPhase::list;
        return shown(session, row);
    });
    if (!begun) return begun;
    state_->parts.journal.append(
        {.action = "erasure.person_begin",
         .actor_id = actor.user_id,
         .object_kind = "project",
         .object_id = project_id}
    );
    base::crash_point("person.after_request");
    state_->worker.wake();
    return begun;
}

Result<void> Persons::drop(std::int64_t project_id, std::string_view code) {
    return state_->parts.database.transaction([&](Session& session) -> Result<void> {
        TRY(const auto row, found(session, project_id, code));
        if (!is_waiting(row.phase)) return fail(ErrorKind::conflict, kPersonSettled);
        if (row.job_id && row.phase == PersonPhase::searching)
            CHECK_OK(jobs::cancel(session, jobs::JobId(*row.job_id)));
        TRY(const auto now, found(session, project_id, code));
        return person::settle(session, now, PersonPhase::dropped, "", Clock::wall_ms());
    });
}

/// A retraining learns from what is left, without the columns that the first one left out.
Result<void> Persons::State::apply(
    const http::Actor& actor, AffectedModel& model, const Decision& wish
) {
    if (wish.decision == ModelDecision::withdraw) {
        return parts.database.transaction([&](Session& session) {
            return models::withdraw(
                session, models::ModelId(model.model_id), {actor.user_id, actor.name, wish.reason}
            );
        });
    }
    if (wish.decision != ModelDecision::retrain) return {};
    TRY(const auto before,
        parts.training.get(training::TrainingId(model.training_id), actor.language));
    training::NewTraining again{
        .dataset_id = before.dataset_id,
        .version_id = before.version_id,
        .target = before.request.target,
        .task = before.request.task,
        .preset = before.request.preset,
        .budget_s = before.request.budget_s,
        .options = before.request.options,
        .decisions = {},
        .undecided = privacy::Undecided::leave_out
    };
    TRY(const auto started, parts.training.start(actor, again, actor.language));
    model.new_training_id = started.id.value;
    return {};
}

Result<PersonRequest> Persons::decide(
    const http::Actor& actor, std::int64_t project_id, std::string_view code, const Decision& wish
) {
    auto& database = state_->parts.database;
    TRY(const auto row,
        database.read([&](Session& session) { return found(session, project_id, code); }));
    TRY(auto models,
        database.read([&](Session& session) { return person::models_of(session, row.id); }));
    const auto model = std::ranges::find(models, wish.model_id, &AffectedModel::model_id);
    if (model == models.end()) return fail(ErrorKind::not_found, kModelNotAffected);
    if (model->decision != ModelDecision::open) return fail(ErrorKind::conflict, kPersonSettled);
    const bool blank = wish.reason.find_first_not_of(" \t\r\n") == std::string::npos;
    if (wish.decision == ModelDecision::open || (wish.decision == ModelDecision::justify && blank))
        return fail(ErrorKind::invalid_argument, kReasonWanted);
    CHECK_OK(state_->apply(actor, *model, wish));
    model->decision = wish.decision;
    model->reason = wish.reason;
    model->decided_by = actor.user_id;
    model->decided_by_name = actor.name;
    model->decided_at = Clock::wall_ms();
    return database.transaction([&](Session& session) -> Result<PersonRequest> {
        CHECK_OK(person::decide(session, row.id, *model));
        return shown(session, row);
    });
}

/// A row to work on for an entry whose erasure this database does not know; whether there is one.
Result<bool> Persons::State::bring_back(
    const person::Tools& tools, Session& session, const LedgerEntry& entry
) {
    TRY(const auto known, person::by_code(session, entry.subject));
    if (known && !is_waiting(known->phase) && known->phase != PersonPhase::dropped) return false;
    TRY(const auto person, base::from_json<person::LedgerPerson>(entry.more.text));
    TRY(const auto projects, session.rows("SELECT id, created_at FROM projects"));
    const auto project = std::ranges::find_if(projects, [&](const auto& row) {
        return person::subject_of(
                   tools.keys, "project", row.integer("id"), row.integer("created_at")
               ) == person.project;
    });
    if (project == projects.end()) return false;
    if (known) CHECK_OK(session.run("DELETE FROM person_requests WHERE id = :id", {known->id}));
    Row row{.code = entry.subject, .project_id = project->integer("id")};
    row.asked_by = AskedBy::ledger;
    row.phase = PersonPhase::stop;
    row.hash_key = person::hash_key(tools.keys, row.code);
    row.sought = person.sought;
    row.value_count = std::ssize(row.sought);
    std::string all;
    for (const auto& one : row.sought) all += one.hash + one.column_hash + "\n";
    row.fingerprint = base::KeyedHash(row.hash_key).hex("all:" + all);
    row.requested_at = entry.at;
    TRY(const auto datasets,
        session.rows("SELECT id, created_at FROM datasets WHERE project_id = :id", {row.project_id})
    );
    for (const auto& dataset : datasets) {
        const auto spared = person.spared.find(person::subject_of(
            tools.keys, "dataset", dataset.integer("id"), dataset.integer("created_at")
        ));
        if (spared != person.spared.end())
            row.plan.spared.push_back({dataset.integer("id"), spared->second});
    }
    CHECK_OK(person::insert(session, row));
    return true;
}

Result<std::int64_t> Persons::replay() {
    TRY(const auto tools, state_->tools());
    TRY(const auto entries, tools.ledger.entries());
    std::int64_t count = 0;
    for (const auto& entry : entries) {
        if (entry.kind != "person") continue;
        const auto back = state_->parts.database.transaction([&](Session& session) {
            return state_->bring_back(tools, session, entry);
        });
        // A server that starts at the same time may have been first.
        if (!back && back.error().kind != ErrorKind::conflict) return std::unexpected(back.error());
        count += !back || *back ? 1 : 0;
    }
    if (count == 0) return 0;
    // Two that replay side by side get in each other's way now and then; the work is done again.
    for (int left = kReplayTries;; --left) {
        const auto finished = finish_all();
        if (finished) return count;
        if (left == 1) return std::unexpected(finished.error());
        std::this_thread::sleep_for(kReplayPause);
    }
}

}  // namespace csva::erasure
