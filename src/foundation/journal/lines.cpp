#include "foundation/journal/lines.hpp"

#include "foundation/journal/chain.hpp"

#include <charconv>

namespace csva::journal {
namespace {

struct SealLine {
    Seal seal;
};
CSVA_DESCRIBE(SealLine, seal)

struct HeadLine {
    Head head;
};
CSVA_DESCRIBE(HeadLine, head)

constexpr std::string_view kHashName = ",\"hash\":\"";
constexpr std::string_view kSeqName = "{\"seq\":";
constexpr std::string_view kAtName = ",\"at\":";
constexpr std::string_view kActionName = ",\"action\":\"";
constexpr std::string_view kDetailsName = ",\"details\":";

/// Takes `name` and the integer after it off the front.
bool take(std::string_view& text, std::string_view name, std::int64_t& number) {
    if (!text.starts_with(name)) return false;
    text.remove_prefix(name.size());
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (code != std::errc{}) return false;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return true;
}

}  // namespace

std::string start_line(std::int64_t first, std::string_view link) {
    return base::to_json(StartLine{std::string(kFormat), first, std::string(link)});
}

std::string entry_line(const Record& record) {
    std::string line = line_of(record);
    line.pop_back();
    line += kHashName;
    line += record.hash;
    line += "\"}";
    return line;
}

std::string seal_line(const Seal& seal) { return base::to_json(SealLine{seal}); }
std::string head_line(const Head& head) { return base::to_json(HeadLine{head}); }

std::optional<EntryLine> entry_of(std::string_view line) {
    constexpr std::size_t kTail = kHashName.size() + kHash + 2;
    EntryLine entry;
    std::string_view rest = line;
    if (line.size() < kTail || !line.ends_with("\"}") || !take(rest, kSeqName, entry.seq) ||
        !take(rest, kAtName, entry.at) || !rest.starts_with(kActionName))
        return std::nullopt;
    const auto body = line.substr(0, line.size() - kTail);
    const auto tail = line.substr(body.size());
    if (!tail.starts_with(kHashName)) return std::nullopt;
    entry.hash = tail.substr(kHashName.size(), kHash);
    entry.hashed = std::string(body) + "}";
    return entry;
}

std::optional<StartLine> start_of(std::string_view line) {
    auto start = base::from_json<StartLine>(line);
    if (!start || start->journal != kFormat || start->first < 1) return std::nullopt;
    return std::move(*start);
}

std::optional<Seal> seal_of(std::string_view line) {
    auto read = base::from_json<SealLine>(line);
    if (!read) return std::nullopt;
    return std::move(read->seal);
}

std::optional<Head> head_of(std::string_view line) {
    auto read = base::from_json<HeadLine>(line);
    if (!read) return std::nullopt;
    return std::move(read->head);
}

std::optional<std::string_view> details_of(std::string_view hashed, std::string_view action) {
    const auto at = hashed.find(kActionName);
    if (at == std::string_view::npos) return std::nullopt;
    const auto word = hashed.substr(at + kActionName.size());
    if (!word.starts_with(action) || !word.substr(action.size()).starts_with('"'))
        return std::nullopt;
    const auto from = hashed.find(kDetailsName);
    if (from == std::string_view::npos) return std::nullopt;
    const auto text = hashed.substr(from + kDetailsName.size());
    return text.substr(0, text.size() - 1);
}

}  // namespace csva::journal
