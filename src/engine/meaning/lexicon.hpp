#pragma once

#include <string_view>

/// Words that tell what a cell is, French and English. All ask for a folded word (see checks.hpp).
namespace csva::meaning {

bool is_given_name(std::string_view word);
bool is_surname(std::string_view word);
/// M., Mme, Mr, Dr and the like.
bool is_civility(std::string_view word);
bool is_health_word(std::string_view word);
/// Kinds of street that stand before the name: rue, avenue.
bool is_french_street(std::string_view word);
/// Kinds of street that stand after the name, USPS publication 28 among them: Street, Lane.
bool is_english_street(std::string_view word);
/// SARL, Ltd and the like: not a person.
bool is_company_word(std::string_view word);

}  // namespace csva::meaning
