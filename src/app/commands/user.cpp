#include "app/commands/commands.hpp"
#include "app/compose.hpp"
#include "foundation/base/clock.hpp"

#include <CLI/CLI.hpp>
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

CLI::App* subcommand(
    CLI::App& user, const char* name, const char* text, const std::shared_ptr<Options>& options
) {
    CLI::App* command = user.add_subcommand(name, text);
    add_common_options(*command, options->common);
    command->add_flag("--json", options->json, "One JSON object a line");
    return command;
}

void need_password(CLI::App& command, Options& options) {
    command
        .add_flag(
            "--password-stdin", options.password_stdin, "Read the password from standard input"
        )
        ->required();
}

}  // namespace

void add_user(CommandLine& line) {
    CLI::App* user = line.app.add_subcommand("user", "Users, without a server");
    user->require_subcommand(1);
    const auto options = std::make_shared<Options>();

    CLI::App* adding = subcommand(*user, "add", "Make a user", options);
    adding->add_option("name", options->name, "User name")->required();
    adding->add_flag("--admin", options->administrator, "Make an administrator");
    adding->add_flag(
        "--operator", options->operates, "Make an operator: runs the service, sees no data"
    );
    need_password(*adding, *options);
    adding->callback([&line, options] { run(line, [&options] { return add(*options); }); });

    CLI::App* listing = subcommand(*user, "list", "List all users", options);
    listing->callback([&line, options] { run(line, [&options] { return list(*options); }); });

    CLI::App* password = subcommand(*user, "passwd", "Give a user a new password", options);
    password->add_option("name", options->name, "User name")->required();
    need_password(*password, *options);
    password->callback([&line, options] {
        run(line, [&options] { return change_password(*options); });
    });

    CLI::App* reset = subcommand(
        *user, "reset-two-factor", "Let a user sign in with the password alone again", options
    );
    reset->add_option("name", options->name, "User name")->required();
    reset->callback([&line, options] {
        run(line, [&options] { return reset_two_factor(*options); });
    });
}

}  // namespace csva::app
