#include "app/job_notices.hpp"

#include "features/datasets/service.hpp"
#include "features/notices/service.hpp"
#include "foundation/base/clock.hpp"

#include <map>

namespace csva::app {
namespace {

constexpr std::int64_t kLongMs = 60'000;
/// Looks at kept predictions, which nobody waits for.
constexpr std::string_view kWatch = "watch";

}  // namespace

base::Result<void> tell_of_job(
    store::Session& session, const jobs::Job& job, std::int64_t user_id, jobs::State state
) {
    if (user_id == 0 || state == jobs::State::cancelled || job.kind == kWatch) return {};
    const bool failed = state == jobs::State::failed;
    const accounts::UserId user(user_id);
    const bool slow = base::Clock::wall_ms() - job.created_at > kLongMs;
    TRY(const bool wanted, notices::wants_job(session, user, failed || slow));
    if (!wanted) return {};
    TRY(const auto dataset,
        datasets::find(session, datasets::DatasetId(job.dataset_id), i18n::Language::en));
    if (!dataset) return {};
    const std::map<std::string, std::string> parameters = {
        {"job", job.kind}, {"name", dataset->name}
    };
    return notices::notify(
        session,
        {user,
         failed ? "job_failed" : "job_succeeded",
         base::to_json(parameters),
         "/view/" + std::to_string(job.dataset_id) + "/"}
    );
}

}  // namespace csva::app
