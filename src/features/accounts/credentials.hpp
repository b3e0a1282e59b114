#pragma once

#include "foundation/base/clock.hpp"
#include "foundation/base/secret.hpp"
#include "foundation/http/actor.hpp"

#include <cstdint>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace csva::accounts {

/// What a client presents and what is stored of it.
inline constexpr std::string_view kSessionCookie = "csva_session";
inline constexpr std::string_view kCsrfCookie = "csrftoken";

/// Keys of the stored forms. Whoever can write to the database alone cannot make a session or a
/// token under a key that he does not know.
struct CredentialKeys {
    base::Secret current;  ///< Empty: a plain hash, since a credential has 256 random bits.
    base::Secret former;   ///< What `current` was before the last rotation.
};
/// The keys of this process: set once, before the first request.
void use_credential_keys(CredentialKeys keys);

/// The stored form of a random credential, under the current key.
std::string credential_hash(std::string_view credential);

/// What it may still be stored as, from before a rotation or from before there was a key.
std::vector<std::string> former_hashes(std::string_view credential);

/// The CSRF token of a session: derived from its cookie, so nothing more is stored and a stolen
/// database does not hold it.
std::string csrf_of(std::string_view session_cookie);

/// Name and password of an `Authorization: Basic` header (RFC 7617); nothing when it is none.
struct NamedPassword {
    std::string name;
    std::string password;
};
std::optional<NamedPassword> basic_of(std::string_view authorization);

/// Passwords that were right lately, so that Argon2id is not run for each call of a client that
/// sends name and password each time. Kept for five minutes under a hash keyed by a secret of this
/// process, beside the stored hash that they matched: a new password is another hash, so the old
/// one is out at once. Thread-safe.
class VerifiedPasswords {
public:
    VerifiedPasswords();
    std::string key_of(const NamedPassword& given) const;
    bool matched(const std::string& key, std::string_view password_hash) const;
    void put(const std::string& key, std::string_view password_hash);

private:
    struct Entry {
        std::string password_hash;
        std::chrono::steady_clock::time_point until;
    };
    static constexpr std::size_t kEntriesMax = 10'000;
    const std::string secret_;
    mutable std::mutex mutex_;
    std::unordered_map<std::string, Entry> entries_;
};

/// Actors by credential hash, kept for `lifetime`, so that most requests ask no database. A change
/// in this process empties it at once; one in another process is seen after `lifetime` at most.
/// Thread-safe.
class CredentialCache {
public:
    explicit CredentialCache(std::chrono::milliseconds lifetime) : lifetime_(lifetime) {}

    std::optional<http::Actor> find(const std::string& hash) const;
    /// Before the database is read.
    std::uint64_t generation() const;
    /// Keeps the actor unless the cache was emptied since `generation`.
    void put(
        const std::string& hash,
        http::Actor actor,
        std::int64_t expires_at_ms,
        std::uint64_t generation
    );
    void clear();

private:
    struct Entry {
        http::Actor actor;
        std::chrono::steady_clock::time_point until;
        std::int64_t expires_at_ms = 0;
    };
    static constexpr std::size_t kEntriesMax = 10'000;
    std::chrono::milliseconds lifetime_;
    mutable std::shared_mutex mutex_;
    std::uint64_t generation_ = 0;
    std::unordered_map<std::string, Entry> entries_;
};

}  // namespace csva::accounts
