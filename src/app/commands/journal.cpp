#include "app/commands/commands.hpp"
#include "app/compose.hpp"
#include "foundation/journal/archive.hpp"
#include "foundation/journal/rotate.hpp"
#include "foundation/journal/store.hpp"
#include "foundation/journal/verify.hpp"
#include "foundation/journal/writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>

namespace csva::app {
namespace {

using base::Result;

struct Options {
    CommonOptions common;
    std::string file;
    std::string key;
    std::string head;
    std::string output;
    bool json = false;
    bool lost_key = false;
};

/// The journal's store with its keys, beside a running server or without one.
struct Opened {
    base::Settings settings;
    journal::Keys keys;
    std::unique_ptr<store::Database> database;
};

Result<Opened> open(const CommonOptions& options) {
    TRY(auto settings, load_settings(options));
    TRY(auto keys, journal::load_keys(settings));
    TRY(auto database, journal::open_store(settings));
    return Opened{std::move(settings), std::move(keys), std::move(database)};
}

Result<journal::Trusted> own_keys(Opened& opened) {
    return opened.database->read([&](store::Session& session) {
        return journal::trusted_keys(opened.keys, session);
    });
}

Result<std::vector<journal::Head>> heads_of(const Options& options) {
    std::vector<journal::Head> heads;
    if (options.head.empty()) return heads;
    TRY(const std::string text, base::read_file(options.head));
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find('\n', at), text.size());
        const auto line = std::string_view(text).substr(at, end - at);
        at = end + 1;
        if (line.empty()) continue;
        TRY(auto head, journal::head_from_json(line));
        heads.push_back(std::move(head));
    }
    return heads;
}

/// Of the store in the data folder, with the head that the metadata store keeps.
Result<journal::Proof> verify_own(const Options& options, std::vector<journal::Head> heads) {
    TRY(auto opened, open(options.common));
    TRY(const auto database, open_database(opened.settings));
    TRY(const auto kept, audit::kept_head(*database));
    if (kept) heads.push_back(*kept);
    if (!options.key.empty()) {
        TRY(const auto given, journal::Trusted::from_file(options.key));
        return journal::verify_store(*opened.database, given, heads);
    }
    TRY(const auto trusted, own_keys(opened));
    return journal::verify_store(*opened.database, trusted, heads);
}

Result<journal::Proof> verify_given(const Options& options, std::vector<journal::Head> heads) {
    if (!options.key.empty()) {
        TRY(const auto given, journal::Trusted::from_file(options.key));
        return journal::verify_file(options.file, given, heads);
    }
    TRY(auto opened, open(options.common));
    TRY(const auto trusted, own_keys(opened));
    return journal::verify_file(options.file, trusted, heads);
}

std::string_view word_of(journal::Flaw flaw) {
    return base::type_of<journal::Flaw>().enumerators[static_cast<std::size_t>(flaw)];
}

void print(const journal::Proof& proof) {
    const std::vector<base::ErrorDetail> arguments = {
        {"entries", proof.entries}, {"entry", proof.broken_seq.value_or(0)}, {"key", proof.key_id}
    };
    const auto say = [&](const std::string& key) {
        std::cout << i18n::text(language(), "journal:ui." + key, arguments) << '\n';
    };
    say(proof.good ? "good" : "flaws." + std::string(word_of(proof.flaw)));
    if (!proof.good) say("first_broken");
}

Result<int> verify(const Options& options) {
    TRY(auto heads, heads_of(options));
    TRY(const auto proof,
        options.file.empty() ? verify_own(options, std::move(heads))
                             : verify_given(options, std::move(heads)));
    if (options.json)
        std::cout << base::to_json(proof) << '\n';
    else
        print(proof);
    return proof.good ? 0 : 1;
}

Result<void> export_journal(const Options& options) {
    TRY(auto opened, open(options.common));
    if (options.output.empty()) return journal::export_to(*opened.database, std::cout);
    std::ofstream out(options.output);
    if (!out) return std::unexpected(base::unwritable(options.output));
    return journal::export_to(*opened.database, out);
}

