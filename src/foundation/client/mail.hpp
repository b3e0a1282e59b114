#pragma once

#include "foundation/base/result.hpp"
#include "foundation/base/secret.hpp"

#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>

namespace csva::client {

/// `url`: smtp://HOST:PORT or smtps://HOST:PORT. `must_encrypt`: an smtp:// connection that cannot
/// be encrypted (STARTTLS) is given up.
struct MailServer {
    std::string url;
    std::string user;
    base::Secret password;
    bool must_encrypt = true;
};

/// One plain text to one person; all UTF-8.
struct Mail {
    std::string from;
    std::string to;
    std::string subject;
    std::string text;
};

/// The message as it goes over the line (RFC 5322, RFC 2045: base64 of UTF-8, CR LF). `id` is the
/// left part of its Message-ID.
std::string message_of(const Mail& mail, std::int64_t at_ms, std::string_view id);

/// Hands a mail to the server. Errors: of kind unavailable, with the server's word in `internal`.
base::Result<void> send_mail(
    const MailServer& server, const Mail& mail, const std::stop_token& stop
);

/// Whether a text may be an e-mail address: something printable without spaces or marks, one @, a
/// host of letters, digits, dots and hyphens. At most 254 bytes.
bool is_mail_address(std::string_view text);

}  // namespace csva::client
