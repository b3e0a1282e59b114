#pragma once

#include "foundation/base/described.hpp"
#include "foundation/base/keyed_hash.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace csva::meaning {

/// How a value about a person is compared. `words`: whole words in their order, without case,
/// accents, punctuation or more than one blank. `phone`: digits, the French 0 as +33. `email`:
/// without case.
enum class SoughtKind : std::uint8_t { words, email, phone };
CSVA_DESCRIBE_ENUM(SoughtKind, words, email, phone)

/// A value that is looked for, as a keyed hash: the value itself stands nowhere.
struct Sought {
    SoughtKind kind = SoughtKind::words;
    std::int64_t words = 0;  ///< Of kind words: how many.
    std::string hash;
    std::string column_hash;  ///< Of the column's folded name; empty: any column.
};
CSVA_DESCRIBE(Sought, kind, words, hash, column_hash)

/// Nothing when the value has no letter and no digit. `column`: display name; empty: any.
std::optional<Sought> sought(
    const base::KeyedHash& key, std::string_view value, std::string_view column
);

/// Tells whether texts hold what is sought. Not thread-safe.
class PersonFinder {
public:
    PersonFinder(std::string_view key_hex, std::vector<Sought> all);

    /// Names of the columns of the rows to come. A column that is named with a value and that the
    /// table lacks is looked for in all.
    void columns(std::span<const std::string> names);
    /// Whether each sought value stands in some cell; `cells` in the order of the columns.
    bool in_row(std::span<const std::string_view> cells);
    /// Positions of the cells that made the last row a hit.
    const std::set<std::size_t>& places() const { return places_; }

private:
    bool in_cell(std::string_view cell, const Sought& one);
    bool has_words(std::string_view cell, const Sought& one) const;
    bool has_email(std::string_view cell, const Sought& one) const;
    bool has_phone(std::string_view cell, const Sought& one) const;

    base::KeyedHash key_;
    std::vector<Sought> all_;
    std::vector<std::vector<std::size_t>> where_;  ///< By sought value; empty: everywhere.
    std::set<std::size_t> places_;
};

/// The words of a text, folded, with one blank between.
std::string plain_words(std::string_view text);
/// Digits of a telephone number with its country ("+33612345678"); empty when it is none.
std::string plain_phone(std::string_view text);

}  // namespace csva::meaning
