#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Codes that change every 30 seconds (RFC 6238 on RFC 4226, HMAC-SHA-1, six digits), and the
/// codes for whoever lost the telephone. No store, no clock.
namespace csva::accounts {

inline constexpr std::int64_t kTotpStepMs = 30'000;

/// RFC 4648, section 6, without padding.
std::string to_base32(std::string_view bytes);
/// Letters in any case; nothing when the text is not exactly such a code.
std::optional<std::string> from_base32(std::string_view text);

/// The code of a counter. `key`: bytes; `digits`: 6 to 8.
/// Source: RFC 4226, section 5.3. Check: RFC 4226, appendix D; RFC 6238, appendix B.
std::string one_time_code(std::string_view key, std::int64_t counter, int digits = 6);

/// The step whose code this is: the one of `now_ms`, the one before or the one after, if later than
/// `last_step` (a code works once). Spaces in the code do not count.
std::optional<std::int64_t> step_of_code(
    std::string_view key, std::string_view code, std::int64_t now_ms, std::int64_t last_step
);

/// What an authenticator reads from a QR code. `secret`: base32.
std::string enrolment_uri(std::string_view user_name, std::string_view secret);

/// A secret of 160 random bits, in base32.
std::string new_totp_secret();

/// Ten codes of 80 random bits each, in groups of four letters and digits.
std::vector<std::string> new_recovery_codes();
/// What is stored of one: a hash of its letters and digits, in any case, however grouped.
std::string recovery_hash(std::string_view code);

}  // namespace csva::accounts
