#include "features/sharing/service.hpp"

#include "foundation/base/clock.hpp"
#include "foundation/base/crypto.hpp"
#include "foundation/http/text.hpp"

namespace csva::embedded {
std::span<const base::EmbeddedFile> sharing_migrations();
}

namespace csva::sharing {
namespace {

using base::Clock;
using base::ErrorKind;
using base::fail;
using base::Result;
using store::Session;

constexpr std::size_t kSecretBytes = 32;
constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kOpenMax = 20;
constexpr std::int64_t kKeptAfterEndMs = 90 * kDayMs;

/// A link with what it points at.
struct Found {
    LinkId id;
    datasets::DatasetId dataset_id;
    std::optional<training::TrainingId> training_id;
    std::string label;
    std::int64_t expires_at = 0;
    std::optional<std::int64_t> revoked_at;
};
CSVA_DESCRIBE(Found, id, dataset_id, training_id, label, expires_at, revoked_at)

Result<std::int64_t> count_open(Session& session, datasets::DatasetId id) {
    TRY(const auto row,
        session.row(
            "SELECT COUNT(*) AS n FROM shared_links WHERE dataset_id = :id AND revoked_at IS NULL"
            " AND expires_at > :now",
            {id, Clock::wall_ms()}
        ));
    return row->integer("n");
}

Result<Found> find_open(Session& session, std::string_view token) {
    TRY(auto found,
        session.record<Found>(
            "SELECT id, dataset_id, training_id, label, expires_at, revoked_at FROM shared_links"
            " WHERE token_hash = :hash",
            {base::sha256_hex(token)}
        ));
    if (!found) return fail(ErrorKind::not_found, kNotFound);
    if (found->revoked_at) return fail(ErrorKind::gone, kRevoked);
    if (found->expires_at <= Clock::wall_ms()) return fail(ErrorKind::gone, kExpired);
    return std::move(*found);
}

class SharingLifecycle final : public store::Lifecycle {
public:
    std::string_view feature() const override { return "sharing"; }
    std::vector<std::string_view> tables() const override { return {"shared_links"}; }
    Result<std::set<std::string>> blobs(Session&) override { return std::set<std::string>{}; }
    Result<void> erase_project(Session& session, std::int64_t project_id) override {
        CHECK_OK(session.run("DELETE FROM shared_links WHERE project_id = :id", {project_id}));
        return {};
    }
    Result<void> erase_user(Session& session, const store::Leaver& leaver) override {
        return store::hand_over(session, {.table = "shared_links", .column = "created_by"}, leaver);
    }
    Result<store::Portion> export_user(Session& session, const store::Leaver& leaver) override {
        store::Portion out;
        TRY(out.documents["links.json"],
            store::rows_as_json(
                session,
                "SELECT label, dataset_id, training_id, created_at, expires_at, revoked_at, views, "
                "last_viewed_at FROM shared_links WHERE created_by = :id ORDER BY id",
                {leaver.user_id}
            ));
        return out;
    }
    Result<std::vector<std::string>> verify(Session&) override {
        return std::vector<std::string>{};
    }
};

}  // namespace

store::Migrations migrations() { return embedded::sharing_migrations(); }
std::unique_ptr<store::Lifecycle> lifecycle() { return std::make_unique<SharingLifecycle>(); }

std::vector<base::SettingRow> setting_rows() {
    return {
        {"sharing.days_max",
         base::SettingType::integer,
         "90",
         "days",
         "Longest life of a link that shows a profile or a verdict without an account; 0: none can "
         "be made, and those there are show nothing."},
    };
}

Result<void> erase_of_dataset(Session& session, datasets::DatasetId id) {
    CHECK_OK(session.run("DELETE FROM shared_links WHERE dataset_id = :id", {id}));
    return {};
}

Result<void> erase_of_training(Session& session, training::TrainingId id) {
    CHECK_OK(session.run("DELETE FROM shared_links WHERE training_id = :id", {id}));
    return {};
}

Result<void> Service::check(const LinkWish& wish, i18n::Language language) {
    const std::int64_t longest = parts_.settings.integer("sharing.days_max");
    if (wish.days > longest)
        return fail(ErrorKind::invalid_argument, kTooLong, {{"maximum", longest}});
    if (!wish.training_id) {
        CHECK_OK(parts_.datasets.profile(wish.dataset_id, {}));
        return {};
    }
    TRY(const auto training, parts_.training.get(*wish.training_id, language));
    if (training.dataset_id != wish.dataset_id)
        return fail(ErrorKind::not_found, training::kNotFound);
    if (!training.report) return fail(ErrorKind::conflict, kNothingToShow);
    return {};
}

Result<NewLink> Service::create(
    const http::Actor& actor, const LinkWish& wish, std::string_view own_address
) {
    CHECK_OK(check(wish, actor.language));
    TRY(const auto dataset, parts_.datasets.get(wish.dataset_id, actor.language));
    const std::string token = base::random_token(kSecretBytes);
    const std::int64_t now = Clock::wall_ms();
    const std::int64_t expires_at = now + wish.days * kDayMs;
    TRY(const std::int64_t id,
        parts_.database.transaction([&](Session& session) -> Result<std::int64_t> {
            CHECK_OK(session.run(
                "DELETE FROM shared_links WHERE dataset_id = :id AND expires_at < :before",
                {wish.dataset_id, now - kKeptAfterEndMs}
            ));
            TRY(const std::int64_t open, count_open(session, wish.dataset_id));
            if (open >= kOpenMax)
                return fail(ErrorKind::conflict, kTooMany, {{"maximum", kOpenMax}});
            return session.insert(
                "INSERT INTO shared_links (project_id, dataset_id, training_id, token_hash, label,"
                " created_by, created_at, expires_at, views) VALUES (:project, :dataset, :training,"
                " :hash, :label, :by, :now, :expires, 0) RETURNING id",
                {dataset.project_id,
                 wish.dataset_id,
                 wish.training_id,
                 base::sha256_hex(token),
                 wish.label,
                 actor.user_id,
                 now,
                 expires_at}
            );
        }));
    const std::string start =
        http::public_base(parts_.settings.text("http.public_url"), own_address);
    return NewLink{LinkId(id), start + "/shared/" + token, expires_at};
}

Result<LinkList> Service::list(datasets::DatasetId id) {
    TRY(auto links, parts_.database.read([&](Session& session) {
        return session.records<Link>(
            "SELECT id, label, training_id, created_at, expires_at, revoked_at, views,"
            " last_viewed_at FROM shared_links WHERE dataset_id = :id ORDER BY id DESC",
            {id}
        );
    }));
    const std::int64_t now = Clock::wall_ms();
    for (auto& link : links) link.open = !link.revoked_at && link.expires_at > now;
    return LinkList{std::move(links)};
}

Result<void> Service::revoke(datasets::DatasetId id, LinkId link) {
    TRY(const std::int64_t changed, parts_.database.transaction([&](Session& session) {
        return session.run(
            "UPDATE shared_links SET revoked_at = COALESCE(revoked_at, :now) WHERE id = :link AND"
            " dataset_id = :id",
            {Clock::wall_ms(), link, id}
        );
    }));
    if (changed == 0) return fail(ErrorKind::not_found, kNotFound);
    return {};
}

Result<SharedView> Service::show(std::string_view token, i18n::Language language) {
    TRY(const Found link,
        parts_.database.read([&](Session& session) { return find_open(session, token); }));
    if (parts_.settings.integer("sharing.days_max") == 0) return fail(ErrorKind::gone, kRevoked);
    TRY(const auto dataset, parts_.datasets.get(link.dataset_id, language));
    SharedView view{link.label, dataset.name, link.expires_at, {}, {}};
    if (link.training_id) {
        TRY(auto training, parts_.training.get(*link.training_id, language));
        if (!training.report) return fail(ErrorKind::conflict, kNothingToShow);
        view.report = std::move(training.report);
    } else {
        TRY(const std::string json, parts_.datasets.profile(link.dataset_id, {}));
        TRY(const auto whole, base::from_json<profile::Profile>(json));
        view.profile = shown_of(whole);
    }
    CHECK_OK(parts_.database.transaction([&](Session& session) {
        return session.run(
            "UPDATE shared_links SET views = views + 1, last_viewed_at = :now WHERE id = :id",
            {Clock::wall_ms(), link.id}
        );
    }));
    if (parts_.on_view) parts_.on_view(link.id);
    return view;
}

}  // namespace csva::sharing
