#pragma once

#include "foundation/http/body_decoder.hpp"
#include "foundation/http/message.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace csva::http {

/// A request header in our own terms.
struct ParsedRequest {
    RequestHead head;
    std::string method;  ///< As sent.
    bool known_method = false;
    std::string raw_path;   ///< Still encoded.
    std::string raw_query;  ///< Still encoded: what is wrong with it is said in the route's manner.
    bool keep_alive = false;
    bool expects_continue = false;
    bool has_body = false;
    std::optional<std::uint64_t> length;  ///< Declared size of the body.
    BodyDecoder body;
};

/// Parses a whole header, with the empty line at its end (Beast does the grammar). What could be
/// read in two ways is refused: both lengths and chunks, two hosts, folded lines. Errors:
/// http.bad_request, http.bad_encoding, http.unsupported_transfer_encoding.
base::Result<ParsedRequest> parse_request(std::string_view text);

/// The language that a header asks for, even when the header as a whole cannot be understood.
i18n::Language wished_language(std::string_view text);

}  // namespace csva::http
