#pragma once

#include "foundation/journal/keys.hpp"
#include "foundation/journal/types.hpp"
#include "foundation/store/database.hpp"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace csva::journal {

/// What is wrong with a journal.
enum class Flaw : std::uint8_t {
    none,
    edited,        ///< The entry is not what was written.
    missing,       ///< It is not there.
    out_of_order,  ///< It stands where another should.
    unsealed,      ///< The signature over it and its neighbours is gone.
    seal_wrong,    ///< The signature over it and its neighbours is not good.
    tail_missing,  ///< The journal was longer.
    head_wrong,    ///< What says how long the journal is has been tampered with.
    key_unknown,   ///< It is signed with a key that is not believed.
    unreadable,    ///< There is no entry to be read here.
    archive_wrong  ///< The archive that holds it is not what was written.
};
CSVA_DESCRIBE_ENUM(
    Flaw,
    none,
    edited,
    missing,
    out_of_order,
    unsealed,
    seal_wrong,
    tail_missing,
    head_wrong,
    key_unknown,
    unreadable,
    archive_wrong
)

struct Proof {
    bool good = false;
    Flaw flaw = Flaw::none;
    std::optional<std::int64_t> broken_seq;  ///< Of the first entry that is not proven.
    std::int64_t entries = 0;                ///< Looked at.
    std::optional<std::int64_t> first_at;
    std::optional<std::int64_t> last_at;
    std::int64_t clock_steps_back = 0;           ///< Places where the clock went back.
    std::string key_id;                          ///< Of the key that signed last.
    std::optional<std::int64_t> deleted_before;  ///< Older entries were deleted after their time.
};
CSVA_DESCRIBE(
    Proof,
    good,
    flaw,
    broken_seq,
    entries,
    first_at,
    last_at,
    clock_steps_back,
    key_id,
    deleted_before
)
CSVA_NOTES(
    Proof,
    {.field = "good", .text = "Whether every entry is proven to be what was written."},
    {.field = "flaw", .text = "What is wrong."},
    {.field = "broken_seq", .text = "Number of the first entry that is not proven."},
    {.field = "entries", .text = "Entries looked at, those of the archive too."},
    {.field = "first_at", .text = "Time of the oldest of them, Unix milliseconds."},
    {.field = "last_at", .text = "Time of the newest of them, Unix milliseconds."},
    {.field = "clock_steps_back", .text = "Places where the clock of the service went back."},
    {.field = "key_id", .text = "Short name of the key that signed last."},
    {.field = "deleted_before", .text = "Entries below this number were deleted after their time."}
)

/// Follows a chain, entry by entry. Hashes are looked at one by one; of the signatures only those
/// that matter: the last one covers all before it through the chain, and others are asked where
/// something does not fit. With `every_signature` each is checked in turn: slower, and needed only
/// to find where a journal was chained anew by somebody without the key.
class Verifier {
public:
    explicit Verifier(Trusted trusted, bool every_signature = false);

    /// Where the chain begins; the default is a whole journal's.
    void begin(std::int64_t first, std::string_view link);
    /// `line` as line_of makes it.
    void entry(std::int64_t seq, std::int64_t at, std::string_view line, std::string_view hash);
    void entry(const JournalEntry& record);
    void seal(const Seal& seal);
    void fail(Flaw flaw, std::int64_t seq);
    bool failed() const { return proof_.flaw != Flaw::none; }
    /// Entry that comes next.
    std::int64_t next() const { return next_; }
    const std::string& link() const { return link_; }
    const Trusted& trusted() const { return trusted_; }
    /// A head that was kept in another place at some time: the journal must go on from it.
    void expect(const Head& older);
    /// After the last one. `head` says how long the journal is.
    Proof finish(const Head& head);
    /// Whether the last signature is good though nothing else was found: then `every_signature`
    /// finds the place.
    bool needs_every_signature() const { return needs_every_signature_; }

private:
    struct Hashed {
        std::int64_t seq;
        std::string hash;
    };
    struct Expected {
        Head head;
        bool found = false;
    };
    void note(std::int64_t at, std::string_view line);
    void check_group(const Seal& seal);
    bool is_good(const Seal& seal) const;
    void check_last_seal();
    void check_end(const Head& head);

    Trusted trusted_;
    bool every_signature_;
    bool needs_every_signature_ = false;
    Proof proof_;
    std::int64_t first_ = 1;
    std::int64_t next_ = 1;
    std::string link_;
    std::vector<Hashed> group_;               ///< Entries since the last seal.
    std::optional<std::int64_t> suspicious_;  ///< The first that does not fit the chain.
    std::optional<Seal> last_seal_;
    std::optional<Seal> last_known_seal_;  ///< Of a key that is believed.
    std::int64_t last_group_first_ = 1;
    std::int64_t deleted_until_ = 0;
    std::vector<Expected> expected_;
};

/// Verifies the journal's store, with its archives. `older` heads as for Verifier::expect. Errors:
/// store.*.
base::Result<Proof> verify_store(
    store::Database& database, const Trusted& trusted, const std::vector<Head>& older = {}
);

/// Verifies an exported journal. Errors: base.file_*.
base::Result<Proof> verify_file(
    const std::filesystem::path& path, const Trusted& trusted, const std::vector<Head>& older = {}
);

/// A head as `csva journal head` prints it, or as the log holds it. Errors: journal.bad_head.
base::Result<Head> head_from_json(std::string_view json);

}  // namespace csva::journal
