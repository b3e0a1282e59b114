#include "features/projects/test_world.hpp"

namespace csva::projects {
namespace {

using http::Actor;

class Projects : public World {
protected:
    Projects() {
        make_user("ada");
        make_user("bob");
        make_user("root", true);
        ada_ = actor_of("ada");
        bob_ = actor_of("bob");
        root_ = actor_of("root");
    }
    std::vector<Project> seen_by(const Actor& actor) {
        return write([&](store::Session& s) { return list(s, actor, {}, 100); }).value();
    }
    ProjectId make(const std::string& name = "Team") {
        return write([&](store::Session& s) { return create(s, ada_, name); })->id;
    }
    std::string add(ProjectId id, const std::string& name, Role role = Role::viewer) {
        return reason(write([&](store::Session& s) { return add_member(s, id, name, role); }));
    }
    std::string remove_ada(ProjectId id) {
        return reason(write([&](store::Session& s) {
            return remove_member(s, id, accounts::UserId(ada_.user_id));
        }));
    }
    template <class T>
    static std::string reason(const base::Result<T>& result) {
        return result ? "" : result.error().reason;
    }
    Actor ada_;
    Actor bob_;
    Actor root_;
};

TEST_F(Projects, gives_each_user_a_personal_one) {
    const auto seen = seen_by(ada_);
    ASSERT_EQ(seen.size(), 1U);
    EXPECT_EQ(seen[0].kind, ProjectKind::personal);
    EXPECT_EQ(seen[0].name, "ada");
    EXPECT_EQ(seen[0].role, Role::owner);
    EXPECT_EQ(seen_by(root_).size(), 3U);
}

TEST_F(Projects, shows_a_shared_one_to_its_members_only) {
    const ProjectId id = make();
    EXPECT_EQ(seen_by(bob_).size(), 1U);
    EXPECT_EQ(add(id, "BOB"), "");
    ASSERT_EQ(seen_by(bob_).size(), 2U);
    EXPECT_EQ(seen_by(bob_)[1].role, Role::viewer);
    EXPECT_EQ(add(id, "bob"), kAlreadyMember);
    EXPECT_EQ(add(id, "nobody"), accounts::kUserNotFound);
}

TEST_F(Projects, keeps_an_owner) {
    const ProjectId id = make();
    EXPECT_EQ(remove_ada(id), kLastOwner);
    EXPECT_EQ(add(id, "bob", Role::owner), "");
    EXPECT_EQ(remove_ada(id), "");
    EXPECT_EQ(remove_ada(id), kMemberNotFound);
}

TEST_F(Projects, keeps_personal_ones_and_the_inbox_to_themselves) {
    const ProjectId personal = seen_by(ada_)[0].id;
    const ProjectId box = write([](store::Session& s) { return inbox(s); }).value();
    for (const ProjectId id : {personal, box}) {
        EXPECT_EQ(add(id, "bob"), kPersonal);
        EXPECT_EQ(reason(write([&](store::Session& s) { return remove(s, id, {}); })), kPersonal);
    }
}

TEST_F(Projects, has_one_inbox_that_only_administrators_see) {
    Actor stranger;
    stranger.via = http::Via::inbox;
    const auto target = [&] {
        return write([&](store::Session& s) { return project_for_new(s, stranger); }).value();
    };
    EXPECT_EQ(target(), target());
    EXPECT_EQ(seen_by(ada_).size(), 1U);
    EXPECT_EQ(seen_by(root_).size(), 4U);
}

TEST_F(Projects, puts_new_things_where_one_may_write) {
    const ProjectId id = make();
    const auto target = [&](const Actor& actor, std::optional<ProjectId> wanted) {
        return reason(write([&](store::Session& s) { return project_for_new(s, actor, wanted); }));
    };
    EXPECT_EQ(target(ada_, id), "");
    EXPECT_EQ(target(bob_, id), kNotFound);
    add(id, "bob");
    EXPECT_EQ(target(bob_, id), accounts::kForbidden);
    EXPECT_EQ(target(bob_, {}), "");
    EXPECT_EQ(target(root_, id), "");
}

TEST_F(Projects, refuses_names_nobody_could_read) {
    for (const std::string& name :
         {std::string(), std::string("   "), std::string(101, 'x'), std::string("a\nb")}) {
        EXPECT_EQ(
            reason(write([&](store::Session& s) { return create(s, ada_, name); })), kBadName
        );
    }
    EXPECT_EQ(reason(write([&](store::Session& s) { return create(s, ada_, "Équipe 5"); })), "");
}

TEST_F(Projects, goes_with_everything_in_it) {
    const ProjectId id = make();
    add(id, "bob");
    const auto own = lifecycle();
    ASSERT_TRUE(write([&](store::Session& s) { return remove(s, id, {own.get()}); }));
    EXPECT_EQ(seen_by(ada_).size(), 1U);
    EXPECT_EQ(seen_by(bob_).size(), 1U);
    EXPECT_TRUE(write([&](store::Session& s) { return own->verify(s); })->empty());
}

}  // namespace
}  // namespace csva::projects
