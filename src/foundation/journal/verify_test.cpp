#include "foundation/journal/verify.hpp"

#include "foundation/base/clock.hpp"
#include "foundation/base/files.hpp"
#include "foundation/journal/archive.hpp"
#include "foundation/journal/journal.hpp"
#include "foundation/journal/lines.hpp"
#include "foundation/journal/rotate.hpp"
#include "foundation/journal/store.hpp"
#include "foundation/journal/test_chain.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <functional>

namespace csva::journal {
namespace {

namespace fs = std::filesystem;

Trusted trusting(const Keys& keys) {
    Trusted trusted;
    trusted.add(keys.signing.public_hex());
    return trusted;
}

Proof walk(const Chain& chain, const Trusted& trusted, bool every, bool& again) {
    Verifier verifier(trusted, every);
    auto seal = chain.seals.begin();
    const auto seal_behind = [&](std::int64_t seq) {
        for (; seal != chain.seals.end() && seal->seq <= seq; ++seal) verifier.seal(*seal);
    };
    for (const JournalEntry& record : chain.records) {
        seal_behind(record.seq - 1);
        verifier.entry(record);
        seal_behind(record.seq);
    }
    for (; seal != chain.seals.end(); ++seal) verifier.seal(*seal);
    Proof proof = verifier.finish(chain.head);
    again = verifier.needs_every_signature();
    return proof;
}

Proof proof_of(const Chain& chain, const Trusted& trusted) {
    bool again = false;
    const Proof proof = walk(chain, trusted, false, again);
    return again ? walk(chain, trusted, true, again) : proof;
}

/// Changes one character into another one.
void spoil(std::string& text, std::mt19937& random) {
    if (text.empty()) {
        text = "x";
        return;
    }
    char& c = text[random() % text.size()];
    c = c == '7' ? '8' : '7';
}

struct Tampered {
    Chain chain;
    std::int64_t expected = 0;
};
using Tampering = std::function<Tampered(const Chain&, const Keys&, std::mt19937&)>;

std::int64_t any_seq(const Chain& chain, std::mt19937& random) {
    return static_cast<std::int64_t>(random() % chain.records.size()) + 1;
}
JournalEntry& entry(Chain& chain, std::int64_t seq) {
    return chain.records[static_cast<std::size_t>(seq - 1)];
}

void edit(JournalEntry& record, std::mt19937& random) {
    switch (random() % 7) {
        case 0:
            record.at += 1;
            break;
        case 1:
            return spoil(record.action, random);
        case 2:
            return spoil(record.actor, random);
        case 3:
            return spoil(record.object, random);
        case 4:
            return spoil(record.outcome, random);
        case 5:
            return spoil(record.network, random);
        default:
            return spoil(record.details.text, random);
    }
}

/// What somebody without the key can do to the hashes behind an edited entry.
void chain_anew(Chain& chain, std::int64_t from, bool seals_too) {
    std::string link(kGenesis);
    auto seal = chain.seals.begin();
    std::string hashes;
    for (JournalEntry& record : chain.records) {
        if (record.seq >= from) record.hash = hash_of(link, line_of(record));
        link = record.hash;
        if (record.seq != seal->seq) {
            hashes += record.hash.substr(0, kShortHash);
            continue;
        }
        if (seals_too) seal->hashes = hashes + record.hash;
        link = link_after(link, *seal);
        ++seal;
        hashes.clear();
    }
}

Tampered edited(const Chain& chain, const Keys&, std::mt19937& random) {
    Tampered out{chain, any_seq(chain, random)};
    edit(entry(out.chain, out.expected), random);
    return out;
}
Tampered hash_edited(const Chain& chain, const Keys&, std::mt19937& random) {
    Tampered out{chain, any_seq(chain, random)};
    spoil(entry(out.chain, out.expected).hash, random);
    return out;
}
Tampered edited_and_hashed(const Chain& chain, const Keys& keys, std::mt19937& random) {
    Tampered out = edited(chain, keys, random);
    auto& one = entry(out.chain, out.expected);
    Chain anew = out.chain;
    chain_anew(anew, out.expected, false);
    one.hash = entry(anew, out.expected).hash;
    return out;
}
Tampered edited_and_chained(const Chain& chain, const Keys& keys, std::mt19937& random) {
    Tampered out = edited(chain, keys, random);
    chain_anew(out.chain, out.expected, false);
    return out;
}
Tampered edited_chained_and_listed(const Chain& chain, const Keys& keys, std::mt19937& random) {
    Tampered out = edited(chain, keys, random);
    chain_anew(out.chain, out.expected, true);
    // Without the key nobody can say which entry of the group it was.
    out.expected = chain.front_of(out.expected);
    return out;
}
Tampered deleted(const Chain& chain, const Keys&, std::mt19937& random) {
    Tampered out{chain, any_seq(chain, random)};
    out.chain.records.erase(out.chain.records.begin() + (out.expected - 1));
    return out;
}
Tampered group_deleted(const Chain& chain, const Keys&, std::mt19937& random) {
    Tampered out{chain, 0};
    const auto index = static_cast<std::ptrdiff_t>(random() % chain.seals.size());
    const std::int64_t last = chain.seals[static_cast<std::size_t>(index)].seq;
    out.expected = chain.front_of(last);
    std::erase_if(out.chain.records, [&](const JournalEntry& record) {
        return record.seq >= out.expected && record.seq <= last;
    });
    out.chain.seals.erase(out.chain.seals.begin() + index);
    return out;
}
Tampered reordered(const Chain& chain, const Keys&, std::mt19937& random) {
    Tampered out{chain, 0};
    const std::int64_t a = any_seq(chain, random);
    std::int64_t b = any_seq(chain, random);
    if (a == b) b = a == 1 ? 2 : a - 1;
    std::swap(entry(out.chain, a), entry(out.chain, b));
    out.expected = std::min(a, b);
    return out;
}
Tampered swapped_under_numbers(const Chain& chain, const Keys& keys, std::mt19937& random) {
    Tampered out = reordered(chain, keys, random);
    for (std::size_t i = 0; i < out.chain.records.size(); ++i)
        out.chain.records[i].seq = static_cast<std::int64_t>(i) + 1;
    return out;
}
Tampered repeated(const Chain& chain, const Keys&, std::mt19937& random) {
    Tampered out{chain, any_seq(chain, random)};
    const JournalEntry copy = entry(out.chain, out.expected);
    out.chain.records.insert(out.chain.records.begin() + out.expected, copy);
    return out;
}
Tampered tail_cut(const Chain& chain, const Keys&, std::mt19937& random) {
    Tampered out{chain, 0};
    const std::int64_t kept = any_seq(chain, random) - 1;
    out.chain.records.resize(static_cast<std::size_t>(kept));
    std::erase_if(out.chain.seals, [&](const Seal& seal) { return seal.seq > kept; });
    const auto ends = chain.ends();
    const bool at_end = kept == 0 || std::ranges::find(ends, kept) != ends.end();
    out.expected = at_end ? kept + 1 : chain.front_of(kept);
    return out;
}
Tampered tail_cut_and_head_forged(const Chain& chain, const Keys& keys, std::mt19937& random) {
    Tampered out = tail_cut(chain, keys, random);
    const auto kept = std::ssize(out.chain.records);
    const Keys other = Keys::make();
    out.chain.head.entries = kept;
    out.chain.head.link = kept == 0 ? std::string(kGenesis) : out.chain.records.back().hash;
    if (!out.chain.seals.empty() && out.chain.seals.back().seq == kept)
        out.chain.head.link = link_after(out.chain.head.link, out.chain.seals.back());
    out.chain.head.signature = other.signing.sign(head_text(out.chain.head));
    // An empty journal has no signed head; the copy kept elsewhere tells (see below).
    if (kept == 0) return edited(chain, keys, random);
    if (out.expected == kept + 1) out.expected = kept;
    return out;
}
Tampered seal_edited(const Chain& chain, const Keys&, std::mt19937& random) {
    Tampered out{chain, 0};
    Seal& seal = out.chain.seals[random() % out.chain.seals.size()];
    out.expected = chain.front_of(seal.seq);
    spoil(
        random() % 3 == 0   ? seal.key_id
        : random() % 2 == 0 ? seal.hashes
                            : seal.signature,
        random
    );
    return out;
}
Tampered seal_deleted(const Chain& chain, const Keys&, std::mt19937& random) {
    Tampered out{chain, 0};
    const auto index = static_cast<std::ptrdiff_t>(random() % chain.seals.size());
    out.expected = chain.front_of(chain.seals[static_cast<std::size_t>(index)].seq);
    out.chain.seals.erase(out.chain.seals.begin() + index);
    return out;
}
Tampered head_edited(const Chain& chain, const Keys&, std::mt19937& random) {
    Tampered out{chain, std::ssize(chain.records)};
    Head& head = out.chain.head;
    switch (random() % 4) {
        case 0:
            head.entries += random() % 2 == 0 ? 1 : -1;
            break;
        case 1:
            spoil(head.link, random);
            break;
        case 2:
            head.at += 1;
            break;
        default:
            spoil(head.signature, random);
    }
    return out;
}
Tampered signed_by_another(const Chain& chain, const Keys& keys, std::mt19937& random) {
    Tampered out = edited(chain, keys, random);
    out.chain.seal_all(Keys::make(), chain.ends());
    out.expected = 1;
    return out;
}

const std::vector<std::pair<const char*, Tampering>>& tamperings() {
    static const std::vector<std::pair<const char*, Tampering>> all = {
        {"edited", edited},
        {"hash edited", hash_edited},
        {"edited and hashed anew", edited_and_hashed},
        {"edited and chained anew", edited_and_chained},
        {"edited, chained and listed anew", edited_chained_and_listed},
        {"deleted", deleted},
        {"group deleted", group_deleted},
        {"reordered", reordered},
        {"swapped under their numbers", swapped_under_numbers},
        {"repeated", repeated},
        {"tail cut off", tail_cut},
        {"tail cut off, head forged", tail_cut_and_head_forged},
        {"seal edited", seal_edited},
        {"seal deleted", seal_deleted},
        {"head edited", head_edited},
        {"signed by another", signed_by_another},
    };
    return all;
}

int rounds() {
    const char* wish = std::getenv("CSVA_TAMPERINGS");
    int count = 640;
    if (wish != nullptr) std::from_chars(wish, wish + std::string_view(wish).size(), count);
    return count;
}

TEST(Verify, names_the_first_broken_entry_of_every_random_tampering) {
    std::mt19937 random(20'261'128);
    const Keys keys = Keys::make();
    const Trusted trusted = trusting(keys);
    Chain chain = made_up_chain(keys, 120, random);
    int found = 0;
    for (int i = 0; i < rounds(); ++i) {
        if (i % 200 == 199) chain = made_up_chain(keys, 2 + std::int64_t(random() % 300), random);
        ASSERT_TRUE(proof_of(chain, trusted).good);
        const auto& [name, tamper] =
            tamperings()[static_cast<std::size_t>(i) % tamperings().size()];
        const Tampered tampered = tamper(chain, keys, random);
        const Proof proof = proof_of(tampered.chain, trusted);
        ASSERT_FALSE(proof.good) << name << ", round " << i;
        ASSERT_EQ(proof.broken_seq, tampered.expected) << name << ", round " << i;
        ++found;
    }
    std::cout << found << " tamperings, all found, the first broken entry named" << std::endl;
}

/// A journal in a folder, as the program keeps it.
class VerifyStoreTest : public testing::Test {
protected:
    VerifyStoreTest() {
        auto rows = setting_rows();
        rows.push_back({"data.dir", base::SettingType::text, "", "", ""});
        rows.push_back({"database.url", base::SettingType::secret, "", "", ""});
        rows.push_back({"database.wait_ms", base::SettingType::integer, "5000", "ms", ""});
        settings = std::make_unique<base::Settings>(
            *base::Settings::load(std::move(rows), "", {}, {{"data.dir", folder.path().string()}})
        );
        for (int group = 0; group < 5; ++group) write(3);
        keys = std::make_unique<Keys>(*load_keys(*settings));
        database = *open_store(*settings);
    }
    void write(int count) {
        Journal journal({*settings, metrics});
        for (int i = 0; i < count; ++i)
            journal.append({.action = "a.b", .actor_id = i, .details = R"({"n":1})"});
    }
    void sql(std::string_view statement) {
        const auto done =
            database->transaction([&](store::Session& session) { return session.run(statement); });
        ASSERT_TRUE(done) << done.error().internal;
    }
    Proof proof(const std::vector<Head>& older = {}) {
        return *verify_store(*database, trusting(*keys), older);
    }
    Head head() {
        return *database->read([](store::Session& session) { return rows::head(session); });
    }
    fs::path exported() {
        auto path = folder.path() / "journal.jsonl";
        std::ofstream out(path);
        EXPECT_TRUE(export_to(*database, out));
        return path;
    }

