#include "app/commands/commands.hpp"
#include "app/compose.hpp"
#include "foundation/base/files.hpp"
#include "foundation/http/server.hpp"

#include <CLI/CLI.hpp>

#include <iostream>

namespace csva::app {
namespace {

/// The document does not depend on any data, so an empty folder serves.
base::Result<void> print() {
    TRY(const auto folder, base::TemporaryFolder::make());
    TRY(const auto parts, Composition::make({.data_dir = folder.path().string()}));
    std::cout << http::openapi(parts->routes()) << '\n';
    return {};
}

}  // namespace

void add_openapi(CommandLine& line) {
    CLI::App* command = line.app.add_subcommand("openapi", "Print the API as OpenAPI 3.1");
    command->callback([&line] { run(line, print); });
}

}  // namespace csva::app
