#pragma once

#include "foundation/base/result.hpp"
#include "foundation/http/actor.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace csva::http {

enum class Method : std::uint8_t { get, post, put, patch, delete_ };

/// "GET", "POST", ...
std::string_view name_of(Method method);

using Pairs = std::vector<std::pair<std::string, std::string>>;

/// What is known of a request once its header has been read. Trusted proxy headers have been
/// applied already.
struct RequestHead {
    Method method = Method::get;
    bool head_only =
        false;           ///< The client asked HEAD; the GET handler runs and the body is dropped.
    std::string target;  ///< As sent, with the query.
    std::string path;    ///< Decoded.
    Pairs query;         ///< Decoded, in order.
    Pairs headers;       ///< Names in lower case.
    std::string remote_address;
    std::string scheme;      ///< "http" or "https".
    std::string host;        ///< Host header.
    bool forwarded = false;  ///< Any Forwarded / X-Forwarded-* header was present.

    /// Value of a header (lower-case name), empty when absent.
    std::string_view header(std::string_view name) const;
    /// Value of a cookie, empty when absent.
    std::string_view cookie(std::string_view name) const;
    /// Content-Type without its parameters.
    std::string_view media_type() const;
    bool is_csv() const;
    /// Accept prefers HTML over JSON: a person's browser.
    bool wants_html() const;
};

/// A file part of a multipart body, already on disk in the staging folder with its hash. Whoever
/// does not take it leaves it to be deleted with the request.
class StagedFile {
public:
    StagedFile() = default;
    StagedFile(StagedFile&& other) noexcept { *this = std::move(other); }
    StagedFile& operator=(StagedFile&& other) noexcept;
    StagedFile(const StagedFile&) = delete;
    StagedFile& operator=(const StagedFile&) = delete;
    ~StagedFile();

    std::string field;
    std::string filename;  ///< As sent, without any folder.
    std::string content_type;
    std::filesystem::path path;
    std::uint64_t size = 0;   ///< Bytes.
    std::string sha256;       ///< Hexadecimal.
    std::string first_bytes;  ///< At most 4,096.

    /// The caller has moved or adopted the file: it is not deleted any more.
    void release() { path.clear(); }
};

/// What a handler adds to what the journal says of its request: who it turned out to be, and what
/// was made.
struct Noted {
    std::int64_t actor_id = 0;
    std::string object_kind;
    std::int64_t object_id = 0;
};

/// Everything a handler may look at. Lives as long as the request.
struct Context {
    RequestHead head;
    Actor actor;
    std::string request_id;
    std::string_view route;  ///< The literal of the matched route.
    i18n::Language language = i18n::Language::en;
    Pairs path_parameters;  ///< Decoded.
    std::string body;       ///< JSON or any small body; empty for multipart and forms.
    Pairs form;             ///< Fields of a form or of a multipart body.
    std::vector<StagedFile> files;
    bool from_form = false;    ///< Body was a form (answer 303 rather than JSON).
    bool memory_only = false;  ///< Of a route that is tried from memory first: this is that try.
    Noted noted;
    bool not_in_memory = false;  ///< What the handler says when it must wait for disk or database.

    /// What a handler returns when `memory_only` is set and memory is not enough.
    std::unexpected<base::Error> ask_again() {
        not_in_memory = true;
        return base::fail(base::ErrorKind::unavailable, "http.busy");
    }

    const StagedFile* file(std::string_view field) const;
    StagedFile* file(std::string_view field);
};

/// Part of a file as a body. Sent with sendfile or in blocks; Range requests are served.
struct FileBody {
    std::filesystem::path path;
    bool remove_afterwards = false;
};

/// A stream of server-sent events: the topics of the hub that it listens to (event_hub.hpp).
struct EventBody {
    std::vector<std::string> topics;
};

/// An answer. `body` is a text, a file, or a stream of events.
struct Response {
    int status = 200;
    std::string content_type = "application/json";
    Pairs headers;
    std::variant<std::string, FileBody, EventBody> body;

    static Response json(std::string text, int status = 200);
    static Response text(std::string text, int status = 200);
    static Response html(std::string text, int status = 200);
    static Response no_content();
    /// 303 to a path of ours.
    static Response see_other(std::string location);
    /// A file for the browser to save under `download_name` (RFC 6266, UTF-8).
    static Response download(
        std::filesystem::path path, std::string content_type, std::string_view download_name
    );
    static Response events(std::vector<std::string> topics);

    Response& with_header(std::string name, std::string value) &;
    Response with_header(std::string name, std::string value) &&;
    /// HttpOnly unless `readable`, SameSite=Lax, Path=/, Secure when the request came by https.
    /// max_age_s < 0: session cookie; 0 deletes it.
    Response with_cookie(
        std::string_view name,
        std::string_view value,
        std::int64_t max_age_s,
        bool readable,
        bool secure
    ) &&;
};

/// Typed answers of a handler: `Created<T>` is 201 with a Location.
template <class T>
struct Created {
    T value;
    std::string location;
};

/// 202 with a Location to ask for the outcome.
template <class T>
struct Accepted {
    T value;
    std::string location;
};

/// 204.
struct NoContent {};

/// 303 to a path of ours.
struct SeeOther {
    std::string location;
};

/// A response made by hand (cookies, 303 for a form) whose JSON, when it has one, is a T; then its
/// status is `Status`.
template <class T, int Status = 200>
struct Handmade {
    Response response;
};

}  // namespace csva::http
