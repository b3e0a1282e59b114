#include "app/commands/commands.hpp"
#include "app/housekeeping.hpp"
#include "engine/duck/session.hpp"
#include "engine/learn/lightgbm.hpp"
#include "foundation/base/described.hpp"
#include "foundation/base/files.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <iostream>

namespace csva::app {
namespace {

using base::Result;

struct Options {
    CommonOptions common;
    bool json = false;
    bool settings = false;
};

struct Finding {
    std::string check;
    bool good = true;
    std::string text;
};
CSVA_DESCRIBE(Finding, check, good, text)

struct Findings {
    bool good = true;
    std::vector<Finding> checks;
};
CSVA_DESCRIBE(Findings, good, checks)

Finding library(std::string check, const Result<std::string>& version) {
    if (version) return {std::move(check), true, *version};
    return {std::move(check), false, version.error().reason + ": " + version.error().internal};
}

Result<std::string> lightgbm_version() {
    CHECK_OK(learn::open_lightgbm());
    return std::string("opened");
}

/// Every table belongs to a feature: otherwise an erasure would leave its rows behind.
Result<Finding> unclaimed_tables(store::Session& session, const Composition& parts) {
    TRY(const auto tables, store::table_names(session));
    std::set<std::string, std::less<>> claimed = {"schema_migrations"};
    for (const auto* feature : parts.lifecycles()) {
        for (const auto table : feature->tables()) claimed.emplace(table);
    }
    std::string unclaimed;
    for (const auto& name : tables) {
        if (!claimed.contains(name)) unclaimed += " " + name;
    }
    if (unclaimed.empty()) return Finding{"tables", true, fmt::format("{} claimed", tables.size())};
    return Finding{"tables", false, "no feature claims" + unclaimed};
}

Finding missing_blobs(Composition& parts, const std::set<std::string>& in_use) {
    std::string missing;
    for (const auto& key : in_use) {
        if (!parts.blobs().local_path(key)) missing += " " + key;
    }
    if (missing.empty()) return {"files", true, fmt::format("{} present", in_use.size())};
    return {"files", false, "missing" + missing};
}

Result<Finding> rows_of(store::Session& session, store::Lifecycle& feature) {
    TRY(const auto wrong, feature.verify(session));
    Finding found{fmt::format("rows of {}", feature.feature()), wrong.empty(), ""};
    for (const auto& sentence : wrong) found.text += (found.text.empty() ? "" : "; ") + sentence;
    return found;
}

Result<void> examine_store(Composition& parts, std::vector<Finding>& findings) {
    TRY(const auto in_use, blobs_in_use(parts));
    findings.push_back(missing_blobs(parts, in_use));
    TRY(const std::uint64_t free, parts.blobs().free_bytes());
    const auto wanted =
        static_cast<std::uint64_t>(parts.settings().integer("limits.disk_reserve_bytes"));
    findings.push_back({"free disk", free >= wanted, fmt::format("{} bytes", free)});
    return parts.database().read([&](store::Session& session) -> Result<void> {
        TRY(Finding tables, unclaimed_tables(session, parts));
        findings.push_back(std::move(tables));
        for (auto* feature : parts.lifecycles()) {
            TRY(Finding rows, rows_of(session, *feature));
            findings.push_back(std::move(rows));
        }
        return {};
    });
}

void print(const Findings& findings, bool as_json) {
    if (as_json) {
        std::cout << base::to_json(findings) << '\n';
        return;
    }
    for (const auto& one : findings.checks)
        std::cout << fmt::format("{:5}  {:24} {}\n", one.good ? "ok" : "BAD", one.check, one.text);
}

std::string environment_name(std::string_view setting) {
    std::string name = "CSVA_";
    for (const char c : setting)
        name += c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return name;
}

/// The reference of all settings, as docs/settings.md holds it.
void print_settings() {
    std::cout
        << "# Settings\n\n"
           "Printed by `csva doctor --settings`. A value comes from the environment, else from "
           "the file given with `--config` (`[section]` and `key`), else it is the default. A "
           "secret may also stand in a file that `..._FILE` names.\n\n"
           "| setting | environment | default | unit | meaning |\n|---|---|---|---|---|\n";
    for (const auto& row : setting_rows()) {
        const auto value = row.default_value.empty() ? "" : fmt::format("`{}`", row.default_value);
        std::cout << fmt::format(
            "| `{}` | `{}` | {} | {} | {} |\n",
            row.name,
            environment_name(row.name),
            value,
            row.unit,
            row.text
        );
    }
}

Result<int> examine(const Options& options) {
    if (options.settings) {
        print_settings();
        return 0;
    }
    Findings findings;
    findings.checks.push_back(library("DuckDB", duck::library_version()));
    findings.checks.push_back(library("LightGBM", lightgbm_version()));
    const auto parts = Composition::make(options.common);
    findings.checks.push_back(
        {"settings and database", parts.has_value(), parts ? "" : parts.error().reason}
    );
    if (parts) CHECK_OK(examine_store(**parts, findings.checks));
    findings.good = std::ranges::all_of(findings.checks, &Finding::good);
    print(findings, options.json);
    return findings.good ? 0 : 1;
}

}  // namespace

void add_doctor(CommandLine& line) {
    const auto options = std::make_shared<Options>();
    CLI::App* command = line.app.add_subcommand(
        "doctor", "Look whether libraries, settings, database and files are as they should be"
    );
    add_common_options(*command, options->common);
    command->add_flag("--json", options->json, "Machine-readable answer");
    command->add_flag("--settings", options->settings, "Print the list of settings instead");
    command->callback([&line, options] {
        int code = 0;
        run(line, [&]() -> Result<void> {
            TRY(code, examine(*options));
            return {};
        });
        if (line.exit_code == 0) line.exit_code = code;
    });
}

}  // namespace csva::app
