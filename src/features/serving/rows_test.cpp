#include "features/serving/rows.hpp"

#include <gtest/gtest.h>

namespace csva::serving {
namespace {

const std::vector<std::string> kColumns{"a", "b"};

Invocation sent(std::string_view json) {
    auto out = base::from_json<Invocation>(json);
    EXPECT_TRUE(out) << json;
    return out ? *out : Invocation{};
}

std::string text_of(const base::Result<Rows>& rows) {
    if (!rows) return rows.error().reason;
    std::string out;
    for (const auto& row : *rows) {
        for (const auto& [name, cell] : row.cells) out += name + "=" + cell.text + ",";
        out += ';';
    }
    return out;
}

TEST(rows, of_all_forms_are_the_same) {
    for (const std::string_view json : {
             R"({"dataframe_split": {"columns": ["b", "a"], "data": [["x", 1], [null, 2.5]]}})",
             R"({"dataframe_records": [{"a": 1, "b": "x"}, {"a": 2.5, "b": null}]})",
             R"({"instances": [{"a": 1, "b": "x"}, {"a": 2.5, "b": null}]})",
             R"({"instances": [[1, "x"], [2.5, null]]})",
             R"({"inputs": {"a": [1, 2.5], "b": ["x", null]}})",
             R"({"inputs": [[1, "x"], [2.5, null]]})",
         })
        EXPECT_EQ(text_of(rows_of(sent(json), kColumns)), "a=1,b=x,;a=2.5,b=,;") << json;
    EXPECT_EQ(text_of(rows_of_csv("a,b\n1,x\n2.5,\n")), "a=1,b=x,;a=2.5,b=,;");
}

TEST(rows, that_are_none_are_refused) {
    for (const std::string_view json : {
             R"({})",
             R"({"instances": []})",
             R"({"instances": [[1]]})",
             R"({"inputs": {"a": [1], "b": []}})",
             R"({"dataframe_split": {"columns": ["a"], "data": [[1, 2]]}})",
             R"({"instances": [{"a": 1}], "inputs": {"a": [1]}})",
         })
        EXPECT_EQ(text_of(rows_of(sent(json), kColumns)), kBadForm) << json;
    EXPECT_EQ(text_of(rows_of_csv("a,b\n")), kBadForm);
}

TEST(rows, of_tensors_are_their_columns) {
    const InputTensor a{"a", {2}, "INT64", {}, {"[1, 2]"}},
        b{"b", {2, 1}, "BYTES", {}, {R"([["x"], [null]])"}};
    EXPECT_EQ(text_of(rows_of({a, b})), "a=1,b=x,;a=2,b=,;");
    InputTensor other = b;
    other.shape = {2, 2};
    EXPECT_EQ(text_of(rows_of({a, other})), kBadTensor);
    other = b;
    other.shape = {1};
    other.data.text = "[1]";
    EXPECT_EQ(text_of(rows_of({a, other})), kBadTensor);
    EXPECT_EQ(text_of(rows_of(std::vector<InputTensor>{})), kBadForm);
}

}  // namespace
}  // namespace csva::serving
