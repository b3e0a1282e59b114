#pragma once

#include "foundation/store/database.hpp"

#include <string>
#include <string_view>

namespace csva::store {

/// `:name` parameters as the backend numbers them: `?` for SQLite, `$1`, `$2` ... for PostgreSQL,
/// one for each occurrence. Texts in quotes and `::` casts are left alone.
std::string numbered(std::string_view sql, Backend backend);

/// Prepared statements that a connection keeps. Searches are put together from what a caller asks,
/// so their number has no bound of its own.
inline constexpr std::size_t kStatementsMax = 500;

/// `{{id}}` of a migration: the column type of an integer key that the database counts up and never
/// uses twice. `{{keyed}}` after a table: its rows are kept in the order of the primary key, where
/// the back end can.
std::string with_id_type(std::string_view migration, Backend backend);

/// Marks the thread as holding a session for as long as it lives; a second one is a programmer
/// error (assertion).
class OneSession {
public:
    OneSession();
    ~OneSession();
    OneSession(const OneSession&) = delete;
    OneSession& operator=(const OneSession&) = delete;
};

/// store.conflict and store.unavailable with a text for the log.
base::Error conflict(std::string internal);
base::Error unavailable(std::string internal);

/// Texts must be UTF-8 without NUL: PostgreSQL refuses them or cuts them short, and what one back
/// end keeps the other must keep too. Errors: store.bad_text.
base::Result<void> check_texts(std::span<const Value> values);

/// Shared by both back ends: the migrations that are missing, in the order of their names, for this
/// backend.
struct Pending {
    std::string name;
    std::string sql;
    std::string sha256;
};
base::Result<std::vector<Pending>> pending_migrations(
    Session& session, std::span<const Migrations> features
);
base::Result<std::int64_t> apply_migrations(
    Session& session,
    std::span<const Migrations> features,
    const std::function<base::Result<void>(const std::string&)>& execute
);

base::Result<std::unique_ptr<Database>> open_sqlite(const Database::Options& options);
base::Result<std::unique_ptr<Database>> open_postgres(const Database::Options& options);

}  // namespace csva::store
