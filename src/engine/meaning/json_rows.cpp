#include "engine/meaning/json_rows.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace csva::meaning {
namespace {

constexpr std::size_t kMostColumns = 10'000;
constexpr std::size_t kHexDigits = 4;

using Texts = std::vector<std::string>;

void append_utf8(std::string& out, std::uint32_t c) {
    const auto more = [&](int shift) {
        out += static_cast<char>(0x80U | ((c >> static_cast<unsigned>(shift)) & 0x3FU));
    };
    if (c < 0x80) {
        out += static_cast<char>(c);
    } else if (c < 0x800) {
        out += static_cast<char>(0xC0U | (c >> 6U));
        more(0);
    } else if (c < 0x10000) {
        out += static_cast<char>(0xE0U | (c >> 12U));
        more(6);
        more(0);
    } else {
        out += static_cast<char>(0xF0U | (c >> 18U));
        more(12);
        more(6);
        more(0);
    }
}

/// Value of four hexadecimal digits at `at`; -1: there are none.
std::int64_t hex_at(std::string_view text, std::size_t at) {
    if (at + kHexDigits > text.size()) return -1;
    std::int64_t value = 0;
    for (const char c : text.substr(at, kHexDigits)) {
        const std::string_view digits = "0123456789abcdef";
        const auto lower = static_cast<char>(c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c);
        const auto digit = digits.find(lower);
        if (digit == std::string_view::npos) return -1;
        value = value * 16 + static_cast<std::int64_t>(digit);
    }
    return value;
}

/// A list or an object that is being read, or the document around all.
struct Frame {
    Texts texts;
    std::vector<Texts> inner;  ///< Texts of the lists and objects in it.
};

class Walk {
public:
    Walk(std::string_view text, const std::function<void(std::span<const std::string_view>)>& see)
        : text_(text), see_(see) {}

    bool run() {
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (c == '{' || c == '[') {
                frames_.emplace_back();
                ++at_;
            } else if (c == '}' || c == ']') {
                if (frames_.size() == 1) return false;
                end_frame();
                ++at_;
            } else if (c == '"') {
                if (!quoted()) return false;
            } else if (kBetween.find(c) != std::string_view::npos) {
                ++at_;
            } else {
                bare();
            }
        }
        const bool whole = frames_.size() == 1;
        while (frames_.size() > 1) end_frame();
        tell(frames_.front().texts);
        return whole;
    }

private:
    static constexpr std::string_view kBetween = " \t\r\n,:";

    void tell(const Texts& texts) {
        if (texts.empty()) return;
        const std::vector<std::string_view> views(texts.begin(), texts.end());
        see_(views);
    }

    void end_frame() {
        Frame frame = std::move(frames_.back());
        frames_.pop_back();
        tell(frame.texts);
        const bool columns = frame.inner.size() > 1 && frame.inner.size() <= kMostColumns;
        for (std::size_t row = 0; columns && row < frame.inner.front().size(); ++row) {
            Texts beside;
            for (const auto& column : frame.inner)
                if (column.size() == frame.inner.front().size()) beside.push_back(column[row]);
            tell(beside);
        }
        auto& around = frames_.back();
        if (around.inner.size() <= kMostColumns) around.inner.push_back(std::move(frame.texts));
    }

    bool quoted() {
        std::string out;
        for (++at_; at_ < text_.size(); ++at_) {
            const char c = text_[at_];
            if (c == '"') {
                ++at_;
                frames_.back().texts.push_back(std::move(out));
                return true;
            }
            if (c != '\\')
                out += c;
            else if (!escaped(out))
                return false;
        }
        return false;
    }

    /// At a backslash; leaves off at the last character that belongs to it.
    bool escaped(std::string& out) {
        if (++at_ >= text_.size()) return false;
        const char c = text_[at_];
        if (c != 'u') {
            out += c == 'n' || c == 't' || c == 'r' || c == 'b' || c == 'f' ? ' ' : c;
            return true;
        }
        std::int64_t value = hex_at(text_, at_ + 1);
        if (value < 0) return false;
        at_ += kHexDigits;
        if (value >= 0xD800 && value < 0xDC00 && text_.substr(at_ + 1, 2) == "\\u") {
            const std::int64_t low = hex_at(text_, at_ + 3);
            if (low >= 0xDC00 && low < 0xE000) {
                value = 0x10000 + (value - 0xD800) * 0x400 + (low - 0xDC00);
                at_ += kHexDigits + 2;
            }
        }
        append_utf8(out, static_cast<std::uint32_t>(value));
        return true;
    }

    /// A number, or a word such as true.
    void bare() {
        const std::size_t from = at_;
        while (at_ < text_.size() && kBetween.find(text_[at_]) == std::string_view::npos &&
               std::string_view("{}[]\"").find(text_[at_]) == std::string_view::npos)
            ++at_;
        frames_.back().texts.emplace_back(text_.substr(from, at_ - from));
    }

    std::string_view text_;
    const std::function<void(std::span<const std::string_view>)>& see_;
    std::size_t at_ = 0;
    std::vector<Frame> frames_ = std::vector<Frame>(1);
};

}  // namespace

bool each_json_row(
    std::string_view text, const std::function<void(std::span<const std::string_view>)>& see
) {
    return Walk(text, see).run();
}

}  // namespace csva::meaning
