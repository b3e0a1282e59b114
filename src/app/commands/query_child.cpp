#include "app/commands/commands.hpp"
#include "features/exploring/grid.hpp"

#include <CLI/CLI.hpp>

namespace csva::app {

void add_query_child(CommandLine& line) {
    struct Options {
        std::string folder;
        std::int64_t memory_bytes = 0;
    };
    const auto options = std::make_shared<Options>();
    CLI::App* command = line.app.add_subcommand("query-child", "");
    command->group("");
    command->add_option("--folder", options->folder)->required();
    command->add_option("--memory", options->memory_bytes)->required();
    command->callback([&line, options] {
        line.exit_code = exploring::run_query_child(options->folder, options->memory_bytes);
    });
}

}  // namespace csva::app
