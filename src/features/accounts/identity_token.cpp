#include "features/accounts/identity_token.hpp"

#include "features/accounts/types.hpp"
#include "foundation/base/crypto.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <algorithm>
#include <array>
#include <optional>

namespace csva::accounts {
namespace {

using base::ErrorKind;
using base::fail;
using base::Result;

constexpr std::size_t kTokenBytesMax = 65536;
constexpr int kRsaBitsMin = 2048;
constexpr std::size_t kCoordinateBytes = 32;
constexpr std::int64_t kClockSlackMs = 60'000;
constexpr std::int64_t kOldestMs = 600'000;
constexpr std::string_view kRs256 = "RS256";
constexpr std::string_view kEs256 = "ES256";

template <auto Free>
struct With {
    template <class T>
    void operator()(T* object) const {
        Free(object);
    }
};
using Number = std::unique_ptr<BIGNUM, With<BN_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, With<OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, With<OSSL_PARAM_free>>;
using Context = std::unique_ptr<EVP_PKEY_CTX, With<EVP_PKEY_CTX_free>>;
using PublicKey = std::unique_ptr<EVP_PKEY, With<EVP_PKEY_free>>;
using Digest = std::unique_ptr<EVP_MD_CTX, With<EVP_MD_CTX_free>>;
using Signature = std::unique_ptr<ECDSA_SIG, With<ECDSA_SIG_free>>;

struct JsonKey {
    std::string kty;
    std::string kid;
    std::string use;
    std::string alg;
    std::string n;
    std::string e;
    std::string crv;
    std::string x;
    std::string y;
};
CSVA_DESCRIBE(JsonKey, kty, kid, use, alg, n, e, crv, x, y)
CSVA_NOTES(
    JsonKey,
    {.field = "kid", .defaulted = true},
    {.field = "use", .defaulted = true},
    {.field = "alg", .defaulted = true},
    {.field = "n", .defaulted = true},
    {.field = "e", .defaulted = true},
    {.field = "crv", .defaulted = true},
    {.field = "x", .defaulted = true},
    {.field = "y", .defaulted = true}
)

struct JsonKeys {
    std::vector<base::Json> keys;
};
CSVA_DESCRIBE(JsonKeys, keys)

struct Header {
    std::string alg;
    std::string kid;
    std::optional<base::Json> crit;
};
CSVA_DESCRIBE(Header, alg, kid, crit)
CSVA_NOTES(Header, {.field = "kid", .defaulted = true})

struct Claims {
    std::string iss;
    std::string sub;
    base::Json aud;
    std::string azp;
    double exp = 0;
    double iat = 0;
    std::string nonce;
    std::string preferred_username;
    std::string email;
    bool email_verified = false;
};
CSVA_DESCRIBE(
    Claims, iss, sub, aud, azp, exp, iat, nonce, preferred_username, email, email_verified
)
CSVA_NOTES(
    Claims,
    {.field = "azp", .defaulted = true},
    {.field = "nonce", .defaulted = true},
    {.field = "preferred_username", .defaulted = true},
    {.field = "email", .defaulted = true},
    {.field = "email_verified", .defaulted = true}
)

template <class T>
std::optional<T> parsed(std::string_view json) {
    T object;
    if (!base::decode(json, base::type_of<T>(), &object, base::Reading::lenient))
        return std::nullopt;
    return object;
}

std::unexpected<base::Error> refused(std::string_view reason) {
    return fail(ErrorKind::unauthenticated, reason);
}

PublicKey made_of(const char* kind, OSSL_PARAM_BLD* builder) {
    const Parameters parameters(OSSL_PARAM_BLD_to_param(builder));
    const Context context(EVP_PKEY_CTX_new_from_name(nullptr, kind, nullptr));
    EVP_PKEY* key = nullptr;
    if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) <= 0 ||
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) <= 0)
        return nullptr;
    return PublicKey(key);
}

Number number_of(const std::string& bytes) {
    return Number(BN_bin2bn(
        reinterpret_cast<const unsigned char*>(bytes.data()),
        static_cast<int>(bytes.size()),
        nullptr
    ));
}

PublicKey rsa_key(const JsonKey& json) {
    const auto n = base::from_base64url(json.n);
    const auto e = base::from_base64url(json.e);
    if (!n || !e || n->empty() || e->empty()) return nullptr;
    const Number modulus = number_of(*n);
    const Number exponent = number_of(*e);
    const Builder builder(OSSL_PARAM_BLD_new());
    if (!modulus || !exponent || !builder || BN_num_bits(modulus.get()) < kRsaBitsMin ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) != 1 ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) != 1)
        return nullptr;
    return made_of("RSA", builder.get());
}

PublicKey p256_key(const JsonKey& json) {
    const auto x = base::from_base64url(json.x);
    const auto y = base::from_base64url(json.y);
    if (json.crv != "P-256" || !x || !y || x->size() != kCoordinateBytes ||
        y->size() != kCoordinateBytes)
        return nullptr;
    const std::string point = "\x04" + *x + *y;
    const Builder builder(OSSL_PARAM_BLD_new());
    if (!builder ||
        OSSL_PARAM_BLD_push_utf8_string(
            builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0
        ) != 1 ||
        OSSL_PARAM_BLD_push_octet_string(
            builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()
        ) != 1)
        return nullptr;
    return made_of("EC", builder.get());
}

