#include "features/privacy/service.hpp"
#include "foundation/base/clock.hpp"

#include <algorithm>

namespace csva::privacy {

using base::Result;

Result<std::optional<recipe::Key>> key_of(store::Session& session, std::int64_t project_id) {
    return session.record<recipe::Key>(
        "SELECT name, secret FROM privacy_keys WHERE project_id = :project", {project_id}
    );
}

Result<std::optional<recipe::Key>> key_for(
    store::Session& session, std::int64_t project_id, const std::vector<recipe::Step>& steps
) {
    TRY(auto known, key_of(session, project_id));
    const bool needed = std::ranges::any_of(steps, [](const recipe::Step& step) {
        const auto* info = recipe::find_step(step.step);
        return info != nullptr && info->protection == recipe::Protection::pseudonymise;
    });
    if (known || !needed) return known;
    const auto key = recipe::new_key();
    CHECK_OK(session.run(
        "INSERT INTO privacy_keys (project_id, name, secret, created_at)"
        " VALUES (:project, :name, :secret, :now) ON CONFLICT (project_id) DO NOTHING",
        {project_id, key.name, key.secret, base::Clock::wall_ms()}
    ));
    return key_of(session, project_id);
}

recipe::KeySource key_source(store::Database& database) {
    return [&database](std::string_view name) -> std::optional<recipe::Key> {
        auto found = database.read([&](store::Session& session) {
            return session.record<recipe::Key>(
                "SELECT name, secret FROM privacy_keys WHERE name = :name", {name}
            );
        });
        return found ? std::move(*found) : std::nullopt;
    };
}

}  // namespace csva::privacy
