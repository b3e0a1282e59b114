#include "features/datasets/service.hpp"

namespace csva::datasets {

Problem problem_from(std::string_view reason, std::string_view details, i18n::Language language) {
    // The kind does not matter: sentences are found by the reason.
    base::Error error(base::ErrorKind::invalid_argument, reason);
    error.details = base::details_from_json(details);
    auto sentence = i18n::sentence(error, language);
    return {
        .reason = std::string(reason),
        .message = std::move(sentence.message),
        .hint = std::move(sentence.hint),
        .details = {base::details_json(error)}
    };
}

}  // namespace csva::datasets
