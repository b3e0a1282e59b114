#pragma once

#include "foundation/base/error.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace csva::i18n {

enum class Language : std::uint8_t { en, fr };

/// "en" or "fr".
std::string_view name_of(Language language);

/// Best of ours for an Accept-Language header ("fr-CA,fr;q=0.9,en;q=0.8"), a POSIX locale
/// ("fr_FR.UTF-8") or a bare code. English when nothing fits.
Language language_from(std::string_view wish);

/// Text of `key` = "<catalogue>:<path>" (`datasets:ui.title`), an ICU MessageFormat pattern filled
/// with the named arguments. Numbers are written the language's way. The key itself when the
/// catalogue has none. Thread-safe.
std::string text(
    Language language, std::string_view key, std::span<const base::ErrorDetail> arguments = {}
);

bool has_text(Language language, std::string_view key);

struct Sentence {
    std::string message;  ///< What happened.
    std::string hint;     ///< The way out; may be empty.
};

/// The two sentences of an error: `<feature>:errors.<name>.message` and `.hint` for reason
/// `<feature>.<name>`.
Sentence sentence(const base::Error& error, Language language);

/// Names of the catalogues (features), and the JSON of one for the web UI. Empty view when there is
/// none.
std::vector<std::string_view> catalogue_names();
std::string_view catalogue_json(Language language, std::string_view name);

}  // namespace csva::i18n
