#pragma once

#include "features/notices/types.hpp"
#include "foundation/base/metrics.hpp"
#include "foundation/base/settings.hpp"
#include "foundation/i18n/catalogue.hpp"
#include "foundation/store/database.hpp"
#include "foundation/store/lifecycle.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace csva::notices {

store::Migrations migrations();
std::unique_ptr<store::Lifecycle> lifecycle();
std::vector<base::SettingRow> setting_rows();

/// Tells somebody something, inside the caller's transaction: a row for the page, to be mailed too
/// when the user gave an address and wants it so. Who chose not to hear of the kind's topic is not
/// told. A kind that is none of kKinds is a programmer error (assertion).
base::Result<void> notify(store::Session& session, const Notice& notice);

/// What one hears about a job of one's own. `long_enough`: it took more than a minute or failed.
base::Result<bool> wants_job(store::Session& session, accounts::UserId user, bool long_enough);

/// Title and text of a kind in a language.
struct Wording {
    std::string title;
    std::string text;
};
Wording wording(i18n::Language language, std::string_view kind, std::string_view parameters);

/// Deletes notices older than `keep_ms`. For housekeeping.
base::Result<std::int64_t> forget(store::Session& session, std::int64_t keep_ms);

/// Sends waiting notices over SMTP in a thread of its own. The parts outlive it.
class Mailer {
public:
    struct Parts {
        store::Database& database;
        const base::Settings& settings;
        base::Metrics& metrics;
    };
    /// Null when smtp.url is empty.
    static std::unique_ptr<Mailer> start(const Parts& parts);
    virtual ~Mailer() = default;
};

/// Sends one mail now and waits for the server's answer. Errors: notices.mail_unset,
/// notices.no_address, notices.mail_refused.
base::Result<void> send_test(
    store::Database& database, const base::Settings& settings, accounts::UserId user
);

/// What pages and API show.
base::Result<NoticeList> list(
    store::Session& session,
    accounts::UserId user,
    std::optional<NoticeId> before,
    std::int64_t limit,
    i18n::Language language
);
/// Up to and including `up_to`.
base::Result<void> mark_read(store::Session& session, accounts::UserId user, NoticeId up_to);
base::Result<Choices> choices(
    store::Session& session, const base::Settings& settings, accounts::UserId user
);
struct ChoicesChange {
    std::optional<JobChoice> jobs;
    std::optional<bool> alerts;
    std::optional<bool> by_mail;
};
CSVA_DESCRIBE(ChoicesChange, jobs, alerts, by_mail)
base::Result<void> change_choices(
    store::Session& session, accounts::UserId user, const ChoicesChange& change
);

}  // namespace csva::notices
