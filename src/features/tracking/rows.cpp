#include "features/tracking/rows.hpp"

#include "features/projects/service.hpp"
#include "foundation/base/clock.hpp"
#include "foundation/base/crypto.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>

namespace csva::tracking {
namespace {

using base::ErrorKind;
using base::fail;
using base::Result;
using http::Right;
using store::Session;

constexpr std::string_view kDefaultName = "Default";
constexpr std::string_view kExperiment =
    "SELECT id, project_id, name, lifecycle_stage, created_at, updated_at FROM "
    "tracking_experiments WHERE ";

std::int64_t as_id(std::string_view text) {
    std::int64_t id = 0;
    const auto* end = text.data() + text.size();
    const auto [at, code] = std::from_chars(text.data(), end, id);
    return code == std::errc{} && at == end ? id : -1;
}

}  // namespace

Result<ExperimentRow> experiment_in(
    Session& session, std::int64_t project_id, std::string_view name
) {
    const std::int64_t now = base::Clock::wall_ms();
    CHECK_OK(session.run(
        "INSERT INTO tracking_experiments (project_id, name, lifecycle_stage, created_at, "
        "updated_at) VALUES (:project, :name, 'active', :now, :now2) ON CONFLICT (project_id, "
        "name) DO NOTHING",
        {project_id, name, now, now}
    ));
    TRY(auto row,
        session.record<ExperimentRow>(
            std::string(kExperiment) + "project_id = :project AND name = :name", {project_id, name}
        ));
    return std::move(*row);
}

Result<ExperimentRow> experiment_of(
    Session& session, const http::Actor& actor, std::string_view id, Right right
) {
    const auto absent = [&] {
        return fail(ErrorKind::not_found, kExperimentNotFound, {{"experiment", std::string(id)}});
    };
    if (id == "0") {
        TRY(const auto project, projects::project_for_new(session, actor));
        if (right != Right::read) return experiment_in(session, project.value, kDefaultName);
        TRY(auto row,
            session.record<ExperimentRow>(
                std::string(kExperiment) + "project_id = :project AND name = :name",
                {project, kDefaultName}
            ));
        if (!row) return ExperimentRow{0, project.value, std::string(kDefaultName), "active", 0, 0};
        return std::move(*row);
    }
    TRY(auto row,
        session.record<ExperimentRow>(std::string(kExperiment) + "id = :id", {as_id(id)}));
    if (!row) return absent();
    const auto allowed = projects::check_right(
        session, actor, projects::ProjectId(row->project_id), right, kExperimentNotFound
    );
    if (!allowed && allowed.error().kind == ErrorKind::not_found) return absent();
    if (!allowed) return std::unexpected(allowed.error());
    return std::move(*row);
}

Result<RunRow> run_of(
    Session& session, const http::Actor& actor, std::string_view run_id, Right right
) {
    const auto absent = [&] {
        return fail(ErrorKind::not_found, kRunNotFound, {{"run", std::string(run_id)}});
    };
    if (run_id.empty())
        return fail(ErrorKind::invalid_argument, "base.missing_field", {{"field", "run_id"}});
    const bool hold = right != Right::read && session.backend() == store::Backend::postgres;
    TRY(auto row,
        session.record<RunRow>(
            "SELECT " + std::string(kRunColumns) + " FROM tracking_runs r WHERE r.run_id = :run" +
                (hold ? " FOR UPDATE" : ""),
            {run_id}
        ));
    if (!row) return absent();
    const auto allowed = projects::check_right(
        session, actor, projects::ProjectId(row->project_id), right, kRunNotFound
    );
    if (!allowed && allowed.error().kind == ErrorKind::not_found) return absent();
    if (!allowed) return std::unexpected(allowed.error());
    return std::move(*row);
}

Result<RunRow> active_run_of(Session& session, const http::Actor& actor, std::string_view run_id) {
    TRY(auto run, run_of(session, actor, run_id, Right::write));
    CHECK_OK(check_active(run.lifecycle_stage));
    return run;
}

Result<ModelRow> model_of(
    Session& session,
    const http::Actor& actor,
    std::string_view model_id,
    Right right,
    bool deleted_too
) {
    const auto absent = [&] {
        return fail(ErrorKind::not_found, kModelNotFound, {{"model", std::string(model_id)}});
    };
    TRY(auto row,
        session.record<ModelRow>(
            "SELECT id, model_id, project_id, experiment_id, name, model_type, source_run_id, "
            "status, created_at, updated_at, lifecycle_stage FROM tracking_models WHERE model_id = "
            ":id",
            {model_id}
        ));
    if (!row || (row->lifecycle_stage != kActive && !deleted_too)) return absent();
    const auto allowed = projects::check_right(
        session, actor, projects::ProjectId(row->project_id), right, kModelNotFound
    );
    if (!allowed && allowed.error().kind == ErrorKind::not_found) return absent();
    if (!allowed) return std::unexpected(allowed.error());
    return std::move(*row);
}

Result<void> check_active(std::string_view lifecycle_stage) {
    if (lifecycle_stage == kActive) return {};
    return fail(ErrorKind::invalid_argument, kNotActive);
}

std::string artifact_uri(const RunRow& run) {
    return "mlflow-artifacts:/" + std::to_string(run.experiment_id) + "/" + run.run_id +
           "/artifacts";
}

std::string artifact_uri(const ModelRow& model) {
    return "mlflow-artifacts:/" + std::to_string(model.experiment_id) + "/models/" +
           model.model_id + "/artifacts";
}

MlflowRunInfo info_of(const RunRow& run) {
    return {
        run.run_id,
        run.run_id,
        run.name,
        std::to_string(run.experiment_id),
        run.user_name,
        run.status,
        run.started_at,
        run.ended_at,
        artifact_uri(run),
        run.lifecycle_stage
    };
}

Result<void> check_key(std::string_view key) {
    const auto good = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
               std::string_view("/_-. :").find(c) != std::string_view::npos ||
               static_cast<unsigned char>(c) >= 0x80;
    };
    const bool path = key.starts_with('/') || key.starts_with("../") || key == ".." ||
                      key.contains("/../") || key.ends_with("/..") || key.contains("//");
    if (!key.empty() && key.size() <= kKeyMax && std::ranges::all_of(key, good) && !path) return {};
    return fail(
        ErrorKind::invalid_argument,
        kBadKey,
        {{"key", std::string(key.substr(0, 60))}, {"maximum", static_cast<std::int64_t>(kKeyMax)}}
    );
}

