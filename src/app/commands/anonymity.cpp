#include "engine/recipe/anonymity.hpp"

#include "app/commands/commands.hpp"
#include "app/commands/progress_bar.hpp"
#include "engine/duck/parquet.hpp"
#include "engine/reading/read_csv.hpp"
#include "engine/table/column_parser.hpp"
#include "foundation/base/files.hpp"

#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <sstream>

namespace csva::app {
namespace {

/// One line of a file of orders: a table and what is wanted of it.
struct Order {
    std::string file;
    std::vector<recipe::QuasiIdentifier> columns;
    std::int64_t k = 5;
    std::int64_t l = 1;
    std::string sensitive;
    double most_lost_ratio = 0.05;
};
CSVA_DESCRIBE(Order, file, columns, k, l, sensitive, most_lost_ratio)
CSVA_NOTES(
    Order,
    {.field = "k", .text = "Rows alike.", .defaulted = true},
    {.field = "l", .text = "Different sensitive values.", .defaulted = true},
    {.field = "sensitive", .text = "Sensitive column.", .defaulted = true},
    {.field = "most_lost_ratio", .text = "Share of rows that may be lost.", .defaulted = true}
)

/// The plan, and how many rows its steps really left; a reason instead when there is none.
struct Outcome {
    std::string reason;
    std::optional<recipe::AnonymityPlan> plan;
    std::int64_t rows_left = 0;
};
CSVA_DESCRIBE(Outcome, reason, plan, rows_left)

struct Options {
    std::string file, columns, orders, sensitive, output;
    std::int64_t k = 5, l = 1;
    double lost = 0.05;
    bool json = false;
    CommonOptions common;
};

std::vector<std::string> parts_of(const std::string& text) {
    std::vector<std::string> out;
    for (std::size_t begin = 0; begin <= text.size();) {
        const auto end = std::min(text.find(',', begin), text.size());
        if (end > begin) out.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return out;
}

base::Result<void> write_csv(table::TableReader& rows, const std::string& path) {
    std::ofstream out(path, std::ios::binary);
    const auto add = [&out](std::string_view cell, bool first) {
        if (!first) out << ',';
        if (cell.find_first_of(",\"\r\n") == std::string_view::npos) {
            out << cell;
            return;
        }
        out << '"';
        for (const char c : cell) out << (c == '"' ? "\"\"" : std::string(1, c));
        out << '"';
    };
    bool first = true;
    for (const auto& column : rows.schema().columns) {
        add(column.name, first);
        first = false;
    }
    out << '\n';
    table::Batch batch(rows.schema());
    while (true) {
        TRY(const bool more, rows.next(batch));
        if (!more) break;
        for (std::size_t row = 0; row < batch.rows(); ++row) {
            for (std::size_t c = 0; c < batch.columns.size(); ++c)
                add(table::cell_text(batch.columns[c], row), c == 0);
            out << '\n';
        }
    }
    out.flush();
    return out ? base::Result<void>() : std::unexpected(base::unwritable(path));
}

/// Applies the steps one after the other; the rows that are left.
base::Result<std::int64_t> apply_steps(
    duck::Session& session,
    const std::vector<recipe::Step>& steps,
    const base::fs::path& folder,
    table::Schema schema,
    const std::string& output
) {
    base::Control control;
    std::string parquet = (folder / "table.parquet").string();
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const std::string next = (folder / fmt::format("step{}.parquet", i)).string();
        TRY(auto done, recipe::apply_step(session, parquet, schema, steps[i], next, control));
        schema = std::move(done.schema);
        parquet = next;
    }
    if (!output.empty()) {
        TRY(const auto rows, duck::open_table(session, parquet, schema));
        CHECK_OK(write_csv(*rows, output));
    }
    return duck::count_rows(session, parquet);
}

base::Result<Outcome> carry_out(
    const Order& order, const base::fs::path& parent, const std::string& output
) {
    TRY(const auto folder, base::TemporaryFolder::make(parent));
    const std::string parquet = (folder.path() / "table.parquet").string();
    base::Control silent;
    TRY(auto read,
        reading::read_csv(
            {.input = absolute(order.file),
             .parquet = parquet,
             .temporary_folder = folder.path().string()},
            silent
        ));
    TRY(auto session,
        duck::Session::open(
            {.temporary_folder = folder.path().string(), .allowed_folders = {folder.path().string()}
            }
        ));
    Outcome out;
    auto plan = recipe::plan_anonymity(
        session,
        parquet,
        read.schema,
        {order.columns, order.k, order.l, order.sensitive, order.most_lost_ratio},
        silent
    );
    if (!plan) {
        if (plan.error().reason != recipe::kNotAnonymous) return std::unexpected(plan.error());
        out.reason = plan.error().reason;
        return out;
    }
    TRY(out.rows_left,
        apply_steps(session, plan->steps, folder.path(), std::move(read.schema), output));
    out.plan = std::move(*plan);
    return out;
}

base::Result<void> carry_out_all(const Options& options, const base::fs::path& parent) {
    TRY(const auto text, base::read_file(options.orders));
    std::istringstream orders(text);
    for (std::string line; std::getline(orders, line);) {
        if (line.empty()) continue;
        TRY(const auto order, base::from_json<Order>(line));
        TRY(const auto done, carry_out(order, parent, {}));
        std::cout << base::to_json(done) << std::endl;
    }
    return {};
}

void print(const recipe::AnonymityPlan& plan, const std::vector<recipe::QuasiIdentifier>& columns) {
    for (std::size_t i = 0; i < columns.size(); ++i)
        std::cout << fmt::format("{}: {}\n", columns[i].column, plan.levels[i]);
    const auto line = [](std::string_view name, const recipe::AnonymityFigures& figures) {
        std::cout << fmt::format(
            "{}: k {} l {} rows {} lost {} classes {} information lost {:.4f} discernibility "
            "{:.0f} "
            "unique {:.4f} matched {:.4f} guessed {:.4f}\n",
            name,
            figures.k,
            figures.l,
            figures.rows,
            figures.rows_lost,
            figures.classes,
            figures.information_lost,
            figures.discernibility,
            figures.unique_ratio,
            figures.match_ratio,
            figures.guess_ratio
        );
    };
    line("before", plan.before);
    line("after", plan.after);
}

base::Result<void> anonymity(const Options& options) {
    TRY(const auto parent, temporary_parent(options.common));
    if (!options.orders.empty()) return carry_out_all(options, parent);
    Order order{.file = options.file, .columns = {}, .k = options.k, .l = options.l};
    order.sensitive = options.sensitive;
    order.most_lost_ratio = options.lost;
    for (auto& name : parts_of(options.columns)) order.columns.push_back({.column = name});
    TRY(const auto done, carry_out(order, parent, options.output));
    if (!done.reason.empty()) return base::fail(base::ErrorKind::conflict, recipe::kNotAnonymous);
    if (options.json)
        std::cout << base::to_json(done) << '\n';
    else
        print(*done.plan, order.columns);
    return {};
}

}  // namespace

void add_anonymity(CommandLine& line) {
    const auto o = std::make_shared<Options>();
    const Command c =
        line.add("anonymity", "Make the columns of a CSV file coarser until k rows are alike");
    c.option("file", o->file, "CSV file");
    c.option("--columns", o->columns, "Columns that tell people apart, by comma");
    c.option("--k", o->k, "Rows that must be alike");
    c.option("--l", o->l, "Different sensitive values that rows alike must have");
    c.option("--sensitive", o->sensitive, "Sensitive column");
    c.option("--lost", o->lost, "Share of rows that may be lost");
    c.option("--output", o->output, "Where the anonymised table goes (CSV)");
    c.option("--orders", o->orders, "JSON lines instead, one table and wish each");
    c.flag("--json", o->json, "JSON, all figures");
    add_common_options(c, o->common);
    c.does([&line, o] { run(line, [&o] { return anonymity(*o); }); });
}

}  // namespace csva::app
