#pragma once

#include "features/training/types.hpp"
#include "foundation/i18n/catalogue.hpp"
#include "foundation/store/database.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace csva::training {

/// All SQL of the feature. `language` is that of a problem's sentences.
base::Result<TrainingId> insert(store::Session& session, const Training& training);
base::Result<void> set_job(store::Session& session, TrainingId id, jobs::JobId job);
base::Result<std::optional<Training>> find(
    store::Session& session, TrainingId id, i18n::Language language
);
base::Result<std::vector<Training>> list_of_dataset(
    store::Session& session, datasets::DatasetId id, i18n::Language language
);

/// What a finished job leaves.
struct Finished {
    TrainingId id;
    std::string report;
    std::string bundle_key;
    std::string held_out_key;
};
base::Result<void> finish(store::Session& session, const Finished& finished);
base::Result<void> give_up(store::Session& session, TrainingId id, const base::Error& error);
base::Result<std::string> held_out_key(store::Session& session, TrainingId id);

base::Result<void> erase(store::Session& session, TrainingId id);
base::Result<void> erase_of_project(store::Session& session, std::int64_t project_id);

}  // namespace csva::training
