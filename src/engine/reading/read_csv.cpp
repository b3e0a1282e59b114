#include "engine/reading/read_csv.hpp"

#include "engine/duck/parquet.hpp"
#include "engine/reading/cells.hpp"
#include "engine/reading/dialect.hpp"
#include "engine/reading/encoding.hpp"
#include "engine/reading/records.hpp"
#include "engine/reading/typing.hpp"
#include "foundation/base/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <set>

namespace csva::reading {
namespace {

constexpr std::size_t kFirstRejects = 100;
constexpr std::int64_t kRecordsBetweenLooks = 4096;

/// A name for every column: empty headers become column_3, repeated ones get _2, _3 ...
table::Schema name_columns(const std::vector<std::string>& header, Receipt& receipt) {
    table::Schema schema;
    std::set<std::string> taken;
    for (std::size_t i = 0; i < header.size(); ++i) {
        const std::string wanted = header[i].empty() ? fmt::format("column_{}", i + 1) : header[i];
        std::string name = wanted;
        for (int n = 2; taken.contains(name); ++n) name = fmt::format("{}_{}", wanted, n);
        taken.insert(name);
        if (name != header[i]) receipt.renamed.push_back(name);
        schema.columns.push_back({.name = name, .physical = table::physical_name(i)});
    }
    return schema;
}

/// rejects.csv, made when the first reject comes.
class RejectWriter {
public:
    RejectWriter(std::string path, Receipt& receipt) : path_(std::move(path)), receipt_(receipt) {}
    void add(const Record& record, std::string_view reason) {
        ++receipt_.rows_rejected;
        auto known = std::ranges::find(receipt_.reject_counts, reason, &RejectCount::reason);
        if (known == receipt_.reject_counts.end()) {
            receipt_.reject_counts.push_back({std::string(reason), 0});
            known = receipt_.reject_counts.end() - 1;
        }
        ++known->rows;
        if (receipt_.first_rejects.size() < kFirstRejects)
            receipt_.first_rejects.push_back({record.line, std::string(reason)});
        if (path_.empty()) return;
        if (!file_.is_open()) {
            file_.open(path_, std::ios::binary);
            file_ << "line,reason,text\n";
        }
        std::string text;
        append_csv_cell(text, record.raw);
        file_ << record.line << ',' << reason << ',' << text << '\n';
    }
    bool good() const { return !file_.fail(); }

private:
    std::string path_;
    Receipt& receipt_;
    std::ofstream file_;
};

/// The first pass over all records: counts, rejects, and what every column could be.
base::Result<void> look_at_all(
    Records& records,
    std::size_t columns,
    bool header,
    RejectWriter& rejects,
    std::vector<ColumnEvidence>& evidence,
    Receipt& receipt,
    base::Control& control
) {
    Record record;
    if (header) records.next(record);
    evidence.resize(columns);
    while (records.next(record)) {
        if (record.blank && columns > 1) {
            ++receipt.blank_lines;
            continue;
        }
        ++receipt.rows_in;
        if (receipt.rows_in % kRecordsBetweenLooks == 0) {
            if (control.cancelled())
                return base::fail(base::ErrorKind::conflict, base::kCancelledReason);
            control.progress(records.progress() * 0.4, "reading");
        }
        if (const auto reason = reject_reason(record, columns); !reason.empty()) {
            rejects.add(record, reason);
            continue;
        }
        ++receipt.rows_kept;
        for (std::size_t i = 0; i < columns; ++i) evidence[i].add(record.cells[i]);
    }
    if (!rejects.good()) return base::fail(base::ErrorKind::internal, "base.file_unwritable");
    return {};
}

struct Source {
    std::string utf8_file;
    Bytes bytes;
};

/// The file itself when it is UTF-8 already, else a transcoded copy in `folder`.
base::Result<Source> as_utf8(const ReadRequest& request, const std::string& folder) {
    Source source;
    TRY(source.bytes, inspect(request.input));
    source.utf8_file = request.input;
    if (source.bytes.encoding != "UTF-8") {
        source.utf8_file = folder + "/utf8.csv";
        CHECK_OK(to_utf8(request.input, source.bytes, source.utf8_file));
    }
    return source;
}

base::Result<std::vector<std::string>> header_of(Records& records, const Dialect& dialect) {
    Record record;
    if (!records.next(record))
        return base::fail(base::ErrorKind::invalid_argument, "reading.empty_file");
    if (record.cells.size() > table::kMaxColumns) {
        return base::fail(
            base::ErrorKind::invalid_argument,
            "reading.too_many_columns",
            {{"columns", static_cast<std::int64_t>(record.cells.size())},
             {"maximum", static_cast<std::int64_t>(table::kMaxColumns)}}
        );
    }
    bool empty = record.blank;
    while (empty) {
        Record further;
        if (!records.next(further))
            return base::fail(base::ErrorKind::invalid_argument, "reading.empty_file");
        empty = further.blank;
    }
    std::vector<std::string> header(record.cells.size());
    if (dialect.header) header.assign(record.cells.begin(), record.cells.end());
    records.rewind();
    return header;
}

void note_findings(const Bytes& bytes, const ReadRequest& request, Receipt& receipt) {
    receipt.bytes = bytes.size;
    receipt.sha256 = bytes.sha256;
    receipt.dialect.encoding = bytes.encoding;
    receipt.dialect.byte_order_mark = bytes.byte_order_mark;
    receipt.dialect.line_end = bytes.line_end;
    receipt.evidence.push_back(
        {"encoding", "", bytes.encoding, bytes.size - bytes.odd_sequences, bytes.odd_sequences}
    );
    receipt.evidence.push_back(
        {"delimiter", "", receipt.dialect.delimiter, receipt.rows_kept, receipt.rows_rejected}
    );
    if (receipt.rows_in == 0) receipt.notes.emplace_back("header_only");
    if (receipt.columns.size() == 1) receipt.notes.emplace_back("one_column");
    if (request.all_text) receipt.notes.emplace_back("all_text");
}

duck::SessionOptions session_options(
    const ReadRequest& request, const std::string& folder, const std::string& utf8_file
) {
    duck::SessionOptions options;
    options.threads = request.threads;
    options.memory_limit_bytes = request.memory_limit_bytes;
    options.temporary_folder = folder;
    options.allowed_files = {utf8_file};
    if (!request.parquet.empty()) options.allowed_files.push_back(request.parquet);
    return options;
}

}  // namespace

base::Result<ReadOutcome> read_csv(const ReadRequest& request, base::Control& control) {
    const base::fs::path parent = request.temporary_folder.empty()
                                      ? base::fs::temp_directory_path()
                                      : base::fs::path(request.temporary_folder);
    TRY(const auto folder, base::TemporaryFolder::make(parent));
    TRY(const Source source, as_utf8(request, folder.path().string()));
    TRY(auto session,
        duck::Session::open(
            session_options(request, folder.path().string(), source.utf8_file), &control
        ));

    ReadOutcome outcome;
    Receipt& receipt = outcome.receipt;
    TRY(receipt.dialect, sniff(session, source.utf8_file));
    TRY(auto records, Records::open(source.utf8_file, receipt.dialect));
    TRY(const auto header, header_of(records, receipt.dialect));
    outcome.schema = name_columns(header, receipt);

    RejectWriter rejects(request.rejects, receipt);
    std::vector<ColumnEvidence> evidence;
    CHECK_OK(look_at_all(
        records, header.size(), receipt.dialect.header, rejects, evidence, receipt, control
    ));
    if (receipt.rows_in > 0 && receipt.rows_kept == 0) {
        return base::fail(
            base::ErrorKind::invalid_argument, "reading.nothing_kept", {{"rows", receipt.rows_in}}
        );
    }
    for (std::size_t i = 0; i < evidence.size() && !request.all_text; ++i)
        evidence[i].decide(outcome.schema.columns[i], receipt);
    receipt.columns = outcome.schema.columns;
    note_findings(source.bytes, request, receipt);

    if (!request.parquet.empty()) {
        TRY(auto cells, read_cells(source.utf8_file, receipt.dialect, outcome.schema));
        TRY(const auto written, duck::write_table(session, *cells, request.parquet));
        if (written != receipt.rows_kept) {
            return std::unexpected(base::internal_error(
                fmt::format("{} rows kept, {} written", receipt.rows_kept, written)
            ));
        }
    }
    control.progress(1, "reading");
    return outcome;
}

}  // namespace csva::reading
