#include "foundation/http/witness.hpp"

#include "foundation/http/text.hpp"

#include <gtest/gtest.h>

namespace csva::http {
namespace {

struct NameAndRoute {
    std::string_view name;
    Method method;
    std::string_view literal;
    std::string_view tag;
    std::string_view action = {};
};

TEST(Witness, names_actions_after_their_routes) {
    static const Dialect dialect;
    const std::vector<NameAndRoute> cases = {
        {"datasets.delete", Method::delete_, "/api/v1/datasets/{dataset_id}", "datasets"},
        {"datasets.change", Method::patch, "/api/v1/datasets/{dataset_id}", "datasets"},
        {"datasets.set_current",
         Method::put,
         "/api/v1/datasets/{dataset_id}/versions/{version_id}/current",
         "datasets"},
        {"training.create_trainings",
         Method::post,
         "/api/v1/datasets/{dataset_id}/trainings",
         "training"},
        {"jobs.cancel", Method::post, "/api/v1/jobs/{job_id}/cancel", "jobs"},
        {"projects.create", Method::post, "/api/v1/projects", "projects"},
        {"projects.delete_members",
         Method::delete_,
         "/api/v1/projects/{project_id}/members/{user_id}",
         "projects"},
        {"accounts.sign_in", Method::post, "/login/", "accounts", "accounts.sign_in"},
        {"datasets.read_rows", Method::get, "/api/v1/datasets/{dataset_id}/rows", "datasets"},
    };
    for (const auto& one : cases) {
        Route route{.method = one.method, .literal = one.literal, .access = {}, .doc = {}};
        route.doc.tag = one.tag;
        route.doc.action = one.action;
        EXPECT_EQ(action_of(route), one.name);
    }
    Route foreign{
        .method = Method::post,
        .literal = "/api/2.0/mlflow/runs/log-metric",
        .access = {},
        .doc = {}
    };
    foreign.doc.tag = "tracking";
    foreign.dialect = &dialect;
    EXPECT_EQ(action_of(foreign), "tracking.runs_log_metric");
    foreign.method = Method::delete_;
    foreign.literal = "/api/2.0/mlflow/registered-models/alias";
    EXPECT_EQ(action_of(foreign), "tracking.delete_registered_models_alias");
}

TEST(Witness, says_what_a_request_is_about) {
    Context context;
    context.path_parameters = {{"project_id", "4"}, {"user_id", "9"}};
    Route route{.access = access::object("project", Right::manage, "project_id"), .doc = {}};
    EXPECT_EQ(subject_of(route, context).kind, "project");
    EXPECT_EQ(subject_of(route, context).id, 4);
    route.access = access::administrator();
    EXPECT_EQ(subject_of(route, context).kind, "user");
    EXPECT_EQ(subject_of(route, context).id, 9);
    context.path_parameters = {{"pk", "12"}};
    EXPECT_EQ(subject_of(route, context).kind, "dataset");
    context.path_parameters = {{"dataset_id", "../etc"}};
    EXPECT_EQ(subject_of(route, context).kind, "");
}

TEST(Network, keeps_no_more_of_an_address_than_its_network) {
    EXPECT_EQ(network_of("203.0.113.77"), "203.0.113.0/24");
    EXPECT_EQ(network_of("::ffff:203.0.113.77"), "203.0.113.0/24");
    EXPECT_EQ(network_of("2001:db8:1:2:3:4:5:6"), "2001:db8:1::/48");
    EXPECT_EQ(network_of("::1"), "::/48");
    EXPECT_EQ(network_of("somewhere"), "");
    EXPECT_EQ(network_of(""), "");
}

}  // namespace
}  // namespace csva::http
