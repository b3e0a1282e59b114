#include "foundation/journal/journal.hpp"

namespace csva::journal {

std::vector<base::SettingRow> setting_rows() {
    using enum base::SettingType;
    return {
        {"journal.key",
         secret,
         "",
         "",
         "Key that signs the journal and makes its pseudonyms, as `csva journal new-key` prints "
         "it; "
         "empty: `journal.key` in the data folder, made at the first start. Servers that share a "
         "database need the same one."},
        {"journal.keep_days",
         integer,
         "183",
         "days",
         "Age at which entries of the journal leave its table for a sealed archive."},
        {"journal.archive_days",
         integer,
         "1095",
         "days",
         "Age at which an archive of the journal is deleted; 0: never."},
    };
}

}  // namespace csva::journal
