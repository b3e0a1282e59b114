#include "foundation/http/router.hpp"

#include <gtest/gtest.h>

namespace csva::http {
namespace {

class RouterTest : public testing::Test {
protected:
    RouterTest() {
        for (const std::string_view literal :
             {"/things",
              "/things/{id}",
              "/things/{id}/parts",
              "/things/new/{kind}",
              "/things/{name}@{alias}/parts",
              "/files/{path*}",
              "/files/{id}/size",
              "/{page}"})
            routes_.add<NoRequest, Response>(
                Method::get,
                literal,
                access::open(),
                {.summary = "A route.", .tag = "test"},
                [](Context&, const NoRequest&) -> base::Result<Response> { return Response{}; }
            );
    }

    /// The literal that a path finds and its parameters; nothing: "none".
    std::string found(std::string_view path) const {
        const auto result = Router(routes_).find(path);
        if (!result) return "none";
        std::string out(result->by_method[static_cast<std::size_t>(Method::get)]->literal);
        for (const auto& [name, value] : result->parameters) out += " " + name + "=" + value;
        return out;
    }

    Routes routes_;
};

TEST_F(RouterTest, takes_the_most_literal_route_at_the_first_difference) {
    EXPECT_EQ(found("/things"), "/things");
    EXPECT_EQ(found("/things/7"), "/things/{id} id=7");
    EXPECT_EQ(found("/things/7/parts"), "/things/{id}/parts id=7");
    EXPECT_EQ(found("/things/new/parts"), "/things/new/{kind} kind=parts");
    EXPECT_EQ(found("/things/a@b/parts"), "/things/{name}@{alias}/parts name=a alias=b");
    EXPECT_EQ(found("/files/7/size"), "/files/{id}/size id=7");
    EXPECT_EQ(found("/files/7/8/9"), "/files/{path*} path=7/8/9");
    EXPECT_EQ(found("/about"), "/{page} page=about");
}

TEST_F(RouterTest, decodes_segments_and_refuses_what_is_no_address) {
    EXPECT_EQ(found("/thing%73"), "/things");
    EXPECT_EQ(found("/things/a%2Fb"), "/things/{id} id=a/b");
    EXPECT_EQ(found("/things%2F7"), "/{page} page=things/7");
    EXPECT_EQ(found("/things/"), "none");
    EXPECT_EQ(found("/things/../things"), "none");
    EXPECT_EQ(found("/things/%zz"), "none");
    EXPECT_EQ(found("/nothing/at/all"), "none");
    EXPECT_EQ(found("things"), "none");
    EXPECT_EQ(found(""), "none");
}

}  // namespace
}  // namespace csva::http
