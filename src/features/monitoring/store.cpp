#include "features/monitoring/store.hpp"

#include "features/monitoring/service.hpp"
#include "features/predictions/service.hpp"
#include "foundation/jobs/queue.hpp"

#include <algorithm>

namespace csva::embedded {
std::span<const base::EmbeddedFile> monitoring_migrations();
}

namespace csva::monitoring {
namespace {

using base::Result;
using i18n::Language;
using store::Session;

constexpr std::string_view kColumns =
    "id, kind, batch_id, from_ms, to_ms, rows, state, verdict, quality";

template <class T>
std::string_view word_of(T value) {
    return base::type_of<T>().enumerators[static_cast<std::size_t>(value)];
}

std::string name_of(const drift::Comparison& c, Language language) {
    if (c.aspect == drift::Aspect::volume) return i18n::text(language, "drift:ui.volume");
    const std::string role = "drift:role." + std::string(word_of(c.role));
    const std::string aspect = "drift:aspect." + std::string(word_of(c.aspect));
    const auto name = i18n::text(language, role, {{{"name", c.column}}});
    return i18n::text(
        language,
        "monitoring:sentence.what",
        {{{"name", name}, {"aspect", i18n::text(language, aspect)}}}
    );
}

/// What is in that state and matters, in words.
std::string names_of(const drift::Verdict& v, drift::State state, Language language) {
    std::string names;
    for (const auto& f : v.findings)
        if (f.state == state && f.matters)
            names += (names.empty() ? "" : ", ") + name_of(f.comparison, language);
    return names;
}

/// What happened: which columns, how much, since when.
std::string sentence_of(const drift::Verdict& v, Language language) {
    const std::string level = "drift:level." + std::string(word_of(v.level));
    const auto said = i18n::text(
        language,
        "monitoring:sentence." + std::string(word_of(v.state)),
        {{{"columns", v.watched},
          {"rows", v.rows},
          {"names", names_of(v, v.state, language)},
          // As a date, ICU takes floating-point numbers only.
          {"since", static_cast<double>(v.since_ms.value_or(v.from_ms))},
          {"level", i18n::text(language, level)}}}
    );
    const auto others = names_of(v, drift::State::suspected, language);
    if (v.state != drift::State::drifted || others.empty()) return said;
    return i18n::text(
        language, "monitoring:sentence.also", {{{"sentence", said}, {"names", others}}}
    );
}

/// Drifted columns that matter, then suspected ones.
std::vector<std::string> columns_of(const drift::Verdict& v) {
    std::vector<std::string> out = v.columns;
    for (const auto& f : v.findings) {
        const auto& c = f.comparison;
        if (f.state == drift::State::suspected && f.matters && c.role == drift::Role::input &&
            !c.column.empty() && std::ranges::find(out, c.column) == out.end())
            out.push_back(c.column);
    }
    return out;
}

/// What to do; losing quality outweighs a change that may be harmless.
std::string advice_of(const drift::Verdict& v, const Quality& quality, Language language) {
    if (quality.state == QualityState::worse)
        return i18n::text(language, "monitoring:advice.worse");
    return i18n::text(language, "monitoring:advice." + std::string(word_of(v.action)));
}

Result<Window> window_from(const store::Row& row, Language language, drift::Verdict* verdict) {
    Window out;
    drift::Verdict v;
    TRY(v, base::from_json<drift::Verdict>(row.text("verdict")));
    TRY(out.quality, base::from_json<Quality>(row.text("quality")));
    out.id = WindowId(row.integer("id"));
    TRY(out.kind, base::from_json<WindowKind>('"' + row.text("kind") + '"'));
    out.batch_id = row.maybe_integer("batch_id");
    out.from_ms = row.integer("from_ms");
    out.to_ms = row.integer("to_ms");
    out.rows = row.integer("rows");
    out.state = v.state;
    out.level = v.level;
    out.action = v.action;
    out.since_ms = v.since_ms;
    out.columns = columns_of(v);
    out.sentence = sentence_of(v, language);
    out.advice = advice_of(v, out.quality, language);
    for (const auto& f : v.findings) {
        if (f.comparison.role != drift::Role::input || f.comparison.column.empty()) continue;
        auto& effect = out.effects[f.comparison.column];
        effect = std::max(effect, f.comparison.effect);
    }
    if (verdict != nullptr) *verdict = std::move(v);
    return out;
}

class MonitoringLifecycle final : public store::Lifecycle {
public:
    std::string_view feature() const override { return "monitoring"; }
    std::vector<std::string_view> tables() const override {
        return {"monitoring_models", "monitoring_windows"};
    }
    Result<std::set<std::string>> blobs(Session& session) override {
        return monitoring::blobs(session);
    }
    Result<void> erase_project(Session& session, std::int64_t project_id) override {
        return erase(session, "project_id", project_id);
    }
    /// Windows name nobody: they belong to their model.
    Result<void> erase_user(Session&, const store::Leaver&) override { return {}; }
    Result<store::Portion> export_user(Session& session, const store::Leaver& leaver) override {
        store::Portion out;
        TRY(out.documents["monitoring.json"],
            store::rows_as_json(
                session,
                "SELECT id, project_id, model_id, kind, from_ms, to_ms, rows, state FROM "
                "monitoring_windows WHERE project_id IN " +
                    leaver.projects_sql() + " ORDER BY id",
                {}
            ));
        TRY(const auto rows,
            session.rows(
                "SELECT id, rows_key FROM monitoring_windows WHERE rows_key <> '' AND project_id "
                "IN " +
                    leaver.projects_sql(),
                {}
            ));
        for (const auto& row : rows)
            out.blobs["monitoring/window-" + std::to_string(row.integer("id")) + ".parquet"] =
                row.text("rows_key");
        return out;
    }
    Result<std::vector<std::string>> verify(Session& session) override {
        TRY(const auto rows,
            session.rows("SELECT id FROM monitoring_windows WHERE sketch_key = ''"));
        std::vector<std::string> wrong;
        for (const auto& row : rows)
            wrong.push_back("window " + std::to_string(row.integer("id")) + " has no sketch");
        return wrong;
    }
};

}  // namespace

store::Migrations migrations() { return embedded::monitoring_migrations(); }
std::unique_ptr<store::Lifecycle> lifecycle() { return std::make_unique<MonitoringLifecycle>(); }

Result<Watched> watched(Session& session, models::ModelId model) {
    TRY(auto found,
        session.record<Watched>(
            "SELECT revision, job_id, quality_when_trained FROM monitoring_models WHERE model_id = "
            ":id",
            {model}
        ));
    return found.value_or(Watched{});
}

Result<void> set_job(Session& session, const models::Model& model, jobs::JobId job) {
    CHECK_OK(session.run(
        "INSERT INTO monitoring_models (model_id, project_id, revision, job_id, "
        "quality_when_trained) VALUES (:model, :project, 0, :job, '[]') ON CONFLICT (model_id) DO "
        "UPDATE SET job_id = excluded.job_id",
        {model.id, model.project_id, job}
    ));
    return {};
}

Result<bool> advance(Session& session, models::ModelId model, const LookOutcome& outcome) {
    TRY(const auto changed,
        session.run(
            "UPDATE monitoring_models SET revision = revision + 1, quality_when_trained = :quality "
            "WHERE model_id = :model AND revision = :seen",
            {base::to_json(outcome.quality_when_trained), model, outcome.revision}
        ));
    return changed == 1;
}

Result<std::vector<Window>> windows_of(Session& session, models::ModelId model, Language language) {
    TRY(const auto rows,
        session.rows(
            "SELECT " + std::string(kColumns) +
                " FROM monitoring_windows WHERE model_id = :model ORDER BY from_ms DESC, id DESC "
                "LIMIT :most",
            {model, kWindowsKept}
        ));
    std::vector<Window> out;
    for (const auto& row : rows) {
        TRY(auto window, window_from(row, language, nullptr));
        out.push_back(std::move(window));
    }
    std::ranges::reverse(out);
    return out;
}

Result<std::optional<Window>> last_window(
    Session& session, models::ModelId model, Language language
) {
    TRY(const auto row,
        session.row(
            "SELECT " + std::string(kColumns) +
                " FROM monitoring_windows WHERE model_id = :model ORDER BY from_ms DESC, id DESC "
                "LIMIT 1",
            {model}
        ));
    if (!row) return std::optional<Window>{};
    TRY(auto window, window_from(*row, language, nullptr));
    return std::optional(std::move(window));
}

Result<WindowDetails> details(Session& session, const WindowPath& path, Language language) {
    TRY(const auto row,
        session.row(
            "SELECT " + std::string(kColumns) +
                ", distributions FROM monitoring_windows WHERE id = :id AND model_id = :model",
            {path.window_id, path.model_id}
        ));
    if (!row) return base::fail(base::ErrorKind::not_found, kWindowNotFound);
    WindowDetails out;
    drift::Verdict verdict;
    TRY(out.window, window_from(*row, language, &verdict));
    out.findings = std::move(verdict.findings);
    TRY(out.distributions, base::from_json<std::vector<Distribution>>(row->text("distributions")));
    return out;
}

Result<std::vector<KnownWindow>> known_windows(Session& session, models::ModelId model) {
    TRY(const auto labelled, predictions::labelled_windows(session, model));
    TRY(const auto rows,
        session.rows(
            "SELECT id, kind, from_ms, to_ms, rows_key, sketch_key FROM monitoring_windows WHERE "
            "model_id = :model ORDER BY from_ms DESC, id DESC LIMIT :most",
            {model, kWindowsKept}
        ));
    std::vector<KnownWindow> out;
    for (const auto& row : rows) {
        auto& window = out.emplace_back();
        window.id = WindowId(row.integer("id"));
        TRY(window.kind, base::from_json<WindowKind>('"' + row.text("kind") + '"'));
        window.from_ms = row.integer("from_ms");
        window.to_ms = row.integer("to_ms");
        window.is_labelled = labelled.contains(window.id.value);
        window.rows = row.text("rows_key");
        window.sketch = row.text("sketch_key");
    }
    std::ranges::reverse(out);
    return out;
}

Result<WindowId> insert_window(
    Session& session,
    const models::Model& model,
    const LookedWindow& window,
    std::string_view rows_key,
    std::string_view sketch_key
) {
    const auto& v = window.verdict;
    TRY(const auto id,
        session.insert(
            "INSERT INTO monitoring_windows (project_id, model_id, kind, batch_id, from_ms, to_ms, "
            "rows, state, verdict, quality, distributions, rows_key, sketch_key) VALUES (:project, "
            ":model, :kind, :batch, :from, :to, :rows, :state, :verdict, :quality, :distributions, "
            ":rows_key, :sketch_key) RETURNING id",
            {model.project_id,
             model.id,
             word_of(window.kind),
             window.batch_id,
             v.from_ms,
             v.to_ms,
             v.rows,
             word_of(v.state),
             base::to_json(v),
             base::to_json(window.quality),
             base::to_json(window.distributions),
             rows_key,
             sketch_key}
        ));
    return WindowId(id);
}

Result<void> update_window(Session& session, const LookedWindow& window) {
    CHECK_OK(session.run(
        "UPDATE monitoring_windows SET state = :state, verdict = :verdict WHERE id = :id",
        {word_of(window.verdict.state), base::to_json(window.verdict), window.id}
    ));
    if (!window.is_measured) return {};
    TRY(const auto row,
        session.row("SELECT quality FROM monitoring_windows WHERE id = :id", {window.id}));
    if (!row) return {};
    auto quality = window.quality;
    TRY(auto before, base::from_json<Quality>(row->text("quality")));
    quality.estimated = std::move(before.estimated);
    CHECK_OK(session.run(
        "UPDATE monitoring_windows SET quality = :quality WHERE id = :id",
        {base::to_json(quality), window.id}
    ));
    return {};
}

Result<std::int64_t> forget_rows(Session& session, std::int64_t before_ms) {
    CHECK_OK(session.run(
        "UPDATE monitoring_windows SET rows_key = '' WHERE to_ms < :before", {before_ms}
    ));
    return predictions::forget_log(session, before_ms);
}

Result<std::set<std::string>> blobs(Session& session) {
    TRY(const auto rows, session.rows("SELECT rows_key, sketch_key FROM monitoring_windows"));
    std::set<std::string> keys;
    for (const auto& row : rows) {
        keys.insert(row.text("rows_key"));
        keys.insert(row.text("sketch_key"));
    }
    keys.erase("");
    return keys;
}

Result<void> erase(Session& session, std::string_view column, std::int64_t id) {
    CHECK_OK(models::wait_for_holders(session, column, id));
    for (const std::string table : {"monitoring_windows", "monitoring_models"})
        CHECK_OK(session.run(
            "DELETE FROM " + table + " WHERE model_id IN (SELECT id FROM models WHERE " +
                std::string(column) + " = :id)",
            {id}
        ));
    return {};
}

}  // namespace csva::monitoring
