#include "foundation/journal/rotate.hpp"

#include "foundation/base/clock.hpp"
#include "foundation/journal/store.hpp"
#include "foundation/journal/writer.hpp"

namespace csva::journal {
namespace {

using base::Result;
using store::Session;

Timed note(const char* action, std::string details) {
    return {base::Clock::wall_ms(), {.action = action, .details = std::move(details)}};
}

std::string key_details(std::string_view key_id) {
    return R"({"key_id":")" + std::string(key_id) + "\"}";
}

}  // namespace

Result<void> rotate(store::Database& database, const Keys& before, const Keys& after) {
    return database.transaction([&](Session& session) -> Result<void> {
        const Timed rotated = note("journal.key_rotated", rotation_details(before, after));
        TRY(const Head head, write_group(session, before, Head{}, std::span(&rotated, 1)));
        const Timed in_use = note("journal.key_in_use", key_details(after.key_id()));
        CHECK_OK(write_group(session, after, head, std::span(&in_use, 1)));
        return {};
    });
}

Result<void> replace_lost_key(store::Database& database, const Keys& after) {
    return database.transaction([&](Session& session) -> Result<void> {
        TRY(const Head head, rows::head_to_write(session));
        const Timed replaced = note("journal.key_replaced", key_details(head.key_id));
        CHECK_OK(write_group(session, after, head, std::span(&replaced, 1)));
        return {};
    });
}

}  // namespace csva::journal
