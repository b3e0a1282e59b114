#include "foundation/store/database.hpp"

#include "foundation/base/crypto.hpp"
#include "foundation/base/files.hpp"
#include "foundation/store/recent.hpp"
#include "foundation/store/statement.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <sqlite3.h>
#include <thread>

namespace csva::store {
namespace {

constexpr base::EmbeddedFile kFiles[] = {
    {"202601010000_things_create.sql",
     "CREATE TABLE things_{{x}} (id {{id}}, name TEXT NOT NULL UNIQUE, weight DOUBLE PRECISION, "
     "seen_at BIGINT);"},
};

struct Thing {
    std::int64_t id = 0;
    std::string name;
    std::optional<double> weight;
};
CSVA_DESCRIBE(Thing, id, name, weight)

/// The same cases on SQLite and, where CSVA_TEST_DATABASE_URL names one, on PostgreSQL.
class OnEach : public testing::TestWithParam<Backend> {
protected:
    void SetUp() override {
        Database::Options options{
            .data_folder = folder_.path().string(), .pool_size = 2, .wait_ms = 300
        };
        if (GetParam() == Backend::postgres) {
            const char* url = std::getenv("CSVA_TEST_DATABASE_URL");
            if (url == nullptr) GTEST_SKIP() << "CSVA_TEST_DATABASE_URL is not set";
            options.url = url;
        }
        auto opened = Database::open(options);
        ASSERT_TRUE(opened) << opened.error().internal;
        database_ = std::move(*opened);
        migration_ = std::string(kFiles[0].content);
        migration_.replace(migration_.find("{{x}}"), 5, table_.substr(7));
        name_ = "20260101_" + table_ + ".sql";
        files_ = {{name_, migration_}};
        const Migrations one(files_);
        const auto applied = database_->migrate(std::span(&one, 1));
        ASSERT_TRUE(applied) << applied.error().internal;
        EXPECT_EQ(*applied, 1);
        EXPECT_EQ(*database_->migrate(std::span(&one, 1)), 0);
    }

    base::Result<std::int64_t> add(std::string_view name, Value weight) {
        return database_->transaction([&](Session& session) {
            return session.insert(
                "INSERT INTO " + table_ + " (name, weight) VALUES (:name, :weight) RETURNING id",
                {name, weight}
            );
        });
    }

