#include "foundation/base/described.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <bit>
#include <charconv>
#include <cmath>
#include <random>

namespace csva::described_test {

enum class Preset { quick, solid, best };
CSVA_DESCRIBE_ENUM(Preset, quick, solid, best)

struct Inner {
    std::string column;
    base::Cell value;
};
CSVA_DESCRIBE(Inner, column, value)

struct Sample {
    std::int64_t trees = 100;
    std::optional<double> rate;
    Preset preset = Preset::quick;
    std::vector<Inner> steps;
    std::map<std::string, std::int64_t> counts;
    bool flag = false;
};
CSVA_DESCRIBE(Sample, trees, rate, preset, steps, counts, flag)
CSVA_NOTES(
    Sample,
    {.field = "trees", .text = "Number of trees.", .minimum = 1, .maximum = 10000, .defaulted = true
    },
    {.field = "counts", .defaulted = true},
    {.field = "flag", .defaulted = true}
)

constexpr std::string_view kGood =
    R"({"trees":5,"rate":0.1,"preset":"best","steps":[{"column":"a","value":1.5},{"column":"b","value":null}],"counts":{"x":2},"flag":true})";

TEST(described, reads_back_what_it_wrote) {
    const auto sample = base::from_json<Sample>(kGood);
    ASSERT_TRUE(sample) << sample.error().reason;
    EXPECT_EQ(base::to_json(*sample), kGood);
    EXPECT_EQ(sample->steps[0].value.number, 1.5);
}

TEST(described, reads_the_nearest_double_of_every_number) {
    std::mt19937_64 random(7);
    for (int i = 0; i < 20'000; ++i) {
        const auto number = std::bit_cast<double>(random());
        if (!std::isfinite(number)) continue;
        const auto text = fmt::format(R"({{"column":"a","value":{:.17g}}})", number);
        const auto read = base::from_json<Inner>(text);
        ASSERT_TRUE(read) << text;
        EXPECT_EQ(read->value.number, number) << text;
    }
}

TEST(described, reads_texts_with_rests_and_depths_as_bad) {
    const auto nested = [](std::size_t depth) {
        return R"({"column":"a","value":)" + std::string(depth, '[') + std::string(depth, ']') +
               "}";
    };
    for (const auto& text : {std::string(kGood) + "x", std::string("{"), nested(40)}) {
        const auto read = base::from_json<Sample>(text);
        ASSERT_FALSE(read) << text;
        EXPECT_EQ(read.error().reason, "base.bad_json") << text;
    }
}

struct Bad {
    std::string_view json;
    std::string_view reason;
    std::string_view field;
};

void PrintTo(const Bad& bad, std::ostream* out) { *out << bad.json; }

class Refuses : public testing::TestWithParam<Bad> {};

TEST_P(Refuses, with_reason_and_field) {
    const auto sample = base::from_json<Sample>(GetParam().json);
    ASSERT_FALSE(sample);
    EXPECT_EQ(sample.error().reason, GetParam().reason);
    if (!GetParam().field.empty()) {
        EXPECT_EQ(std::get<std::string>(sample.error().details.at(0).value), GetParam().field);
    }
}

INSTANTIATE_TEST_SUITE_P(
    described,
    Refuses,
    testing::Values(
        Bad{"{", "base.bad_json", ""},
        Bad{R"({"preset":"best","steps":[],"more":1})", "base.unknown_field", "more"},
        Bad{R"({"preset":"best"})", "base.missing_field", "steps"},
        Bad{R"({"preset":"worst","steps":[]})", "base.not_a_choice", "preset"},
        Bad{R"({"preset":"best","steps":[{"column":1,"value":1}]})",
            "base.wrong_type",
            "steps[0].column"},
        Bad{R"({"preset":"best","steps":[],"trees":0})", "base.out_of_range", "trees"},
        Bad{R"({"preset":"best","steps":[],"trees":1.5})", "base.wrong_type", "trees"}
    )
);

TEST(described, fills_from_pairs) {
    Sample sample;
    const std::vector<std::pair<std::string, std::string>> pairs{
        {"trees", "7"}, {"preset", "solid"}, {"flag", "on"}
    };
    const auto done = base::decode_pairs(pairs, base::type_of<Sample>(), &sample);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().reason, "base.missing_field");
    EXPECT_EQ(sample.trees, 7);
    EXPECT_TRUE(sample.flag);
}

struct AnyRow {
    std::map<std::string, base::Cell> values;
};
CSVA_DESCRIBE(AnyRow, values)
CSVA_NOTES(AnyRow, {.field = "values", .catch_all = true})

