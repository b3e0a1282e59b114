#include "features/erasure/service.hpp"

#include "features/erasure/certificate.hpp"
#include "features/erasure/exports.hpp"
#include "features/erasure/person_store.hpp"
#include "features/erasure/steps.hpp"
#include "features/erasure/store.hpp"
#include "features/erasure/worker.hpp"
#include "features/projects/service.hpp"
#include "foundation/base/clock.hpp"
#include "foundation/base/crash_point.hpp"
#include "foundation/base/crypto.hpp"

#include <algorithm>
#include <limits>
#include <ranges>
#include <set>

namespace csva::embedded {
std::span<const base::EmbeddedFile> erasure_migrations();
}

namespace csva::erasure {
namespace {

using accounts::UserId;
using base::Clock;
using base::ErrorKind;
using base::Result;
using store::Session;

constexpr std::int64_t kPageSize = 500;
constexpr std::int64_t kListed = 500;
constexpr std::size_t kCodeBytes = 16;

class ErasureLifecycle final : public store::Lifecycle {
public:
    std::string_view feature() const override { return "erasure"; }
    std::vector<std::string_view> tables() const override {
        return {"erasures", "user_exports", "person_requests", "person_models"};
    }
    Result<std::set<std::string>> blobs(Session& session) override { return export_blobs(session); }
    Result<void> erase_project(Session& session, std::int64_t project_id) override {
        CHECK_OK(person::erase_project(session, project_id));
        return erase_exports(session, "project_id", project_id);
    }
    /// The erasure itself forgets whose it is when it signs.
    Result<void> erase_user(Session& session, const store::Leaver& leaver) override {
        const std::string project =
            "(SELECT r.project_id FROM person_requests r WHERE r.id = person_models.request_id)";
        CHECK_OK(store::hand_over(session, {"person_requests", "created_by"}, leaver));
        CHECK_OK(store::hand_over(session, {"person_models", "decided_by", project}, leaver));
        CHECK_OK(
            store::hand_over(session, {"person_models", "decided_by_name", project, true}, leaver)
        );
        return erase_exports(session, "user_id", leaver.user_id);
    }
    Result<store::Portion> export_user(Session&, const store::Leaver&) override {
        return store::Portion{};
    }
    Result<std::vector<std::string>> verify(Session& session) override {
        TRY(const auto rows,
            session.rows("SELECT id FROM erasures WHERE phase <> 'done' AND attempts > 10 UNION "
                         "SELECT id FROM person_requests WHERE attempts > 10"));
        std::vector<std::string> wrong;
        for (const auto& row : rows)
            wrong.push_back("erasure " + std::to_string(row.integer("id")) + " does not end");
        return wrong;
    }
};

Result<Erasure> shown(const rows::Row& row) {
    Erasure out{row.code, row.phase, row.asked_by, row.requested_at, row.ended_at, row.problem, {}};
    if (!row.certificate.empty()) {
        TRY(out.certificate, base::from_json<SignedCertificate>(row.certificate));
    }
    return out;
}

/// Whom the ledger means. A number that a restored database gives out a second time is another's.
std::string subject_of(const journal::Keys& keys, const accounts::User& user) {
    return base::keyed_hash(
        keys.pseudonyms,
        "erased-user:" + std::to_string(user.id.value) + ":" + std::to_string(user.created_at)
    );
}

}  // namespace

store::Migrations migrations() { return embedded::erasure_migrations(); }
std::unique_ptr<store::Lifecycle> lifecycle() { return std::make_unique<ErasureLifecycle>(); }

std::vector<base::SettingRow> setting_rows() {
    return {
        {"erasure.ledger",
         base::SettingType::text,
         "",
         "",
         "File of the ledger of erasures; empty: erasure/ledger.jsonl in the data folder. To be "
         "backed up apart from the database, and on shared storage when several servers run."},
        {"register.controller",
         base::SettingType::text,
         "",
         "",
         "Name of the controller, for the records of processing (GDPR, article 30)."},
        {"register.contact",
         base::SettingType::text,
         "",
         "",
         "How to reach the controller and the data protection officer, for the same records."},
    };
}

struct Service::State {
    explicit State(Parts given)
        : parts(std::move(given)),
          opened(parts.settings, parts.blobs),
          worker(
              parts.database,
              {.due = rows::due,
               .by_code = rows::by_code,
               .postpone = rows::postpone,
               .step = [this](rows::Row& row, const std::stop_token&) -> Result<bool> {
                   TRY(const Tools found, tools());
                   return do_step(found, row);
               },
               .name = "erasure"}
          ) {}

    Parts parts;
    OpenedLedger opened;
    Worker<rows::Row> worker;

