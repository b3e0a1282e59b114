#pragma once

#include "foundation/base/described.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace csva::erasure {

inline constexpr std::string_view kNotFound = "erasure.not_found";
inline constexpr std::string_view kProofNeeded = "erasure.proof_needed";
inline constexpr std::string_view kBadCertificate = "erasure.bad_certificate";
inline constexpr std::string_view kOtherKey = "erasure.other_key";
inline constexpr std::string_view kBadLedger = "erasure.bad_ledger";

/// What is to be done next. Each may be done twice, so whoever finds an erasure unfinished goes on
/// from here: enter it in the ledger; stop jobs and wait for them; delete the rows; delete the
/// files; reach what lies elsewhere; sign the certificate; leave no trace in the database's files.
enum class Phase : std::uint8_t { list, stop, rows, files, elsewhere, sign, scrub, done };
CSVA_DESCRIBE_ENUM(Phase, list, stop, rows, files, elsewhere, sign, scrub, done)

/// Who wanted it: the person, an administrator, the ledger after a restore, or (a person inside
/// rows) a member of the project.
enum class AskedBy : std::uint8_t { person, administrator, ledger, project };
CSVA_DESCRIBE_ENUM(AskedBy, person, administrator, ledger, project)

/// What was erased, without a word about whose it was: an account, or (format
/// csva-person-erasure@1) a person inside the rows of a project.
struct Certificate {
    std::string format = "csva-erasure@1";
    std::string code;
    std::string pseudonym;
    AskedBy asked_by = AskedBy::person;
    std::string requested_at;
    std::string ended_at;
    std::int64_t projects = 0;
    std::int64_t files = 0;
    std::map<std::string, std::int64_t> rows;
    std::vector<std::string> elsewhere;
    std::string program;
};
CSVA_DESCRIBE(
    Certificate,
    format,
    code,
    pseudonym,
    asked_by,
    requested_at,
    ended_at,
    projects,
    files,
    rows,
    elsewhere,
    program
)
CSVA_NOTES(
    Certificate,
    {.field = "code", .text = "Number of the erasure: random, it says nothing about the person."},
    {.field = "pseudonym",
     .text = "What the journal calls the account; of a person inside rows: keyed hash of what was "
             "sought."},
    {.field = "requested_at", .text = "UTC."},
    {.field = "ended_at", .text = "UTC."},
    {.field = "projects", .text = "Projects that went with the account."},
    {.field = "files", .text = "Files of these projects: uploads, tables, models, predictions."},
    {.field = "rows",
     .text = "Rows deleted or handed over in the database, by table; of a person inside rows: "
             "rows of data sets, and files by kind, rewritten or removed."},
    {.field = "elsewhere", .text = "Features that had something outside database and files."},
    {.field = "program", .text = "Version of the program that did it."}
)

struct SignedCertificate {
    Certificate certificate;
    std::string public_key;
    std::string signature;
};
CSVA_DESCRIBE(SignedCertificate, certificate, public_key, signature)
CSVA_NOTES(
    SignedCertificate,
    {.field = "public_key", .text = "Ed25519, hexadecimal: the service's."},
    {.field = "signature",
     .text = "Ed25519 over csva-erasure-certificate@1, a line feed and the certificate as this "
             "program writes it."}
)

/// An erasure as whoever knows its code sees it.
struct Erasure {
    std::string code;
    Phase phase = Phase::list;
    AskedBy asked_by = AskedBy::person;
    std::int64_t requested_at = 0;
    std::optional<std::int64_t> ended_at;
    std::string problem;
    std::optional<SignedCertificate> certificate;
};
CSVA_DESCRIBE(Erasure, code, phase, asked_by, requested_at, ended_at, problem, certificate)
CSVA_NOTES(
    Erasure,
    {.field = "phase", .text = "What is being done; done: all of it."},
    {.field = "problem", .text = "Reason why the last try stopped; it is tried again."},
    {.field = "certificate", .text = "Once it has been signed."}
)

struct ErasureList {
    std::vector<Erasure> erasures;
};
CSVA_DESCRIBE(ErasureList, erasures)

/// A project that an erasure would touch.
struct TouchedProject {
    std::int64_t id = 0;
    std::string name;
    std::string kind;
    std::string heir;
    std::int64_t datasets = 0;
    std::int64_t models = 0;
};
CSVA_DESCRIBE(TouchedProject, id, name, kind, heir, datasets, models)
CSVA_NOTES(
    TouchedProject,
    {.field = "kind", .text = "personal or shared."},
    {.field = "heir", .text = "Who takes over what the person made there; empty: it goes too."}
)

/// What an erasure would do, before anybody asks for it.
struct Preview {
    std::vector<TouchedProject> erased;
    std::vector<TouchedProject> kept;
    bool last_administrator = false;
    bool session_fresh = false;
};
CSVA_DESCRIBE(Preview, erased, kept, last_administrator, session_fresh)
CSVA_NOTES(
    Preview,
    {.field = "erased", .text = "Projects that go with everything in them."},
    {.field = "kept", .text = "Shared projects that stay, because they have another owner."},
    {.field = "last_administrator",
     .text = "Nobody else could run the service: another administrator must be named first."},
    {.field = "session_fresh", .text = "Signed in so recently that no password is asked for."}
)

}  // namespace csva::erasure
