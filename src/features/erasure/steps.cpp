#include "features/erasure/steps.hpp"

#include "features/erasure/certificate.hpp"
#include "features/projects/service.hpp"
#include "foundation/base/clock.hpp"
#include "foundation/base/crash_point.hpp"
#include "foundation/jobs/queue.hpp"

#include <algorithm>

namespace csva::erasure {
namespace {

using base::Result;
using rows::Row;
using store::Session;

/// A session that counts the rows that statements delete or change, by table.
class Counting final : public Session {
public:
    Counting(Session& session, std::map<std::string, std::int64_t>& counts)
        : session_(session), counts_(counts) {}
    store::Backend backend() const override { return session_.backend(); }
    Result<std::int64_t> run(std::string_view sql, std::vector<store::Value> parameters) override {
        TRY(const std::int64_t changed, session_.run(sql, std::move(parameters)));
        for (const std::string_view verb : {"DELETE FROM ", "UPDATE "}) {
            if (!sql.starts_with(verb) || changed == 0) continue;
            const auto rest = sql.substr(verb.size());
            counts_[std::string(rest.substr(0, rest.find(' ')))] += changed;
        }
        return changed;
    }
    Result<std::vector<store::Row>> rows(std::string_view sql, std::vector<store::Value> parameters)
        override {
        return session_.rows(sql, std::move(parameters));
    }

private:
    Session& session_;
    std::map<std::string, std::int64_t>& counts_;
};

bool belongs(std::string_view key, const std::vector<std::int64_t>& projects) {
    return std::ranges::any_of(projects, [&](std::int64_t id) {
        return key.starts_with("p" + std::to_string(id) + "/");
    });
}

/// Everything the features keep of these projects and of the user.
Result<void> erase_rows(
    const Tools& tools, Session& session, const store::Leaver& leaver, rows::Plan& plan
) {
    Counting counting(session, plan.rows);
    const auto features = tools.parts.features();
    for (const std::int64_t project : leaver.projects)
        for (auto* feature : features) CHECK_OK(feature->erase_project(counting, project));
    for (auto* feature : features) CHECK_OK(feature->erase_user(counting, leaver));
    return {};
}

Result<rows::Plan> plan_of(const Tools& tools, Session& session, const store::Leaver& leaver) {
    rows::Plan plan{leaver.name, {leaver.projects.begin(), leaver.projects.end()}, {}, {}, 0};
    for (auto* feature : tools.parts.features()) {
        TRY(auto outside, feature->outside(session, leaver));
        if (!outside.empty()) plan.outside[std::string(feature->feature())] = std::move(outside);
        TRY(const auto keys, feature->blobs(session));
        plan.files += std::ranges::count_if(keys, [&](const auto& key) {
            return belongs(key, plan.projects);
        });
    }
    return plan;
}

Result<bool> move_on(const Tools& tools, Row& row, Phase next) {
    TRY(const bool moved, tools.parts.database.transaction([&](Session& session) {
        return rows::advance(session, row, next);
    }));
    row.phase = next;
    return moved;
}

/// In the ledger before anything goes: from here on no restored database brings the account back.
Result<bool> list(const Tools& tools, Row& row) {
    CHECK_OK(tools.ledger.append("user", row.subject, {}));
    base::crash_point("erasure.after_ledger");
    return move_on(tools, row, Phase::stop);
}

Result<bool> stop_jobs(const Tools& tools, Row& row) {
    TRY(const std::int64_t running,
        tools.parts.database.transaction([&](Session& session) -> Result<std::int64_t> {
            TRY(const auto leaver, projects::leaver(session, accounts::UserId(*row.user_id)));
            return jobs::stop_all(session, {leaver.projects.begin(), leaver.projects.end()});
        }));
    base::crash_point("erasure.after_stop");
    if (running > 0) return false;
    return move_on(tools, row, Phase::rows);
}

Result<bool> delete_rows(const Tools& tools, Row& row) {
    const auto moved = tools.parts.database.transaction([&](Session& session) -> Result<bool> {
        CHECK_OK(projects::lock_owners(session, accounts::UserId(*row.user_id)));
        TRY(const auto leaver, projects::leaver(session, accounts::UserId(*row.user_id)));
        TRY(row.plan, plan_of(tools, session, leaver));
        CHECK_OK(erase_rows(tools, session, leaver, row.plan));
        base::crash_point("erasure.inside_rows");
        return rows::advance(session, row, Phase::files);
    });
    if (!moved) return moved;
    tools.parts.accounts.forget_credentials();
    base::crash_point("erasure.after_rows");
    row.phase = Phase::files;
    return moved;
}

Result<void> remove_files(const Tools& tools, const rows::Plan& plan) {
    TRY(const auto keys, tools.parts.blobs.keys_of_all_versions());
    for (const auto& key : keys) {
        if (!belongs(key, plan.projects)) continue;
        CHECK_OK(tools.parts.blobs.remove(key));
        base::crash_point("erasure.inside_files");
    }
    return {};
}

Result<bool> delete_files(const Tools& tools, Row& row) {
    CHECK_OK(remove_files(tools, row.plan));
    base::crash_point("erasure.after_files");
    return move_on(tools, row, Phase::elsewhere);
}

Result<void> reach_elsewhere(const Tools& tools, const rows::Plan& plan) {
    for (auto* feature : tools.parts.features()) {
        const auto named = plan.outside.find(std::string(feature->feature()));
        if (named != plan.outside.end()) CHECK_OK(feature->erase_outside(named->second));
    }
    return {};
}

/// A request that was being answered meanwhile may have written something after it was deleted, so
/// all is done once more.
Result<void> sweep_again(const Tools& tools, Row& row) {
    store::Leaver leaver{
        *row.user_id, row.plan.name, {row.plan.projects.begin(), row.plan.projects.end()}, {}
    };
    CHECK_OK(tools.parts.database.transaction([&](Session& session) -> Result<void> {
        TRY(leaver.heirs, projects::heirs(session, accounts::UserId(*row.user_id)));
        return erase_rows(tools, session, leaver, row.plan);
    }));
    CHECK_OK(remove_files(tools, row.plan));
    return reach_elsewhere(tools, row.plan);
}

Result<bool> reach(const Tools& tools, Row& row) {
    CHECK_OK(reach_elsewhere(tools, row.plan));
    base::crash_point("erasure.after_elsewhere");
    return move_on(tools, row, Phase::sign);
}

Certificate certificate_of(const Row& row) {
    Certificate out;
    out.code = row.code;
    out.pseudonym = row.pseudonym;
    out.asked_by = row.asked_by;
    out.requested_at = base::iso_time(row.requested_at);
    out.ended_at = base::iso_time(base::Clock::wall_ms());
    out.projects = static_cast<std::int64_t>(row.plan.projects.size());
    out.files = row.plan.files;
    out.rows = row.plan.rows;
    if (row.plan.outside.contains("tracking")) out.elsewhere.emplace_back("tracking");
    out.program = CSVA_VERSION;
    return out;
}

/// Into the ledger first: a certificate survives a restore as the erasure does.
Result<bool> sign(const Tools& tools, Row& row) {
    CHECK_OK(sweep_again(tools, row));
    const auto made = signed_by(tools.keys.signing, certificate_of(row));
    TRY(const auto entry,
        tools.ledger.append("certificate", row.code, base::Json{base::to_json(made)}));
    base::crash_point("erasure.before_certificate");
    journal::Entry note{.action = "erasure.end", .object_kind = "user", .object_id = *row.user_id};
    note.details = base::to_json(row.plan.rows);
    tools.parts.journal.append(std::move(note));
    CHECK_OK(tools.parts.database.transaction([&](Session& session) {
        return rows::certify(session, row, entry.more.text, entry.at);
    }));
    row.phase = Phase::scrub;
    row.user_id.reset();
    row.plan = {};  // or the last step would write it down again
    base::crash_point("erasure.after_certificate");
    return true;
}

Result<bool> scrub(const Tools& tools, Row& row) {
    CHECK_OK(tools.parts.database.scrub());
    base::crash_point("erasure.after_scrub");
    return move_on(tools, row, Phase::done);
}

}  // namespace

Result<bool> do_step(const Tools& tools, Row& row) {
    switch (row.phase) {
        case Phase::list:
            return list(tools, row);
        case Phase::stop:
            return stop_jobs(tools, row);
        case Phase::rows:
            return delete_rows(tools, row);
        case Phase::files:
            return delete_files(tools, row);
        case Phase::elsewhere:
            return reach(tools, row);
        case Phase::sign:
            return sign(tools, row);
        case Phase::scrub:
            return scrub(tools, row);
        case Phase::done:
            return true;
    }
    return true;
}

}  // namespace csva::erasure
