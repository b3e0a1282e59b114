#include "features/cleaning/jobs.hpp"

#include "engine/profile/personal.hpp"
#include "engine/profile/profile.hpp"
#include "engine/recipe/keys.hpp"
#include "features/cleaning/service.hpp"
#include "features/datasets/jobs.hpp"
#include "features/datasets/service.hpp"
#include "features/privacy/service.hpp"

namespace csva::cleaning {
namespace {

namespace fs = std::filesystem;
using base::Control;
using base::Result;
using datasets::Share;
using store::Session;

/// Input of the body.
struct CleanInput {
    std::string parquet;
    table::Schema schema;
    std::vector<recipe::Step> steps;
    Share share;
    std::optional<recipe::Key> key;
};
CSVA_DESCRIBE(CleanInput, parquet, schema, steps, share, key)

/// A step's version, as the body made it. Its table is `file_of` its place.
struct Made {
    recipe::StepOutcome outcome;
    base::Json profile;
    base::Json personal;
};
CSVA_DESCRIBE(Made, outcome, profile, personal)

struct CleanResult {
    std::vector<Made> made;
};
CSVA_DESCRIBE(CleanResult, made)

struct StoredTables {
    std::vector<std::string> keys;
};
CSVA_DESCRIBE(StoredTables, keys)

std::string file_of(std::size_t index) { return "step" + std::to_string(index + 1) + ".parquet"; }

Result<jobs::Prepared> prepare(
    store::Database& database, blob::BlobStore& blobs, const std::string& input, const Share& share
) {
    TRY(const auto job, base::from_json<CleanJob>(input));
    std::optional<recipe::Key> key;
    TRY(auto parent, database.transaction([&](Session& session) -> Result<datasets::VersionTable> {
        TRY(auto table, datasets::version_table(session, job.parent_id));
        TRY(key, privacy::key_for(session, table.project_id, job.steps));
        return table;
    }));
    TRY(const auto path, blobs.local_path(parent.parquet_key));
    return jobs::Prepared{
        base::to_json(CleanInput{path.string(), std::move(parent.schema), job.steps, share, key}),
        static_cast<std::uint64_t>(share.memory_bytes)
    };
}

/// Applies one step, measures what it left.
Result<Made> make(
    duck::Session& session,
    CleanInput& now,
    const recipe::Step& step,
    const std::string& out,
    Control& control
) {
    Made made;
    TRY(made.outcome, recipe::apply_step(session, now.parquet, now.schema, step, out, control));
    TRY(const auto profile, profile::profile_table(session, out, made.outcome.schema, control));
    made.profile.text = base::to_json(profile);
    TRY(const auto personal, profile::find_personal(session, out, made.outcome.schema, control));
    made.personal.text = base::to_json(personal);
    now.parquet = out;
    now.schema = made.outcome.schema;
    return made;
}

Result<std::string> body(const std::string& input, const fs::path& out, Control& control) {
    TRY(auto now, base::from_json<CleanInput>(input));
    recipe::set_key_source([key = now.key](std::string_view) { return key; });
    const fs::path spill = out.parent_path() / "spill";
    fs::create_directories(spill);
    const std::string source = fs::path(now.parquet).parent_path().string();
    TRY(auto session, datasets::open_session(now.share, {out.string(), source}, spill, control));
    CleanResult result;
    for (std::size_t i = 0; i < now.steps.size(); ++i) {
        const double done = static_cast<double>(i) / static_cast<double>(now.steps.size());
        control.progress(done, "cleaning");
        TRY(auto made, make(session, now, now.steps[i], (out / file_of(i)).string(), control));
        result.made.push_back(std::move(made));
    }
    control.progress(1, "cleaning");
    return base::to_json(result);
}

Result<std::string> store_files(const jobs::Finished& finished) {
    TRY(const auto result, base::from_json<CleanResult>(finished.outcome));
    StoredTables stored;
    for (std::size_t i = 0; i < result.made.size(); ++i) {
        TRY(auto key,
            finished.blobs.put_file(finished.job.project_id, finished.folder / file_of(i)));
        stored.keys.push_back(std::move(key));
    }
    return base::to_json(stored);
}

Result<void> publish(Session& session, const jobs::Finished& finished, const std::string& keys) {
    TRY(const auto job, base::from_json<CleanJob>(finished.input));
    TRY(auto result, base::from_json<CleanResult>(finished.outcome));
    TRY(const auto stored, base::from_json<StoredTables>(keys));
    for (std::size_t i = 0; i < result.made.size(); ++i) {
        auto& [outcome, profile, personal] = result.made[i];
        CHECK_OK(datasets::finish_version(
            session,
            {.id = job.version_ids.at(i),
             .rows = outcome.rows_after,
             .rows_removed = outcome.rows_before - outcome.rows_after,
             .cells_changed = outcome.cells_changed,
             .parquet_key = stored.keys.at(i),
             .schema = std::move(outcome.schema),
             .profile = std::move(profile.text),
             .personal = std::move(personal.text)}
        ));
    }
    return datasets::set_current(session, job.dataset_id, job.version_ids.back());
}

Result<void> give_up(Session& session, const CleanJob& job, const base::Error& error) {
    CHECK_OK(datasets::erase_pending(session, job.dataset_id));
    return datasets::set_problem(session, job.dataset_id, error);
}

}  // namespace

jobs::Kind clean_kind(const base::Settings& settings) {
    return {
        .name = kCleanJob,
        .prepare =
            [&settings](
                store::Database& database,
                blob::BlobStore& blobs,
                const jobs::Job&,
                const std::string& input,
                bool smaller_plan
            ) {
                return prepare(database, blobs, input, datasets::share_of(settings, smaller_plan));
            },
        .body = body,
        .store_files = store_files,
        .publish = publish,
        .give_up = jobs::giving_up<CleanJob>(give_up),
    };
}

}  // namespace csva::cleaning
