#include "foundation/journal/keys.hpp"

#include "foundation/base/crypto.hpp"
#include "foundation/base/described.hpp"
#include "foundation/base/files.hpp"
#include "foundation/journal/chain.hpp"

#include <fcntl.h>
#include <sstream>
#include <unistd.h>

namespace csva::journal {
namespace {

namespace fs = std::filesystem;
using base::ErrorKind;
using base::Result;

constexpr std::string_view kKeyMark = "csva-journal-key@1";

struct Rotation {
    std::string old_key;
    std::string new_key;
    std::string old_for_new;  ///< Signatures.
    std::string new_for_old;
};
CSVA_DESCRIBE(Rotation, old_key, new_key, old_for_new, new_for_old)

std::string vouching_text(std::string_view public_hex) {
    return "csva-journal-vouch@1\n" + std::string(public_hex) + "\n";
}

bool is_key(std::string_view text) {
    return text.size() == 64 &&
           text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::unexpected<base::Error> bad_key() { return base::fail(ErrorKind::invalid_argument, kBadKey); }

}  // namespace

Keys Keys::make() { return {base::SigningKey::make(), base::Secret(base::random_hex(32))}; }

Result<Keys> Keys::from_text(std::string_view text) {
    std::istringstream words{std::string(text)};
    std::string mark;
    std::string seed;
    std::string pseudonyms;
    std::string more;
    words >> mark >> seed >> pseudonyms;
    if (mark != kKeyMark || !is_key(seed) || !is_key(pseudonyms) || words >> more) return bad_key();
    auto signing = base::SigningKey::from_seed(seed);
    if (!signing) return bad_key();
    return Keys{std::move(*signing), base::Secret(std::move(pseudonyms))};
}

base::Secret Keys::text() const {
    return base::Secret(
        std::string(kKeyMark) + " " + signing.seed_hex().reveal() + " " + pseudonyms.reveal() + "\n"
    );
}

std::string Keys::key_id() const { return key_id_of(signing.public_hex()); }

std::string Keys::pseudonym(std::string_view kind, std::int64_t id) const {
    if (id == 0) return {};
    return base::keyed_hash(pseudonyms, std::string(kind) + ":" + std::to_string(id));
}

fs::path key_file(const base::Settings& settings) {
    return fs::path(settings.text("data.dir")) / "journal.key";
}

Result<void> write_keys(const fs::path& path, const Keys& keys, bool replace) {
    const std::string text = keys.text().reveal();
    const fs::path fresh = path.string() + "." + base::random_hex(4);
    const int file = ::open(fresh.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (file < 0) return std::unexpected(base::unwritable(path));
    const auto written = ::write(file, text.data(), text.size());
    const bool good = written == static_cast<ssize_t>(text.size()) && ::fsync(file) == 0;
    ::close(file);
    std::error_code failed;
    // Of two processes that start at once, one makes the key and both use it.
    if (good && replace)
        fs::rename(fresh, path, failed);
    else if (good)
        fs::create_hard_link(fresh, path, failed);
    std::error_code ignored;
    fs::remove(fresh, ignored);
    if (!good || (failed && failed != std::errc::file_exists))
        return std::unexpected(base::unwritable(path));
    return base::sync_folder(path.has_parent_path() ? path.parent_path() : fs::path("."));
}

Result<Keys> load_keys(const base::Settings& settings) {
    const base::Secret given = settings.secret("journal.key");
    if (!given.empty()) return Keys::from_text(given.reveal());
    const fs::path path = key_file(settings);
    std::error_code failed;
    fs::create_directories(path.parent_path(), failed);
    if (!fs::exists(path, failed)) CHECK_OK(write_keys(path, Keys::make()));
    TRY(const std::string text, base::read_file(path));
    return Keys::from_text(text);
}

void Trusted::add(std::string_view public_hex) {
    keys_.emplace(key_id_of(public_hex), std::string(public_hex));
}

bool Trusted::signature_is_good(
    std::string_view key_id, std::string_view text, std::string_view signature
) const {
    const auto found = keys_.find(key_id);
    return found != keys_.end() && base::signature_is_good(found->second, text, signature);
}

void Trusted::learn(std::string_view details_json) {
    const auto rotation = base::from_json<Rotation>(details_json);
    if (!rotation || !is_key(rotation->old_key) || !is_key(rotation->new_key)) return;
    const auto vouched = [this](const auto& by, const auto& key, const auto& signature) {
        return signature_is_good(key_id_of(by), vouching_text(key), signature);
    };
    if (vouched(rotation->old_key, rotation->new_key, rotation->old_for_new))
        add(rotation->new_key);
    if (vouched(rotation->new_key, rotation->old_key, rotation->new_for_old))
        add(rotation->old_key);
}

Result<Trusted> Trusted::from_file(const fs::path& path) {
    TRY(const std::string text, base::read_file(path));
    std::istringstream words(text);
    Trusted trusted;
    for (std::string word; words >> word;) {
        if (!is_key(word)) return bad_key();
        trusted.add(word);
    }
    if (trusted.keys_.empty()) return bad_key();
    return trusted;
}

std::string rotation_details(const Keys& before, const Keys& after) {
    const auto& from = before.signing;
    const auto& to = after.signing;
    return base::to_json(Rotation{
        from.public_hex(),
        to.public_hex(),
        from.sign(vouching_text(to.public_hex())),
        to.sign(vouching_text(from.public_hex()))
    });
}

}  // namespace csva::journal
