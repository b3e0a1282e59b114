#include "foundation/base/keyed_hash.hpp"

#include <sodium.h>

namespace csva::base {

KeyedHash::KeyedHash(std::string_view key_hex) {
    std::size_t length = 0;
    (void)sodium_init();
    sodium_hex2bin(
        key_.data(), key_.size(), key_hex.data(), key_hex.size(), nullptr, &length, nullptr
    );
}

std::string KeyedHash::hex(std::string_view text) const {
    std::array<unsigned char, crypto_generichash_BYTES_MIN> digest{};
    crypto_generichash(
        digest.data(),
        digest.size(),
        reinterpret_cast<const unsigned char*>(text.data()),
        text.size(),
        key_.data(),
        key_.size()
    );
    std::string out(digest.size() * 2 + 1, '\0');
    sodium_bin2hex(out.data(), out.size(), digest.data(), digest.size());
    out.pop_back();
    return out;
}

}  // namespace csva::base
