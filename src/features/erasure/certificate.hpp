#pragma once

#include "features/erasure/types.hpp"
#include "foundation/base/result.hpp"
#include "foundation/base/signing.hpp"

#include <string_view>

namespace csva::erasure {

SignedCertificate signed_by(const base::SigningKey& key, Certificate certificate);

/// Reads a certificate and checks its signature. `public_key`: the one it must be signed with;
/// empty: the one it names. Errors: erasure.bad_certificate (no certificate, or changed),
/// erasure.other_key.
base::Result<SignedCertificate> checked(std::string_view json, std::string_view public_key);

}  // namespace csva::erasure
