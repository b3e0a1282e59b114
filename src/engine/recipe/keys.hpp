#pragma once

#include "foundation/base/described.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace csva::recipe {

/// The key of a project's pseudonyms: 32 bytes in hexadecimal, and a name that says which it is
/// without telling it. Stays out of recipes, constants and model folders.
struct Key {
    std::string name;
    std::string secret;
};
CSVA_DESCRIBE(Key, name, secret)

/// Where this process finds keys: a job child has the one of its job, the server asks its store. An
/// empty name asks for the job's. Set once, before steps are made; without it there are none, and a
/// pseudonymised cell of a row to predict counts as missing.
using KeySource = std::function<std::optional<Key>(std::string_view name)>;
void set_key_source(KeySource source);
std::optional<Key> find_key(std::string_view name);

/// A new key, from the system's random source.
Key new_key();

}  // namespace csva::recipe
