#include "features/datasets/service.hpp"
#include "features/monitoring/store.hpp"
#include "features/notices/service.hpp"
#include "features/projects/service.hpp"

#include <map>

namespace csva::monitoring {
namespace {

using base::Result;
using store::Session;

Result<void> tell(Session& session, const models::Model& model, std::string_view kind) {
    TRY(const auto dataset,
        datasets::find(session, datasets::DatasetId(model.dataset_id), i18n::Language::en));
    const std::map<std::string, std::string> parameters = {
        {"model", model.name}, {"name", dataset ? dataset->name : std::string()}
    };
    const std::string link = "/monitoring/" + std::to_string(model.dataset_id) + "/data/";
    TRY(const auto members, projects::members(session, projects::ProjectId(model.project_id)));
    for (const auto& member : members)
        CHECK_OK(notices::notify(session, {member.user_id, kind, base::to_json(parameters), link}));
    return {};
}

struct Told {
    bool drifted = false;
    bool worse = false;
};

/// What was known before: of a new window, its predecessor's state; of a known one, its own.
Result<Told> told_before(Session& session, const models::Model& model, const LookedWindow& window) {
    const bool known = window.id.value != 0;
    TRY(const auto row,
        session.row(
            "SELECT state, quality FROM monitoring_windows WHERE model_id = :model"
            " AND (:any = 1 OR id = :id) ORDER BY from_ms DESC, id DESC LIMIT 1",
            {model.id, !known, window.id}
        ));
    if (!row) return Told{};
    TRY(const auto quality, base::from_json<Quality>(row->text("quality")));
    return Told{row->text("state") == "drifted", quality.state == QualityState::worse};
}

}  // namespace

Result<void> tell_members(
    Session& session, const models::Model& model, const LookedWindow& window
) {
    TRY(const Told before, told_before(session, model, window));
    if (window.verdict.state == drift::State::drifted && !before.drifted)
        CHECK_OK(tell(session, model, "model_drifted"));
    if (window.quality.state == QualityState::worse && !before.worse)
        CHECK_OK(tell(session, model, "model_worse"));
    return {};
}

}  // namespace csva::monitoring
