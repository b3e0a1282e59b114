#pragma once

#include "foundation/base/result.hpp"
#include "foundation/base/secret.hpp"
#include "foundation/base/settings.hpp"
#include "foundation/base/signing.hpp"
#include "foundation/journal/types.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace csva::journal {

inline constexpr std::string_view kBadKey = "journal.bad_key";

/// The two secrets of a journal: the key that signs, and the one that makes pseudonyms. The latter
/// outlives rotations, so that a pseudonym stays the same.
struct Keys {
    base::SigningKey signing;
    base::Secret pseudonyms;

    static Keys make();
    /// From `csva-journal-key@1 <seed> <pseudonym key>`. Errors: journal.bad_key.
    static base::Result<Keys> from_text(std::string_view text);
    base::Secret text() const;
    std::string key_id() const;

    /// "" for id 0.
    std::string pseudonym(std::string_view kind, std::int64_t id) const;
};

/// Where the key of these settings lies when it is not in `journal.key` itself.
std::filesystem::path key_file(const base::Settings& settings);

/// The key of `journal.key`, else of the file in the data folder, which is made (0600) at the first
/// start. Errors: journal.bad_key, base.file_*.
base::Result<Keys> load_keys(const base::Settings& settings);

/// Writes a key file that only its owner may read; one that is there stays unless `replace`.
/// Errors: base.file_unwritable.
base::Result<void> write_keys(
    const std::filesystem::path& path, const Keys& keys, bool replace = false
);

/// Public keys whose signatures are believed, by key id.
class Trusted {
public:
    void add(std::string_view public_hex);
    bool knows(std::string_view key_id) const { return keys_.contains(key_id); }
    bool signature_is_good(
        std::string_view key_id, std::string_view text, std::string_view signature
    ) const;
    /// A rotation's two statements: whoever knows one of the two keys learns the other.
    void learn(std::string_view details_json);
    const std::map<std::string, std::string, std::less<>>& keys() const { return keys_; }

    /// Of a file with a public key (64 digits) a line, as `csva journal key` prints. Errors:
    /// journal.bad_key, base.file_*.
    static base::Result<Trusted> from_file(const std::filesystem::path& path);

private:
    std::map<std::string, std::string, std::less<>> keys_;
};

/// Details of the entry `journal.key_rotated`: each key vouches for the other.
std::string rotation_details(const Keys& before, const Keys& after);

}  // namespace csva::journal
