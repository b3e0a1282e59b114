#include "engine/profile/profile.hpp"

#include "app/commands/commands.hpp"
#include "app/commands/progress_bar.hpp"
#include "engine/duck/session.hpp"
#include "engine/reading/read_csv.hpp"
#include "foundation/base/files.hpp"

#include <fmt/format.h>

#include <iostream>

namespace csva::app {
namespace {

struct Options {
    std::string file;
    std::string parquet;
    bool json = false;
    CommonOptions common;
};

/// What --json prints.
struct ProfiledFile {
    reading::Receipt receipt;
    profile::Profile profile;
};
CSVA_DESCRIBE(ProfiledFile, receipt, profile)

std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const auto& word : words) out += (out.empty() ? "" : ", ") + word;
    return out;
}

std::string shown(const std::optional<double>& value) {
    return value ? fmt::format("{:.6g}", *value) : "";
}

/// Tab-separated, one line a column.
void print(const profile::Profile& profile) {
    std::cout << "column\ttype\tcount\tmissing\tdistinct\tmean\tstd\tmin\tmedian\tmax\talerts\n";
    for (const auto& c : profile.columns) {
        std::cout << fmt::format(
            "{}\t{}\t{}\t{}\t{}{}\t{}\t{}\t{}\t{}\t{}\t{}\n",
            c.name,
            table::name_of(c.type),
            c.count,
            c.missing,
            c.distinct_exact ? "" : "~",
            c.distinct,
            shown(c.mean),
            shown(c.standard_deviation),
            c.minimum_text,
            c.quantiles.size() > 3 ? shown(c.quantiles[3]) : "",
            c.maximum_text,
            joined(c.alerts)
        );
    }
    std::cout << fmt::format(
        "rows\t{}\nduplicates\t{}\n",
        profile.rows,
        profile.duplicate_rows ? std::to_string(*profile.duplicate_rows) : ""
    );
}

base::Result<ProfiledFile> read_and_profile(const Options& options, const std::string& folder) {
    const std::string parquet =
        options.parquet.empty() ? folder + "/data.parquet" : absolute(options.parquet);
    ProgressBar bar;
    TRY(auto outcome,
        reading::read_csv(
            {.input = absolute(options.file), .parquet = parquet, .temporary_folder = folder}, bar
        ));
    TRY(auto session,
        duck::Session::open({.temporary_folder = folder, .allowed_files = {parquet}}, &bar));
    TRY(auto profile, profile::profile_table(session, parquet, outcome.schema, bar));
    return ProfiledFile{std::move(outcome.receipt), std::move(profile)};
}

base::Result<void> profile_file(const Options& options) {
    TRY(const auto parent, temporary_parent(options.common));
    TRY(const auto folder, base::TemporaryFolder::make(parent));
    TRY(const auto done, read_and_profile(options, folder.path().string()));
    if (options.json)
        std::cout << base::to_json(done) << '\n';
    else
        print(done.profile);
    return {};
}

}  // namespace

void add_profile(CommandLine& line) {
    const auto options = std::make_shared<Options>();
    const Command command = line.add("profile", "Say what is in a CSV file");
    command.option("file", options->file, "The file").required();
    command.option("--parquet", options->parquet, "Keep the typed table here (Parquet)");
    command.flag("--json", options->json, "Print receipt and profile as JSON");
    add_common_options(command, options->common);
    command.does([&line, options] { run(line, [&options] { return profile_file(*options); }); });
}

}  // namespace csva::app
