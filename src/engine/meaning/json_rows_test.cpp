#include "engine/meaning/json_rows.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace csva::meaning {
namespace {

using Rows = std::set<std::string>;

std::pair<bool, Rows> rows_of(std::string_view text) {
    Rows rows;
    const bool whole = each_json_row(text, [&](std::span<const std::string_view> cells) {
        std::string row;
        for (const auto cell : cells) (row += cell) += '|';
        rows.insert(row);
    });
    return {whole, rows};
}

TEST(JsonRows, tells_of_objects_and_lists) {
    EXPECT_EQ(
        rows_of(R"([{"name": "Ada", "age": 36}, {"name": "Bob"}])"),
        std::pair(true, (Rows{"name|Ada|age|36|", "name|Bob|"}))
    );
    EXPECT_EQ(rows_of("{\"a\": 1}\n{\"a\": 2}\n"), std::pair(true, (Rows{"a|1|", "a|2|"})));
    EXPECT_EQ(rows_of("[]"), std::pair(true, Rows{}));
}

TEST(JsonRows, tells_of_rows_that_are_written_as_columns) {
    const auto [whole, rows] = rows_of(R"({"name": ["Ada", "Bob"], "age": [36, 40]})");
    EXPECT_TRUE(whole);
    EXPECT_TRUE(rows.contains("Ada|36|") && rows.contains("Bob|40|"));
    const auto by_index = rows_of(R"({"name": {"0": "Ada"}, "age": {"0": 36}})").second;
    EXPECT_TRUE(by_index.contains("Ada|36|"));
}

TEST(JsonRows, reads_escaped_characters) {
    EXPECT_EQ(
        rows_of(R"(["Z\u00e9", "a\nb", "\"", "\ud83d\ude00", "\u20ac"])").second,
        (Rows{"Z\u00e9|a b|\"|\U0001F600|\u20ac|"})
    );
}

TEST(JsonRows, says_that_a_text_is_no_json) {
    for (const std::string_view text : {"[1", "]", "{\"a", "[\"\\u00zz\"]", "[\"\\"})
        EXPECT_FALSE(rows_of(text).first) << text;
    EXPECT_EQ(rows_of("[[\"Ada\", 36").second, (Rows{"Ada|36|"}));
}

}  // namespace
}  // namespace csva::meaning
