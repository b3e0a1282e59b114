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
    bool json = false;
};

base::Result<void> write_json(
    const bundle::Model& model, ReadFile& read, const Options& o, std::ostream& out
) {
    table::Batch batch;
    for (;;) {
        TRY(const bool more, read.rows->next(batch));
        if (!more) break;
        for (std::size_t r = 0; r < batch.rows(); ++r) {
            const auto cells = bundle::cells_of(read.rows->schema(), batch, r);
            TRY(const auto answer, model.predict(cells, o.name));
            out << base::to_json(answer) << '\n';
        }
    }
    out.flush();
    return out ? base::Result<void>()
               : base::fail(base::ErrorKind::unavailable, "base.file_unwritable");
}

base::Result<void> write_rows(
    const bundle::Model& model, ReadFile& read, const Options& o, std::ostream& out
) {
    if (o.json) return write_json(model, read, o, out);
    base::Control control;
    TRY([[maybe_unused]] const auto rows,
        bundle::score_rows(model, o.name, *read.rows, out, control));
    return {};
}

base::Result<void> predict(const Options& o) {
    base::Control control;
    TRY(const auto model, bundle::Model::load(o.model));
    TRY(auto read, read_table(o.file, true, control));
    if (o.output == "-") return write_rows(model, read, o, std::cout);
    std::ofstream file(o.output, std::ios::binary);
    return write_rows(model, read, o, file);
}

}  // namespace

void add_predict(CommandLine& line) {
    const auto o = std::make_shared<Options>();
    CLI::App* c = line.app.add_subcommand("predict", "Answer every row of a CSV file with a model");
    c->add_option("model", o->model, "Folder of the model")->required();
    c->add_option("file", o->file, "CSV file")->required();
    c->add_option("--output", o->output, "Where the answers go; - for standard output");
    c->add_option("--name", o->name, "Model of the leaderboard; the best unless told");
    c->add_flag("--json", o->json, "One JSON object a row, with warnings");
    c->callback([&line, o] { run(line, [&o] { return predict(*o); }); });
}

}  // namespace csva::app
