#pragma once

#include "engine/meaning/person.hpp"
#include "engine/table/column.hpp"
#include "features/datasets/jobs.hpp"
#include "features/erasure/person_types.hpp"
#include "foundation/base/control.hpp"
#include "foundation/base/described.hpp"
#include "foundation/base/result.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

/// The work of a search for a person and of erasing one: the same look at every file that holds
/// rows, and, when asked, each written anew without them. Runs in a child without a store.
namespace csva::erasure::person {

/// A file that may hold rows. `id`: of the version, data set, training, batch, segment or window.
struct File {
    Place place = Place::version;
    std::int64_t id = 0;
    std::int64_t dataset_id = 0;
    std::string key;   ///< Of the blob; the name of what is written in its place begins with it.
    std::string path;  ///< Local.
    table::Schema schema;
    std::string receipt;  ///< JSON, of the version as read.
};
CSVA_DESCRIBE(File, place, id, dataset_id, key, path, schema, receipt)

struct Order {
    std::string key;  ///< Of the hashes: this request's own.
    std::vector<meaning::Sought> sought;
    std::vector<Spared> spared;
    /// Rows that were found before, by data set.
    std::map<std::string, std::vector<std::int64_t>> rows;
    std::vector<File> files;
    bool write = false;
    datasets::Share share;
};
CSVA_DESCRIBE(Order, key, sought, spared, rows, files, write, share)

/// What was seen of a file, and what was written for it.
struct Seen {
    Place place = Place::version;
    std::int64_t id = 0;
    std::int64_t dataset_id = 0;
    std::string key;
    std::int64_t rows = 0;   ///< The person's.
    bool rewritten = false;  ///< out/`file` takes its place.
    bool gone = false;       ///< It cannot be written anew: it goes whole.
    std::string file;
    std::int64_t rows_left = 0;
    std::string profile;  ///< JSON, as the next two; of versions.
    std::string personal;
    std::string receipt;
};
CSVA_DESCRIBE(
    Seen,
    place,
    id,
    dataset_id,
    key,
    rows,
    rewritten,
    gone,
    file,
    rows_left,
    profile,
    personal,
    receipt
)

struct Outcome {
    std::vector<Seen> files;
    std::vector<DatasetHits> datasets;
    std::map<std::string, std::vector<std::int64_t>> rows;  ///< All of them, by data set.
};
CSVA_DESCRIBE(Outcome, files, datasets, rows)

base::Result<std::string> body(
    const std::string& input, const std::filesystem::path& out, base::Control& control
);

}  // namespace csva::erasure::person
