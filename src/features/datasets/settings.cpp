#include "features/datasets/service.hpp"

namespace csva::datasets {

std::vector<base::SettingRow> setting_rows() {
    using base::SettingType;
    return {
        {"limits.user_bytes",
         SettingType::integer,
         "10737418240",
         "bytes",
         "Files that one user may keep, all together."},
        {"retention.days",
         SettingType::integer,
         "90",
         "days",
         "After so many days the rows of a data set are deleted, with notice 14 and 3 days before."
        },
        {"retention.maximum_days",
         SettingType::integer,
         "730",
         "days",
         "The longest that somebody may keep a data set from the day on which they say so."},
        {"limits.inbox_bytes",
         SettingType::integer,
         "1073741824",
         "bytes",
         "Files sent from this machine without an account, all together."},
        {"limits.read_memory_bytes",
         SettingType::integer,
         "1073741824",
         "bytes",
         "Memory that reading, profiling or cleaning a file may use before it spills to disk."},
    };
}

}  // namespace csva::datasets
