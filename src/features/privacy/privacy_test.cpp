#include "features/privacy/proposals.hpp"
#include "features/privacy/service.hpp"

#include <gtest/gtest.h>

namespace csva::privacy {
namespace {

using meaning::Kind;
using table::ColumnType;

std::vector<std::string> ways(Kind kind, ColumnType type) {
    PersonalColumn column{.column = "x", .type = type};
    column.findings.push_back({.kind = kind});
    std::vector<std::string> out;
    for (const auto& proposal : proposals_for(column)) {
        if (proposal.step) {
            EXPECT_EQ(proposal.step->columns, std::vector<std::string>{"x"});
            const table::Schema schema{{{.name = "x", .physical = "c0001", .type = type}}};
            EXPECT_TRUE(recipe::check_step(*proposal.step, schema)) << proposal.step->step;
        }
        out.push_back(proposal.why);
    }
    return out;
}

using Ways = std::vector<std::string>;

TEST(Proposals, begin_with_what_keeps_something_to_learn_from) {
    EXPECT_EQ(
        ways(Kind::email, ColumnType::text), (Ways{"says_nothing", "group_by_person", "form_only"})
    );
    EXPECT_EQ(
        ways(Kind::birth_date, ColumnType::date), (Ways{"birth_year", "says_nothing", "form_only"})
    );
    EXPECT_EQ(
        ways(Kind::postal_code, ColumnType::integer),
        (Ways{"postal_area", "says_nothing", "form_only"})
    );
    EXPECT_EQ(ways(Kind::coordinates, ColumnType::real), (Ways{"coarse_place", "says_nothing"}));
    EXPECT_EQ(
        ways(Kind::health, ColumnType::text), (Ways{"rare_health", "says_nothing", "form_only"})
    );
    EXPECT_EQ(ways(Kind::free_text, ColumnType::text), (Ways{"says_nothing"}));
}

TEST(Proposals, are_none_for_a_column_without_a_finding) {
    EXPECT_TRUE(proposals_for({.column = "x"}).empty());
}

TEST(Proposals, fit_every_kind_and_type) {
    for (int kind = 0; kind <= static_cast<int>(Kind::free_text); ++kind)
        for (const auto type :
             {ColumnType::integer,
              ColumnType::real,
              ColumnType::boolean,
              ColumnType::text,
              ColumnType::date,
              ColumnType::timestamp,
              ColumnType::time})
            EXPECT_FALSE(ways(static_cast<Kind>(kind), type).empty());
}

TEST(Verdicts, follow_from_the_figures) {
    recipe::AnonymityFigures figures{.rows = 100, .k = 1, .l = 0, .match_ratio = 0.5};
    auto said = verdicts_of(figures, 0.6);
    EXPECT_EQ(said.single_out, Answered::yes);
    EXPECT_EQ(said.link, Answered::yes);
    EXPECT_EQ(said.infer, Answered::unknown);
    figures = {.rows = 100, .k = 5, .l = 2, .match_ratio = 0.1, .guess_ratio = 0.7};
    said = verdicts_of(figures, 0.6);
    EXPECT_EQ(said.single_out, Answered::hardly);
    EXPECT_EQ(said.link, Answered::hardly);
    EXPECT_EQ(said.infer, Answered::hardly);
    figures = {.rows = 100, .k = 20, .l = 1, .match_ratio = 0.01, .guess_ratio = 0.61};
    said = verdicts_of(figures, 0.6);
    EXPECT_EQ(said.single_out, Answered::no);
    EXPECT_EQ(said.link, Answered::no);
    EXPECT_EQ(said.infer, Answered::yes) << "one class has one value only";
    figures.l = 2;
    EXPECT_EQ(verdicts_of(figures, 0.6).infer, Answered::no);
    figures.guess_ratio = 0.9;
    EXPECT_EQ(verdicts_of(figures, 0.6).infer, Answered::yes);
    figures = {.rows = 100, .k = 2, .match_ratio = 0.5};
    EXPECT_EQ(verdicts_of(figures, 0).link, Answered::yes) << "one in two is matched";
}

}  // namespace
}  // namespace csva::privacy
