#pragma once

#include "engine/meaning/signs.hpp"
#include "foundation/base/described.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace csva::meaning {

/// Kinds of personal data. `national_id`: a British or American number; the French one is `nir`.
/// `siren`: SIREN and SIRET, personal for a sole trader. `free_text`: sentences that name people.
enum class Kind : std::uint8_t {
    first_name,
    last_name,
    full_name,
    email,
    phone,
    address,
    postal_code,
    birth_date,
    iban,
    card,
    nir,
    national_id,
    siren,
    plate,
    ip_address,
    health,
    coordinates,
    free_text
};
CSVA_DESCRIBE_ENUM(
    Kind,
    first_name,
    last_name,
    full_name,
    email,
    phone,
    address,
    postal_code,
    birth_date,
    iban,
    card,
    nir,
    national_id,
    siren,
    plate,
    ip_address,
    health,
    coordinates,
    free_text
)

/// One kind found in a column.
struct KindFinding {
    Kind kind = Kind::first_name;
    std::int64_t cells = 0;           ///< Cells that show it.
    double share = 0;                 ///< Of the cells that are not missing, 0 to 1.
    double confidence = 0;            ///< 0 to 1: the rule's own, see docs/privacy.md.
    bool by_name = false;             ///< The column's name says so too.
    std::vector<std::string> masked;  ///< At most 3 examples, all but the first character hidden.
};
CSVA_DESCRIBE(KindFinding, kind, cells, share, confidence, by_name, masked)

struct ColumnFindings {
    std::string column;
    std::int64_t cells = 0;             ///< Not missing.
    std::vector<KindFinding> findings;  ///< Surest first; empty: nothing personal was seen.
};
CSVA_DESCRIBE(ColumnFindings, column, cells, findings)

/// Collects the signs of one column, every cell of it: what is personal in one row of a hundred
/// counts. Not thread-safe; one for each thread can be merged.
class ColumnScan {
public:
    /// `times`: rows with this very text. Missing cells are not told.
    void add(std::string_view cell, std::int64_t times = 1);
    void merge(const ColumnScan& other);
    /// `with_people`: another column of the table names people, which makes a date of birth of a
    /// date without a name.
    ColumnFindings findings(std::string_view column, bool with_people) const;

private:
    std::int64_t cells_ = 0;
    std::array<std::int64_t, static_cast<std::size_t>(Sign::count)> seen_{};
    std::array<std::vector<std::string>, static_cast<std::size_t>(Sign::count)> examples_;
    std::array<std::int64_t, 256> years_{};  ///< 1850 to 2105.
};

/// Findings of a table's columns, in their order. `names` and `scans` are alike in length.
std::vector<ColumnFindings> judge(
    const std::vector<std::string>& names, const std::vector<ColumnScan>& scans
);

/// All but the first character of each cell hidden: letters and digits become dots.
std::string masked(std::string_view cell);

}  // namespace csva::meaning
