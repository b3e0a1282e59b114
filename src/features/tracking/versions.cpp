#include "features/models/service.hpp"
#include "features/tracking/artifact_rows.hpp"
#include "features/tracking/filter.hpp"
#include "features/tracking/protocol.hpp"
#include "features/tracking/rows.hpp"

#include <array>

namespace csva::tracking {
namespace {

namespace registry = models::registry;
using base::ErrorKind;
using base::fail;
using base::Result;
using http::Actor;
using http::Method;
using http::Right;
using models::RegisteredVersion;
using store::Session;

constexpr std::int64_t kPageUsual = 10'000;
constexpr std::int64_t kPageMax = 200'000;
constexpr std::string_view kModels = "models:/";
constexpr std::string_view kRuns = "runs:/";
constexpr std::string_view kArtifacts = "mlflow-artifacts:/";

struct VersionAnswer {
    RegisteredVersion model_version;
};
CSVA_DESCRIBE(VersionAnswer, model_version)

struct VersionCreate {
    std::string name;
    std::string source;
    std::string run_id;
    std::string model_id;
    std::vector<KeyValue> tags;
    std::string run_link;
    std::string description;
};
CSVA_DESCRIBE(VersionCreate, name, source, run_id, model_id, tags, run_link, description)
CSVA_NOTES(
    VersionCreate,
    {.field = "source",
     .text = "models:/m-..., runs:/<run>/<path> or mlflow-artifacts:/...: files of this server."},
    {.field = "run_id", .defaulted = true},
    {.field = "model_id", .defaulted = true},
    {.field = "tags", .defaulted = true},
    {.field = "run_link", .defaulted = true},
    {.field = "description", .defaulted = true}
)

struct VersionName {
    std::string name;
    std::string version;
};
CSVA_DESCRIBE(VersionName, name, version)

struct VersionUri {
    std::string artifact_uri;
};
CSVA_DESCRIBE(VersionUri, artifact_uri)

struct VersionSearch {
    std::string filter;
    std::optional<std::int64_t> max_results;
    std::vector<std::string> order_by;
    std::string page_token;
};
CSVA_DESCRIBE(VersionSearch, filter, max_results, order_by, page_token)
CSVA_NOTES(
    VersionSearch,
    {.field = "filter", .text = "name = 'x' AND tags.validated = 'yes'", .defaulted = true},
    {.field = "order_by", .defaulted = true},
    {.field = "page_token", .defaulted = true}
)

struct VersionPage {
    std::vector<RegisteredVersion> model_versions;
    std::optional<std::string> next_page_token;
};
CSVA_DESCRIBE(VersionPage, model_versions, next_page_token)
CSVA_NOTES(VersionPage, {.field = "model_versions", .defaulted = true})

struct VersionDescription {
    std::string name;
    std::string version;
    std::string description;
};
CSVA_DESCRIBE(VersionDescription, name, version, description)
CSVA_NOTES(VersionDescription, {.field = "description", .defaulted = true})

struct VersionTagWish {
    std::string name;
    std::string version;
    std::string key;
    std::string value;
};
CSVA_DESCRIBE(VersionTagWish, name, version, key, value)
CSVA_NOTES(VersionTagWish, {.field = "value", .defaulted = true})

struct VersionTagKey {
    std::string name;
    std::string version;
    std::string key;
};
CSVA_DESCRIBE(VersionTagKey, name, version, key)

struct VersionStage {
    std::string name;
    std::string version;
    std::string stage;
    bool archive_existing_versions = false;
};
CSVA_DESCRIBE(VersionStage, name, version, stage, archive_existing_versions)
CSVA_NOTES(
    VersionStage,
    {.field = "stage", .text = "None, Staging, Production or Archived."},
    {.field = "archive_existing_versions", .defaulted = true}
)

/// Where the files of a source are, in words of the artifact proxy. Errors: tracking.bad_source,
/// and those of what the source names.
Result<std::string> uri_of(Session& session, const Actor& actor, std::string_view source) {
    if (source.starts_with(kModels)) {
        TRY(const auto model, model_of(session, actor, source.substr(kModels.size()), Right::read));
        return artifact_uri(model);
    }
    if (source.starts_with(kRuns)) {
        const auto rest = source.substr(kRuns.size());
        const auto slash = rest.find('/');
        TRY(const auto run, run_of(session, actor, rest.substr(0, slash), Right::read));
        if (slash == std::string_view::npos) return artifact_uri(run);
        TRY(const auto location,
            location_of("0/0/artifacts/" + std::string(rest.substr(slash + 1))));
        return artifact_uri(run) + "/" + location.path;
    }
    if (source.starts_with(kArtifacts)) {
        TRY(const auto location, location_of(source.substr(kArtifacts.size())));
        CHECK_OK(project_of(session, actor, location, Right::read));
        return std::string(source);
    }
    return fail(ErrorKind::invalid_argument, kBadSource);
}

/// The model of ours whose bundle these files are; none for files from elsewhere.
Result<std::optional<models::ModelId>> model_behind(Session& session, std::string_view uri) {
    TRY(const auto location, location_of(uri.substr(kArtifacts.size())));
    if (location.of_model || location.path != "model") return std::optional<models::ModelId>{};
    TRY(const auto row,
        session.row(
            "SELECT m.id AS id FROM tracking_runs r JOIN models m ON m.training_id = r.training_id "
            "AND m.rank = 1 WHERE r.run_id = :run",
            {location.owner}
        ));
    if (!row) return std::optional<models::ModelId>{};
    return std::optional(models::ModelId(row->integer("id")));
}

Result<VersionAnswer> create(Session& session, const Actor& actor, const VersionCreate& wish) {
    TRY(const auto model, registry::find(session, actor, wish.name, Right::write));
    for (const auto& tag : wish.tags) CHECK_OK(check_key(tag.key));
    CHECK_OK(check_length("source", wish.source, kExperimentNameMax * 4));
    if (!wish.run_id.empty()) CHECK_OK(run_of(session, actor, wish.run_id, Right::read));
    TRY(const auto uri, uri_of(session, actor, wish.source));
    TRY(const auto behind, model_behind(session, uri));
    TRY(auto version,
        registry::add_version(
            session,
            model,
            {wish.source,
             wish.run_id,
             wish.model_id,
             wish.run_link,
             wish.description,
             wish.tags,
             behind},
            actor.name
        ));
    return VersionAnswer{std::move(version)};
}

Result<VersionAnswer> view(
    Session& session, models::RegisteredModelId id, std::string_view number
) {
    TRY(auto version, registry::version(session, id, number));
    return VersionAnswer{std::move(version)};
}

Result<VersionPage> search(Session& session, const Actor& actor, const VersionSearch& wish) {
    static constexpr std::array<Attribute, 8> kAttributes = {{
        {"name", "m.name"},
        {"version_number", "v.version", true},
        {"version", "v.version", true},
        {"run_id", "v.run_id"},
        {"source_path", "v.source"},
        {"creation_timestamp", "v.created_at", true},
        {"last_updated_timestamp", "v.updated_at", true},
        {"current_stage", "v.stage"},
    }};
    static constexpr Searchable kSearchable{
        .key = "v.id",
        .attributes = kAttributes,
        .tags = {"registered_model_version_tags", "version_id"},
        .missing_tag_differs = true
    };
    TRY(const std::int64_t limit, page_size(wish.max_results, kPageUsual, kPageMax));
    TRY(const std::int64_t offset, offset_of(wish.page_token));
    TRY(auto condition, condition_of(wish.filter, kSearchable, session.backend()));
    TRY(auto order,
        ordering_of(
            wish.order_by, {"v.id", kAttributes}, "v.updated_at DESC, m.name, v.version DESC, v.id"
        ));
    TRY(auto found,
        registry::search_versions(
            session,
            actor,
            {condition.sql, std::move(condition.values), order.sql, limit + 1, offset}
        ));
    VersionPage out;
    out.next_page_token = cut_page(found, limit, offset);
    out.model_versions = std::move(found);
    return out;
}

void add_tags(http::Routes& routes, const Parts& parts) {
    add_writing<VersionTagWish, MlflowDone>(
        routes,
        parts,
        Method::post,
        "/api/2.0/mlflow/model-versions/set-tag",
        "Set a tag of a version.",
        [](Session& session, const Actor& actor, const VersionTagWish& wish) -> Result<MlflowDone> {
            TRY(const auto model, registry::find(session, actor, wish.name, Right::write));
            CHECK_OK(check_key(wish.key));
            CHECK_OK(check_length(wish.key, wish.value, kExperimentTagMax));
            CHECK_OK(
                registry::set_version_tag(session, model.id, wish.version, {wish.key, wish.value})
            );
            return MlflowDone{};
        }
    );
    add_writing<VersionTagKey, MlflowDone>(
        routes,
        parts,
        Method::delete_,
        "/api/2.0/mlflow/model-versions/delete-tag",
        "Delete a tag of a version.",
        [](Session& session, const Actor& actor, const VersionTagKey& wish) -> Result<MlflowDone> {
            TRY(const auto model, registry::find(session, actor, wish.name, Right::write));
            CHECK_OK(registry::delete_version_tag(session, model.id, wish.version, wish.key));
            return MlflowDone{};
        }
    );
    add_writing<VersionStage, VersionAnswer>(
        routes,
        parts,
        Method::post,
        "/api/2.0/mlflow/model-versions/transition-stage",
        "Put a version into a stage.",
        [](Session& session, const Actor& actor, const VersionStage& wish
        ) -> Result<VersionAnswer> {
            TRY(const auto model, registry::find(session, actor, wish.name, Right::write));
            CHECK_OK(registry::set_stage(
                session,
                model.id,
                {wish.version, wish.stage, wish.archive_existing_versions},
                {actor.user_id, actor.name, ""}
            ));
            return view(session, model.id, wish.version);
        }
    );
}

void add_changes(http::Routes& routes, const Parts& parts) {
    add_writing<VersionDescription, VersionAnswer>(
        routes,
        parts,
        Method::patch,
        "/api/2.0/mlflow/model-versions/update",
        "Describe a version.",
        [](Session& session, const Actor& actor, const VersionDescription& wish
        ) -> Result<VersionAnswer> {
            TRY(const auto model, registry::find(session, actor, wish.name, Right::write));
            CHECK_OK(registry::describe_version(session, model.id, wish.version, wish.description));
            return view(session, model.id, wish.version);
        }
    );
    add_writing<VersionName, MlflowDone>(
        routes,
        parts,
        Method::delete_,
        "/api/2.0/mlflow/model-versions/delete",
        "Delete a version.",
        [](Session& session, const Actor& actor, const VersionName& wish) -> Result<MlflowDone> {
            TRY(const auto model, registry::find(session, actor, wish.name, Right::write));
            CHECK_OK(registry::remove_version(session, model.id, wish.version));
            return MlflowDone{};
        }
    );
    add_tags(routes, parts);
}

}  // namespace

void add_versions(http::Routes& routes, const Parts& parts) {
    add_writing<VersionCreate, VersionAnswer>(
        routes,
        parts,
        Method::post,
        "/api/2.0/mlflow/model-versions/create",
        "Register a version of a model.",
        create
    );
    add_reading<VersionName, VersionAnswer>(
        routes,
        parts,
        Method::get,
        "/api/2.0/mlflow/model-versions/get",
        "A version of a registered model.",
        [](Session& session, const Actor& actor, const VersionName& wish) -> Result<VersionAnswer> {
            TRY(const auto model, registry::find(session, actor, wish.name, Right::read));
            return view(session, model.id, wish.version);
        }
    );
    add_reading<VersionName, VersionUri>(
        routes,
        parts,
        Method::get,
        "/api/2.0/mlflow/model-versions/get-download-uri",
        "Where the files of a version are.",
        [](Session& session, const Actor& actor, const VersionName& wish) -> Result<VersionUri> {
            TRY(const auto model, registry::find(session, actor, wish.name, Right::read));
            TRY(const auto version, registry::version(session, model.id, wish.version));
            TRY(auto uri, uri_of(session, actor, version.source));
            return VersionUri{std::move(uri)};
        }
    );
    add_reading<VersionSearch, VersionPage>(
        routes,
        parts,
        Method::get,
        "/api/2.0/mlflow/model-versions/search",
        "Versions of registered models by a filter.",
        search
    );
    add_changes(routes, parts);
}

}  // namespace csva::tracking
