#pragma once

#include "foundation/base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace csva::http {

/// Takes the framing off a request body: by length, or chunked (RFC 9112, 7.1). Pure.
class BodyDecoder {
public:
    BodyDecoder() = default;  ///< No body.
    static BodyDecoder with_length(std::uint64_t bytes);
    static BodyDecoder chunked();

    /// Consumes some of `raw` and gives at most one piece of the body (empty: only framing, or more
    /// bytes are needed). Errors: http.bad_request.
    struct Step {
        std::size_t consumed = 0;
        std::string_view piece;
    };
    base::Result<Step> next(std::string_view raw);
    bool done() const { return state_ == State::done; }
    /// Bytes still to come when known.
    std::uint64_t remaining() const { return remaining_; }

private:
    enum class State : std::uint8_t { sized, size_line, chunk, chunk_end, trailer, done };
    base::Result<Step> line(std::string_view raw);
    State state_ = State::done;
    std::uint64_t remaining_ = 0;
    std::string line_;
    std::size_t trailer_size_ = 0;
};

}  // namespace csva::http
