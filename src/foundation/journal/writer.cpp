#include "foundation/journal/writer.hpp"

#include "foundation/base/clock.hpp"
#include "foundation/journal/chain.hpp"
#include "foundation/journal/store.hpp"

#include <algorithm>

namespace csva::journal {
namespace {

using base::Result;
using store::Session;

/// Where the next entry goes.
struct Place {
    std::int64_t seq = 1;
    std::string link;
    std::int64_t at = 0;
    bool is_broken = false;
    std::int64_t expected = 0;
    std::int64_t found = 0;
};

Result<bool> is_good(Session& session, const Keys& keys, const Head& head, const Head& seen) {
    if (!head.signature.empty() && head == seen) return true;
    if (head.entries == 0 && head.link == kGenesis) return true;
    TRY(const Trusted trusted, trusted_keys(keys, session));
    return trusted.signature_is_good(head.key_id, head_text(head), head.signature);
}

Result<Place> place_of(Session& session, const Keys& keys, const Head& seen) {
    TRY(const Head head, rows::head_to_write(session));
    TRY(const bool good, is_good(session, keys, head, seen));
    TRY(const std::int64_t newest, rows::newest_seq(session));
    const bool broken = !good || newest > head.entries;
    Place place{head.entries + 1, head.link, head.at, broken, head.entries, newest};
    if (!broken) return place;
    // Numbers that stand in a head without a signature are not believed.
    place.seq = newest + 1;
    place.link = hash_of(head.link, "broken");
    return place;
}

std::string counted(std::string_view name, std::int64_t value) {
    return "{\"" + std::string(name) + "\":" + std::to_string(value) + "}";
}

/// Notes of the journal about itself that come before the entries.
std::vector<Timed> with_notes(const Place& place, std::span<const Timed> group) {
    std::vector<Timed> out;
    if (place.is_broken)
        out.push_back(
            {base::Clock::wall_ms(),
             {.action = "journal.head_broken",
              .outcome = Outcome::failed,
              .details = "{\"said\":" + std::to_string(place.expected) +
                         ",\"found\":" + std::to_string(place.found) + "}"}}
        );
    std::int64_t last = place.at;
    for (const Timed& one : group) {
        if (one.at + kClockPatienceMs < last)
            out.push_back(
                {one.at,
                 {.action = "journal.clock_went_back", .details = counted("by_ms", last - one.at)}}
            );
        out.push_back(one);
        last = one.at;
    }
    return out;
}

Record record_of(const Timed& timed, const Keys& keys) {
    const Entry& entry = timed.entry;
    Record record;
    record.at = timed.at;
    record.action = entry.action;
    record.actor = keys.pseudonym("user", entry.actor_id);
    record.object_kind = entry.object_kind;
    record.object = keys.pseudonym(entry.object_kind, entry.object_id);
    record.outcome = name_of(entry.outcome);
    record.network = entry.network;
    record.details.text = entry.details.empty() ? "{}" : entry.details;
    return record;
}

}  // namespace

Result<Trusted> trusted_keys(const Keys& keys, Session& session) {
    Trusted trusted;
    trusted.add(keys.signing.public_hex());
    TRY(const auto rotations, rows::rotations(session));
    // Each rotation may tie in the next one, or the one before.
    for (std::size_t known = 0; known != trusted.keys().size();) {
        known = trusted.keys().size();
        for (const auto& details : rotations) trusted.learn(details);
    }
    return trusted;
}

Result<Head> write_group(
    Session& session, const Keys& keys, const Head& seen, std::span<const Timed> group
) {
    TRY(Place place, place_of(session, keys, seen));
    std::vector<Record> records;
    std::string link = place.link;
    for (const Timed& timed : with_notes(place, group)) {
        Record record = record_of(timed, keys);
        record.seq = place.seq++;
        record.hash = hash_of(link, line_of(record));
        link = record.hash;
        records.push_back(std::move(record));
    }
    const std::int64_t last = records.back().seq;
    Seal seal{last, keys.key_id(), {}, {}};
    for (const Record& record : records)
        seal.hashes += record.seq == last ? record.hash : record.hash.substr(0, kShortHash);
    seal.signature = keys.signing.sign(sealed_text(seal));
    Head head{last, link_after(link, seal), base::Clock::wall_ms(), keys.key_id(), {}};
    head.signature = keys.signing.sign(head_text(head));
    CHECK_OK(rows::insert(session, records));
    CHECK_OK(rows::insert_seal(session, seal));
    CHECK_OK(rows::put_head(session, head));
    return head;
}

}  // namespace csva::journal
