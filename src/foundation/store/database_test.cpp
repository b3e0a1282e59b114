#include "foundation/store/database.hpp"

#include "foundation/base/crypto.hpp"
#include "foundation/base/files.hpp"
#include "foundation/store/statement.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

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

}  // namespace
}  // namespace csva::store
