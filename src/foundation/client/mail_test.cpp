#include "foundation/client/mail.hpp"

#include <gtest/gtest.h>

namespace csva::client {
namespace {

TEST(Mail, is_what_rfc_5322_wants) {
    const Mail mail{"robot@example.org", "ada@example.org", "Prêt", "Bonjour\nà vous"};
    EXPECT_EQ(
        message_of(mail, 1'795'870'000'000, "abc"),
        "Date: Sat, 28 Nov 2026 12:46:40 +0000\r\n"
        "From: CSV Analyzer <robot@example.org>\r\n"
        "To: <ada@example.org>\r\n"
        "Message-ID: <abc@example.org>\r\n"
        "Subject: =?UTF-8?B?UHLDqnQ=?=\r\n"
        "Auto-Submitted: auto-generated\r\n"
        "MIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n"
        "Qm9uam91cg0Kw6Agdm91cw==\r\n"
    );
}

TEST(Mail, folds_long_subjects_between_characters) {
    std::string subject;
    for (int i = 0; i < 40; ++i) subject += "é";
    const std::string text = message_of({"a@b", "c@d", subject, ""}, 0, "x");
    EXPECT_NE(text.find("\r\n =?UTF-8?B?"), std::string::npos);
    // 22 characters of two bytes fit into the first word; a cut inside one would leave "w".
    EXPECT_NE(
        text.find("=?UTF-8?B?w6nDqcOpw6nDqcOpw6nDqcOpw6nDqcOpw6nDqcOpw6nDqcOpw6nDqcOpw6k=?="),
        std::string::npos
    );
}

TEST(Mail, knows_addresses) {
    for (const auto* good : {"ada@example.org", "a.b+c@x-y.example", "root@localhost"})
        EXPECT_TRUE(is_mail_address(good)) << good;
    for (const auto* bad :
         {"",
          "ada",
          "@example.org",
          "ada@",
          "a b@example.org",
          "a@b@c",
          "a@b\r\nBcc: x@y",
          "<a@b>",
          "a@b>",
          "a@.b",
          "a@b.",
          "é@example.org",
          "a,b@c"})
        EXPECT_FALSE(is_mail_address(bad)) << bad;
    EXPECT_FALSE(is_mail_address(std::string(250, 'a') + "@b.org"));
}

TEST(Mail, says_when_no_server_answers) {
    const auto sent =
        send_mail({"smtp://127.0.0.1:9", "", {}, false}, {"a@b", "c@d", "x", "y"}, {});
    ASSERT_FALSE(sent);
    EXPECT_EQ(sent.error().kind, base::ErrorKind::unavailable);
    EXPECT_FALSE(sent.error().internal.empty());
}

}  // namespace
}  // namespace csva::client
