#include "engine/exchange/exchange.hpp"

#include "engine/exchange/graph.hpp"
#include "engine/exchange/trees.hpp"
#include "engine/learn/made_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace csva::exchange {
namespace {

using base::Cell;
using learn::noise;
using recipe::Step;

Cell words(std::string text) { return {Cell::Kind::text, std::move(text), 0}; }

TEST(message, is_written_as_protocol_buffers_are) {
    Message inner, outer;
    inner.integer(1, 150);
    EXPECT_EQ(inner.bytes(), "\x08\x96\x01");
    outer.text(2, "testing");
    outer.message(3, inner);
    outer.real(20, 1.0F);
    EXPECT_EQ(
        outer.bytes(),
        std::string("\x12\x07testing\x1a\x03\x08\x96\x01\xa5\x01\x00\x00\x80\x3f", 20)
    );
}

TEST(booster, of_a_text_that_no_training_writes_is_refused) {
    Graph graph;
    for (const std::string text : {
             "",
             "tree\nnum_tree_per_iteration=1\nobjective=binary sigmoid:1\n",
             "tree\nnum_tree_per_iteration=1\nobjective=poisson\n\nTree=0\nleaf_value=1\n\nend of "
             "trees\n",
             "tree\nnum_tree_per_iteration=1\nobjective=regression\n\nTree=0\nsplit_feature=0\n"
             "leaf_value=1 2\n\nend of trees\n",
             // zeros as missing values
             "tree\nnum_tree_per_iteration=1\nobjective=regression\n\nTree=0\nsplit_feature=0\n"
             "threshold=1\ndecision_type=4\nleft_child=-1\nright_child=-2\nleaf_value=1 2\n\n"
             "end of trees\n",
         })
        EXPECT_FALSE(add_booster(graph, text, "x")) << text;
    EXPECT_TRUE(add_booster(
        graph,
        "tree\nnum_tree_per_iteration=1\nobjective=regression\n\nTree=0\nleaf_value=1\n\n"
        "end of trees\n",
        "x"
    ));
}

struct Trained {
    learn::TrainOutcome outcome;
    recipe::Replay replay;
    drift::Reference reference;

    std::string file(std::string_view name) const {
        const auto files = mlflow_files(outcome, replay, reference);
        if (!files) return files.error().internal;
        const auto found = std::ranges::find(*files, name, &bundle::File::name);
        return found == files->end() ? "" : found->content;
    }
};

Trained trained(std::vector<Step> steps, std::vector<std::string> families = {}) {
    const auto columns = [] {
        return std::vector<learn::MadeColumn>{
            {"n", table::ColumnType::real, learn::uniform(1)},
            {"whole",
             table::ColumnType::integer,
             [](std::size_t row) { return std::to_string(static_cast<int>(noise(row, 2) * 50)); }},
            {"holes",
             table::ColumnType::integer,
             [](std::size_t row) {
                 return row % 5 == 0 ? "" : std::to_string(static_cast<int>(noise(row, 3) * 50));
             }},
            {"word",
             table::ColumnType::text,
             [](std::size_t row) { return noise(row, 4) < 0.5 ? " yes" : "no"; }},
            {"y",
             table::ColumnType::text,
             [](std::size_t row) { return noise(row, 1) + noise(row, 5) < 1 ? "a" : "b"; }}
        };
    };
    base::Control control;
    auto rows = recipe::RecipeReader::open(
        std::make_unique<learn::MadeTable>(800, columns()), std::move(steps), control
    );
    EXPECT_TRUE(rows) << rows.error().reason;
    auto request = learn::quick();
    request.options.families = std::move(families);
    Trained out;
    auto outcome = learn::train(**rows, request, control);
    EXPECT_TRUE(outcome) << outcome.error().reason;
    out.outcome = std::move(*outcome);
    out.replay = (*rows)->replay();
    learn::MadeTable again(800, columns());
    const auto loaded = learn::load_columns(again, "y", control);
    out.reference =
        *bundle::make_reference(out.outcome, out.replay, bundle::sketch_columns(*loaded));
    return out;
}

TEST(model_folder, says_what_it_takes_and_gives) {
    const auto made = trained({});
    const auto text = made.file("MLmodel");
    for (const std::string part : {
             R"(\"type\": \"double\", \"name\": \"n\")",
             R"(\"type\": \"long\", \"name\": \"whole\")",
             R"(\"type\": \"double\", \"name\": \"holes\")",  // it may be missing
             R"(\"type\": \"string\", \"name\": \"word\")",
             R"(\"name\": \"prediction\")",
             R"(\"name\": \"probability_b\")",
             R"("starts_after": [])",
             R"("loader_module": "mlflow.onnx")",
         })
        EXPECT_NE(text.find(part), std::string::npos) << part << '\n' << text;
    EXPECT_EQ(text.find(R"(\"y\")"), std::string::npos);
    EXPECT_NE(made.file("input_example.json").find(R"("columns":["n",)"), std::string::npos);
    EXPECT_GT(made.file("model.onnx").size(), 1000U);
}

TEST(model_folder, starts_after_the_last_step_that_onnx_cannot_say) {
    const Step fill{"fill_missing@1", {"holes"}, {{"strategy", words("mean")}}};
    const Step rename{"rename_column@1", {"n"}, {{"name", words("number")}}};
    const auto filled = trained({fill, rename}).file("MLmodel");
    EXPECT_NE(filled.find(R"("starts_after": [])"), std::string::npos) << filled;
    EXPECT_NE(filled.find(R"(\"name\": \"n\")"), std::string::npos) << filled;
    const auto after = trained({fill, rename, {"trim@1", {}, {}}}).file("MLmodel");
    EXPECT_NE(
        after.find(R"("starts_after": ["fill_missing@1","rename_column@1","trim@1"])"),
        std::string::npos
    ) << after;
    EXPECT_NE(after.find(R"(\"name\": \"number\")"), std::string::npos) << after;
    EXPECT_NE(after.find("Takes its rows after these steps"), std::string::npos) << after;
}

TEST(model_folder, of_every_family_is_written) {
    for (const std::string family :
         {"LogisticRegression",
          "RandomForestClassifier",
          "ExtraTreesClassifier",
          "GradientBoostingClassifier"}) {
        const auto made = trained({}, {family});
        ASSERT_EQ(made.outcome.report.best, family);
        EXPECT_GT(made.file("model.onnx").size(), 1000U) << family;
    }
}

}  // namespace
}  // namespace csva::exchange
