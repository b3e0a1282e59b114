#include "app/commands/commands.hpp"
#include "app/compose.hpp"
#include "foundation/base/files.hpp"
#include "foundation/http/server.hpp"

#include <iostream>

namespace csva::app {
namespace {

/// The document does not depend on any data, so an empty folder and a database of its own serve,
/// whatever the settings name.
base::Result<void> print(CommonOptions options) {
    TRY(const auto folder, base::TemporaryFolder::make());
    options.data_dir = folder.path().string();
    TRY(const auto parts, Composition::make(options, {{"database.url", ""}}));
    std::cout << http::openapi(parts->routes()) << '\n';
    return {};
}

}  // namespace

void add_openapi(CommandLine& line) {
    const auto options = std::make_shared<CommonOptions>();
    const Command command = line.add("openapi", "Print the API as OpenAPI 3.1");
    add_common_options(command, *options);
    command.does([&line, options] { run(line, [&options] { return print(*options); }); });
}

}  // namespace csva::app
