#include "foundation/client/mail.hpp"

#include "foundation/base/clock.hpp"
#include "foundation/base/crypto.hpp"
#include "foundation/client/curl_internal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <memory>

namespace csva::client {
namespace {

constexpr long kConnectSeconds = 10;
constexpr long kWholeSeconds = 60;
constexpr std::size_t kLineBytes = 76;
constexpr std::size_t kAddressBytesMax = 254;
constexpr std::size_t kWordBytes = 45;  ///< Of UTF-8 in one encoded word of a header.

struct Close {
    void operator()(CURL* handle) const { functions().easy_cleanup(handle); }
};
struct FreeList {
    void operator()(curl_slist* list) const { functions().slist_free_all(list); }
};

struct Rest {
    std::string_view text;
};

std::size_t give(char* data, std::size_t size, std::size_t count, void* state) {
    auto& rest = *static_cast<Rest*>(state);
    const std::size_t n = std::min(size * count, rest.text.size());
    std::copy_n(rest.text.begin(), n, data);
    rest.text.remove_prefix(n);
    return n;
}

int watch(void* stop, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<const std::stop_token*>(stop)->stop_requested() ? 1 : 0;
}

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

/// RFC 2047: words of base64, never cut inside a character.
std::string header_text(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        std::size_t n = std::min(kWordBytes, text.size());
        while (n < text.size() && n > 1 && continues(text[n])) --n;
        out += (out.empty() ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?") +
               base::to_base64(text.substr(0, n)) + "?=";
        text.remove_prefix(n);
    }
    return out;
}

std::string with_crlf(std::string_view text) {
    std::string out;
    for (const char c : text)
        if (c == '\n')
            out += "\r\n";
        else if (c != '\r')
            out += c;
    return out;
}

std::string date_text(std::int64_t at_ms) {
    const std::time_t seconds = at_ms / 1000;
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array kMonths = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
    };
    return fmt::format(
        "{}, {:02} {} {} {:02}:{:02}:{:02} +0000",
        kDays[static_cast<std::size_t>(parts.tm_wday)],
        parts.tm_mday,
        kMonths[static_cast<std::size_t>(parts.tm_mon)],
        parts.tm_year + 1900,
        parts.tm_hour,
        parts.tm_min,
        parts.tm_sec
    );
}

}  // namespace

std::string message_of(const Mail& mail, std::int64_t at_ms, std::string_view id) {
    const auto at = mail.from.rfind('@');
    const std::string host = at == std::string::npos ? "localhost" : mail.from.substr(at + 1);
    std::string out = fmt::format(
        "Date: {}\r\nFrom: CSV Analyzer <{}>\r\nTo: <{}>\r\nMessage-ID: <{}@{}>\r\nSubject: {}\r\n"
        "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n",
        date_text(at_ms),
        mail.from,
        mail.to,
        id,
        host,
        header_text(mail.subject)
    );
    const std::string body = base::to_base64(with_crlf(mail.text));
    for (std::size_t i = 0; i < body.size(); i += kLineBytes)
        out += body.substr(i, kLineBytes) + "\r\n";
    return out;
}

base::Result<void> send_mail(
    const MailServer& server, const Mail& mail, const std::stop_token& stop
) {
    const auto& f = functions();
    if (!f.ready) return std::unexpected(base::internal_error("libcurl.so.4 is missing"));
    const std::unique_ptr<CURL, Close> handle(f.easy_init());
    if (!handle) return std::unexpected(base::internal_error("curl_easy_init"));
    const std::string message = message_of(mail, base::Clock::wall_ms(), base::random_hex(16));
    Rest rest{message};
    const std::string from = "<" + mail.from + ">";
    const std::unique_ptr<curl_slist, FreeList> to(
        f.slist_append(nullptr, ("<" + mail.to + ">").c_str())
    );
    const auto set = [&](CURLoption option, auto value) {
        f.easy_setopt(handle.get(), option, value);
    };
    set(CURLOPT_URL, server.url.c_str());
    set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    set(CURLOPT_USE_SSL, static_cast<long>(server.must_encrypt ? CURLUSESSL_ALL : CURLUSESSL_TRY));
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
    set(CURLOPT_TIMEOUT, kWholeSeconds);
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_XFERINFOFUNCTION, &watch);
    set(CURLOPT_XFERINFODATA, &stop);
    if (!server.user.empty()) {
        set(CURLOPT_USERNAME, server.user.c_str());
        set(CURLOPT_PASSWORD, server.password.reveal().c_str());
    }
    set(CURLOPT_MAIL_FROM, from.c_str());
    set(CURLOPT_MAIL_RCPT, to.get());
    set(CURLOPT_UPLOAD, 1L);
    set(CURLOPT_READFUNCTION, &give);
    set(CURLOPT_READDATA, &rest);
    const CURLcode code = f.easy_perform(handle.get());
    if (code == CURLE_OK) return {};
    long said = 0;
    f.easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &said);
    return std::unexpected(base::Error(base::ErrorKind::unavailable, "base.internal")
                               .with_internal(fmt::format("{} ({})", f.easy_strerror(code), said)));
}

bool is_mail_address(std::string_view text) {
    const auto at = text.find('@');
    if (text.size() > kAddressBytesMax || at == std::string_view::npos || at == 0) return false;
    const auto host = text.substr(at + 1);
    const bool plain = std::ranges::all_of(text.substr(0, at), [](char c) {
        const auto code = static_cast<unsigned char>(c);
        return code > 0x20 && code < 0x7f &&
               std::string_view("()<>[]:;,\\\"@").find(c) == std::string_view::npos;
    });
    const bool named = !host.empty() && std::ranges::all_of(host, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '.' || c == '-';
    });
    return plain && named && host.front() != '.' && host.back() != '.' && host.front() != '-';
}

}  // namespace csva::client
