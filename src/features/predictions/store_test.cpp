#include "features/predictions/store.hpp"

#include "features/models/service.hpp"
#include "features/predictions/service.hpp"
#include "foundation/base/crypto.hpp"
#include "foundation/base/files.hpp"
#include "foundation/jobs/queue.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <future>
#include <thread>

namespace csva::predictions {
namespace {

class Batches : public testing::Test {
protected:
    void SetUp() override {
        const std::vector<store::Migrations> features{
            jobs::migrations(), models::migrations(), migrations()
        };
        const auto applied = database_->migrate(features);
        ASSERT_TRUE(applied) << applied.error().internal;
    }

    BatchId add(std::int64_t dataset_id, std::int64_t training_id = 0) {
        return *database_->transaction([&](store::Session& session) -> base::Result<BatchId> {
            models::Model model;
            model.project_id = 1;
            model.dataset_id = dataset_id;
            model.training_id = training_id;
            model.name = "RandomForestClassifier";
            TRY(const auto id, models::insert(session, model, "p1/bundle"));
            Batch batch;
            batch.project_id = 1;
            batch.model_id = id;
            return insert(session, batch, "p1/upload");
        });
    }

    bool is_there(BatchId id) {
        return database_
            ->read([&](store::Session& session) { return find(session, id, i18n::Language::en); })
            ->has_value();
    }

    base::TemporaryFolder folder_ = std::move(*base::TemporaryFolder::make());
    std::unique_ptr<store::Database> database_ =
        std::move(*store::Database::open({.data_folder = folder_.path().string()}));
};

TEST_F(Batches, go_with_their_data_set_and_with_no_other) {
    const auto gone = add(1);
    const auto kept = add(2);
    const auto erased = database_->transaction([&](store::Session& session) {
        return erase_of_dataset(session, datasets::DatasetId(1));
    });
    ASSERT_TRUE(erased) << erased.error().internal;
    EXPECT_FALSE(is_there(gone));
    EXPECT_TRUE(is_there(kept));
}

TEST_F(Batches, go_with_their_training_and_with_no_other) {
    const auto gone = add(1, 7);
    const auto kept = add(1, 8);
    const auto erased = database_->transaction([&](store::Session& session) {
        return erase_of_training(session, 7);
    });
    ASSERT_TRUE(erased) << erased.error().internal;
    EXPECT_FALSE(is_there(gone));
    EXPECT_TRUE(is_there(kept));
}

TEST_F(Batches, say_why_they_failed_in_the_language_of_whoever_asks) {
    const auto id = add(1);
    ASSERT_TRUE(database_->transaction([&](store::Session& session) {
        return give_up(
            session, id, base::Error(base::ErrorKind::invalid_argument, "reading.empty_file")
        );
    }));
    const auto batch = database_->read([&](store::Session& session) {
        return find(session, id, i18n::Language::fr);
    });
    ASSERT_TRUE(batch && *batch && (*batch)->problem);
    EXPECT_EQ((*batch)->state, jobs::State::failed);
    EXPECT_EQ((*batch)->problem->message, "Le fichier est vide.");
}

/// A segment that is being noted while its data set is erased: erasing waits for it and takes it.
class Segment : public testing::TestWithParam<store::Backend> {};

TEST_P(Segment, noted_while_its_data_set_goes_goes_with_it) {
    const base::TemporaryFolder folder = std::move(*base::TemporaryFolder::make());
    store::Database::Options options{.data_folder = folder.path().string(), .pool_size = 3};
    if (GetParam() == store::Backend::postgres) {
        const char* url = std::getenv("CSVA_TEST_DATABASE_URL");
        if (url == nullptr) GTEST_SKIP() << "CSVA_TEST_DATABASE_URL is not set";
        options.url = url;
        options.schema = "predictions_" + base::random_hex(4);
    }
    const auto database = std::move(*store::Database::open(options));
    const std::vector<store::Migrations> features{
        jobs::migrations(), models::migrations(), migrations()
    };
    ASSERT_TRUE(database->migrate(features));
    const auto model = database->transaction([](store::Session& session) {
        return models::insert(session, {.project_id = 1, .dataset_id = 1}, "p1/bundle");
    });
    ASSERT_TRUE(model) << model.error().internal;
    SegmentSummary summary;
    summary.head.code = "0123456789ab";
    summary.head.model_id = model->value;
    std::promise<void> written;
    auto noting = std::async(std::launch::async, [&] {
        return database->transaction([&](store::Session& session) -> base::Result<void> {
            TRY(const auto held, models::hold(session, *model));
            EXPECT_TRUE(held);
            CHECK_OK(insert_segment(session, summary));
            written.set_value();
            std::this_thread::sleep_for(std::chrono::milliseconds(200));
            return {};
        });
    });
    written.get_future().wait();
    const auto erased = database->transaction([&](store::Session& session) -> base::Result<void> {
        CHECK_OK(erase_of_dataset(session, datasets::DatasetId(1)));
        return models::erase_of_dataset(session, 1);
    });
    ASSERT_TRUE(erased) << erased.error().internal;
    ASSERT_TRUE(noting.get());
    const auto left = database->read([&](store::Session& session) {
        return segment_is_open(session, summary.head.code);
    });
    ASSERT_TRUE(left) << left.error().internal;
    EXPECT_FALSE(*left);
    EXPECT_FALSE(*database->transaction([&](store::Session& session) -> base::Result<bool> {
        TRY(const auto held, models::hold(session, *model));
        return held.has_value();
    }));
}

INSTANTIATE_TEST_SUITE_P(
    store,
    Segment,
    testing::Values(store::Backend::sqlite, store::Backend::postgres),
    [](const auto& info) { return info.param == store::Backend::sqlite ? "sqlite" : "postgres"; }
);

}  // namespace
}  // namespace csva::predictions
