#include "app/commands/commands.hpp"
#include "app/compose.hpp"
#include "engine/bundle/model.hpp"
#include "features/backup/service.hpp"
#include "features/backup/vault.hpp"
#include "foundation/base/clock.hpp"
#include "foundation/base/files.hpp"

#include <fmt/format.h>

#include <iostream>

namespace csva::app {
namespace {

using base::Result;

struct Options {
    CommonOptions common;
    std::string file;
    std::string key_file;
    std::string new_key;
    std::string ledger;
    bool no_ledger = false;
    bool verify = false;
    bool check = false;
    bool json = false;
};

std::string said(std::string_view key, const std::vector<base::ErrorDetail>& values) {
    return i18n::text(language(), "backup:" + std::string(key), values);
}

void print(std::string_view key, const backup::Report& report, bool json) {
    if (json) {
        std::cout << base::to_json(report) << '\n';
        return;
    }
    std::cout << said(
                     key,
                     {{"files", report.files},
                      {"bytes", report.bytes},
                      {"rows", report.rows},
                      {"at", base::iso_time(report.created_at)},
                      {"erased", report.erased_again},
                      {"migrations", report.migrations_applied}}
                 )
              << '\n';
    if (!report.prediction.empty())
        std::cout << said("command.prediction." + report.prediction, {}) << '\n';
}

Result<std::string> answer_of(models::Service& models, std::int64_t model_id) {
    TRY(const auto ready, models.ready(models::ModelId(model_id)));
    TRY(const auto prediction, ready->bundle->predict({}, ready->model.name));
    return base::to_json(prediction);
}

Result<void> make(const Options& options) {
    if (!options.new_key.empty()) return backup::make_key(options.new_key);
    TRY(const auto key, backup::read_key(options.key_file));
    TRY(const auto parts, Composition::make(options.common));
    models::Service models(parts->database(), parts->blobs());
    const backup::Parts what{
        parts->database(),
        parts->blobs(),
        parts->settings().text("data.dir"),
        parts->lifecycles(),
        [&models](std::int64_t id) { return answer_of(models, id); }
    };
    TRY(const auto report, backup::make_backup(what, options.file, key));
    print("command.made", report, options.json);
    return {};
}

/// Those of SQLite, as its table names them.
std::vector<std::string> known_migrations() {
    constexpr std::string_view kOwn = ".sqlite.sql";
    std::vector<std::string> names;
    for (const auto& feature : migrations())
        for (const auto& file : feature) {
            std::string name(file.name);
            if (name.ends_with(".postgres.sql")) continue;
            if (name.ends_with(kOwn)) name.replace(name.size() - kOwn.size(), kOwn.size(), ".sql");
            names.push_back(std::move(name));
        }
    return names;
}

/// The ledger that decides who must not come back: the one here, the given one, that of the backup,
/// whichever goes farthest.
Result<void> join_ledgers(erasure::Service& erasure, const Options& options, bool had_ledger) {
    TRY(const auto* ledger, erasure.ledger());
    if (!had_ledger && options.ledger.empty() && !options.no_ledger)
        return base::fail(base::ErrorKind::conflict, backup::kLedgerNeeded);
    if (!options.ledger.empty()) CHECK_OK(ledger->take_over(options.ledger));
    return {};
}

Result<backup::Report> put_back(const Options& options, const base::Secret& key) {
    TRY(const auto settings, load_settings(options.common));
    if (!settings.secret("database.url").empty())
        return base::fail(base::ErrorKind::conflict, backup::kEmbeddedOnly);
    const base::fs::path data = settings.text("data.dir");
    std::error_code ignored;
    const auto path = erasure::ledger_path(settings);
    const bool had_ledger = base::fs::exists(path, ignored);
    if (!had_ledger && options.ledger.empty() && !options.no_ledger)
        return base::fail(base::ErrorKind::conflict, backup::kLedgerNeeded);
    TRY(auto report, backup::check_backup(options.file, key));
    TRY(const auto head, backup::unpack(options.file, key, data, known_migrations()));
    TRY(const auto parts, Composition::make(options.common));
    CHECK_OK(join_ledgers(parts->erasure(), options, had_ledger));
    const auto packed = backup::packed_ledger(data);
    if (base::fs::exists(packed, ignored)) {
        TRY(const auto* ledger, parts->erasure().ledger());
        CHECK_OK(ledger->take_over(packed));
        base::fs::remove(packed, ignored);
    }
    TRY(report.erased_again, parts->erasure().replay());
    CHECK_OK(parts->prediction_log().start());
    TRY(const std::int64_t persons, parts->persons().replay());
    report.erased_again += persons;
    parts->prediction_log().stop();
    report.migrations_applied =
        static_cast<std::int64_t>(known_migrations().size() - head.migrations.size());
    if (!options.verify) return report;
    report.prediction = "none";
    if (!head.sample) return report;
    models::Service models(parts->database(), parts->blobs());
    const auto answer = answer_of(models, head.sample->model_id);
    if (!answer && answer.error().kind == base::ErrorKind::not_found) {
        report.prediction = "erased";
        return report;
    }
    if (!answer) return std::unexpected(answer.error());
    if (*answer != head.sample->answer)
        return base::fail(base::ErrorKind::conflict, backup::kDiffers);
    report.prediction = "same";
    return report;
}

Result<void> restore(const Options& options) {
    TRY(const auto key, backup::read_key(options.key_file));
    if (options.check) {
        TRY(const auto report, backup::check_backup(options.file, key));
        print("command.checked", report, options.json);
        return {};
    }
    TRY(const auto report, put_back(options, key));
    print("command.restored", report, options.json);
    return {};
}

}  // namespace

void add_backup(CommandLine& line) {
    const auto o = std::make_shared<Options>();
    const Command c = line.add(
        "backup", "Write an encrypted backup of the embedded store, beside a running server"
    );
    add_common_options(c, o->common);
    const Option file = c.option("file", o->file, "File to write");
    const Option key = c.option("--key-file", o->key_file, "Key to encrypt with");
    const Option fresh = c.option("--make-key", o->new_key, "Only make a new key in this file");
    file.needs(key).excludes(fresh);
    c.flag("--json", o->json, "Machine-readable answer");
    c.does([&line, o, c] {
        if (o->file.empty() && o->new_key.empty()) c.refuse("file and --key-file, or --make-key");
        run(line, [&o] { return make(*o); });
    });
}

void add_restore(CommandLine& line) {
    const auto o = std::make_shared<Options>();
    const Command c = line.add(
        "restore", "Put a backup into an empty data folder, and erase again whom the ledger names"
    );
    add_common_options(c, o->common);
    c.option("file", o->file, "The backup").required();
    c.option("--key-file", o->key_file, "Key that it was encrypted with").required();
    c.option("--ledger", o->ledger, "Newest copy of the ledger of erasures");
    c.flag("--no-ledger", o->no_ledger, "Nobody was ever erased, or the ledger is lost");
    c.flag("--verify", o->verify, "Compare counts, hashes and a prediction");
    c.flag("--check", o->check, "Only read the backup and check it");
    c.flag("--json", o->json, "Machine-readable answer");
    c.does([&line, o] { run(line, [&o] { return restore(*o); }); });
}

}  // namespace csva::app
