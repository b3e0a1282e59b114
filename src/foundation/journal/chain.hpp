#pragma once

#include "foundation/journal/types.hpp"

#include <string>
#include <string_view>

namespace csva::journal {

/// What the first entry is chained to.
inline constexpr std::string_view kGenesis =
    "0000000000000000000000000000000000000000000000000000000000000000";

/// The line of an entry that is hashed: its JSON without `hash`.
std::string line_of(const Record& record);

/// SHA-256 of the link before and the line: the entry's hash, and the link after it unless a seal
/// follows.
std::string hash_of(std::string_view link, std::string_view line);

/// What a seal repeats of the hashes of its entries.
inline constexpr std::size_t kShortHash = 16;
inline constexpr std::size_t kHash = 64;

/// What a seal signs.
std::string sealed_text(const Seal& seal);

/// The link after a seal. It holds the seal too, so that none can be taken out later.
std::string link_after(std::string_view hash, const Seal& seal);

/// What a head signs.
std::string head_text(const Head& head);

/// A key's short name: the first 16 digits of its SHA-256.
std::string key_id_of(std::string_view public_hex);

}  // namespace csva::journal
