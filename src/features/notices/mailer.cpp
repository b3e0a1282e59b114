#include "features/accounts/service.hpp"
#include "features/notices/service.hpp"
#include "features/notices/store.hpp"
#include "foundation/base/clock.hpp"
#include "foundation/base/log.hpp"
#include "foundation/client/mail.hpp"
#include "foundation/http/text.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace csva::notices {
namespace {

using base::Result;

constexpr std::chrono::milliseconds kLook(1000);
constexpr std::int64_t kLeaseMs = 300'000;
constexpr std::int64_t kLongestWaitMs = 3'600'000;
constexpr std::int64_t kAttemptsMax = 8;

client::MailServer server_of(const base::Settings& settings) {
    return {
        settings.text("smtp.url"),
        settings.text("smtp.username"),
        settings.secret("smtp.password"),
        settings.boolean("smtp.starttls")
    };
}

client::Mail mail_of(const rows::Due& due, const base::Settings& settings) {
    const auto language =
        due.language == accounts::LanguageChoice::fr ? i18n::Language::fr : i18n::Language::en;
    const Wording words = wording(language, due.kind, due.parameters);
    const std::string base = http::public_base(settings.text("http.public_url"), "");
    const bool linked = !base.empty() && !due.link.empty();
    return {
        settings.text("smtp.from"),
        due.email,
        words.title,
        i18n::text(
            language,
            "notices:mail.text",
            {{{"name", due.name},
              {"text", words.text},
              {"link", linked ? base + due.link : std::string()},
              {"choices", base.empty() ? "/notices/" : base + "/notices/"}}}
        )
    };
}

base::Metrics::Counter& mails_counter(base::Metrics& metrics, std::string_view outcome) {
    return metrics.counter(
        "csva_notices_mails_total",
        "Tries to send a notice by e-mail, by outcome.",
        {{"outcome", std::string(outcome)}}
    );
}

class Sender final : public Mailer {
public:
    explicit Sender(const Parts& parts)
        : database_(parts.database),
          settings_(parts.settings),
          sent_(mails_counter(parts.metrics, "sent")),
          failed_(mails_counter(parts.metrics, "failed")),
          given_up_(mails_counter(parts.metrics, "given_up")),
          thread_([this](const std::stop_token& stop) { work(stop); }) {}
    ~Sender() override {
        thread_.request_stop();
        woken_.notify_all();
    }
    Sender(const Sender&) = delete;
    Sender& operator=(const Sender&) = delete;

private:
    void work(const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            const auto due = next();
            if (due) {
                send(*due, stop);
                continue;
            }
            std::unique_lock lock(mutex_);
            woken_.wait_for(lock, stop, kLook, [] { return false; });
        }
    }

    /// A look first: an idle server must not take SQLite's one right to write each second.
    std::optional<rows::Due> next() {
        const auto any = database_.read([](store::Session& session) {
            return session.row(
                "SELECT id FROM notices WHERE mail_state = 'waiting' AND mail_next_at <= :now "
                "LIMIT 1",
                {base::Clock::wall_ms()}
            );
        });
        if (!any || !*any) return std::nullopt;
        auto taken = database_.transaction([](store::Session& session) {
            return rows::take(session, kLeaseMs);
        });
        return taken ? std::move(*taken) : std::nullopt;
    }

    void send(const rows::Due& due, const std::stop_token& stop) {
        const auto done = client::send_mail(server_of(settings_), mail_of(due, settings_), stop);
        const bool last = due.mail_attempts >= kAttemptsMax;
        const auto kept = database_.transaction([&](store::Session& session) {
            if (done) return rows::sent(session, due.id);
            return last ? rows::give_up(session, due.id)
                        : rows::try_again(session, due.id, wait_ms(due.mail_attempts));
        });
        if (!kept)
            base::log(base::LogLevel::warning, "mail_not_noted", {{"reason", kept.error().reason}});
        if (done) return sent_.add();
        failed_.add();
        if (last) given_up_.add();
        base::log(
            base::LogLevel::warning,
            "mail_failed",
            {{"notice", due.id},
             {"attempt", due.mail_attempts},
             {"internal", std::string_view(done.error().internal)}}
        );
    }

    std::int64_t wait_ms(std::int64_t attempts) const {
        const std::int64_t first = settings_.integer("smtp.retry_s") * 1000;
        return std::min(first << std::min<std::int64_t>(attempts - 1, 16), kLongestWaitMs);
    }

    store::Database& database_;
    const base::Settings& settings_;
    base::Metrics::Counter& sent_;
    base::Metrics::Counter& failed_;
    base::Metrics::Counter& given_up_;
    std::mutex mutex_;
    std::condition_variable_any woken_;
    std::jthread thread_;
};

}  // namespace

std::unique_ptr<Mailer> Mailer::start(const Parts& parts) {
    mails_counter(parts.metrics, "sent");
    if (parts.settings.text("smtp.url").empty()) return nullptr;
    return std::make_unique<Sender>(parts);
}

Result<void> send_test(
    store::Database& database, const base::Settings& settings, accounts::UserId user
) {
    if (settings.text("smtp.url").empty()) return base::fail(base::ErrorKind::conflict, kMailUnset);
    TRY(const auto person,
        database.read([&](store::Session& session) { return accounts::mail_of(session, user); }));
    if (!person || person->email.empty()) return base::fail(base::ErrorKind::conflict, kNoAddress);
    const rows::Due due{
        0, "test", "{}", "/notices/", 0, person->name, person->email, person->language
    };
    const auto done = client::send_mail(server_of(settings), mail_of(due, settings), {});
    if (done) return {};
    return std::unexpected(
        base::Error(base::ErrorKind::unavailable, kMailRefused).with_internal(done.error().internal)
    );
}

}  // namespace csva::notices