Result<void> print_keys(const Options& options) {
    TRY(auto opened, open(options.common));
    TRY(const auto trusted, own_keys(opened));
    for (const auto& [id, key] : trusted.keys()) std::cout << key << '\n';
    return {};
}

Result<void> print_head(const Options& options) {
    TRY(auto opened, open(options.common));
    TRY(const auto head, opened.database->read([](store::Session& session) {
        return journal::rows::head(session);
    }));
    std::cout << base::to_json(head) << '\n';
    return {};
}

Result<void> archive(const Options& options) {
    TRY(auto opened, open(options.common));
    constexpr std::int64_t kDayMs = 86'400'000;
    const auto days = [&](std::string_view name) { return opened.settings.integer(name) * kDayMs; };
    TRY(const auto count,
        journal::archive(
            *opened.database, opened.keys, {days("journal.keep_days"), days("journal.archive_days")}
        ));
    std::cout << count << '\n';
    return {};
}

/// The new key goes where the old one was, or, when that is a secret of the surroundings, to the
/// file that the person names.
Result<void> rotate(const Options& options) {
    TRY(auto opened, open(options.common));
    const bool from_setting = !opened.settings.secret("journal.key").empty();
    if (options.lost_key) return journal::replace_lost_key(*opened.database, opened.keys);
    if (from_setting && options.output.empty())
        return base::fail(base::ErrorKind::invalid_argument, "journal.no_place_for_key");
    const journal::Keys fresh{base::SigningKey::make(), opened.keys.pseudonyms};
    const auto place = options.output.empty() ? journal::key_file(opened.settings)
                                              : std::filesystem::path(options.output);
    CHECK_OK(journal::rotate(*opened.database, opened.keys, fresh));
    CHECK_OK(journal::write_keys(place, fresh, !from_setting && options.output.empty()));
    std::cout << fresh.signing.public_hex() << '\n';
    return {};
}

Result<void> new_key(const Options& options) {
    const auto keys = journal::Keys::make();
    if (options.output.empty()) {
        std::cout << keys.text().reveal();
        return {};
    }
    return journal::write_keys(options.output, keys);
}

}  // namespace

void add_journal(CommandLine& line) {
    const Command group = line.add("journal", "The journal of what was done and tried");
    group.needs_subcommand();
    const auto options = std::make_shared<Options>();
    const auto add = [&](const char* name, const char* text, Result<void> (*work)(const Options&)) {
        const Command command = group.add(name, text);
        add_common_options(command, options->common);
        command.does([&line, options, work] {
            run(line, [&options, work] { return work(*options); });
        });
        return command;
    };
    const Command verifying = group.add(
        "verify", "Prove that nothing in it was changed, and name the first entry that was"
    );
    add_common_options(verifying, options->common);
    verifying.option("file", options->file, "An exported journal; without: this store's own");
    verifying.option("--key", options->key, "File of public keys, as csva journal key prints");
    verifying.option("--head", options->head, "File of heads that were kept elsewhere");
    verifying.flag("--json", options->json, "Machine-readable answer");
    verifying.does([&line, options] {
        int code = 0;
        run(line, [&]() -> Result<void> {
            TRY(code, verify(*options));
            return {};
        });
        if (line.exit_code == 0) line.exit_code = code;
    });
    add("export", "Write all of it as lines of JSON", export_journal)
        .option("--output", options->output, "File to write; without: standard output");
    add("key", "Print the public keys that verify it", print_keys);
    add("head", "Print its signed head, to be kept elsewhere", print_head);
    add("archive", "Archive what is old enough now", archive);
    const Command rotating = add("rotate", "Sign with a new key from now on", rotate);
    rotating.option("--output", options->output, "File for the new key");
    rotating.flag("--lost-key", options->lost_key, "The old key is lost: go on with this one");
    add("new-key", "Make a key for CSVA_JOURNAL_KEY_FILE", new_key)
        .option("--output", options->output, "File to write (0600); without: standard output");
}

}  // namespace csva::app
