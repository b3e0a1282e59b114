#include "app/commands/commands.hpp"
#include "app/compose.hpp"
#include "foundation/base/clock.hpp"

#include <fmt/format.h>

#include <iostream>

namespace csva::app {
namespace {

using accounts::Scope;
using accounts::TokenId;
using accounts::User;
using base::Result;

struct Options {
    CommonOptions common;
    std::string name;
    std::string scope = "write";
    std::string label = "command line";
    std::int64_t days = 90;
    std::int64_t token_id = 0;
    bool json = false;
};

Scope scope_from(const std::string& name) {
    if (name == "admin") return Scope::admin;
    return name == "write" ? Scope::write : Scope::read;
}

std::string_view text_of(Scope scope) {
    return base::type_of<Scope>().enumerators[static_cast<std::size_t>(scope)];
}

Result<void> add(const Options& options) {
    TRY(const auto store, Composition::make(options.common));
    TRY(const User user, store->accounts().user_named(options.name));
    TRY(const auto made,
        store->accounts().create_token(
            user.id, options.label, scope_from(options.scope), options.days
        ));
    store->journal().append(
        {.action = "command.add_token",
         .object_kind = "user",
         .object_id = user.id.value,
         .details = R"({"scope":")" + options.scope + R"("})"}
    );
    std::cout << (options.json ? base::to_json(made) : made.token) << '\n';
    return {};
}

Result<void> list(const Options& options) {
    TRY(const auto store, Composition::make(options.common));
    TRY(const User user, store->accounts().user_named(options.name));
    TRY(const auto tokens, store->accounts().tokens(user.id));
    for (const auto& token : tokens) {
        if (options.json) {
            std::cout << base::to_json(token) << '\n';
            continue;
        }
        std::cout << fmt::format(
            "{}\t{}\t{}\t{}\t{}\n",
            token.id.value,
            token.prefix,
            text_of(token.scope),
            base::iso_time(token.expires_at),
            token.label
        );
    }
    return {};
}

Result<void> revoke(const Options& options) {
    TRY(const auto store, Composition::make(options.common));
    TRY(const User user, store->accounts().user_named(options.name));
    CHECK_OK(store->accounts().revoke_token(user.id, TokenId(options.token_id)));
    store->journal().append(
        {.action = "command.revoke_token", .object_kind = "user", .object_id = user.id.value}
    );
    return {};
}

Command subcommand(
    Command token, const char* name, const char* text, const std::shared_ptr<Options>& options
) {
    const Command command = token.add(name, text);
    add_common_options(command, options->common);
    command.option("name", options->name, "User name").required();
    command.flag("--json", options->json, "One JSON object a line");
    return command;
}

}  // namespace

void add_token(CommandLine& line) {
    const Command token = line.add("token", "API tokens, without a server");
    token.needs_subcommand();
    const auto options = std::make_shared<Options>();

    const Command adding = subcommand(token, "add", "Make a token and print it once", options);
    adding.option("--scope", options->scope, "read, write or admin")
        .one_of({"read", "write", "admin"})
        .with_default();
    adding.option("--days", options->days, "Days until it expires")
        .between(std::int64_t{1}, std::int64_t{3650})
        .with_default();
    adding.option("--label", options->label, "What it is for").with_default();
    adding.does([&line, options] { run(line, [&options] { return add(*options); }); });

    const Command listing = subcommand(token, "list", "List a user's tokens", options);
    listing.does([&line, options] { run(line, [&options] { return list(*options); }); });

    const Command revoking = subcommand(token, "revoke", "Revoke a token", options);
    revoking.option("id", options->token_id, "Number of the token (see list)").required();
    revoking.does([&line, options] { run(line, [&options] { return revoke(*options); }); });
}

}  // namespace csva::app
