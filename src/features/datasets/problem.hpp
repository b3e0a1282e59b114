#pragma once

#include "features/datasets/types.hpp"
#include "foundation/base/error.hpp"
#include "foundation/i18n/catalogue.hpp"

#include <string>
#include <string_view>

namespace csva::datasets {

/// A problem kept in a row as a reason and base::details_json, with the sentences in a person's
/// language.
Problem problem_from(std::string_view reason, std::string_view details, i18n::Language language);

}  // namespace csva::datasets
