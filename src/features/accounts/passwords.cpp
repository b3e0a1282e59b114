#include "features/accounts/passwords.hpp"

#include "features/accounts/store.hpp"
#include "features/accounts/types.hpp"
#include "foundation/base/crypto.hpp"

#include <algorithm>
#include <array>
#include <semaphore>

namespace csva::accounts {
namespace {

using base::ErrorKind;
using base::fail;

/// Long passwords that guessing starts with, in lower case; shorter ones are refused by length.
constexpr std::array<std::string_view, 20> kCommon = {
    "1234567890",    "12345678910",    "0123456789",   "123456789a",  "1q2w3e4r5t",
    "qwertyuiop",    "azertyuiop",     "1qaz2wsx3edc", "password12",  "password123",
    "password1234",  "passw0rd123",    "motdepasse",   "motdepasse1", "motdepasse123",
    "administrator", "administrateur", "letmein123",   "iloveyou123", "changeme123",
};

/// Memory is the cost of Argon2id, so it is what must be bounded.
std::counting_semaphore<2>& hashing() {
    static std::counting_semaphore<2> places(2);
    return places;
}

class Place {
public:
    Place() { hashing().acquire(); }
    ~Place() { hashing().release(); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
};

bool one_character(std::string_view text) {
    return std::ranges::all_of(text, [&](char c) { return c == text.front(); });
}

/// Hash of a random text, made once with today's parameters.
const std::string& hash_of_nobody() {
    static const std::string hash = base::hash_password(base::random_hex(16)).value_or("");
    return hash;
}

}  // namespace

base::Result<void> check_new_password(
    std::string_view password, std::string_view user_name, std::int64_t minimum
) {
    if (password.size() > kPasswordBytesMax || static_cast<std::int64_t>(password.size()) < minimum)
        return fail(
            ErrorKind::invalid_argument,
            kPasswordTooShort,
            {{"minimum", minimum}, {"maximum", static_cast<std::int64_t>(kPasswordBytesMax)}}
        );
    const std::string lower = rows::name_key(password);
    if (one_character(lower) || lower == rows::name_key(user_name) ||
        std::ranges::find(kCommon, lower) != kCommon.end())
        return fail(ErrorKind::invalid_argument, kPasswordTooCommon);
    return {};
}

base::Result<std::string> hash_new_password(std::string_view password) {
    const Place place;
    return base::hash_password(password);
}

bool password_matches(std::string_view hash, std::string_view password) {
    const std::string& nobody = hash_of_nobody();
    const Place place;
    const bool same = base::verify_password(hash.empty() ? nobody : hash, password);
    return same && !hash.empty();
}

}  // namespace csva::accounts
