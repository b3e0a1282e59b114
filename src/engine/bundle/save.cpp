#include "engine/bundle/folder.hpp"
#include "engine/bundle/model.hpp"
#include "foundation/base/crypto.hpp"
#include "foundation/base/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unistd.h>

namespace csva::bundle {
namespace {

namespace fs = std::filesystem;

/// Files of a folder, and their hashes as `sha256sum --check` reads them.
class Writer {
public:
    explicit Writer(fs::path folder) : folder_(std::move(folder)) {}
    base::Result<void> add(const std::string& name, const std::string& content) {
        hashes_ += fmt::format("{}  {}\n", base::sha256_hex(content), name);
        return base::write_file(folder_ / name, content);
    }
    base::Result<void> end() { return base::write_file(folder_ / kHashesFile, hashes_); }

private:
    fs::path folder_;
    std::string hashes_;
};

base::Result<Description> describe(
    const learn::TrainOutcome& outcome, const recipe::Replay& replay
) {
    Description out{
        .program_version = CSVA_VERSION,
        .report = outcome.report,
        .preparation = outcome.preparation
    };
    TRY(const auto kept, replay.only(needed_columns(outcome)));
    out.columns = kept.as_read();
    out.recipe = kept.steps();
    for (const auto& column : replay.as_read().columns)
        if (!out.columns.find(column.name)) out.unused.push_back(column.name);
    for (const auto& model : outcome.models) out.models.push_back(model.name);
    return out;
}

base::Result<void> write_all(
    const fs::path& folder,
    const learn::TrainOutcome& outcome,
    const recipe::Replay& replay,
    const drift::Reference& reference,
    std::span<const File> others
) {
    Writer writer(folder);
    for (const auto& model : outcome.models)
        CHECK_OK(writer.add(model_file(model.name), base::to_json(model)));
    TRY(const auto description, describe(outcome, replay));
    CHECK_OK(writer.add(std::string(kDescriptionFile), base::to_json(description)));
    CHECK_OK(writer.add(std::string(kReferenceFile), drift::to_json(reference)));
    for (const auto& [name, content] : others) CHECK_OK(writer.add(name, content));
    return writer.end();
}

}  // namespace

std::string model_file(std::string_view name) { return fmt::format("{}.model.json", name); }

base::Result<void> save(
    const std::string& folder,
    const learn::TrainOutcome& outcome,
    const recipe::Replay& replay,
    const drift::Reference& reference,
    std::span<const File> others
) {
    std::error_code error;
    if (fs::exists(folder, error)) return base::fail(base::ErrorKind::conflict, kExists);
    const fs::path target = fs::absolute(folder).lexically_normal();
    const fs::path beside =
        target.parent_path() / fmt::format(".{}.{}", target.filename().string(), ::getpid());
    fs::create_directories(beside, error);
    if (auto written = write_all(beside, outcome, replay, reference, others); !written) {
        fs::remove_all(beside, error);
        return written;
    }
    CHECK_OK(base::sync_folder(beside));
    fs::rename(beside, target, error);
    if (error) return base::fail(base::ErrorKind::unavailable, "base.file_unwritable");
    return base::sync_folder(target.parent_path());
}

}  // namespace csva::bundle
