#include "app/commands/commands.hpp"
#include "app/commands/progress_bar.hpp"
#include "engine/duck/parquet.hpp"
#include "engine/reading/read_csv.hpp"
#include "engine/reading/rows.hpp"
#include "engine/table/column_parser.hpp"
#include "foundation/base/files.hpp"

#include <fmt/format.h>

#include <fstream>
#include <iostream>

namespace csva::app {
namespace {

struct Options {
    std::string file;
    std::string output = "-";
    std::string receipt;
    std::string rejects;
    bool text = false;
    bool json = false;
    CommonOptions common;
};

void append_header(std::string& out, const std::vector<std::string>& names) {
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (i > 0) out += ',';
        reading::append_csv_cell(out, names[i]);
    }
    out += '\n';
}

/// As text, the header is what the file has (none is made up, none is changed); else the names of
/// the columns.
std::vector<std::string> header_of(const reading::ReadOutcome& outcome, bool text) {
    if (text && outcome.receipt.dialect.header) return outcome.header;
    std::vector<std::string> names;
    for (const auto& column : outcome.schema.columns) {
        if (!text) names.push_back(column.name);
    }
    return names;
}

void append_rows(std::string& out, const table::Batch& batch) {
    std::string cell;
    for (std::size_t row = 0; row < batch.rows(); ++row) {
        for (std::size_t i = 0; i < batch.columns.size(); ++i) {
            if (i > 0) out += ',';
            cell.clear();
            table::append_cell_text(cell, batch.columns[i], row);
            reading::append_csv_cell(out, cell);
        }
        out += '\n';
    }
}

/// Canonical CSV: UTF-8, comma, RFC 4180, one LF a record.
base::Result<void> write_csv(
    table::TableReader& rows,
    const std::vector<std::string>& header,
    std::ostream& out,
    const std::string& name
) {
    std::string text;
    if (!header.empty()) append_header(text, header);
    table::Batch batch;
    for (;;) {
        TRY(const bool more, rows.next(batch));
        if (more) append_rows(text, batch);
        out.write(text.data(), static_cast<std::streamsize>(text.size()));
        text.clear();
        if (!out) return std::unexpected(base::unwritable(name));
        if (!more) break;
    }
    out.flush();
    if (!out) return std::unexpected(base::unwritable(name));
    return {};
}

base::Result<void> write_table(
    const std::string& parquet, const reading::ReadOutcome& outcome, const Options& options
) {
    TRY(const auto rows, duck::open_table(parquet, outcome.schema));
    const auto header = header_of(outcome, options.text);
    if (options.output == "-") return write_csv(*rows, header, std::cout, options.output);
    std::ofstream file(options.output, std::ios::binary);
    if (!file) return base::fail(base::ErrorKind::invalid_argument, "base.file_unwritable");
    return write_csv(*rows, header, file, options.output);
}

void say_counts(const reading::Receipt& receipt) {
    if (receipt.bytes == 0) std::cerr << "0 rows in: the file is empty\n";
    if (receipt.rows_rejected == 0) return;
    std::cerr << fmt::format(
        "{} rows in = {} kept + {} rejected\n",
        receipt.rows_in,
        receipt.rows_kept,
        receipt.rows_rejected
    );
}

base::Result<void> read(const Options& options) {
    TRY(const auto parent, temporary_parent(options.common));
    TRY(const auto folder, base::TemporaryFolder::make(parent));
    const std::string parquet = (folder.path() / "data.parquet").string();
    reading::ReadOutcome outcome;
    {
        ProgressBar bar;
        TRY(outcome,
            reading::read_csv(
                {.input = absolute(options.file),
                 .parquet = parquet,
                 .rejects = options.rejects,
                 .temporary_folder = folder.path().string(),
                 .all_text = options.text,
                 .may_be_empty = options.text},
                bar
            ));
    }
    if (!options.receipt.empty())
        CHECK_OK(base::write_file(options.receipt, base::to_json(outcome.receipt) + "\n"));
    say_counts(outcome.receipt);
    if (options.json) {
        std::cout << base::to_json(outcome.receipt) << '\n';
        if (options.output == "-") return {};
    }
    return write_table(parquet, outcome, options);
}

}  // namespace

void add_read(CommandLine& line) {
    const auto options = std::make_shared<Options>();
    const Command command = line.add("read", "Read a CSV file into canonical CSV");
    command.option("file", options->file, "The file").required();
    command.option("--output", options->output, "Where the table goes; - is standard output");
    command.flag("--text", options->text, "Keep the characters of every cell");
    command.option("--receipt", options->receipt, "Write how it was read, as JSON");
    command.option("--rejects", options->rejects, "Write the rejected rows, as CSV");
    command.flag("--json", options->json, "Print the receipt instead of the table");
    add_common_options(command, options->common);
    command.does([&line, options] { run(line, [&options] { return read(*options); }); });
}

}  // namespace csva::app
