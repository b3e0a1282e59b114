#include "engine/reading/copy_csv.hpp"

#include "foundation/base/files.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace csva::reading {
namespace {

class CopyCsv : public testing::Test {
protected:
    /// Copies the file but the records in which `without` stands; gathers first cells of rows.
    std::string copy(std::string_view content, std::string_view without) {
        const auto input = folder_.path() / "in.csv";
        const auto output = folder_.path() / "out.csv";
        EXPECT_TRUE(base::write_file(input, content));
        base::Control control;
        const auto done = copy_records(
            {.input = input.string(), .temporary_folder = folder_.path().string()},
            output.string(),
            [&](const SourceRecord& record) {
                if (!record.head && record.kind == RowKind::row)
                    rows_.emplace_back(record.cells.front());
                return record.head || !record.bytes.contains(without);
            },
            control
        );
        EXPECT_TRUE(done) << done.error().reason;
        return base::read_file(output).value_or("");
    }

    base::TemporaryFolder folder_ = std::move(*base::TemporaryFolder::make());
    std::vector<std::string> rows_;
};

TEST_F(CopyCsv, keeps_titles_quotes_line_ends_remarks_and_rejected_rows) {
    const std::string before =
        "Report of May\r\n\r\nname;age;note\r\nAda;1;\"a; \"\"b\"\"\"\r\n# said;\r\nBob;2;x\r\n"
        "too;short\r\n\r\nEve;3;\"two\r\nlines\"\r\nFay;4;y";
    EXPECT_EQ(copy(before, "nobody"), before);
    EXPECT_EQ(rows_, (std::vector<std::string>{"Ada", "Bob", "Eve", "Fay"}));
}

TEST_F(CopyCsv, leaves_out_a_record_with_all_its_lines) {
    EXPECT_EQ(
        copy("name,note\nAda,1\nEve,\"two\nlines\"\nshort\nBob,2\n", "Eve"),
        "name,note\nAda,1\nshort\nBob,2\n"
    );
    EXPECT_EQ(copy("name,note\nAda,1\nshort\nBob,2\n", "short"), "name,note\nAda,1\nBob,2\n");
}

TEST_F(CopyCsv, writes_other_encodings_as_utf_8) {
    EXPECT_EQ(
        copy(
            "nom;ville\nZo\xe9;Orl\xe9"
            "ans\nL\xe9"
            "a;Paris\n",
            "Orl"
        ),
        "nom;ville\nLéa;Paris\n"
    );
}

TEST_F(CopyCsv, says_that_a_file_is_no_table) {
    base::Control control;
    const auto input = folder_.path() / "in.csv";
    ASSERT_TRUE(base::write_file(input, ""));
    const auto done = copy_records(
        {.input = input.string(), .temporary_folder = folder_.path().string()},
        "",
        [](const SourceRecord&) { return true; },
        control
    );
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().reason, "reading.empty_file");
}

}  // namespace
}  // namespace csva::reading
