#pragma once

#include "foundation/journal/chain.hpp"
#include "foundation/journal/keys.hpp"
#include "foundation/journal/types.hpp"

#include <random>
#include <vector>

namespace csva::journal {

/// A journal in memory: what tests tamper with.
struct Chain {
    std::vector<JournalEntry> records;
    std::vector<Seal> seals;
    Head head;

    /// Chains and seals everything anew: `ends` are the numbers of the last entries of groups.
    void seal_all(const Keys& keys, const std::vector<std::int64_t>& ends) {
        seals.clear();
        std::string link(kGenesis);
        std::string hashes;
        auto end = ends.begin();
        for (JournalEntry& record : records) {
            record.hash = link = hash_of(link, line_of(record));
            if (end == ends.end() || record.seq != *end) {
                hashes += record.hash.substr(0, kShortHash);
                continue;
            }
            ++end;
            Seal seal{record.seq, keys.key_id(), hashes + record.hash, {}};
            seal.signature = keys.signing.sign(sealed_text(seal));
            link = link_after(link, seal);
            seals.push_back(std::move(seal));
            hashes.clear();
        }
        head = {std::ssize(records), link, 1'800'000'000'000, keys.key_id(), {}};
        head.signature = keys.signing.sign(head_text(head));
    }

    std::vector<std::int64_t> ends() const {
        std::vector<std::int64_t> out;
        for (const Seal& seal : seals) out.push_back(seal.seq);
        return out;
    }
    /// Number of the first entry of the group that holds `seq`.
    std::int64_t front_of(std::int64_t seq) const {
        std::int64_t front = 1;
        for (const Seal& seal : seals)
            if (seal.seq < seq) front = seal.seq + 1;
        return front;
    }
};

/// A made-up journal of groups of 1 to 9 entries.
inline Chain made_up_chain(const Keys& keys, std::int64_t entries, std::mt19937& random) {
    Chain chain;
    std::vector<std::int64_t> ends;
    const auto up_to = [&](std::int64_t most) {
        return std::uniform_int_distribution<std::int64_t>(1, most)(random);
    };
    for (std::int64_t seq = 1; seq <= entries; ++seq) {
        JournalEntry record;
        record.seq = seq;
        record.at = 1'790'000'000'000 + seq * 1000;
        record.action = up_to(2) == 1 ? "datasets.delete" : "accounts.sign_in";
        record.actor = keys.pseudonym("user", up_to(5));
        record.object_kind = "dataset";
        record.object = keys.pseudonym("dataset", up_to(99));
        record.outcome = "done";
        record.network = "203.0.113.0/24";
        record.details.text = "{\"status\":" + std::to_string(199 + up_to(5)) + "}";
        chain.records.push_back(std::move(record));
        if (up_to(5) == 1 || seq == entries) ends.push_back(seq);
    }
    chain.seal_all(keys, ends);
    return chain;
}

}  // namespace csva::journal
