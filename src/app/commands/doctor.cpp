#include "app/commands/commands.hpp"
#include "app/housekeeping.hpp"
#include "engine/duck/session.hpp"
#include "engine/learn/lightgbm.hpp"
#include "foundation/base/clock.hpp"
#include "foundation/base/described.hpp"
#include "foundation/base/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

namespace csva::app {
namespace {

using base::Result;

constexpr std::int64_t kClockOffMs = 5000;

struct Options {
    CommonOptions common;
    bool json = false;
    bool settings = false;
};

struct Finding {
    std::string check;
    bool good = true;
    std::string text;
    std::string advice;  ///< What to do when it is not good.
};
CSVA_DESCRIBE(Finding, check, good, text, advice)

struct Findings {
    bool good = true;
    std::vector<Finding> checks;
};
CSVA_DESCRIBE(Findings, good, checks)

Finding library(std::string check, const Result<std::string>& version) {
    if (version) return {std::move(check), true, *version, {}};
    return {
        std::move(check),
        false,
        version.error().reason + ": " + version.error().internal,
        "Install the program with its lib folder beside bin: the libraries come with it."
    };
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
    if (unclaimed.empty())
        return Finding{"tables", true, fmt::format("{} claimed", tables.size()), {}};
    return Finding{
        "tables",
        false,
        "no feature claims" + unclaimed,
        "Another program writes into this database, or a newer version did: give it its own."
    };
}

/// What a person reads of an error: sentence, and hint as the advice.
Finding failure(std::string check, const base::Error& error) {
    auto sentence = i18n::sentence(error, language());
    if (!error.internal.empty()) sentence.message += " (" + error.internal + ")";
    return {std::move(check), false, std::move(sentence.message), std::move(sentence.hint)};
}

Finding missing_blobs(Composition& parts, const std::set<std::string>& in_use) {
    const auto kept = parts.blobs().keys();
    if (!kept) return failure("files", kept.error());
    std::string missing;
    for (const auto& key : in_use) {
        if (!kept->contains(key)) missing += " " + key;
    }
    if (missing.empty())
        return {"files", true, fmt::format("{} of {} in use", in_use.size(), kept->size()), {}};
    return {
        "files", false, "missing" + missing, "Restore them from a backup, or from the other region."
    };
}

/// Replicas lease jobs and end sessions by clocks that must agree.
Result<Finding> clock_of(store::Session& session) {
    if (session.backend() == store::Backend::sqlite) return Finding{"clock", true, "its own", {}};
    const std::int64_t before = base::Clock::wall_ms();
    TRY(const auto row,
        session.row("SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT) AS now"));
    const std::int64_t off = row->integer("now") - before;
    return Finding{
        "clock",
        std::abs(off) < kClockOffMs,
        fmt::format("{} ms from the database's", off),
        "Set the clocks by NTP (timedatectl set-ntp true) on this machine and the database's."
    };
}

/// Whether a line of a settings file gives a secret itself, not the file that holds it.
bool holds_secrets(const std::string& path) {
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        const auto key = line.substr(0, line.find_first_of(" ="));
        for (const auto& row : setting_rows()) {
            const auto name = row.name.substr(row.name.find('.') + 1);
            if (row.type == base::SettingType::secret && name == key) return true;
        }
    }
    return false;
}

/// A settings file with secrets in it is nobody else's to read.
Finding settings_file(const std::string& path) {
    if (!holds_secrets(path)) return {"settings file", true, path + ", no secret in it", ""};
    std::error_code code;
    const auto rights = std::filesystem::status(path, code).permissions();
    using std::filesystem::perms;
    const bool open = (rights & (perms::group_write | perms::others_all)) != perms::none;
    return {
        "settings file",
        !code && !open,
        path,
        "chmod 640 " + path + ": only its owner may write it, and others may not read it."
    };
}

Result<Finding> rows_of(store::Session& session, store::Lifecycle& feature) {
    TRY(const auto wrong, feature.verify(session));
    Finding found{
        fmt::format("rows of {}", feature.feature()),
        wrong.empty(),
        "",
        "Stop the service, restore the newest backup for which this is well, and keep the log."
    };
    for (const auto& sentence : wrong) found.text += (found.text.empty() ? "" : "; ") + sentence;
    return found;
}

Result<void> examine_store(Composition& parts, std::vector<Finding>& findings) {
    TRY(const auto in_use, blobs_in_use(parts));
    findings.push_back(missing_blobs(parts, in_use));
    TRY(const std::uint64_t free, parts.blobs().free_bytes());
    const auto wanted =
        static_cast<std::uint64_t>(parts.settings().integer("limits.disk_reserve_bytes"));
    findings.push_back(
        {"free disk",
         free >= wanted,
         fmt::format("{} bytes", free),
         "Uploads are refused: make room on the volume of data.dir, or lower "
         "limits.disk_reserve_bytes."}
    );
    return parts.database().read([&](store::Session& session) -> Result<void> {
        TRY(Finding tables, unclaimed_tables(session, parts));
        findings.push_back(std::move(tables));
        TRY(Finding clock, clock_of(session));
        findings.push_back(std::move(clock));
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
    for (const auto& one : findings.checks) {
        std::cout << fmt::format("{:5}  {:24} {}\n", one.good ? "ok" : "BAD", one.check, one.text);
        if (!one.good && !one.advice.empty())
            std::cout << fmt::format("{:32}-> {}\n", "", one.advice);
    }
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
           "secret may also stand in a file that `..._FILE`, or `key_file` in the settings file, "
           "names.\n\n"
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

std::string storage_of(Composition& parts) {
    const bool replicas = parts.database().backend() == store::Backend::postgres;
    const bool bucket = !parts.settings().text("storage.s3_endpoint").empty();
    return fmt::format(
        "{}, files in {}{}",
        replicas ? "PostgreSQL" : "SQLite",
        bucket ? "a bucket" : "a folder",
        replicas && !bucket ? " (one machine only: replicas need a bucket)" : ""
    );
}

Result<int> examine(const Options& options) {
    if (options.settings) {
        print_settings();
        return 0;
    }
    Findings findings;
    findings.checks.push_back(library("DuckDB", duck::library_version()));
    findings.checks.push_back(library("LightGBM", lightgbm_version()));
    if (!options.common.config.empty())
        findings.checks.push_back(settings_file(options.common.config));
    const auto parts = Composition::make(options.common);
    findings.checks.push_back(
        parts ? Finding{"settings and database", true, storage_of(**parts), {}}
              : failure("settings and database", parts.error())
    );
    if (parts) CHECK_OK(examine_store(**parts, findings.checks));
    for (auto& one : findings.checks) {
        if (one.good) one.advice.clear();
    }
    findings.good = std::ranges::all_of(findings.checks, &Finding::good);
    print(findings, options.json);
    return findings.good ? 0 : 1;
}

}  // namespace

void add_doctor(CommandLine& line) {
    const auto options = std::make_shared<Options>();
    const Command command = line.add(
        "doctor", "Look whether libraries, settings, database and files are as they should be"
    );
    add_common_options(command, options->common);
    command.flag("--json", options->json, "Machine-readable answer");
    command.flag("--settings", options->settings, "Print the list of settings instead");
    command.does([&line, options] {
        int code = 0;
        run(line, [&]() -> Result<void> {
            TRY(code, examine(*options));
            return {};
        });
        if (line.exit_code == 0) line.exit_code = code;
    });
}

}  // namespace csva::app
