#include "features/accounts/credentials.hpp"

#include "features/accounts/store.hpp"
#include "foundation/base/crypto.hpp"

namespace csva::accounts {

namespace {

CredentialKeys& keys() {
    static CredentialKeys of_this_process;
    return of_this_process;
}

std::string hash_under(const base::Secret& key, std::string_view credential) {
    if (key.empty()) return base::sha256_hex(credential);
    return base::hex_of(base::hmac_sha256(key.reveal(), credential));
}

}  // namespace

void use_credential_keys(CredentialKeys given) { keys() = std::move(given); }

std::string credential_hash(std::string_view credential) {
    return hash_under(keys().current, credential);
}

std::vector<std::string> former_hashes(std::string_view credential) {
    std::vector<std::string> hashes;
    if (!keys().former.empty()) hashes.push_back(hash_under(keys().former, credential));
    if (!keys().current.empty()) hashes.push_back(hash_under({}, credential));
    return hashes;
}

std::string csrf_of(std::string_view session_cookie) {
    return base::sha256_hex("csrf:" + std::string(session_cookie)).substr(0, 40);
}

namespace {

constexpr std::chrono::minutes kVerifiedLifetime{5};
constexpr std::size_t kSecretBytes = 32;
constexpr std::string_view kBasic = "basic ";

/// RFC 4648, section 4; nothing when it is none.
std::optional<std::string> from_base64(std::string_view text) {
    constexpr std::string_view kDigits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    while (text.ends_with('=')) text.remove_suffix(1);
    std::string out;
    unsigned bits = 0;
    int count = 0;
    for (const char c : text) {
        const auto digit = kDigits.find(c);
        if (digit == std::string_view::npos) return std::nullopt;
        bits = (bits << 6U) | static_cast<unsigned>(digit);
        count += 6;
        if (count < 8) continue;
        count -= 8;
        out += static_cast<char>((bits >> static_cast<unsigned>(count)) & 0xFFU);
    }
    return out;
}

}  // namespace

std::optional<NamedPassword> basic_of(std::string_view authorization) {
    if (rows::name_key(authorization.substr(0, kBasic.size())) != kBasic) return std::nullopt;
    const auto text = from_base64(authorization.substr(kBasic.size()));
    const auto colon = text ? text->find(':') : std::string::npos;
    if (colon == std::string::npos) return NamedPassword{};
    return NamedPassword{text->substr(0, colon), text->substr(colon + 1)};
}

VerifiedPasswords::VerifiedPasswords() : secret_(base::random_hex(kSecretBytes)) {}

std::string VerifiedPasswords::key_of(const NamedPassword& given) const {
    return base::sha256_hex(
        secret_ + base::sha256_hex(rows::name_key(given.name)) + given.password + secret_
    );
}

bool VerifiedPasswords::matched(const std::string& key, std::string_view password_hash) const {
    const std::scoped_lock lock(mutex_);
    const auto found = entries_.find(key);
    return found != entries_.end() && found->second.until > base::Clock::steady() &&
           found->second.password_hash == password_hash;
}

void VerifiedPasswords::put(const std::string& key, std::string_view password_hash) {
    const std::scoped_lock lock(mutex_);
    if (entries_.size() >= kEntriesMax) entries_.clear();
    entries_[key] = {std::string(password_hash), base::Clock::steady() + kVerifiedLifetime};
}

std::optional<http::Actor> CredentialCache::find(const std::string& hash) const {
    const std::shared_lock lock(mutex_);
    const auto found = entries_.find(hash);
    if (found == entries_.end() || found->second.until < base::Clock::steady() ||
        found->second.expires_at_ms <= base::Clock::wall_ms())
        return std::nullopt;
    return found->second.actor;
}

std::uint64_t CredentialCache::generation() const {
    const std::shared_lock lock(mutex_);
    return generation_;
}

void CredentialCache::put(
    const std::string& hash, http::Actor actor, std::int64_t expires_at_ms, std::uint64_t generation
) {
    const std::unique_lock lock(mutex_);
    if (generation != generation_) return;
    if (entries_.size() >= kEntriesMax) entries_.clear();
    entries_[hash] = Entry{std::move(actor), base::Clock::steady() + lifetime_, expires_at_ms};
}

void CredentialCache::clear() {
    const std::unique_lock lock(mutex_);
    ++generation_;
    entries_.clear();
}

}  // namespace csva::accounts
