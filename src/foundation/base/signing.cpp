#include "foundation/base/signing.hpp"

#include "foundation/base/crypto.hpp"

#include <sodium.h>

#include <cassert>

namespace csva::base {
namespace {

/// Raw bytes of exactly `size`; nothing for anything else.
std::optional<std::string> bytes_of(std::string_view hex, std::size_t size) {
    std::string out(size, '\0');
    std::size_t written = 0;
    // One form only: a text that reads the same must be the same.
    if (hex.size() != size * 2 ||
        hex.find_first_not_of("0123456789abcdef") != std::string_view::npos)
        return std::nullopt;
    auto* to = reinterpret_cast<unsigned char*>(out.data());
    if (sodium_hex2bin(to, size, hex.data(), hex.size(), nullptr, &written, nullptr) != 0 ||
        written != size)
        return std::nullopt;
    return out;
}

std::string hex_of(const unsigned char* bytes, std::size_t size) {
    std::string out(size * 2 + 1, '\0');
    sodium_bin2hex(out.data(), out.size(), bytes, size);
    out.pop_back();
    return out;
}

const unsigned char* raw(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

SigningKey SigningKey::make() {
    auto made = from_seed(random_hex(crypto_sign_SEEDBYTES));
    assert(made);
    return std::move(*made);
}

std::optional<SigningKey> SigningKey::from_seed(std::string_view seed_hex) {
    const auto seed = bytes_of(seed_hex, crypto_sign_SEEDBYTES);
    if (!seed) return std::nullopt;
    std::string public_key(crypto_sign_PUBLICKEYBYTES, '\0');
    std::string secret(crypto_sign_SECRETKEYBYTES, '\0');
    crypto_sign_seed_keypair(
        reinterpret_cast<unsigned char*>(public_key.data()),
        reinterpret_cast<unsigned char*>(secret.data()),
        raw(*seed)
    );
    SigningKey key;
    key.seed_ = Secret(std::string(seed_hex));
    key.secret_ = Secret(std::move(secret));
    key.public_ = hex_of(raw(public_key), public_key.size());
    return key;
}

std::string SigningKey::sign(std::string_view text) const {
    std::string signature(crypto_sign_BYTES, '\0');
    crypto_sign_detached(
        reinterpret_cast<unsigned char*>(signature.data()),
        nullptr,
        raw(text),
        text.size(),
        raw(secret_.reveal())
    );
    return hex_of(raw(signature), signature.size());
}

bool signature_is_good(
    std::string_view public_hex, std::string_view text, std::string_view signature_hex
) {
    const auto key = bytes_of(public_hex, crypto_sign_PUBLICKEYBYTES);
    const auto signature = bytes_of(signature_hex, crypto_sign_BYTES);
    return key && signature &&
           crypto_sign_verify_detached(raw(*signature), raw(text), text.size(), raw(*key)) == 0;
}

std::string keyed_hash(const Secret& key_hex, std::string_view text) {
    const auto key = bytes_of(key_hex.reveal(), crypto_generichash_KEYBYTES);
    assert(key && "a key of 64 hexadecimal digits");
    std::string out(crypto_generichash_BYTES_MIN, '\0');
    if (key)
        crypto_generichash(
            reinterpret_cast<unsigned char*>(out.data()),
            out.size(),
            raw(text),
            text.size(),
            raw(*key),
            key->size()
        );
    return hex_of(raw(out), out.size());
}

}  // namespace csva::base
