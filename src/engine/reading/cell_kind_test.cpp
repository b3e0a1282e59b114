#include "engine/reading/cell_kind.hpp"

#include <gtest/gtest.h>

namespace csva::reading {
namespace {

struct Cell {
    std::string_view text;
    CellKind kind;
};

class KindOf : public testing::TestWithParam<Cell> {};

TEST_P(KindOf, cell) { EXPECT_EQ(kind_of(GetParam().text), GetParam().kind) << GetParam().text; }

INSTANTIATE_TEST_SUITE_P(
    cell_kind,
    KindOf,
    testing::Values(
        Cell{"", CellKind::blank},
        Cell{" \t", CellKind::blank},
        Cell{"-12", CellKind::integer},
        Cell{"+7", CellKind::integer},
        Cell{"-", CellKind::word},
        Cell{"1.5e-10", CellKind::real},
        Cell{"1e", CellKind::code},
        Cell{"2,6", CellKind::real},
        Cell{"1,234,567", CellKind::real},
        Cell{"1.234,5", CellKind::real},
        Cell{"1,23,4", CellKind::odd},
        Cell{"12 %", CellKind::percent},
        Cell{"$48.08", CellKind::currency},
        Cell{"(12.50)", CellKind::currency},
        Cell{"12 \xE2\x82\xAC", CellKind::currency},
        Cell{"28/01/2018", CellKind::date},
        Cell{"2018-1-28", CellKind::date},
        Cell{"14-Jan", CellKind::date},
        Cell{"01.03.24", CellKind::date},
        Cell{"1.2.3.4", CellKind::code},
        Cell{"09:30", CellKind::time},
        Cell{"9:30:01.5 PM", CellKind::time},
        Cell{"09:3", CellKind::text},
        Cell{"2018-12-06T00:00:26Z", CellKind::timestamp},
        Cell{"2018-12-06 00:00:26+01:00", CellKind::timestamp},
        Cell{"N/A", CellKind::word},
        Cell{"https://example.org/a?b=1", CellKind::url},
        Cell{"ada@example.org", CellKind::email},
        Cell{"AN-8641", CellKind::code},
        Cell{
            "Orl\xC3\xA9"
            "ans la Source",
            CellKind::text
        },
        Cell{"a;b", CellKind::odd}
    )
);

TEST(cell_kind, shape_keeps_lengths_and_marks) {
    EXPECT_EQ(shape_of_cell("AN-8641"), "AA-9999");
    EXPECT_EQ(shape_of_cell("28/01/2018"), "99/99/9999");
    EXPECT_EQ(shape_of_cell(std::string(25, 'x')), "");
}

}  // namespace
}  // namespace csva::reading
