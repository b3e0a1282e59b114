#include "foundation/i18n/catalogue.hpp"

#include "foundation/base/embedded.hpp"

#include <boost/json.hpp>
#include <unicode/fmtable.h>
#include <unicode/msgfmt.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <mutex>

namespace csva::embedded {
std::span<const base::EmbeddedFile> locales();
}

namespace csva::i18n {
namespace {

struct Patterns {
    std::map<std::string, std::string, std::less<>> by_key;
    std::mutex mutex;
    std::map<std::string, std::unique_ptr<icu::MessageFormat>, std::less<>> compiled;
};

const char* locale_of(Language language) { return language == Language::fr ? "fr" : "en"; }

/// "datasets.fr.json" -> ("datasets", fr); false for other names.
bool split_name(std::string_view file, std::string_view& catalogue, Language& language) {
    if (!file.ends_with(".json")) return false;
    file.remove_suffix(5);
    const auto dot = file.rfind('.');
    if (dot == std::string_view::npos) return false;
    catalogue = file.substr(0, dot);
    const auto code = file.substr(dot + 1);
    language = code == "fr" ? Language::fr : Language::en;
    return code == "en" || code == "fr";
}

void load(Patterns& patterns, std::string_view catalogue, std::string_view content) {
    boost::system::error_code code;
    const auto parsed =
        boost::json::parse(boost::json::string_view(content.data(), content.size()), code);
    if (code || !parsed.is_object()) return;
    for (const auto& member : parsed.get_object()) {
        if (!member.value().is_string()) continue;
        std::string key(catalogue);
        key += ':';
        key += std::string_view(member.key());
        patterns.by_key[std::move(key)] = std::string(member.value().get_string());
    }
}

Patterns& patterns_of(Language wanted) {
    static auto* all = [] {
        auto* made = new std::array<Patterns, 2>();
        for (const auto& file : embedded::locales()) {
            std::string_view catalogue;
            Language language{};
            if (split_name(file.name, catalogue, language)) {
                load((*made)[static_cast<std::size_t>(language)], catalogue, file.content);
            }
        }
        return made;
    }();
    return (*all)[static_cast<std::size_t>(wanted)];
}

icu::Formattable formattable(const base::ErrorDetail& detail) {
    if (const auto* text = std::get_if<std::string>(&detail.value)) {
        return icu::Formattable(icu::UnicodeString::fromUTF8(*text));
    }
    if (const auto* integer = std::get_if<std::int64_t>(&detail.value))
        return icu::Formattable(*integer);
    return icu::Formattable(std::get<double>(detail.value));
}

}  // namespace

std::string_view name_of(Language language) { return locale_of(language); }

Language language_from(std::string_view wish) {
    while (!wish.empty()) {
        auto part = wish.substr(0, wish.find(','));
        wish.remove_prefix(std::min(wish.size(), part.size() + 1));
        while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
        const auto code = part.substr(0, part.find_first_of("-_;."));
        if (code == "fr" || code == "FR") return Language::fr;
        if (code == "en" || code == "EN") return Language::en;
    }
    return Language::en;
}

bool has_text(Language language, std::string_view key) {
    return patterns_of(language).by_key.contains(key);
}

std::string text(
    Language language, std::string_view key, std::span<const base::ErrorDetail> arguments
) {
    auto& patterns = patterns_of(language);
    const auto found = patterns.by_key.find(key);
    if (found == patterns.by_key.end()) return std::string(key);
    if (found->second.find_first_of("{'") == std::string::npos) return found->second;
    UErrorCode status = U_ZERO_ERROR;
    std::vector<icu::UnicodeString> names;
    std::vector<icu::Formattable> values;
    for (const auto& argument : arguments) {
        names.push_back(icu::UnicodeString::fromUTF8(argument.name));
        values.push_back(formattable(argument));
    }
    const std::scoped_lock lock(patterns.mutex);
    auto& format = patterns.compiled[std::string(key)];
    if (!format) {
        format = std::make_unique<icu::MessageFormat>(
            icu::UnicodeString::fromUTF8(found->second), icu::Locale(locale_of(language)), status
        );
    }
    icu::UnicodeString out;
    format->format(
        names.data(), values.data(), static_cast<std::int32_t>(names.size()), out, status
    );
    if (U_FAILURE(status)) return found->second;
    std::string utf8;
    out.toUTF8String(utf8);
    return utf8;
}

Sentence sentence(const base::Error& error, Language language) {
    const auto dot = error.reason.find('.');
    const std::string name = dot == std::string::npos ? "" : error.reason.substr(dot + 1);
    const std::string stem = error.reason.substr(0, dot) + ":errors." + name;
    Sentence out;
    out.message = text(language, stem + ".message", error.details);
    if (has_text(language, stem + ".hint"))
        out.hint = text(language, stem + ".hint", error.details);
    return out;
}

std::vector<std::string_view> catalogue_names() {
    std::vector<std::string_view> names;
    for (const auto& file : embedded::locales()) {
        std::string_view catalogue;
        Language language{};
        if (split_name(file.name, catalogue, language) && language == Language::en)
            names.push_back(catalogue);
    }
    return names;
}

std::string_view catalogue_json(Language language, std::string_view name) {
    for (const auto& file : embedded::locales()) {
        std::string_view catalogue;
        Language of{};
        if (split_name(file.name, catalogue, of) && of == language && catalogue == name)
            return file.content;
    }
    return {};
}

}  // namespace csva::i18n
