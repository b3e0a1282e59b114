#include "features/backup/vault.hpp"

#include "foundation/base/crypto.hpp"
#include "foundation/base/files.hpp"

#include <sodium.h>

#include <array>
#include <fcntl.h>
#include <fstream>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>

namespace csva::backup {
namespace {

namespace fs = std::filesystem;
using base::ErrorKind;
using base::fail;
using base::Result;

constexpr std::string_view kMagic = "csva-backup@1\n";
constexpr std::string_view kKeyMark = "csva-backup-key@1";
constexpr std::size_t kFrame = 1 << 20;
constexpr std::size_t kIdBytes = 16;
constexpr std::size_t kLengthBytes = 4;

unsigned char* raw(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
const unsigned char* raw(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

/// Tells a wrong key from a damaged file without a hint at the key.
std::string id_of(const base::Secret& key) {
    std::string id(kIdBytes, '\0');
    const std::string_view what = "csva-backup key";
    const std::string_view bytes = key.reveal();
    crypto_generichash(raw(id), id.size(), raw(what), what.size(), raw(bytes), bytes.size());
    return id;
}

std::string length_of(std::size_t size) {
    std::string out;
    for (std::size_t i = 0; i < kLengthBytes; ++i)
        out += static_cast<char>((size >> (8 * i)) & 0xFFU);
    return out;
}

std::size_t length_from(std::string_view bytes) {
    std::size_t size = 0;
    for (std::size_t i = 0; i < kLengthBytes; ++i)
        size |= static_cast<std::size_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
    return size;
}

}  // namespace

Result<base::Secret> read_key(const fs::path& path) {
    TRY(const std::string text, base::read_file(path));
    std::istringstream words(text);
    std::string mark, hex, more;
    words >> mark >> hex >> more;
    std::string key(crypto_secretstream_xchacha20poly1305_KEYBYTES, '\0');
    std::size_t written = 0;
    if (mark != kKeyMark || !more.empty() || hex.size() != key.size() * 2 ||
        sodium_hex2bin(raw(key), key.size(), hex.data(), hex.size(), nullptr, &written, nullptr) !=
            0 ||
        written != key.size())
        return fail(ErrorKind::invalid_argument, kBadKeyFile);
    return base::Secret(std::move(key));
}

Result<void> make_key(const fs::path& path) {
    const std::string text = std::string(kKeyMark) + " " +
                             base::random_hex(crypto_secretstream_xchacha20poly1305_KEYBYTES) +
                             "\n";
    const int file = ::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (file < 0 && errno == EEXIST) return fail(ErrorKind::conflict, kKeyExists);
    if (file < 0) return std::unexpected(base::unwritable(path));
    const bool good =
        ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
        ::fsync(file) == 0;
    ::close(file);
    if (!good) return std::unexpected(base::unwritable(path));
    return {};
}

struct Writer::State {
    fs::path path;
    fs::path fresh;
    std::ofstream file;
    crypto_secretstream_xchacha20poly1305_state stream{};
    std::string waiting;

    ~State() {
        std::error_code ignored;
        if (!fresh.empty()) fs::remove(fresh, ignored);
        sodium_memzero(&stream, sizeof stream);
    }
    Result<void> put(std::string_view bytes) {
        file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        if (!file) return std::unexpected(base::unwritable(path));
        return {};
    }
    Result<void> frame(std::string_view plain, unsigned char tag) {
        std::string sealed(plain.size() + crypto_secretstream_xchacha20poly1305_ABYTES, '\0');
        crypto_secretstream_xchacha20poly1305_push(
            &stream, raw(sealed), nullptr, raw(plain), plain.size(), nullptr, 0, tag
        );
        CHECK_OK(put(length_of(sealed.size())));
        return put(sealed);
    }
};

Writer::Writer(std::unique_ptr<State> state) : state_(std::move(state)) {}
Writer::Writer(Writer&&) noexcept = default;
Writer& Writer::operator=(Writer&&) noexcept = default;
Writer::~Writer() = default;

Result<Writer> Writer::create(const fs::path& path, const base::Secret& key) {
    auto state = std::make_unique<State>();
    state->path = path;
    const fs::path fresh = path.string() + "." + base::random_hex(4);
    const int file = ::open(fresh.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (file < 0) return std::unexpected(base::unwritable(path));
    ::close(file);
    state->fresh = fresh;
    state->file.open(fresh, std::ios::binary);
    std::string header(crypto_secretstream_xchacha20poly1305_HEADERBYTES, '\0');
    crypto_secretstream_xchacha20poly1305_init_push(
        &state->stream, raw(header), raw(std::string_view(key.reveal()))
    );
    CHECK_OK(state->put(std::string(kMagic) + id_of(key) + header));
    return Writer(std::move(state));
}

Result<void> Writer::write(std::string_view bytes) {
    auto& waiting = state_->waiting;
    waiting += bytes;
    std::size_t at = 0;
    for (; waiting.size() - at >= kFrame; at += kFrame)
        CHECK_OK(state_->frame(std::string_view(waiting).substr(at, kFrame), 0));
    waiting.erase(0, at);
    return {};
}

Result<void> Writer::finish() {
    CHECK_OK(state_->frame(state_->waiting, crypto_secretstream_xchacha20poly1305_TAG_FINAL));
    state_->file.close();
    if (!state_->file) return std::unexpected(base::unwritable(state_->path));
    CHECK_OK(base::sync_file(state_->fresh));
    std::error_code failed;
    fs::rename(state_->fresh, state_->path, failed);
    if (failed) return std::unexpected(base::unwritable(state_->path));
    state_->fresh.clear();
    const auto parent = fs::absolute(state_->path, failed).parent_path();
    return base::sync_folder(parent);
}

struct Reader::State {
    std::ifstream file;
    crypto_secretstream_xchacha20poly1305_state stream{};
    std::string name = "head";
    std::string ready;
    std::size_t used = 0;
    std::int64_t byte = 0;  ///< In the file, of the frame that comes next.
    bool ended = false;

    ~State() { sodium_memzero(&stream, sizeof stream); }
    std::unexpected<base::Error> damaged() const {
        return fail(ErrorKind::conflict, kDamaged, {{"name", name}, {"byte", byte}});
    }
    std::unexpected<base::Error> cut_short() const {
        return fail(ErrorKind::conflict, kCutShort, {{"name", name}});
    }
    Result<void> next() {
        if (ended) return damaged();
        std::string length(kLengthBytes, '\0');
        file.read(length.data(), static_cast<std::streamsize>(length.size()));
        if (!file) return cut_short();
        const std::size_t size = length_from(length);
        if (size < crypto_secretstream_xchacha20poly1305_ABYTES ||
            size > kFrame + crypto_secretstream_xchacha20poly1305_ABYTES)
            return damaged();
        std::string sealed(size, '\0');
        file.read(sealed.data(), static_cast<std::streamsize>(size));
        if (!file) return cut_short();
        ready.erase(0, used);
        used = 0;
        const std::size_t before = ready.size();
        ready.resize(before + size - crypto_secretstream_xchacha20poly1305_ABYTES);
        unsigned char tag = 0;
        if (crypto_secretstream_xchacha20poly1305_pull(
                &stream, raw(ready) + before, nullptr, &tag, raw(sealed), size, nullptr, 0
            ) != 0)
            return damaged();
        byte += static_cast<std::int64_t>(kLengthBytes + size);
        ended = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
        return {};
    }
};

Reader::Reader(std::unique_ptr<State> state) : state_(std::move(state)) {}
Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;
Reader::~Reader() = default;

Result<Reader> Reader::open(const fs::path& path, const base::Secret& key) {
    auto state = std::make_unique<State>();
    state->file.open(path, std::ios::binary);
    if (!state->file) return fail(ErrorKind::not_found, "base.file_not_found");
    std::string head(
        kMagic.size() + kIdBytes + crypto_secretstream_xchacha20poly1305_HEADERBYTES, '\0'
    );
    state->file.read(head.data(), static_cast<std::streamsize>(head.size()));
    if (!state->file || !head.starts_with(kMagic))
        return fail(ErrorKind::invalid_argument, kNoBackup);
    if (head.substr(kMagic.size(), kIdBytes) != id_of(key))
        return fail(ErrorKind::forbidden, kWrongKey);
    state->byte = static_cast<std::int64_t>(head.size());
    const std::string_view header = std::string_view(head).substr(kMagic.size() + kIdBytes);
    if (crypto_secretstream_xchacha20poly1305_init_pull(
            &state->stream, raw(header), raw(std::string_view(key.reveal()))
        ) != 0)
        return state->damaged();
    return Reader(std::move(state));
}

void Reader::at(std::string_view name) { state_->name = name; }

Result<std::string> Reader::read(std::size_t size) {
    auto& s = *state_;
    while (s.ready.size() - s.used < size) CHECK_OK(s.next());
    std::string out = s.ready.substr(s.used, size);
    s.used += size;
    return out;
}

Result<void> Reader::finish() {
    auto& s = *state_;
    while (!s.ended) CHECK_OK(s.next());
    if (s.used != s.ready.size()) return s.damaged();
    return {};
}

}  // namespace csva::backup
