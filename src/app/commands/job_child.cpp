#include "app/commands/commands.hpp"
#include "app/kinds.hpp"
#include "foundation/jobs/agent.hpp"

namespace csva::app {

/// The agent gives it an emptied environment: settings are the defaults here, and a body reads what
/// it needs from its input.
void add_job_child(CommandLine& line) {
    const auto folder = std::make_shared<std::string>();
    const Command command = line.add("job-child", "");
    command.hide();
    command.option("folder", *folder).required();
    command.does([&line, folder] {
        run(line, [&line, &folder]() -> base::Result<void> {
            TRY(const base::Settings settings, load_settings({}));
            line.exit_code = jobs::run_child(job_kinds(settings), *folder);
            return {};
        });
    });
}

}  // namespace csva::app
