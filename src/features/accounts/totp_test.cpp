#include "features/accounts/totp.hpp"

#include <gtest/gtest.h>

#include <set>

namespace csva::accounts {
namespace {

constexpr std::string_view kKey = "12345678901234567890";

TEST(Totp, gives_the_codes_of_rfc_4226_appendix_d) {
    const std::vector<std::string> expected = {
        "755224",
        "287082",
        "359152",
        "969429",
        "338314",
        "254676",
        "287922",
        "162583",
        "399871",
        "520489"
    };
    for (std::size_t i = 0; i < expected.size(); ++i)
        EXPECT_EQ(one_time_code(kKey, static_cast<std::int64_t>(i)), expected[i]) << i;
}

TEST(Totp, gives_the_codes_of_rfc_6238_appendix_b) {
    const std::vector<std::pair<std::int64_t, std::string>> expected = {
        {59, "94287082"},
        {1'111'111'109, "07081804"},
        {1'111'111'111, "14050471"},
        {1'234'567'890, "89005924"},
        {2'000'000'000, "69279037"},
        {20'000'000'000, "65353130"},
    };
    for (const auto& [seconds, code] : expected)
        EXPECT_EQ(one_time_code(kKey, seconds * 1000 / kTotpStepMs, 8), code) << seconds;
}

TEST(Totp, takes_a_code_of_one_step_before_or_after_and_no_other) {
    constexpr std::int64_t kNow = 1'795'870'000'000;
    const std::int64_t step = kNow / kTotpStepMs;
    for (std::int64_t off = -3; off <= 3; ++off) {
        const auto found = step_of_code(kKey, one_time_code(kKey, step + off), kNow, 0);
        if (off >= -1 && off <= 1)
            EXPECT_EQ(found, step + off);
        else
            EXPECT_FALSE(found) << off;
    }
}

TEST(Totp, takes_each_code_once_and_none_from_before) {
    constexpr std::int64_t kNow = 1'795'870'000'000;
    const std::int64_t step = kNow / kTotpStepMs;
    EXPECT_FALSE(step_of_code(kKey, one_time_code(kKey, step), kNow, step));
    EXPECT_FALSE(step_of_code(kKey, one_time_code(kKey, step - 1), kNow, step));
    EXPECT_EQ(step_of_code(kKey, one_time_code(kKey, step + 1), kNow, step), step + 1);
}

TEST(Totp, refuses_what_is_no_code) {
    for (const auto* code : {"", "1", "12345", "1234567", "abcdef", "000000 "}) {
        EXPECT_FALSE(step_of_code("another key", code, 59'000, 0)) << code;
    }
    const std::string good = one_time_code(kKey, 1);
    EXPECT_TRUE(step_of_code(kKey, good.substr(0, 3) + " " + good.substr(3), 59'000, 0));
}

TEST(Totp, writes_base32_as_rfc_4648_does) {
    const std::vector<std::pair<std::string, std::string>> pairs = {
        {"", ""},
        {"f", "MY"},
        {"fo", "MZXQ"},
        {"foo", "MZXW6"},
        {"foob", "MZXW6YQ"},
        {"fooba", "MZXW6YTB"},
        {"foobar", "MZXW6YTBOI"}
    };
    for (const auto& [bytes, text] : pairs) {
        EXPECT_EQ(to_base32(bytes), text);
        EXPECT_EQ(from_base32(text), bytes);
    }
    EXPECT_EQ(from_base32("mzxw6ytboi"), "foobar");
    for (const auto* bad : {"1", "M", "MZXW6Y!", "MZ=="}) EXPECT_FALSE(from_base32(bad)) << bad;
}

TEST(Totp, names_the_account_to_the_authenticator) {
    EXPECT_EQ(
        enrolment_uri("ada@x", "MZXW6"),
        "otpauth://totp/CSV%20Analyzer:ada%40x?secret=MZXW6&issuer=CSV%20Analyzer&algorithm=SHA1"
        "&digits=6&period=30"
    );
}

TEST(RecoveryCodes, are_ten_different_ones_read_in_any_writing) {
    const auto codes = new_recovery_codes();
    EXPECT_EQ(std::set<std::string>(codes.begin(), codes.end()).size(), 10U);
    for (const auto& code : codes) EXPECT_EQ(code.size(), 19U) << code;
    EXPECT_EQ(recovery_hash("abcd-efgh 2345"), recovery_hash("ABCDEFGH2345"));
    EXPECT_NE(recovery_hash("ABCDEFGH2345"), recovery_hash("ABCDEFGH2346"));
    EXPECT_EQ(from_base32(new_totp_secret())->size(), 20U);
}

}  // namespace
}  // namespace csva::accounts
