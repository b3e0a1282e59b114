#include "features/tracking/filter.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <optional>

namespace csva::tracking {
namespace {

using base::ErrorKind;
using base::fail;
using base::Result;

std::string upper(std::string_view text) {
    std::string out(text);
    for (auto& c : out) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return out;
}

bool is_space(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }
bool is_word(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '-' ||
           static_cast<unsigned char>(c) >= 0x80;
}

/// Reads a filter from left to right.
class Reader {
public:
    explicit Reader(std::string_view text) : rest_(text) {}

    bool at_end() {
        while (!rest_.empty() && is_space(rest_.front())) rest_.remove_prefix(1);
        return rest_.empty();
    }
    bool take(std::string_view symbol) {
        if (at_end() || !rest_.starts_with(symbol)) return false;
        rest_.remove_prefix(symbol.size());
        return true;
    }
    bool take_word(std::string_view word) {
        if (at_end() || upper(rest_.substr(0, word.size())) != word) return false;
        if (rest_.size() > word.size() && is_word(rest_[word.size()])) return false;
        rest_.remove_prefix(word.size());
        return true;
    }
    std::unexpected<base::Error> bad(std::string_view reason = kBadFilter) const {
        constexpr std::size_t kNearMax = 40;
        return fail(
            ErrorKind::invalid_argument, reason, {{"near", std::string(rest_.substr(0, kNearMax))}}
        );
    }

    /// `name`, `entity.key`, or with the key (or all) in quotes or backticks.
    Result<std::string> identifier() {
        std::string out;
        if (at_end()) return bad();
        while (!rest_.empty()) {
            const char c = rest_.front();
            if (c == '`' || c == '"') {
                const auto end = rest_.find(c, 1);
                if (end == std::string_view::npos) return bad();
                out += rest_.substr(1, end - 1);
                rest_.remove_prefix(end + 1);
                break;
            }
            if (!is_word(c)) break;
            out += c;
            rest_.remove_prefix(1);
        }
        if (out.empty()) return bad();
        return out;
    }

    Result<Operator> comparison() {
        static constexpr std::array<std::pair<std::string_view, Operator>, 6> kSymbols = {{
            {"!=", Operator::different},
            {">=", Operator::greater_equal},
            {"<=", Operator::less_equal},
            {"=", Operator::equal},
            {">", Operator::greater},
            {"<", Operator::less},
        }};
        at_end();
        const auto before = rest_;
        for (const auto& [symbol, op] : kSymbols) {
            if (!take(symbol)) continue;
            if (rest_.starts_with('=') || rest_.starts_with('>') || rest_.starts_with('<')) {
                rest_ = before;
                return bad();
            }
            return op;
        }
        if (take_word("LIKE")) return Operator::like;
        if (take_word("ILIKE")) return Operator::ilike;
        if (take_word("IN")) return Operator::in;
        if (take_word("NOT") && take_word("IN")) return Operator::not_in;
        if (take_word("IS")) {
            const bool negated = take_word("NOT");
            if (take_word("NULL")) return negated ? Operator::is_not_null : Operator::is_null;
        }
        rest_ = before;
        return bad();
    }

    Result<store::Value> literal() {
        if (at_end()) return bad();
        const char quote = rest_.front();
        if (quote == '\'' || quote == '"') return quoted(quote);
        double number = 0;
        const auto* end = rest_.data() + rest_.size();
        const auto* begin = rest_.data() + (rest_.front() == '+' ? 1 : 0);
        const auto [at, code] = std::from_chars(begin, end, number);
        if (code != std::errc{} || (at != end && is_word(*at))) return bad();
        rest_.remove_prefix(static_cast<std::size_t>(at - rest_.data()));
        return store::Value(number);
    }

    Result<std::vector<store::Value>> list() {
        std::vector<store::Value> out;
        if (!take("(")) return bad();
        do {
            TRY(auto value, literal());
            out.push_back(std::move(value));
        } while (take(","));
        if (!take(")")) return bad();
        return out;
    }

private:
    /// A quote inside stands twice.
    Result<store::Value> quoted(char quote) {
        std::string out;
        for (std::size_t i = 1; i < rest_.size(); ++i) {
            if (rest_[i] != quote) {
                out += rest_[i];
            } else if (i + 1 < rest_.size() && rest_[i + 1] == quote) {
                out += rest_[i++];
            } else {
                rest_.remove_prefix(i + 1);
                return store::Value(std::move(out));
            }
        }
        return bad();
    }

    std::string_view rest_;
};

/// `metrics.auc` -> metric, auc; a word without a dot is an attribute.
void split_identifier(std::string text, Subject& subject, std::string& key) {
    static constexpr std::array<std::pair<std::string_view, Subject>, 14> kNames = {{
        {"METRIC", Subject::metric},
        {"METRICS", Subject::metric},
        {"PARAM", Subject::param},
        {"PARAMS", Subject::param},
        {"PARAMETER", Subject::param},
        {"PARAMETERS", Subject::param},
        {"TAG", Subject::tag},
        {"TAGS", Subject::tag},
        {"ATTRIBUTE", Subject::attribute},
        {"ATTRIBUTES", Subject::attribute},
        {"ATTR", Subject::attribute},
        {"RUN", Subject::attribute},
        {"DATASET", Subject::dataset},
        {"DATASETS", Subject::dataset},
    }};
    const auto dot = text.find('.');
    subject = Subject::attribute;
    key = std::move(text);
    if (dot == std::string::npos) return;
    const std::string entity = upper(std::string_view(key).substr(0, dot));
    for (const auto& [name, kind] : kNames) {
        if (name != entity) continue;
        subject = kind;
        key.erase(0, dot + 1);
        return;
    }
}

constexpr std::string_view kPageStart = "page-";

}  // namespace

Result<std::vector<Comparison>> parse_filter(std::string_view text) {
    std::vector<Comparison> out;
    Reader reader(text);
    if (reader.at_end()) return out;
    do {
        Comparison one;
        TRY(auto name, reader.identifier());
        split_identifier(std::move(name), one.subject, one.key);
        TRY(one.op, reader.comparison());
        if (one.op == Operator::in || one.op == Operator::not_in) {
            TRY(one.values, reader.list());
        } else if (one.op != Operator::is_null && one.op != Operator::is_not_null) {
            TRY(auto value, reader.literal());
            one.values.push_back(std::move(value));
        }
        out.push_back(std::move(one));
    } while (reader.take_word("AND"));
    if (!reader.at_end()) return reader.bad();
    return out;
}

Result<OrderTerm> parse_order(std::string_view text) {
    Reader reader(text);
    OrderTerm out;
    auto name = reader.identifier();
    if (!name) return reader.bad(kBadOrder);
    split_identifier(std::move(*name), out.subject, out.key);
    if (reader.take_word("DESC"))
        out.ascending = false;
    else
        (void)reader.take_word("ASC");
    if (!reader.at_end()) return reader.bad(kBadOrder);
    return out;
}

Result<std::int64_t> offset_of(std::string_view token) {
    if (token.empty()) return 0;
    std::int64_t offset = 0;
    if (token.starts_with(kPageStart)) {
        const auto digits = token.substr(kPageStart.size());
        const auto* end = digits.data() + digits.size();
        const auto [at, code] = std::from_chars(digits.data(), end, offset);
        if (code == std::errc{} && at == end && offset >= 0) return offset;
    }
    return fail(ErrorKind::invalid_argument, "tracking.bad_page_token");
}

std::string page_token(std::int64_t offset) {
    return std::string(kPageStart) + std::to_string(offset);
}

}  // namespace csva::tracking
