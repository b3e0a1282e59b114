#pragma once

#include "features/erasure/types.hpp"
#include "foundation/base/described.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace csva::erasure {

inline constexpr std::string_view kPersonNotFound = "erasure.no_such_search";
inline constexpr std::string_view kNothingSought = "erasure.nothing_sought";
inline constexpr std::string_view kPersonBusy = "erasure.person_busy";
inline constexpr std::string_view kPersonSettled = "erasure.person_settled";
inline constexpr std::string_view kReasonWanted = "erasure.reason_wanted";
inline constexpr std::string_view kModelNotAffected = "erasure.model_not_affected";

/// Where rows of a person may stand.
enum class Place : std::uint8_t { version, original, rejects, held_out, batch, segment, window };
CSVA_DESCRIBE_ENUM(Place, version, original, rejects, held_out, batch, segment, window)

/// How far a search and its erasure are. `found`: somebody has to decide. After it as in an
/// erasure: enter it in the ledger; stop jobs; write files anew; remove the old ones (and look
/// again); sign; clear the database's own files. `dropped`: nothing was erased.
enum class PersonPhase : std::uint8_t {
    searching,
    failed,
    found,
    list,
    stop,
    rewrite,
    files,
    sign,
    scrub,
    done,
    dropped
};
CSVA_DESCRIBE_ENUM(
    PersonPhase, searching, failed, found, list, stop, rewrite, files, sign, scrub, done, dropped
)

struct SoughtValue {
    std::string value;
    std::string column;
};
CSVA_DESCRIBE(SoughtValue, value, column)
CSVA_NOTES(
    SoughtValue,
    {.field = "value",
     .text = "What stands in a row of the person: a name, an e-mail address, a telephone, a "
             "number. It is compared without case, accents and blanks, and never kept.",
     .minimum = 1,
     .maximum = 500},
    {.field = "column",
     .text = "Name of the column that it stands in; empty: any.",
     .maximum = 1000,
     .defaulted = true}
)

struct MaskedCell {
    std::string column;
    std::string cell;
};
CSVA_DESCRIBE(MaskedCell, column, cell)
CSVA_NOTES(
    MaskedCell, {.field = "cell", .text = "All but the first character of each word hidden."}
)

struct Hit {
    std::int64_t row_id = 0;
    std::vector<MaskedCell> cells;
};
CSVA_DESCRIBE(Hit, row_id, cells)
CSVA_NOTES(Hit, {.field = "row_id", .text = "Number of the record in the file."})

struct VersionHits {
    std::int64_t version_id = 0;
    std::int64_t rows = 0;
};
CSVA_DESCRIBE(VersionHits, version_id, rows)

struct DatasetHits {
    std::int64_t dataset_id = 0;
    std::string name;
    std::int64_t rows = 0;
    std::vector<VersionHits> versions;
    std::vector<Hit> hits;
    bool in_original = false;
    std::int64_t in_rejects = 0;
};
CSVA_DESCRIBE(DatasetHits, dataset_id, name, rows, versions, hits, in_original, in_rejects)
CSVA_NOTES(
    DatasetHits,
    {.field = "rows", .text = "Rows of the person, over all versions."},
    {.field = "hits", .text = "The first 100, masked."},
    {.field = "in_original", .text = "The file as it was sent holds them too."},
    {.field = "in_rejects", .text = "Rejected rows of the person."}
)

struct Findings {
    std::vector<DatasetHits> datasets;
    std::int64_t batches = 0;
    std::int64_t predictions = 0;
};
CSVA_DESCRIBE(Findings, datasets, batches, predictions)
CSVA_NOTES(
    Findings,
    {.field = "batches", .text = "Files of predictions with such a row; they go whole."},
    {.field = "predictions", .text = "Kept predictions of the person."}
)

/// Rows that are another's, who has the same name.
struct Spared {
    std::int64_t dataset_id = 0;
    std::vector<std::int64_t> rows;
};
CSVA_DESCRIBE(Spared, dataset_id, rows)
CSVA_NOTES(
    Spared,
    {.field = "rows",
     .text = "Numbers of the rows that stay; none: all of the data set.",
     .maximum = 10000,
     .defaulted = true}
)

/// What becomes of a model that learnt from the rows.
enum class ModelDecision : std::uint8_t { open, retrain, withdraw, justify };
CSVA_DESCRIBE_ENUM(ModelDecision, open, retrain, withdraw, justify)

struct AffectedModel {
    std::int64_t model_id = 0;
    std::string name;
    std::string target;
    std::int64_t dataset_id = 0;
    std::int64_t training_id = 0;
    std::int64_t rows = 0;
    ModelDecision decision = ModelDecision::open;
    std::string reason;
    std::int64_t decided_by = 0;
    std::string decided_by_name;
    std::optional<std::int64_t> decided_at;
    std::optional<std::int64_t> new_training_id;
};
CSVA_DESCRIBE(
    AffectedModel,
    model_id,
    name,
    target,
    dataset_id,
    training_id,
    rows,
    decision,
    reason,
    decided_by,
    decided_by_name,
    decided_at,
    new_training_id
)
CSVA_NOTES(
    AffectedModel,
    {.field = "rows", .text = "Rows of the person in the version that it learnt from."},
    {.field = "decision", .text = "open: nobody has decided yet."},
    {.field = "decided_at", .text = "Unix milliseconds."},
    {.field = "new_training_id", .text = "Of the decision retrain."}
)

/// A search for a person in a project, and the erasure that came of it.
struct PersonRequest {
    std::string code;
    std::int64_t project_id = 0;
    PersonPhase phase = PersonPhase::searching;
    std::string fingerprint;
    std::int64_t values = 0;
    std::int64_t created_by = 0;
    std::int64_t requested_at = 0;
    std::optional<std::int64_t> ended_at;
    std::optional<std::int64_t> job_id;
    std::string problem;
    Findings findings;
    std::vector<AffectedModel> models;
    std::int64_t open_decisions = 0;
    std::optional<SignedCertificate> certificate;
};
CSVA_DESCRIBE(
    PersonRequest,
    code,
    project_id,
    phase,
    fingerprint,
    values,
    created_by,
    requested_at,
    ended_at,
    job_id,
    problem,
    findings,
    models,
    open_decisions,
    certificate
)
CSVA_NOTES(
    PersonRequest,
    {.field = "fingerprint",
     .text = "Keyed hash of what was sought: the same person asked for twice has another."},
    {.field = "values", .text = "How many values were sought."},
    {.field = "requested_at", .text = "Unix milliseconds."},
    {.field = "problem", .text = "Reason why the last try stopped; it is tried again."},
    {.field = "findings", .text = "Empty once it is settled."},
    {.field = "models", .text = "Models that learnt from the rows, once they are erased."},
    {.field = "certificate", .text = "Once it has been signed."}
)

struct PersonRequestList {
    std::vector<PersonRequest> requests;
};
CSVA_DESCRIBE(PersonRequestList, requests)

}  // namespace csva::erasure
