#pragma once

#include <array>
#include <string>
#include <string_view>

namespace csva::base {

/// Keyed BLAKE2b (RFC 7693) of 16 bytes through libsodium: the same text gives the same digits
/// under one key, and without the key neither can be had from the other. Immutable and thread-safe.
class KeyedHash {
public:
    /// `key_hex`: 32 bytes in hexadecimal.
    explicit KeyedHash(std::string_view key_hex);
    /// 32 lower-case hexadecimal digits.
    std::string hex(std::string_view text) const;

private:
    std::array<unsigned char, 32> key_{};
};

}  // namespace csva::base
