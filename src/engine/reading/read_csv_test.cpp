#include "engine/reading/read_csv.hpp"

#include "engine/duck/parquet.hpp"
#include "engine/table/column_parser.hpp"
#include "foundation/base/files.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace csva::reading {
namespace {

class ReadCsv : public testing::Test {
protected:
    base::Result<ReadOutcome> read(std::string_view content) {
        const auto input = folder_.path() / "in.csv";
        EXPECT_TRUE(base::write_file(input, content));
        base::Control control;
        return read_csv(
            {.input = input.string(),
             .parquet = parquet_,
             .rejects = (folder_.path() / "rejects.csv").string()},
            control
        );
    }

    std::vector<std::vector<std::string>> rows(const table::Schema& schema) {
        std::vector<std::vector<std::string>> out;
        auto reader = duck::open_table(parquet_, schema);
        EXPECT_TRUE(reader) << reader.error().internal;
        table::Batch batch;
        while (*(*reader)->next(batch)) {
            for (std::size_t i = 0; i < batch.rows(); ++i) {
                auto& row = out.emplace_back();
                row.push_back(std::to_string(batch.row_ids[i]));
                for (const auto& column : batch.columns) row.push_back(table::cell_text(column, i));
            }
        }
        return out;
    }

    base::TemporaryFolder folder_ = std::move(*base::TemporaryFolder::make());
    std::string parquet_ = (folder_.path() / "data.parquet").string();
};

TEST_F(ReadCsv, keeps_every_cell_and_types_what_all_cells_agree_on) {
    const auto outcome = read(
        "id,code,price,when,ok,name\n1,007,\"1.5\",2024-02-29,true,\"a "
        "\"\"b\"\"\nc\"\n2,010,2,2024-03-01,FALSE,\n"
    );
    ASSERT_TRUE(outcome) << outcome.error().reason << outcome.error().internal;
    std::vector<table::ColumnType> types;
    for (const auto& column : outcome->schema.columns) types.push_back(column.type);
    using enum table::ColumnType;
    EXPECT_EQ(types, (std::vector{integer, text, real, date, boolean, text}));
    EXPECT_EQ(outcome->receipt.kept_as_text.at(0).reason, table::kKeptLeadingZeros);
    const std::vector<std::vector<std::string>> expected{
        {"1", "1", "007", "1.5", "2024-02-29", "true", "a \"b\"\nc"},
        {"2", "2", "010", "2", "2024-03-01", "false", ""}
    };
    EXPECT_EQ(rows(outcome->schema), expected);
}

TEST_F(ReadCsv, reads_semicolons_decimal_commas_and_days_first) {
    const auto outcome = read(
        "Date;Time;CO;;\n10/03/2004;18.00.00;2,6;;\n11/03/2004;19.00.00;-200;;\n25/12/"
        "2004;20.00.00;1,5;;\n"
    );
    ASSERT_TRUE(outcome) << outcome.error().reason;
    EXPECT_EQ(outcome->schema.columns.size(), 5u);
    EXPECT_EQ(outcome->schema.columns[3].name, "column_4");
    EXPECT_EQ(
        rows(outcome->schema).at(0),
        (std::vector<std::string>{"1", "2004-03-10", "18:00:00", "2.6", "", ""})
    );
}

TEST_F(ReadCsv, counts_every_row_as_kept_or_rejected_and_says_where) {
    const auto outcome = read("a,b\n1,2\n3\n4,5,6\n7,8\n\n\"9,10\n11,12,,\n13,14\n");
    ASSERT_TRUE(outcome) << outcome.error().reason;
    const auto& receipt = outcome->receipt;
    EXPECT_EQ(receipt.rows_in, 7);
    EXPECT_EQ(receipt.rows_kept, 4);
    EXPECT_EQ(receipt.rows_rejected, 3);
    EXPECT_EQ(receipt.blank_lines, 1);
    EXPECT_EQ(
        receipt.first_rejects,
        (std::vector<Reject>{{3, "too_few_cells"}, {4, "too_many_cells"}, {7, "open_quote"}})
    );
    EXPECT_EQ(
        *base::read_file(folder_.path() / "rejects.csv"),
        "line,reason,text\n3,too_few_cells,3\n4,too_many_cells,\"4,5,6\"\n7,open_quote,\"\"\"9,"
        "10\"\n"
    );
    EXPECT_EQ(rows(outcome->schema).at(1), (std::vector<std::string>{"4", "7", "8"}));
}

TEST_F(ReadCsv, reads_latin_1_and_utf_16) {
    const auto latin = read(
        "nom,ville\nRen\xE9,Orl\xE9"
        "ans\n"
    );
    ASSERT_TRUE(latin) << latin.error().reason;
    EXPECT_EQ(latin->receipt.dialect.encoding, "windows-1252");
    EXPECT_EQ(rows(latin->schema).at(0).at(1), "René");
    std::string wide = "\xFF\xFE";
    for (const char c : std::string_view("a,b\n1,x\n")) wide += {c, '\0'};
    const auto utf16 = read(wide);
    ASSERT_TRUE(utf16) << utf16.error().reason << utf16.error().internal;
    EXPECT_EQ(rows(utf16->schema).at(0), (std::vector<std::string>{"1", "1", "x"}));
}

TEST_F(ReadCsv, takes_missing_words_only_where_the_rest_are_numbers) {
    const auto outcome = read("pm,kind\nNA,NA\n1,b\n2.5,c\n");
    ASSERT_TRUE(outcome) << outcome.error().reason;
    EXPECT_EQ(rows(outcome->schema).at(0), (std::vector<std::string>{"1", "", "NA"}));
    EXPECT_EQ(outcome->schema.columns[0].format.missing_words, std::vector<std::string>{"NA"});
}

TEST_F(ReadCsv, names_empty_and_repeated_headers) {
    const auto outcome = read("a,,a\n1,x,3\n2,y,4\n");
    ASSERT_TRUE(outcome) << outcome.error().reason;
    EXPECT_EQ(outcome->receipt.renamed, (std::vector<std::string>{"column_2", "a_2"}));
}

TEST_F(ReadCsv, reads_a_header_alone_as_a_table_without_rows) {
    const auto outcome = read("alpha,beta,gamma\n");
    ASSERT_TRUE(outcome) << outcome.error().reason;
    EXPECT_EQ(outcome->schema.columns.size(), 3u);
    EXPECT_EQ(outcome->receipt.notes, std::vector<std::string>{"header_only"});
}

TEST_F(ReadCsv, reads_five_thousand_columns) {
    std::string content;
    for (int line = 0; line < 3; ++line) {
        for (int i = 0; i < 5000; ++i)
            content += (i > 0 ? "," : "") +
                       (line == 0 ? "c" + std::to_string(i) : std::to_string(i * line));
        content += '\n';
    }
    const auto outcome = read(content);
    ASSERT_TRUE(outcome) << outcome.error().reason << outcome.error().internal;
    EXPECT_EQ(outcome->schema.columns.size(), 5000u);
    EXPECT_EQ(outcome->receipt.rows_kept, 2);
}

struct BadFile {
    std::string_view content;
    std::string_view reason;
};

class RefusesFile : public ReadCsv, public testing::WithParamInterface<BadFile> {};

TEST_P(RefusesFile, with_a_reason) {
    const auto outcome = read(GetParam().content);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().reason, GetParam().reason);
}

