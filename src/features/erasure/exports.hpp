#pragma once

#include "features/erasure/service.hpp"
#include "foundation/jobs/kind.hpp"

#include <filesystem>

/// A copy of all that is kept about somebody, for that person alone.
namespace csva::erasure {

inline constexpr std::string_view kExportNotFound = "erasure.export_not_found";
inline constexpr std::string_view kExportNotReady = "erasure.export_not_ready";
inline constexpr std::string_view kExportJob = "export";

struct ExportTag;
using ExportId = base::Id<ExportTag>;

struct Export {
    ExportId id;
    std::string state = "queued";
    std::int64_t size_bytes = 0;
    std::int64_t created_at = 0;
    std::int64_t expires_at = 0;
};
CSVA_DESCRIBE(Export, id, state, size_bytes, created_at, expires_at)
CSVA_NOTES(
    Export,
    {.field = "state", .text = "queued, succeeded or failed."},
    {.field = "size_bytes", .text = "Of the archive."},
    {.field = "expires_at", .text = "Unix milliseconds: when the archive is deleted."}
)

struct ExportList {
    std::vector<Export> exports;
};
CSVA_DESCRIBE(ExportList, exports)

/// The kind of job "export": packs documents and files into one archive (tar).
jobs::Kind export_kind();

/// Thread-safe.
class Exports {
public:
    explicit Exports(const Service::Parts& parts) : parts_(parts) {}

    /// Gathers what the features keep and enqueues the packing; one that is under way is given
    /// instead of a second. Errors: accounts.user_not_found.
    base::Result<Export> start(accounts::UserId user);
    /// Newest first.
    base::Result<std::vector<Export>> list(accounts::UserId user);
    /// Errors: erasure.export_not_found (another's too), erasure.export_not_ready.
    base::Result<std::filesystem::path> file(accounts::UserId user, ExportId id);

private:
    Service::Parts parts_;
};

/// Deletes archives whose week is over. For housekeeping.
base::Result<void> forget_exports(store::Database& database, blob::BlobStore& blobs);

// For the lifecycle.
base::Result<std::set<std::string>> export_blobs(store::Session& session);
base::Result<void> erase_exports(store::Session& session, std::string_view column, std::int64_t id);

}  // namespace csva::erasure
