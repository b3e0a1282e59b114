#include "engine/meaning/scan.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace csva::meaning {
namespace {

ColumnScan scan_of(const std::vector<std::string>& cells) {
    ColumnScan scan;
    for (const auto& cell : cells) scan.add(cell);
    return scan;
}

std::vector<Kind> kinds_of(const ColumnFindings& column) {
    std::vector<Kind> out;
    for (const auto& finding : column.findings) out.push_back(finding.kind);
    return out;
}

TEST(scan, finds_what_is_personal_in_one_row_of_a_hundred) {
    ColumnScan scan;
    scan.add("Delivered", 990);
    for (int i = 0; i < 10; ++i) scan.add("someone" + std::to_string(i) + "@example.org");
    const auto found = scan.findings("status", false);
    ASSERT_EQ(kinds_of(found), std::vector{Kind::email});
    EXPECT_EQ(found.findings[0].cells, 10);
    EXPECT_DOUBLE_EQ(found.findings[0].share, 0.01);
    EXPECT_FALSE(found.findings[0].by_name);
}

TEST(scan, takes_no_numbers_for_cards_or_companies_that_pass_by_chance) {
    ColumnScan scan;
    for (int i = 0; i < 1000; ++i) scan.add(std::to_string(400'000'000'000'0000 + i * 7919LL));
    EXPECT_TRUE(scan.findings("identifier", false).findings.empty());
    ColumnScan nine;
    for (int i = 0; i < 1000; ++i) nine.add(std::to_string(400'000'000 + i * 7919));
    EXPECT_TRUE(nine.findings("number", false).findings.empty());
}

TEST(scan, believes_a_column_s_name_only_with_its_cells) {
    const auto goods = scan_of({"Vis", "Rondelle", "Boulon", "Clou"});
    EXPECT_TRUE(goods.findings("nom", false).findings.empty());
    const auto people = scan_of({"Martin", "Xztrk", "Oblonsky", "Karenina"});
    EXPECT_EQ(kinds_of(people.findings("nom", false)), std::vector<Kind>{});
    const auto known = scan_of({"Martin", "Durand", "Lefebvre", "Karenina"});
    EXPECT_EQ(kinds_of(known.findings("nomDeFamille", false)), std::vector{Kind::last_name});
    const auto places = scan_of({"Martin", "Durand", "Lefebvre", "Lyon", "Lille", "Brest"});
    EXPECT_EQ(kinds_of(places.findings("x3", false)), std::vector{Kind::last_name});
    EXPECT_TRUE(places.findings("ville", false).findings.empty());
}

TEST(scan, takes_dates_beside_people_for_birthdays) {
    ColumnScan dates;
    for (int year = 1940; year < 2000; ++year) dates.add(std::to_string(year) + "-05-17");
    EXPECT_TRUE(dates.findings("d", false).findings.empty());
    EXPECT_EQ(kinds_of(dates.findings("d", true)), std::vector{Kind::birth_date});
    const auto mails = scan_of({"a@example.org", "b@example.org"});
    const auto table = judge({"d", "contact"}, {dates, mails});
    EXPECT_EQ(kinds_of(table[0]), std::vector{Kind::birth_date});
}

TEST(scan, reads_sentences) {
    ColumnScan notes;
    notes.add("Nothing to say about this one.", 50);
    notes.add("Call Jane Smith back on 06 12 34 56 78 tomorrow.", 2);
    const auto found = kinds_of(notes.findings("c", false));
    EXPECT_EQ(found.size(), 2U);
    EXPECT_NE(std::ranges::find(found, Kind::phone), found.end());
    EXPECT_NE(std::ranges::find(found, Kind::free_text), found.end());
}

TEST(scan, hides_its_examples) {
    EXPECT_EQ(masked("jean.dupont@exemple.fr"), "j•••.••••••@•••••••.••");
    EXPECT_EQ(masked("Zoé"), "Z••");
    EXPECT_EQ(masked("ab"), "••");
    EXPECT_EQ(masked("Émile"), "•••••");
}

TEST(scan, merges_as_if_all_cells_came_to_one) {
    auto one = scan_of({"a@example.org", "x"});
    one.merge(scan_of({"b@example.org", "y"}));
    const auto whole = scan_of({"a@example.org", "x", "b@example.org", "y"});
    EXPECT_EQ(base::to_json(one.findings("c", false)), base::to_json(whole.findings("c", false)));
}

TEST(scan, finds_nothing_in_nothing) {
    EXPECT_TRUE(ColumnScan().findings("email", true).findings.empty());
    EXPECT_TRUE(scan_of({"", "", "?"}).findings("email", false).findings.empty());
}

}  // namespace
}  // namespace csva::meaning
