#include "app/commands/commands.hpp"

#include <iostream>

namespace csva::app {
namespace {

base::Result<void> migrate(const CommonOptions& options) {
    TRY(const base::Settings settings, load_settings(options));
    TRY(const std::int64_t applied, migrate_database(settings));
    std::cout << applied << '\n';
    return {};
}

}  // namespace

void add_migrate(CommandLine& line) {
    const auto options = std::make_shared<CommonOptions>();
    const Command command =
        line.add("migrate", "Bring the database forward; prints how many steps were taken");
    add_common_options(command, *options);
    command.does([&line, options] { run(line, [&options] { return migrate(*options); }); });
}

}  // namespace csva::app
