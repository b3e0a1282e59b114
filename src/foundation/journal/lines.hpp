#pragma once

#include "foundation/journal/types.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace csva::journal {

/// The exported form, one JSON object a line: where it starts, then entries and seals in order,
/// then the head. An entry's line is what is hashed, with the hash put at its end.

inline constexpr std::string_view kFormat = "csva-journal@1";

std::string start_line(std::int64_t first, std::string_view link);
std::string entry_line(const Record& record);
std::string seal_line(const Seal& seal);
std::string head_line(const Head& head);

/// An entry's line taken apart, without making sense of more than is needed.
struct EntryLine {
    std::int64_t seq = 0;
    std::int64_t at = 0;
    std::string hashed;
    std::string_view hash;  ///< In the line given.
};
std::optional<EntryLine> entry_of(std::string_view line);

struct StartLine {
    std::string journal;
    std::int64_t first = 0;
    std::string link;
};
CSVA_DESCRIBE(StartLine, journal, first, link)
std::optional<StartLine> start_of(std::string_view line);
std::optional<Seal> seal_of(std::string_view line);
std::optional<Head> head_of(std::string_view line);

/// The details of an entry's hashed line whose action is `action`; nothing for other actions.
std::optional<std::string_view> details_of(std::string_view hashed, std::string_view action);

}  // namespace csva::journal
