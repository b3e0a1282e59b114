#include "features/erasure/register.hpp"

#include "foundation/base/clock.hpp"

namespace csva::erasure {
namespace {

using base::Result;
using i18n::Language;
using Values = std::vector<base::ErrorDetail>;

constexpr std::int64_t kDayS = 86'400;

class Writer {
public:
    Writer(const base::Settings& settings, Language language, Values values)
        : settings_(settings), language_(language), values_(std::move(values)) {}

    Register write() {
        Register out;
        out.made_at = base::Clock::wall_ms();
        out.controller = settings_.text("register.controller");
        out.contact = settings_.text("register.contact");
        for (const std::string_view name :
             {"accounts", "datasets", "models", "predictions", "journal", "notices", "backups"})
            out.activities.push_back(activity(name));
        if (out.controller.empty()) out.gaps.push_back(said("gap.controller"));
        if (out.contact.empty()) out.gaps.push_back(said("gap.contact"));
        for (const std::string_view name : {"basis", "purpose", "hosting"})
            out.gaps.push_back(said("gap." + std::string(name)));
        return out;
    }

private:
    std::string said(const std::string& key) const {
        return i18n::text(language_, "erasure:register." + key, values_);
    }
    bool is_set(std::string_view setting) const { return !settings_.text(setting).empty(); }

    /// Who else gets it depends on what is switched on.
    std::string recipients(std::string_view name) const {
        std::string out = said("recipients.members");
        if (name == "models" && is_set("mlflow.tracking_uri"))
            out += " " + said("recipients.mlflow");
        if (name == "notices")
            out = said(is_set("smtp.url") ? "recipients.mail" : "recipients.page_only");
        if (name == "journal" || name == "backups") out = said("recipients.operators");
        if (name == "accounts") out = said("recipients.administrators");
        return out;
    }

    Activity activity(std::string_view name) const {
        const std::string at(name);
        return {
            said(at + ".title"),
            said(at + ".purpose"),
            said(
                name == "accounts" || name == "journal" || name == "notices" ? "people.users"
                                                                             : "people.files"
            ),
            said(at + ".data"),
            recipients(name),
            said("transfers"),
            said(at + ".retention"),
            said(name == "backups" ? "security.backups" : "security.common")
        };
    }

    const base::Settings& settings_;
    Language language_;
    Values values_;
};

}  // namespace

Result<Register> make_register(
    store::Database& database, const base::Settings& settings, Language language
) {
    TRY(const auto counts, database.read([](store::Session& session) {
        return session.row(
            "SELECT (SELECT COUNT(*) FROM users) AS users, (SELECT COUNT(*) FROM datasets) AS "
            "datasets, (SELECT COUNT(*) FROM models) AS models"
        );
    }));
    Values values = {
        {"users", counts->integer("users")},
        {"datasets", counts->integer("datasets")},
        {"models", counts->integer("models")},
        {"retention", settings.integer("retention.days")},
        {"log_days", settings.integer("predictions.log_keep_days")},
        {"notice_days", settings.integer("notices.keep_days")},
        {"session_days", settings.integer("accounts.session_s") / kDayS}
    };
    return Writer(settings, language, std::move(values)).write();
}

}  // namespace csva::erasure
