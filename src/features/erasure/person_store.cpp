#include "features/erasure/person_store.hpp"

namespace csva::erasure::person {
namespace {

using base::Result;
using store::Session;

std::string select(std::string_view rest) {
    return "SELECT id, code, project_id, created_by, asked_by, phase, hash_key, sought, "
           "value_count, fingerprint, findings, plan, job_id, problem, attempts, requested_at, "
           "ended_at, certificate FROM person_requests " +
           std::string(rest);
}

template <class T>
std::string_view word(T value) {
    return base::type_of<T>().enumerators[static_cast<std::size_t>(value)];
}

}  // namespace

Result<std::int64_t> insert(Session& session, const Row& row) {
    return session.insert(
        "INSERT INTO person_requests (code, project_id, created_by, asked_by, phase, hash_key, "
        "sought, value_count, fingerprint, findings, plan, job_id, problem, attempts, next_at, "
        "requested_at, certificate) VALUES (:code, :project, :by, :asked, :phase, :key, :sought, "
        ":values, :fingerprint, :findings, :plan, NULL, '', 0, 0, :requested, '') RETURNING id",
        {row.code,
         row.project_id,
         row.created_by,
         word(row.asked_by),
         word(row.phase),
         row.hash_key,
         base::to_json(row.sought),
         row.value_count,
         row.fingerprint,
         base::to_json(row.findings),
         base::to_json(row.plan),
         row.requested_at}
    );
}

Result<std::optional<Row>> by_code(Session& session, std::string_view code) {
    return session.record<Row>(select("WHERE code = :code"), {code});
}

Result<std::vector<Row>> of_project(Session& session, std::int64_t project_id) {
    return session.records<Row>(
        select("WHERE project_id = :project ORDER BY id DESC LIMIT 200"), {project_id}
    );
}

Result<std::vector<Row>> due(Session& session, std::int64_t now) {
    return session.records<Row>(
        select("WHERE phase IN ('list', 'stop', 'rewrite', 'files', 'sign', 'scrub') AND next_at "
               "<= :now ORDER BY id LIMIT 100"),
        {now}
    );
}

Result<void> set_job(Session& session, std::int64_t id, std::int64_t job_id) {
    CHECK_OK(session.run("UPDATE person_requests SET job_id = :job WHERE id = :id", {job_id, id}));
    return {};
}

Result<void> set_found(Session& session, std::string_view code, const Findings& findings) {
    CHECK_OK(session.run(
        "UPDATE person_requests SET phase = 'found', findings = :findings WHERE code = :code AND "
        "phase = 'searching'",
        {base::to_json(findings), code}
    ));
    return {};
}

Result<void> set_failed(Session& session, std::string_view code, std::string_view reason) {
    CHECK_OK(session.run(
        "UPDATE person_requests SET phase = 'failed', problem = :reason, hash_key = '', sought = "
        "'[]' WHERE code = :code AND phase = 'searching'",
        {reason, code}
    ));
    return {};
}

Result<bool> hold(Session& session, const Row& row) {
    TRY(const auto held,
        session.run(
            "UPDATE person_requests SET phase = phase WHERE id = :id AND phase = :phase",
            {row.id, word(row.phase)}
        ));
    return held == 1;
}

Result<bool> advance(Session& session, const Row& row, PersonPhase next) {
    TRY(const auto changed,
        session.run(
            "UPDATE person_requests SET phase = :next, plan = :plan, problem = '', attempts = 0, "
            "next_at = 0 WHERE id = :id AND phase = :phase",
            {word(next), base::to_json(row.plan), row.id, word(row.phase)}
        ));
    return changed == 1;
}

Result<void> settle(
    Session& session,
    const Row& row,
    PersonPhase next,
    std::string_view certificate,
    std::int64_t ended_at
) {
    CHECK_OK(session.run(
        "UPDATE person_requests SET phase = :next, hash_key = '', sought = '[]', findings = "
        ":findings, plan = :plan, problem = '', attempts = 0, next_at = 0, certificate = "
        ":certificate, ended_at = :ended WHERE id = :id AND phase = :phase",
        {word(next),
         base::to_json(Findings{}),
         base::to_json(Plan{}),
         certificate,
         ended_at,
         row.id,
         word(row.phase)}
    ));
    return {};
}

Result<void> postpone(
    Session& session, const Row& row, std::string_view problem, std::int64_t next_at
) {
    CHECK_OK(session.run(
        "UPDATE person_requests SET problem = :problem, attempts = attempts + 1, next_at = :next "
        "WHERE id = :id AND phase = :phase",
        {problem, next_at, row.id, word(row.phase)}
    ));
    return {};
}

Result<std::vector<AffectedModel>> models_of(Session& session, std::int64_t request_id) {
    return session.records<AffectedModel>(
        "SELECT model_id, name, target, dataset_id, training_id, rows, decision, reason, "
        "decided_by, decided_by_name, decided_at, new_training_id FROM person_models WHERE "
        "request_id = :id ORDER BY model_id",
        {request_id}
    );
}

Result<void> add_models(
    Session& session, std::int64_t request_id, std::int64_t version_id, std::int64_t rows
) {
    CHECK_OK(session.run(
        "INSERT INTO person_models (request_id, model_id, name, target, dataset_id, training_id, "
        "rows, decision, reason, decided_by, decided_by_name) SELECT :request, m.id, m.name, "
        "m.target, m.dataset_id, m.training_id, CAST(:rows AS BIGINT), 'open', '', 0, '' FROM "
        "models m JOIN trainings t ON t.id = m.training_id WHERE t.version_id = :version AND NOT "
        "EXISTS (SELECT 1 FROM person_models p WHERE p.request_id = :again AND p.model_id = m.id)",
        {request_id, rows, version_id, request_id}
    ));
    return {};
}

Result<void> decide(Session& session, std::int64_t request_id, const AffectedModel& decided) {
    CHECK_OK(session.run(
        "UPDATE person_models SET decision = :decision, reason = :reason, decided_by = :by, "
        "decided_by_name = :name, decided_at = :at, new_training_id = :training WHERE request_id "
        "= :request AND model_id = :model",
        {word(decided.decision),
         decided.reason,
         decided.decided_by,
         decided.decided_by_name,
         decided.decided_at,
         decided.new_training_id,
         request_id,
         decided.model_id}
    ));
    return {};
}

Result<void> erase_project(Session& session, std::int64_t project_id) {
    CHECK_OK(session.run(
        "DELETE FROM person_models WHERE request_id IN (SELECT id FROM person_requests WHERE "
        "project_id = :id)",
        {project_id}
    ));
    CHECK_OK(session.run("DELETE FROM person_requests WHERE project_id = :id", {project_id}));
    return {};
}

}  // namespace csva::erasure::person
