#include "engine/reading/typing.hpp"

#include <gtest/gtest.h>

namespace csva::reading {
namespace {

struct Typed {
    std::vector<std::string_view> cells;
    table::ColumnType type;
    std::string_view thousands = "", decimal = ".", format = "", kept = "";
    std::string_view delimiter = ";";
};

class Decides : public testing::TestWithParam<Typed> {};

TEST_P(Decides, type_also_when_counted_in_two_parts) {
    const Typed& expected = GetParam();
    for (std::size_t cut = 0; cut <= expected.cells.size(); ++cut) {
        ColumnEvidence first, second;
        for (std::size_t i = 0; i < expected.cells.size(); ++i)
            (i < cut ? first : second).add(expected.cells[i]);
        first.merge(second);
        Receipt receipt;
        receipt.dialect.delimiter = expected.delimiter;
        table::Column column;
        first.decide(column, receipt);
        EXPECT_EQ(column.type, expected.type) << cut;
        EXPECT_EQ(column.format.thousands_mark, expected.thousands);
        EXPECT_EQ(column.format.decimal_mark, expected.decimal);
        EXPECT_EQ(column.format.date_format, expected.format);
        EXPECT_EQ(column.kept_as_text, expected.kept);
    }
}

using enum table::ColumnType;

INSTANTIATE_TEST_SUITE_P(
    typing,
    Decides,
    testing::Values(
        Typed{.cells = {"1", "", "-2", "NA"}, .type = integer},
        Typed{.cells = {"1", "2.5", "1e-3"}, .type = real},
        Typed{.cells = {"1", "2,5"}, .type = real, .decimal = ","},
        Typed{.cells = {"1", "2,5", "2.5"}, .type = text, .kept = "mixed"},
        Typed{.cells = {"007", "12"}, .type = text, .kept = "leading_zeros"},
        Typed{.cells = {"12345678901234567890"}, .type = text, .kept = "too_many_digits"},
        Typed{.cells = {"1,234,567", "12"}, .type = integer, .thousands = ","},
        Typed{.cells = {"1,234.5", "1,234", "12.25"}, .type = real, .thousands = ","},
        Typed{.cells = {"1.234.567", "1.234"}, .type = integer, .thousands = ".", .decimal = ","},
        Typed{
            .cells = {"1.234,5", "12,25", "1.000"}, .type = real, .thousands = ".", .decimal = ","
        },
        Typed{.cells = {"1,234", "12"}, .type = integer, .thousands = ",", .delimiter = ","},
        Typed{.cells = {"1,234", "12"}, .type = real, .decimal = ","},
        Typed{.cells = {"1,234", "1,23"}, .type = real, .decimal = ",", .delimiter = ","},
        Typed{.cells = {"1.234", "12"}, .type = real},
        Typed{.cells = {"0,234", "0,5"}, .type = real, .decimal = ","},
        Typed{.cells = {"1,234,567", "1.234.567"}, .type = text},
        Typed{.cells = {"1 234", "12", "1 234 567"}, .type = integer, .thousands = " "},
        Typed{
            .cells =
                {"1\xC2\xA0"
                 "234,5",
                 "12,25"},
            .type = real,
            .thousands = "\xC2\xA0",
            .decimal = ","
        },
        Typed{
            .cells =
                {"-1\xE2\x80\xAF"
                 "234",
                 "12"},
            .type = integer,
            .thousands = "\xE2\x80\xAF"
        },
        Typed{.cells = {"1'234.50", "12.25"}, .type = real, .thousands = "'"},
        Typed{.cells = {"552 081 317", "732 829 320"}, .type = text},
        Typed{.cells = {"06 12 34 56 78", "12"}, .type = text},
        Typed{.cells = {"1 234,5", "1.5"}, .type = text},
        Typed{.cells = {"true", "FALSE", ""}, .type = boolean},
        Typed{.cells = {"VRAI", "FAUX", ""}, .type = boolean},
        Typed{.cells = {"31/12/99", "01/02/03"}, .type = date, .format = "%d/%m/%y"},
        Typed{.cells = {"12/31/1999", "01/02/2003"}, .type = date, .format = "%m/%d/%Y"},
        Typed{.cells = {"14-Jan-2013", "1-Feb-2014"}, .type = date, .format = "%d-%b-%Y"},
        Typed{.cells = {"3 mars 2024", "14 août 2024"}, .type = date, .format = "%d %b %Y"},
        Typed{.cells = {"Jan 3, 2024", "August 14, 2024"}, .type = date, .format = "%b %d, %Y"},
        Typed{
            .cells = {"2024-01-02T03:04:05+02:00"},
            .type = timestamp,
            .format = "%Y-%m-%dT%H:%M:%S%z"
        },
        Typed{.cells = {"1/31/2024 1:05 PM"}, .type = timestamp, .format = "%m/%d/%Y %H:%M %p"},
        Typed{.cells = {"May", "June 3"}, .type = text},
        Typed{.cells = {"yes", "no"}, .type = text},
        Typed{.cells = {"2024-02-29", "2023-01-01"}, .type = date, .format = "%Y-%m-%d"},
        Typed{.cells = {"2023-02-29"}, .type = text},
        Typed{.cells = {"01/02/2024", "13/02/2024"}, .type = date, .format = "%d/%m/%Y"},
        Typed{.cells = {"01/02/2024", "02/13/2024"}, .type = date, .format = "%m/%d/%Y"},
        Typed{.cells = {"01/02/2024", "03/04/2024"}, .type = date, .format = "%d/%m/%Y"},
        Typed{.cells = {"13/02/2024", "02/13/2024"}, .type = text},
        Typed{.cells = {"2024-02-29 10:00:00.5"}, .type = timestamp, .format = "%Y-%m-%d %H:%M:%S"},
        Typed{.cells = {"09:30", "23:59"}, .type = time, .format = "%H:%M"},
        Typed{.cells = {"12 %", "3.5%"}, .type = text, .kept = "units"},
        Typed{.cells = {"$3", "$4.50"}, .type = text, .kept = "units"},
        Typed{.cells = {"3", "4", "n/a", "many"}, .type = text},
        Typed{.cells = {"", ""}, .type = text}
    )
);

TEST(typing, says_that_the_order_of_day_and_month_is_open) {
    ColumnEvidence open, clear;
    for (const auto cell : {"01/02/2024", "03/04/2024"}) open.add(cell);
    for (const auto cell : {"01/02/2024", "13/04/2024"}) clear.add(cell);
    Receipt first, second;
    table::Column column{.name = "when"};
    open.decide(column, first);
    clear.decide(column, second);
    EXPECT_EQ(first.notes, std::vector<std::string>{"date_order_open"});
    EXPECT_EQ(first.evidence.at(0).count_against, 2);
    EXPECT_TRUE(second.notes.empty());
}

}  // namespace
}  // namespace csva::reading
