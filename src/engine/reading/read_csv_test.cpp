#include "engine/reading/read_csv.hpp"

#include "engine/duck/parquet.hpp"
#include "engine/reading/chunks.hpp"
#include "engine/table/column_parser.hpp"
#include "foundation/base/files.hpp"

#include <gtest/gtest.h>

#include <algorithm>
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

TEST_F(ReadCsv, hands_typed_rows_out_while_reading_and_again_when_the_sample_was_wrong) {
    std::string content = "n,v\n";
    constexpr int kRows = 300'000;  // The sample sees the first of them only.
    for (int i = 0; i < kRows; ++i)
        content += std::to_string(i) + (i < kRows - 1 ? ",1\n" : ",x\n");
    const auto input = folder_.path() / "in.csv";
    ASSERT_TRUE(base::write_file(input, content));
    std::vector<std::string> last;
    std::size_t rows = 0;
    const auto take = [&](table::TableReader& reader) -> base::Result<void> {
        table::Batch batch;
        for (rows = 0;; rows += batch.rows()) {
            TRY(const bool more, reader.next(batch));
            if (!more) return {};
            last.push_back(table::cell_text(batch.columns[1], batch.rows() - 1));
        }
    };
    base::Control control;
    const auto outcome = read_csv({.input = input.string(), .take = take}, control);
    ASSERT_TRUE(outcome) << outcome.error().reason;
    EXPECT_EQ(outcome->schema.columns[0].type, table::ColumnType::integer);
    EXPECT_EQ(outcome->schema.columns[1].type, table::ColumnType::text);
    EXPECT_EQ(rows, static_cast<std::size_t>(kRows));
    EXPECT_EQ(std::ranges::count(last, ""), 1);  // the first time it was no number
    EXPECT_EQ(last.back(), "x");
}

