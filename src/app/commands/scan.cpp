#include "engine/meaning/scan.hpp"

#include "app/commands/commands.hpp"
#include "app/commands/progress_bar.hpp"
#include "engine/reading/read_csv.hpp"
#include "foundation/base/files.hpp"

#include <fmt/format.h>

#include <iostream>

namespace csva::app {
namespace {

struct Options {
    std::string file;
    bool json = false;
    CommonOptions common;
};

struct Scanned {
    std::vector<meaning::ColumnFindings> columns;
};
CSVA_DESCRIBE(Scanned, columns)

base::Result<void> look_at(
    table::TableReader& rows,
    std::vector<std::string>& names,
    std::vector<meaning::ColumnScan>& scans
) {
    for (const auto& column : rows.schema().columns) names.push_back(column.name);
    scans.resize(names.size());
    table::Batch batch(rows.schema());
    while (true) {
        TRY(const bool more, rows.next(batch));
        if (!more) return {};
        for (std::size_t c = 0; c < scans.size(); ++c)
            for (std::size_t row = 0; row < batch.rows(); ++row)
                if (!batch.columns[c].missing(row)) scans[c].add(batch.columns[c].texts[row]);
    }
}

void print(const Scanned& scanned) {
    bool any = false;
    for (const auto& column : scanned.columns)
        for (const auto& finding : column.findings) {
            any = true;
            const auto kind =
                base::type_of<meaning::Kind>().enumerators[static_cast<std::size_t>(finding.kind)];
            const std::vector<base::ErrorDetail> values = {
                {"column", column.column},
                {"kind", i18n::text(language(), "meaning:kinds." + std::string(kind))},
                {"cells", finding.cells},
                {"all", column.cells},
                {"confidence", fmt::format("{:.2f}", finding.confidence)}
            };
            std::cout << i18n::text(language(), "meaning:ui.finding", values) << '\n';
            for (const auto& example : finding.masked)
                std::cout << "    "
                          << i18n::text(language(), "meaning:ui.example", {{{"text", example}}})
                          << '\n';
        }
    if (!any) std::cout << i18n::text(language(), "meaning:ui.nothing") << '\n';
}

base::Result<void> scan(const Options& options) {
    TRY(const auto parent, temporary_parent(options.common));
    TRY(const auto folder, base::TemporaryFolder::make(parent));
    std::vector<std::string> names;
    std::vector<meaning::ColumnScan> scans;
    ProgressBar bar;
    CHECK_OK(reading::read_csv(
        {.input = absolute(options.file),
         .temporary_folder = folder.path().string(),
         .all_text = true,
         .take = [&](table::TableReader& rows) { return look_at(rows, names, scans); }},
        bar
    ));
    const Scanned scanned{meaning::judge(names, scans)};
    if (options.json)
        std::cout << base::to_json(scanned) << '\n';
    else
        print(scanned);
    return {};
}

}  // namespace

void add_scan(CommandLine& line) {
    const auto o = std::make_shared<Options>();
    const Command c = line.add("scan", "Look for personal data in a CSV file, column by column");
    c.option("file", o->file, "CSV file").required();
    c.flag("--json", o->json, "JSON, all that was found");
    add_common_options(c, o->common);
    c.does([&line, o] { run(line, [&o] { return scan(*o); }); });
}

}  // namespace csva::app
