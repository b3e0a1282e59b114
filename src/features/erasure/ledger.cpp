#include "features/erasure/ledger.hpp"

#include "features/erasure/types.hpp"
#include "foundation/base/clock.hpp"
#include "foundation/base/crypto.hpp"
#include "foundation/base/files.hpp"

#include <algorithm>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace csva::erasure {
namespace {

namespace fs = std::filesystem;
using base::Result;

std::string signed_text(LedgerEntry entry) {
    entry.signature.clear();
    return "csva-erasure-ledger@1\n" + base::to_json(entry);
}

std::unexpected<base::Error> bad_line(std::size_t line) {
    return base::fail(
        base::ErrorKind::conflict, kBadLedger, {{"line", static_cast<std::int64_t>(line)}}
    );
}

/// What is whole: up to the last line feed.
std::string_view whole_lines(std::string_view text) {
    const auto end = text.rfind('\n');
    return text.substr(0, end == std::string_view::npos ? 0 : end + 1);
}

std::string last_line_hash(std::string_view lines) {
    if (lines.empty()) return {};
    lines.remove_suffix(1);
    const auto begin = lines.rfind('\n');
    return base::sha256_hex(lines.substr(begin == std::string_view::npos ? 0 : begin + 1));
}

/// A ledger is a file; anything else (a device) cannot be read back.
Result<std::string> content(const fs::path& path) {
    std::error_code failed;
    if (!fs::is_regular_file(path, failed)) return std::string();
    return base::read_file(path);
}

/// The file, opened for appending and locked until this goes.
struct Locked {
    int file = -1;
    explicit Locked(const fs::path& path)
        : file(::open(path.c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600)) {
        if (file >= 0) ::flock(file, LOCK_EX);
    }
    ~Locked() {
        if (file >= 0) ::close(file);
    }
    Locked(const Locked&) = delete;
    Locked& operator=(const Locked&) = delete;
};

Result<void> write(const Locked& locked, const fs::path& path, std::string_view lines) {
    while (!lines.empty()) {
        const auto written = ::write(locked.file, lines.data(), lines.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return std::unexpected(base::unwritable(path));
        lines.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::fsync(locked.file) != 0) return std::unexpected(base::unwritable(path));
    return base::sync_folder(path.parent_path());
}

/// Opens and reads; drops the beginning of a line that a dying process has left.
Result<std::string> begin(const Locked& locked, const fs::path& path) {
    if (locked.file < 0) return std::unexpected(base::unwritable(path));
    TRY(std::string text, content(path));
    const auto whole = whole_lines(text).size();
    if (whole < text.size() && ::ftruncate(locked.file, static_cast<off_t>(whole)) != 0)
        return std::unexpected(base::unwritable(path));
    text.resize(whole);
    return text;
}

Result<void> make_parent(const fs::path& path) {
    std::error_code failed;
    fs::create_directories(path.parent_path(), failed);
    if (failed) return std::unexpected(base::unwritable(path));
    return {};
}

/// An entry as others see it; their ledgers chain and sign it themselves.
struct Note {
    std::int64_t at = 0;
    std::string kind;
    std::string subject;
    base::Json more;
};
CSVA_DESCRIBE(Note, at, kind, subject, more)

constexpr std::string_view kNotePrefix = "erasure-";

std::string note_name(std::string_view kind, std::string_view subject) {
    return std::string(kNotePrefix) +
           base::sha256_hex(std::string(kind) + "\n" + std::string(subject));
}

std::string note_of(const LedgerEntry& entry) {
    return base::to_json(Note{entry.at, entry.kind, entry.subject, entry.more});
}

}  // namespace

Result<std::vector<LedgerEntry>> read_ledger(std::string_view text) {
    std::vector<LedgerEntry> out;
    std::string previous;
    text = whole_lines(text);
    for (std::size_t line = 1; !text.empty(); ++line) {
        const auto end = text.find('\n');
        auto entry = base::from_json<LedgerEntry>(text.substr(0, end));
        if (!entry || entry->n != static_cast<std::int64_t>(line) || entry->previous != previous ||
            !base::signature_is_good(entry->key, signed_text(*entry), entry->signature))
            return bad_line(line);
        previous = base::sha256_hex(text.substr(0, end));
        out.push_back(std::move(*entry));
        text.remove_prefix(end + 1);
    }
    return out;
}

Result<std::vector<LedgerEntry>> Ledger::entries() const {
    TRY(const std::string text, content(path_));
    return read_ledger(text);
}

Result<LedgerEntry> Ledger::append(
    std::string_view kind, std::string_view subject, const base::Json& more
) const {
    TRY(auto entry, append_here(kind, subject, more));
    if (notes_ != nullptr) CHECK_OK(notes_->put(note_name(kind, subject), note_of(entry)));
    return entry;
}

Result<void> Ledger::exchange_notes() const {
    if (notes_ == nullptr) return {};
    TRY(const auto noted, notes_->all());
    std::vector<Note> theirs;
    for (const auto& [name, text] : noted) {
        if (!name.starts_with(kNotePrefix)) continue;
        TRY(theirs.emplace_back(), base::from_json<Note>(text));
    }
    std::ranges::sort(theirs, {}, &Note::at);
    for (const auto& note : theirs) CHECK_OK(append_here(note.kind, note.subject, note.more));
    TRY(const auto ours, entries());
    for (const auto& entry : ours) {
        const auto name = note_name(entry.kind, entry.subject);
        if (!noted.contains(name)) CHECK_OK(notes_->put(name, note_of(entry)));
    }
    return {};
}

Result<LedgerEntry> Ledger::append_here(
    std::string_view kind, std::string_view subject, const base::Json& more
) const {
    CHECK_OK(make_parent(path_));
    const Locked locked(path_);
    TRY(const std::string text, begin(locked, path_));
    TRY(auto known, read_ledger(text));
    for (auto& entry : known) {
        if (entry.kind == kind && entry.subject == subject) return std::move(entry);
    }
    LedgerEntry entry{
        static_cast<std::int64_t>(known.size()) + 1,
        base::Clock::wall_ms(),
        std::string(kind),
        std::string(subject),
        more,
        last_line_hash(text),
        key_.public_hex(),
        {}
    };
    entry.signature = key_.sign(signed_text(entry));
    CHECK_OK(write(locked, path_, base::to_json(entry) + "\n"));
    return entry;
}

Result<std::int64_t> Ledger::take_over(const fs::path& other) const {
    TRY(const std::string theirs, content(other));
    TRY(const auto their_entries, read_ledger(theirs));
    CHECK_OK(make_parent(path_));
    const Locked locked(path_);
    TRY(const std::string ours, begin(locked, path_));
    TRY(const auto our_entries, read_ledger(ours));
    const std::string_view more = whole_lines(theirs);
    if (std::string_view(ours).starts_with(more)) return 0;
    if (!more.starts_with(ours)) return bad_line(our_entries.size());
    CHECK_OK(write(locked, path_, more.substr(ours.size())));
    return static_cast<std::int64_t>(their_entries.size() - our_entries.size());
}

fs::path ledger_path(const base::Settings& settings) {
    const std::string& given = settings.text("erasure.ledger");
    if (!given.empty()) return given;
    return fs::path(settings.text("data.dir")) / "erasure" / "ledger.jsonl";
}

}  // namespace csva::erasure