    Result<Tools> tools() {
        TRY(const auto found, opened.open());
        return Tools{parts, found.ledger, found.keys};
    }
    Result<void> mend_ledger(const Tools& tools);
    Result<void> put_back_certificates(const std::vector<LedgerEntry>& entries);
};

Service::Service(Parts parts) : state_(std::make_unique<State>(std::move(parts))) {}
Service::~Service() { stop(); }
void Service::start() { state_->worker.start(); }
void Service::stop() { state_->worker.stop(); }
Result<void> Service::finish_all() { return state_->worker.finish_all(); }

Result<Preview> Service::preview(UserId user) {
    return state_->parts.database.read([&](Session& session) -> Result<Preview> {
        TRY(const auto leaver, projects::leaver(session, user));
        TRY(const auto touched, projects::of_member(session, user));
        Preview out;
        for (const auto& project : touched) {
            const bool goes = leaver.projects.contains(project.id.value);
            TRY(const auto content, rows::content_of(session, project.id.value));
            (goes ? out.erased : out.kept)
                .push_back(
                    {project.id.value,
                     project.name,
                     project.kind == projects::ProjectKind::personal ? "personal" : "shared",
                     goes ? std::string() : leaver.heir_in(project.id.value).name,
                     content.datasets,
                     content.models}
                );
        }
        TRY(out.last_administrator, accounts::is_last_administrator(session, user));
        return out;
    });
}

Result<Erasure> Service::request(UserId user, AskedBy asked_by) {
    TRY(const Tools tools, state_->tools());
    auto made = state_->parts.database.transaction([&](Session& session) -> Result<Erasure> {
        TRY(const auto known, rows::by_user(session, user));
        if (known) return shown(*known);
        TRY(const auto locked, accounts::lock_out(session, user, asked_by == AskedBy::ledger));
        const rows::Row row{
            .code = base::random_hex(kCodeBytes),
            .user_id = user.value,
            .subject = subject_of(tools.keys, locked),
            .pseudonym = tools.keys.pseudonym("user", user.value),
            .asked_by = asked_by,
            .requested_at = Clock::wall_ms()
        };
        TRY(const bool is_first, rows::insert(session, row));
        if (is_first) return shown(row);
        TRY(const auto other, rows::by_user(session, user));
        if (!other) return base::fail(ErrorKind::unavailable, "store.conflict");
        return shown(*other);
    });
    if (!made) return made;
    state_->parts.accounts.forget_credentials();
    base::crash_point("erasure.after_request");
    state_->worker.wake();
    return made;
}

Result<Erasure> Service::find(std::string_view code) {
    TRY(const auto row, state_->parts.database.read([&](Session& session) {
        return rows::by_code(session, code);
    }));
    if (!row) return base::fail(ErrorKind::not_found, kNotFound);
    return shown(*row);
}

Result<ErasureList> Service::list() {
    TRY(const auto found, state_->parts.database.read([&](Session& session) {
        return rows::list(session, kListed);
    }));
    ErasureList out;
    for (const auto& row : found) {
        TRY(auto one, shown(row));
        out.erasures.push_back(std::move(one));
    }
    return out;
}

Result<void> Service::State::put_back_certificates(const std::vector<LedgerEntry>& entries) {
    return parts.database.transaction([&](Session& session) -> Result<void> {
        for (const auto& entry : entries) {
            if (entry.kind != "certificate") continue;
            TRY(const auto known, rows::by_code(session, entry.subject));
            if (known) continue;
            TRY(const auto signed_one, base::from_json<SignedCertificate>(entry.more.text));
            CHECK_OK(rows::insert(
                session,
                {.code = entry.subject,
                 .pseudonym = signed_one.certificate.pseudonym,
                 .asked_by = signed_one.certificate.asked_by,
                 .phase = Phase::done,
                 .requested_at = entry.at,
                 .ended_at = entry.at,
                 .certificate = entry.more.text}
            ));
        }
        return {};
    });
}

/// A ledger that was lost or cut short gets back what the database still knows.
Result<void> Service::State::mend_ledger(const Tools& tools) {
    TRY(const auto known, parts.database.read([](Session& session) {
        return rows::list(session, std::numeric_limits<std::int64_t>::max());
    }));
    TRY(const auto entries, tools.ledger.entries());
    std::set<std::string> listed;
    for (const auto& entry : entries)
        if (entry.kind == "certificate") listed.insert(entry.subject);
    for (const auto& row : std::ranges::reverse_view(known)) {
        if (row.certificate.empty() || row.subject.empty() || listed.contains(row.code)) continue;
        CHECK_OK(tools.ledger.append_here("user", row.subject, {}));
        CHECK_OK(tools.ledger.append_here("certificate", row.code, base::Json{row.certificate}));
    }
    return tools.ledger.exchange_notes();
}

Result<std::int64_t> Service::replay() {
    TRY(const Tools tools, state_->tools());
    CHECK_OK(state_->mend_ledger(tools));
    TRY(const auto entries, tools.ledger.entries());
    if (entries.empty()) return 0;
    std::set<std::string, std::less<>> erased;
    for (const auto& entry : entries)
        if (entry.kind == "user") erased.insert(entry.subject);
    std::int64_t count = 0;
    for (UserId after;;) {
        TRY(const auto page, state_->parts.accounts.users(after, kPageSize));
        for (const auto& user : page) {
            if (!erased.contains(subject_of(tools.keys, user))) continue;
            CHECK_OK(request(user.id, AskedBy::ledger));
            ++count;
        }
        if (page.empty()) break;
        after = page.back().id;
    }
    CHECK_OK(state_->put_back_certificates(entries));
    if (count == 0) return 0;
    const auto finished = finish_all();
    if (finished) return count;
    // What lies elsewhere may be away; what is here must be gone before anybody is served.
    TRY(const auto left, state_->parts.database.read([](Session& session) {
        return rows::due(session, std::numeric_limits<std::int64_t>::max());
    }));
    const bool here = std::ranges::any_of(left, [](const rows::Row& row) {
        return row.asked_by == AskedBy::ledger && row.phase < Phase::elsewhere;
    });
    if (here) return std::unexpected(finished.error());
    return count;
}

Result<const Ledger*> Service::ledger() {
    TRY(const Tools tools, state_->tools());
    return &tools.ledger;
}

Result<std::string> Service::public_key() {
    TRY(const Tools tools, state_->tools());
    return tools.keys.signing.public_hex();
}

}  // namespace csva::erasure
