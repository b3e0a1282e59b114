#pragma once

#include "features/monitoring/look.hpp"
#include "features/monitoring/types.hpp"
#include "foundation/i18n/catalogue.hpp"
#include "foundation/store/database.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace csva::monitoring {

/// At most so many windows of a model are looked at and shown, the newest.
inline constexpr std::int64_t kWindowsKept = 100;

/// What the feature knows of a model as a whole.
struct Watched {
    std::int64_t revision = 0;
    std::int64_t job_id = 0;
    std::vector<drift::QualityScore> quality_when_trained;
};
CSVA_DESCRIBE(Watched, revision, job_id, quality_when_trained)
base::Result<Watched> watched(store::Session& session, models::ModelId model);
base::Result<void> set_job(store::Session& session, const models::Model& model, jobs::JobId job);
/// False when somebody else has looked since `revision`.
base::Result<bool> advance(
    store::Session& session, models::ModelId model, const LookOutcome& outcome
);

/// The newest kWindowsKept, oldest first.
base::Result<std::vector<Window>> windows_of(
    store::Session& session, models::ModelId model, i18n::Language language
);
base::Result<std::optional<Window>> last_window(
    store::Session& session, models::ModelId model, i18n::Language language
);
/// Errors: monitoring.window_not_found.
base::Result<WindowDetails> details(
    store::Session& session, const WindowPath& path, i18n::Language language
);

/// A window as a look needs it, with the keys of its blobs where paths will stand.
base::Result<std::vector<KnownWindow>> known_windows(
    store::Session& session, models::ModelId model
);
/// Tells the members of the model's project when a window is the first to have drifted or to be
/// answered worse. Before it is written.
base::Result<void> tell_members(
    store::Session& session, const models::Model& model, const LookedWindow& window
);

base::Result<WindowId> insert_window(
    store::Session& session,
    const models::Model& model,
    const LookedWindow& window,
    std::string_view rows_key,
    std::string_view sketch_key
);
base::Result<void> update_window(store::Session& session, const LookedWindow& window);

/// Predictions older than that go, with their labels; what windows said stays.
base::Result<std::int64_t> forget_rows(store::Session& session, std::int64_t before_ms);
base::Result<std::set<std::string>> blobs(store::Session& session);
/// Of the models whose `column` is that.
base::Result<void> erase(store::Session& session, std::string_view column, std::int64_t id);

}  // namespace csva::monitoring
