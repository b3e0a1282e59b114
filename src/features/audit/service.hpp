#pragma once

#include "features/audit/types.hpp"
#include "foundation/http/routes.hpp"
#include "foundation/journal/journal.hpp"
#include "foundation/store/database.hpp"
#include "foundation/store/lifecycle.hpp"

#include <filesystem>
#include <memory>
#include <optional>

namespace csva::audit {

store::Migrations migrations();
std::unique_ptr<store::Lifecycle> lifecycle();

/// The copy of the journal's head in the metadata store.
base::Result<void> keep_head(store::Database& database, const journal::Head& head);
base::Result<std::optional<journal::Head>> kept_head(store::Database& database);

/// Reads and verifies the journal. Thread-safe.
class Service {
public:
    struct Parts {
        store::Database& database;
        journal::Journal& journal;
        std::filesystem::path staging;  ///< Where an export is written before it is sent.
    };
    explicit Service(Parts parts) : parts_(std::move(parts)) {}

    base::Result<JournalPage> entries(const EntryQuery& query);
    /// What is waiting is written first.
    base::Result<journal::Proof> verify();
    /// A file with the whole journal; the caller removes it.
    base::Result<std::filesystem::path> export_file();
    journal::Journal& journal() { return parts_.journal; }

private:
    Parts parts_;
};

/// Archives what is old enough. Errors: store.*, journal.*.
base::Result<void> archive_old(journal::Journal& journal, const base::Settings& settings);

void register_routes(http::Routes& routes, Service& service);

}  // namespace csva::audit
