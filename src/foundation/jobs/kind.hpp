#pragma once

#include "foundation/base/control.hpp"
#include "foundation/base/result.hpp"
#include "foundation/blob/blob.hpp"
#include "foundation/jobs/types.hpp"
#include "foundation/store/database.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace csva::jobs {

/// What the agent hands to the child: a JSON input for the body, a folder to write into. Paths in
/// the input are local.
struct Prepared {
    std::string input;  ///< JSON of the body's described input struct.
    std::uint64_t memory_estimate_bytes = 0;
};

/// A finished body: its JSON outcome and the folder with its files.
struct Finished {
    const Job& job;
    const std::string& input;             ///< The job row's own input (what the feature enqueued).
    const std::string& outcome;           ///< JSON that the body returned.
    const std::filesystem::path& folder;  ///< attempt-N/out
    blob::BlobStore& blobs;
};

/// One kind of job. `prepare`, `store_files` and `publish` run in the agent; `body` runs in the
/// child (or in the command line) and knows no store, no network, no secret.
struct Kind {
    std::string_view name;
    /// Turns the enqueued JSON into the body's input: looks up rows, finds local paths of blobs.
    /// `smaller_plan`: the attempt before ran out of memory.
    std::function<base::Result<Prepared>(
        store::Database&, blob::BlobStore&, const Job&, const std::string& input, bool smaller_plan
    )>
        prepare;
    /// input JSON, folder to write files into -> outcome JSON.
    std::function<base::Result<
        std::string>(const std::string& input, const std::filesystem::path& out, base::Control&)>
        body;
    /// Outside any transaction: moves the files of the outcome into the blob store; returns a JSON
    /// of the keys for `publish`.
    std::function<base::Result<std::string>(const Finished&)> store_files;
    /// Inside the one transaction that has checked that the attempt still holds its lease.
    std::function<base::Result<void>(store::Session&, const Finished&, const std::string& stored)>
        publish;
    /// Inside the transaction that ends the job as failed or cancelled.
    std::function<base::Result<
        void>(store::Session&, const Job&, const std::string& input, const base::Error&)>
        give_up;
    std::int64_t attempts_max = 3;
};

/// Tells the kind that the job has ended without an outcome. What the job was to fill may have been
/// deleted meanwhile: then nothing is left to tell.
inline base::Result<void> give_up(
    const Kind& kind,
    store::Session& session,
    const Job& job,
    const std::string& input,
    const base::Error& error
) {
    if (!kind.give_up) return {};
    auto told = kind.give_up(session, job, input, error);
    if (!told && told.error().kind == base::ErrorKind::not_found) return {};
    return told;
}

/// A `give_up` that hands on what was enqueued: `end(session, input, error)`.
template <class Input, class End>
auto giving_up(End end) {
    return
        [end](
            store::Session& session, const Job&, const std::string& input, const base::Error& error
        ) -> base::Result<void> {
            TRY(const auto enqueued, base::from_json<Input>(input));
            return end(session, enqueued, error);
        };
}

/// Word for the state in which such an error leaves the row that a job was to fill.
inline std::string_view state_after(const base::Error& error) {
    return error.reason == base::kCancelledReason ? "cancelled" : "failed";
}

/// The kinds of a process, by name. Filled once at start.
using Kinds = std::vector<Kind>;
const Kind* find(const Kinds& kinds, std::string_view name);

}  // namespace csva::jobs
