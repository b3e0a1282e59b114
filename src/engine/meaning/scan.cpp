#include "engine/meaning/scan.hpp"

#include "engine/meaning/checks.hpp"

#include <algorithm>
#include <optional>
#include <tuple>

namespace csva::meaning {
namespace {

constexpr std::size_t kExamples = 3;
constexpr int kFirstYear = 1850;

bool digit(char c) { return c >= '0' && c <= '9'; }

constexpr std::size_t at(Sign sign) { return static_cast<std::size_t>(sign); }

/// Words of a column's name that speak for a kind, French and English, folded; a phrase matches
/// whole words.
struct NameRule {
    Kind kind;
    std::string_view phrases;  ///< Parted by |.
};

constexpr std::array kNames = {
    NameRule{
        Kind::first_name,
        "prenom|prenoms|first name|firstname|given name|givenname|forename|fname|first"
    },
    NameRule{
        Kind::last_name,
        "nom|nom de famille|nom famille|nom usage|patronyme|last name|lastname|surname|family name|"
        "lname|last|nom de naissance"
    },
    NameRule{
        Kind::full_name,
        "nom complet|nom prenom|prenom nom|nom et prenom|full name|fullname|name|client|patient|"
        "customer|customer name|nom client|titulaire|holder|beneficiaire|employee|salarie|contact|"
        "person|personne|nom"
    },
    NameRule{Kind::email, "email|e mail|mail|courriel|adresse mail|adresse electronique"},
    NameRule{
        Kind::phone,
        "tel|telephone|telephones|phone|phones|mobile|portable|gsm|fixe|cell|cellphone|fax|numero|"
        "phone number|contact"
    },
    NameRule{
        Kind::address,
        "adresse|address|addr|rue|street|domicile|home address|voie|adresse postale|address1|"
        "address line|residence"
    },
    NameRule{
        Kind::postal_code,
        "cp|code postal|codepostal|postal code|postcode|post code|zip|zipcode|zip code|postal"
    },
    NameRule{
        Kind::birth_date,
        "naissance|date naissance|date de naissance|datenaissance|ddn|ne le|nee le|birth|birthdate|"
        "birth date|birthday|dob|date of birth|born|born on"
    },
    NameRule{Kind::iban, "iban|rib|compte|account|bank account|compte bancaire"},
    NameRule{
        Kind::card, "carte|card|cb|credit card|carte bancaire|card number|numero carte|pan|cc"
    },
    NameRule{
        Kind::nir,
        "nir|secu|securite sociale|numero secu|num secu|numero de securite sociale|insee|ss"
    },
    NameRule{
        Kind::national_id,
        "ssn|nino|ni number|national insurance|social security|social security number"
    },
    NameRule{Kind::siren, "siren|siret|numero siren|numero siret|siren siret"},
    NameRule{
        Kind::plate,
        "immatriculation|plaque|immat|plate|license plate|licence plate|registration|number plate|"
        "vehicule|vrm"
    },
    NameRule{Kind::ip_address, "ip|ip address|adresse ip|ipaddress|remote addr|client ip"},
    NameRule{
        Kind::health,
        "diagnostic|diagnosis|pathologie|maladie|disease|traitement|medication|medicament|allergie|"
        "allergies|antecedents|medical|sante|health|cim10|icd|icd10|condition|symptomes|symptoms|"
        "groupe sanguin|blood type|handicap|disability|illness"
    },
    NameRule{
        Kind::coordinates,
        "lat|latitude|lon|lng|long|longitude|gps|coord|coordinates|coordonnees|coordonnees gps|"
        "position|geo|geoloc|location|lat lon|latlng"
    },
    NameRule{
        Kind::free_text,
        "commentaire|commentaires|comment|comments|note|notes|remarque|remarques|message|"
        "observation|"
        "observations|description|texte|text|motif"
    }
};

/// When a sign makes a finding. The share is of the cells that are not missing; a `shape` asks
/// that `ratio` of the cells of that shape pass the sign's check, without which one number in ten
/// would pass Luhn's. A share above 1 never holds.
struct Rule {
    Kind kind;
    Sign sign;
    double share_alone;
    double share_named;
    double confidence_alone;
    double confidence_named;
    std::int64_t least_cells = 1;
    std::optional<Sign> shape = std::nullopt;
};

constexpr double kPassing = 0.8;
constexpr double kNever = 2;
constexpr double kCompanies = 0.1;  ///< Share of cells with SARL or Ltd that are no people's.
constexpr double kMost = 0.6;       ///< Share of names that outweighs a column's name.

constexpr std::array kRules = {
    Rule{Kind::email, Sign::email, 0.002, 0, 0.95, 0.99},
    Rule{Kind::email, Sign::sentence_email, 0.002, 0.002, 0.9, 0.9},
    Rule{Kind::phone, Sign::phone_grouped, 0.005, 0.005, 0.9, 0.99},
    Rule{Kind::phone, Sign::phone_plain, 0.9, 0.2, 0.7, 0.97, 3},
    Rule{Kind::phone, Sign::sentence_phone, 0.002, 0.002, 0.8, 0.9},
    Rule{Kind::iban, Sign::iban, 0.002, 0, 0.97, 0.99},
    Rule{Kind::nir, Sign::nir, 0.005, 0, 0.95, 0.99, 1, Sign::nir_shape},
    Rule{Kind::nir, Sign::sentence_number, 0.002, 0.002, 0.9, 0.9},
    Rule{Kind::national_id, Sign::national_id, 0.02, 0.005, 0.9, 0.99, 1},
    Rule{Kind::card, Sign::card_grouped, 0.005, 0, 0.9, 0.99, 1, Sign::card_shape},
    Rule{Kind::card, Sign::card, 0.3, 0.01, 0.85, 0.98, 3, Sign::card_shape},
    Rule{Kind::siren, Sign::siren, 0.5, 0.05, 0.85, 0.99, 5, Sign::siren_shape},
    Rule{Kind::siren, Sign::siret, 0.2, 0.02, 0.9, 0.99, 5, Sign::siret_shape},
    Rule{Kind::plate, Sign::plate, 0.3, 0.02, 0.85, 0.97, 3},
    Rule{Kind::ip_address, Sign::ip_address, 0.5, 0.02, 0.85, 0.98, 3},
    Rule{Kind::coordinates, Sign::coordinate_pair, 0.3, 0.1, 0.9, 0.97, 3},
    Rule{Kind::coordinates, Sign::coordinate, kNever, 0.6, 0, 0.9, 3},
    Rule{Kind::address, Sign::street, 0.05, 0.02, 0.85, 0.97, 2},
    Rule{Kind::postal_code, Sign::postal_digits, kNever, 0.5, 0, 0.95, 3},
    Rule{Kind::postal_code, Sign::postal_british, 0.5, 0.2, 0.85, 0.98, 3},
    Rule{Kind::birth_date, Sign::date, kNever, 0.3, 0, 0.97, 1},
    Rule{Kind::first_name, Sign::given_name, 0.5, 0.15, 0.8, 0.97, 3},
    Rule{Kind::last_name, Sign::surname, 0.3, 0.06, 0.7, 0.95, 3},
    Rule{Kind::full_name, Sign::person, 0.25, 0.05, 0.85, 0.97, 3},
    Rule{Kind::health, Sign::health_word, 0.05, 0.02, 0.75, 0.95, 2},
    Rule{Kind::health, Sign::icd10, kNever, 0.5, 0, 0.9, 3},
    Rule{Kind::free_text, Sign::sentence_person, 0.005, 0.005, 0.8, 0.9, 2},
};

/// "dateNaissance_client" as "date naissance client", with a space at both ends.
std::string spaced(std::string_view name) {
    std::string out = " ";
    char before = ' ';
    for (std::size_t i = 0; i < name.size(); ++i) {
        const char c = name[i];
        if (c >= 'A' && c <= 'Z' && before >= 'a' && before <= 'z') out += ' ';
        const bool part = static_cast<unsigned char>(c) >= 0x80 || (c >= 'a' && c <= 'z') ||
                          (c >= 'A' && c <= 'Z') || digit(c);
        out += part ? c : ' ';
        before = c;
    }
    return folded(out) + " ";
}

/// Whether one of the phrases, parted by |, stands in the name as whole words.
bool says(std::string_view spaced_name, std::string_view phrases) {
    while (!phrases.empty()) {
        const auto end = std::min(phrases.find('|'), phrases.size());
        const std::string phrase = " " + std::string(phrases.substr(0, end)) + " ";
        if (spaced_name.contains(phrase)) return true;
        phrases.remove_prefix(std::min(end + 1, phrases.size()));
    }
    return false;
}

bool names_kind(std::string_view spaced_name, Kind kind) {
    return std::ranges::any_of(kNames, [&](const NameRule& rule) {
        return rule.kind == kind && says(spaced_name, rule.phrases);
    });
}

/// Names of columns whose words are names of something else than people.
constexpr std::string_view kNotPeople =
    "ville|commune|city|town|pays|country|region|state|departement|department|county|societe|"
    "entreprise|"
    "raison "
    "sociale|company|vendor|supplier|fournisseur|employer|employeur|produit|product|article|item|"
    "marque|brand|modele|model|team|equipe|couleur|color|colour|mois|month|jour|day|titre|title|"
    "station|"
    "ecole|school|magasin|store|shop";

bool of_people(Kind kind) {
    return kind == Kind::first_name || kind == Kind::last_name || kind == Kind::full_name ||
           kind == Kind::free_text;
}

bool names_people(const ColumnFindings& column) {
    return std::ranges::any_of(column.findings, [](const KindFinding& finding) {
        return (of_people(finding.kind) && finding.kind != Kind::free_text) ||
               finding.kind == Kind::email || finding.kind == Kind::nir;
    });
}

/// Dates of which nearly all lie in the lives of people of today, spread over decades.
bool like_birth_dates(const std::array<std::int64_t, 256>& years, std::int64_t dates) {
    const auto year_below = [&](double share) {
        std::int64_t seen = 0;
        for (std::size_t i = 0; i < years.size(); ++i) {
            seen += years[i];
            if (static_cast<double>(seen) >= share * static_cast<double>(dates))
                return kFirstYear + static_cast<int>(i);
        }
        return kFirstYear;
    };
    const int early = year_below(0.05), late = year_below(0.95);
    return early >= 1910 && late <= 2020 && late - early >= 20;
}

/// A weaker reading of the same cells goes: of the names the surest stays, and a number is not
/// both a telephone and a company.
void leave_one_reading(std::vector<KindFinding>& findings) {
    std::ranges::sort(findings, [](const KindFinding& a, const KindFinding& b) {
        return std::tuple(b.confidence, b.share, a.kind) <
               std::tuple(a.confidence, a.share, b.kind);
    });
    const auto group = [](Kind kind) {
        switch (kind) {
            case Kind::first_name:
            case Kind::last_name:
            case Kind::full_name:
            case Kind::free_text:
                return 1;
            case Kind::phone:
            case Kind::siren:
            case Kind::card:
            case Kind::nir:
            case Kind::iban:
            case Kind::national_id:
            case Kind::postal_code:
                return 2;
            default:
                return 10 + static_cast<int>(kind);
        }
    };
    std::vector<KindFinding> kept;
    for (auto& finding : findings) {
        const bool repeated = std::ranges::any_of(kept, [&](const KindFinding& other) {
            return group(other.kind) == group(finding.kind) && other.share + finding.share > 1;
        });
        const bool same = std::ranges::any_of(kept, [&](const KindFinding& other) {
            return other.kind == finding.kind;
        });
        const bool second_name =
            group(finding.kind) == 1 && std::ranges::any_of(kept, [&](const KindFinding& other) {
                return group(other.kind) == 1;
            });
        if (!repeated && !same && !second_name) kept.push_back(std::move(finding));
    }
    findings = std::move(kept);
}

}  // namespace

std::string masked(std::string_view cell) {
    std::string out;
    bool first = true;
    for (std::size_t i = 0; i < cell.size() && i < 40; ++i) {
        const auto c = static_cast<unsigned char>(cell[i]);
        if ((c & 0xC0U) == 0x80) continue;  // inside a character
        const bool hidden = c >= 0x80 || std::isalnum(c) != 0;
        if (hidden && first && c < 0x80 && cell.size() > 3)
            out += cell[i];
        else
            out += hidden ? std::string_view("•") : cell.substr(i, 1);
        first = first && !hidden;
    }
    return out;
}

void ColumnScan::add(std::string_view cell, std::int64_t times) {
    cells_ += times;
    Signs signs(cell);
    signs.find();
    for (const auto sign : signs.found()) {
        seen_[at(sign)] += times;
        auto& examples = examples_[at(sign)];
        if (examples.size() < kExamples) examples.push_back(masked(cell));
    }
    if (const int year = signs.year(); year >= kFirstYear)
        years_[static_cast<std::size_t>(std::min(year - kFirstYear, 255))] += times;
}

void ColumnScan::merge(const ColumnScan& other) {
    cells_ += other.cells_;
    for (std::size_t i = 0; i < seen_.size(); ++i) {
        seen_[i] += other.seen_[i];
        for (const auto& example : other.examples_[i])
            if (examples_[i].size() < kExamples) examples_[i].push_back(example);
    }
    for (std::size_t i = 0; i < years_.size(); ++i) years_[i] += other.years_[i];
}

ColumnFindings ColumnScan::findings(std::string_view column, bool with_people) const {
    ColumnFindings out{std::string(column), cells_, {}};
    if (cells_ == 0) return out;
    const auto name = spaced(column);
    const bool elsewhere = says(name, kNotPeople);
    const auto share = [&](Sign sign) {
        return static_cast<double>(seen_[at(sign)]) / static_cast<double>(cells_);
    };
    for (const auto& rule : kRules) {
        const auto seen = seen_[at(rule.sign)];
        if (seen < std::min(rule.least_cells, cells_) || seen == 0) continue;
        if (rule.shape &&
            static_cast<double>(seen) < kPassing * static_cast<double>(seen_[at(*rule.shape)]))
            continue;
        const bool named = names_kind(name, rule.kind);
        if (of_people(rule.kind) &&
            (share(Sign::company) > kCompanies || (elsewhere && share(rule.sign) < kMost)))
            continue;
        bool holds = share(rule.sign) >= (named ? rule.share_named : rule.share_alone);
        double confidence = named ? rule.confidence_named : rule.confidence_alone;
        if (!holds && rule.kind == Kind::birth_date && with_people && share(rule.sign) >= 0.8 &&
            like_birth_dates(years_, seen)) {
            holds = true;
            confidence = 0.6;
        }
        if (!holds) continue;
        out.findings.push_back(
            {rule.kind, seen, share(rule.sign), confidence, named, examples_[at(rule.sign)]}
        );
    }
    leave_one_reading(out.findings);
    return out;
}

std::vector<ColumnFindings> judge(
    const std::vector<std::string>& names, const std::vector<ColumnScan>& scans
) {
    bool people = false;
    for (std::size_t i = 0; i < scans.size(); ++i)
        people = people || names_people(scans[i].findings(names[i], false));
    std::vector<ColumnFindings> out;
    for (std::size_t i = 0; i < scans.size(); ++i)
        out.push_back(scans[i].findings(names[i], people));
    return out;
}

}  // namespace csva::meaning
