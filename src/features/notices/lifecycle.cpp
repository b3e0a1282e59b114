#include "features/notices/service.hpp"

namespace csva::notices {
namespace {

class NoticesLifecycle final : public store::Lifecycle {
public:
    std::string_view feature() const override { return "notices"; }
    std::vector<std::string_view> tables() const override { return {"notices", "notice_choices"}; }
    base::Result<std::set<std::string>> blobs(store::Session&) override {
        return std::set<std::string>{};
    }
    /// Notices belong to people, not to projects.
    base::Result<void> erase_project(store::Session&, std::int64_t) override { return {}; }
    base::Result<void> erase_user(store::Session& session, const store::Leaver& leaver) override {
        CHECK_OK(session.run("DELETE FROM notices WHERE user_id = :id", {leaver.user_id}));
        CHECK_OK(session.run("DELETE FROM notice_choices WHERE user_id = :id", {leaver.user_id}));
        return {};
    }
    base::Result<store::Portion> export_user(store::Session& session, const store::Leaver& leaver)
        override {
        store::Portion out;
        TRY(out.documents["notices.json"],
            store::rows_as_json(
                session,
                "SELECT id, kind, parameters, link, created_at, read_at FROM notices WHERE "
                "user_id = :id ORDER BY id",
                {leaver.user_id}
            ));
        return out;
    }
    base::Result<std::vector<std::string>> verify(store::Session&) override {
        return std::vector<std::string>{};
    }
};

}  // namespace

std::unique_ptr<store::Lifecycle> lifecycle() { return std::make_unique<NoticesLifecycle>(); }

}  // namespace csva::notices
