#pragma once

#include "foundation/base/embedded.hpp"
#include "foundation/http/message.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

namespace csva::http {

/// The files of the web UI out of the program: ETag and 304, compressed forms, long caching of
/// names with a hash. Built once, then only read.
class StaticFiles {
public:
    explicit StaticFiles(std::span<const base::EmbeddedFile> files);

    /// Nothing when no file has this path.
    std::optional<Response> find(const RequestHead& head) const;
    /// A page ("/index.html") with `status`; its `__CSP_NONCE__` is filled with a fresh nonce that
    /// stands in the policy too. A bare page that says so when the UI was not built in.
    Response page(const std::string& path, int status) const;

private:
    struct File {
        std::string_view content;
        std::string_view brotli;
        std::string_view gzip;
        std::string etag;
        std::string_view type;
        bool hashed = false;
    };
    std::unordered_map<std::string, File> files_;
};

/// The policy of all answers, with an optional nonce for style elements.
std::string content_security_policy(std::string_view nonce);

}  // namespace csva::http
