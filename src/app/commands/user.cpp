#include "app/commands/commands.hpp"
#include "app/compose.hpp"
#include "foundation/base/clock.hpp"

#include <fmt/format.h>

#include <iostream>

namespace csva::app {
namespace {

using accounts::User;
using accounts::UserId;
using base::Result;

struct Options {
    CommonOptions common;
    std::string name;
    bool administrator = false;
    bool operates = false;
    bool json = false;
    bool password_stdin = false;
};

constexpr std::int64_t kPageSize = 500;

void print(const User& user, bool json) {
    if (json) {
        std::cout << base::to_json(user) << '\n';
        return;
    }
    std::cout << fmt::format(
        "{}\t{}\t{}\t{}\n",
        user.id.value,
        user.name,
        user.administrator ? "administrator"
        : user.operates    ? "operator"
                           : "user",
        user.disabled_at ? "disabled" : "active"
    );
}

/// Whoever has the command line needs no account.
void note(Composition& store, const char* action, UserId user) {
    store.journal().append({.action = action, .object_kind = "user", .object_id = user.value});
}

Result<void> add(const Options& options) {
    TRY(const std::string password, password_from_stdin());
    TRY(const auto store, Composition::make(options.common));
    TRY(const User user,
        store->accounts().create_user(
            {options.name, password, options.administrator, {}, options.operates}
        ));
    note(*store, "command.add_user", user.id);
    print(user, options.json);
    return {};
}

Result<void> list(const Options& options) {
    TRY(const auto store, Composition::make(options.common));
    UserId after;
    while (true) {
        TRY(const auto page, store->accounts().users(after, kPageSize));
        if (page.empty()) return {};
        for (const User& user : page) print(user, options.json);
        after = page.back().id;
    }
}

/// Also lets a disabled user in again: this is the way back for who is locked out.
Result<void> change_password(const Options& options) {
    TRY(const std::string password, password_from_stdin());
    TRY(const auto store, Composition::make(options.common));
    TRY(const User user, store->accounts().user_named(options.name));
    TRY(const User changed,
        store->accounts().change_user(user.id, {.disabled = false, .password = password}));
    note(*store, "command.change_password", user.id);
    print(changed, options.json);
    return {};
}

/// For who lost telephone and recovery codes.
Result<void> reset_two_factor(const Options& options) {
    TRY(const auto store, Composition::make(options.common));
    TRY(const User user, store->accounts().user_named(options.name));
    CHECK_OK(store->accounts().reset_two_factor(user.id));
    TRY(const User changed, store->accounts().user(user.id));
    print(changed, options.json);
    return {};
}

Command subcommand(
    Command user, const char* name, const char* text, const std::shared_ptr<Options>& options
) {
    const Command command = user.add(name, text);
    add_common_options(command, options->common);
    command.flag("--json", options->json, "One JSON object a line");
    return command;
}

void need_password(const Command& command, Options& options) {
    command
        .flag("--password-stdin", options.password_stdin, "Read the password from standard input")
        .required();
}

}  // namespace

void add_user(CommandLine& line) {
    const Command user = line.add("user", "Users, without a server");
    user.needs_subcommand();
    const auto options = std::make_shared<Options>();

    const Command adding = subcommand(user, "add", "Make a user", options);
    adding.option("name", options->name, "User name").required();
    adding.flag("--admin", options->administrator, "Make an administrator");
    adding.flag(
        "--operator", options->operates, "Make an operator: runs the service, sees no data"
    );
    need_password(adding, *options);
    adding.does([&line, options] { run(line, [&options] { return add(*options); }); });

    const Command listing = subcommand(user, "list", "List all users", options);
    listing.does([&line, options] { run(line, [&options] { return list(*options); }); });

    const Command password = subcommand(user, "passwd", "Give a user a new password", options);
    password.option("name", options->name, "User name").required();
    need_password(password, *options);
    password.does([&line, options] { run(line, [&options] { return change_password(*options); }); }
    );

    const Command reset = subcommand(
        user, "reset-two-factor", "Let a user sign in with the password alone again", options
    );
    reset.option("name", options->name, "User name").required();
    reset.does([&line, options] { run(line, [&options] { return reset_two_factor(*options); }); });
}

}  // namespace csva::app
