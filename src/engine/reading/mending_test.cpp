#include "engine/reading/mending.hpp"

#include "engine/reading/dialect.hpp"

#include <gtest/gtest.h>

namespace csva::reading {
namespace {

constexpr std::string_view kRows =
    "date,qty,code,price,what,comment\n"
    "20/02/2018,1,BH-7531,$48.08,\"Fly rod, long\",\n"
    "21/02/2018,12,AN-8641,$65.18,\"Mocs, for kids\",\n"
    "22/02/2018,3,CC-1697,$34.22,Suspenders,\n"
    "23/02/2018,7,RI-6052,$89.34,\"Towel, 10\"\" wide\",\n"
    "24/02/2018,1,YY-3522,$19.34,Jersey,\n";

struct Bad {
    std::string_view line;
    std::string_view repair;
    std::vector<std::string_view> cells;
};

class Mends : public testing::TestWithParam<Bad> {};

TEST_P(Mends, record) {
    const std::string text =
        std::string(kRows) + std::string(GetParam().line) + "\n25/02/2018,2,ZN-4777,$1.50,Lamp,\n";
    std::vector<Evidence> evidence;
    const Dialect dialect = sniff(kRows, evidence);
    const Layout layout = lay_out(kRows, dialect, true, evidence);
    const Mender mender(layout, dialect, true);
    Records records(text, dialect);
    Record record;
    for (int i = 0; i < 7; ++i) ASSERT_TRUE(records.next(record));
    EXPECT_EQ(mender.mend(records, record), GetParam().repair);
    EXPECT_EQ(record.cells, GetParam().cells);
    ASSERT_TRUE(records.next(record));
    EXPECT_EQ(record.cells.at(2), "ZN-4777") << "the next record starts where it should";
}

using Cells = std::vector<std::string_view>;

INSTANTIATE_TEST_SUITE_P(
    mending,
    Mends,
    testing::Values(
        Bad{"20/02/2018,1,BH-7531,$48.08,Rod,",
            "",
            Cells{"20/02/2018", "1", "BH-7531", "$48.08", "Rod", ""}},
        Bad{"20/02/2018,\"1,BH-7531,$48.08,\"Rod, long\",",
            "stray_quote",
            Cells{"20/02/2018", "\"1", "BH-7531", "$48.08", "Rod, long", ""}},
        Bad{"20/02/2018,1,BH-7531,$48.08,Rod,\"",
            "stray_quote",
            Cells{"20/02/2018", "1", "BH-7531", "$48.08", "Rod", "\""}},
        Bad{"20/02/2018,1,BH-7531,$48.08,\"\"Rod, long\",",
            "stray_quote",
            Cells{"20/02/2018", "1", "BH-7531", "$48.08", "\"Rod, long", ""}},
        Bad{"20/02/2018,1,BH-7531,$48.08,\"Rod, 5\" long\",",
            "stray_quote",
            Cells{"20/02/2018", "1", "BH-7531", "$48.08", "Rod, 5\" long", ""}},
        Bad{"20/02/2018,1,,BH-7531,$48.08,Rod,",
            "superfluous_delimiter",
            Cells{"20/02/2018", "1", "BH-7531", "$48.08", "Rod", ""}},
        Bad{"20/02/2018,1,BH-7531,$48.08,Rod",
            "cells_left_out",
            Cells{"20/02/2018", "1", "BH-7531", "$48.08", "Rod", ""}},
        Bad{"20/02/2018,1BH-7531,$48.08,Rod,",
            "lost_delimiter",
            Cells{"20/02/2018", "1", "BH-7531", "$48.08", "Rod", ""}},
        Bad{"20/02/20181,BH-7531,$48.08,Rod,",
            "lost_delimiter",
            Cells{"20/02/2018", "1", "BH-7531", "$48.08", "Rod", ""}},
        Bad{"20/02/2018,1,BH-7531,$48.08\"Rod, long\",",
            "stray_quote",
            Cells{"20/02/2018", "1", "BH-7531", "$48.08", "Rod, long", ""}},
        Bad{"20/02/2018,1,BH-7531,$48.08,Rod, long,",
            "unquoted_delimiter",
            Cells{"20/02/2018", "1", "BH-7531", "$48.08", "Rod, long", ""}},
        Bad{"20/02/2018;1;BH-7531;$48.08;Rod;",
            "other_delimiter",
            Cells{"20/02/2018", "1", "BH-7531", "$48.08", "Rod", ""}},
        Bad{"20/02/2018 1 BH-7531 $48.08 Long rod ",
            "other_delimiter",
            Cells{"20/02/2018", "1", "BH-7531", "$48.08", "Long rod", ""}},
        Bad{"nothing of the kind", "", Cells{"nothing of the kind"}}
    )
);

TEST(mending, leaves_alone_what_two_readings_fit) {
    constexpr std::string_view kWords = "a,b\nred,one\nblue,two\ngreen fields,three\npink,four\n";
    std::vector<Evidence> evidence;
    const Dialect dialect = sniff(kWords, evidence);
    const Mender mender(lay_out(kWords, dialect, false, evidence), dialect, false);
    const std::string text = "x,y,z\n";
    Records records(text, dialect);
    Record record;
    ASSERT_TRUE(records.next(record));
    EXPECT_EQ(mender.mend(records, record), "");
    EXPECT_EQ(record.cells.size(), 3u);
}

TEST(mending, puts_no_quote_into_a_column_of_numbers) {
    constexpr std::string_view kNumbers = "a,b\n1,2\n3,4\n5,6\n";
    std::vector<Evidence> evidence;
    const Dialect dialect = sniff(kNumbers, evidence);
    const Mender mender(lay_out(kNumbers, dialect, false, evidence), dialect, false);
    const std::string text = "\"9,10\n11,12\n";
    Records records(text, dialect);
    Record record;
    ASSERT_TRUE(records.next(record));
    EXPECT_EQ(mender.mend(records, record), "");
    EXPECT_TRUE(record.open_quote);
    ASSERT_TRUE(records.next(record));
    EXPECT_EQ(record.cells.at(0), "11");
}

}  // namespace
}  // namespace csva::reading
