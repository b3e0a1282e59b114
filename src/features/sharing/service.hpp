#pragma once

#include "features/datasets/service.hpp"
#include "features/sharing/types.hpp"
#include "features/training/service.hpp"
#include "foundation/base/settings.hpp"
#include "foundation/http/actor.hpp"
#include "foundation/i18n/catalogue.hpp"
#include "foundation/store/database.hpp"
#include "foundation/store/lifecycle.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace csva::sharing {

store::Migrations migrations();
std::unique_ptr<store::Lifecycle> lifecycle();
std::vector<base::SettingRow> setting_rows();
/// Before a data set or a training goes.
base::Result<void> erase_of_dataset(store::Session& session, datasets::DatasetId id);
base::Result<void> erase_of_training(store::Session& session, training::TrainingId id);

struct LinkWish {
    datasets::DatasetId dataset_id;
    std::optional<training::TrainingId> training_id;
    std::string label;
    std::int64_t days = 0;
};

/// Links and what they show. Thread-safe.
class Service {
public:
    struct Parts {
        store::Database& database;
        datasets::Service& datasets;
        training::Service& training;
        const base::Settings& settings;
        /// Told of every look at a link.
        std::function<void(LinkId)> on_view;
    };
    explicit Service(Parts parts) : parts_(std::move(parts)) {}

    /// `own_address`: scheme and host that the browser used, unless http.public_url is set.
    /// Errors: datasets.not_found, datasets.not_ready, training.not_found (also of another data
    /// set), sharing.nothing_to_show, sharing.too_long, sharing.too_many.
    base::Result<NewLink> create(
        const http::Actor& actor, const LinkWish& wish, std::string_view own_address
    );
    /// Newest first.
    base::Result<LinkList> list(datasets::DatasetId id);
    /// Errors: sharing.not_found (also of another data set).
    base::Result<void> revoke(datasets::DatasetId id, LinkId link);
    /// What a visitor sees; the look is counted. Errors: sharing.not_found, sharing.expired,
    /// sharing.revoked, sharing.nothing_to_show.
    base::Result<SharedView> show(std::string_view token, i18n::Language language);

private:
    base::Result<void> check(const LinkWish& wish, i18n::Language language);
    Parts parts_;
};

}  // namespace csva::sharing
