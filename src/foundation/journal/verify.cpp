#include "foundation/journal/verify.hpp"

#include "foundation/base/files.hpp"
#include "foundation/journal/archive.hpp"
#include "foundation/journal/chain.hpp"
#include "foundation/journal/lines.hpp"
#include "foundation/journal/store.hpp"
#include "foundation/journal/writer.hpp"

#include <algorithm>
#include <fstream>

namespace csva::journal {
namespace {

using base::Result;

constexpr std::int64_t kPage = 5000;

struct Deleted {
    std::int64_t first = 0;
    std::int64_t last = 0;
    std::string sha256;
};
CSVA_DESCRIBE(Deleted, first, last, sha256)

}  // namespace

Verifier::Verifier(Trusted trusted, bool every_signature)
    : trusted_(std::move(trusted)), every_signature_(every_signature), link_(kGenesis) {}

void Verifier::begin(std::int64_t first, std::string_view link) {
    first_ = next_ = last_group_first_ = first;
    link_ = link;
}

void Verifier::expect(const Head& older) { expected_.push_back({older, false}); }

void Verifier::fail(Flaw flaw, std::int64_t seq) {
    if (failed()) return;
    proof_.flaw = flaw;
    proof_.broken_seq = seq;
}

bool Verifier::is_good(const Seal& seal) const {
    return trusted_.signature_is_good(seal.key_id, sealed_text(seal), seal.signature);
}

void Verifier::note(std::int64_t at, std::string_view line) {
    if (!proof_.first_at) proof_.first_at = at;
    if (proof_.last_at && at + kClockPatienceMs < *proof_.last_at) ++proof_.clock_steps_back;
    proof_.last_at = at;
    ++proof_.entries;
    if (const auto rotation = details_of(line, "journal.key_rotated")) trusted_.learn(*rotation);
    const auto deletion = details_of(line, "journal.archive_deleted");
    if (!deletion) return;
    if (const auto read = base::from_json<Deleted>(*deletion))
        deleted_until_ = std::max(deleted_until_, read->last);
}

void Verifier::entry(
    std::int64_t seq, std::int64_t at, std::string_view line, std::string_view hash
) {
    if (failed()) return;
    if (seq != next_) {
        const bool gap = seq > next_;
        return fail(
            suspicious_ ? Flaw::edited
            : gap       ? Flaw::missing
                        : Flaw::out_of_order,
            suspicious_.value_or(gap ? next_ : seq)
        );
    }
    note(at, line);
    if (!suspicious_ && hash_of(link_, line) != hash) {
        // The seal is part of the link: it may be what does not fit.
        if (group_.empty() && last_seal_ && !is_good(*last_seal_))
            return fail(Flaw::seal_wrong, last_group_first_);
        suspicious_ = seq;
    }
    link_ = hash;
    group_.push_back({seq, link_});
    ++next_;
}

void Verifier::entry(const JournalEntry& record) {
    entry(record.seq, record.at, line_of(record), record.hash);
}

/// Whether the seal fits the entries since the one before, and if not, from which on.
void Verifier::check_group(const Seal& seal) {
    const std::int64_t front = group_.front().seq;
    const bool shaped =
        seal.hashes.size() >= kHash && (seal.hashes.size() - kHash) % kShortHash == 0;
    const std::size_t count = shaped ? (seal.hashes.size() - kHash) / kShortHash + 1 : 0;
    if (!shaped || count > group_.size()) return fail(Flaw::seal_wrong, front);
    if (count < group_.size()) return fail(Flaw::unsealed, front);
    std::optional<std::int64_t> differs;
    for (std::size_t i = 0; i < count && !differs; ++i) {
        const std::size_t size = i + 1 == count ? kHash : kShortHash;
        const auto said = std::string_view(seal.hashes).substr(i * kShortHash, size);
        if (std::string_view(group_[i].hash).substr(0, size) != said) differs = group_[i].seq;
    }
    if (!differs && !suspicious_ && !every_signature_) return;
    const bool known = trusted_.knows(seal.key_id);
    if (known && !is_good(seal)) return fail(Flaw::seal_wrong, front);
    if (differs || suspicious_)
        fail(Flaw::edited, std::min(differs.value_or(next_), suspicious_.value_or(next_)));
}

void Verifier::seal(const Seal& seal) {
    if (failed()) return;
    if (seal.seq >= next_ && is_good(seal)) return fail(Flaw::missing, next_);
    if (group_.empty() || seal.seq != next_ - 1)
        return fail(Flaw::seal_wrong, group_.empty() ? last_group_first_ : group_.front().seq);
    check_group(seal);
    if (failed()) return;
    last_group_first_ = group_.front().seq;
    group_.clear();
    link_ = link_after(link_, seal);
    last_seal_ = seal;
    if (trusted_.knows(seal.key_id)) last_known_seal_ = seal;
    for (auto& [older, found] : expected_)
        if (older.entries == seal.seq) found = older.link == link_;
}

/// The last signature covers all before it.
void Verifier::check_last_seal() {
    if (suspicious_) return fail(Flaw::edited, *suspicious_);
    if (!group_.empty()) return fail(Flaw::unsealed, group_.front().seq);
    if (!last_seal_ || is_good(*last_seal_)) return;
    if (trusted_.knows(last_seal_->key_id)) {
        needs_every_signature_ = true;
        return fail(Flaw::seal_wrong, last_group_first_);
    }
    const bool some = last_known_seal_ && is_good(*last_known_seal_);
    fail(Flaw::key_unknown, some ? last_known_seal_->seq + 1 : first_);
}

void Verifier::check_end(const Head& head) {
    const std::int64_t last = next_ - 1;
    const bool empty = last == 0 && head.entries == 0 && head.link == kGenesis;
    if (!empty) {
        if (!trusted_.signature_is_good(head.key_id, head_text(head), head.signature))
            return fail(Flaw::head_wrong, std::max<std::int64_t>(last, 1));
        if (head.entries > last) return fail(Flaw::tail_missing, last + 1);
        if (head.entries < last) return fail(Flaw::head_wrong, head.entries + 1);
        if (head.link != link_) return fail(Flaw::head_wrong, last);
    }
    for (const auto& [older, found] : expected_) {
        if (found || older.entries < first_) continue;
        if (!trusted_.signature_is_good(older.key_id, head_text(older), older.signature))
            return fail(Flaw::head_wrong, older.entries);
        if (older.entries > last) return fail(Flaw::tail_missing, last + 1);
        return fail(Flaw::edited, first_);
    }
    if (first_ > 1 && deleted_until_ < first_ - 1) fail(Flaw::missing, deleted_until_ + 1);
}

Proof Verifier::finish(const Head& head) {
    if (!failed()) check_last_seal();
    if (!failed()) check_end(head);
    proof_.good = !failed();
    proof_.key_id = last_seal_ ? last_seal_->key_id : "";
    if (first_ > 1) proof_.deleted_before = first_;
    return proof_;
}

namespace {

/// One walk over a journal. Gives the head.
using Walk = std::function<Result<Head>(Verifier&)>;

Result<Proof> verify(const Walk& walk, const Trusted& trusted, const std::vector<Head>& older) {
    for (const bool every_signature : {false, true}) {
        Verifier verifier(trusted, every_signature);
        for (const Head& head : older) verifier.expect(head);
        TRY(const Head head, walk(verifier));
        Proof proof = verifier.finish(head);
        if (every_signature || !verifier.needs_every_signature()) return proof;
    }
    return Proof{};
}

Result<void> walk_live(store::Session& session, Verifier& verifier) {
    while (!verifier.failed()) {
        const std::int64_t after = verifier.next() - 1;
        TRY(const auto records, rows::entries_after(session, after, kPage));
        if (records.empty()) return {};
        TRY(const auto seals, rows::seals_between(session, after, records.back().seq));
        auto seal = seals.begin();
        for (const JournalEntry& record : records) {
            for (; seal != seals.end() && seal->seq < record.seq; ++seal) verifier.seal(*seal);
            verifier.entry(record);
        }
        for (; seal != seals.end(); ++seal) verifier.seal(*seal);
    }
    return {};
}

/// A line between the first and the head.
void follow(Verifier& verifier, std::string_view line) {
    if (const auto entry = entry_of(line))
        return verifier.entry(entry->seq, entry->at, entry->hashed, entry->hash);
    if (const auto seal = seal_of(line)) return verifier.seal(*seal);
    verifier.fail(Flaw::unreadable, verifier.next());
}

Result<void> walk_archives(store::Session& session, Verifier& verifier) {
    bool first = true;
    TRY(const auto archives, archives_of(session));
    for (const Archive& archive : archives) {
        if (archive.deleted && first) {
            verifier.begin(archive.last_seq + 1, archive.link);
            continue;
        }
        first = false;
        TRY(const auto lines, lines_of(session, archive));
        if (!lines) verifier.fail(Flaw::archive_wrong, archive.first_seq);
        if (!lines) return {};
        for (std::size_t i = 1; i < lines->size() && !verifier.failed(); ++i)
            follow(verifier, (*lines)[i]);
    }
    return {};
}

Result<Head> walk_file(const std::filesystem::path& path, Verifier& verifier) {
    std::ifstream file(path);
    if (!file) return base::fail(base::ErrorKind::not_found, "base.file_not_found");
    std::string line;
    std::optional<Head> head;
    bool begun = false;
    while (!verifier.failed() && std::getline(file, line)) {
        if (!begun) {
            const auto start = start_of(line);
            if (start) verifier.begin(start->first, start->link);
            if (!start) verifier.fail(Flaw::unreadable, verifier.next());
            begun = true;
        } else if (head) {
            verifier.fail(Flaw::out_of_order, verifier.next());
        } else if (line.starts_with("{\"head\"")) {
            head = head_of(line);
            if (!head)
                verifier.fail(Flaw::head_wrong, std::max<std::int64_t>(verifier.next() - 1, 1));
        } else {
            follow(verifier, line);
        }
    }
    if (!begun) verifier.fail(Flaw::unreadable, 1);
    if (!head) verifier.fail(Flaw::tail_missing, verifier.next());
    return head.value_or(Head{});
}

}  // namespace

Result<Proof> verify_store(
    store::Database& database, const Trusted& trusted, const std::vector<Head>& older
) {
    return database.read([&](store::Session& session) {
        return verify(
            [&](Verifier& verifier) -> Result<Head> {
                CHECK_OK(walk_archives(session, verifier));
                CHECK_OK(walk_live(session, verifier));
                return rows::head(session);
            },
            trusted,
            older
        );
    });
}

Result<Proof> verify_file(
    const std::filesystem::path& path, const Trusted& trusted, const std::vector<Head>& older
) {
    return verify([&](Verifier& verifier) { return walk_file(path, verifier); }, trusted, older);
}

Result<Head> head_from_json(std::string_view json) {
    if (const auto line = head_of(json)) return *line;
    Head head;
    const auto read = base::decode(json, base::type_of<Head>(), &head, base::Reading::lenient);
    if (!read) return base::fail(base::ErrorKind::invalid_argument, "journal.bad_head");
    return head;
}

}  // namespace csva::journal
