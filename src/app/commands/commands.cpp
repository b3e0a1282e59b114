#include "app/commands/commands.hpp"

#include "foundation/i18n/catalogue.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>

namespace csva::app {
namespace {

using base::ErrorKind;

int exit_code_of(ErrorKind kind) {
    switch (kind) {
        case ErrorKind::invalid_argument:
            return 2;
        case ErrorKind::unauthenticated:
        case ErrorKind::forbidden:
            return 3;
        case ErrorKind::not_found:
            return 4;
        case ErrorKind::conflict:
        case ErrorKind::gone:
            return 5;
        case ErrorKind::too_large:
            return 6;
        case ErrorKind::rate_limited:
        case ErrorKind::unavailable:
            return 7;
        case ErrorKind::internal:
            return 1;
    }
    return 1;
}

}  // namespace

i18n::Language language() {
    for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
        const char* value = std::getenv(name);
        if (value != nullptr && *value != '\0') return i18n::language_from(value);
    }
    return i18n::Language::en;
}

void add_common_options(const Command& command, CommonOptions& options) {
    command.option("--config", options.config, "Settings file (TOML)");
    command.option("--data-dir", options.data_dir, "Folder of the data");
}

void run(CommandLine& line, const std::function<base::Result<void>()>& work) {
    const auto done = work();
    if (done) return;
    const auto sentence = i18n::sentence(done.error(), language());
    std::cerr << sentence.message << '\n';
    if (!sentence.hint.empty()) std::cerr << sentence.hint << '\n';
    if (!done.error().internal.empty()) std::cerr << done.error().internal << '\n';
    line.exit_code = exit_code_of(done.error().kind);
}

std::string absolute(const std::string& path) {
    std::error_code code;
    const auto whole = std::filesystem::absolute(path, code);
    return code ? path : whole.lexically_normal().string();
}

base::Result<std::string> password_from_stdin() {
    std::string password;
    if (!std::getline(std::cin, password) || password.empty())
        return base::fail(ErrorKind::invalid_argument, "app.no_password");
    if (password.back() == '\r') password.pop_back();
    return password;
}

}  // namespace csva::app
