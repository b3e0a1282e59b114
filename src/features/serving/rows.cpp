#include "features/serving/rows.hpp"

#include "engine/reading/read_csv.hpp"
#include "foundation/base/files.hpp"

#include <algorithm>
#include <array>

namespace csva::serving {
namespace {

using base::Cell;
using base::ErrorKind;
using base::Result;
using Cells = std::vector<Cell>;
using Record = std::map<std::string, Cell>;

std::unexpected<base::Error> bad_form(std::string_view field) {
    return base::fail(ErrorKind::invalid_argument, kBadForm, {{"field", std::string(field)}});
}

Result<void> check_count(std::size_t rows) {
    if (rows <= kMostRows) return {};
    return base::fail(
        ErrorKind::invalid_argument,
        kTooManyRows,
        {{"rows", static_cast<std::int64_t>(rows)},
         {"maximum", static_cast<std::int64_t>(kMostRows)}}
    );
}

Result<Rows> named(std::vector<Record> records, std::string_view field) {
    if (records.empty()) return bad_form(field);
    CHECK_OK(check_count(records.size()));
    Rows out;
    for (auto& record : records) out.push_back({std::move(record)});
    return out;
}

/// Lists of cells in the order of the names.
Result<Rows> in_order(
    const std::vector<Cells>& data, std::span<const std::string> columns, std::string_view field
) {
    if (data.empty()) return bad_form(field);
    CHECK_OK(check_count(data.size()));
    Rows out;
    for (const auto& cells : data) {
        if (cells.size() != columns.size()) return bad_form(field);
        auto& row = out.emplace_back();
        for (std::size_t c = 0; c < cells.size(); ++c) row.cells[columns[c]] = cells[c];
    }
    return out;
}

/// Lists by column name, all as long.
Result<Rows> by_column(const std::map<std::string, Cells>& lists, std::string_view field) {
    if (lists.empty() || lists.begin()->second.empty()) return bad_form(field);
    const std::size_t rows = lists.begin()->second.size();
    CHECK_OK(check_count(rows));
    Rows out(rows);
    for (const auto& [name, cells] : lists) {
        if (cells.size() != rows) return bad_form(field);
        for (std::size_t r = 0; r < rows; ++r) out[r].cells[name] = cells[r];
    }
    return out;
}

Result<Rows> of_instances(const base::Json& json, std::span<const std::string> columns) {
    if (auto records = base::from_json<std::vector<Record>>(json.text))
        return named(std::move(*records), "instances");
    if (const auto lists = base::from_json<std::vector<Cells>>(json.text))
        return in_order(*lists, columns, "instances");
    return bad_form("instances");
}

Result<Rows> of_inputs(const base::Json& json, std::span<const std::string> columns) {
    if (const auto lists = base::from_json<std::map<std::string, Cells>>(json.text))
        return by_column(*lists, "inputs");
    if (const auto lists = base::from_json<std::vector<Cells>>(json.text))
        return in_order(*lists, columns, "inputs");
    return bad_form("inputs");
}

std::unexpected<base::Error> bad_tensor(const InputTensor& tensor) {
    return base::fail(ErrorKind::invalid_argument, kBadTensor, {{"name", tensor.name}});
}

/// The cells of a tensor of shape (rows) or (rows, 1), flat or nested.
Result<Cells> cells_of(const InputTensor& tensor) {
    constexpr std::array<std::string_view, 13> kTypes{
        "BOOL",
        "INT8",
        "INT16",
        "INT32",
        "INT64",
        "UINT8",
        "UINT16",
        "UINT32",
        "UINT64",
        "FP16",
        "FP32",
        "FP64",
        "BYTES"
    };
    const bool column =
        tensor.shape.size() == 1 || (tensor.shape.size() == 2 && tensor.shape[1] == 1);
    if (!column || std::ranges::find(kTypes, tensor.datatype) == kTypes.end())
        return bad_tensor(tensor);
    Cells out;
    if (auto flat = base::from_json<Cells>(tensor.data.text)) {
        out = std::move(*flat);
    } else if (const auto nested = base::from_json<std::vector<Cells>>(tensor.data.text)) {
        for (const auto& one : *nested) {
            if (one.size() != 1) return bad_tensor(tensor);
            out.push_back(one.front());
        }
    } else {
        return bad_tensor(tensor);
    }
    if (out.empty() || static_cast<std::int64_t>(out.size()) != tensor.shape[0])
        return bad_tensor(tensor);
    return out;
}

}  // namespace

Result<Rows> rows_of(const Invocation& sent, std::span<const std::string> columns) {
    const int forms = (sent.dataframe_split ? 1 : 0) + (sent.dataframe_records ? 1 : 0) +
                      (sent.instances ? 1 : 0) + (sent.inputs ? 1 : 0);
    if (forms != 1) return bad_form("dataframe_split, dataframe_records, instances, inputs");
    if (sent.dataframe_split)
        return in_order(
            sent.dataframe_split->data, sent.dataframe_split->columns, "dataframe_split"
        );
    if (sent.dataframe_records) return named(*sent.dataframe_records, "dataframe_records");
    return sent.instances ? of_instances(*sent.instances, columns)
                          : of_inputs(*sent.inputs, columns);
}

Result<Rows> rows_of_csv(const std::string& text) {
    TRY(const auto folder, base::TemporaryFolder::make());
    const auto file = (folder.path() / "rows.csv").string();
    CHECK_OK(base::write_file(file, text));
    Rows out;
    base::Control control;
    const auto take = [&](table::TableReader& rows) -> Result<void> {
        const auto& columns = rows.schema().columns;
        table::Batch batch;
        for (;;) {
            TRY(const bool more, rows.next(batch));
            if (!more) return {};
            CHECK_OK(check_count(out.size() + batch.rows()));
            for (std::size_t r = 0; r < batch.rows(); ++r) {
                auto& cells = out.emplace_back().cells;
                for (std::size_t c = 0; c < columns.size(); ++c)
                    if (!batch.columns[c].missing(r))
                        cells[columns[c].name] = {
                            Cell::Kind::text, std::string(batch.columns[c].texts[r]), 0
                        };
                    else
                        cells[columns[c].name] = {};
            }
        }
    };
    CHECK_OK(reading::read_csv(
        {.input = file,
         .temporary_folder = folder.path().string(),
         .all_text = true,
         .take = take,
         .threads = 1},
        control
    ));
    if (out.empty()) return bad_form("text/csv");
    return out;
}

Result<Rows> rows_of(const std::vector<InputTensor>& inputs) {
    Rows out;
    if (inputs.empty()) return bad_form("inputs");
    for (const auto& tensor : inputs) {
        TRY(auto cells, cells_of(tensor));
        CHECK_OK(check_count(cells.size()));
        if (out.empty()) out.resize(cells.size());
        if (cells.size() != out.size()) return bad_tensor(tensor);
        for (std::size_t r = 0; r < cells.size(); ++r)
            out[r].cells[tensor.name] = std::move(cells[r]);
    }
    return out;
}

}  // namespace csva::serving
