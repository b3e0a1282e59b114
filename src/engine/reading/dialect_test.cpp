#include "engine/reading/dialect.hpp"

#include "engine/reading/layout.hpp"

#include <gtest/gtest.h>

namespace csva::reading {
namespace {

struct Sniffed {
    std::string_view text;
    std::string_view delimiter, quote, escape;
};

class Sniff : public testing::TestWithParam<Sniffed> {};

TEST_P(Sniff, dialect) {
    std::vector<Evidence> evidence;
    const Dialect found = sniff(GetParam().text, evidence);
    EXPECT_EQ(found.delimiter, GetParam().delimiter) << GetParam().text;
    EXPECT_EQ(found.quote, GetParam().quote) << GetParam().text;
    EXPECT_EQ(found.escape, GetParam().escape) << GetParam().text;
    EXPECT_EQ(evidence.at(0).about, "delimiter");
    EXPECT_GT(evidence.at(0).count_for, 0);
}

INSTANTIATE_TEST_SUITE_P(
    dialect,
    Sniff,
    testing::Values(
        Sniffed{"a,b\n1,2\n3,4\n", ",", "\"", "\""},
        Sniffed{"a;b\n1,5;2,5\n3,5;4,5\n", ";", "\"", "\""},
        Sniffed{"a\tb\tc\n1,2\t3,4\t5,6\n", "\t", "\"", "\""},
        Sniffed{"a|b\nx y|1\nz|2\n", "|", "\"", "\""},
        Sniffed{"a~b~c\n1~2~3\n4~5~6\n", "~", "\"", "\""},
        Sniffed{"a b c\n1 2 3\n4 5 6\n7 8 9\n", " ", "\"", "\""},
        Sniffed{"id,when\n1,'a, b'\n2,'c, d'\n3,'e, f'\n", ",", "'", "'"},
        Sniffed{"a,b\n1,\"say \\\"hi\\\", you\"\n2,\"x\"\n", ",", "\"", "\\"},
        Sniffed{"a, b\n1, \"x, y\"\n2, \"z\"\n", ", ", "\"", "\""},
        Sniffed{"id||name||x\n1||Ann||2.5\n2||||3.5\n3||Eve||4\n", "||", "\"", "\""},
        Sniffed{"id::name\n1::Ann\n2::Bob\n", "::", "\"", "\""},
        Sniffed{"id|!|name|!|x\n1|!|Ann|!|2\n2|!|Bob|!|3\n", "|!|", "\"", "\""},
        Sniffed{"id|a|b|c\n1|||x\n2|||y\n3|||z\n4||q|\n", "|", "\"", "\""},
        Sniffed{"a;b\n\"say \\\"hi\\\"\";1\n\"x\";2\n", ";", "\"", "\\"},
        Sniffed{"dir,n\n\"C:\\a\\\",1\n\"C:\\b\\\",2\n\"C:\\c\",3\n", ",", "\"", "\""},
        Sniffed{"# made by hand\n# on Monday\n#\nid,n\n1,2\n3,4\n", ",", "\"", "\""},
        Sniffed{"a,b,c\n1,2,3\n1,2\n1\n", ",", "\"", "\""},
        Sniffed{"1, I;\n2, L;\n3, I;\n4, V;\n5, X;\n", ",", "\"", "\""},
        Sniffed{"from,to\n1;2;3,4;5;6\na;b;c,d;e;f\n", ",", "\"", "\""},
        Sniffed{
            "key,label\na1,Total; Estimate\na2,Median; Error\na3,Mean; Error\n", ",", "\"", "\""
        },
        Sniffed{"value\n1.5\n2.5\n3.5\n", "", "\"", "\""},
        Sniffed{"time\n09:30:00\n10:30:00\n", "", "\"", "\""}
    )
);

Layout laid_out(std::string_view text, bool all_text = false) {
    std::vector<Evidence> evidence;
    const Dialect dialect = sniff(text, evidence);
    return lay_out(text, dialect, all_text, evidence);
}

TEST(layout, steps_over_titles) {
    const auto layout = laid_out(
        "Expenses of the council,,\n,,\nName,Date,Amount\nAda,01/02/2014,5\nBob,02/02/2014,7\n"
    );
    EXPECT_EQ(layout.skipped_lines, 2);
    EXPECT_EQ(layout.header, (std::vector<std::string>{"Name", "Date", "Amount"}));
    EXPECT_EQ(layout.rows.size(), 2u);
}

TEST(layout, steps_over_lines_of_another_width) {
    const auto layout =
        laid_out("Made by hand\n12 March, noon, rain\ncm-1,A\n4000.0,0.5\n3999.0,0.6\n");
    EXPECT_EQ(layout.skipped_lines, 2);
    EXPECT_EQ(layout.header, (std::vector<std::string>{"cm-1", "A"}));
}

TEST(layout, joins_a_header_that_spans_columns) {
    const auto layout = laid_out("Sun,,Moon,\nX,Y,X,Y\n1.5,2.5,3.5,4.5\n5.5,6.5,7.5,8.5\n");
    EXPECT_EQ(layout.header_rows, 2);
    EXPECT_EQ(layout.header, (std::vector<std::string>{"Sun X", "Sun Y", "Moon X", "Moon Y"}));
}

TEST(layout, joins_units_unless_all_is_text) {
    constexpr std::string_view kText = "speed,weight\nkm/h,kg\n12,3.5\n14,3.7\n";
    EXPECT_EQ(laid_out(kText).header, (std::vector<std::string>{"speed km/h", "weight kg"}));
    EXPECT_EQ(laid_out(kText, true).header, (std::vector<std::string>{"speed", "weight"}));
}

TEST(layout, finds_no_header_where_the_first_row_is_like_the_others) {
    EXPECT_EQ(laid_out("1,2.5\n3,4.5\n").header_rows, 0);
    EXPECT_EQ(laid_out("AB-12,red\nCD-34,blue\nEF-56,red\n").header_rows, 0);
    EXPECT_EQ(laid_out("code,colour\nCD-34,blue\nEF-56,red\nGH-78,red\n").header_rows, 1);
}

TEST(layout, has_as_many_columns_as_the_header_names) {
    const auto layout = laid_out("id,name,reward,approve,reject\n1,Ann,2.5\n2,Bob,3.5\n");
    EXPECT_EQ(layout.header.size(), 5u);
    EXPECT_EQ(layout.columns, 5u);
    EXPECT_EQ(layout.rows.at(0), (std::vector<std::string>{"1", "Ann", "2.5", "", ""}));
}

TEST(layout, drops_the_empty_name_that_a_delimiter_too_many_made) {
    const auto layout = laid_out("id,name,,when\n1,Ann,2024-01-02\n2,Bob,2024-01-03\n");
    EXPECT_EQ(layout.header, (std::vector<std::string>{"id", "name", "when"}));
}

TEST(layout, keeps_first_rows_that_are_longer_than_the_others) {
    const auto layout = laid_out(
        "kind,name,note\nx,ab,long\ny,cd,\nx,ef,\nmisc,gh\nmisc,ij\nmisc,kl\nmisc,mn\nmisc,op\n"
    );
    EXPECT_EQ(layout.skipped_lines, 0);
    EXPECT_EQ(layout.header, (std::vector<std::string>{"kind", "name", "note"}));
}

TEST(layout, keeps_names_above_a_header_that_leaves_columns_open) {
    const auto layout = laid_out(
        "Office,Kind,Head,Staff,,,,,,,\n,,,AA,EO,HEO,G7,SCS,x,y,z\nA,b,C,1,2,3,4,5,6,7,8\n"
        "D,e,F,2,3,4,5,6,7,8,9\n"
    );
    EXPECT_EQ(layout.header.at(0), "Office");
    EXPECT_EQ(layout.header.at(4), "Staff EO");
}

TEST(layout, steps_over_a_title_and_an_empty_row_in_two_columns) {
    const auto layout = laid_out("Travel,\n,\nRow,Sum\na,1.5\nb,2.5\nc,3.5\n");
    EXPECT_EQ(layout.skipped_lines, 2);
    EXPECT_EQ(layout.header, (std::vector<std::string>{"Row", "Sum"}));
}

TEST(layout, takes_years_that_follow_each_other_for_names) {
    const auto layout = laid_out("country,2001,2002,2003\nFrance,5,7,9\nSpain,4,8,3\n");
    EXPECT_EQ(layout.header_rows, 1);
    EXPECT_EQ(layout.header.at(1), "2001");
}

TEST(layout, gives_row_names_of_r_an_empty_name) {
    const auto layout = laid_out("\"x\",\"y\"\n\"a\",1,2\n\"b\",3,4\n");
    EXPECT_EQ(layout.header, (std::vector<std::string>{"", "x", "y"}));
}

TEST(layout, knows_remarks_by_their_mark) {
    const auto layout = laid_out("# made on Monday\nid,size\n1,2\n# later\n3,4\n");
    EXPECT_EQ(layout.comment, "#");
    EXPECT_EQ(layout.header, (std::vector<std::string>{"id", "size"}));
    EXPECT_EQ(laid_out("#id,size\n1,2\n3,4\n").comment, "");
}

TEST(layout, ends_where_another_table_begins) {
    constexpr std::string_view kText = "id,size,name\n1,2,a\n3,4,b\n5,6,c\nid,size\n7,8\n9,1\n";
    const auto layout = laid_out(kText);
    EXPECT_EQ(layout.columns, 3u);
    EXPECT_EQ(layout.end, kText.find("id,size\n7"));
}

}  // namespace
}  // namespace csva::reading
