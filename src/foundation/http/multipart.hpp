#pragma once

#include "foundation/base/result.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace csva::http {

/// Header of one part of a multipart/form-data body.
struct PartHead {
    std::string name;
    std::optional<std::string> filename;  ///< Without folder, valid UTF-8, at most 255 bytes.
    std::string content_type;
};

/// Takes what a MultipartParser finds. An error stops the parser.
class PartSink {
public:
    virtual ~PartSink() = default;
    virtual base::Result<void> begin(const PartHead& head) = 0;
    virtual base::Result<void> data(std::string_view bytes) = 0;
    virtual base::Result<void> end() = 0;
};

/// Push parser of multipart/form-data (RFC 7578, RFC 2046 5.1): boundaries may be cut anywhere.
/// Memory: one boundary and one part header. Pure.
class MultipartParser {
public:
    MultipartParser(std::string_view boundary, PartSink& sink);
    /// Errors: http.bad_multipart and the sink's own.
    base::Result<void> feed(std::string_view bytes);
    /// The closing boundary has been seen.
    bool done() const { return state_ == State::epilogue; }

private:
    enum class State : std::uint8_t { preamble, after_boundary, headers, body, epilogue };
    base::Result<void> emit(std::string_view bytes);
    base::Result<void> step(std::string_view& bytes);
    base::Result<void> content(std::string_view& bytes);
    base::Result<void> boundary_seen();
    base::Result<void> header_line(std::string_view& bytes);

    std::string delimiter_;  ///< CR LF -- boundary
    PartSink& sink_;
    State state_ = State::preamble;
    std::string held_;  ///< Bytes that may begin a delimiter, or an unfinished line.
    PartHead head_;
    std::size_t head_size_ = 0;
};

/// The boundary of a Content-Type. Errors: http.bad_multipart.
base::Result<std::string> boundary_of(std::string_view content_type);

}  // namespace csva::http
