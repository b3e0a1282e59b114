// needs: http
#include "foundation/http/multipart.hpp"

#include <cstdint>
#include <cstdlib>

// A multipart body of any bytes, cut in blocks of 1, 2, 3, 7 and all bytes: the parts found must be
// the same however it is cut.
namespace {

using namespace csva::http;

class Recorder : public PartSink {
public:
    csva::base::Result<void> begin(const PartHead& head) override {
        text += "[" + head.name + "|" + head.filename.value_or("-") + "|" + head.content_type + "]";
        return {};
    }
    csva::base::Result<void> data(std::string_view bytes) override {
        text += bytes;
        return {};
    }
    csva::base::Result<void> end() override {
        text += "[end]";
        return {};
    }
    std::string text;
};

std::string parts_of(std::string_view body, std::size_t block, bool& done) {
    Recorder recorder;
    MultipartParser parser("B", recorder);
    for (; !body.empty(); body.remove_prefix(std::min(block, body.size())))
        if (!parser.feed(body.substr(0, block))) return "refused";
    done = parser.done();
    // Only finished bodies are compared: of others the tail may be held back.
    return done ? recorder.text : "unfinished";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view body(reinterpret_cast<const char*>(data), size);
    bool done = false;
    const std::string whole = parts_of(body, size + 1, done);
    for (const std::size_t block : {1U, 2U, 3U, 7U}) {
        bool again = false;
        if (parts_of(body, block, again) != whole || again != done) std::abort();
    }
    return 0;
}
