#include "app/commands/commands.hpp"
#include "app/commands/learning.hpp"
#include "engine/bundle/score.hpp"

#include <CLI/CLI.hpp>

#include <fstream>
#include <iostream>

namespace csva::app {
namespace {

struct Options {
    std::string model, file, name, output = "-";
    bool json = false, keep_columns = false;
};

base::Result<void> predict(const Options& o) {
    base::Control control;
    TRY(const auto model, bundle::Model::load(o.model));
    TRY(auto read, read_table(o.file, true, control));
    const bundle::ScoreOptions options{o.name, o.keep_columns, o.json};
    std::ofstream file;
    if (o.output != "-") file.open(o.output, std::ios::binary);
    std::ostream& out = o.output == "-" ? std::cout : file;
    TRY([[maybe_unused]] const auto rows,
        bundle::score_rows(model, options, *read.rows, out, control));
    if (read.rows_rejected > 0)
        std::cerr << i18n::text(
                         language(), "bundle:ui.rows_rejected", {{{"rows", read.rows_rejected}}}
                     )
                  << '\n';
    return {};
}

}  // namespace

void add_predict(CommandLine& line) {
    const auto o = std::make_shared<Options>();
    CLI::App* c = line.app.add_subcommand("predict", "Answer every row of a CSV file with a model");
    c->add_option("model", o->model, "Folder of the model")->required();
    c->add_option("file", o->file, "CSV file")->required();
    c->add_option("--output", o->output, "Where the answers go; - for standard output");
    c->add_option("--name", o->name, "Model of the leaderboard; the best unless told");
    c->add_flag("--keep-columns", o->keep_columns, "CSV: the file's columns before the answers");
    c->add_flag("--json", o->json, "One JSON object a row, with warnings");
    c->callback([&line, o] { run(line, [&o] { return predict(*o); }); });
}

}  // namespace csva::app
