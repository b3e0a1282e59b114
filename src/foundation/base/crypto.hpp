#pragma once

#include "foundation/base/result.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace csva::base {

/// Running SHA-256 (FIPS 180-4) through OpenSSL EVP, which uses the processor's own instructions.
class Sha256 {
public:
    Sha256();
    ~Sha256();
    Sha256(Sha256&&) noexcept;
    Sha256& operator=(Sha256&&) noexcept;
    void update(std::string_view bytes);
    /// 64 lower-case hexadecimal digits. What follows must be `restart`.
    std::string finish_hex();
    /// The same as 32 bytes.
    std::string finish();
    void restart();

private:
    struct State;
    std::unique_ptr<State> state_;
};

std::string sha256_hex(std::string_view bytes);

/// SHA-256 of a file's content, in hexadecimal. Errors: base.file_unreadable.
Result<std::string> sha256_file(const std::string& path);

/// HMAC-SHA-256 (RFC 2104, FIPS 198-1) as 32 raw bytes; a key of any length.
std::string hmac_sha256(std::string_view key, std::string_view text);

/// Lower-case hexadecimal, two digits a byte.
std::string hex_of(std::string_view bytes);

/// `byte_count` bytes from the system's random source, in lower-case hexadecimal (two digits a
/// byte).
std::string random_hex(std::size_t byte_count);

/// The same as URL-safe base64 without padding.
std::string random_token(std::size_t byte_count);

/// RFC 4648, section 4 (with padding) and section 5 (URL-safe, without).
std::string to_base64(std::string_view bytes);
std::optional<std::string> from_base64(std::string_view text);
std::string to_base64url(std::string_view bytes);
/// Nothing when the text is not exactly such a code.
std::optional<std::string> from_base64url(std::string_view text);

/// HMAC with SHA-1 (RFC 2104): 20 bytes. For one-time passwords, which are defined by it.
std::string hmac_sha1(std::string_view key, std::string_view message);

/// Equality whose time does not depend on where the texts differ.
bool equal_in_constant_time(std::string_view a, std::string_view b);

/// Argon2id hash of a password in libsodium's own text form (interactive limits). Slow on purpose.
Result<std::string> hash_password(std::string_view password);
bool verify_password(std::string_view hash, std::string_view password);

}  // namespace csva::base
