#include "foundation/blob/listing.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <chrono>

namespace csva::blob {
namespace {

/// Text between the tags of the element that begins at or after `at`; `at` goes behind it, or to
/// npos.
std::string_view element_from(std::string_view xml, std::string_view name, std::size_t& at) {
    const auto opening = fmt::format("<{}>", name);
    const auto closing = fmt::format("</{}>", name);
    const auto begin = xml.find(opening, at);
    const auto end = begin == std::string_view::npos ? begin : xml.find(closing, begin);
    if (end == std::string_view::npos) {
        at = end;
        return {};
    }
    at = end + closing.size();
    return xml.substr(begin + opening.size(), end - begin - opening.size());
}

void add_all(
    Listing& listing, std::string_view xml, std::string_view element, std::size_t prefix_size
) {
    for (std::size_t at = 0;;) {
        const auto text = element_from(xml, element, at);
        if (at == std::string_view::npos) return;
        const auto name = first_of(text, "Key");
        if (name.size() < prefix_size) continue;
        listing.objects.push_back(
            {name.substr(prefix_size),
             first_of(text, "VersionId"),
             number_of(first_of(text, "Size")),
             iso_date_ms(first_of(text, "LastModified"))}
        );
    }
}

int digits_at(std::string_view text, std::size_t at, std::size_t count) {
    return at + count <= text.size() ? static_cast<int>(number_of(text.substr(at, count))) : 0;
}

std::int64_t unix_ms(int year, unsigned month, int day, std::string_view time) {
    using namespace std::chrono;
    const year_month_day date{
        std::chrono::year(year), std::chrono::month(month), std::chrono::day(unsigned(day))
    };
    if (!date.ok()) return 0;
    const auto seconds_of_day =
        digits_at(time, 0, 2) * 3600 + digits_at(time, 3, 2) * 60 + digits_at(time, 6, 2);
    return (sys_days(date).time_since_epoch().count() * 86400LL + seconds_of_day) * 1000;
}

bool is_truncated(std::string_view xml) { return first_of(xml, "IsTruncated") == "true"; }

}  // namespace

std::string first_of(std::string_view xml, std::string_view element) {
    std::size_t at = 0;
    std::string text(element_from(xml, element, at));
    // Tokens may hold what XML escapes.
    for (std::size_t found = 0; (found = text.find("&amp;", found)) != std::string::npos; ++found)
        text.erase(found + 1, 4);
    return text;
}

void add_page(Listing& listing, std::string_view xml, std::size_t prefix_size) {
    add_all(listing, xml, "Contents", prefix_size);
    add_all(listing, xml, "Version", prefix_size);
    add_all(listing, xml, "DeleteMarker", prefix_size);
}

std::string next_objects(std::string_view xml) {
    if (!is_truncated(xml)) return {};
    return client::escaped(first_of(xml, "NextContinuationToken"));
}

std::string next_versions(std::string_view xml) {
    if (!is_truncated(xml)) return {};
    return client::escaped(first_of(xml, "NextKeyMarker")) + "\n" +
           client::escaped(first_of(xml, "NextVersionIdMarker"));
}

std::string key_marker(std::string_view next) {
    return std::string(next.substr(0, next.find('\n')));
}

std::string version_marker(std::string_view next) {
    return std::string(next.substr(next.find('\n') + 1));
}

std::int64_t iso_date_ms(std::string_view text) {
    if (text.size() < 19) return 0;
    const auto month = static_cast<unsigned>(digits_at(text, 5, 2));
    return unix_ms(digits_at(text, 0, 4), month, digits_at(text, 8, 2), text.substr(11));
}

std::int64_t http_date_ms(std::string_view text) {
    constexpr std::array<std::string_view, 12> kMonths{
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
    };
    if (text.size() < 25) return 0;
    for (unsigned month = 0; month < kMonths.size(); ++month) {
        if (text.substr(8, 3) == kMonths[month])
            return unix_ms(
                digits_at(text, 12, 4), month + 1, digits_at(text, 5, 2), text.substr(17)
            );
    }
    return 0;
}

std::uint64_t number_of(std::string_view digits) {
    std::uint64_t number = 0;
    // The text lives until the caller's expression ends.
    // cppcheck-suppress danglingTemporaryLifetime
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return number;
}

}  // namespace csva::blob
