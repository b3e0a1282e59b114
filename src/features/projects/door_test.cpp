#include "features/projects/test_world.hpp"
#include "foundation/base/clock.hpp"

namespace csva::projects {
namespace {

using accounts::Scope;
using http::Access;
using http::Actor;
using http::Right;
using http::Via;
using namespace std::chrono_literals;

class Door : public World {
protected:
    ~Door() override { base::Clock::move_by(-moved_); }
    void wait(std::chrono::milliseconds time) {
        base::Clock::move_by(time);
        moved_ += time;
    }
    std::string reason(const Actor& actor, const Access& access, std::int64_t id = 0) {
        const auto answer = door().authorize(actor, access, id);
        return answer ? "" : answer.error().reason;
    }
    Actor with_scope(const std::string& name, Scope scope) {
        const auto user = accounts_->user_named(name).value();
        const auto token = accounts_->create_token(user.id, "test", scope, 1).value();
        return door().identify(with_token(token.token)).value();
    }
    std::int64_t personal_of(const std::string& name) {
        const Actor actor = actor_of(name);
        return write([&](store::Session& session) { return project_for_new(session, actor); })
            .value()
            .value;
    }

private:
    std::chrono::milliseconds moved_{0};
};

http::RequestHead mission_call() {
    http::RequestHead head;
    head.method = http::Method::post;
    head.path = "/api/upload-csv/";
    head.remote_address = "127.0.0.1";
    head.scheme = "http";
    head.host = "localhost:8000";
    return head;
}

TEST_F(Door, knows_a_session_from_the_database_then_from_memory) {
    make_user("ada");
    const auto head = with_cookie(sign_in("ada").cookie);
    EXPECT_FALSE(door().identify_quickly(head).has_value());
    const auto actor = door().identify(head).value();
    EXPECT_EQ(actor.name, "ada");
    EXPECT_EQ(actor.via, Via::session);
    const auto quick = door().identify_quickly(head);
    ASSERT_TRUE(quick.has_value());
    EXPECT_EQ((*quick)->user_id, actor.user_id);
}

TEST_F(Door, takes_an_old_cookie_for_nobody_and_an_unknown_token_for_an_error) {
    EXPECT_EQ(door().identify(with_cookie("gone"))->user_id, 0);
    const auto token = door().identify(with_token("csva_wrong"));
    ASSERT_FALSE(token.has_value());
    EXPECT_EQ(token.error().reason, accounts::kTokenInvalid);
    EXPECT_EQ(token.error().kind, base::ErrorKind::unauthenticated);
}

TEST_F(Door, never_takes_a_token_for_a_cookie_or_the_other_way_round) {
    const auto user = make_user("ada");
    const auto token = accounts_->create_token(user.id, "x", Scope::admin, 1).value().token;
    const auto cookie = sign_in("ada").cookie;
    ASSERT_TRUE(door().identify(with_token(token)).has_value());
    ASSERT_TRUE(door().identify(with_cookie(cookie)).has_value());
    EXPECT_FALSE(door().identify_quickly(with_cookie(token)).has_value());
    EXPECT_EQ(door().identify(with_cookie(token))->user_id, 0);
    EXPECT_FALSE(door().identify(with_token(cookie)).has_value());
}

TEST_F(Door, forgets_a_revoked_token_at_once) {
    const auto user = make_user("ada");
    const auto token = accounts_->create_token(user.id, "x", Scope::read, 1).value();
    const auto head = with_token(token.token);
    ASSERT_TRUE(door().identify(head).has_value());
    ASSERT_TRUE(accounts_->revoke_token(user.id, token.id).has_value());
    EXPECT_FALSE(door().identify_quickly(head).has_value());
    EXPECT_FALSE(door().identify(head).has_value());
}

TEST_F(Door, ends_a_session_when_idle_and_when_old) {
    make_accounts({{"accounts.session_idle_s", "100"}, {"accounts.session_s", "250"}});
    make_user("ada");
    const auto idle = with_cookie(sign_in("ada").cookie);
    wait(101s);
    EXPECT_EQ(door().identify(idle)->user_id, 0);
    const auto used = with_cookie(sign_in("ada").cookie);
    for (int i = 0; i < 3; ++i) {
        wait(80s);
        EXPECT_NE(door().identify(used)->user_id, 0) << i;
    }
    wait(20s);
    EXPECT_EQ(door().identify(used)->user_id, 0);
    EXPECT_FALSE(door().identify_quickly(used).has_value());
}

TEST_F(Door, ends_a_token_on_its_last_day) {
    const auto user = make_user("ada");
    const auto head = with_token(accounts_->create_token(user.id, "x", Scope::read, 1)->token);
    ASSERT_TRUE(door().identify(head).has_value());
    wait(24h);
    EXPECT_FALSE(door().identify_quickly(head).has_value());
    EXPECT_FALSE(door().identify(head).has_value());
}

TEST_F(Door, answers_an_object_of_another_like_one_that_is_not_there) {
    make_user("ada");
    make_user("bob");
    const std::int64_t own = personal_of("ada");
    const Access read = http::access::object("thing", Right::read, "thing_id");
    EXPECT_EQ(reason(actor_of("ada"), read, own), "");
    EXPECT_EQ(reason(actor_of("bob"), read, own), "things.not_found");
    EXPECT_EQ(reason(actor_of("bob"), read, own + 999), "things.not_found");
    EXPECT_EQ(reason(Actor{}, read, own), accounts::kSignInNeeded);
}

TEST_F(Door, shows_everything_to_an_administrator_but_not_what_is_not_there) {
    make_user("ada");
    make_user("root", true);
    const Access manage = http::access::object("thing", Right::manage, "thing_id");
    EXPECT_EQ(reason(actor_of("root"), manage, personal_of("ada")), "");
    EXPECT_EQ(reason(actor_of("root"), manage, 999), "things.not_found");
}

TEST_F(Door, gives_each_role_its_rights) {
    make_user("ada");
    const Actor ada = actor_of("ada");
    const ProjectId id = write([&](store::Session& s) { return create(s, ada, "Team"); })->id;
    for (const Role role : {Role::viewer, Role::editor, Role::owner}) {
        const auto name = "role" + std::to_string(static_cast<int>(role));
        make_user(name);
        ASSERT_TRUE(write([&](store::Session& s) { return add_member(s, id, name, role); }));
        const Actor actor = actor_of(name);
        for (const Right right : {Right::read, Right::write, Right::manage}) {
            const bool allowed = static_cast<int>(role) >= static_cast<int>(right);
            EXPECT_EQ(
                reason(actor, http::access::object("thing", right, "thing_id"), id.value),
                allowed ? "" : accounts::kForbidden
            );
        }
    }
}

TEST_F(Door, keeps_a_token_inside_its_scope) {
    make_user("root", true);
    const std::int64_t own = personal_of("root");
    const Actor read = with_scope("root", Scope::read);
    const Actor write = with_scope("root", Scope::write);
    const Actor admin = with_scope("root", Scope::admin);
    const auto thing = [](Right right) { return http::access::object("thing", right, "thing_id"); };
    EXPECT_EQ(reason(read, thing(Right::read), own), "");
    EXPECT_EQ(reason(read, thing(Right::write), own), accounts::kScopeTooSmall);
    EXPECT_EQ(reason(read, http::access::signed_in(Right::write)), accounts::kScopeTooSmall);
    EXPECT_EQ(reason(write, thing(Right::write), own), "");
    EXPECT_EQ(reason(write, thing(Right::manage), own), accounts::kScopeTooSmall);
    EXPECT_EQ(reason(write, http::access::administrator()), accounts::kScopeTooSmall);
    EXPECT_EQ(reason(admin, http::access::administrator()), "");
}

TEST_F(Door, keeps_ordinary_users_from_what_is_for_administrators) {
    make_user("ada");
    EXPECT_EQ(reason(actor_of("ada"), http::access::administrator()), accounts::kForbidden);
    EXPECT_EQ(
        reason(with_scope("ada", Scope::admin), http::access::administrator()), accounts::kForbidden
    );
    EXPECT_EQ(reason(Actor{}, http::access::administrator()), accounts::kSignInNeeded);
}

TEST_F(Door, closes_an_open_route_by_its_setting_to_strangers_only) {
    const Access access = http::access::open("test.open");
    EXPECT_EQ(reason(Actor{}, access), "");
    make_accounts({{"test.open", "false"}});
    make_user("ada");
    EXPECT_EQ(reason(Actor{}, access), accounts::kSignInNeeded);
    EXPECT_EQ(reason(actor_of("ada"), access), "");
}

TEST_F(Door, wants_the_sessions_own_csrf_token) {
    make_user("ada");
    make_user("bob");
    const Actor ada = actor_of("ada");
    const Actor bob = actor_of("bob");
    const auto reason_of = [&](const http::RequestHead& head, std::string_view form) {
        const auto answer = door().check_csrf(ada, head, form);
        return answer ? "" : answer.error().reason;
    };
    EXPECT_EQ(reason_of(request(), ""), accounts::kCsrf);
    EXPECT_EQ(reason_of(request(), bob.csrf_token), accounts::kCsrf);
    EXPECT_EQ(reason_of(request({{"x-csrftoken", "wrong"}}), ada.csrf_token), accounts::kCsrf);
    EXPECT_EQ(reason_of(request({{"x-csrftoken", ada.csrf_token}}), ""), "");
    EXPECT_EQ(reason_of(request(), ada.csrf_token), "");
}

TEST_F(Door, lets_the_missions_own_call_into_the_inbox) {
    const Access access = http::access::signed_in_or_inbox();
    for (const char* peer : {"127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"}) {
        auto head = mission_call();
        head.remote_address = peer;
        const Actor actor = door().identify(head).value();
        EXPECT_EQ(actor.via, Via::inbox) << peer;
        EXPECT_EQ(reason(actor, access), "") << peer;
        EXPECT_EQ(reason(actor, http::access::signed_in()), accounts::kSignInNeeded);
    }
    for (const char* host : {"localhost", "LOCALHOST:80", "127.0.0.1:8000", "[::1]:8000"}) {
        auto head = mission_call();
        head.host = host;
        EXPECT_EQ(door().identify(head)->via, Via::inbox) << host;
    }
    auto own_page = mission_call();
    own_page.headers = {{"origin", "http://localhost:8000"}, {"sec-fetch-site", "same-origin"}};
    EXPECT_EQ(door().identify(own_page)->via, Via::inbox);
}

TEST_F(Door, keeps_everybody_else_out_of_the_inbox) {
    std::vector<http::RequestHead> others(9, mission_call());
    others[0].remote_address = "192.168.1.4";
    others[1].host = "csv.example.org";
    others[2].host = "127.0.0.1.example.org";
    others[3].forwarded = true;
    others[4].headers = {{"origin", "http://evil.example"}};
    others[5].headers = {{"sec-fetch-site", "cross-site"}};
    others[6].headers = {{"origin", "null"}};
    others[7].path = "/api/v1/datasets";
    others[8].method = http::Method::get;
    for (std::size_t i = 0; i < others.size(); ++i) {
        const Actor actor = door().identify(others[i]).value();
        EXPECT_EQ(actor.via, Via::none) << i;
        EXPECT_EQ(reason(actor, http::access::signed_in_or_inbox()), accounts::kSignInNeeded) << i;
    }
    make_accounts({{"accounts.loopback_upload", "false"}});
    EXPECT_EQ(door().identify(mission_call())->via, Via::none);
}

TEST_F(Door, remembers_rights_until_something_changes) {
    make_user("ada");
    const std::int64_t project = personal_of("ada");
    const Actor ada = actor_of("ada");
    const Access access = http::access::object("thing", Right::write, "thing_id");
    const auto known = [&] { return door().authorize_quickly(ada, access, project).has_value(); };
    EXPECT_FALSE(known());
    EXPECT_EQ(reason(ada, access, project), "");
    EXPECT_TRUE(known() && door().authorize_quickly(ada, access, project)->has_value());
    EXPECT_FALSE(door().authorize_quickly(ada, access, project + 1).has_value());
    make_user("bob");  // any transaction
    EXPECT_FALSE(known());
}

TEST_F(Door, what_nobody_may_do_is_not_remembered) {
    make_user("ada");
    make_user("bob");
    const std::int64_t project = personal_of("ada");
    const Access access = http::access::object("thing", Right::read, "thing_id");
    const Actor bob = actor_of("bob");
    EXPECT_EQ(reason(bob, access, project), "things.not_found");
    EXPECT_FALSE(door().authorize_quickly(bob, access, project).has_value());
    EXPECT_FALSE(*door().authorize_quickly(Actor{}, access, project));
}

}  // namespace
}  // namespace csva::projects
