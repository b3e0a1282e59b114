#include "features/accounts/credentials.hpp"

#include "foundation/base/crypto.hpp"

namespace csva::accounts {

std::string credential_hash(std::string_view credential) { return base::sha256_hex(credential); }

std::string csrf_of(std::string_view session_cookie) {
    return base::sha256_hex("csrf:" + std::string(session_cookie)).substr(0, 40);
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
