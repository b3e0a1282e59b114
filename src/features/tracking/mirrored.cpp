#include "features/tracking/mirrored.hpp"

#include "features/tracking/remote.hpp"

#include <algorithm>
#include <set>

namespace csva::tracking {
namespace {

using base::Result;

constexpr std::string_view kRunTag = "csva:run_id";
constexpr std::string_view kUserTag = "mlflow.user";

struct Mirrored {
    std::string name;                         ///< The user's.
    std::vector<std::string> gone;            ///< Our ids of runs that went.
    std::map<std::string, std::string> kept;  ///< Name of the heir, by our id.
};
CSVA_DESCRIBE(Mirrored, name, gone, kept)

std::string tag_of(const Remote::Tagged& run, std::string_view key) {
    const auto found = std::ranges::find(run.tags, key, &KeyValue::key);
    return found == run.tags.end() ? std::string() : found->value;
}

}  // namespace

Result<std::string> mirrored_of(store::Session& session, const store::Leaver& leaver) {
    Mirrored out{leaver.name, {}, {}};
    TRY(const auto gone,
        session.rows(
            "SELECT r.run_id AS run_id FROM tracking_runs r JOIN tracking_outbox o ON "
            "o.run_number = r.id WHERE r.project_id IN " +
            leaver.projects_sql()
        ));
    for (const auto& row : gone) out.gone.push_back(row.text("run_id"));
    TRY(const auto kept,
        session.rows(
            "SELECT r.run_id AS run_id, r.project_id AS project_id FROM tracking_runs r JOIN "
            "tracking_outbox o ON o.run_number = r.id WHERE r.user_name = :name AND r.project_id "
            "NOT IN " +
                leaver.projects_sql(),
            {leaver.name}
        ));
    for (const auto& row : kept)
        out.kept[row.text("run_id")] = leaver.heir_in(row.integer("project_id")).name;
    return base::to_json(out);
}

Result<void> forget_mirrored(const base::Settings& settings, const std::string& named) {
    std::string server = settings.text("mlflow.tracking_uri");
    while (server.ends_with('/')) server.pop_back();
    if (server.empty() || named.empty()) return {};
    TRY(const auto what, base::from_json<Mirrored>(named));
    TRY(auto client,
        client::Client::make(
            {.user = settings.text("mlflow.tracking_username"),
             .password = settings.secret("mlflow.tracking_password"),
             .token = settings.secret("mlflow.tracking_token")}
        ));
    Remote remote(server, std::move(client), {});
    TRY(const auto experiments, remote.experiments());
    TRY(const auto theirs, remote.runs_with(experiments, {std::string(kUserTag), what.name}));
    for (const auto& run : theirs) {
        const auto id = tag_of(run, kRunTag);
        if (id.empty()) continue;  // not one that we have sent
        const auto heir = what.kept.find(id);
        if (heir == what.kept.end())
            CHECK_OK(remote.forget(run.run));
        else
            CHECK_OK(remote.set_tag(run.run, {std::string(kUserTag), heir->second}));
    }
    for (const auto& id : what.gone) {
        TRY(const auto runs, remote.runs_with(experiments, {std::string(kRunTag), id}));
        for (const auto& run : runs) CHECK_OK(remote.forget(run.run));
    }
    return {};
}

}  // namespace csva::tracking
