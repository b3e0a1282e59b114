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
    base::Result<std::vector<std::string>> verify(store::Session&) override {
        return std::vector<std::string>{};
    }
};

}  // namespace

std::unique_ptr<store::Lifecycle> lifecycle() { return std::make_unique<NoticesLifecycle>(); }

}  // namespace csva::notices
