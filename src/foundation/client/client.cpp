#include "foundation/client/client.hpp"

#include "foundation/base/crypto.hpp"
#include "foundation/base/files.hpp"
#include "foundation/client/curl_internal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdio>

namespace csva::client {
namespace {

using base::Result;

constexpr long kConnectSeconds = 10;
constexpr long kSilentSeconds = 30;
constexpr std::size_t kAnswerBytesMax = 16U << 20U;

struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

/// What an answer's bytes go into.
struct Sink {
    CURL* handle = nullptr;
    Answer answer;
    File file;
    std::filesystem::path path;
    base::Sha256 hash;
    std::optional<base::Error> failure;
};

std::size_t keep(char* data, std::size_t, std::size_t size, void* target) {
    auto& sink = *static_cast<Sink*>(target);
    long status = 0;
    functions().easy_getinfo(sink.handle, CURLINFO_RESPONSE_CODE, &status);
    if (sink.file && status >= 200 && status < 300) {
        sink.hash.update({data, size});
        if (std::fwrite(data, 1, size, sink.file.get()) == size) return size;
        sink.failure = base::unwritable(sink.path);
        return 0;
    }
    auto& body = sink.answer.body;
    if (body.size() + size > kAnswerBytesMax) return 0;
    body.append(data, size);
    return size;
}

std::size_t keep_header(char* data, std::size_t, std::size_t size, void* target) {
    const std::string_view line(data, size);
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return size;
    std::string name(line.substr(0, colon));
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
    auto value = line.substr(colon + 1);
    while (!value.empty() && (value.front() == ' ' || value.front() == '\t'))
        value.remove_prefix(1);
    while (!value.empty() && static_cast<unsigned char>(value.back()) <= ' ')
        value.remove_suffix(1);
    static_cast<Sink*>(target)->answer.headers[name] = value;
    return size;
}

/// Part of a file that is sent.
struct Source {
    File file;
    std::uint64_t begin = 0;
    std::uint64_t bytes = 0;
    std::uint64_t sent = 0;
};

std::size_t read_file(char* data, std::size_t, std::size_t size, void* target) {
    auto& source = *static_cast<Source*>(target);
    const auto wanted = std::min<std::uint64_t>(size, source.bytes - source.sent);
    const auto got = std::fread(data, 1, wanted, source.file.get());
    source.sent += got;
    return got;
}

/// A kept connection that the peer has closed meanwhile is noticed after the first bytes.
int seek_file(void* target, curl_off_t offset, int origin) {
    auto& source = *static_cast<Source*>(target);
    if (origin != SEEK_SET) return CURL_SEEKFUNC_CANTSEEK;
    source.sent = static_cast<std::uint64_t>(offset);
    const auto place = static_cast<off_t>(source.begin + source.sent);
    return fseeko(source.file.get(), place, SEEK_SET) == 0 ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL;
}

int watch(void* stop, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<const std::stop_token*>(stop)->stop_requested() ? 1 : 0;
}

struct FreeList {
    void operator()(curl_slist* list) const { functions().slist_free_all(list); }
};

class Curl final : public Client {
public:
    Curl(CURL* handle, Credentials credentials)
        : handle_(handle), credentials_(std::move(credentials)) {}
    ~Curl() override { functions().easy_cleanup(handle_); }
    Curl(const Curl&) = delete;
    Curl& operator=(const Curl&) = delete;

