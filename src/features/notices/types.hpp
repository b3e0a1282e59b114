#pragma once

#include "features/accounts/types.hpp"
#include "foundation/base/described.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace csva::notices {

struct NoticeTag;
using NoticeId = base::Id<NoticeTag>;

inline constexpr std::string_view kMailUnset = "notices.mail_unset";
inline constexpr std::string_view kMailRefused = "notices.mail_refused";
inline constexpr std::string_view kNoAddress = "notices.no_address";

/// Who may do without a kind: nobody (`always`), whoever chose so among `jobs` or `alerts`.
enum class Topic : std::uint8_t { always, jobs, alerts };

/// All that is ever told; texts are `notices:kind.<name>.title` and `.text`. Parameters of each in
/// the comment; all are texts but those marked #.
struct KindRow {
    std::string_view name;
    Topic topic = Topic::always;
};
inline constexpr std::array kKinds = {
    KindRow{"job_succeeded", Topic::jobs},     // job, name
    KindRow{"job_failed", Topic::jobs},        // job, name
    KindRow{"model_drifted", Topic::alerts},   // model, name
    KindRow{"model_worse", Topic::alerts},     // model, name
    KindRow{"deletion_ahead", Topic::always},  // name, days #
    KindRow{"test", Topic::always},
};

/// What is told to whom. `parameters`: a JSON object of texts and numbers that fill the kind's
/// texts. `link`: path of the page that shows it, or empty.
struct Notice {
    accounts::UserId user_id;
    std::string_view kind;
    std::string parameters = "{}";
    std::string link = {};
};

/// A notice as its reader sees it.
struct NoticeView {
    NoticeId id;
    std::string kind;
    std::string title;
    std::string text;
    std::string link;
    std::int64_t created_at = 0;
    std::optional<std::int64_t> read_at;
};
CSVA_DESCRIBE(NoticeView, id, kind, title, text, link, created_at, read_at)
CSVA_NOTES(
    NoticeView,
    {.field = "title", .text = "In one line, in the language of this answer."},
    {.field = "link", .text = "Path of the page that shows it; may be empty."},
    {.field = "created_at", .text = "Unix milliseconds."},
    {.field = "read_at", .text = "Unix milliseconds; null until it is marked as read."}
)

struct NoticeList {
    std::vector<NoticeView> notices;
    std::int64_t unread = 0;
};
CSVA_DESCRIBE(NoticeList, notices, unread)
CSVA_NOTES(
    NoticeList,
    {.field = "notices", .text = "Newest first."},
    {.field = "unread", .text = "How many of all are not marked as read."}
)

/// Which ended jobs one hears of: none, those that failed or took more than a minute, or all.
enum class JobChoice : std::uint8_t { none, long_or_failed, all };
CSVA_DESCRIBE_ENUM(JobChoice, none, long_or_failed, all)

struct Choices {
    JobChoice jobs = JobChoice::long_or_failed;
    bool alerts = true;
    bool by_mail = true;
    bool mail_possible = false;
    std::optional<std::string> email;
};
CSVA_DESCRIBE(Choices, jobs, alerts, by_mail, mail_possible, email)
CSVA_NOTES(
    Choices,
    {.field = "jobs", .text = "Which of one's ended jobs one hears of."},
    {.field = "alerts", .text = "Whether one hears that data of a project's models has changed."},
    {.field = "by_mail", .text = "Whether notices are sent by e-mail too."},
    {.field = "mail_possible", .text = "Whether this server can send e-mail."},
    {.field = "email", .text = "Where to; null: nowhere, set one with PATCH /api/v1/me."}
)

}  // namespace csva::notices
