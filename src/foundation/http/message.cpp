#include "foundation/http/message.hpp"

#include "foundation/http/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

namespace csva::http {

std::string_view name_of(Method method) {
    switch (method) {
        case Method::get:
            return "GET";
        case Method::post:
            return "POST";
        case Method::put:
            return "PUT";
        case Method::patch:
            return "PATCH";
        case Method::delete_:
            return "DELETE";
    }
    return "GET";
}

std::string_view RequestHead::header(std::string_view name) const {
    for (const auto& [key, value] : headers)
        if (key == name) return value;
    return {};
}

std::string_view RequestHead::cookie(std::string_view name) const {
    for (const auto& [key, value] : headers) {
        if (key != "cookie") continue;
        std::string_view rest = value;
        while (!rest.empty()) {
            const auto item = trimmed(rest.substr(0, rest.find(';')));
            const auto end = rest.find(';');
            rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
            const auto equals = item.find('=');
            if (equals == name.size() && item.starts_with(name)) return item.substr(equals + 1);
        }
    }
    return {};
}

std::string_view RequestHead::media_type() const {
    const auto type = header("content-type");
    return trimmed(type.substr(0, type.find(';')));
}

bool RequestHead::is_csv() const { return equal_ignoring_case(media_type(), "text/csv"); }

bool RequestHead::wants_html() const {
    const auto accept = header("accept");
    return accept.contains("text/html") &&
           quality_of(accept, "text/html") >= quality_of(accept, "application/json") &&
           quality_of(accept, "text/html") > 0;
}

StagedFile& StagedFile::operator=(StagedFile&& other) noexcept {
    if (this == &other) return *this;
    std::swap(field, other.field);
    std::swap(filename, other.filename);
    std::swap(content_type, other.content_type);
    std::swap(path, other.path);
    std::swap(size, other.size);
    std::swap(sha256, other.sha256);
    std::swap(first_bytes, other.first_bytes);
    return *this;
}

StagedFile::~StagedFile() {
    std::error_code ignored;
    if (!path.empty()) std::filesystem::remove(path, ignored);
}

const StagedFile* Context::file(std::string_view field) const {
    for (const auto& staged : files)
        if (staged.field == field) return &staged;
    return nullptr;
}

StagedFile* Context::file(std::string_view field) {
    return const_cast<StagedFile*>(std::as_const(*this).file(field));
}

Response Response::json(std::string text, int status) {
    Response out;
    out.status = status;
    out.body = std::move(text);
    return out;
}

Response Response::text(std::string text, int status) {
    Response out = json(std::move(text), status);
    out.content_type = "text/plain; charset=utf-8";
    return out;
}

Response Response::html(std::string text, int status) {
    Response out = json(std::move(text), status);
    out.content_type = "text/html; charset=utf-8";
    return out;
}

Response Response::no_content() {
    Response out;
    out.status = 204;
    out.content_type.clear();
    return out;
}

Response Response::see_other(std::string location) {
    Response out;
    out.status = 303;
    out.content_type.clear();
    return std::move(out).with_header("Location", std::move(location));
}

Response Response::download(
    std::filesystem::path path, std::string content_type, std::string_view download_name
) {
    Response out;
    out.content_type = std::move(content_type);
    out.body = FileBody{.path = std::move(path)};
    std::string plain;
    for (const char c : download_name)
        plain += c >= ' ' && c < '\x7f' && c != '"' && c != '\\' ? c : '_';
    return std::move(out).with_header(
        "Content-Disposition",
        fmt::format(
            "attachment; filename=\"{}\"; filename*=UTF-8''{}", plain, percent_encode(download_name)
        )
    );
}

Response Response::events(std::vector<std::string> topics) {
    Response out;
    out.content_type = "text/event-stream";
    out.body = EventBody{std::move(topics)};
    return out;
}

Response& Response::with_header(std::string name, std::string value) & {
    headers.emplace_back(std::move(name), std::move(value));
    return *this;
}

Response Response::with_header(std::string name, std::string value) && {
    headers.emplace_back(std::move(name), std::move(value));
    return std::move(*this);
}

Response Response::with_cookie(
    std::string_view name,
    std::string_view value,
    std::int64_t max_age_s,
    bool readable,
    bool secure
) && {
    std::string cookie = fmt::format("{}={}; Path=/; SameSite=Lax", name, value);
    if (max_age_s >= 0) cookie += fmt::format("; Max-Age={}", max_age_s);
    if (!readable) cookie += "; HttpOnly";
    if (secure) cookie += "; Secure";
    return std::move(*this).with_header("Set-Cookie", std::move(cookie));
}

}  // namespace csva::http
