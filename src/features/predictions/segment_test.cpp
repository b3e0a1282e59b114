#include "features/predictions/segment.hpp"

#include "foundation/base/files.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace csva::predictions {
namespace {

namespace fs = std::filesystem;

bundle::Description two_columns() {
    bundle::Description model;
    for (const char* name : {"age", "note"}) {
        table::Column column;
        column.name = name;
        model.columns.columns.push_back(column);
    }
    model.report.classes = {"no", "yes"};
    return model;
}

std::string line_of(std::int64_t at_ms, const std::string& note, double yes) {
    std::string out;
    bundle::Prediction answer;
    answer.probabilities = {{"yes", yes}, {"no", 1 - yes}};
    const base::Cell cell{.kind = base::Cell::Kind::text, .text = note};
    append_line(out, at_ms, two_columns(), std::vector<const base::Cell*>{nullptr, &cell}, answer);
    return out;
}

class Segments : public testing::Test {
protected:
    /// A segment of blocks of one line each.
    fs::path write(const std::vector<std::string>& lines) {
        const fs::path path = folder_.path() / ("s" + std::to_string(++count_));
        std::ofstream file(path, std::ios::binary);
        auto head = head_of(two_columns());
        code_ = head.code;
        file << block_of(base::to_json(head), 0);
        for (const auto& line : lines) file << block_of(line, 1);
        return path;
    }
    base::TemporaryFolder folder_ = std::move(*base::TemporaryFolder::make());
    int count_ = 0;
    std::string code_;
};

TEST_F(Segments, come_back_as_they_were_written) {
    const std::string odd = "tab\there, back\\slash\nand a new line, é";
    const auto path = write({line_of(1000, odd, 0.1), line_of(2000, "", 1.0 / 3)});
    const auto reader = read_segments({path, path}, two_columns());
    table::Batch batch;
    std::vector<std::string> notes;
    std::vector<double> yes;
    for (;;) {
        const auto more = reader->next(batch);
        ASSERT_TRUE(more);
        if (!*more) break;
        for (std::size_t row = 0; row < batch.rows(); ++row) {
            EXPECT_EQ(batch.columns[0].texts[row], code_);
            EXPECT_TRUE(batch.columns[kLogInputs].missing(row)) << "age was not given";
            notes.emplace_back(batch.columns[kLogInputs + 1].texts[row]);
            yes.push_back(batch.columns[kLogInputs + 3].reals[row]);
        }
    }
    EXPECT_EQ(notes, (std::vector<std::string>{odd, "", odd, ""}));
    EXPECT_EQ(yes, (std::vector<double>{0.1, 1.0 / 3, 0.1, 1.0 / 3}));
}

TEST(Lines, write_numbers_and_booleans_as_the_file_does) {
    auto model = two_columns();
    model.columns.columns[0].format.decimal_mark = ",";
    model.columns.columns[1].format.true_words = {"oui"};
    model.columns.columns[1].format.false_words = {"non"};
    const base::Cell number{.kind = base::Cell::Kind::number, .text = "12.5", .number = 12.5};
    const base::Cell yes{.kind = base::Cell::Kind::boolean, .text = "true"};
    bundle::Prediction answer;
    answer.probabilities = {{"yes", 1}, {"no", 0}};
    std::string out;
    append_line(out, 7, model, std::vector{&number, &yes}, answer);
    EXPECT_EQ(out, "7\t12,5\toui\t0\t1\n");
}

TEST_F(Segments, end_where_they_were_cut_or_damaged) {
    const auto path = write({line_of(1000, "a", 0.5), line_of(3000, "b", 0.5)});
    auto summary = summary_of(path);
    EXPECT_EQ(summary.rows, 2);
    EXPECT_EQ(summary.from_ms, 1000);
    EXPECT_EQ(summary.to_ms, 3000);
    fs::resize_file(path, fs::file_size(path) - 1);
    EXPECT_EQ(summary_of(path).rows, 1) << "a block that is cut off does not count";
    auto bytes = *base::read_file(path);
    bytes[bytes.find("1000")] = '9';
    std::ofstream(path, std::ios::binary) << bytes;
    EXPECT_EQ(summary_of(path).rows, 0) << "nor does one whose checksum is wrong";
    EXPECT_EQ(summary_of(folder_.path() / "none").head.code, "");
}

TEST_F(Segments, empty_the_inputs_of_a_line_and_keep_its_number) {
    const auto path = write({line_of(1000, "tab\tZoe", 0.25), line_of(2000, "Ada", 0.5)});
    const auto is_zoe = [](std::span<const std::string_view> inputs) {
        return inputs.size() == 2 && inputs[1] == "tab\tZoe";
    };
    EXPECT_EQ(blank_lines(path, {}, is_zoe), 1) << "only counted";
    const auto out = folder_.path() / "blanked";
    ASSERT_EQ(blank_lines(path, out, is_zoe), 1);
    EXPECT_EQ(base::read_file(out)->find("Zoe"), std::string::npos);
    const auto reader = read_segments({out}, two_columns());
    table::Batch batch;
    ASSERT_TRUE(*reader->next(batch));
    EXPECT_TRUE(batch.columns[kLogInputs + 1].missing(0));
    EXPECT_EQ(batch.columns[kLogInputs + 3].reals[0], 0.25);
    ASSERT_TRUE(*reader->next(batch));
    EXPECT_EQ(batch.columns[1].integers[0], 2);
    EXPECT_EQ(batch.columns[kLogInputs + 1].texts[0], "Ada");
    EXPECT_EQ(blank_lines(out, {}, is_zoe), 0);
}

TEST(PredictionIds, are_read_as_they_are_written) {
    const PredictionKey key{"a1b2c3d4e5f6", 12};
    EXPECT_EQ(key_of(id_of(key)), key);
    for (const char* wrong :
         {"", "-1", "abc", "abc-", "abc-0", "abc--3", "abc-1x", "abc-99999999999999999999"})
        EXPECT_EQ(key_of(wrong), std::nullopt) << wrong;
}

}  // namespace
}  // namespace csva::predictions