    Result<Answer> send(const Call& call, const std::stop_token& stop) override {
        Sink sink{.handle = handle_, .path = call.into};
        Source source;
        functions().easy_reset(handle_);
        set_up(call, sink, stop);
        sign_in();
        std::unique_ptr<curl_slist, FreeList> headers(functions().slist_append(nullptr, "Expect:"));
        for (const auto& header : call.headers)
            functions().slist_append(headers.get(), header.c_str());
        if (!call.file.empty()) {
            CHECK_OK(send_file(call, source));
        } else if (!call.json.empty()) {
            functions().slist_append(headers.get(), "Content-Type: application/json");
            send_text(call.json);
        } else if (!call.form.empty()) {
            send_text(call.form);  // libcurl says by itself that it is a form.
        } else if (!call.text.empty() || call.method == "POST") {
            send_text(call.text);
        }
        set(CURLOPT_HTTPHEADER, headers.get());
        if (!call.into.empty()) {
            sink.file.reset(std::fopen(call.into.c_str(), "wb"));
            if (!sink.file) return std::unexpected(base::unwritable(call.into));
        }
        const CURLcode code = functions().easy_perform(handle_);
        if (sink.failure) return std::unexpected(std::move(*sink.failure));
        if (code != CURLE_OK)
            return std::unexpected(base::Error(base::ErrorKind::unavailable, "base.internal")
                                       .with_internal(functions().easy_strerror(code)));
        if (sink.file && std::fflush(sink.file.get()) != 0)
            return std::unexpected(base::unwritable(call.into));
        if (sink.file) sink.answer.sha256 = sink.hash.finish_hex();
        functions().easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &sink.answer.status);
        return std::move(sink.answer);
    }

private:
    template <class Value>
    void set(CURLoption option, Value value) {
        functions().easy_setopt(handle_, option, value);
    }
    void set_up(const Call& call, Sink& sink, const std::stop_token& stop) {
        set(CURLOPT_URL, call.url.c_str());
        set(CURLOPT_CUSTOMREQUEST, call.method.c_str());
        if (call.method == "HEAD") set(CURLOPT_NOBODY, 1L);
        set(CURLOPT_PROTOCOLS_STR, "http,https");
        set(CURLOPT_NOSIGNAL, 1L);
        set(CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
        set(CURLOPT_LOW_SPEED_LIMIT, 1L);
        set(CURLOPT_LOW_SPEED_TIME, kSilentSeconds);
        set(CURLOPT_WRITEFUNCTION, &keep);
        set(CURLOPT_WRITEDATA, &sink);
        set(CURLOPT_HEADERFUNCTION, &keep_header);
        set(CURLOPT_HEADERDATA, &sink);
        set(CURLOPT_NOPROGRESS, 0L);
        set(CURLOPT_XFERINFOFUNCTION, &watch);
        set(CURLOPT_XFERINFODATA, &stop);
        if (!credentials_.ca_file.empty()) set(CURLOPT_CAINFO, credentials_.ca_file.c_str());
    }
    void send_text(const std::string& text) {
        set(CURLOPT_POSTFIELDS, text.data());
        set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(text.size()));
    }
    Result<void> send_file(const Call& call, Source& source) {
        source.file.reset(std::fopen(call.file.c_str(), "rb"));
        std::error_code failed;
        const auto size = std::filesystem::file_size(call.file, failed);
        source.begin = call.file_begin;
        if (!source.file || failed || size < source.begin ||
            fseeko(source.file.get(), static_cast<off_t>(source.begin), SEEK_SET) != 0)
            return std::unexpected(base::internal_error(call.file.string()));
        source.bytes = call.file_bytes.value_or(size - source.begin);
        set(CURLOPT_UPLOAD, 1L);
        set(CURLOPT_READFUNCTION, &read_file);
        set(CURLOPT_READDATA, &source);
        set(CURLOPT_SEEKFUNCTION, &seek_file);
        set(CURLOPT_SEEKDATA, &source);
        set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(source.bytes));
        return {};
    }
    void sign_in() {
        if (!credentials_.token.empty()) {
            set(CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
            set(CURLOPT_XOAUTH2_BEARER, credentials_.token.reveal().c_str());
        } else if (!credentials_.user.empty()) {
            set(CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
            set(CURLOPT_USERNAME, credentials_.user.c_str());
            set(CURLOPT_PASSWORD, credentials_.password.reveal().c_str());
        }
    }

    CURL* handle_;
    Credentials credentials_;
};

}  // namespace

Result<std::unique_ptr<Client>> Client::make(Credentials credentials) {
    if (!functions().ready) return std::unexpected(base::internal_error("libcurl.so.4 is missing"));
    CURL* handle = functions().easy_init();
    if (handle == nullptr) return std::unexpected(base::internal_error("curl_easy_init"));
    return std::make_unique<Curl>(handle, std::move(credentials));
}

std::string escaped(std::string_view text) {
    constexpr std::string_view kPlain = "-._~";
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                           (c >= 'A' && c <= 'Z') || kPlain.find(c) != std::string_view::npos;
        if (plain)
            out += c;
        else
            out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

}  // namespace csva::client
