#pragma once

#include <string>
#include <string_view>
#include <vector>

/// Written forms of personal data, each told from one cell. Spaces around the cell are ignored by
/// all; none allocates more than a small string.
namespace csva::meaning {

/// Lower case, without accents or apostrophes' variants, of Latin texts in UTF-8: "Élodie" is
/// "elodie". What is not Latin stays as it is.
std::string folded(std::string_view text);

/// Words of letters, with inner hyphens and apostrophes, as they stand in the text.
std::vector<std::string_view> words_of(std::string_view text);

/// Sum of Luhn (ISO/IEC 7812-1, annex B) divisible by 10; digits only.
bool passes_luhn(std::string_view digits);

/// ISO 13616: country, two check digits, ISO 7064 MOD 97-10 over the whole; spaces allowed.
bool is_iban(std::string_view text);

/// A payment card: 13 to 19 digits in groups or none, a known first digit, Luhn.
struct CardForm {
    bool shape = false;    ///< Digits and groups of a card.
    bool grouped = false;  ///< Written in groups.
    bool valid = false;    ///< First digits of an issuer, and Luhn.
};
CardForm card_form(std::string_view text);

/// French social security number (NIR): 13 digits and a key of 97 - n mod 97, Corsica's 2A and 2B
/// as 19 and 18 (INSEE); spaces allowed. Without the key only its structure can be told: false.
bool is_nir(std::string_view text);

/// British National Insurance number (HMRC: prefix, six digits, A to D) or American social
/// security number (three groups with hyphens, SSA's excluded areas).
bool is_national_id(std::string_view text);

/// SIREN (9 digits) or SIRET (14), spaces allowed. `valid`: Luhn; for SIRETs of La Poste
/// (356000000) the sum of digits divisible by 5.
struct CompanyForm {
    bool shape = false;
    bool valid = false;
};
CompanyForm company_form(std::string_view text);

/// How surely a text is a telephone number: `grouped` in the French (ARCEP), British or North
/// American way or with + and a country's code (E.164), `plain` digits only.
enum class PhoneForm { none, plain, grouped };
PhoneForm phone_form(std::string_view text);

/// name@host.tld, in ASCII or with letters of other alphabets.
bool is_email(std::string_view text);

/// A French (since 2009: AA-123-AA; before: 123 ABC 75) or British (AB12 CDE) number plate.
bool is_plate(std::string_view text);

bool is_ip_address(std::string_view text);

/// Latitude and longitude in one cell, with at least three decimals each.
bool is_coordinate_pair(std::string_view text);
/// A number between -180 and 180 with at least three decimals.
bool is_coordinate(std::string_view text);

/// Year of a date written with four digits for the year, or 0: 1985-03-12, 12/03/1985, 12 mars
/// 1985, March 12, 1985.
int year_of_date(std::string_view text);

/// A house number with a kind of street, a kind of street with a name, or a PO box; French,
/// British or American.
bool is_street_address(std::string_view text);

/// Five digits of a French department, or a British postcode, or an American ZIP code.
enum class PostalForm { none, digits, british };
PostalForm postal_form(std::string_view text);

/// A code of ICD-10 such as E11.9.
bool is_icd10(std::string_view text);

}  // namespace csva::meaning
