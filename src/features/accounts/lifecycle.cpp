#include "features/accounts/service.hpp"

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