INSTANTIATE_TEST_SUITE_P(
    read_csv,
    RefusesFile,
    testing::Values(
        BadFile{"", "reading.empty_file"},
        BadFile{"\x89PNG\r\n\x1a\n0000", "reading.binary_file"},
        BadFile{std::string_view("a,b\n1,\0002\n", 9), "reading.binary_file"},
        BadFile{"\n\n\n", "reading.empty_file"}
    )
);

struct Known {
    std::string_view name;
    std::int64_t rows;
    std::size_t columns;
};

class ReadsShared : public ReadCsv, public testing::WithParamInterface<Known> {};

TEST_P(ReadsShared, whole_and_without_rejects) {
    const char* shared = std::getenv("CSVA_SHARED_DATA");
    if (shared == nullptr) GTEST_SKIP() << "CSVA_SHARED_DATA is not set";
    const auto content = base::read_file(base::fs::path(shared) / "data" / GetParam().name);
    ASSERT_TRUE(content);
    const auto outcome = read(*content);
    ASSERT_TRUE(outcome) << outcome.error().reason << outcome.error().internal;
    EXPECT_EQ(outcome->receipt.rows_kept, GetParam().rows);
    EXPECT_EQ(outcome->receipt.rows_rejected, 0);
    EXPECT_EQ(outcome->schema.columns.size(), GetParam().columns);
}

INSTANTIATE_TEST_SUITE_P(
    read_csv,
    ReadsShared,
    testing::Values(
        Known{"iris.csv", 150, 5},
        Known{"titanic.csv", 891, 12},
        Known{"biopics.csv", 761, 14},
        Known{"telco-churn.csv", 7043, 21},
        Known{"lending-club.csv", 9857, 24},
        Known{"claims-long.csv", 120000, 7},
        Known{"letter.csv", 20000, 17},
        Known{"marvel.csv", 16376, 13},
        Known{"air-quality.csv", 9471, 17},
        Known{"california-housing.csv", 20640, 10},
        Known{"beijing-pm25.csv", 43824, 13},
        Known{"diamonds.csv", 53940, 10}
    )
);

void PrintTo(const Known& known, std::ostream* out) { *out << known.name; }

}  // namespace
}  // namespace csva::reading
