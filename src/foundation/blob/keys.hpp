#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace csva::blob {

/// "p12/" and 32 random hexadecimal digits.
std::string new_key(std::int64_t project_id);

/// Whether it is one, and nothing that could lead elsewhere.
bool is_key(std::string_view text);

}  // namespace csva::blob
