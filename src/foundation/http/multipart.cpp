#include "foundation/http/multipart.hpp"

#include "foundation/http/text.hpp"

#include <algorithm>

namespace csva::http {
namespace {

constexpr std::size_t kPartHeaderMax = 8192;

std::unexpected<base::Error> bad() {
    return base::fail(base::ErrorKind::invalid_argument, "http.bad_multipart");
}

/// Browsers write ", CR and LF as %22, %0D and %0A (WHATWG), and nothing else.
void replace_all(std::string& text, std::string_view from, std::string_view to) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
}

std::string valid_utf8(const std::string& text) {
    if (is_utf8(text)) return text;
    std::string out;  // Latin-1, as old clients send it
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80) {
            out += c;
        } else {
            out += static_cast<char>(0xC0U | (byte >> 6U));
            out += static_cast<char>(0x80U | (byte & 0x3FU));
        }
    }
    return out;
}

std::string clean_filename(std::string name) {
    replace_all(name, "%22", "\"");
    name = valid_utf8(name);
    if (const auto slash = name.find_last_of("/\\"); slash != std::string::npos)
        name.erase(0, slash + 1);
    std::erase_if(name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
    while (name.size() > 255) name.pop_back();
    while (!is_utf8(name)) name.pop_back();
    return name;
}

/// How many bytes at the end of `text` may begin `delimiter`.
std::size_t tail_to_hold(std::string_view text, std::string_view delimiter) {
    const auto longest = std::min(text.size(), delimiter.size() - 1);
    const auto tail = text.substr(text.size() - longest);
    for (auto at = tail.find('\r'); at != std::string_view::npos; at = tail.find('\r', at + 1))
        if (delimiter.starts_with(tail.substr(at))) return tail.size() - at;
    return 0;
}

}  // namespace

base::Result<std::string> boundary_of(std::string_view content_type) {
    auto boundary = parameter_of(content_type, "boundary");
    if (!boundary || boundary->empty() || boundary->size() > 70) return bad();
    return std::move(*boundary);
}

MultipartParser::MultipartParser(std::string_view boundary, PartSink& sink)
    : delimiter_("\r\n--" + std::string(boundary)), sink_(sink), held_("\r\n") {}

base::Result<void> MultipartParser::feed(std::string_view bytes) {
    while (!bytes.empty() && state_ != State::epilogue) CHECK_OK(step(bytes));
    return {};
}

base::Result<void> MultipartParser::step(std::string_view& bytes) {
    if (state_ == State::preamble || state_ == State::body) return content(bytes);
    return header_line(bytes);
}

base::Result<void> MultipartParser::emit(std::string_view bytes) {
    if (state_ != State::body || bytes.empty()) return {};
    return sink_.data(bytes);
}

base::Result<void> MultipartParser::content(std::string_view& bytes) {
    if (!held_.empty()) {
        // The delimiter may stand across two buffers: look at the seam first.
        const auto old = held_.size();
        std::string seam = held_ + std::string(bytes.substr(0, delimiter_.size()));
        if (const auto at = seam.find(delimiter_); at != std::string::npos && at < old) {
            CHECK_OK(emit(std::string_view(seam).substr(0, at)));
            bytes.remove_prefix(at + delimiter_.size() - old);
            return boundary_seen();
        }
        const auto hold = tail_to_hold(seam, delimiter_);
        if (seam.size() < delimiter_.size() + old && hold > 0 && seam.size() - hold < old) {
            CHECK_OK(emit(std::string_view(seam).substr(0, seam.size() - hold)));
            held_ = seam.substr(seam.size() - hold);
            bytes = {};
            return {};
        }
        CHECK_OK(emit(std::string_view(seam).substr(0, old)));
        held_.clear();
    }
    if (const auto at = bytes.find(delimiter_); at != std::string_view::npos) {
        CHECK_OK(emit(bytes.substr(0, at)));
        bytes.remove_prefix(at + delimiter_.size());
        return boundary_seen();
    }
    const auto hold = tail_to_hold(bytes, delimiter_);
    CHECK_OK(emit(bytes.substr(0, bytes.size() - hold)));
    held_ = bytes.substr(bytes.size() - hold);
    bytes = {};
    return {};
}

base::Result<void> MultipartParser::boundary_seen() {
    held_.clear();
    if (state_ == State::body) CHECK_OK(sink_.end());
    state_ = State::after_boundary;
    return {};
}

base::Result<void> MultipartParser::header_line(std::string_view& bytes) {
    const bool after = state_ == State::after_boundary;
    if (after && held_.size() < 2) {
        held_ += bytes.front();
        bytes.remove_prefix(1);
        if (held_ == "--") state_ = State::epilogue;
        if (held_ != "\r\n") return {};
    } else {
        const auto end = bytes.find('\n');
        const auto take = end == std::string_view::npos ? bytes.size() : end + 1;
        held_ += bytes.substr(0, take);
        bytes.remove_prefix(take);
        if (held_.size() + head_size_ > kPartHeaderMax) return bad();
        if (end == std::string_view::npos) return {};
    }
    if (!held_.ends_with("\r\n")) return bad();
    held_.resize(held_.size() - 2);
    const std::string line = std::exchange(held_, {});
    if (after) {
        if (!trimmed(line).empty()) return bad();
        head_ = {};
        head_size_ = 0;
        state_ = State::headers;
        return {};
    }
    head_size_ += line.size();
    if (line.empty()) {
        state_ = State::body;
        if (head_.name.empty()) return bad();
        return sink_.begin(head_);
    }
    const auto colon = line.find(':');
    if (colon == std::string::npos) return bad();
    const auto name = trimmed(std::string_view(line).substr(0, colon));
    const auto value = trimmed(std::string_view(line).substr(colon + 1));
    if (equal_ignoring_case(name, "content-type"))
        head_.content_type = valid_utf8(std::string(value));
    if (!equal_ignoring_case(name, "content-disposition")) return {};
    head_.name = valid_utf8(parameter_of(value, "name").value_or(""));
    if (auto filename = parameter_of(value, "filename"))
        head_.filename = clean_filename(std::move(*filename));
    return {};
}

}  // namespace csva::http