Result<void> check_length(std::string_view field, std::string_view text, std::size_t maximum) {
    if (text.size() <= maximum) return {};
    return fail(
        ErrorKind::invalid_argument,
        kTooLong,
        {{"field", std::string(field)}, {"maximum", static_cast<std::int64_t>(maximum)}}
    );
}

Result<void> check_choice(
    std::string_view field, std::string_view text, std::span<const std::string_view> choices
) {
    if (std::ranges::find(choices, text) != choices.end()) return {};
    std::string expected;
    for (const auto one : choices) expected += (expected.empty() ? "" : ", ") + std::string(one);
    return fail(
        ErrorKind::invalid_argument,
        kBadChoice,
        {{"field", std::string(field)}, {"expected", expected}}
    );
}

Result<void> check_count(std::string_view what, std::size_t count, std::size_t maximum) {
    if (count <= maximum) return {};
    return fail(
        ErrorKind::invalid_argument,
        kTooMany,
        {{"field", std::string(what)}, {"maximum", static_cast<std::int64_t>(maximum)}}
    );
}

Result<std::int64_t> page_size(
    std::optional<std::int64_t> wanted, std::int64_t usual, std::int64_t maximum
) {
    if (!wanted) return usual;
    if (*wanted >= 1 && *wanted <= maximum) return *wanted;
    return fail(
        ErrorKind::invalid_argument,
        "base.out_of_range",
        {{"field", "max_results"}, {"minimum", std::int64_t{1}}, {"maximum", maximum}}
    );
}

