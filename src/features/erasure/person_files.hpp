#pragma once

#include "features/erasure/person_body.hpp"
#include "features/erasure/person_store.hpp"
#include "foundation/blob/blob.hpp"

namespace csva::erasure::person {

/// All files of a project that may hold rows of its data sets, `path` left out.
base::Result<std::vector<File>> files_of(store::Session& session, std::int64_t project_id);
/// The same with what is sought, every file at its local path. Errors: those of the blob store.
base::Result<Order> order_of(
    store::Database& database,
    blob::BlobStore& blobs,
    const base::Settings& settings,
    const Row& row
);

/// What took the place of a file.
struct Stored {
    std::string key;
    std::int64_t bytes = 0;
    std::string sha256;
};
/// Files that were written anew, by the key of what they replace.
using Replacements = std::map<std::string, Stored>;
/// Lets the rows name the new files, deletes what cannot be written anew, notes models that learnt
/// from what went, and adds to the plan what is to be removed. Whether anything changed.
base::Result<bool> swap(
    store::Session& session, Row& row, const Outcome& outcome, const Replacements& stored
);

/// Copies of members' data, which hold the project's files too; their blobs into the plan.
base::Result<void> drop_exports(store::Session& session, Row& row);

}  // namespace csva::erasure::person
