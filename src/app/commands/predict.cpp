#include "app/commands/commands.hpp"
#include "engine/bundle/score.hpp"
#include "engine/reading/read_csv.hpp"

#include <fstream>
#include <iostream>

namespace csva::app {
namespace {

struct Options {
    std::string model, file, name, output = "-";
    bool json = false, keep_columns = false;
    CommonOptions common;
};

base::Result<void> predict(const Options& o) {
    base::Control control;
    TRY(const auto folder, temporary_parent(o.common));
    TRY(const auto model, bundle::Model::load(o.model));
    const bundle::ScoreOptions options{o.name, o.keep_columns, o.json, {}};
    std::ofstream file;
    if (o.output != "-") file.open(o.output, std::ios::binary);
    std::ostream& out = o.output == "-" ? std::cout : file;
    TRY(const auto read,
        reading::read_csv(
            {.input = o.file,
             .temporary_folder = folder.string(),
             .all_text = true,
             .take = [&](table::TableReader& rows) -> base::Result<void> {
                 CHECK_OK(bundle::score_rows(model, options, rows, out, control));
                 return {};
             }},
            control
        ));
    const std::int64_t rejected = read.receipt.rows_rejected;
    if (rejected > 0)
        std::cerr << i18n::text(language(), "bundle:ui.rows_rejected", {{{"rows", rejected}}})
                  << '\n';
    return {};
}

}  // namespace

void add_predict(CommandLine& line) {
    const auto o = std::make_shared<Options>();
    const Command c = line.add("predict", "Answer every row of a CSV file with a model");
    c.option("model", o->model, "Folder of the model").required();
    c.option("file", o->file, "CSV file").required();
    c.option("--output", o->output, "Where the answers go; - for standard output");
    c.option("--name", o->name, "Model of the leaderboard; the best unless told");
    c.flag("--keep-columns", o->keep_columns, "CSV: the file's columns before the answers");
    c.flag("--json", o->json, "One JSON object a row, with warnings");
    add_common_options(c, o->common);
    c.does([&line, o] { run(line, [&o] { return predict(*o); }); });
}

}  // namespace csva::app
