#include "app/commands/commands.hpp"
#include "features/exploring/grid.hpp"

namespace csva::app {

void add_query_child(CommandLine& line) {
    struct Options {
        std::string folder;
        std::int64_t memory_bytes = 0;
    };
    const auto options = std::make_shared<Options>();
    const Command command = line.add("query-child", "");
    command.hide();
    command.option("--folder", options->folder).required();
    command.option("--memory", options->memory_bytes).required();
    command.does([&line, options] {
        line.exit_code = exploring::run_query_child(options->folder, options->memory_bytes);
    });
}

}  // namespace csva::app
