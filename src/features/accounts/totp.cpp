#include "features/accounts/totp.hpp"

#include "foundation/base/crypto.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace csva::accounts {
namespace {

constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::string_view kIssuer = "CSV Analyzer";
constexpr std::size_t kSecretBytes = 20;
constexpr std::size_t kRecoveryBytes = 10;
constexpr int kRecoveryCodes = 10;
constexpr std::size_t kGroup = 4;
constexpr std::int64_t kDrift = 1;

std::string random_bytes(std::size_t count) {
    return base::from_base64url(base::random_token(count)).value_or("");
}

std::string letters_of(std::string_view text) {
    std::string out;
    for (const char c : text)
        if (std::isalnum(static_cast<unsigned char>(c)) != 0)
            out += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return out;
}

std::string percent(std::string_view text) {
    std::string out;
    for (const char c : text)
        if (std::isalnum(static_cast<unsigned char>(c)) != 0)
            out += c;
        else
            out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    return out;
}

}  // namespace

std::string to_base32(std::string_view bytes) {
    std::string out;
    unsigned bits = 0;
    unsigned count = 0;
    for (const char c : bytes) {
        bits = (bits << 8U) | static_cast<unsigned char>(c);
        count += 8;
        while (count >= 5) {
            count -= 5;
            out += kDigits[(bits >> count) & 31U];
        }
    }
    if (count > 0) out += kDigits[(bits << (5 - count)) & 31U];
    return out;
}

std::optional<std::string> from_base32(std::string_view text) {
    std::string out;
    unsigned bits = 0;
    unsigned count = 0;
    for (const char c : text) {
        const auto digit =
            kDigits.find(static_cast<char>(std::toupper(static_cast<unsigned char>(c))));
        if (digit == std::string_view::npos) return std::nullopt;
        bits = (bits << 5U) | static_cast<unsigned>(digit);
        count += 5;
        if (count < 8) continue;
        count -= 8;
        out += static_cast<char>((bits >> count) & 0xFFU);
    }
    if (to_base32(out) != letters_of(text)) return std::nullopt;
    return out;
}

std::string one_time_code(std::string_view key, std::int64_t counter, int digits) {
    std::string message(8, '\0');
    for (unsigned i = 0; i < 8; ++i)
        message[i] =
            static_cast<char>((static_cast<std::uint64_t>(counter) >> (56 - 8 * i)) & 0xFFU);
    const std::string mac = base::hmac_sha1(key, message);
    const auto byte = [&](std::size_t i) {
        return static_cast<std::uint32_t>(static_cast<unsigned char>(mac[i]));
    };
    const std::size_t at = byte(mac.size() - 1) & 15U;
    const std::uint32_t number =
        ((byte(at) & 0x7FU) << 24U) | (byte(at + 1) << 16U) | (byte(at + 2) << 8U) | byte(at + 3);
    std::uint32_t limit = 1;
    for (int i = 0; i < digits; ++i) limit *= 10;
    return fmt::format("{:0{}}", number % limit, digits);
}

std::optional<std::int64_t> step_of_code(
    std::string_view key, std::string_view code, std::int64_t now_ms, std::int64_t last_step
) {
    std::string given;
    std::ranges::copy_if(code, std::back_inserter(given), [](char c) { return c != ' '; });
    const std::int64_t now = now_ms / kTotpStepMs;
    std::optional<std::int64_t> found;
    for (std::int64_t step = now - kDrift; step <= now + kDrift; ++step)
        if (base::equal_in_constant_time(one_time_code(key, step), given) && step > last_step)
            found = step;
    return found;
}

std::string enrolment_uri(std::string_view user_name, std::string_view secret) {
    return fmt::format(
        "otpauth://totp/{}:{}?secret={}&issuer={}&algorithm=SHA1&digits=6&period=30",
        percent(kIssuer),
        percent(user_name),
        secret,
        percent(kIssuer)
    );
}

std::string new_totp_secret() { return to_base32(random_bytes(kSecretBytes)); }

std::vector<std::string> new_recovery_codes() {
    std::vector<std::string> codes;
    for (int i = 0; i < kRecoveryCodes; ++i) {
        const std::string letters = to_base32(random_bytes(kRecoveryBytes));
        std::string code;
        for (std::size_t at = 0; at < letters.size(); at += kGroup)
            code += (code.empty() ? "" : "-") + letters.substr(at, kGroup);
        codes.push_back(std::move(code));
    }
    return codes;
}

std::string recovery_hash(std::string_view code) {
    return base::sha256_hex("recovery:" + letters_of(code));
}

}  // namespace csva::accounts
