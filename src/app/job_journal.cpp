#include "app/job_journal.hpp"

#include "foundation/base/described.hpp"
#include "foundation/journal/keys.hpp"

#include <filesystem>

namespace csva::app {
namespace {

struct Details {
    std::string kind;
    std::int64_t attempts = 0;
    std::string state;
    std::string reason;
};
CSVA_DESCRIBE(Details, kind, attempts, state, reason)

}  // namespace

void JobJournal::note(
    const jobs::Job& job, std::int64_t user_id, jobs::State state, std::string_view reason
) {
    std::error_code unknown;
    if (settings_.secret("journal.key").empty() &&
        !std::filesystem::exists(journal::key_file(settings_), unknown))
        return;
    const bool good = state == jobs::State::succeeded;
    const auto& words = base::type_of<jobs::State>().enumerators;
    journal_.append(
        {.action = "jobs.end",
         .actor_id = user_id,
         .object_kind = "job",
         .object_id = job.id.value,
         .outcome = good ? journal::Outcome::done : journal::Outcome::failed,
         .details = base::to_json(Details{
             job.kind,
             job.attempt,
             std::string(words[static_cast<std::size_t>(state)]),
             std::string(reason)
         }),
         // What the program asks of itself comes every few minutes.
         .counted = user_id == 0}
    );
}

}  // namespace csva::app