    base::TemporaryFolder folder_ = std::move(*base::TemporaryFolder::make());
    std::string table_ = "things_" + base::random_hex(4);
    std::string migration_, name_;
    std::vector<base::EmbeddedFile> files_;
    std::unique_ptr<Database> database_;
};

TEST_P(OnEach, gives_back_what_was_put_in) {
    const auto id = add("it's \u00e9", 0.1);
    ASSERT_TRUE(id) << id.error().internal;
    ASSERT_TRUE(add("none", nullptr));
    const auto things = database_->read([&](Session& session) {
        return session.records<Thing>(
            "SELECT id, name, weight FROM " + table_ + " WHERE id >= :id AND id >= :id ORDER BY id",
            {*id, *id}
        );
    });
    ASSERT_TRUE(things) << things.error().internal;
    ASSERT_EQ(things->size(), 2u);
    EXPECT_EQ(things->at(0).name, "it's \u00e9");
    EXPECT_EQ(things->at(0).weight, 0.1);
    EXPECT_FALSE(things->at(1).weight);
}

TEST_P(OnEach, says_conflict_for_a_repeated_key_and_keeps_nothing_of_the_transaction) {
    ASSERT_TRUE(add("a", nullptr));
    const auto twice = database_->transaction([&](Session& session) -> base::Result<void> {
        CHECK_OK(session.run("INSERT INTO " + table_ + " (name) VALUES ('b')"));
        CHECK_OK(session.run("INSERT INTO " + table_ + " (name) VALUES ('a')"));
        return {};
    });
    ASSERT_FALSE(twice);
    EXPECT_EQ(twice.error().reason, "store.conflict");
    const auto row = database_->read([&](Session& session) {
        return session.row("SELECT COUNT(*) AS n FROM " + table_);
    });
    EXPECT_EQ((*row)->integer("n"), 1);
}

TEST_P(OnEach, counts_changed_rows) {
    ASSERT_TRUE(add("a", 1.0));
    ASSERT_TRUE(add("b", 1.0));
    const auto changed = database_->transaction([&](Session& session) {
        return session.run(
            "UPDATE " + table_ + " SET weight = :weight WHERE weight = :old", {2.0, 1.0}
        );
    });
    ASSERT_TRUE(changed);
    EXPECT_EQ(*changed, 2);
}

TEST_P(OnEach, refuses_texts_that_one_of_the_two_could_not_keep) {
    using namespace std::string_view_literals;
    for (const auto text : {"a\0b"sv, "\xff"sv, "\xc3"sv, "\xed\xa0\x80"sv, "\xf4\x90\x80\x80"sv}) {
        const auto refused = add(text, nullptr);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().reason, "store.bad_text");
    }
    EXPECT_TRUE(add("\u00e9 \u20ac \U0001F600", nullptr));
}

TEST_P(OnEach, refuses_to_write_while_reading) {
    const auto written = database_->read([&](Session& session) {
        return session.run("INSERT INTO " + table_ + " (name) VALUES ('x')");
    });
    EXPECT_FALSE(written);
    EXPECT_TRUE(add("after", nullptr));
}

TEST_P(OnEach, reads_one_snapshot) {
    ASSERT_TRUE(add("before", nullptr));
    const std::string count = "SELECT COUNT(*) AS n FROM " + table_;
    const auto same = database_->read([&](Session& session) -> base::Result<bool> {
        TRY(const auto first, session.row(count));
        std::thread([&] { EXPECT_TRUE(add("between", nullptr)); }).join();
        TRY(const auto second, session.row(count));
        return first->integer("n") == second->integer("n");
    });
    ASSERT_TRUE(same) << same.error().internal;
    EXPECT_TRUE(*same);
}

TEST_P(OnEach, lets_many_threads_count_without_losing_one) {
    ASSERT_TRUE(add("counter", 0.0));
    std::atomic<int> failed{0};
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i) {
            threads.emplace_back([&] {
                for (int k = 0; k < 25; ++k) {
                    const auto count = [&] {
                        return database_->transaction([&](Session& session) {
                            return session.run("UPDATE " + table_ + " SET weight = weight + 1");
                        });
                    };
                    auto counted = count();
                    // A slow disk makes others wait for longer than this store lets them.
                    while (!counted && counted.error().reason == "store.unavailable")
                        counted = count();
                    if (!counted) ++failed;
                }
            });
        }
    }
    const auto row = database_->read([&](Session& session) {
        return session.row("SELECT weight FROM " + table_);
    });
    EXPECT_EQ((*row)->real("weight") + failed, 100.0);
    EXPECT_EQ(failed, 0);
}

TEST_P(OnEach, refuses_a_migration_that_changed_after_it_was_applied) {
    const std::string changed = migration_ + " -- changed";
    const std::vector<base::EmbeddedFile> files{{name_, changed}};
    const Migrations one(files);
    const auto applied = database_->migrate(std::span(&one, 1));
    ASSERT_FALSE(applied);
    EXPECT_EQ(applied.error().reason, "store.migration_changed");
}

TEST(postgres, connects_again_after_its_connections_were_cut) {
    const char* url = std::getenv("CSVA_TEST_DATABASE_URL");
    if (url == nullptr) GTEST_SKIP() << "CSVA_TEST_DATABASE_URL is not set";
    const auto database = Database::open({.url = url, .pool_size = 1});
    const auto other = Database::open({.url = url, .pool_size = 1});
    ASSERT_TRUE(database && other);
    const auto me = (*database)->read([](Session& session) {
        return session.row("SELECT pg_backend_pid() AS pid");
    });
    ASSERT_TRUE((*other)->transaction([&](Session& session) {
        return session.rows(
            "SELECT pg_terminate_backend(CAST(:pid AS INTEGER))", {(*me)->integer("pid")}
        );
    }));
    const auto again = (*database)->read([](Session& session) {
        return session.row("SELECT pg_backend_pid() AS pid");
    });
    ASSERT_TRUE(again) << again.error().internal;
    EXPECT_NE((*again)->integer("pid"), (*me)->integer("pid"));
}

