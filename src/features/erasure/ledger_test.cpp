#include "features/erasure/ledger.hpp"

#include "features/erasure/certificate.hpp"
#include "foundation/base/files.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

namespace csva::erasure {
namespace {

class LedgerFile : public testing::Test {
protected:
    LedgerFile()
        : folder_(*base::TemporaryFolder::make()),
          key_(base::SigningKey::make()),
          ledger_(folder_.path() / "below" / "ledger.jsonl", key_) {
        for (const auto* subject : {"a", "b", "c", "d"})
            EXPECT_TRUE(ledger_.append("user", subject, {}).has_value());
    }
    std::string text() const { return *base::read_file(ledger_.path()); }
    void write(const std::string& text) const {
        EXPECT_TRUE(base::write_file(ledger_.path(), text).has_value());
    }
    std::vector<std::string> lines() const {
        std::vector<std::string> out;
        std::istringstream in(text());
        for (std::string line; std::getline(in, line);) out.push_back(line);
        return out;
    }
    void write(const std::vector<std::string>& lines) const {
        std::string all;
        for (const auto& line : lines) all += line + "\n";
        write(all);
    }

    base::TemporaryFolder folder_;
    base::SigningKey key_;
    Ledger ledger_;
};

TEST_F(LedgerFile, keeps_what_it_is_told_once) {
    EXPECT_TRUE(ledger_.append("user", "b", {}).has_value());
    const auto all = ledger_.entries();
    ASSERT_TRUE(all.has_value());
    ASSERT_EQ(all->size(), 4U);
    EXPECT_EQ(all->back().subject, "d");
    EXPECT_EQ(all->back().n, 4);
}

TEST_F(LedgerFile, names_the_first_line_that_is_not_what_was_written) {
    const auto good = lines();
    const auto line_of = [&](const std::vector<std::string>& changed) {
        write(changed);
        const auto read = ledger_.entries();
        return read ? 0 : std::get<std::int64_t>(read.error().details.at(0).value);
    };
    auto edited = good;
    edited[1].replace(edited[1].find("\"b\""), 3, "\"x\"");
    EXPECT_EQ(line_of(edited), 2);
    auto deleted = good;
    deleted.erase(deleted.begin() + 2);
    EXPECT_EQ(line_of(deleted), 3);
    auto swapped = good;
    std::swap(swapped[0], swapped[3]);
    EXPECT_EQ(line_of(swapped), 1);
    auto doubled = good;
    doubled.push_back(good.back());
    EXPECT_EQ(line_of(doubled), 5);
    EXPECT_EQ(line_of(good), 0);
}

TEST_F(LedgerFile, drops_the_line_that_a_dying_process_left) {
    write(text() + "{\"n\":5,\"at\"");
    EXPECT_EQ(ledger_.entries()->size(), 4U);
    ASSERT_TRUE(ledger_.append("user", "e", {}).has_value());
    EXPECT_EQ(ledger_.entries()->size(), 5U);
}

TEST_F(LedgerFile, takes_over_a_longer_copy_and_refuses_another_ledger) {
    const Ledger copy(folder_.path() / "copy.jsonl", key_);
    EXPECT_EQ(copy.take_over(ledger_.path()).value(), 4);
    ASSERT_TRUE(ledger_.append("user", "e", {}).has_value());
    EXPECT_EQ(copy.take_over(ledger_.path()).value(), 1);
    EXPECT_EQ(ledger_.take_over(copy.path()).value(), 0);
    ASSERT_TRUE(ledger_.append("user", "mine", {}).has_value());
    ASSERT_TRUE(copy.append("user", "yours", {}).has_value());
    EXPECT_EQ(ledger_.take_over(copy.path()).error().reason, kBadLedger);
}

TEST(Certificate, is_good_only_as_it_was_signed) {
    const auto key = base::SigningKey::make();
    Certificate facts;
    facts.code = "c0de";
    facts.rows = {{"datasets", 2}};
    auto made = signed_by(key, facts);
    const auto json = base::to_json(made);
    EXPECT_TRUE(checked(json, key.public_hex()).has_value());
    EXPECT_TRUE(checked(json, "").has_value());
    const auto other = base::SigningKey::make();
    EXPECT_EQ(checked(json, other.public_hex()).error().reason, kOtherKey);
    made.certificate.rows["datasets"] = 3;
    EXPECT_EQ(checked(base::to_json(made), "").error().reason, kBadCertificate);
    EXPECT_EQ(checked("{}", "").error().reason, kBadCertificate);
}

}  // namespace
}  // namespace csva::erasure
