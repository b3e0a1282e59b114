#pragma once

#include "features/notices/types.hpp"
#include "foundation/store/database.hpp"

#include <optional>
#include <string>
#include <vector>

/// SQL of the outbox.
namespace csva::notices::rows {

/// A notice that this process has taken to mail.
struct Due {
    std::int64_t id = 0;
    std::string kind;
    std::string parameters;
    std::string link;
    std::int64_t mail_attempts = 0;
    std::string name;
    std::string email;
    std::optional<accounts::LanguageChoice> language;
};
CSVA_DESCRIBE(Due, id, kind, parameters, link, mail_attempts, name, email, language)

/// The next one to mail, its attempt counted, hidden from others for `lease_ms`.
base::Result<std::optional<Due>> take(store::Session& session, std::int64_t lease_ms);
base::Result<void> sent(store::Session& session, std::int64_t id);
base::Result<void> try_again(store::Session& session, std::int64_t id, std::int64_t wait_ms);
base::Result<void> give_up(store::Session& session, std::int64_t id);

}  // namespace csva::notices::rows
