#pragma once

#include "foundation/base/result.hpp"
#include "foundation/store/database.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace csva::store {

/// Who takes over what a user leaves behind in a project that stays; 0: nobody.
struct Heir {
    std::int64_t user_id = 0;
    std::string name;
};

/// A user who goes for good: the projects that go too, and the heirs in those that stay.
struct Leaver {
    std::int64_t user_id = 0;
    std::string name;
    std::set<std::int64_t> projects;
    std::map<std::int64_t, Heir> heirs;  ///< By project.

    Heir heir_in(std::int64_t project_id) const {
        const auto found = heirs.find(project_id);
        return found == heirs.end() ? Heir{} : found->second;
    }
    /// "(3, 7)" for SQL; a list that holds no project when none goes.
    std::string projects_sql() const;
};

/// A column that names whoever made a row.
struct MadeBy {
    std::string_view table;
    std::string_view column;
    std::string_view project = "project_id";  ///< SQL of the row's project.
    bool by_name = false;                     ///< The column holds the name instead of the number.
};
/// Rows that the user made in projects that stay are the heir's from now on.
base::Result<void> hand_over(Session& session, const MadeBy& made, const Leaver& leaver);

/// What a feature keeps about a user, for a copy of it: JSON documents and blobs by the name that
/// they get in the copy.
struct Portion {
    std::map<std::string, std::string> documents;
    std::map<std::string, std::string> blobs;
};
/// Rows as a JSON list of objects, for a Portion.
base::Result<std::string> rows_as_json(
    Session& session, std::string_view sql, std::vector<Value> parameters
);

/// What a feature owns and how it goes: privacy, backup and doctor loop over all of these. A test
/// fails for a table that none claims.
class Lifecycle {
public:
    virtual ~Lifecycle() = default;
    virtual std::string_view feature() const = 0;
    /// Tables this feature owns.
    virtual std::vector<std::string_view> tables() const = 0;
    /// Keys of the blobs that its rows refer to.
    virtual base::Result<std::set<std::string>> blobs(Session& session) = 0;
    /// Deletes all that belongs to a project, inside the caller's transaction; blobs only lose
    /// their reference (the sweeper removes them).
    virtual base::Result<void> erase_project(Session& session, std::int64_t project_id) = 0;
    /// Forgets a user, inside the caller's transaction and after the projects that go too: rows
    /// about the user are deleted, what the user made elsewhere is handed over. May be done twice.
    virtual base::Result<void> erase_user(Session& session, const Leaver& leaver) = 0;
    /// What lies neither in the database nor in the blob store (files of processes, other servers)
    /// and goes with the user; asked before the rows go. Empty: nothing.
    virtual base::Result<std::string> outside(
        [[maybe_unused]] Session& session, [[maybe_unused]] const Leaver& leaver
    ) {
        return std::string();
    }
    /// Removes what `outside` has named, once the rows are gone. May be done twice.
    virtual base::Result<void> erase_outside([[maybe_unused]] const std::string& named) {
        return {};
    }
    /// A copy of what is kept about a user: rows about them, and what is in the projects of
    /// `leaver.projects`.
    virtual base::Result<Portion> export_user(Session& session, const Leaver& leaver) = 0;
    /// Forgets what still holds rows of a data set whose time is over, inside the caller's
    /// transaction; models stay. Adds the keys of blobs that nothing refers to any more.
    virtual base::Result<void> forget_rows(
        [[maybe_unused]] Session& session,
        [[maybe_unused]] std::int64_t dataset_id,
        [[maybe_unused]] std::set<std::string>& freed
    ) {
        return {};
    }
    /// What is wrong, in words for the log (empty: all well).
    virtual base::Result<std::vector<std::string>> verify(Session& session) = 0;
};

}  // namespace csva::store
