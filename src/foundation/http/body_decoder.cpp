#include "foundation/http/body_decoder.hpp"

#include <algorithm>
#include <charconv>

namespace csva::http {
namespace {
constexpr std::size_t kLineMax = 1024;
constexpr std::size_t kTrailerMax = 8192;
}  // namespace

BodyDecoder BodyDecoder::with_length(std::uint64_t bytes) {
    BodyDecoder decoder;
    decoder.remaining_ = bytes;
    decoder.state_ = bytes == 0 ? State::done : State::sized;
    return decoder;
}

BodyDecoder BodyDecoder::chunked() {
    BodyDecoder decoder;
    decoder.state_ = State::size_line;
    return decoder;
}

base::Result<BodyDecoder::Step> BodyDecoder::next(std::string_view raw) {
    if (state_ == State::done) return Step{};
    if (state_ != State::sized && state_ != State::chunk) return line(raw);
    const auto take = static_cast<std::size_t>(std::min<std::uint64_t>(raw.size(), remaining_));
    remaining_ -= take;
    if (remaining_ == 0) state_ = state_ == State::sized ? State::done : State::chunk_end;
    return Step{take, raw.substr(0, take)};
}

base::Result<BodyDecoder::Step> BodyDecoder::line(std::string_view raw) {
    const auto bad = [] {
        return base::fail(base::ErrorKind::invalid_argument, "http.bad_request");
    };
    const auto end = raw.find('\n');
    const auto take = end == std::string_view::npos ? raw.size() : end + 1;
    line_ += raw.substr(0, take);
    if (line_.size() > kLineMax) return bad();
    if (end == std::string_view::npos) return Step{take, {}};
    if (!line_.ends_with("\r\n")) return bad();
    line_.resize(line_.size() - 2);
    const std::string text = std::exchange(line_, {});
    if (state_ == State::chunk_end) {
        if (!text.empty()) return bad();
        state_ = State::size_line;
    } else if (state_ == State::trailer) {
        trailer_size_ += text.size();
        if (trailer_size_ > kTrailerMax) return bad();
        if (text.empty()) state_ = State::done;
    } else {
        const auto digits = text.find_first_not_of("0123456789abcdefABCDEF");
        const auto size = std::min(digits, text.size());
        if (size == 0 || size > 15 || (size < text.size() && text[size] != ';')) return bad();
        std::from_chars(text.data(), text.data() + size, remaining_, 16);
        state_ = remaining_ == 0 ? State::trailer : State::chunk;
    }
    return Step{take, {}};
}

}  // namespace csva::http
