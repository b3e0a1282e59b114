#include "engine/bundle/score.hpp"
#include "engine/reading/read_csv.hpp"
#include "engine/recipe/keys.hpp"
#include "features/models/service.hpp"
#include "features/predictions/segment.hpp"
#include "features/predictions/service.hpp"
#include "features/predictions/store.hpp"
#include "features/privacy/service.hpp"
#include "foundation/base/clock.hpp"

#include <fstream>

namespace csva::predictions {
namespace {

namespace fs = std::filesystem;
using base::Result;

constexpr std::string_view kResultFile = "predictions.csv";
constexpr std::string_view kLogFile = "predictions.segment";

struct BatchInput {
    std::string file;
    std::string bundle;
    std::string model_name;
    bool keep_columns = false;
    bool keep_predictions = true;
    std::int64_t project_id = 0;
    std::int64_t model_id = 0;
    std::optional<recipe::Key> key;
};
CSVA_DESCRIBE(
    BatchInput, file, bundle, model_name, keep_columns, keep_predictions, project_id, model_id, key
)

struct BatchOutcome {
    std::int64_t rows = 0;
    std::int64_t rows_rejected = 0;
};
CSVA_DESCRIBE(BatchOutcome, rows, rows_rejected)

/// Keys of what was stored.
struct Stored {
    std::string result;
    std::string log;
    SegmentSummary segment;
};
CSVA_DESCRIBE(Stored, result, log, segment)

/// Writes the segment of a batch as it is answered.
class LogWriter {
public:
    LogWriter(const bundle::Model& model, const BatchInput& order, const fs::path& file)
        : head_(head_of(model.description())), file_(file, std::ios::binary) {
        head_.project_id = order.project_id;
        head_.model_id = order.model_id;
        file_ << block_of(base::to_json(head_), 0);
    }
    Result<void> add(const bundle::Answered& batch, const bundle::Places& places) {
        append_lines(text_, at_ms_, places, batch.rows, batch.answers);
        lines_ += static_cast<std::uint32_t>(batch.rows.rows());
        if (text_.size() > kBlockBytes) return flush();
        return {};
    }
    Result<void> flush() {
        if (lines_ > 0) file_ << block_of(text_, lines_) << std::flush;
        text_.clear();
        lines_ = 0;
        if (!file_) return base::fail(base::ErrorKind::unavailable, "base.file_unwritable");
        return {};
    }

private:
    static constexpr std::size_t kBlockBytes = 1'000'000;
    SegmentHead head_;
    std::ofstream file_;
    std::string text_;
    std::uint32_t lines_ = 0;
    std::int64_t at_ms_ = base::Clock::wall_ms();
};

Result<jobs::Prepared> prepare(
    store::Database& database, blob::BlobStore& blobs, const std::string& input, bool keep
) {
    TRY(const auto asked, base::from_json<BatchJob>(input));
    BatchInput order;
    order.keep_columns = asked.keep_columns;
    order.keep_predictions = keep;
    std::string bundle_key;
    TRY(const auto upload_key, database.read([&](store::Session& session) -> Result<std::string> {
        TRY(const auto batch, find(session, asked.batch_id, i18n::Language::en));
        if (!batch) return base::fail(base::ErrorKind::not_found, kBatchNotFound);
        TRY(const auto model, models::find(session, batch->model_id));
        if (!model) return base::fail(base::ErrorKind::not_found, models::kNotFound);
        CHECK_OK(models::check_serves(session, batch->model_id));
        order.model_name = model->name;
        order.project_id = model->project_id;
        order.model_id = model->id.value;
        TRY(order.key, privacy::key_of(session, model->project_id));
        TRY(bundle_key, models::bundle_key(session, batch->model_id));
        TRY(const auto keys, keys_of(session, asked.batch_id));
        return keys.upload_key;
    }));
    TRY(const auto file, blobs.local_path(upload_key));
    TRY(const auto bundle, blobs.local_path(bundle_key));
    order.file = file.string();
    order.bundle = bundle.string();
    return jobs::Prepared{base::to_json(order), 0};
}

Result<std::string> body(const std::string& input, const fs::path& out, base::Control& control) {
    TRY(const auto order, base::from_json<BatchInput>(input));
    recipe::set_key_source([key = order.key](std::string_view) { return key; });
    TRY(const auto model, bundle::Model::load(order.bundle));
    std::ofstream file(out / kResultFile, std::ios::binary);
    std::optional<LogWriter> log;
    if (order.keep_predictions) log.emplace(model, order, out / kLogFile);
    std::int64_t count = 0;
    TRY(const auto read,
        reading::read_csv(
            {.input = order.file,
             .temporary_folder = out.parent_path().string(),
             .all_text = true,
             .take = [&](table::TableReader& rows) -> Result<void> {
                 bundle::ScoreOptions options{order.model_name, order.keep_columns, false, {}};
                 auto places = model.places(rows.schema());
                 for (const auto hidden : model.hidden()) places.columns[hidden].reset();
                 if (log) options.seen = [&](const auto& batch) { return log->add(batch, places); };
                 TRY(count, bundle::score_rows(model, options, rows, file, control));
                 return log ? log->flush() : Result<void>();
             }},
            control
        ));
    return base::to_json(BatchOutcome{count, read.receipt.rows_rejected});
}

Result<std::string> store_files(const jobs::Finished& finished) {
    Stored stored;
    TRY(stored.result,
        finished.blobs.put_file(finished.job.project_id, finished.folder / kResultFile));
    if (fs::exists(finished.folder / kLogFile)) {
        stored.segment = summary_of(finished.folder / kLogFile);
        TRY(stored.log,
            finished.blobs.put_file(finished.job.project_id, finished.folder / kLogFile));
    }
    return base::to_json(stored);
}

Result<void> publish(
    store::Session& session,
    const jobs::Finished& finished,
    const std::string& text,
    const OnBatch& on_batch
) {
    TRY(const auto asked, base::from_json<BatchJob>(finished.input));
    TRY(const auto outcome, base::from_json<BatchOutcome>(finished.outcome));
    TRY(const auto stored, base::from_json<Stored>(text));
    CHECK_OK(finish(session, asked.batch_id, outcome.rows, outcome.rows_rejected, stored.result));
    if (stored.log.empty()) return {};
    TRY(const auto model, models::hold(session, models::ModelId(stored.segment.head.model_id)));
    if (!model) return {};
    CHECK_OK(insert_batch_segment(session, asked.batch_id, stored.segment, stored.log));
    TRY(const auto batch, find(session, asked.batch_id, i18n::Language::en));
    return on_batch && batch ? on_batch(session, *batch) : Result<void>();
}

}  // namespace

jobs::Kind batch_kind(const base::Settings& settings, OnBatch on_batch) {
    jobs::Kind kind;
    kind.name = kBatchJob;
    kind.prepare = [keep = settings.boolean("predictions.log"
                    )](store::Database& database,
                       blob::BlobStore& blobs,
                       const jobs::Job&,
                       const std::string& input,
                       bool) { return prepare(database, blobs, input, keep); };
    kind.body = body;
    kind.store_files = store_files;
    kind.publish =
        [on_batch = std::move(on_batch)](
            store::Session& session, const jobs::Finished& finished, const std::string& text
        ) { return publish(session, finished, text, on_batch); };
    kind.give_up = jobs::giving_up<BatchJob>(
        [](store::Session& session, const BatchJob& asked, const base::Error& error) {
            return give_up(session, asked.batch_id, error);
        }
    );
    return kind;
}

}  // namespace csva::predictions
