#pragma once

#include "features/datasets/service.hpp"
#include "features/erasure/person_types.hpp"
#include "features/erasure/service.hpp"
#include "features/training/service.hpp"
#include "foundation/http/actor.hpp"
#include "foundation/jobs/kind.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace csva::erasure {

/// The kind of job that looks for a person; its body also does the work of erasing one.
inline constexpr std::string_view kPersonJob = "person_search";
jobs::Kind person_kind(const base::Settings& settings);

/// Finds a person in the rows of a project and erases them there, step by step, whatever happens
/// to the process. What is sought is kept as keyed hashes from the first moment on. Thread-safe.
class Persons {
public:
    struct Parts {
        store::Database& database;
        blob::BlobStore& blobs;
        const base::Settings& settings;
        journal::Journal& journal;
        training::Service& training;
        std::function<std::vector<store::Lifecycle*>()> features;
        std::filesystem::path program;  ///< The csva executable.
        /// Ends the segments of kept predictions that this process writes for these models.
        std::function<void(const std::vector<std::int64_t>& models)> close_logs;
    };
    explicit Persons(Parts parts);
    ~Persons();
    Persons(const Persons&) = delete;
    Persons& operator=(const Persons&) = delete;

    /// Enqueues a search. Errors: erasure.nothing_sought.
    base::Result<PersonRequest> search(
        const http::Actor& actor, std::int64_t project_id, std::span<const SoughtValue> values
    );
    /// Errors of all below: erasure.no_such_search.
    base::Result<PersonRequest> find(std::int64_t project_id, std::string_view code);
    base::Result<PersonRequestList> list(std::int64_t project_id);
    /// Begins to erase all rows found but the spared ones. Asked a second time, it gives the
    /// erasure under way. Errors: erasure.person_busy (still searching), erasure.person_settled.
    base::Result<PersonRequest> erase(
        const http::Actor& actor,
        std::int64_t project_id,
        std::string_view code,
        const std::vector<Spared>& spared
    );
    /// Forgets a search; nothing is erased. Errors: erasure.person_settled.
    base::Result<void> drop(std::int64_t project_id, std::string_view code);
    struct Decision {
        std::int64_t model_id = 0;
        ModelDecision decision = ModelDecision::open;
        std::string reason;
    };
    /// Errors: erasure.model_not_affected, erasure.person_settled (decided before),
    /// erasure.reason_wanted, those of training::Service::start.
    base::Result<PersonRequest> decide(
        const http::Actor& actor,
        std::int64_t project_id,
        std::string_view code,
        const Decision& decision
    );

    /// Begins to work in a thread of its own.
    void start();
    void stop();
    /// Works until nothing is left to do. Errors: what stopped it.
    base::Result<void> finish_all();
    /// Erases again what the ledger names and a restored database has brought back. To be called
    /// before serving. Returns how many erasures. Errors: erasure.bad_ledger and what stopped one.
    base::Result<std::int64_t> replay();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace csva::erasure
