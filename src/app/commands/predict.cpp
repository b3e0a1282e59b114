#include "app/commands/commands.hpp"
#include "app/commands/learning.hpp"
#include "engine/bundle/model.hpp"

#include <CLI/CLI.hpp>

#include <fstream>
#include <iostream>

namespace csva::app {
namespace {

struct Options {
    std::string model, file, name, output = "-";
    bool json = false;
};

std::map<std::string, base::Cell> cells_of(
    const table::Schema& schema, const table::Batch& batch, std::size_t r
) {
    std::map<std::string, base::Cell> row;
    for (std::size_t c = 0; c < schema.columns.size(); ++c) {
        auto& cell = row[schema.columns[c].name];
        if (!batch.columns[c].missing(r))
            cell = {.kind = base::Cell::Kind::text, .text = std::string(batch.columns[c].texts[r])};
    }
    return row;
}

base::Result<void> write_rows(
    const bundle::Model& model, ReadFile& read, const Options& o, std::ostream& out
) {
    base::Control control;
    if (!o.json) out << model.csv_header() << '\n';
    table::Batch batch;
    for (;;) {
        TRY(const bool more, read.rows->next(batch));
        if (!more) break;
        for (std::size_t r = 0; r < batch.rows(); ++r) {
            TRY(const auto answer, model.predict(cells_of(read.rows->schema(), batch, r), o.name));
            if (!o.json) {
                out << model.csv_fields(answer) << '\n';
                continue;
            }
            std::string json;
            base::encode(json, base::type_of<bundle::Prediction>(), &answer);
            out << json << '\n';
        }
    }
    out.flush();
    return out ? base::Result<void>()
               : base::fail(base::ErrorKind::unavailable, "base.file_unwritable");
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
