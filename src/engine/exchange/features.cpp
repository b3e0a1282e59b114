#include "engine/exchange/features.hpp"

#include <fmt/format.h>

#include <limits>

namespace csva::exchange {
namespace {

using learn::Feature;
using learn::FeatureKind;
using table::ColumnType;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// ONNX has neither the length of a text nor a part of it: what stands here says the same with its
/// operators for texts, see learn::Preparation::text_feature.
class Texts {
public:
    Texts(Graph& graph, Value text) : g_(graph), text_(std::move(text)) {
        missing_ = g_.node("Equal", {text_, g_.word("")});
    }

    Value feature(const Feature& feature, const std::vector<std::string>& categories) {
        switch (feature.kind) {
            case FeatureKind::category:
                return category(categories);
            case FeatureKind::length:
                return known(length());
            case FeatureKind::text_number:
                return known(first_number());
            default:
                return known(matches(with_word(feature.word)));
        }
    }

private:
    Value known(const Value& value) { return g_.node("Where", {missing_, g_.number(kNan), value}); }

    /// 1 where the whole text is of the pattern, 0 elsewhere.
    Value matches(const std::string& pattern) { return matches(text_, pattern); }
    Value matches(const Value& text, const std::string& pattern) {
        return g_.cast(
            g_.node("RegexFullMatch", {text}, Attributes().set("pattern", pattern)),
            Element::float64
        );
    }

    Value category(const std::vector<std::string>& categories) {
        std::vector<float> codes(categories.size());
        for (std::size_t i = 0; i < codes.size(); ++i) codes[i] = static_cast<float>(i);
        Attributes attributes;
        attributes.set("keys_strings", categories)
            .set("values_floats", codes)
            .set("default_float", std::numeric_limits<float>::quiet_NaN());
        return g_.cast(
            g_.node("LabelEncoder", {text_}, attributes, "ai.onnx.ml"), Element::float64
        );
    }

    /// Bytes, kLongest at most: bit k of the number is set when what is left after stretches of
    /// 2^(k+1) bytes has 2^k or more. (Longer patterns need more memory than RE2 has.)
    Value length() {
        constexpr int kBits = 12;
        constexpr std::size_t kLongest = std::size_t{1} << kBits;
        Value sum;
        for (int bit = 0; bit < kBits; ++bit) {
            const std::size_t half = std::size_t{1} << bit;
            const auto part = matches(
                "(?s)(?:" + bytes(2 * half) + ")*" + bytes(half) +
                (half > 1 ? up_to(half - 1) : std::string())
            );
            const auto worth = g_.node("Mul", {part, g_.number(static_cast<double>(half))});
            sum = sum.empty() ? worth : g_.node("Add", {sum, worth});
        }
        const auto longer = g_.cast(matches(bytes(kLongest) + "\\C*"), Element::boolean);
        return g_.node("Where", {longer, g_.number(static_cast<double>(kLongest)), sum});
    }
    /// A count in a pattern is 1,000 at most.
    static constexpr std::size_t kMost = 1000;
    static std::string bytes(std::size_t count) {
        std::string out;
        for (; count > kMost; count -= kMost) out += fmt::format("\\C{{{}}}", kMost);
        return out + fmt::format("\\C{{{}}}", count);
    }
    static std::string up_to(std::size_t count) {
        std::string out;
        for (; count > kMost; count -= kMost) out += fmt::format("\\C{{0,{}}}", kMost);
        return out + fmt::format("\\C{{0,{}}}", count);
    }

    /// The word with no letter before or behind it; capitals of ASCII are as good.
    static std::string with_word(const std::string& word) {
        std::string letters;
        for (const char c : word) {
            if (c >= 'a' && c <= 'z')
                letters += fmt::format("[{}{}]", c, static_cast<char>(c - 'a' + 'A'));
            else
                letters += c;
        }
        constexpr std::string_view kOther = "[\\x00-@\\[-`{-\\x7f]";
        return fmt::format("(?s)(?:.*{0})?{1}(?:{0}.*)?", kOther, letters);
    }

