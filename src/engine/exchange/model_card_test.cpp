#include "engine/exchange/model_card.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace csva::exchange {
namespace {

learn::Report report() {
    learn::Report made;
    made.target = "city";
    made.best = "LogisticRegression";
    made.leaderboard = {
        {"LogisticRegression", 0.8, {{"accuracy", 0.81, {0.7, 0.9, "wilson"}}}, 1.0, 0}
    };
    made.verdict = {"better", "accuracy", 0.81, {0.7, 0.9, "wilson"}, 0.5, "", {"few_rows"}};
    made.excluded = {{"name", "identifier"}};
    made.rows = 200;
    made.held_out_rows = 40;
    made.split = "random";
    return made;
}

TEST(ModelCard, has_the_nine_headings_with_facts_and_gaps_in_both_languages) {
    const auto facts = report();
    const learn::Preparation preparation;
    for (const auto language : {i18n::Language::en, i18n::Language::fr}) {
        const auto card = model_card({facts, preparation, 2, "0.1.0"}, language);
        ASSERT_EQ(card.sections.size(), 9U);
        for (const auto& section : card.sections) {
            EXPECT_EQ(section.title.find("card."), std::string::npos) << section.title;
            EXPECT_TRUE(std::ranges::any_of(section.lines, [](const auto& line) {
                return line.kind == CardLineKind::gap;
            })) << section.title;
            for (const auto& line : section.lines) {
                EXPECT_EQ(line.text.find("card."), std::string::npos) << line.text;
                EXPECT_EQ(line.text.find('{'), std::string::npos) << line.text;
                EXPECT_FALSE(line.text.empty());
            }
        }
        const auto page = markdown(card, language);
        for (const auto* part : {"## 9. ", "LogisticRegression", "200", "0.81", "city"})
            EXPECT_NE(page.find(part), std::string::npos) << part;
    }
}

TEST(ModelCard, says_it_in_the_language_asked_for) {
    const auto facts = report();
    const learn::Preparation preparation;
    const auto french = model_card({facts, preparation, 0, "0.1.0"}, i18n::Language::fr);
    EXPECT_NE(french.sections.front().title.find("Description"), std::string::npos);
    EXPECT_NE(french.lead, model_card({facts, preparation, 0, "0.1.0"}, i18n::Language::en).lead);
}

}  // namespace
}  // namespace csva::exchange
