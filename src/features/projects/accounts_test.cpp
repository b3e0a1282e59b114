#include "features/projects/test_world.hpp"
#include "foundation/base/clock.hpp"

#include <algorithm>
#include <atomic>
#include <thread>

namespace csva::projects {
namespace {

using accounts::Scope;
using accounts::User;
using accounts::UserId;
using namespace std::chrono_literals;

class AccountRules : public World {
protected:
    ~AccountRules() override { base::Clock::move_by(-moved_); }
    void wait(std::chrono::milliseconds time) {
        base::Clock::move_by(time);
        moved_ += time;
    }
    std::string try_password(const std::string& name, const std::string& password) {
        const auto opened = accounts_->sign_in({name, password}, {"203.0.113.9", "", ""});
        return opened ? "" : opened.error().reason;
    }
    std::string try_user(const std::string& name, const std::string& password) {
        const auto made = accounts_->create_user({name, password, false, {}});
        return made ? "" : made.error().reason;
    }
    std::string set_up(const std::string& token, const std::string& name = "ada") {
        const auto opened = accounts_->set_up(token, {name, kPassword, false, {}}, {});
        return opened ? "" : opened.error().reason;
    }
    std::string link_token() {
        const std::string path = accounts_->first_run_path().value().value();
        return path.substr(path.find('=') + 1);
    }

private:
    std::chrono::milliseconds moved_{0};
};

TEST_F(AccountRules, prints_a_first_run_link_only_while_nobody_has_an_account) {
    ASSERT_TRUE(accounts_->first_run_path()->has_value());
    make_user("ada");
    EXPECT_FALSE(accounts_->first_run_path()->has_value());
}

TEST_F(AccountRules, makes_one_administrator_from_first_run_links) {
    const auto one = link_token();
    const auto two = link_token();
    EXPECT_EQ(set_up("wrong"), accounts::kSetupLinkInvalid);
    EXPECT_EQ(set_up(two), "");
    EXPECT_TRUE(accounts_->user_named("ada")->administrator);
    EXPECT_EQ(set_up(one, "eve"), accounts::kSetupDone);
    EXPECT_EQ(set_up(two, "eve"), accounts::kSetupDone);
}

TEST_F(AccountRules, refuses_a_first_run_link_that_is_too_old) {
    const auto token = link_token();
    wait(24h + 1s);
    EXPECT_EQ(set_up(token), accounts::kSetupLinkInvalid);
}

TEST_F(AccountRules, keeps_a_first_run_link_good_after_a_refused_password) {
    const auto token = link_token();
    EXPECT_FALSE(accounts_->set_up(token, {"ada", "short", true, {}}, {}).has_value());
    EXPECT_EQ(set_up(token), "");
}

TEST_F(AccountRules, refuses_bad_names_and_guessable_passwords) {
    EXPECT_EQ(try_user("", kPassword), accounts::kBadName);
    EXPECT_EQ(try_user("two words", kPassword), accounts::kBadName);
    EXPECT_EQ(try_user(std::string(65, 'a'), kPassword), accounts::kBadName);
    EXPECT_EQ(try_user("ada", "123456789"), accounts::kPasswordTooShort);
    EXPECT_EQ(try_user("ada", std::string(1025, 'x')), accounts::kPasswordTooShort);
    EXPECT_EQ(try_user("ada", "Motdepasse123"), accounts::kPasswordTooCommon);
    EXPECT_EQ(try_user("ada", "zzzzzzzzzzzz"), accounts::kPasswordTooCommon);
    EXPECT_EQ(try_user("ada.lovelace", "Ada.Lovelace"), accounts::kPasswordTooCommon);
    EXPECT_EQ(try_user("ada@example.org", kPassword), "");
    EXPECT_EQ(try_user("ADA@example.org", kPassword), accounts::kNameTaken);
}

TEST_F(AccountRules, says_the_same_for_a_wrong_password_an_unknown_and_a_disabled_user) {
    const User ada = make_user("ada");
    make_user("root", true);
    EXPECT_EQ(try_password("ada", "wrong password"), accounts::kWrongCredentials);
    EXPECT_EQ(try_password("nobody", kPassword), accounts::kWrongCredentials);
    EXPECT_EQ(try_password("Ada", kPassword), "");
    ASSERT_TRUE(accounts_->change_user(ada.id, {.disabled = true}).has_value());
    EXPECT_EQ(try_password("ada", kPassword), accounts::kWrongCredentials);
}

TEST_F(AccountRules, takes_about_as_long_for_a_name_that_does_not_exist) {
    make_user("ada");
    try_password("nobody", "x");
    const auto time = [&](const std::string& name) {
        std::vector<double> seconds;
        for (int i = 0; i < 3; ++i) {
            const auto start = std::chrono::steady_clock::now();
            try_password(name, "wrong password");
            seconds.push_back(
                std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count()
            );
        }
        return std::ranges::min(seconds);
    };
    const double known = time("ada");
    const double unknown = time("nobody");
    EXPECT_GT(unknown, known * 0.5);
    EXPECT_LT(unknown, known * 2);
}

TEST_F(AccountRules, stops_guessing_by_name_until_the_window_has_passed) {
    make_accounts({{"accounts.attempts_per_account", "3"}});
    make_user("ada");
    make_user("bob");
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(try_password("ada", "wrong"), accounts::kWrongCredentials);
    const auto refused = accounts_->sign_in({"ada", kPassword}, {"203.0.113.9", "", ""});
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().kind, base::ErrorKind::rate_limited);
    ASSERT_EQ(refused.error().details.at(0).name, "retry_after_s");
    EXPECT_GT(std::get<std::int64_t>(refused.error().details[0].value), 800);
    EXPECT_EQ(try_password("bob", kPassword), "");
    wait(901s);
    EXPECT_EQ(try_password("ada", kPassword), "");
}

TEST_F(AccountRules, counts_guesses_that_come_all_at_once) {
    make_accounts({{"accounts.attempts_per_account", "4"}});
    make_user("ada");
    std::atomic<int> looked_at = 0;
    {
        std::vector<std::jthread> guesses;
        for (int i = 0; i < 12; ++i)
            guesses.emplace_back([&] {
                if (try_password("ada", "wrong") == accounts::kWrongCredentials) ++looked_at;
            });
    }
    EXPECT_EQ(looked_at, 4);
}

TEST_F(AccountRules, makes_one_first_administrator_of_two_that_come_at_once) {
    const std::vector<std::string> links = {link_token(), link_token()};
    std::atomic<int> made = 0;
    {
        std::vector<std::jthread> people;
        for (int i = 0; i < 2; ++i)
            people.emplace_back([&, i] {
                if (set_up(links[static_cast<std::size_t>(i)], "p" + std::to_string(i)).empty())
                    ++made;
            });
    }
    EXPECT_EQ(made, 1);
    EXPECT_EQ(accounts_->users({}, 10)->size(), 1U);
}

TEST_F(AccountRules, stops_guessing_by_address_over_many_names) {
    make_accounts({{"accounts.attempts_per_address", "3"}});
    make_user("ada");
    for (int i = 0; i < 3; ++i) try_password("name" + std::to_string(i), "wrong");
    EXPECT_EQ(try_password("ada", kPassword), accounts::kTooManyAttempts);
}

TEST_F(AccountRules, forgets_failures_after_a_sign_in_and_counts_no_success) {
    make_accounts({{"accounts.attempts_per_account", "2"}, {"accounts.attempts_per_address", "2"}});
    make_user("ada");
    for (int i = 0; i < 4; ++i) EXPECT_EQ(try_password("ada", kPassword), "") << i;
}

TEST_F(AccountRules, opens_a_new_session_at_each_sign_in_and_ends_the_former) {
    make_user("ada");
    const auto first = sign_in("ada");
    const auto second = sign_in("ada", first.cookie);
    EXPECT_NE(first.cookie, second.cookie);
    EXPECT_NE(first.csrf_token, second.csrf_token);
    EXPECT_EQ(door().identify(with_cookie(first.cookie))->user_id, 0);
    EXPECT_NE(door().identify(with_cookie(second.cookie))->user_id, 0);
}

TEST_F(AccountRules, keeps_no_secret_in_the_store) {
    const User ada = make_user("ada");
    const auto session = sign_in("ada");
    const auto token = accounts_->create_token(ada.id, "x", Scope::read, 1).value();
    const auto found = database_->read([](store::Session& s) {
        return s.rows(
            "SELECT password_hash AS kept FROM users UNION ALL SELECT token_hash FROM "
            "sessions UNION ALL SELECT token_hash FROM api_tokens"
        );
    });
    ASSERT_EQ(found->size(), 3U);
    EXPECT_TRUE((*found)[0].text("kept").starts_with("$argon2id$"));
    for (const auto& row : *found) {
        for (const auto& secret :
             {std::string(kPassword), session.cookie, session.csrf_token, token.token})
            EXPECT_EQ(row.text("kept").find(secret), std::string::npos);
    }
}

TEST_F(AccountRules, ends_other_sessions_on_a_new_password) {
    const User ada = make_user("ada");
    const auto other = sign_in("ada");
    const auto own = sign_in("ada");
    const auto actor = door().identify(with_cookie(own.cookie)).value();
    ASSERT_TRUE(accounts_
                    ->change_user(
                        ada.id,
                        {.password = "another long password"},
                        accounts::SessionId(actor.credential_id)
                    )
                    .has_value());
    EXPECT_EQ(door().identify(with_cookie(other.cookie))->user_id, 0);
    EXPECT_NE(door().identify(with_cookie(own.cookie))->user_id, 0);
    EXPECT_EQ(try_password("ada", kPassword), accounts::kWrongCredentials);
    EXPECT_EQ(try_password("ada", "another long password"), "");
}

TEST_F(AccountRules, shuts_a_disabled_user_out_at_once) {
    make_user("root", true);
    const User ada = make_user("ada");
    const auto session = sign_in("ada");
    const auto token = accounts_->create_token(ada.id, "x", Scope::read, 1).value();
    ASSERT_TRUE(door().identify(with_cookie(session.cookie)).has_value());
    ASSERT_TRUE(accounts_->change_user(ada.id, {.disabled = true})->disabled_at.has_value());
    EXPECT_EQ(door().identify(with_cookie(session.cookie))->user_id, 0);
    EXPECT_FALSE(door().identify(with_token(token.token)).has_value());
}

TEST_F(AccountRules, keeps_an_administrator_who_may_sign_in) {
    const User root = make_user("root", true);
    for (const auto& change :
         {accounts::UserChange{.disabled = true}, accounts::UserChange{.administrator = false}}) {
        const auto changed = accounts_->change_user(root.id, change);
        ASSERT_FALSE(changed.has_value());
        EXPECT_EQ(changed.error().reason, accounts::kLastAdministrator);
    }
    make_user("second", true);
    EXPECT_TRUE(accounts_->change_user(root.id, {.disabled = true}).has_value());
}

TEST_F(AccountRules, ends_only_ones_own_sessions_and_tokens) {
    const User ada = make_user("ada");
    const User bob = make_user("bob");
    sign_in("ada");
    const auto session = accounts_->sessions(ada.id)->at(0).id;
    const auto token = accounts_->create_token(ada.id, "x", Scope::read, 1)->id;
    EXPECT_EQ(
        accounts_->revoke_session(bob.id, session).error().reason, accounts::kSessionNotFound
    );
    EXPECT_EQ(accounts_->revoke_token(bob.id, token).error().reason, accounts::kTokenNotFound);
    EXPECT_TRUE(accounts_->revoke_session(ada.id, session).has_value());
    EXPECT_TRUE(accounts_->revoke_token(ada.id, token).has_value());
    EXPECT_EQ(accounts_->revoke_token(ada.id, token).error().reason, accounts::kTokenNotFound);
}

TEST_F(AccountRules, limits_the_tokens_of_a_user) {
    make_accounts({{"accounts.tokens_per_user", "2"}});
    const User ada = make_user("ada");
    for (int i = 0; i < 2; ++i)
        EXPECT_TRUE(accounts_->create_token(ada.id, "x", Scope::read, 1).has_value());
    EXPECT_EQ(
        accounts_->create_token(ada.id, "x", Scope::read, 1).error().reason,
        accounts::kTooManyTokens
    );
    EXPECT_EQ(
        accounts_->create_token(UserId(99), "x", Scope::read, 1).error().reason,
        accounts::kUserNotFound
    );
}

TEST_F(AccountRules, goes_on_only_to_paths_of_its_own) {
    EXPECT_EQ(accounts::own_path("/view/3/?a=b"), "/view/3/?a=b");
    for (const char* other :
         {"",
          "//evil.example",
          "https://evil.example",
          "/\\evil.example",
          "/a\r\nSet-Cookie: x",
          "javascript:alert(1)",
          "view/3/"})
        EXPECT_EQ(accounts::own_path(other), "/") << other;
}

}  // namespace
}  // namespace csva::projects
