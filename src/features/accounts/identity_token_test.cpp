#include "features/accounts/identity_token.hpp"

#include "features/accounts/types.hpp"
#include "foundation/base/crypto.hpp"

#include <gtest/gtest.h>

namespace csva::accounts {
namespace {

constexpr std::int64_t kNow = 1'795'870'000;
const Expected kExpected{"https://id.example", "csva", "n", kNow * 1000};

std::string claims(std::int64_t issued, std::int64_t expires) {
    return R"({"iss":"https://id.example","sub":"ada","aud":"csva","nonce":"n","iat":)" +
           std::to_string(issued) + R"(,"exp":)" + std::to_string(expires) + "}";
}

std::string reason_of(const std::string& json, const Expected& expected = kExpected) {
    const auto found = check_claims(json, expected);
    return found ? "" : found.error().reason;
}

TEST(Claims, allow_a_minute_between_two_clocks_and_no_more) {
    EXPECT_EQ(reason_of(claims(kNow, kNow + 300)), "");
    EXPECT_EQ(reason_of(claims(kNow + 60, kNow + 300)), "");
    EXPECT_EQ(reason_of(claims(kNow + 61, kNow + 300)), kOidcIssued);
    EXPECT_EQ(reason_of(claims(kNow - 300, kNow - 59)), "");
    EXPECT_EQ(reason_of(claims(kNow - 300, kNow - 60)), kOidcExpired);
    EXPECT_EQ(reason_of(claims(kNow - 660, kNow + 300)), "");
    EXPECT_EQ(reason_of(claims(kNow - 661, kNow + 300)), kOidcIssued);
}

TEST(Claims, are_refused_when_the_clock_has_gone_back) {
    const std::string fresh = claims(kNow, kNow + 300);
    Expected later = kExpected;
    later.now_ms = (kNow - 3600) * 1000;
    EXPECT_EQ(reason_of(fresh, later), kOidcIssued);
}

TEST(Claims, say_who_it_is) {
    const auto found = check_claims(
        R"({"iss":"https://id.example","sub":"ada","aud":["csva"],"nonce":"n","iat":1795870000.5,
        "exp":1795870300,"preferred_username":"Ada","email":"a@b.c","email_verified":true,
        "groups":["x"]})",
        kExpected
    );
    ASSERT_TRUE(found);
    EXPECT_EQ(found->subject, "ada");
    EXPECT_EQ(found->wished_name, "Ada");
    EXPECT_EQ(found->email, "a@b.c");
}

TEST(Token, is_cut_in_three_and_in_no_other_way) {
    const std::string header = base::to_base64url(R"({"alg":"RS256","kid":"k"})");
    const auto whole = cut(header + ".e30.AAAA");
    ASSERT_TRUE(whole);
    EXPECT_EQ(whole->key_id, "k");
    EXPECT_EQ(whole->claims, "{}");
    EXPECT_EQ(whole->signed_text, header + ".e30");
    for (const auto& bad :
         {header,
          header + ".e30",
          header + ".e30.AAAA.AAAA",
          header + ".e30.A",
          std::string(70'000, 'A'),
          std::string(".."),
          "e30." + header + ".AAAA"})
        EXPECT_FALSE(cut(bad)) << bad.substr(0, 60);
    for (const auto* algorithm : {"none", "None", "HS256", "RS384", "PS256", ""}) {
        const auto other =
            cut(base::to_base64url(std::string(R"({"alg":")") + algorithm + R"("})") + ".e30.AAAA");
        ASSERT_FALSE(other) << algorithm;
        EXPECT_EQ(other.error().reason, kOidcAlgorithm) << algorithm;
    }
}

TEST(KeySet, leaves_out_what_it_cannot_use) {
    const auto set = KeySet::from_json(
        R"({"keys":[{"kty":"oct","k":"AAAA"},{"kty":"RSA","kid":"weak","n":"AQAB","e":"AQAB"},
        {"kty":"EC","kid":"off","crv":"P-256","x":"AAAA","y":"AAAA"},{"kid":"nothing"}, 7]})"
    );
    ASSERT_TRUE(set);
    EXPECT_EQ(set->find("weak", "RS256"), nullptr);
    EXPECT_EQ(set->find("off", "ES256"), nullptr);
    EXPECT_EQ(set->find("", "RS256"), nullptr);
    EXPECT_FALSE(KeySet::from_json("[]"));
    EXPECT_FALSE(KeySet::from_json("<html>"));
}

}  // namespace
}  // namespace csva::accounts