std::string many(std::size_t rows, std::size_t columns) {
    std::string one = "(";
    for (std::size_t i = 0; i < columns; ++i) one += i == 0 ? ":a" : ", :a";
    one += ")";
    std::string out;
    out.reserve(rows * (one.size() + 2));
    for (std::size_t i = 0; i < rows; ++i) out += (i == 0 ? "" : ", ") + one;
    return out;
}

namespace {
constexpr std::array<std::size_t, 3> kPieces = {250, 25, 1};
}  // namespace

Result<void> insert_many(
    Session& session,
    std::string_view before,
    std::string_view after,
    std::size_t columns,
    std::vector<store::Value> values
) {
    std::size_t at = 0;
    for (const std::size_t rows : kPieces) {
        const std::size_t size = rows * columns;
        std::string sql;
        for (; values.size() - at >= size; at += size) {
            if (sql.empty())
                sql = std::string(before) + " VALUES " + many(rows, columns) + std::string(after);
            const auto begin = values.begin() + static_cast<std::ptrdiff_t>(at);
            const auto end = begin + static_cast<std::ptrdiff_t>(size);
            CHECK_OK(
                session.run(sql, {std::make_move_iterator(begin), std::make_move_iterator(end)})
            );
        }
    }
    return {};
}

Result<std::vector<store::Row>> rows_in(
    Session& session,
    std::string_view before,
    std::string_view after,
    std::span<const std::int64_t> ids
) {
    std::vector<store::Row> out;
    for (const std::size_t count : kPieces) {
        std::string sql;
        for (; ids.size() >= count; ids = ids.subspan(count)) {
            if (sql.empty())
                sql = std::string(before) + " IN " + many(1, count) + std::string(after);
            std::vector<store::Value> values(
                ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(count)
            );
            TRY(auto found, session.rows(sql, std::move(values)));
            if (out.empty())
                out = std::move(found);
            else
                std::ranges::move(found, std::back_inserter(out));
        }
    }
    return out;
}

Result<Number> number_of(const base::Cell& value) {
    const auto bad = [] { return fail(ErrorKind::invalid_argument, kBadMetric); };
    if (value.kind == base::Cell::Kind::number) {
        if (std::isfinite(value.number)) return Number{value.number, false};
        return bad();
    }
    if (value.kind != base::Cell::Kind::text) return bad();
    double number = 0;
    const auto* end = value.text.data() + value.text.size();
    const auto [at, code] = std::from_chars(value.text.data(), end, number);
    if (code != std::errc{} || at != end) return bad();
    if (std::isnan(number)) return Number{0, true};
    return Number{number, false};
}

base::Cell cell_of(const Number& number) {
    using Kind = base::Cell::Kind;
    if (number.nan) return {Kind::text, "NaN", 0};
    if (std::isinf(number.value))
        return {Kind::text, number.value > 0 ? "Infinity" : "-Infinity", 0};
    return {Kind::number, {}, number.value};
}

Result<RunRow> insert_run(Session& session, const ExperimentRow& experiment, const NewRun& made) {
    constexpr std::size_t kIdBytes = 16;
    RunRow run;
    run.run_id = base::random_hex(kIdBytes);
    run.project_id = experiment.project_id;
    run.experiment_id = experiment.id;
    run.name = made.name;
    run.user_name = made.user_name;
    run.status = "RUNNING";
    run.started_at = made.started_at;
    run.lifecycle_stage = kActive;
    TRY(run.id,
        session.insert(
            "INSERT INTO tracking_runs (run_id, project_id, experiment_id, name, user_name, "
            "status, started_at, lifecycle_stage, training_id) VALUES (:run, :project, "
            ":experiment, :name, :user, 'RUNNING', :started, 'active', :training) RETURNING id",
            {run.run_id,
             run.project_id,
             run.experiment_id,
             run.name,
             run.user_name,
             run.started_at,
             made.training_id}
        ));
    return run;
}

}  // namespace csva::tracking