TEST_F(ReadCsv, rows_in_chunks_are_the_same_after_a_rewind) {
    std::string content = "number,text\n";
    for (int i = 0; i < 20'000; ++i)
        content += std::to_string(i) + (i % 9 == 0 ? ",\"two\nlines\"\n" : ",word\n");
    const auto input = folder_.path() / "in.csv";
    ASSERT_TRUE(base::write_file(input, content));
    Plan plan;
    auto file = MappedFile::open(input.string());
    ASSERT_TRUE(file);
    plan.file = *file;
    std::vector<Evidence> evidence;
    ASSERT_TRUE(make_plan(plan, false, evidence));
    const table::Schema schema{
        {{.name = "number", .physical = "c0001", .type = table::ColumnType::integer},
         {.name = "text", .physical = "c0002"}}
    };
    base::Control control;
    for (const std::size_t threads : {1, 3}) {
        int chunks = 0;
        const ChunkOptions options{.threads = threads, .bytes = 10'000};
        const auto reader =
            read_chunks(plan, schema, options, [&](Chunk&, std::int64_t) { ++chunks; }, control);
        const auto all = [&] {
            std::vector<std::string> out;
            table::Batch batch;
            while (*reader->next(batch))
                for (std::size_t row = 0; row < batch.rows(); ++row)
                    out.push_back(
                        std::to_string(batch.row_ids[row]) + " " +
                        table::cell_text(batch.columns[0], row) + " " +
                        table::cell_text(batch.columns[1], row)
                    );
            return out;
        };
        ASSERT_TRUE(reader->rewind());  // before the first row
        const auto first = all();
        EXPECT_EQ(first.size(), 20'000U);
        EXPECT_EQ(first.back(), "20000 19999 word");
        const int told = chunks;
        EXPECT_GT(told, 10);
        ASSERT_TRUE(reader->rewind());
        EXPECT_EQ(all(), first);
        EXPECT_EQ(chunks, told);  // chunks are told of once
        ASSERT_TRUE(reader->rewind());
        table::Batch batch;
        ASSERT_TRUE(*reader->next(batch));
        EXPECT_FALSE(reader->rewind());  // in the middle
    }
}

TEST_F(ReadCsv, sets_repeated_headers_aside) {
    const auto outcome = read("id,n\n1,2\nid,n\n3,4\n");
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->receipt.rows_kept, 2);
    EXPECT_EQ(outcome->receipt.first_rejects.at(0).reason, "repeated_header");
    EXPECT_EQ(outcome->schema.columns.at(0).type, table::ColumnType::integer);
}

TEST_F(ReadCsv, reads_an_odd_byte_in_utf_8_as_windows_1252) {
    std::string text = "name,n\n";
    for (int i = 0; i < 30; ++i) text += "Zo\xC3\xA9,1\n";
    text += "caf\xE9,2\nHR \xC2\x96 pay,3\n";
    const auto outcome = read(text);
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->receipt.dialect.encoding, "UTF-8");
    EXPECT_EQ(outcome->receipt.notes, std::vector<std::string>{"windows_characters"});
    const auto got = rows(outcome->schema);
    EXPECT_EQ(got.at(0).at(1), "Zo\xC3\xA9");
    EXPECT_EQ(got.at(30).at(1), "caf\xC3\xA9");
    EXPECT_EQ(got.at(31).at(1), "HR \xE2\x80\x93 pay");
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

TEST_F(ReadCsv, reads_one_column) {
    const auto outcome = read("value\n1.5\n2.5\n\n3.5\n");
    ASSERT_TRUE(outcome) << outcome.error().reason;
    EXPECT_EQ(outcome->schema.columns.size(), 1u);
    EXPECT_EQ(outcome->schema.columns[0].type, table::ColumnType::real);
    EXPECT_EQ(outcome->receipt.notes, std::vector<std::string>{"one_column"});
    EXPECT_EQ(outcome->receipt.rows_kept, 4);
}

TEST_F(ReadCsv, a_quote_that_never_closes_spoils_its_line_only) {
    const auto outcome = read("a,b\n1,x\n2,\"y\n3,z\n4,w\n5,v\n");
    ASSERT_TRUE(outcome) << outcome.error().reason;
    EXPECT_EQ(outcome->receipt.rows_in, 5);
    EXPECT_EQ(outcome->receipt.rows_kept + outcome->receipt.rows_rejected, 5);
    EXPECT_EQ(outcome->receipt.first_repairs, (std::vector<Reject>{{3, "stray_quote"}}));
    EXPECT_EQ(rows(outcome->schema).at(1), (std::vector<std::string>{"2", "2", "\"y"}));
}

TEST_F(ReadCsv, changes_its_mind_when_a_late_cell_contradicts_the_sample) {
    std::string content = "id,name\n";
    for (int i = 1; i <= 60'000; ++i)
        content += std::to_string(i) + ",n" + std::to_string(i) + "\n";
    content += "007,bond\n";
    const auto outcome = read(content);
    ASSERT_TRUE(outcome) << outcome.error().reason;
    EXPECT_EQ(outcome->schema.columns[0].type, table::ColumnType::text);
    EXPECT_EQ(outcome->receipt.kept_as_text.at(0).cells, 1);
    EXPECT_EQ(rows(outcome->schema).back(), (std::vector<std::string>{"60001", "007", "bond"}));
}

TEST_F(ReadCsv, keeps_order_lines_and_row_numbers_over_many_chunks) {
    std::string content = "id,text\n";
    int line = 1;
    std::vector<Reject> expected;
    for (int i = 1; i <= 300'000; ++i) {
        if (i % 50'000 == 0) {
            content += "1,2,3\n";
            expected.push_back({++line, "too_many_cells"});
            continue;
        }
        const bool two_lines = i % 7 == 0;
        content += std::to_string(i) + (two_lines ? ",\"first, \nsecond\"\n" : ",some words\n");
        line += two_lines ? 2 : 1;
    }
    const auto outcome = read(content);
    ASSERT_TRUE(outcome) << outcome.error().reason << outcome.error().internal;
    EXPECT_EQ(outcome->receipt.first_rejects, expected);
    EXPECT_EQ(outcome->receipt.rows_kept, 299'994);
    auto reader = duck::open_table(parquet_, outcome->schema);
    table::Batch batch;
    std::int64_t before = 0;
    while (*(*reader)->next(batch)) {
        for (std::size_t i = 0; i < batch.rows(); ++i) {
            ASSERT_EQ(batch.row_ids[i], batch.columns[0].integers[i]);
            ASSERT_GT(batch.row_ids[i], before);
            before = batch.row_ids[i];
        }
    }
}

TEST_F(ReadCsv, as_text_keeps_rows_of_any_length_and_empty_lines) {
    const auto input = folder_.path() / "in.csv";
    const auto as_text = [&](std::string_view content) {
        EXPECT_TRUE(base::write_file(input, content));
        base::Control control;
        return read_csv({.input = input.string(), .parquet = parquet_, .all_text = true}, control);
    };
    const auto ragged = as_text("a,b\n007,x\n8\n9,y,z\n10,w\n");
    ASSERT_TRUE(ragged) << ragged.error().reason;
    EXPECT_EQ(ragged->receipt.rows_rejected, 0);
    EXPECT_EQ(ragged->header, (std::vector<std::string>{"a", "b", ""}));
    EXPECT_EQ(rows(ragged->schema).at(0).at(1), "007");
    EXPECT_EQ(rows(ragged->schema).at(2), (std::vector<std::string>{"3", "9", "y", "z"}));
    const auto empty = as_text("\n\n");
    ASSERT_TRUE(empty) << empty.error().reason;
    EXPECT_EQ(empty->receipt.rows_kept, 2);
}

TEST_F(ReadCsv, refuses_more_columns_than_it_can_keep) {
    std::string content;
    for (int i = 0; i <= 10'000; ++i) content += "c" + std::to_string(i) + ",";
    const auto outcome = read(content + "\n");
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().reason, "reading.too_many_columns");
}

TEST_F(ReadCsv, stops_when_it_is_told_to) {
    class Stopped : public base::Control {
        bool cancelled() const override { return true; }
    };
    const auto input = folder_.path() / "in.csv";
    ASSERT_TRUE(base::write_file(input, "a,b\n1,2\n3,4\n"));
    Stopped control;
    const auto outcome = read_csv({.input = input.string(), .parquet = parquet_}, control);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().reason, base::kCancelledReason);
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