    base::TemporaryFolder folder = *base::TemporaryFolder::make();
    std::unique_ptr<base::Settings> settings;
    base::Metrics metrics;
    std::unique_ptr<Keys> keys;
    std::unique_ptr<store::Database> database;
};

TEST_F(VerifyStoreTest, proves_what_was_written_in_store_and_file) {
    const Proof own = proof();
    EXPECT_TRUE(own.good);
    EXPECT_EQ(own.entries, 15);
    EXPECT_TRUE(verify_file(exported(), trusting(*keys))->good);
}

TEST_F(VerifyStoreTest, names_an_edited_row) {
    sql("UPDATE journal_entries SET outcome = 'failed' WHERE seq = 8");
    EXPECT_EQ(proof().flaw, Flaw::edited);
    EXPECT_EQ(proof().broken_seq, 8);
    EXPECT_EQ(verify_file(exported(), trusting(*keys))->broken_seq, 8);
}

TEST_F(VerifyStoreTest, notices_the_newest_group_cut_off) {
    sql("DELETE FROM journal_entries WHERE seq > 12");
    sql("DELETE FROM journal_seals WHERE seq > 12");
    EXPECT_EQ(proof().flaw, Flaw::tail_missing);
    EXPECT_EQ(proof().broken_seq, 13);
    // Writing on does not paper over the gap.
    write(1);
    EXPECT_EQ(proof().flaw, Flaw::missing);
    EXPECT_EQ(proof().broken_seq, 13);
}

TEST_F(VerifyStoreTest, is_never_built_upon_a_head_that_was_set_back) {
    sql("DELETE FROM journal_entries WHERE seq > 12");
    sql("DELETE FROM journal_seals WHERE seq > 12");
    sql("UPDATE journal_head SET entries = 12, link = (SELECT hash FROM journal_entries WHERE seq "
        "= 12)");
    EXPECT_EQ(proof().flaw, Flaw::head_wrong);
    write(1);
    EXPECT_FALSE(proof().good);
    EXPECT_EQ(proof().broken_seq, 13);
}

TEST_F(VerifyStoreTest, goes_on_beside_an_entry_that_somebody_has_put_in_its_way) {
    sql("INSERT INTO journal_entries SELECT 16, at, action, actor, object_kind, object, outcome,"
        " network, details, hash FROM journal_entries WHERE seq = 15");
    write(1);
    EXPECT_FALSE(proof().good);
    EXPECT_EQ(proof().broken_seq, 16);
}

TEST_F(VerifyStoreTest, notices_that_everything_vanished_by_a_head_kept_elsewhere) {
    const Head kept = head();
    sql("DELETE FROM journal_entries");
    sql("DELETE FROM journal_seals");
    sql("UPDATE journal_head SET entries = 0, key_id = '', signature = '',"
        " link = '0000000000000000000000000000000000000000000000000000000000000000'");
    EXPECT_TRUE(proof().good);
    EXPECT_EQ(proof({kept}).flaw, Flaw::tail_missing);
    EXPECT_EQ(proof({kept}).broken_seq, 1);
}

TEST_F(VerifyStoreTest, goes_on_from_an_older_head) {
    const Head kept = head();
    write(2);
    EXPECT_TRUE(proof({kept}).good);
    EXPECT_TRUE(proof({*head_from_json(base::to_json(kept))}).good);
}

TEST_F(VerifyStoreTest, refuses_a_wrong_key) {
    const Proof found = *verify_store(*database, trusting(Keys::make()));
    EXPECT_EQ(found.flaw, Flaw::key_unknown);
    EXPECT_EQ(found.broken_seq, 1);
}

TEST_F(VerifyStoreTest, is_verified_with_either_key_after_a_rotation) {
    const Keys fresh{base::SigningKey::make(), keys->pseudonyms};
    ASSERT_TRUE(rotate(*database, *keys, fresh));
    ASSERT_TRUE(write_keys(key_file(*settings), fresh, true));
    write(2);
    EXPECT_EQ(proof().entries, 19);
    EXPECT_TRUE(proof().good);
    EXPECT_TRUE(verify_store(*database, trusting(fresh))->good);
    EXPECT_EQ(verify_store(*database, trusting(Keys::make()))->flaw, Flaw::key_unknown);
    EXPECT_TRUE(verify_file(exported(), trusting(*keys))->good);
}

TEST_F(VerifyStoreTest, proves_only_what_came_before_a_key_that_nobody_vouches_for) {
    const Keys fresh = Keys::make();
    ASSERT_TRUE(replace_lost_key(*database, fresh));
    EXPECT_EQ(proof().flaw, Flaw::key_unknown);
    EXPECT_EQ(proof().broken_seq, 16);
    EXPECT_TRUE(verify_store(*database, trusting(fresh))->good);
}

TEST_F(VerifyStoreTest, archives_what_is_old_and_proves_it_with_the_rest) {
    base::Clock::move_by(std::chrono::hours(24 * 184));
    write(1);
    const std::int64_t half_a_year = 183LL * 86'400'000;
    const auto count = archive(*database, *keys, {half_a_year, 0});
    base::Clock::move_by(std::chrono::hours(-24 * 184));
    ASSERT_TRUE(count);
    EXPECT_EQ(*count, 15);
    EXPECT_TRUE(proof().good);
    EXPECT_EQ(proof().entries, 17);  // one more, that says so
    EXPECT_TRUE(verify_file(exported(), trusting(*keys))->good);
    sql("UPDATE journal_archives SET content = 'QUJD' || content");
    EXPECT_EQ(proof().flaw, Flaw::archive_wrong);
    EXPECT_EQ(proof().broken_seq, 1);
    sql("DELETE FROM journal_archives");
    EXPECT_EQ(proof().flaw, Flaw::missing);
    EXPECT_EQ(proof().broken_seq, 1);
}

TEST_F(VerifyStoreTest, deletes_an_archive_after_its_time_and_says_so) {
    base::Clock::move_by(std::chrono::hours(24 * 1200));
    write(1);
    const std::int64_t day = 86'400'000;
    const auto count = archive(*database, *keys, {183 * day, 1095 * day});
    base::Clock::move_by(std::chrono::hours(-24 * 1200));
    ASSERT_TRUE(count);
    EXPECT_TRUE(proof().good);
    EXPECT_EQ(proof().deleted_before, 16);
    EXPECT_TRUE(verify_file(exported(), trusting(*keys))->good);
    // Nobody can pass off another shortening as one.
    sql("DELETE FROM journal_entries WHERE action = 'journal.archive_deleted'");
    EXPECT_FALSE(proof().good);
}

TEST_F(VerifyStoreTest, notices_a_file_that_was_cut_or_filled_with_noise) {
    const auto path = exported();
    std::ifstream in(path);
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    const auto written = [&](const std::vector<std::string>& some) {
        std::ofstream out(path);
        for (const auto& line : some) out << line << '\n';
        out.close();
        return *verify_file(path, trusting(*keys));
    };
    EXPECT_TRUE(written(lines).good);
    EXPECT_EQ(written({lines.begin(), lines.end() - 1}).flaw, Flaw::tail_missing);
    EXPECT_EQ(written({}).broken_seq, 1);
    auto noisy = lines;
    noisy[3] = "{}";
    EXPECT_EQ(written(noisy).flaw, Flaw::unreadable);
    EXPECT_EQ(written(noisy).broken_seq, 3);
    auto longer = lines;
    longer.push_back(lines[1]);
    EXPECT_FALSE(written(longer).good);
}

}  // namespace
}  // namespace csva::journal