INSTANTIATE_TEST_SUITE_P(
    database,
    OnEach,
    testing::Values(Backend::sqlite, Backend::postgres),
    [](const auto& param) { return param.param == Backend::sqlite ? "sqlite" : "postgres"; }
);

TEST(statement, numbers_parameters_and_leaves_quotes_and_casts_alone) {
    constexpr std::string_view kSql = "SELECT ':no', a::text FROM t WHERE id = :id AND n=:n";
    EXPECT_EQ(
        numbered(kSql, Backend::postgres), "SELECT ':no', a::text FROM t WHERE id = $1 AND n=$2"
    );
    EXPECT_EQ(numbered(kSql, Backend::sqlite), "SELECT ':no', a::text FROM t WHERE id = ? AND n=?");
}

TEST(database, refuses_an_address_it_does_not_know) {
    const auto opened = Database::open({.url = "mysql://localhost"});
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().reason, "store.bad_url");
}

TEST(database, says_unavailable_when_nobody_listens) {
    const auto opened = Database::open(
        {.url = "postgresql://nobody@127.0.0.1:1/none?connect_timeout=2", .pool_size = 1}
    );
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().reason, "store.unavailable");
}

/// Fills a table, deletes its rows, shrinks; sizes of the file when full and at the end.
std::pair<std::uintmax_t, std::uintmax_t> filled_and_shrunk(const std::filesystem::path& folder) {
    const auto file = folder / "csva.sqlite";
    const auto database = *Database::open({.data_folder = folder.string()});
    const auto change = [&](std::string_view sql, std::vector<Value> values = {}) {
        EXPECT_TRUE(database->transaction([&](Session& session) { return session.run(sql, values); }
        ));
    };
    change("CREATE TABLE IF NOT EXISTS texts (text TEXT)");
    for (int i = 0; i < 40; ++i)
        change("INSERT INTO texts (text) VALUES (:text)", {std::string(50'000, 'x')});
    EXPECT_TRUE(database->shrink());
    const auto full = std::filesystem::file_size(file);
    change("DELETE FROM texts");
    EXPECT_TRUE(database->shrink());
    return {full, std::filesystem::file_size(file)};
}

TEST(sqlite, gives_freed_pages_back_of_a_new_file_and_of_an_old_one) {
    const auto folder = base::TemporaryFolder::make();
    ASSERT_TRUE(folder);
    const auto [full, left] = filled_and_shrunk(folder->path());
    EXPECT_GT(full, 2'000'000U);
    EXPECT_LT(left, 100'000U);

    const auto old = base::TemporaryFolder::make();
    ASSERT_TRUE(old);
    sqlite3* handle = nullptr;
    ASSERT_EQ(sqlite3_open((old->path() / "csva.sqlite").c_str(), &handle), SQLITE_OK);
    sqlite3_exec(handle, "CREATE TABLE texts (text TEXT)", nullptr, nullptr, nullptr);
    sqlite3_close(handle);
    for (int round = 0; round < 2; ++round) {
        const auto [old_full, old_left] = filled_and_shrunk(old->path());
        EXPECT_GT(old_full, 2'000'000U);
        EXPECT_LT(old_left, 100'000U);
    }
}

TEST(recent, forgets_with_the_next_transaction_and_after_its_time) {
    const auto folder = base::TemporaryFolder::make();
    const auto database = std::move(*Database::open({.data_folder = folder->path().string()}));
    const auto write = [&] {
        return database->transaction([](Session&) -> base::Result<void> { return {}; });
    };
    Recent<int, std::string> recent(*database);
    recent.put(1, "one", database->changes());
    recent.put(2, "two", database->changes());
    EXPECT_EQ(recent.find(1), "one");
    EXPECT_EQ(recent.find(2), "two");
    EXPECT_FALSE(recent.find(3));
    const auto before = database->changes();
    ASSERT_TRUE(write());
    EXPECT_FALSE(recent.find(1));
    recent.put(1, "read before the change", before);
    EXPECT_FALSE(recent.find(1));
    Recent<int, std::string> brief(*database, std::chrono::milliseconds(-1));
    brief.put(1, "one", database->changes());
    EXPECT_FALSE(brief.find(1));
}

}  // namespace
}  // namespace csva::store
