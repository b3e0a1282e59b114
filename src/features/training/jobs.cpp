#include "engine/bundle/model.hpp"
#include "engine/bundle/reference.hpp"
#include "engine/duck/parquet.hpp"
#include "engine/exchange/exchange.hpp"
#include "engine/learn/families.hpp"
#include "engine/learn/train.hpp"
#include "engine/recipe/keys.hpp"
#include "engine/recipe/replay.hpp"
#include "features/models/service.hpp"
#include "features/privacy/service.hpp"
#include "features/training/run_record.hpp"
#include "features/training/service.hpp"
#include "features/training/store.hpp"
#include "foundation/base/clock.hpp"
#include "foundation/base/files.hpp"

namespace csva::training {
namespace {

namespace fs = std::filesystem;
using base::Result;

constexpr std::string_view kBundleFolder = "bundle";
constexpr std::string_view kRecordFolder = "record";
constexpr std::string_view kHeldOutFile = "held_out.csv";
constexpr std::string_view kCurvesFile = "curves.json";

/// Input of the body: the file as read, the recipe that leads to the version asked for, and, when
/// the recipe drops rows, that version's own table, which says what rows are left.
struct TrainInput {
    std::string parquet;
    table::Schema schema;
    std::vector<recipe::Step> steps;
    std::string kept_parquet;
    learn::TrainRequest request;
    std::string receipt;  ///< JSON: how the file was read, for the record.
    std::optional<recipe::Key> key;
};
CSVA_DESCRIBE(TrainInput, parquet, schema, steps, kept_parquet, request, receipt, key)

/// Out of memory once: fewer, smaller trees and the cheap families only.
void make_smaller(learn::TrainOptions& options) {
    constexpr std::int64_t kSmallLeaves = 15;
    constexpr std::int64_t kSmallTrees = 100;
    options.leaves = std::min(options.leaves.value_or(kSmallLeaves), kSmallLeaves);
    options.trees = std::min(options.trees.value_or(kSmallTrees), kSmallTrees);
}

Result<void> add_recipe(
    TrainInput& order, const std::vector<datasets::VersionTable>& lineage, blob::BlobStore& blobs
) {
    for (const auto& version : std::span(lineage).subspan(1)) {
        TRY(auto step, base::from_json<recipe::Step>(version.step.text));
        const auto* info = recipe::find_step(step.step);
        if (info != nullptr && info->kind == recipe::StepKind::table) {
            TRY(const auto kept, blobs.local_path(lineage.back().parquet_key));
            order.kept_parquet = kept.string();
        }
        order.steps.push_back(std::move(step));
    }
    return {};
}

Result<jobs::Prepared> prepare(
    store::Database& database,
    blob::BlobStore& blobs,
    const jobs::Job&,
    const std::string& input,
    bool smaller_plan
) {
    TRY(const auto path, base::from_json<TrainingPath>(input));
    TrainInput order;
    std::vector<std::string> left_out;
    using Lineage = std::vector<datasets::VersionTable>;
    TRY(const auto lineage, database.read([&](store::Session& session) -> Result<Lineage> {
        TRY(const auto training, find(session, path.training_id, i18n::Language::en));
        if (!training) return base::fail(base::ErrorKind::not_found, kNotFound);
        order.request = training->request;
        left_out = training->left_out;
        TRY(order.key, privacy::key_of(session, training->project_id));
        TRY(order.receipt, datasets::receipt(session, training->dataset_id));
        return datasets::lineage(session, training->version_id);
    }));
    TRY(const auto parquet, blobs.local_path(lineage.front().parquet_key));
    order.parquet = parquet.string();
    order.schema = lineage.front().schema;
    CHECK_OK(add_recipe(order, lineage, blobs));
    if (!left_out.empty()) order.steps.push_back({"drop_column@1", std::move(left_out), {}});
    if (smaller_plan) make_smaller(order.request.options);
    return jobs::Prepared{base::to_json(order), 0};
}

Result<std::unique_ptr<table::TableReader>> open_rows(
    const TrainInput& order, const fs::path& out, base::Control& control
) {
    if (order.kept_parquet.empty())
        return duck::open_table(order.parquet, order.schema, {}, {}, &control);
    const fs::path spill = out.parent_path() / "spill";
    fs::create_directories(spill);
    return duck::open_kept_rows(
        order.parquet,
        order.schema,
        order.kept_parquet,
        {.temporary_folder = spill.string()},
        &control
    );
}

/// What watching compares with: before the training, whose time it takes a part of.
Result<drift::Sketch> sketch_rows(
    table::TableReader& as_read, const std::string& target, base::Control& control
) {
    TRY(const auto columns, learn::load_columns(as_read, target, control));
    CHECK_OK(as_read.rewind());
    return bundle::sketch_columns(columns);
}

/// What a person may want to read of a training later, beside the model.
Result<void> write_record(
    const fs::path& folder, const TrainInput& order, const learn::Report& report
) {
    std::error_code code;
    fs::create_directories(folder, code);
    CHECK_OK(base::write_file(folder / "report.json", base::to_json(report)));
    CHECK_OK(base::write_file(folder / "verdict.json", base::to_json(report.verdict)));
    CHECK_OK(base::write_file(folder / "importance.json", base::to_json(report.importance)));
    CHECK_OK(base::write_file(folder / "recipe.json", base::to_json(order.steps)));
    return base::write_file(folder / "receipt.json", order.receipt);
}

Result<std::string> body(const std::string& input, const fs::path& out, base::Control& control) {
    const double begun_s = learn::steady_now_s();
    TRY(const auto order, base::from_json<TrainInput>(input));
    recipe::set_key_source([key = order.key](std::string_view) { return key; });
    TRY(auto as_read, open_rows(order, out, control));
    TRY(auto sketch, sketch_rows(*as_read, order.request.target, control));
    TRY(const auto rows, recipe::RecipeReader::open(std::move(as_read), order.steps, control));
    learn::Refit refit;
    if (rows->replay().learns())
        refit = [&rows](std::span<const std::int64_t> ids) { return rows->refit(ids); };
    TRY(const auto outcome, learn::train(*rows, order.request, control, refit, begun_s));
    TRY(const auto reference, bundle::make_reference(outcome, rows->replay(), std::move(sketch)));
    CHECK_OK(exchange::save((out / kBundleFolder).string(), outcome, rows->replay(), reference));
    CHECK_OK(base::write_file(out / kHeldOutFile, outcome.held_out_csv));
    CHECK_OK(base::write_file(out / kCurvesFile, base::to_json(outcome.curves)));
    CHECK_OK(write_record(out / kRecordFolder, order, outcome.report));
    return base::to_json(outcome.report);
}

Result<std::string> store_files(const jobs::Finished& finished) {
    Stored stored;
    stored.model.name = "model";
    TRY(stored.model.files, tracking::files_below((finished.folder / kBundleFolder).string()));
    TRY(stored.record.files, tracking::files_below((finished.folder / kRecordFolder).string()));
    TRY(const auto curves, base::read_file(finished.folder / kCurvesFile));
    TRY(stored.curves, base::from_json<std::vector<learn::LearningCurve>>(curves));
    TRY(stored.record.blob_key,
        finished.blobs.put_folder(finished.job.project_id, finished.folder / kRecordFolder));
    TRY(stored.bundle_key,
        finished.blobs.put_folder(finished.job.project_id, finished.folder / kBundleFolder));
    TRY(stored.held_out_key,
        finished.blobs.put_file(finished.job.project_id, finished.folder / kHeldOutFile));
    stored.model.blob_key = stored.bundle_key;
    return base::to_json(stored);
}

Result<void> publish(
    store::Session& session, const jobs::Finished& finished, const std::string& stored_json
) {
    TRY(const auto path, base::from_json<TrainingPath>(finished.input));
    TRY(const auto stored, base::from_json<Stored>(stored_json));
    TRY(const auto report, base::from_json<learn::Report>(finished.outcome));
    CHECK_OK(finish(
        session, {path.training_id, finished.outcome, stored.bundle_key, stored.held_out_key}
    ));
    std::int64_t rank = 0;
    models::ModelId chosen;
    for (const auto& line : report.leaderboard) {
        models::Model model;
        model.project_id = finished.job.project_id;
        model.dataset_id = finished.job.dataset_id;
        model.training_id = path.training_id.value;
        model.name = line.name;
        model.rank = ++rank;
        model.target = report.target;
        model.task =
            base::type_of<learn::Task>().enumerators[static_cast<std::size_t>(report.task)];
        if (!line.scores.empty()) {
            model.metric = line.scores.front().name;
            model.score = line.scores.front().value;
        }
        model.created_at = base::Clock::wall_ms();
        TRY(const auto made, models::insert(session, model, stored.bundle_key));
        if (rank == 1) chosen = made;
    }
    return record_success(session, path.training_id, report, stored, chosen);
}

}  // namespace

jobs::Kind train_kind() {
    jobs::Kind kind;
    kind.name = kTrainJob;
    kind.prepare = prepare;
    kind.body = body;
    kind.store_files = store_files;
    kind.publish = publish;
    kind.give_up = jobs::giving_up<TrainingPath>(
        [](store::Session& session, const TrainingPath& path, const base::Error& error
        ) -> Result<void> {
            CHECK_OK(record_failure(session, path.training_id, error));
            return give_up(session, path.training_id, error);
        }
    );
    return kind;
}

}  // namespace csva::training
