#include "app/commands/commands.hpp"
#include "app/compose.hpp"
#include "features/erasure/certificate.hpp"
#include "foundation/base/files.hpp"

#include <fmt/format.h>

#include <iostream>

namespace csva::app {
namespace {

using base::Result;

struct Options {
    CommonOptions common;
    std::string file;
    std::string public_key;
    bool json = false;
};

std::string said(std::string_view key, const std::vector<base::ErrorDetail>& values = {}) {
    return i18n::text(language(), "erasure:" + std::string(key), values);
}

/// A certificate, offline: nothing but the file is needed, and the key to be sure whose it is.
Result<void> verify(const Options& options) {
    TRY(const std::string text, base::read_file(options.file));
    TRY(const auto good, erasure::checked(text, options.public_key));
    if (options.json) {
        std::cout << base::to_json(good) << '\n';
        return {};
    }
    const auto& c = good.certificate;
    std::cout << said(
                     "command.good",
                     {{"code", c.code}, {"pseudonym", c.pseudonym}, {"ended", c.ended_at}}
                 )
              << '\n';
    if (options.public_key.empty())
        std::cout << said("command.compare_key", {{"key", good.public_key}}) << '\n';
    return {};
}

Result<void> ledger(const Options& options) {
    TRY(const auto parts, Composition::make(options.common));
    TRY(const auto* found, parts->erasure().ledger());
    TRY(const auto entries, found->entries());
    TRY(const std::string key, parts->erasure().public_key());
    std::cout << said(
                     "command.ledger",
                     {{"count", static_cast<std::int64_t>(entries.size())},
                      {"file", found->path().string()}}
                 )
              << '\n'
              << said("command.key", {{"key", key}}) << '\n';
    return {};
}

Result<void> replay(const Options& options) {
    TRY(const auto parts, Composition::make(options.common));
    TRY(std::int64_t erased, parts->erasure().replay());
    CHECK_OK(parts->prediction_log().start());
    TRY(const std::int64_t persons, parts->persons().replay());
    erased += persons;
    parts->prediction_log().stop();
    CHECK_OK(parts->erasure().finish_all());
    std::cout << said("command.replayed", {{"count", erased}}) << '\n';
    return {};
}

}  // namespace

void add_erasure(CommandLine& line) {
    const Command all = line.add("erasure", "Certificates and ledger of erasures");
    all.needs_subcommand();
    const auto options = std::make_shared<Options>();

    const Command checking = all.add("verify", "Check a certificate of erasure, offline");
    checking.option("file", options->file, "The certificate (JSON)").required();
    checking.option(
        "--public-key", options->public_key, "Key that it must be signed with (hexadecimal)"
    );
    checking.flag("--json", options->json, "Print the certificate");
    checking.does([&line, options] { run(line, [&options] { return verify(*options); }); });

    const Command looking = all.add("ledger", "Check the ledger and say where it is");
    add_common_options(looking, options->common);
    looking.does([&line, options] { run(line, [&options] { return ledger(*options); }); });

    const Command again = all.add(
        "replay",
        "Erase again whom a restored database has brought back, and end what is unfinished"
    );
    add_common_options(again, options->common);
    again.does([&line, options] { run(line, [&options] { return replay(*options); }); });
}

}  // namespace csva::app
