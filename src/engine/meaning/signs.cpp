#include "engine/meaning/signs.hpp"

#include "engine/meaning/checks.hpp"
#include "engine/meaning/lexicon.hpp"

#include <algorithm>

namespace csva::meaning {
namespace {

constexpr std::size_t kLongestCell = 2000;  ///< Bytes looked at.
constexpr std::size_t kSentenceWords = 4;

bool capital(std::string_view word) {
    const auto c = static_cast<unsigned char>(word.front());
    // C3 80 to C3 9E: capitals with accents.
    return (c >= 'A' && c <= 'Z') ||
           (c == 0xC3 && word.size() > 1 && static_cast<unsigned char>(word[1]) < 0x9F);
}

bool digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

Signs::Signs(std::string_view cell) : cell_(cell.substr(0, kLongestCell)) {}

void Signs::find() {
    const auto digits = std::ranges::count_if(cell_, digit);
    if (cell_.find('@') != std::string_view::npos) set(Sign::email, is_email(cell_));
    if (digits >= 2) find_numbers();
    find_words();
}

void Signs::find_numbers() {
    const auto phone = phone_form(cell_);
    set(Sign::phone_grouped, phone == PhoneForm::grouped);
    set(Sign::phone_plain, phone == PhoneForm::plain);
    set(Sign::iban, is_iban(cell_));
    const auto card = card_form(cell_);
    set(Sign::card_shape, card.shape);
    set(Sign::card_grouped, card.grouped && card.valid);
    set(Sign::card, card.valid);
    set(Sign::nir_shape, std::ranges::count_if(cell_, digit) == 15);
    set(Sign::nir, is_nir(cell_));
    set(Sign::national_id, is_national_id(cell_));
    if (const auto company = company_form(cell_); company.shape) {
        const bool long_one = std::ranges::count_if(cell_, digit) == 14;
        set(long_one ? Sign::siret_shape : Sign::siren_shape);
        set(long_one ? Sign::siret : Sign::siren, company.valid);
    }
    set(Sign::plate, is_plate(cell_));
    set(Sign::ip_address, is_ip_address(cell_));
    set(Sign::coordinate_pair, is_coordinate_pair(cell_));
    set(Sign::coordinate, is_coordinate(cell_));
    const auto postal = postal_form(cell_);
    set(Sign::postal_digits, postal == PostalForm::digits);
    set(Sign::postal_british, postal == PostalForm::british);
    year_ = year_of_date(cell_);
    set(Sign::date, year_ != 0);
    set(Sign::icd10, is_icd10(cell_));
}

/// A civility and a capital, or a given name beside another capital.
bool Signs::has_person(std::span<const std::string_view> words) const {
    for (std::size_t i = 0; i + 1 < words.size(); ++i) {
        if (!capital(words[i]) || !capital(words[i + 1])) continue;
        const auto one = folded(words[i]);
        if (is_civility(one) || is_given_name(one)) return true;
        if (is_given_name(folded(words[i + 1])) && (is_surname(one) || words.size() == 2))
            return true;
    }
    return false;
}

void Signs::find_words() {
    const auto words = words_of(cell_);
    if (words.empty()) return;
    set(Sign::street, is_street_address(cell_));
    bool health = false, company = false;
    std::size_t capitals = 0;
    for (const auto word : words) {
        const auto plain = folded(word);
        health = health || is_health_word(plain);
        company = company || is_company_word(plain);
        capitals += capital(word) ? 1 : 0;
    }
    set(Sign::health_word, health);
    set(Sign::company, company);
    if (words.size() > kSentenceWords) {
        set(Sign::sentence);
        find_in_sentence();
        set(Sign::sentence_person, has_person(words));
        return;
    }
    if (std::ranges::any_of(cell_, digit)) return;
    if (words.size() == 1) {
        const auto plain = folded(words[0]);
        set(Sign::given_name, is_given_name(plain));
        set(Sign::surname, is_surname(plain));
        set(Sign::capital_word, capital(words[0]) && plain.size() > 1);
        return;
    }
    set(Sign::person, !company && has_person(words));
    set(Sign::capital_words, !company && capitals == words.size());
}

/// What stands between spaces inside a longer text.
void Signs::find_in_sentence() {
    bool email = false, phone = false, number = false;
    for (std::size_t begin = 0; begin < cell_.size();) {
        const auto end = std::min(cell_.find_first_of(" ,;()<>\n\t", begin), cell_.size());
        auto word = cell_.substr(begin, end - begin);
        while (!word.empty() && (word.back() == '.' || word.back() == ':')) word.remove_suffix(1);
        email = email || is_email(word);
        begin = end + 1;
    }
    // Runs of digits and their separators: telephones, account and security numbers.
    for (std::size_t begin = 0; begin < cell_.size(); ++begin) {
        const char c = cell_[begin];
        const bool starts = (digit(c) || c == '+') && (begin == 0 || !digit(cell_[begin - 1]));
        if (!starts) continue;
        auto end = begin + 1;
        while (end < cell_.size() &&
               (digit(cell_[end]) || std::string_view(" .-()").contains(cell_[end])))
            ++end;
        auto run = cell_.substr(begin, end - begin);
        while (!run.empty() && !digit(run.back())) run.remove_suffix(1);
        phone = phone || phone_form(run) != PhoneForm::none;
        number = number || is_nir(run);
        if (begin >= 2) number = number || is_iban(cell_.substr(begin - 2, run.size() + 2));
        begin = end;
    }
    set(Sign::sentence_email, email);
    set(Sign::sentence_phone, phone);
    set(Sign::sentence_number, number);
}

}  // namespace csva::meaning
