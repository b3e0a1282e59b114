#include "features/tracking/filter.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

namespace csva::tracking {
namespace {

using store::Backend;

struct Good {
    std::string_view text;
    Subject subject;
    std::string_view key;
    Operator op;
    std::size_t values;
};

class ReadsFilter : public testing::TestWithParam<Good> {};

TEST_P(ReadsFilter, of_one_comparison) {
    const auto& wanted = GetParam();
    const auto found = parse_filter(wanted.text);
    ASSERT_TRUE(found) << wanted.text;
    ASSERT_EQ(found->size(), 1U) << wanted.text;
    EXPECT_EQ(found->front().subject, wanted.subject) << wanted.text;
    EXPECT_EQ(found->front().key, wanted.key) << wanted.text;
    EXPECT_EQ(found->front().op, wanted.op) << wanted.text;
    EXPECT_EQ(found->front().values.size(), wanted.values) << wanted.text;
}

INSTANTIATE_TEST_SUITE_P(
    filter,
    ReadsFilter,
    testing::Values(
        Good{"metrics.auc > 0.9", Subject::metric, "auc", Operator::greater, 1},
        Good{"  METRIC.auc>=-1e-3 ", Subject::metric, "auc", Operator::greater_equal, 1},
        Good{"metrics.`log loss` <= +2", Subject::metric, "log loss", Operator::less_equal, 1},
        Good{"metrics.\"a/b\" < 1", Subject::metric, "a/b", Operator::less, 1},
        Good{"params.lr = '0.1'", Subject::param, "lr", Operator::equal, 1},
        Good{"parameter.lr != \"0.1\"", Subject::param, "lr", Operator::different, 1},
        Good{"tags.mlflow.user LIKE 'a%'", Subject::tag, "mlflow.user", Operator::like, 1},
        Good{"tag.été ilike '%É%'", Subject::tag, "été", Operator::ilike, 1},
        Good{"tags.x IS NULL", Subject::tag, "x", Operator::is_null, 0},
        Good{"tags.x is not null", Subject::tag, "x", Operator::is_not_null, 0},
        Good{"attributes.run_id IN ('a', 'b','c')", Subject::attribute, "run_id", Operator::in, 3},
        Good{"run_id NOT IN ('a')", Subject::attribute, "run_id", Operator::not_in, 1},
        Good{"name = 'it''s'", Subject::attribute, "name", Operator::equal, 1},
        Good{"dataset.digest = 'x'", Subject::dataset, "digest", Operator::equal, 1},
        Good{"unknown.key = 'x'", Subject::attribute, "unknown.key", Operator::equal, 1}
    )
);

class RefusesFilter : public testing::TestWithParam<std::string_view> {};

TEST_P(RefusesFilter, and_says_near_what) {
    const auto found = parse_filter(GetParam());
    ASSERT_FALSE(found) << GetParam();
    EXPECT_EQ(found.error().reason, kBadFilter);
    ASSERT_EQ(found.error().details.size(), 1U);
    EXPECT_EQ(found.error().details.front().name, "near");
}

INSTANTIATE_TEST_SUITE_P(
    filter,
    RefusesFilter,
    testing::Values(
        "metrics.auc",
        "metrics.auc >",
        "metrics.auc => 1",
        "metrics.auc == 1",
        "metrics.auc <> 1",
        "metrics.auc > 1 OR metrics.f1 > 1",
        "metrics.auc > 1 AND",
        "AND metrics.auc > 1 metrics.b > 2",
        "metrics.auc > 1x",
        "params.a = 'open",
        "params.`open = 'x'",
        "params.a IN 'x'",
        "params.a IN ('x'",
        "params.a IN ()",
        "tags.x IS 3",
        "tags.x NOT LIKE 'x'",
        "= 'x'",
        "'x' = 'x'",
        "name = 'a'; DROP TABLE tracking_runs",
        "name = 'a' -- more",
        "((name = 'a'))"
    )
);

constexpr std::array<Attribute, 2> kAttributes = {
    {{"name", "r.name"}, {"start_time", "r.started_at", true}}
};
constexpr Searchable kSearchable{
    .key = "r.id",
    .attributes = kAttributes,
    .params = {"some_params", "run_number"},
    .tags = {"some_tags", "run_number"},
    .metrics = {"some_metrics", "run_number"}
};

TEST(condition, binds_every_key_and_literal) {
    const std::string filter =
        "metrics.`m'--` > 1 AND params.p = 'x''; DROP' AND tags.t LIKE 'a%' AND name IN ('b', 'c')";
    for (const auto backend : {Backend::sqlite, Backend::postgres}) {
        const auto made = condition_of(filter, kSearchable, backend);
        ASSERT_TRUE(made) << made.error().reason;
        EXPECT_EQ(made->sql.find("DROP"), std::string::npos);
        EXPECT_EQ(made->sql.find("--"), std::string::npos);
        EXPECT_EQ(made->values.size(), 8U);
        EXPECT_EQ(std::get<std::string>(made->values[0].data), "m'--");
        EXPECT_EQ(std::get<std::string>(made->values[3].data), "x'; DROP");
    }
}

TEST(condition, minds_the_case_of_like_on_both_back_ends) {
    const auto sqlite = condition_of("name LIKE 'A_*%'", kSearchable, Backend::sqlite);
    ASSERT_TRUE(sqlite);
    EXPECT_NE(sqlite->sql.find("GLOB"), std::string::npos);
    EXPECT_EQ(std::get<std::string>(sqlite->values.front().data), "A?[*]*");
    const auto postgres = condition_of("name LIKE 'A_*%'", kSearchable, Backend::postgres);
    ASSERT_TRUE(postgres);
    EXPECT_EQ(std::get<std::string>(postgres->values.front().data), "A_*%");
}

TEST(condition, refuses_what_cannot_be_searched) {
    for (const auto* filter :
         {"nothing = 'x'",
          "start_time = 'x'",
          "start_time LIKE 'x'",
          "name > 'x'",
          "name = 1",
          "metrics.auc = 'x'",
          "metrics.auc LIKE '1'",
          "params.p = 1",
          "dataset.name = 'x'"}) {
        const auto made = condition_of(filter, kSearchable, Backend::sqlite);
        ASSERT_FALSE(made) << filter;
        EXPECT_EQ(made.error().reason, kBadFilter) << filter;
    }
}

TEST(order, is_by_attributes_and_children_with_a_last_word) {
    const std::vector<std::string> terms = {"metrics.auc DESC", "name", "params.`l r` asc"};
    const auto made = ordering_of(terms, kSearchable, "r.id");
    ASSERT_TRUE(made) << made.error().reason;
    EXPECT_EQ(made->sql, "o0 DESC NULLS LAST, r.name ASC NULLS LAST, o1 ASC NULLS LAST, r.id");
    ASSERT_EQ(made->values.size(), 2U);
    EXPECT_EQ(std::get<std::string>(made->values[1].data), "l r");
    for (const auto* wrong : {"", "name UP", "name DESC x", "nothing", "dataset.name"}) {
        const std::vector<std::string> one = {wrong};
        const auto refused = ordering_of(one, kSearchable, "r.id");
        ASSERT_FALSE(refused) << wrong;
        EXPECT_EQ(refused.error().reason, kBadOrder) << wrong;
    }
}

TEST(page_tokens, come_back_as_they_went) {
    EXPECT_EQ(offset_of("").value_or(-1), 0);
    EXPECT_EQ(offset_of(page_token(12'345)).value_or(-1), 12'345);
    for (const auto* wrong : {"x", "page-", "page--1", "page-1x", "page-99999999999999999999"}) {
        const auto found = offset_of(wrong);
        ASSERT_FALSE(found) << wrong;
        EXPECT_EQ(found.error().reason, "tracking.bad_page_token");
    }
}

}  // namespace
}  // namespace csva::tracking
