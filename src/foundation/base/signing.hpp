#pragma once

#include "foundation/base/secret.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace csva::base {

/// A key pair of Ed25519 (RFC 8032), through libsodium. Keys and signatures are lower-case
/// hexadecimal: a seed and a public key have 64 digits, a signature 128.
class SigningKey {
public:
    static SigningKey make();
    /// Nothing when it is not 64 hexadecimal digits.
    static std::optional<SigningKey> from_seed(std::string_view seed_hex);

    const Secret& seed_hex() const { return seed_; }
    const std::string& public_hex() const { return public_; }
    std::string sign(std::string_view text) const;

private:
    SigningKey() = default;
    Secret seed_;
    Secret secret_;  ///< As libsodium wants it: seed and public key, raw.
    std::string public_;
};

/// False also for a key or a signature that is none.
bool signature_is_good(
    std::string_view public_hex, std::string_view text, std::string_view signature_hex
);

/// 32 hexadecimal digits of BLAKE2b under a key (64 hexadecimal digits): the same text gives the
/// same answer, and without the key nobody can try texts.
std::string keyed_hash(const Secret& key_hex, std::string_view text);

}  // namespace csva::base
