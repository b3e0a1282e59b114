// needs: http
#include "foundation/http/body_decoder.hpp"
#include "foundation/http/request_parser.hpp"
#include "foundation/http/text.hpp"

#include <cstdint>
#include <cstdlib>

// A request header of any bytes: parsed or refused, and what is parsed has one meaning only. The
// bytes after it go through the body decoder, whole and one by one: both must agree.
namespace {

using csva::http::BodyDecoder;

struct Decoded {
    std::string body;
    bool done = false;
    bool failed = false;
};

Decoded decode(BodyDecoder decoder, std::string_view raw, std::size_t block) {
    Decoded out;
    while (!raw.empty() && !decoder.done() && !out.failed) {
        auto part = raw.substr(0, block);
        raw.remove_prefix(part.size());
        while (!part.empty() && !decoder.done()) {
            const auto step = decoder.next(part);
            out.failed = !step;
            if (!step) break;
            out.body += step->piece;
            part.remove_prefix(step->consumed);
        }
    }
    out.done = decoder.done();
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto end = text.find("\r\n\r\n");
    if (end == std::string_view::npos) return 0;
    const auto request = csva::http::parse_request(text.substr(0, end + 4));
    if (!request) return 0;
    if (!csva::http::is_utf8(request->head.path)) std::abort();
    if (request->length && !request->head.header("transfer-encoding").empty()) std::abort();
    const auto whole = decode(request->body, text.substr(end + 4), size);
    const auto bytes = decode(request->body, text.substr(end + 4), 1);
    if (whole.body != bytes.body || whole.done != bytes.done || whole.failed != bytes.failed)
        std::abort();
    return 0;
}
