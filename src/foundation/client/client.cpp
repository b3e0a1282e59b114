#include "foundation/client/client.hpp"

#include "foundation/client/curl_internal.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace csva::client {
namespace {

using base::Result;

constexpr long kConnectSeconds = 10;
constexpr long kSilentSeconds = 30;
constexpr std::size_t kAnswerBytesMax = 16U << 20U;

std::size_t keep(char* data, std::size_t, std::size_t size, void* answer) {
    auto& body = static_cast<Answer*>(answer)->body;
    if (body.size() + size > kAnswerBytesMax) return 0;
    body.append(data, size);
    return size;
}

std::size_t read_file(char* data, std::size_t, std::size_t size, void* file) {
    return std::fread(data, 1, size, static_cast<std::FILE*>(file));
}

int watch(void* stop, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<const std::stop_token*>(stop)->stop_requested() ? 1 : 0;
}

struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
};
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
        Answer answer;
        functions().easy_reset(handle_);
        set(CURLOPT_URL, call.url.c_str());
        set(CURLOPT_CUSTOMREQUEST, call.method.c_str());
        set(CURLOPT_PROTOCOLS_STR, "http,https");
        set(CURLOPT_NOSIGNAL, 1L);
        set(CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
        set(CURLOPT_LOW_SPEED_LIMIT, 1L);
        set(CURLOPT_LOW_SPEED_TIME, kSilentSeconds);
        set(CURLOPT_WRITEFUNCTION, &keep);
        set(CURLOPT_WRITEDATA, &answer);
        set(CURLOPT_NOPROGRESS, 0L);
        set(CURLOPT_XFERINFOFUNCTION, &watch);
        set(CURLOPT_XFERINFODATA, &stop);
        sign_in();
        std::unique_ptr<curl_slist, FreeList> headers(functions().slist_append(nullptr, "Expect:"));
        std::unique_ptr<std::FILE, CloseFile> file;
        if (!call.file.empty()) {
            file.reset(std::fopen(call.file.c_str(), "rb"));
            if (!file) return std::unexpected(base::internal_error(call.file.string()));
            set(CURLOPT_UPLOAD, 1L);
            set(CURLOPT_READFUNCTION, &read_file);
            set(CURLOPT_READDATA, file.get());
            set(CURLOPT_INFILESIZE_LARGE,
                static_cast<curl_off_t>(std::filesystem::file_size(call.file)));
        } else if (!call.json.empty() || !call.form.empty()) {
            const std::string& body = call.json.empty() ? call.form : call.json;
            // Of a form, libcurl says so by itself.
            if (call.form.empty())
                functions().slist_append(headers.get(), "Content-Type: application/json");
            set(CURLOPT_POSTFIELDS, body.data());
            set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
        }
        set(CURLOPT_HTTPHEADER, headers.get());
        const CURLcode code = functions().easy_perform(handle_);
        if (code != CURLE_OK)
            return std::unexpected(base::Error(base::ErrorKind::unavailable, "base.internal")
                                       .with_internal(functions().easy_strerror(code)));
        functions().easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &answer.status);
        return answer;
    }

private:
    template <class Value>
    void set(CURLoption option, Value value) {
        functions().easy_setopt(handle_, option, value);
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