    /// The digits up to the first that is none, a point or a comma, with the letter behind; then
    /// digit by digit: whole digits over ten to the digits behind the point.
    Value first_number() {
        const Attributes number = Attributes()
                                      .set("mark", std::int64_t{0})
                                      .set("mincharnum", std::int64_t{1})
                                      .set("pad_value", std::string_view())
                                      .set("tokenexp", "[0-9][0-9.,]*[kKMB]?");
        // There always is a number, so that there always is a token.
        const auto padded = g_.node("StringConcat", {text_, g_.word(" 0")});
        const auto tokens = g_.node("Tokenizer", {padded}, number, "com.microsoft");
        const auto first =
            g_.node("Gather", {tokens, g_.whole(0)}, Attributes().set("axis", std::int64_t{-1}));
        const Attributes single = Attributes()
                                      .set("mark", std::int64_t{0})
                                      .set("mincharnum", std::int64_t{1})
                                      .set("pad_value", std::string_view())
                                      .set("separators", std::vector<std::string>{""});
        const auto letters = g_.node("Tokenizer", {first}, single, "com.microsoft");
        const auto value = value_of(letters);
        return g_.node(
            "Where", {g_.cast(matches("(?s)[^0-9]*"), Element::boolean), g_.number(kNan), value}
        );
    }
    Value labels(const Value& text, std::vector<std::string> keys, std::vector<float> values) {
        Attributes attributes;
        attributes.set("keys_strings", keys)
            .set("values_floats", values)
            .set("default_float", 0.0F);
        return g_.cast(g_.node("LabelEncoder", {text}, attributes, "ai.onnx.ml"), Element::float64);
    }
    /// Of characters, one a column.
    Value value_of(const Value& letters) {
        const auto sum_along = [&](const Value& v) {
            return g_.node(
                "ReduceSum", {v, g_.axis(1)}, Attributes().set("keepdims", std::int64_t{0})
            );
        };
        const auto running = [&](const Value& v, bool backwards) {
            return g_.node(
                "CumSum",
                {v, g_.whole(1)},
                Attributes()
                    .set("exclusive", std::int64_t{backwards ? 1 : 0})
                    .set("reverse", std::int64_t{backwards ? 1 : 0})
            );
        };
        const auto one = g_.number(1), zero = g_.number(0), ten = g_.number(10);
        const std::vector<std::string> digits{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};
        const auto digit = labels(letters, digits, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
        const auto point = labels(letters, {"."}, {1});
        const auto points = running(point, false);
        // What comes after a second point is not read.
        const auto read = g_.cast(g_.node("LessOrEqual", {points, one}), Element::float64);
        const auto is_digit =
            g_.node("Mul", {labels(letters, digits, std::vector<float>(10, 1.0F)), read});
        const auto behind = g_.node("Mul", {is_digit, g_.node("Min", {points, one})});
        const auto places = running(is_digit, true);
        const auto mantissa = sum_along(
            g_.node("Mul", {g_.node("Mul", {digit, is_digit}), g_.node("Pow", {ten, places})})
        );
        const auto scale = g_.node("Pow", {ten, sum_along(behind)});
        const auto letter = g_.node(
            "ReduceMax",
            {labels(letters, {"k", "K", "M", "B"}, {1e3F, 1e3F, 1e6F, 1e9F}), g_.axis(1)},
            Attributes().set("keepdims", std::int64_t{0})
        );
        const auto factor = g_.node("Where", {g_.node("Equal", {letter, zero}), one, letter});
        return g_.finite_float(g_.node("Mul", {g_.node("Div", {mantissa, scale}), factor}));
    }

    Graph& g_;
    Value text_, missing_;
};

/// See learn::Preparation::number_feature.
class Numbers {
public:
    Numbers(Graph& graph, Value number, ColumnType type)
        : g_(graph), number_(std::move(number)), type_(type) {}

    Value feature(const Feature& feature) {
        switch (feature.kind) {
            case FeatureKind::offset:
                return g_.finite_float(of("Div", of("Sub", number_, feature.epoch), feature.unit));
            case FeatureKind::month:
                return month();
            case FeatureKind::weekday:
                return remainder(of("Add", days(), 3), 7);  // 1970-01-01 was a Thursday.
            case FeatureKind::hour:
                return g_.finite_float(remainder(of("Div", number_, 3600e6), 24));
            default:
                return g_.finite_float(number_);
        }
    }

private:
    Value of(std::string_view operation, const Value& a, double b) {
        return g_.node(operation, {a, g_.number(b)});
    }
    Value floor(const Value& v) { return g_.node("Floor", {v}); }
    Value days() {
        constexpr double kDayMicroseconds = 86'400e6;
        return floor(type_ == ColumnType::date ? number_ : of("Div", number_, kDayMicroseconds));
    }
    Value remainder(const Value& v, double by) {
        return g_.node("Sub", {v, of("Mul", floor(of("Div", v, by)), by)});
    }
    /// Source: Hinnant 2013, civil_from_days; all numbers are whole and small.
    Value month() {
        const auto doe = remainder(of("Add", days(), 719468), 146097);
        const auto part = [&](double by) { return floor(of("Div", doe, by)); };
        const auto less = g_.node(
            "Sub", {g_.node("Add", {g_.node("Sub", {doe, part(1460)}), part(36524)}), part(146096)}
        );
        const auto year = floor(of("Div", less, 365));
        const auto before = g_.node(
            "Sub",
            {g_.node("Add", {of("Mul", year, 365), floor(of("Div", year, 4))}),
             floor(of("Div", year, 100))}
        );
        const auto day = g_.node("Sub", {doe, before});
        const auto mp = floor(of("Div", of("Add", of("Mul", day, 5), 2), 153));
        return g_.node("Where", {of("Less", mp, 10), of("Add", mp, 3), of("Sub", mp, 9)});
    }

    Graph& g_;
    Value number_;
    ColumnType type_;
};

}  // namespace

Value add_features(
    Graph& graph, const learn::Preparation& preparation, const std::map<std::string, Value>& columns
) {
    std::vector<Value> features;
    for (const auto& feature : preparation.features) {
        const auto& input = preparation.columns[static_cast<std::size_t>(feature.column)];
        const auto& value = columns.at(input.column.physical);
        const auto made = input.column.type == ColumnType::text
                              ? Texts(graph, value).feature(feature, input.categories)
                              : Numbers(graph, value, input.column.type).feature(feature);
        features.push_back(graph.node("Unsqueeze", {made, graph.axis(1)}));
    }
    return graph.node("Concat", features, Attributes().set("axis", std::int64_t{1}));
}

}  // namespace csva::exchange
