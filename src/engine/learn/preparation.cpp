#include "engine/learn/preparation.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace csva::learn {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// First number of a text, with the suffixes k, m and b of amounts; NaN when there is none.
double first_number(std::string_view text) {
    std::size_t i = 0;
    while (i < text.size() && !is_digit(text[i])) ++i;
    if (i == text.size()) return std::numeric_limits<double>::quiet_NaN();
    std::string digits;
    for (; i < text.size() && (is_digit(text[i]) || text[i] == '.' || text[i] == ','); ++i)
        if (text[i] != ',') digits += text[i];
    double value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    const char suffix = i < text.size() ? text[i] : ' ';
    if (suffix == 'k' || suffix == 'K') value *= 1e3;
    if (suffix == 'M') value *= 1e6;
    if (suffix == 'B') value *= 1e9;
    return value;
}

bool is_letter(char c) {
    const char lower = static_cast<char>(c | 0x20);
    return (lower >= 'a' && lower <= 'z') || static_cast<unsigned char>(c) >= 0x80;
}

bool has_word(std::string_view text, std::string_view word) {
    const auto same = [](char a, char b) {
        return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + 32) : a) == b;
    };
    for (std::size_t i = 0; i + word.size() <= text.size(); ++i) {
        if (i > 0 && is_letter(text[i - 1])) continue;
        const std::size_t end = i + word.size();
        if (end < text.size() && is_letter(text[end])) continue;
        if (std::equal(
                word.begin(),
                word.end(),
                text.begin() + static_cast<std::ptrdiff_t>(i),
                [&](char w, char t) { return same(t, w); }
            ))
            return true;
    }
    return false;
}

constexpr double kDayMicroseconds = 86'400e6;

double days(double value, table::ColumnType type) {
    return type == table::ColumnType::date ? value : value / kDayMicroseconds;
}

/// Month 1..12 of a day number. Source: Hinnant 2013, civil_from_days.
double month(double day) {
    const auto z = static_cast<std::int64_t>(std::floor(day)) + 719468;
    const auto era = (z >= 0 ? z : z - 146096) / 146097;
    const auto doe = z - era * 146097;
    const auto yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    const auto mp = (5 * (doe - (365 * yoe + yoe / 4 - yoe / 100)) + 2) / 153;
    return static_cast<double>(mp < 10 ? mp + 3 : mp - 9);
}

}  // namespace

void Preparation::index() {
    codes_.assign(columns.size(), {});
    for (std::size_t c = 0; c < columns.size(); ++c) {
        const auto& names = columns[c].categories;
        for (std::size_t i = 0; i < names.size(); ++i)
            codes_[c].emplace_back(names[i], static_cast<std::int32_t>(i));
        std::ranges::sort(codes_[c]);
    }
}

std::int32_t Preparation::code(std::size_t column, std::string_view text) const {
    const auto& known = codes_[column];
    const auto at = std::ranges::lower_bound(known, text, {}, [](const auto& p) {
        return std::string_view(p.first);
    });
    return at != known.end() && at->first == text ? at->second : -1;
}

float Preparation::text_feature(const Feature& feature, std::string_view text) const {
    switch (feature.kind) {
        case FeatureKind::category: {
            const auto found = code(static_cast<std::size_t>(feature.column), text);
            return found < 0 ? kNan : static_cast<float>(found);
        }
        case FeatureKind::length:
            return static_cast<float>(text.size());
        case FeatureKind::text_number:
            return finite_float(first_number(text));
        case FeatureKind::word:
            return has_word(text, feature.word) ? 1.0F : 0.0F;
        default:
            return kNan;
    }
}

float finite_float(double value) {
    constexpr double kMost = 1e30;  // Its square is still a float64, and no tree needs more.
    return static_cast<float>(std::clamp(value, -kMost, kMost));
}

float Preparation::number_feature(const Feature& feature, double value, table::ColumnType type) {
    if (std::isnan(value)) return kNan;
    switch (feature.kind) {
        case FeatureKind::offset:
            return finite_float((value - feature.epoch) / feature.unit);
        case FeatureKind::month:
            return static_cast<float>(month(days(value, type)));
        case FeatureKind::weekday: {
            const double week =
                std::fmod(std::floor(days(value, type)) + 3, 7);  // 1970-01-01 was a Thursday.
            return static_cast<float>(week < 0 ? week + 7 : week);
        }
        case FeatureKind::hour: {
            const double hour = std::fmod(value / 3600e6, 24);
            return static_cast<float>(hour < 0 ? hour + 24 : hour);
        }
        default:
            return finite_float(value);
    }
}

void Preparation::transform(
    const std::vector<table::ColumnData>& cells, std::size_t row, float* values
) const {
    for (std::size_t f = 0; f < features.size(); ++f) {
        const auto& data = cells[static_cast<std::size_t>(features[f].column)];
        if (data.missing(row))
            values[f] = kNan;
        else if (data.type == table::ColumnType::text)
            values[f] = text_feature(features[f], data.texts[row]);
        else
            values[f] = number_feature(features[f], data.number(row), data.type);
    }
}

}  // namespace csva::learn