/// RFC 7518, section 3.4: two numbers side by side; OpenSSL wants them in DER.
std::optional<std::string> der_of(std::string_view pair) {
    if (pair.size() != 2 * kCoordinateBytes) return std::nullopt;
    Number r = number_of(std::string(pair.substr(0, kCoordinateBytes)));
    Number s = number_of(std::string(pair.substr(kCoordinateBytes)));
    const Signature signature(ECDSA_SIG_new());
    if (!r || !s || !signature || ECDSA_SIG_set0(signature.get(), r.release(), s.release()) != 1)
        return std::nullopt;
    unsigned char* der = nullptr;
    const int size = i2d_ECDSA_SIG(signature.get(), &der);
    if (size <= 0) return std::nullopt;
    std::string out(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
    return out;
}

std::vector<std::string> audiences_of(const base::Json& aud) {
    if (auto many = parsed<std::vector<std::string>>(aud.text)) return *many;
    if (auto one = parsed<std::string>(aud.text)) return {*one};
    return {};
}

}  // namespace

struct KeySet::Key {
    std::string id;
    std::string_view algorithm;
    PublicKey key;
};

KeySet::KeySet() = default;
KeySet::~KeySet() = default;
KeySet::KeySet(KeySet&&) noexcept = default;
KeySet& KeySet::operator=(KeySet&&) noexcept = default;

Result<KeySet> KeySet::from_json(std::string_view text) {
    const auto listed = parsed<JsonKeys>(text);
    if (!listed) return fail(ErrorKind::unavailable, kOidcUnavailable);
    KeySet set;
    for (const auto& one : listed->keys) {
        const auto json = parsed<JsonKey>(one.text);
        if (!json || (!json->use.empty() && json->use != "sig")) continue;
        const std::string_view algorithm = json->kty == "RSA"  ? kRs256
                                           : json->kty == "EC" ? kEs256
                                                               : std::string_view{};
        if (algorithm.empty() || (!json->alg.empty() && json->alg != algorithm)) continue;
        PublicKey key = algorithm == kRs256 ? rsa_key(*json) : p256_key(*json);
        if (!key) continue;
        set.keys_.push_back(std::make_unique<Key>(json->kid, algorithm, std::move(key)));
    }
    return set;
}

const KeySet::Key* KeySet::find(std::string_view id, std::string_view algorithm) const {
    const Key* found = nullptr;
    for (const auto& key : keys_) {
        if (key->algorithm != algorithm || (!id.empty() && key->id != id)) continue;
        if (found != nullptr) return nullptr;
        found = key.get();
    }
    return found;
}

Result<SignedToken> cut(std::string_view token) {
    const auto first = token.find('.');
    const auto second = token.find('.', first == std::string_view::npos ? first : first + 1);
    if (token.size() > kTokenBytesMax || second == std::string_view::npos ||
        token.find('.', second + 1) != std::string_view::npos)
        return refused(kOidcMalformed);
    const auto header_text = base::from_base64url(token.substr(0, first));
    const auto claims = base::from_base64url(token.substr(first + 1, second - first - 1));
    const auto signature = base::from_base64url(token.substr(second + 1));
    if (!header_text || !claims || !signature) return refused(kOidcMalformed);
    const auto header = parsed<Header>(*header_text);
    if (!header) return refused(kOidcMalformed);
    // What a header calls critical must be understood, and nothing of that is.
    if ((header->alg != kRs256 && header->alg != kEs256) || header->crit)
        return refused(kOidcAlgorithm);
    return SignedToken{
        header->alg, header->kid, std::string(token.substr(0, second)), *signature, *claims
    };
}

Result<void> verify(const SignedToken& token, const KeySet::Key& key) {
    std::optional<std::string> signature = token.signature;
    if (key.algorithm == kEs256) signature = der_of(token.signature);
    const Digest digest(EVP_MD_CTX_new());
    const bool good =
        key.algorithm == token.algorithm && signature && digest &&
        EVP_DigestVerifyInit(digest.get(), nullptr, EVP_sha256(), nullptr, key.key.get()) == 1 &&
        EVP_DigestVerify(
            digest.get(),
            reinterpret_cast<const unsigned char*>(signature->data()),
            signature->size(),
            reinterpret_cast<const unsigned char*>(token.signed_text.data()),
            token.signed_text.size()
        ) == 1;
    if (!good) return refused(kOidcSignature);
    return {};
}

Result<Identity> check_claims(std::string_view claims, const Expected& expected) {
    const auto found = parsed<Claims>(claims);
    if (!found || found->sub.empty() || found->sub.size() > 255) return refused(kOidcMalformed);
    if (found->iss != expected.issuer) return refused(kOidcIssuer);
    const auto audiences = audiences_of(found->aud);
    if (std::ranges::find(audiences, expected.client_id) == audiences.end())
        return refused(kOidcAudience);
    const bool shared = audiences.size() > 1;
    if ((shared && found->azp.empty()) || (!found->azp.empty() && found->azp != expected.client_id))
        return refused(kOidcParty);
    const auto now = static_cast<double>(expected.now_ms);
    const auto slack = static_cast<double>(kClockSlackMs);
    if (found->exp * 1000 + slack <= now) return refused(kOidcExpired);
    if (found->iat * 1000 - slack > now ||
        found->iat * 1000 + slack + static_cast<double>(kOldestMs) < now)
        return refused(kOidcIssued);
    if (found->nonce.empty() || !base::equal_in_constant_time(found->nonce, expected.nonce))
        return refused(kOidcNonce);
    return Identity{
        found->iss,
        found->sub,
        found->preferred_username,
        found->email_verified ? found->email : std::string()
    };
}

}  // namespace csva::accounts
