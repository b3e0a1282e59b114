#include "engine/bundle/score.hpp"
#include "engine/reading/read_csv.hpp"
#include "features/models/service.hpp"
#include "features/predictions/service.hpp"
#include "features/predictions/store.hpp"

#include <fstream>

namespace csva::predictions {
namespace {

namespace fs = std::filesystem;
using base::Result;

constexpr std::string_view kResultFile = "predictions.csv";

struct BatchInput {
    std::string file;
    std::string bundle;
    std::string model_name;
    bool keep_columns = false;
};
CSVA_DESCRIBE(BatchInput, file, bundle, model_name, keep_columns)

struct BatchOutcome {
    std::int64_t rows = 0;
    std::int64_t rows_rejected = 0;
};
CSVA_DESCRIBE(BatchOutcome, rows, rows_rejected)

Result<jobs::Prepared> prepare(
    store::Database& database,
    blob::BlobStore& blobs,
    const jobs::Job&,
    const std::string& input,
    bool
) {
    TRY(const auto asked, base::from_json<BatchJob>(input));
    BatchInput order{
        .file = {}, .bundle = {}, .model_name = {}, .keep_columns = asked.keep_columns
    };
    std::string bundle_key;
    TRY(const auto upload_key, database.read([&](store::Session& session) -> Result<std::string> {
        TRY(const auto batch, find(session, asked.batch_id, i18n::Language::en));
        if (!batch) return base::fail(base::ErrorKind::not_found, kBatchNotFound);
        TRY(const auto model, models::find(session, batch->model_id));
        if (!model) return base::fail(base::ErrorKind::not_found, models::kNotFound);
        order.model_name = model->name;
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
    TRY(const auto model, bundle::Model::load(order.bundle));
    std::ofstream file(out / kResultFile, std::ios::binary);
    std::int64_t count = 0;
    TRY(const auto read,
        reading::read_csv(
            {.input = order.file,
             .temporary_folder = out.parent_path().string(),
             .all_text = true,
             .take = [&](table::TableReader& rows) -> Result<void> {
                 TRY(count,
                     bundle::score_rows(
                         model, {order.model_name, order.keep_columns}, rows, file, control
                     ));
                 return {};
             }},
            control
        ));
    return base::to_json(BatchOutcome{count, read.receipt.rows_rejected});
}

Result<std::string> store_files(const jobs::Finished& finished) {
    return finished.blobs.put_file(finished.job.project_id, finished.folder / kResultFile);
}

Result<void> publish(
    store::Session& session, const jobs::Finished& finished, const std::string& key
) {
    TRY(const auto asked, base::from_json<BatchJob>(finished.input));
    TRY(const auto outcome, base::from_json<BatchOutcome>(finished.outcome));
    return finish(session, asked.batch_id, outcome.rows, outcome.rows_rejected, key);
}

}  // namespace

jobs::Kind batch_kind() {
    jobs::Kind kind;
    kind.name = kBatchJob;
    kind.prepare = prepare;
    kind.body = body;
    kind.store_files = store_files;
    kind.publish = publish;
    kind.give_up = jobs::giving_up<BatchJob>(
        [](store::Session& session, const BatchJob& asked, const base::Error& error) {
            return give_up(session, asked.batch_id, error);
        }
    );
    return kind;
}

}  // namespace csva::predictions
