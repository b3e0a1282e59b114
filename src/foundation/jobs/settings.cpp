#include "foundation/jobs/queue.hpp"

namespace csva::jobs {

std::vector<base::SettingRow> setting_rows() {
    using enum base::SettingType;
    return {
        {"jobs.local_workers",
         integer,
         "1",
         "",
         "Worker processes that csva serve starts and looks after; 0: none."},
        {"jobs.concurrent", integer, "1", "", "Jobs that one worker runs at the same time."},
        {"jobs.lease_ms",
         integer,
         "15000",
         "ms",
         "How long a job stays with a worker that says nothing."},
        {"jobs.poll_ms", integer, "200", "ms", "How often a worker without a job asks for one."},
        {"jobs.memory_bytes",
         integer,
         "8589934592",
         "bytes",
         "Resident memory at which a job is stopped and tried once more with a smaller plan."},
        {"jobs.run_s", integer, "14400", "s", "Longest run of one attempt."},
        {"jobs.keep_days", integer, "30", "days", "How long the list of ended jobs is kept."},
        {"jobs.cancel_grace_s",
         integer,
         "20",
         "s",
         "Time a cancelled job has to end by itself and keep what it has."},
    };
}

}  // namespace csva::jobs
