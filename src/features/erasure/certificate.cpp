#include "features/erasure/certificate.hpp"

namespace csva::erasure {
namespace {

/// What is signed: the certificate as we write it, however a file has been laid out since.
std::string signed_text(const Certificate& certificate) {
    return "csva-erasure-certificate@1\n" + base::to_json(certificate);
}

}  // namespace

SignedCertificate signed_by(const base::SigningKey& key, Certificate certificate) {
    auto signature = key.sign(signed_text(certificate));
    return {std::move(certificate), key.public_hex(), std::move(signature)};
}

base::Result<SignedCertificate> checked(std::string_view json, std::string_view public_key) {
    auto read = base::from_json<SignedCertificate>(json);
    if (!read) return base::fail(base::ErrorKind::invalid_argument, kBadCertificate);
    if (!public_key.empty() && read->public_key != public_key)
        return base::fail(base::ErrorKind::forbidden, kOtherKey);
    if (!base::signature_is_good(read->public_key, signed_text(read->certificate), read->signature))
        return base::fail(base::ErrorKind::invalid_argument, kBadCertificate);
    return std::move(*read);
}

}  // namespace csva::erasure
