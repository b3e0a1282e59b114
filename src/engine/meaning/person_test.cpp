#include "engine/meaning/person.hpp"

#include <gtest/gtest.h>

namespace csva::meaning {
namespace {

const std::string kKey(64, '7');

struct Wish {
    std::string value;
    std::string column;
};

/// Whether a row with these columns is the person's.
bool found(
    const std::vector<Wish>& wishes,
    const std::vector<std::string>& columns,
    const std::vector<std::string_view>& cells
) {
    std::vector<Sought> all;
    for (const auto& wish : wishes)
        all.push_back(*sought(base::KeyedHash(kKey), wish.value, wish.column));
    PersonFinder finder(kKey, all);
    finder.columns(columns);
    return finder.in_row(cells);
}

TEST(person, finds_a_value_however_it_is_written) {
    const struct {
        std::string_view value, cell;
        bool same;
    } cases[] = {
        {"Élodie Dupont-Müller", "  ELODIE   dupont muller ", true},
        {"elodie dupont", "Appelé Élodie Dupont, sans réponse", true},
        {"Elodie Dupont", "Elodie Dupontel", false},
        {"Zoé", "Zoe\u0301", true},
        {"Elodie Dupont", "Dupont Elodie", false},
        {"Jean.Dupont@Exemple.FR", "jean.dupont@exemple.fr", true},
        {"jean.dupont@exemple.fr", "écrire à <Jean.Dupont@exemple.fr>, merci", true},
        {"jean.dupont@exemple.fr", "jean.dupont@exemple.fr.invalid", false},
        {"06 12 34 56 78", "+33 (0)6.12.34.56.78", true},
        {"06 12 34 56 78", "0033612345678", true},
        {"+33612345678", "tel 06-12-34-56-78 le soir", true},
        {"+33612345678", "33612345678", true},
        {"06 12 34 56 78", "06 12 34 56 79", false},
        {"+44 20 7946 0958", "0044 20 7946 0958", true},
        {"1985-03-12", "1985-03-12", true},
        {"dupont", "", false},
    };
    for (const auto& one : cases)
        EXPECT_EQ(found({{std::string(one.value), ""}}, {"a"}, {one.cell}), one.same)
            << one.value << " in " << one.cell;
}

TEST(person, wants_every_value_in_its_column) {
    const std::vector<std::string> columns = {"Nom", "Prénom", "note"};
    EXPECT_TRUE(found({{"martin", "nom"}, {"zoe", "prenom"}}, columns, {"MARTIN", "Zoé", "-"}));
    EXPECT_FALSE(found({{"martin", "nom"}, {"zoe", "prenom"}}, columns, {"Martin", "Ada", "Zoé"}));
    EXPECT_TRUE(found({{"martin", ""}, {"zoe", ""}}, columns, {"-", "-", "Zoé Martin"}));
    // A table without the column is looked through as a whole.
    EXPECT_TRUE(found({{"martin", "surname"}}, columns, {"-", "-", "Zoé Martin"}));
}

TEST(person, names_the_cells_and_nothing_without_letters) {
    EXPECT_FALSE(sought(base::KeyedHash(kKey), " - ", ""));
    PersonFinder finder(kKey, {*sought(base::KeyedHash(kKey), "zoe", "")});
    finder.columns(std::vector<std::string>{"a", "b"});
    const std::vector<std::string_view> cells = {"Ada", "Zoé"};
    EXPECT_TRUE(finder.in_row(cells));
    EXPECT_EQ(finder.places(), std::set<std::size_t>{1});
    EXPECT_FALSE(PersonFinder(kKey, {}).in_row(cells));
}

}  // namespace
}  // namespace csva::meaning
