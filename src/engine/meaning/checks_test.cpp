#include "engine/meaning/checks.hpp"

#include <gtest/gtest.h>

namespace csva::meaning {
namespace {

TEST(checks, folds_latin_letters) {
    EXPECT_EQ(folded("Élodie L’ŒUVRE Çà ß"), "elodie l'oeuvre ca ss");
    EXPECT_EQ(
        words_of("Jean-Luc d'Arc, 3 rue-"),
        (std::vector<std::string_view>{"Jean-Luc", "d'Arc", "rue"})
    );
}

TEST(checks, tells_accounts_by_their_check_digits) {
    EXPECT_TRUE(is_iban("GB82 WEST 1234 5698 7654 32"));
    EXPECT_TRUE(is_iban("FR1420041010050500013M02606"));
    EXPECT_FALSE(is_iban("GB82 WEST 1234 5698 7654 33"));
    EXPECT_FALSE(is_iban("GB82"));
    EXPECT_TRUE(card_form("4111 1111 1111 1111").valid);
    EXPECT_FALSE(card_form("4111 1111 1111 1112").valid);
    EXPECT_FALSE(card_form("41111111 11111111").shape);
    EXPECT_FALSE(card_form("9111111111111111").valid);
}

TEST(checks, tells_numbers_of_people) {
    EXPECT_TRUE(is_nir("2 55 08 14 168 025 38"));
    EXPECT_TRUE(is_nir("255081416802538"));
    EXPECT_FALSE(is_nir("255081416802539"));
    EXPECT_FALSE(is_nir("955081416802538"));
    EXPECT_TRUE(is_nir("1 85 05 2A 000 001 07")) << "Corsica";
    EXPECT_TRUE(is_national_id("AB123456C"));
    EXPECT_FALSE(is_national_id("QQ123456C"));
    EXPECT_TRUE(is_national_id("536-90-4399"));
    EXPECT_FALSE(is_national_id("666-90-4399"));
}

TEST(checks, tells_companies) {
    EXPECT_TRUE(company_form("732 829 320").valid);
    EXPECT_TRUE(company_form("73282932000074").valid);
    EXPECT_FALSE(company_form("732829321").valid);
    EXPECT_TRUE(company_form("356 000 000 49837").valid) << "La Poste has its own rule";
    EXPECT_FALSE(company_form("7328293200").shape);
}

TEST(checks, tells_telephones_from_other_numbers) {
    for (const auto* text :
         {"06 12 34 56 78",
          "+33 6 12 34 56 78",
          "01.42.68.53.00",
          "(212) 555-0143",
          "+44 20 7946 0018",
          "0044 20 7946 0018",
          "212-555-0143",
          "020 7946 0018",
          "555.881.4256x123",
          "Tél. : 06 12 34 56 78",
          "tel 06.12.34.56.78",
          "01 42 68 53 00 poste 12",
          "(212) 555-0143 ext. 7"})
        EXPECT_EQ(phone_form(text), PhoneForm::grouped) << text;
    for (const auto* text : {"0612345678", "Tel: 0612345678"})
        EXPECT_EQ(phone_form(text), PhoneForm::plain) << text;
    for (const auto* text :
         {"12 34",
          "2024-05-17",
          "3 141 592",
          "00 12 34 56 78",
          "612345678",
          "1.2.3.4",
          "12:30",
          "0612345678e4b1",
          "2125550143eab7c2",
          "telephone",
          "06 12 34 56 78 e9",
          "01.42.68.53.00x1234567"})
        EXPECT_EQ(phone_form(text), PhoneForm::none) << text;
}

TEST(checks, tells_addresses) {
    for (const auto* text :
         {"12 rue de la Paix",
          "12 bis, avenue Victor Hugo",
          "221B Baker Street",
          "1600 Pennsylvania Avenue NW",
          "PO Box 12"})
        EXPECT_TRUE(is_street_address(text)) << text;
    for (const auto* text : {"rue", "Baker Street", "12 chairs", "Route 66", "La rue est longue"})
        EXPECT_FALSE(is_street_address(text)) << text;
    EXPECT_TRUE(is_email("jean.dupont@exemple.fr"));
    for (const auto* text : {"@handle", "a@b", "a@@b.fr", "a b@c.fr", "a@b..fr", "a@b.f"})
        EXPECT_FALSE(is_email(text)) << text;
    EXPECT_EQ(postal_form("75011"), PostalForm::digits);
    EXPECT_EQ(postal_form("SW1A 1AA"), PostalForm::british);
    EXPECT_EQ(postal_form("00012"), PostalForm::none);
    EXPECT_TRUE(is_ip_address("192.168.0.1") && is_ip_address("2001:db8::1"));
    EXPECT_FALSE(is_ip_address("1.2.3") || is_ip_address("1.2.3.400") || is_ip_address("12:30"));
}

TEST(checks, tells_plates_and_places) {
    EXPECT_TRUE(is_plate("AB-123-CD") && is_plate("LR51 WYV") && is_plate("123 ABC 75"));
    EXPECT_FALSE(is_plate("OI-123-UU") || is_plate("ab-123-cd") || is_plate("AB-12-CD"));
    EXPECT_TRUE(is_coordinate_pair("48.8566, 2.3522") && is_coordinate_pair("(48.8566;-2.3522)"));
    EXPECT_FALSE(
        is_coordinate_pair("48.8, 2.3") || is_coordinate_pair("48.8566") ||
        is_coordinate_pair("948.8566, 2.3522")
    );
    EXPECT_TRUE(is_coordinate("-122.4194") && !is_coordinate("1200.123") && !is_coordinate("12.5"));
    EXPECT_TRUE(is_icd10("E11.9") && !is_icd10("EE11"));
}

TEST(checks, reads_the_year_of_a_date) {
    for (const auto* text :
         {"1985-03-12",
          "12/03/1985",
          "3/12/1985",
          "12.03.1985",
          "12 mars 1985",
          "March 12, 1985",
          "1985-03-12T10:00:00",
          "12 août 1985"})
        EXPECT_EQ(year_of_date(text), 1985) << text;
    for (const auto* text :
         {"1985", "99/99/1985", "12-34-56", "0612345678", "mars 12", "hello 1985 world"})
        EXPECT_EQ(year_of_date(text), 0) << text;
}

}  // namespace
}  // namespace csva::meaning
