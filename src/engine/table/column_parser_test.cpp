#include "engine/table/column_parser.hpp"

#include <gtest/gtest.h>

namespace csva::table {
namespace {

using Outcome = ColumnParser::Outcome;

struct Case {
    ColumnType type;
    CellFormat format;
    std::string_view cell;
    Outcome outcome;
    std::string_view text;
};

void PrintTo(const Case& c, std::ostream* out) { *out << name_of(c.type) << " " << c.cell; }

class Parses : public testing::TestWithParam<Case> {};

TEST_P(Parses, cell_to_canonical_text) {
    const auto& c = GetParam();
    const ColumnParser parser({.name = "x", .physical = "c0001", .type = c.type, .format = c.format}
    );
    ColumnData data{.type = c.type};
    EXPECT_EQ(parser.append(c.cell, data), c.outcome);
    ASSERT_EQ(data.size(), 1u);
    EXPECT_EQ(cell_text(data, 0), c.text);
}

const CellFormat kComma{.decimal_mark = ",", .thousands_mark = "."};

INSTANTIATE_TEST_SUITE_P(
    column_parser,
    Parses,
    testing::Values(
        Case{
            ColumnType::timestamp,
            {.date_format = "%Y-%m-%dT%H:%M:%S%z"},
            "2024-03-01T00:30:00+02:00",
            Outcome::value,
            "2024-02-29 22:30:00"
        },
        Case{ColumnType::time, {.date_format = "%H:%M %p"}, "12:05 am", Outcome::value, "00:05:00"},
        Case{ColumnType::time, {.date_format = "%H:%M %p"}, "13:05 PM", Outcome::bad, ""},
        Case{
            ColumnType::date,
            {.date_format = "%d %b %Y"},
            "3 févr. 2024",
            Outcome::value,
            "2024-02-03"
        },
        Case{ColumnType::date, {.date_format = "%d %b %Y"}, "31 Feb 2024", Outcome::bad, ""},
        Case{
            ColumnType::real,
            {.decimal_mark = ",", .thousands_mark = "\xC2\xA0"},
            "1\xC2\xA0"
            "234,5",
            Outcome::value,
            "1234.5"
        },
        Case{ColumnType::integer, {}, " 42 ", Outcome::value, "42"},
        Case{ColumnType::integer, {}, "+7", Outcome::value, "7"},
        Case{ColumnType::integer, {}, "4.5", Outcome::bad, ""},
        Case{ColumnType::integer, {}, "99999999999999999999", Outcome::bad, ""},
        Case{ColumnType::real, {}, "0.1", Outcome::value, "0.1"},
        Case{ColumnType::real, {}, "1e400", Outcome::bad, ""},
        Case{ColumnType::real, {}, "nan", Outcome::bad, ""},
        Case{ColumnType::real, kComma, "1.234,5", Outcome::value, "1234.5"},
        Case{ColumnType::real, kComma, "1,2,3", Outcome::bad, ""},
        Case{ColumnType::real, {.missing_words = {"NA"}}, "NA", Outcome::missing, ""},
        Case{ColumnType::text, {}, "  007 ", Outcome::value, "  007 "},
        Case{ColumnType::text, {}, "   ", Outcome::missing, ""},
        Case{
            ColumnType::boolean,
            {.true_words = {"oui"}, .false_words = {"non"}},
            "OUI",
            Outcome::value,
            "true"
        },
        Case{
            ColumnType::boolean,
            {.true_words = {"oui"}, .false_words = {"non"}},
            "yes",
            Outcome::bad,
            ""
        },
        Case{
            ColumnType::date,
            {.date_format = "%d/%m/%Y"},
            "29/02/2004",
            Outcome::value,
            "2004-02-29"
        },
        Case{ColumnType::date, {.date_format = "%d/%m/%Y"}, "29/02/2003", Outcome::bad, ""},
        Case{
            ColumnType::date,
            {.date_format = "%Y-%m-%d"},
            "1969-12-31",
            Outcome::value,
            "1969-12-31"
        },
        Case{ColumnType::time, {.date_format = "%H.%M.%S"}, "18.00.05", Outcome::value, "18:00:05"},
        Case{
            ColumnType::timestamp,
            {.date_format = "%Y-%m-%d %H:%M:%S"},
            "1969-12-31 23:59:59.25",
            Outcome::value,
            "1969-12-31 23:59:59.25"
        }
    )
);

TEST(column_parser, takes_a_json_number_by_its_value_whatever_the_decimal_mark) {
    const ColumnParser parser(
        {.name = "x", .physical = "c0001", .type = ColumnType::real, .format = kComma}
    );
    ColumnData data{.type = ColumnType::real};
    TextArena arena;
    EXPECT_EQ(
        parser.append(base::Cell{base::Cell::Kind::number, "1.5", 1.5}, data, arena), Outcome::value
    );
    EXPECT_EQ(
        parser.append(base::Cell{base::Cell::Kind::text, "1,5", 0}, data, arena), Outcome::value
    );
    EXPECT_EQ(data.reals[0], data.reals[1]);
}

}  // namespace
}  // namespace csva::table
