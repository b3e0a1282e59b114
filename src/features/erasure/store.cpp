#include "features/erasure/store.hpp"

namespace csva::erasure::rows {
namespace {

using base::Result;
using store::Session;

std::string select(std::string_view rest) {
    return "SELECT id, code, user_id, subject, pseudonym, asked_by, phase, plan, problem, "
           "attempts, requested_at, ended_at, certificate FROM erasures " +
           std::string(rest);
}

template <class T>
std::string_view word(T value) {
    return base::type_of<T>().enumerators[static_cast<std::size_t>(value)];
}

}  // namespace

Result<bool> insert(Session& session, const Row& row) {
    TRY(const auto made,
        session.run(
            "INSERT INTO erasures (code, user_id, subject, pseudonym, asked_by, phase, plan, "
            "problem, "
            "attempts, next_at, requested_at, ended_at, certificate) VALUES (:code, :user, "
            ":subject, "
            ":pseudonym, :by, :phase, :plan, '', 0, 0, :requested, :ended, :certificate) ON "
            "CONFLICT "
            "DO NOTHING",
            {row.code,
             row.user_id,
             row.subject,
             row.pseudonym,
             word(row.asked_by),
             word(row.phase),
             base::to_json(row.plan),
             row.requested_at,
             row.ended_at,
             row.certificate}
        ));
    return made == 1;
}

Result<std::optional<Row>> by_code(Session& session, std::string_view code) {
    return session.record<Row>(select("WHERE code = :code"), {code});
}

Result<std::optional<Row>> by_user(Session& session, accounts::UserId user) {
    return session.record<Row>(select("WHERE user_id = :user"), {user});
}

Result<std::vector<Row>> list(Session& session, std::int64_t limit) {
    return session.records<Row>(select("ORDER BY id DESC LIMIT :limit"), {limit});
}

Result<std::vector<Row>> due(Session& session, std::int64_t now) {
    return session.records<Row>(
        select("WHERE phase <> 'done' AND next_at <= :now ORDER BY id LIMIT 100"), {now}
    );
}

Result<bool> advance(Session& session, const Row& row, Phase next) {
    TRY(const auto changed,
        session.run(
            "UPDATE erasures SET phase = :next, plan = :plan, problem = '', attempts = 0, next_at "
            "= 0 WHERE id = :id AND phase = :phase",
            {word(next), base::to_json(row.plan), row.id, word(row.phase)}
        ));
    return changed == 1;
}

Result<void> certify(
    Session& session, const Row& row, std::string_view certificate, std::int64_t ended_at
) {
    CHECK_OK(session.run(
        "UPDATE erasures SET phase = 'scrub', user_id = NULL, plan = :plan, problem = '', attempts "
        "= 0, next_at = 0, certificate = :certificate, ended_at = :ended WHERE id = :id AND phase "
        "= 'sign'",
        {base::to_json(Plan{}), certificate, ended_at, row.id}
    ));
    return {};
}

Result<void> postpone(
    Session& session, const Row& row, std::string_view problem, std::int64_t next_at
) {
    CHECK_OK(session.run(
        "UPDATE erasures SET problem = :problem, attempts = attempts + 1, next_at = :next WHERE id "
        "= :id AND phase = :phase",
        {problem, next_at, row.id, word(row.phase)}
    ));
    return {};
}

Result<Content> content_of(Session& session, std::int64_t project_id) {
    TRY(const auto row,
        session.row(
            "SELECT (SELECT COUNT(*) FROM datasets WHERE project_id = :a) AS datasets, (SELECT "
            "COUNT(*) FROM models WHERE project_id = :b) AS models",
            {project_id, project_id}
        ));
    return Content{row->integer("datasets"), row->integer("models")};
}

}  // namespace csva::erasure::rows
