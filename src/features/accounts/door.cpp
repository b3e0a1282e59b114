#include "features/accounts/door.hpp"

#include "foundation/base/clock.hpp"
#include "foundation/base/crypto.hpp"
#include "foundation/base/log.hpp"

#include <array>
#include <cassert>

namespace csva::accounts {
namespace {

using base::ErrorKind;
using base::fail;
using base::Result;
using http::Access;
using http::Actor;
using http::RequestHead;
using http::Right;
using http::Via;

/// How exactly "last used" is kept: one write a minute, not one a request.
constexpr std::int64_t kTouchEveryMs = 60'000;

/// What a request presents: a token of the Authorization header, else the session's cookie.
struct Credential {
    Via via = Via::none;
    std::string text;
};

/// A token may stand in the place of a password, whatever the name.
constexpr std::string_view kTokenStart = "csva_";

/// Name and password of a header that holds no token.
std::optional<NamedPassword> named_password(const RequestHead& head) {
    auto named = basic_of(head.header("authorization"));
    if (named && named->password.starts_with(kTokenStart)) return std::nullopt;
    return named;
}

Credential credential_of(const RequestHead& head) {
    const std::string_view header = head.header("authorization");
    constexpr std::string_view kBearer = "bearer ";
    if (rows::name_key(header.substr(0, kBearer.size())) == kBearer)
        return {Via::token, std::string(header.substr(kBearer.size()))};
    if (const auto named = basic_of(header))
        return named->password.starts_with(kTokenStart) ? Credential{Via::token, named->password}
                                                        : Credential{};
    const std::string_view cookie = head.cookie(kSessionCookie);
    if (!cookie.empty()) return {Via::session, std::string(cookie)};
    return {};
}

bool loopback_address(std::string_view address) {
    constexpr std::string_view kMapped = "::ffff:";
    if (address.starts_with(kMapped)) address.remove_prefix(kMapped.size());
    return address == "::1" || address.starts_with("127.");
}

std::string_view without_port(std::string_view host) {
    if (host.starts_with('[')) return host.substr(0, host.find(']') + 1);
    return host.substr(0, host.find(':'));
}

/// A name such as 127.0.0.1.example.org is not an address: only digits and dots may follow.
bool loopback_host(std::string_view host) {
    const std::string name = rows::name_key(without_port(host));
    if (name == "localhost" || name == "[::1]") return true;
    return name.starts_with("127.") && name.find_first_not_of("0123456789.") == std::string::npos;
}

bool cross_site(const RequestHead& head) {
    const std::string_view site = head.header("sec-fetch-site");
    if (!site.empty() && site != "same-origin" && site != "none") return true;
    const std::string_view origin = head.header("origin");
    return !origin.empty() && origin != head.scheme + "://" + head.host;
}

bool inbox_open(const RequestHead& head) {
    return head.method == http::Method::post && is_inbox_path(head.path) &&
           loopback_address(head.remote_address) && loopback_host(head.host) && !head.forwarded &&
           !cross_site(head);
}

Actor actor_of(const rows::CredentialRow& row, const Credential& credential) {
    Actor actor;
    actor.user_id = row.user_id.value;
    actor.name = row.name;
    actor.administrator = row.administrator;
    actor.operates = row.operates;
    actor.via = credential.via;
    actor.credential_id = row.credential_id;
    if (credential.via == Via::session) actor.csrf_token = csrf_of(credential.text);
    constexpr std::array<std::string_view, 3> kScopes = {"read", "write", "admin"};
    if (credential.via == Via::token) {
        const auto count = static_cast<std::size_t>(row.scope) + 1;
        actor.scopes.assign(kScopes.begin(), kScopes.begin() + static_cast<std::ptrdiff_t>(count));
    }
    actor.language_chosen = row.language.has_value();
    actor.language = row.language == LanguageChoice::fr ? i18n::Language::fr : i18n::Language::en;
    return actor;
}

Result<void> check_scope(const Actor& actor, Right right) {
    if (static_cast<int>(scope_of(actor)) >= static_cast<int>(right)) return {};
    return fail(ErrorKind::forbidden, kScopeTooSmall);
}

}  // namespace

Scope scope_of(const Actor& actor) {
    if (actor.via == Via::session) return Scope::admin;
    return actor.scopes.size() >= 3   ? Scope::admin
           : actor.scopes.size() == 2 ? Scope::write
                                      : Scope::read;
}

bool is_inbox_path(std::string_view path) {
    return path == "/api/upload-csv/" || path == "/api/upload/";
}

Door::Door(Parts parts) : parts_(std::move(parts)), rights_(parts_.database) {
    for (const auto& kind : parts_.kinds) kinds_.emplace(kind.kind, kind);
}

Actor Door::anonymous(const RequestHead& head) const {
    Actor actor;
    if (inbox_open(head) && parts_.settings.boolean("accounts.loopback_upload"))
        actor.via = Via::inbox;
    return actor;
}

std::optional<Result<Actor>> Door::identify_quickly(const RequestHead& head) {
    if (const auto named = named_password(head)) {
        auto known = parts_.cache.find(parts_.verified.key_of(*named));
        if (!known) return std::nullopt;
        return Result<Actor>(std::move(*known));
    }
    const Credential credential = credential_of(head);
    if (credential.via == Via::none) return Result<Actor>(anonymous(head));
    auto found = parts_.cache.find(credential_hash(credential.text));
    if (!found || found->via != credential.via) return std::nullopt;
    return Result<Actor>(std::move(*found));
}

Result<Actor> Door::identify_named(const NamedPassword& given, const RequestHead& head) {
    const std::uint64_t generation = parts_.cache.generation();
    TRY(const auto row, parts_.check_password(given, head.remote_address));
    Actor actor = actor_of(row, {Via::token, {}});
    parts_.cache.put(parts_.verified.key_of(given), actor, row.expires_at, generation);
    return actor;
}

Result<Actor> Door::identify(const RequestHead& head) {
    if (const auto named = named_password(head)) return identify_named(*named, head);
    const Credential credential = credential_of(head);
    if (credential.via == Via::none) return anonymous(head);
    const std::string hash = credential_hash(credential.text);
    const std::uint64_t generation = parts_.cache.generation();
    TRY(const auto row, look_up(credential.via, hash));
    if (!row || expired(*row, credential.via)) {
        // A browser with an old cookie must still reach the sign-in page; a program must be told.
        if (credential.via == Via::session) return Actor{};
        return fail(ErrorKind::unauthenticated, kTokenInvalid);
    }
    touch(credential.via, *row);
    Actor actor = actor_of(*row, credential);
    parts_.cache.put(hash, actor, row->expires_at, generation);
    return actor;
}

Result<std::optional<rows::CredentialRow>> Door::look_up(Via via, const std::string& hash) {
    return parts_.database.read([&](store::Session& session) {
        return via == Via::token ? rows::token_by_hash(session, hash)
                                 : rows::session_by_hash(session, hash);
    });
}

bool Door::expired(const rows::CredentialRow& row, Via via) const {
    const std::int64_t now = base::Clock::wall_ms();
    if (row.expires_at <= now) return true;
    const std::int64_t idle_ms = parts_.settings.integer("accounts.session_idle_s") * 1000;
    return via == Via::session && row.used_at + idle_ms < now;
}

void Door::touch(Via via, const rows::CredentialRow& row) {
    if (base::Clock::wall_ms() - row.used_at < kTouchEveryMs) return;
    const auto done = parts_.database.transaction([&](store::Session& session) {
        return via == Via::token ? rows::touch_token(session, row.credential_id)
                                 : rows::touch_session(session, row.credential_id);
    });
    // A full disk must not lock people out of reading.
    if (!done)
        base::log(base::LogLevel::warning, "last_use_not_kept", {{"reason", done.error().reason}});
}

Result<void> Door::authorize(const Actor& actor, const Access& access, std::int64_t object_id) {
    const bool anonymous = actor.user_id == 0;
    const auto sign_in = [] { return fail(ErrorKind::unauthenticated, kSignInNeeded); };
    switch (access.kind) {
        case Access::Kind::open:
            if (anonymous && !access.setting.empty() && !parts_.settings.boolean(access.setting))
                return sign_in();
            return {};
        case Access::Kind::signed_in:
            if (anonymous && access.object == "inbox" && inbox_allowed(actor)) return {};
            if (anonymous) return sign_in();
            if (actor.operates && access.object != "account")
                return fail(ErrorKind::forbidden, kForbidden);
            return check_scope(actor, access.right);
        case Access::Kind::service:
            if (anonymous) return sign_in();
            if (!actor.administrator && !actor.operates)
                return fail(ErrorKind::forbidden, kForbidden);
            return check_scope(actor, Right::manage);
        case Access::Kind::administrator:
            if (anonymous) return sign_in();
            if (!actor.administrator) return fail(ErrorKind::forbidden, kForbidden);
            return check_scope(actor, Right::manage);
        case Access::Kind::object:
            if (anonymous) return sign_in();
            return authorize_object(actor, access, object_id);
    }
    return fail(ErrorKind::forbidden, kForbidden);
}

Result<void> Door::authorize_object(
    const Actor& actor, const Access& access, std::int64_t object_id
) {
    const auto kind = kinds_.find(access.object);
    assert(kind != kinds_.end() && "a route names a kind of object that no feature registered");
    if (kind == kinds_.end())
        return std::unexpected(
            base::internal_error("unknown kind of object: " + std::string(access.object))
        );
    const auto absent = [&] { return fail(ErrorKind::not_found, kind->second.not_found_reason); };
    if (actor.operates) return absent();
    const Key key = key_of(actor, access, object_id);
    if (const auto right = rights_.find(key)) return decide(actor, access, *right);
    const std::uint64_t changes = parts_.database.changes();
    struct Found {
        bool exists = false;
        std::optional<Right> right;
    };
    TRY(const Found found, parts_.database.read([&](store::Session& session) -> Result<Found> {
        TRY(const auto project, kind->second.project_of(session, object_id));
        if (!project) return Found{};
        if (actor.administrator) return Found{true, Right::manage};
        TRY(const auto right, parts_.hooks.right_in_project(session, actor.user_id, *project));
        return Found{true, right};
    }));
    if (!found.exists || !found.right) return absent();
    rights_.put(key, *found.right, changes);
    return decide(actor, access, *found.right);
}

Result<void> Door::decide(const Actor& actor, const Access& access, Right right) {
    if (right < access.right) return fail(ErrorKind::forbidden, kForbidden);
    return check_scope(actor, access.right);
}

std::optional<Result<void>> Door::authorize_quickly(
    const Actor& actor, const Access& access, std::int64_t object_id
) {
    if (access.kind != Access::Kind::object || actor.user_id == 0 || actor.operates)
        return authorize(actor, access, object_id);
    const auto right = rights_.find(key_of(actor, access, object_id));
    if (!right) return std::nullopt;
    return decide(actor, access, *right);
}

Result<void> Door::check_csrf(
    const Actor& actor, const RequestHead& head, std::string_view form_token
) {
    if (actor.via != Via::session) return {};
    const std::string_view header = head.header("x-csrftoken");
    const std::string_view given = header.empty() ? form_token : header;
    if (base::equal_in_constant_time(given, actor.csrf_token)) return {};
    return fail(ErrorKind::forbidden, kCsrf);
}

}  // namespace csva::accounts
