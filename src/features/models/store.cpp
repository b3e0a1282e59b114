#include "features/models/service.hpp"
#include "foundation/base/clock.hpp"

namespace csva::models {
namespace {

constexpr std::string_view kColumns =
    "id, project_id, dataset_id, training_id, name, rank, target, task, metric, score, created_at";

std::string select(std::string_view where) {
    return "SELECT " + std::string(kColumns) + " FROM models WHERE " + std::string(where);
}

/// Registered versions stay, as what was once promoted, and can no longer predict.
base::Result<void> erase(store::Session& session, std::string_view column, std::int64_t id) {
    CHECK_OK(session.run(
        "UPDATE registered_model_versions SET model_id = NULL WHERE model_id IN (SELECT id FROM "
        "models WHERE " +
            std::string(column) + " = :id)",
        {id}
    ));
    CHECK_OK(session.run("DELETE FROM models WHERE " + std::string(column) + " = :id", {id}));
    return {};
}

}  // namespace

base::Result<ModelId> insert(
    store::Session& session, const Model& model, std::string_view bundle_key
) {
    TRY(const auto id,
        session.insert(
            "INSERT INTO models (project_id, dataset_id, training_id, name, rank, target, task, "
            "metric, score, bundle_key, created_at) "
            "VALUES (:project_id, :dataset_id, :training_id, :name, :rank, :target, :task, "
            ":metric, :score, :bundle_key, :created_at) "
            "RETURNING id",
            {model.project_id,
             model.dataset_id,
             model.training_id,
             model.name,
             model.rank,
             model.target,
             model.task,
             model.metric,
             model.score,
             bundle_key,
             model.created_at}
        ));
    return ModelId(id);
}

base::Result<std::optional<Model>> find(store::Session& session, ModelId id) {
    return session.record<Model>(select("id = :id"), {id});
}

base::Result<std::optional<Model>> hold(store::Session& session, ModelId id) {
    const bool locks = session.backend() == store::Backend::postgres;
    return session.record<Model>(select("id = :id") + (locks ? " FOR KEY SHARE" : ""), {id});
}

base::Result<void> wait_for_holders(
    store::Session& session, std::string_view column, std::int64_t id
) {
    if (session.backend() != store::Backend::postgres) return {};  // one writer at a time
    const auto held = session.rows(
        "SELECT id FROM models WHERE " + std::string(column) + " = :id ORDER BY id FOR UPDATE", {id}
    );
    return held ? base::Result<void>() : std::unexpected(held.error());
}

base::Result<std::optional<Model>> find_by_name(
    store::Session& session, std::int64_t dataset_id, std::string_view name
) {
    return session.record<Model>(
        select("dataset_id = :dataset_id AND name = :name ORDER BY id DESC LIMIT 1"),
        {dataset_id, name}
    );
}

base::Result<std::vector<Model>> list_of_dataset(store::Session& session, std::int64_t dataset_id) {
    return session.records<Model>(
        select("dataset_id = :dataset_id ORDER BY training_id DESC, rank LIMIT 1000"), {dataset_id}
    );
}

base::Result<std::vector<Model>> list_of_training(
    store::Session& session, std::int64_t training_id
) {
    return session.records<Model>(
        select("training_id = :training_id ORDER BY rank"), {training_id}
    );
}

base::Result<void> withdraw(store::Session& session, ModelId id, const registry::Promotion& by) {
    TRY(const auto changed,
        session.run(
            "UPDATE models SET withdrawn_at = :now WHERE id = :id", {base::Clock::wall_ms(), id}
        ));
    if (changed == 0) return base::fail(base::ErrorKind::not_found, kNotFound);
    TRY(const auto aliases,
        session.rows(
            "SELECT a.registered_model_id AS id, a.alias AS alias FROM registered_model_aliases a "
            "JOIN registered_model_versions v ON v.registered_model_id = a.registered_model_id AND "
            "v.version = a.version WHERE v.model_id = :id",
            {id}
        ));
    for (const auto& row : aliases)
        CHECK_OK(registry::delete_alias(
            session, RegisteredModelId(row.integer("id")), row.text("alias"), by
        ));
    return {};
}

base::Result<void> check_serves(store::Session& session, ModelId id) {
    TRY(const auto row, session.row("SELECT withdrawn_at FROM models WHERE id = :id", {id}));
    if (row && row->integer("withdrawn_at") > 0)
        return base::fail(base::ErrorKind::not_found, kWithdrawn);
    return {};
}

base::Result<std::string> bundle_key(store::Session& session, ModelId id) {
    TRY(const auto row, session.row("SELECT bundle_key FROM models WHERE id = :id", {id}));
    if (!row) return base::fail(base::ErrorKind::not_found, kNotFound);
    return row->text("bundle_key");
}

base::Result<void> erase_of_training(store::Session& session, std::int64_t training_id) {
    return erase(session, "training_id", training_id);
}

base::Result<void> erase_of_dataset(store::Session& session, std::int64_t dataset_id) {
    return erase(session, "dataset_id", dataset_id);
}

base::Result<void> erase_of_project(store::Session& session, std::int64_t project_id) {
    return erase(session, "project_id", project_id);
}

base::Result<bool> uses_blob(store::Session& session, std::string_view key) {
    TRY(const auto row,
        session.row("SELECT id FROM models WHERE bundle_key = :key LIMIT 1", {key}));
    return row.has_value();
}

base::Result<std::set<std::string>> referenced_blobs(store::Session& session) {
    TRY(const auto rows, session.rows("SELECT DISTINCT bundle_key FROM models"));
    std::set<std::string> keys;
    for (const auto& row : rows) keys.insert(row.text("bundle_key"));
    return keys;
}

base::Result<std::int64_t> count(store::Session& session) {
    TRY(const auto row, session.row("SELECT COUNT(*) AS n FROM models"));
    return row->integer("n");
}

}  // namespace csva::models
