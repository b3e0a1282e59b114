#include "features/notices/service.hpp"

namespace csva::notices {

std::vector<base::SettingRow> setting_rows() {
    using base::SettingType;
    return {
        {"smtp.url",
         SettingType::text,
         "",
         "",
         "Mail server that notices go through: smtp://HOST:587 or smtps://HOST:465; empty: no "
         "mail is sent."},
        {"smtp.starttls",
         SettingType::boolean,
         "true",
         "",
         "Whether an smtp:// connection must be encrypted before anything is said; false only for "
         "a server on this machine."},
        {"smtp.username", SettingType::text, "", "", "Name to sign in to the mail server with."},
        {"smtp.password",
         SettingType::secret,
         "",
         "",
         "Password to sign in to the mail server with."},
        {"smtp.from",
         SettingType::text,
         "csv-analyzer@localhost",
         "",
         "Address that mails come from."},
        {"smtp.retry_s",
         SettingType::integer,
         "60",
         "s",
         "Wait before a mail that could not be sent is tried again; doubled each time up to an "
         "hour, eight tries in all."},
        {"notices.keep_days", SettingType::integer, "90", "days", "Notices are kept this long."},
    };
}

}  // namespace csva::notices
