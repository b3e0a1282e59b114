#include "features/datasets/jobs.hpp"

#include "engine/profile/personal.hpp"
#include "engine/profile/profile.hpp"
#include "engine/reading/read_csv.hpp"
#include "features/datasets/service.hpp"
#include "features/datasets/store.hpp"

namespace csva::datasets {
namespace {

namespace fs = std::filesystem;
using base::Control;
using base::Result;
using store::Session;

/// Input of the body.
struct ReadInput {
    std::string file;
    Share share;
};
CSVA_DESCRIBE(ReadInput, file, share)

/// What the body found out.
struct ReadResult {
    table::Schema schema;
    reading::Receipt receipt;
    base::Json profile;
    base::Json personal;
};
CSVA_DESCRIBE(ReadResult, schema, receipt, profile, personal)

/// Reading is most of the work, the profile the rest.
class Part final : public Control {
public:
    Part(Control& whole, double from, double to) : whole_(whole), from_(from), to_(to) {}
    bool cancelled() const override { return whole_.cancelled(); }
    void progress(double ratio, std::string_view stage) override {
        whole_.progress(from_ + (to_ - from_) * ratio, stage);
    }
    void event(std::string_view json) override { whole_.event(json); }

private:
    Control& whole_;
    double from_, to_;
};

constexpr double kReadingShare = 0.7;

Result<jobs::Prepared> prepare(
    store::Database& database, blob::BlobStore& blobs, const std::string& input, const Share& share
) {
    TRY(const auto path, base::from_json<DatasetPath>(input));
    TRY(const auto key,
        database.read([&](Session& session) { return upload_key(session, path.dataset_id); }));
    TRY(const auto file, blobs.local_path(key));
    return jobs::Prepared{
        base::to_json(ReadInput{file.string(), share}),
        static_cast<std::uint64_t>(share.memory_bytes)
    };
}

Result<std::string> body(const std::string& input, const fs::path& out, Control& control) {
    TRY(const auto wish, base::from_json<ReadInput>(input));
    const fs::path spill = out.parent_path() / "spill";
    fs::create_directories(spill);
    const std::string parquet = (out / kTableFile).string();
    Part first(control, 0, kReadingShare);
    TRY(auto read,
        reading::read_csv(
            {.input = wish.file,
             .parquet = parquet,
             .rejects = (out / kRejectsFile).string(),
             .temporary_folder = spill.string(),
             .threads = static_cast<int>(wish.share.threads),
             .memory_limit_bytes = wish.share.memory_bytes},
            first
        ));
    Part second(control, kReadingShare, 1);
    TRY(auto session, open_session(wish.share, {out.string()}, spill, second));
    TRY(const auto found, profile::profile_table(session, parquet, read.schema, second));
    TRY(const auto personal, profile::find_personal(session, parquet, read.schema, second));
    return base::to_json(ReadResult{
        std::move(read.schema),
        std::move(read.receipt),
        base::Json{base::to_json(found)},
        base::Json{base::to_json(personal)}
    });
}

Result<std::string> store_files(const jobs::Finished& finished) {
    StoredTable stored;
    TRY(stored.parquet_key,
        finished.blobs.put_file(finished.job.project_id, finished.folder / kTableFile));
    if (fs::exists(finished.folder / kRejectsFile)) {
        TRY(stored.rejects_key,
            finished.blobs.put_file(finished.job.project_id, finished.folder / kRejectsFile));
    }
    return base::to_json(stored);
}

Result<void> publish(Session& session, const jobs::Finished& finished, const std::string& keys) {
    TRY(const auto path, base::from_json<DatasetPath>(finished.input));
    TRY(auto result, base::from_json<ReadResult>(finished.outcome));
    TRY(auto stored, base::from_json<StoredTable>(keys));
    TRY(const auto dataset, find(session, path.dataset_id, i18n::Language::en));
    if (!dataset) return base::fail(base::ErrorKind::gone, kNotFound);
    TRY(const VersionId version,
        insert_pending(session, {.dataset_id = path.dataset_id, .created_by = dataset->created_by})
    );
    CHECK_OK(finish_version(
        session,
        {.id = version,
         .rows = result.receipt.rows_kept,
         .rows_removed = result.receipt.rows_rejected,
         .parquet_key = std::move(stored.parquet_key),
         .rejects_key = std::move(stored.rejects_key),
         .schema = std::move(result.schema),
         .receipt = base::to_json(result.receipt),
         .profile = std::move(result.profile.text),
         .personal = std::move(result.personal.text)}
    ));
    return set_current(session, path.dataset_id, version);
}

Result<void> give_up(Session& session, const std::string& input, const base::Error& error) {
    TRY(const auto path, base::from_json<DatasetPath>(input));
    return set_problem(session, path.dataset_id, error);
}

}  // namespace

Share share_of(const base::Settings& settings, bool smaller_plan) {
    const std::int64_t memory = settings.integer("limits.read_memory_bytes");
    return smaller_plan ? Share{1, memory / 2} : Share{0, memory};
}

Result<duck::Session> open_session(
    const Share& share, std::vector<std::string> folders, const fs::path& spill, Control& control
) {
    folders.push_back(spill.string());
    return duck::Session::open(
        {.threads = static_cast<int>(share.threads),
         .memory_limit_bytes = share.memory_bytes,
         .temporary_folder = spill.string(),
         .allowed_folders = std::move(folders)},
        &control
    );
}

jobs::Kind read_kind(const base::Settings& settings) {
    return {
        .name = kReadJob,
        .prepare = [&settings](
                       store::Database& database,
                       blob::BlobStore& blobs,
                       const jobs::Job&,
                       const std::string& input,
                       bool smaller_plan
                   ) { return prepare(database, blobs, input, share_of(settings, smaller_plan)); },
        .body = body,
        .store_files = store_files,
        .publish = publish,
        .give_up = [](Session& session,
                      const jobs::Job&,
                      const std::string& input,
                      const base::Error& error) { return give_up(session, input, error); },
    };
}

}  // namespace csva::datasets
