#include "features/privacy/service.hpp"

#include "engine/profile/personal.hpp"
#include "features/privacy/proposals.hpp"
#include "features/privacy/store.hpp"
#include "foundation/base/clock.hpp"

#include <algorithm>
#include <map>

namespace csva::privacy {
namespace {

using base::ErrorKind;
using base::fail;
using base::Result;
using datasets::VersionTable;
using store::Session;

/// What the versions of a lineage say about a column.
struct Seen {
    meaning::ColumnFindings found;
    recipe::Protection protection = recipe::Protection::none;
    std::vector<recipe::Step> steps;
};

/// A step that protects columns, told of the columns of the version before.
void note_step(
    const VersionTable& made, const table::Schema& before, std::map<std::string, Seen>& seen
) {
    const auto step = base::from_json<recipe::Step>(made.step.text);
    if (!step) return;
    const auto* info = recipe::find_step(step->step);
    if (info == nullptr || info->protection == recipe::Protection::none) return;
    for (const auto& name : step->columns) {
        const auto at = before.find(name);
        if (!at) continue;
        auto& column = seen[before.columns[*at].physical];
        column.protection = std::max(column.protection, info->protection);
        column.steps.push_back(*step);
    }
}

Result<PersonalData> gather(
    Session& session, const std::vector<VersionTable>& lineage, std::map<std::string, Seen>& seen
) {
    PersonalData out;
    for (std::size_t i = 0; i < lineage.size(); ++i) {
        if (i > 0) note_step(lineage[i], lineage[i - 1].schema, seen);
        TRY(const auto json, datasets::personal(session, lineage[i].id));
        if (json.empty()) continue;
        TRY(auto scan, base::from_json<profile::Personal>(json));
        out.scanned = true;
        out.rows = scan.rows;
        out.rows_looked_at = scan.rows_looked_at;
        for (auto& column : scan.columns) seen[column.physical].found = std::move(column.found);
    }
    return out;
}

ColumnState state_of(const Seen& seen, const std::optional<Decision>& decision) {
    if (decision && decision->action == Action::drop) return ColumnState::dropped;
    if (seen.protection == recipe::Protection::anonymise) return ColumnState::anonymised;
    if (seen.protection == recipe::Protection::pseudonymise) return ColumnState::pseudonymised;
    if (decision && decision->action == Action::keep) return ColumnState::kept;
    return ColumnState::undecided;
}

Result<void> check(const VersionTable& version, const NewDecision& wish) {
    if (!version.schema.find(wish.column))
        return fail(ErrorKind::invalid_argument, kUnknownColumn, {{"column", wish.column}});
    if (wish.action == Action::keep && wish.reason.find_first_not_of(' ') == std::string::npos)
        return fail(ErrorKind::invalid_argument, kReasonNeeded, {{"column", wish.column}});
    if (wish.action != Action::anonymise) return {};
    const auto* info = wish.step ? recipe::find_step(wish.step->step) : nullptr;
    if (info == nullptr || info->protection == recipe::Protection::none ||
        std::ranges::find(wish.step->columns, wish.column) == wish.step->columns.end())
        return fail(ErrorKind::invalid_argument, kStepNeeded, {{"column", wish.column}});
    return {};
}

/// Checks one decision, and keeps it.
Result<void> record(
    Session& session,
    const http::Actor& actor,
    const VersionTable& version,
    const PersonalData& known,
    const NewDecision& wish
) {
    CHECK_OK(check(version, wish));
    Decision decision{.column = wish.column, .action = wish.action, .reason = wish.reason};
    const auto personal = std::ranges::find(known.columns, wish.column, &PersonalColumn::column);
    if (personal != known.columns.end())
        for (const auto& finding : personal->findings) decision.kinds.push_back(finding.kind);
    if (wish.action == Action::anonymise) decision.step.text = base::to_json(*wish.step);
    decision.decided_by = actor.user_id;
    decision.decided_at = base::Clock::wall_ms();
    const auto at = *version.schema.find(wish.column);
    return insert(session, version, version.schema.columns[at].physical, decision);
}

}  // namespace

Result<PersonalData> personal_data(Session& session, const VersionTable& version) {
    TRY(const auto lineage, datasets::lineage(session, version.id));
    std::map<std::string, Seen> seen;
    TRY(auto out, gather(session, lineage, seen));
    out.dataset_id = version.dataset_id;
    out.version_id = version.id;
    TRY(auto kept, decisions_of(session, version.dataset_id));
    for (const auto& column : version.schema.columns) {
        const auto found = seen.find(column.physical);
        if (found == seen.end() || found->second.found.findings.empty()) continue;
        PersonalColumn line{.column = column.name, .type = column.type};
        line.cells = found->second.found.cells;
        line.findings = found->second.found.findings;
        line.steps = found->second.steps;
        const auto decision = std::ranges::find(kept, column.physical, &KeptDecision::physical);
        if (decision != kept.end()) line.decision = decision->decision;
        line.state = state_of(found->second, line.decision);
        line.proposals = proposals_for(line);
        out.undecided += line.state == ColumnState::undecided ? 1 : 0;
        out.columns.push_back(std::move(line));
    }
    for (auto& one : kept) out.history.push_back(std::move(one.decision));
    return out;
}

Result<std::vector<std::string>> left_out(
    Session& session,
    const http::Actor& actor,
    const VersionTable& version,
    const TrainingWish& wish
) {
    TRY(auto known, personal_data(session, version));
    for (const auto& decision : wish.decisions) {
        if (decision.action == Action::anonymise)
            return fail(
                ErrorKind::invalid_argument, kAnonymiseFirst, {{"column", decision.column}}
            );
        CHECK_OK(record(session, actor, version, known, decision));
    }
    if (!wish.decisions.empty()) {
        TRY(known, personal_data(session, version));
    }
    std::vector<std::string> out;
    std::string open;
    for (const auto& column : known.columns) {
        const bool undecided = column.state == ColumnState::undecided;
        if (column.state == ColumnState::dropped) out.push_back(column.column);
        if (!undecided) continue;
        if (wish.undecided == Undecided::refuse || column.column == wish.target) {
            open += (open.empty() ? "" : ", ") + column.column;
            continue;
        }
        CHECK_OK(record(session, actor, version, known, {.column = column.column}));
        out.push_back(column.column);
    }
    if (!open.empty()) return fail(ErrorKind::conflict, kUndecided, {{"columns", open}});
    if (std::ranges::find(out, wish.target) != out.end())
        return fail(ErrorKind::conflict, kTargetLeftOut, {{"column", wish.target}});
    return out;
}

Result<PersonalData> Service::find(datasets::DatasetId id, datasets::VersionId version) {
    return datasets_.database().read([&](Session& session) -> Result<PersonalData> {
        TRY(const auto table, datasets::table_of(session, id, version));
        return personal_data(session, table);
    });
}

Result<AnonymityAnswer> Service::anonymity(const AnonymityRequest& wish) {
    TRY(const auto table, datasets_.table(wish.dataset_id, wish.version_id));
    AnonymityAnswer out{.version_id = table.id};
    TRY(out.plan,
        plan_(
            wish.dataset_id,
            table.id,
            {wish.columns, wish.k, wish.l, wish.sensitive, wish.most_lost_ratio}
        ));
    out.before = verdicts_of(out.plan.before, out.plan.guess_of_all);
    out.after = verdicts_of(out.plan.after, out.plan.guess_of_all);
    return out;
}

Result<DecisionsAnswer> Service::decide(const http::Actor& actor, const DecisionsRequest& wish) {
    TRY(const auto now, datasets_.table(wish.dataset_id, {}));
    std::vector<recipe::Step> steps;
    for (const auto& decision : wish.decisions) {
        CHECK_OK(check(now, decision));
        if (decision.action == Action::anonymise) steps.push_back(*decision.step);
    }
    DecisionsAnswer out;
    const auto keep = [&]() -> Result<PersonalData> {
        return datasets_.database().transaction([&](Session& session) -> Result<PersonalData> {
            TRY(const auto table, datasets::table_of(session, wish.dataset_id));
            TRY(const auto known, personal_data(session, table));
            for (const auto& decision : wish.decisions)
                CHECK_OK(record(session, actor, table, known, decision));
            return personal_data(session, table);
        });
    };
    // The steps first: a decision whose step could not be applied would be none.
    if (!steps.empty()) {
        TRY(out.job_id, apply_(actor, wish.dataset_id, steps));
    }
    TRY(out.personal, keep());
    return out;
}

}  // namespace csva::privacy
