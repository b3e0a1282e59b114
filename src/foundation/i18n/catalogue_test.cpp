#include "foundation/i18n/catalogue.hpp"

#include <gtest/gtest.h>

namespace csva::i18n {

TEST(catalogue, chooses_the_first_language_it_has) {
    EXPECT_EQ(language_from("de-DE,fr-CA;q=0.8,en;q=0.5"), Language::fr);
    EXPECT_EQ(language_from("fr_FR.UTF-8"), Language::fr);
    EXPECT_EQ(language_from("C.UTF-8"), Language::en);
    EXPECT_EQ(language_from(""), Language::en);
}

TEST(catalogue, fills_named_arguments_and_writes_numbers_the_language_way) {
    const base::Error error(
        base::ErrorKind::invalid_argument,
        "base.out_of_range",
        std::vector<base::ErrorDetail>{{"field", "trees"}, {"minimum", 1.0}, {"maximum", 10000.0}}
    );
    EXPECT_EQ(
        sentence(error, Language::en).message,
        "The value of “trees” is outside its limits (1 to 10,000)."
    );
    EXPECT_EQ(
        sentence(error, Language::fr).message,
        "La valeur de «\u00a0trees\u00a0» est hors limites (de 1 à 10\u202f000)."
    );
}

/// What no request provokes at will, and so no test of the API reads in both languages.
TEST(catalogue, says_in_both_languages_what_only_unit_tests_provoke) {
    struct Said {
        const char *reason, *english, *french;
    };
    for (const Said& one : {
             Said{
                 "store.conflict",
                 "This contradicts something that exists already.",
                 "Cela contredit quelque chose qui existe déjà."
             },
             Said{
                 "backup.differs",
                 "What was restored is not what was backed up.",
                 "Ce qui a été restauré n’est pas ce qui avait été sauvegardé."
             },
             Said{
                 "backup.changing",
                 "Files were deleted faster than the backup could hold on to them.",
                 "Des fichiers ont été supprimés plus vite que la sauvegarde ne pouvait les "
                 "retenir."
             },
             Said{
                 "duck.disk_full",
                 "The disk is full; nothing was kept.",
                 "Le disque est plein\u202f; rien n’a été gardé."
             },
         }) {
        const base::Error error(base::ErrorKind::internal, one.reason);
        EXPECT_EQ(sentence(error, Language::en).message, one.english);
        EXPECT_EQ(sentence(error, Language::fr).message, one.french);
        EXPECT_FALSE(sentence(error, Language::en).hint.empty());
        EXPECT_FALSE(sentence(error, Language::fr).hint.empty());
    }
}

TEST(catalogue, gives_the_key_when_there_is_no_text) {
    EXPECT_EQ(text(Language::fr, "base:no.such.key"), "base:no.such.key");
    EXPECT_FALSE(has_text(Language::fr, "base:no.such.key"));
}

}  // namespace csva::i18n
