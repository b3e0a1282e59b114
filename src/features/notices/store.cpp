#include "features/notices/store.hpp"

#include "features/accounts/service.hpp"
#include "features/notices/service.hpp"
#include "foundation/base/clock.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <map>

namespace csva::embedded {
std::span<const base::EmbeddedFile> notices_migrations();
}

namespace csva::notices {
namespace {

using base::Clock;
using base::Result;
using store::Session;

const KindRow* row_of(std::string_view kind) {
    const auto* found = std::ranges::find(kKinds, kind, &KindRow::name);
    return found == kKinds.end() ? nullptr : found;
}

struct ChoiceRow {
    JobChoice jobs = JobChoice::long_or_failed;
    bool alerts = true;
    bool by_mail = true;
};
CSVA_DESCRIBE(ChoiceRow, jobs, alerts, by_mail)

Result<ChoiceRow> chosen(Session& session, accounts::UserId user) {
    TRY(auto found,
        session.record<ChoiceRow>(
            "SELECT jobs, alerts, by_mail FROM notice_choices WHERE user_id = :user", {user}
        ));
    return found.value_or(ChoiceRow{});
}

std::string_view word_of(JobChoice choice) {
    return base::type_of<JobChoice>().enumerators[static_cast<std::size_t>(choice)];
}

/// A whole number is one to the texts' plural forms.
base::ErrorDetail argument(const std::string& name, const base::Cell& value) {
    if (value.kind != base::Cell::Kind::number) return {name, value.text};
    if (std::trunc(value.number) == value.number && std::abs(value.number) < 1e15)
        return {name, static_cast<std::int64_t>(value.number)};
    return {name, value.number};
}

}  // namespace

store::Migrations migrations() { return embedded::notices_migrations(); }

Result<void> notify(Session& session, const Notice& notice) {
    const KindRow* kind = row_of(notice.kind);
    assert(kind != nullptr && "a kind that is not in kKinds");
    TRY(const ChoiceRow choice, chosen(session, notice.user_id));
    if (kind->topic == Topic::alerts && !choice.alerts) return {};
    TRY(const auto user, accounts::mail_of(session, notice.user_id));
    if (!user) return {};
    const bool mailed = choice.by_mail && !user->email.empty();
    const std::int64_t now = Clock::wall_ms();
    CHECK_OK(session.run(
        "INSERT INTO notices (user_id, kind, parameters, link, created_at, mail_state, "
        "mail_attempts, mail_next_at) VALUES (:user, :kind, :parameters, :link, :now, :mail, 0, "
        ":next)",
        {notice.user_id,
         notice.kind,
         notice.parameters,
         notice.link,
         now,
         mailed ? "waiting" : "none",
         now}
    ));
    return {};
}

Result<bool> wants_job(Session& session, accounts::UserId user, bool long_enough) {
    TRY(const ChoiceRow choice, chosen(session, user));
    return choice.jobs == JobChoice::all ||
           (choice.jobs == JobChoice::long_or_failed && long_enough);
}

Wording wording(i18n::Language language, std::string_view kind, std::string_view parameters) {
    std::vector<base::ErrorDetail> arguments;
    const auto given = base::from_json<std::map<std::string, base::Cell>>(parameters);
    if (given)
        for (const auto& [name, value] : *given) arguments.push_back(argument(name, value));
    const std::string key = "notices:kind." + std::string(kind);
    return {
        i18n::text(language, key + ".title", arguments),
        i18n::text(language, key + ".text", arguments)
    };
}

Result<std::int64_t> forget(Session& session, std::int64_t keep_ms) {
    return session.run(
        "DELETE FROM notices WHERE created_at < :before", {Clock::wall_ms() - keep_ms}
    );
}

Result<NoticeList> list(
    Session& session,
    accounts::UserId user,
    std::optional<NoticeId> before,
    std::int64_t limit,
    i18n::Language language
) {
    TRY(const auto found,
        session.rows(
            "SELECT id, kind, parameters, link, created_at, read_at FROM notices"
            " WHERE user_id = :user AND (:all = 1 OR id < :before) ORDER BY id DESC LIMIT :limit",
            {user, !before.has_value(), before.value_or(NoticeId{}), limit}
        ));
    NoticeList out;
    for (const auto& row : found) {
        auto words = wording(language, row.text("kind"), row.text("parameters"));
        out.notices.push_back(
            {NoticeId(row.integer("id")),
             row.text("kind"),
             std::move(words.title),
             std::move(words.text),
             row.text("link"),
             row.integer("created_at"),
             row.maybe_integer("read_at")}
        );
    }
    TRY(const auto count,
        session.row(
            "SELECT COUNT(*) AS n FROM notices WHERE user_id = :user AND read_at IS NULL", {user}
        ));
    out.unread = count->integer("n");
    return out;
}

Result<void> mark_read(Session& session, accounts::UserId user, NoticeId up_to) {
    CHECK_OK(session.run(
        "UPDATE notices SET read_at = :now WHERE user_id = :user AND id <= :id AND read_at IS NULL",
        {Clock::wall_ms(), user, up_to}
    ));
    return {};
}

Result<Choices> choices(Session& session, const base::Settings& settings, accounts::UserId user) {
    TRY(const ChoiceRow row, chosen(session, user));
    TRY(const auto person, accounts::mail_of(session, user));
    Choices out{row.jobs, row.alerts, row.by_mail, !settings.text("smtp.url").empty(), {}};
    if (person && !person->email.empty()) out.email = person->email;
    return out;
}

Result<void> change_choices(Session& session, accounts::UserId user, const ChoicesChange& change) {
    TRY(const ChoiceRow before, chosen(session, user));
    CHECK_OK(session.run(
        "INSERT INTO notice_choices (user_id, jobs, alerts, by_mail) VALUES (:user, :jobs, "
        ":alerts, :by_mail) ON CONFLICT (user_id) DO UPDATE SET jobs = excluded.jobs, alerts = "
        "excluded.alerts, by_mail = excluded.by_mail",
        {user,
         word_of(change.jobs.value_or(before.jobs)),
         change.alerts.value_or(before.alerts),
         change.by_mail.value_or(before.by_mail)}
    ));
    return {};
}

namespace rows {

Result<std::optional<Due>> take(Session& session, std::int64_t lease_ms) {
    const std::int64_t now = Clock::wall_ms();
    TRY(auto due,
        session.record<Due>(
            "SELECT n.id AS id, n.kind AS kind, n.parameters AS parameters, n.link AS link,"
            " n.mail_attempts AS mail_attempts, u.name AS name, u.email AS email,"
            " u.language AS language FROM notices n JOIN users u ON u.id = n.user_id"
            " WHERE n.mail_state = 'waiting' AND n.mail_next_at <= :now AND u.email IS NOT NULL"
            " AND u.disabled_at IS NULL ORDER BY n.mail_next_at, n.id LIMIT 1",
            {now}
        ));
    if (!due) return std::optional<Due>{};
    ++due->mail_attempts;
    TRY(const std::int64_t taken,
        session.run(
            "UPDATE notices SET mail_attempts = :attempts, mail_next_at = :next WHERE id = :id AND"
            " mail_state = 'waiting' AND mail_next_at <= :now",
            {due->mail_attempts, now + lease_ms, due->id, now}
        ));
    return taken == 1 ? due : std::optional<Due>{};
}

namespace {
Result<void> settle(
    Session& session, std::int64_t id, std::string_view state, std::int64_t next_at
) {
    CHECK_OK(session.run(
        "UPDATE notices SET mail_state = :state, mail_next_at = :next WHERE id = :id",
        {state, next_at, id}
    ));
    return {};
}
}  // namespace

Result<void> sent(Session& session, std::int64_t id) { return settle(session, id, "sent", 0); }

Result<void> try_again(Session& session, std::int64_t id, std::int64_t wait_ms) {
    return settle(session, id, "waiting", Clock::wall_ms() + wait_ms);
}

Result<void> give_up(Session& session, std::int64_t id) { return settle(session, id, "failed", 0); }

}  // namespace rows

}  // namespace csva::notices
