#include "app/move.hpp"

#include "app/commands/commands.hpp"
#include "app/housekeeping.hpp"

#include <fmt/format.h>

#include <iostream>

namespace csva::app {
namespace {

using base::Result;

struct Options {
    CommonOptions common;
    std::string from;
};

Result<void> move(const Options& options) {
    TRY(const auto target, Composition::make(options.common));
    TRY(const Moved moved, move_store(options.from, *target));
    for (const auto& table : moved.tables)
        std::cout << fmt::format("{:>10}  {}\n", table.rows, table.name);
    std::cout << fmt::format("{:>10}  files, {} bytes\n", moved.files, moved.bytes);
    return {};
}

/// To the store of `--to`, whose settings come from that file alone.
Result<void> copy(const Options& options, const std::string& to) {
    TRY(const auto parts, Composition::make(options.common));
    TRY(const auto settings, base::Settings::load(setting_rows(), to, {}, {}));
    TRY(const auto target, blob::open(settings));
    TRY(const auto keys, blobs_in_use(*parts));
    TRY(const Moved copied, copy_files(parts->blobs(), keys, *target));
    std::cout << fmt::format(
        "{} of {} files copied, {} bytes\n", copied.files, keys.size(), copied.bytes
    );
    return {};
}

}  // namespace

void add_move(CommandLine& line) {
    const auto options = std::make_shared<Options>();
    const Command command = line.add(
        "move",
        "Copy an embedded store (SQLite and its files) into the PostgreSQL and the file store of "
        "the settings; stop its server first"
    );
    add_common_options(command, options->common);
    command.option("--from", options->from, "Data folder of the embedded store").required();
    command.does([&line, options] { run(line, [&options] { return move(*options); }); });
}

void add_copy_files(CommandLine& line) {
    const auto options = std::make_shared<Options>();
    const auto to = std::make_shared<std::string>();
    const Command command = line.add(
        "copy-files", "Copy the stored files that a second store lacks, such as another region's"
    );
    add_common_options(command, options->common);
    command.option("--to", *to, "Settings file (TOML) of the second store").required();
    command.does([&line, options, to] {
        run(line, [&options, &to] { return copy(*options, *to); });
    });
}

}  // namespace csva::app
