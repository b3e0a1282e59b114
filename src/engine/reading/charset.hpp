#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace csva::reading {

/// The encoding of a text that is not UTF-8, by its name in ICU, judged by what its bytes beyond
/// ASCII would be as characters: letters within words of one script and in a natural order of upper
/// and lower case, marks where marks stand, and in East Asian sets the characters that everybody
/// uses. `lines`: whole lines that hold such bytes; a few dozen suffice. windows-1252 unless
/// another reads better.
std::string charset_of(std::string_view lines);

/// The text in this encoding; nothing when some bytes mean nothing in it.
std::optional<std::u16string> decoded(std::string_view text, const char* charset);

}  // namespace csva::reading
