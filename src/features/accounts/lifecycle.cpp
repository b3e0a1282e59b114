#include "features/accounts/service.hpp"
#include "features/accounts/store.hpp"

namespace csva::accounts {
namespace {

class AccountsLifecycle final : public store::Lifecycle {
public:
    std::string_view feature() const override { return "accounts"; }

    std::vector<std::string_view> tables() const override {
        return {
            "users",
            "sessions",
            "api_tokens",
            "sign_in_attempts",
            "setup_links",
            "two_factor",
            "recovery_codes",
            "user_identities",
            "oidc_flows"
        };
    }

    base::Result<std::set<std::string>> blobs(store::Session&) override {
        return std::set<std::string>{};
    }
    /// Users belong to no project.
    base::Result<void> erase_project(store::Session&, std::int64_t) override { return {}; }

    base::Result<void> erase_user(store::Session& session, const store::Leaver& leaver) override {
        CHECK_OK(rows::clear_attempts(session, rows::account_subject(leaver.name)));
        CHECK_OK(rows::clear_attempts(session, "code:" + std::to_string(leaver.user_id)));
        for (const auto* table :
             {"sessions",
              "api_tokens",
              "two_factor",
              "recovery_codes",
              "user_identities",
              "oidc_flows"})
            CHECK_OK(session.run(
                "DELETE FROM " + std::string(table) + " WHERE user_id = :id", {leaver.user_id}
            ));
        CHECK_OK(session.run("DELETE FROM users WHERE id = :id", {leaver.user_id}));
        return {};
    }

    /// Without the hashes of password, cookies and tokens, and without the second factor.
    base::Result<store::Portion> export_user(store::Session& session, const store::Leaver& leaver)
        override {
        store::Portion out;
        TRY(out.documents["account.json"],
            store::rows_as_json(
                session,
                "SELECT id, name, administrator, operates, email, language, created_at, "
                "disabled_at FROM users WHERE id = :id",
                {leaver.user_id}
            ));
        TRY(out.documents["sessions.json"],
            store::rows_as_json(
                session,
                "SELECT created_at, seen_at, expires_at, address, agent FROM sessions WHERE "
                "user_id = :id ORDER BY id",
                {leaver.user_id}
            ));
        TRY(out.documents["tokens.json"],
            store::rows_as_json(
                session,
                "SELECT label, prefix, scope, created_at, expires_at, used_at FROM api_tokens "
                "WHERE user_id = :id ORDER BY id",
                {leaver.user_id}
            ));
        TRY(out.documents["identities.json"],
            store::rows_as_json(
                session,
                "SELECT issuer, subject, created_at FROM user_identities WHERE user_id = :id "
                "ORDER BY id",
                {leaver.user_id}
            ));
        return out;
    }

    base::Result<std::vector<std::string>> verify(store::Session& session) override {
        TRY(auto users, session.row("SELECT COUNT(*) AS n FROM users"));
        TRY(auto administrators,
            session.row("SELECT COUNT(*) AS n FROM users WHERE administrator = 1 AND disabled_at "
                        "IS NULL"));
        std::vector<std::string> wrong;
        if (users && users->integer("n") > 0 && administrators->integer("n") == 0)
            wrong.emplace_back("no administrator may sign in");
        return wrong;
    }
};

}  // namespace

std::unique_ptr<store::Lifecycle> lifecycle() { return std::make_unique<AccountsLifecycle>(); }

}  // namespace csva::accounts