TEST(described, catch_all_takes_members_without_a_field) {
    const auto flat = base::from_json<AnyRow>(R"({"Age":22,"values":{"Sex":"male"}})");
    ASSERT_TRUE(flat) << flat.error().reason;
    EXPECT_EQ(flat->values.at("Age").number, 22);
    EXPECT_EQ(flat->values.at("Sex").text, "male");
    AnyRow row;
    const std::vector<std::pair<std::string, std::string>> pairs{{"Age", "22"}};
    ASSERT_TRUE(base::decode_pairs(pairs, base::type_of<AnyRow>(), &row));
    EXPECT_EQ(row.values.at("Age").text, "22");
}

struct Plan {
    std::string title;
    std::vector<Inner> steps;
};
CSVA_DESCRIBE(Plan, title, steps)
CSVA_NOTES(Plan, {.field = "title", .maximum = 3}, {.field = "steps", .minimum = 1, .maximum = 2})

base::Result<Plan> plan_of(const std::vector<std::pair<std::string, std::string>>& pairs) {
    Plan plan;
    CHECK_OK(base::decode_pairs(pairs, base::type_of<Plan>(), &plan));
    return plan;
}

TEST(described, a_form_says_records_as_json) {
    const std::string one = R"({"column":"a","value":1})";
    for (const auto& pairs : std::vector<std::vector<std::pair<std::string, std::string>>>{
             {{"title", "x"}, {"steps", "[" + one + "," + one + "]"}},
             {{"title", "x"}, {"steps", one}, {"steps", one}}
         }) {
        const auto plan = plan_of(pairs);
        ASSERT_TRUE(plan) << plan.error().reason;
        ASSERT_EQ(plan->steps.size(), 2u);
        EXPECT_EQ(plan->steps[1].column, "a");
    }
    EXPECT_EQ(plan_of({{"title", "x"}, {"steps", "trim"}}).error().reason, "base.wrong_type");
    EXPECT_EQ(plan_of({{"title", "x"}, {"steps", "[]"}}).error().reason, "base.out_of_range");
    EXPECT_EQ(
        plan_of({{"title", "x"}, {"steps", R"({"columns":"a"})"}}).error().reason,
        "base.unknown_field"
    );
}

TEST(described, counts_characters_and_not_bytes) {
    const std::string steps = R"([{"column":"a","value":1}])";
    EXPECT_TRUE(plan_of({{"title", "\u00e9t\u00e9"}, {"steps", steps}}));
    EXPECT_EQ(
        plan_of({{"title", "\u00e9t\u00e9s"}, {"steps", steps}}).error().reason, "base.out_of_range"
    );
}

void expect_shortest(double number) {
    char buffer[32];
    const std::string wanted(buffer, std::to_chars(buffer, buffer + sizeof buffer, number).ptr);
    std::string written;
    base::encode_number(written, number);
    ASSERT_EQ(written, wanted);
}

TEST(described, writes_the_shortest_text_of_every_number) {
    std::mt19937_64 random(11);
    for (const double number :
         {0.0,
          -0.0,
          1.0,
          -7.0,
          0.001,
          0.000999,
          0.5,
          99'999.0,
          100'000.0,
          120'000.0,
          999'999'999.999'999,
          1e9,
          0.1 + 0.2}) {
        expect_shortest(number);
        expect_shortest(std::nextafter(number, 2e9));
        expect_shortest(std::nextafter(number, -2e9));
    }
    for (int i = 0; i < 200'000; ++i) {
        const auto bits = random();
        const auto places = std::pow(10.0, static_cast<double>(bits % 9));
        const auto whole = static_cast<std::int64_t>(random() >> (20 + bits % 44));
        expect_shortest((i % 2 == 0 ? 1 : -1) * static_cast<double>(whole) / places);
        const auto any = std::bit_cast<double>(random());
        if (std::isfinite(any)) expect_shortest(any);
    }
}

TEST(described, schema_lists_required_fields_and_limits) {
    std::map<std::string, std::string> components;
    EXPECT_EQ(
        base::json_schema(base::type_of<Sample>(), components),
        R"({"$ref":"#/components/schemas/Sample"})"
    );
    const auto& schema = components.at("Sample");
    EXPECT_NE(schema.find(R"("required":["preset","steps"])"), std::string::npos) << schema;
    EXPECT_NE(schema.find(R"("minimum":1,"maximum":10000)"), std::string::npos) << schema;
    EXPECT_TRUE(components.contains("Inner"));
}

}  // namespace csva::described_test
