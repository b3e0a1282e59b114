#pragma once

#include "engine/recipe/keys.hpp"
#include "features/datasets/service.hpp"
#include "features/privacy/types.hpp"
#include "foundation/http/actor.hpp"
#include "foundation/store/lifecycle.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace csva::privacy {

store::Migrations migrations();
std::unique_ptr<store::Lifecycle> lifecycle();
/// Erases the decisions about a data set that goes.
base::Result<void> erase_of_dataset(store::Session& session, datasets::DatasetId id);

/// What is personal in a version, and what was decided about it. Errors: those of
/// datasets::lineage.
base::Result<PersonalData> personal_data(
    store::Session& session, const datasets::VersionTable& version
);

/// What a training asks for its personal columns.
struct TrainingWish {
    const std::string& target;
    const std::vector<NewDecision>& decisions;
    Undecided undecided = Undecided::refuse;
};
/// Records the decisions, and gives the names of the columns that the training leaves out. Errors:
/// privacy.undecided_columns, privacy.reason_needed, privacy.unknown_column,
/// privacy.target_left_out, privacy.anonymise_first.
base::Result<std::vector<std::string>> left_out(
    store::Session& session,
    const http::Actor& actor,
    const datasets::VersionTable& version,
    const TrainingWish& wish
);

/// The project's key of pseudonyms; none when no step has asked for one.
base::Result<std::optional<recipe::Key>> key_of(store::Session& session, std::int64_t project_id);
/// The same for steps about to be applied: made when one of them needs it.
base::Result<std::optional<recipe::Key>> key_for(
    store::Session& session, std::int64_t project_id, const std::vector<recipe::Step>& steps
);
/// Where a server finds the keys of the models it loads. `database` outlives the process's steps.
recipe::KeySource key_source(store::Database& database);

/// The three questions, answered from the figures. `guess_of_all`: what anybody could guess.
Verdicts verdicts_of(const recipe::AnonymityFigures& figures, double guess_of_all);

/// The rules of finding and deciding. Thread-safe.
class Service {
public:
    /// Applies steps to the current version of a data set; the job that does it.
    using Apply = std::function<base::Result<
        jobs::JobId>(const http::Actor&, datasets::DatasetId, const std::vector<recipe::Step>&)>;
    /// What makes a version k-anonymous.
    using Plan = std::function<base::Result<
        recipe::
            AnonymityPlan>(datasets::DatasetId, datasets::VersionId, const recipe::AnonymityWish&)>;
    Service(datasets::Service& datasets, Apply apply, Plan plan)
        : datasets_(datasets), apply_(std::move(apply)), plan_(std::move(plan)) {}

    /// Errors: those of datasets::table_of.
    base::Result<PersonalData> find(datasets::DatasetId id, datasets::VersionId version);
    /// Decides about columns of the current version, and applies the steps. Errors:
    /// privacy.reason_needed, privacy.unknown_column, privacy.step_needed, those of
    /// datasets::table_of and of applying steps.
    base::Result<DecisionsAnswer> decide(const http::Actor& actor, const DecisionsRequest& wish);

    /// Errors: those of recipe::plan_anonymity, datasets::table_of, exploring.time_out,
    /// exploring.unavailable.
    base::Result<AnonymityAnswer> anonymity(const AnonymityRequest& wish);

private:
    datasets::Service& datasets_;
    Apply apply_;
    Plan plan_;
};

}  // namespace csva::privacy
