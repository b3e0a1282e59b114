#include "foundation/blob/keys.hpp"

#include "foundation/base/crypto.hpp"

#include <fmt/format.h>

namespace csva::blob {

std::string new_key(std::int64_t project_id) {
    return fmt::format("p{}/{}", project_id, base::random_hex(16));
}

bool is_key(std::string_view text) {
    const auto slash = text.find('/');
    if (slash == std::string_view::npos || slash < 2 || !text.starts_with('p')) return false;
    const auto hex = text.substr(slash + 1);
    return hex.size() == 32 &&
           hex.find_first_not_of("0123456789abcdef") == std::string_view::npos &&
           text.substr(1, slash - 1).find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace csva::blob
