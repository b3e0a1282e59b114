#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace csva::meaning {

/// What one cell may show. A rule rests on one of them.
enum class Sign : std::uint8_t {
    email,
    phone_grouped,
    phone_plain,
    iban,
    card_shape,
    card_grouped,
    card,
    nir_shape,
    nir,
    national_id,
    siren_shape,
    siren,
    siret_shape,
    siret,
    plate,
    ip_address,
    coordinate_pair,
    coordinate,
    street,
    postal_digits,
    postal_british,
    date,
    given_name,
    surname,
    person,
    capital_word,
    capital_words,
    health_word,
    icd10,
    company,
    sentence,
    sentence_email,
    sentence_phone,
    sentence_number,
    sentence_person,
    count
};

/// The signs of one cell.
class Signs {
public:
    explicit Signs(std::string_view cell);

    void find();
    const std::vector<Sign>& found() const { return found_; }
    int year() const { return year_; }

private:
    void set(Sign sign, bool holds = true) {
        if (holds) found_.push_back(sign);
    }
    void find_numbers();
    void find_words();
    void find_in_sentence();
    bool has_person(std::span<const std::string_view> words) const;

    std::string_view cell_;
    std::vector<Sign> found_;
    int year_ = 0;
};

}  // namespace csva::meaning
