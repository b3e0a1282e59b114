#include "foundation/http/static_files.hpp"

#include "foundation/base/crypto.hpp"
#include "foundation/http/text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace csva::http {
namespace {

std::string_view type_of_name(std::string_view name) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 14> kTypes = {{
        {".html", "text/html; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".mjs", "text/javascript; charset=utf-8"},
        {".css", "text/css; charset=utf-8"},
        {".json", "application/json"},
        {".map", "application/json"},
        {".svg", "image/svg+xml"},
        {".png", "image/png"},
        {".ico", "image/x-icon"},
        {".webp", "image/webp"},
        {".woff2", "font/woff2"},
        {".woff", "font/woff"},
        {".txt", "text/plain; charset=utf-8"},
        {".webmanifest", "application/manifest+json"},
    }};
    for (const auto& [ending, type] : kTypes)
        if (name.ends_with(ending)) return type;
    return "application/octet-stream";
}

/// Vite names: assets/name-HASH.js with 8 characters of hash.
bool has_hash(std::string_view name) {
    const auto dot = name.find('.', name.rfind('/') + 1);
    return name.starts_with("assets/") && dot != std::string_view::npos && dot > 9 &&
           name[dot - 9] == '-';
}

constexpr std::string_view kNonceMark = "__CSP_NONCE__";
constexpr std::string_view kBarePage =
    "<!doctype html><html lang=\"en\"><title>CSV Analyzer</title><p>The web interface was not "
    "built "
    "into this program. The API is described at <a "
    "href=\"/api/schema/\">/api/schema/</a>.</p></html>";

}  // namespace

std::string content_security_policy(std::string_view nonce) {
    std::string policy = "default-src 'none'; script-src 'self'; style-src 'self'";
    if (!nonce.empty()) policy.append(" 'nonce-").append(nonce).append("'");
    // Charts write style attributes into their tooltips; those cannot load or run anything.
    policy += "; style-src-attr 'unsafe-inline'";
    policy +=
        "; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
        "worker-src 'self' blob:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
    return policy;
}

StaticFiles::StaticFiles(std::span<const base::EmbeddedFile> files) {
    for (const auto& file : files) {
        if (file.name.ends_with(".br") || file.name.ends_with(".gz")) continue;
        File& kept = files_["/" + std::string(file.name)];
        kept.content = file.content;
        kept.etag = '"' + base::sha256_hex(file.content).substr(0, 32) + '"';
        kept.type = type_of_name(file.name);
        kept.hashed = has_hash(file.name);
    }
    for (const auto& file : files) {
        const bool brotli = file.name.ends_with(".br");
        if (!brotli && !file.name.ends_with(".gz")) continue;
        const auto found =
            files_.find("/" + std::string(file.name.substr(0, file.name.size() - 3)));
        if (found != files_.end())
            (brotli ? found->second.brotli : found->second.gzip) = file.content;
    }
}

std::optional<Response> StaticFiles::find(const RequestHead& head) const {
    const auto found = files_.find(head.path);
    if (found == files_.end() || head.method != Method::get || head.path == "/index.html")
        return std::nullopt;
    const File& file = found->second;
    Response out;
    out.content_type = file.type;
    out.with_header("ETag", file.etag)
        .with_header("Vary", "Accept-Encoding")
        .with_header(
            "Cache-Control", file.hashed ? "public, max-age=31536000, immutable" : "no-cache"
        );
    for (const auto tag : list_of(head.header("if-none-match"))) {
        if (tag != file.etag && tag != "W/" + file.etag && tag != "*") continue;
        out.status = 304;
        out.content_type.clear();
        return out;
    }
    const auto accepts = head.header("accept-encoding");
    if (!file.brotli.empty() && quality_of(accepts, "br") > 0) {
        out.with_header("Content-Encoding", "br");
        out.body = std::string(file.brotli);
    } else if (!file.gzip.empty() && quality_of(accepts, "gzip") > 0) {
        out.with_header("Content-Encoding", "gzip");
        out.body = std::string(file.gzip);
    } else {
        out.body = std::string(file.content);
    }
    return out;
}

Response StaticFiles::page(const std::string& path, int status) const {
    const auto found = files_.find(path);
    std::string text(found == files_.end() ? kBarePage : found->second.content);
    const std::string nonce = base::random_token(16);
    for (auto at = text.find(kNonceMark); at != std::string::npos; at = text.find(kNonceMark, at))
        text.replace(at, kNonceMark.size(), nonce);
    return Response::html(std::move(text), status)
        .with_header("Cache-Control", "no-cache, private")
        .with_header("Content-Security-Policy", content_security_policy(nonce))
        .with_header("X-Robots-Tag", "noindex")
        .with_header("Vary", "Accept, Cookie");
}

}  // namespace csva::http
