#include "engine/duck/session.hpp"

#include "engine/duck/parquet.hpp"
#include "engine/duck/state.hpp"
#include "foundation/base/files.hpp"

#include <gtest/gtest.h>

#include <atomic>

namespace csva::duck {
namespace {

TEST(session, answers_every_type) {
    auto session = Session::open({});
    ASSERT_TRUE(session) << session.error().internal;
    const auto rows = session->query(
        "SELECT 7::BIGINT, 1.5::DOUBLE, true, 'a''b', NULL, 'longer than twelve bytes'"
    );
    ASSERT_TRUE(rows) << rows.error().internal;
    const auto& row = rows->rows.at(0);
    EXPECT_EQ(std::get<std::int64_t>(row[0]), 7);
    EXPECT_EQ(std::get<double>(row[1]), 1.5);
    EXPECT_TRUE(std::get<bool>(row[2]));
    EXPECT_EQ(std::get<std::string>(row[3]), "a'b");
    EXPECT_TRUE(std::holds_alternative<std::monostate>(row[4]));
    EXPECT_EQ(std::get<std::string>(row[5]), "longer than twelve bytes");
}

TEST(session, refuses_files_that_are_not_allowed_and_changes_of_its_configuration) {
    auto session = Session::open({});
    ASSERT_TRUE(session);
    EXPECT_FALSE(session->query("SELECT * FROM read_text('/etc/passwd')"));
    EXPECT_FALSE(session->execute("SET enable_external_access = true"));
    EXPECT_FALSE(session->execute("COPY (SELECT 1) TO '/tmp/csva-must-not-exist.csv'"));
    EXPECT_FALSE(session->execute("INSTALL httpfs"));
}

TEST(session, stops_when_cancelled) {
    struct Cancelled : base::Control {
        bool cancelled() const override { return true; }
    } control;
    auto session = Session::open({}, &control);
    ASSERT_TRUE(session);
    const auto rows =
        session->query("SELECT sum(a.range * b.range % 7) FROM range(10000000) a, range(100000) b");
    ASSERT_FALSE(rows);
    EXPECT_EQ(rows.error().reason, base::kCancelledReason);
}

TEST(session, says_that_the_disk_is_full) {
    const auto error = plain_error("IO Error: Could not write \"t.tmp\": No space left on device");
    EXPECT_EQ(error.reason, "duck.disk_full");
    EXPECT_EQ(error.kind, base::ErrorKind::unavailable);
    EXPECT_NE(plain_error("IO Error: Could not read").reason, "duck.disk_full");
}

TEST(parquet, gives_back_what_was_written_in_row_order) {
    auto folder = base::TemporaryFolder::make();
    ASSERT_TRUE(folder);
    const std::string file = (folder->path() / "t.parquet").string();
    auto session = Session::open({.allowed_folders = {folder->path().string()}});
    ASSERT_TRUE(session) << session.error().internal;
    const table::Schema schema{{
        {.name = "n", .physical = "c0001", .type = table::ColumnType::integer},
        {.name = "r", .physical = "c0002", .type = table::ColumnType::real},
        {.name = "t", .physical = "c0003", .type = table::ColumnType::text},
        {.name = "d", .physical = "c0004", .type = table::ColumnType::date},
        {.name = "b", .physical = "c0005", .type = table::ColumnType::boolean},
    }};
    auto source = session->read(
        "SELECT i AS row_id, i * 2, CASE WHEN i % 3 = 0 THEN NULL ELSE i / 2.0 END, 'row ' || i, "
        "DATE '2000-01-01' + i::INTEGER, "
        "i % 2 = 0 FROM range(1, 5001) t(i)",
        schema
    );
    ASSERT_TRUE(source) << source.error().internal;
    const auto written = write_table(*session, **source, file);
    ASSERT_TRUE(written) << written.error().internal;
    EXPECT_EQ(*written, 5000);

    auto reader = open_table(file, schema, {2, 1});
    ASSERT_TRUE(reader) << reader.error().internal;
    table::Batch batch;
    std::int64_t seen = 0;
    for (;;) {
        const auto more = (*reader)->next(batch);
        ASSERT_TRUE(more) << more.error().internal;
        if (!*more) break;
        for (std::size_t i = 0; i < batch.rows(); ++i) {
            ++seen;
            ASSERT_EQ(batch.row_ids[i], seen);
            ASSERT_EQ(batch.columns[0].texts[i], "row " + std::to_string(seen));
            ASSERT_EQ(batch.columns[1].missing(i), seen % 3 == 0);
        }
    }
    EXPECT_EQ(seen, 5000);
}

}  // namespace
}  // namespace csva::duck
