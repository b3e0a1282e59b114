#include "engine/reading/read_csv.hpp"

#include "engine/duck/parquet.hpp"
#include "engine/reading/chunks.hpp"
#include "engine/reading/encoding.hpp"
#include "engine/reading/rows.hpp"
#include "engine/reading/typing.hpp"
#include "foundation/base/crypto.hpp"
#include "foundation/base/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <future>
#include <set>

namespace csva::reading {
namespace {

constexpr std::size_t kFirstRejects = 100;

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

void count_one(std::vector<RejectCount>& counts, std::string_view reason) {
    auto known = std::ranges::find(counts, reason, &RejectCount::reason);
    if (known == counts.end()) known = counts.insert(counts.end(), {std::string(reason), 0});
    ++known->rows;
}

/// Adds up what the chunks say, in their order; writes rejects.csv when the first reject comes.
class Tally {
public:
    Tally(std::string rejects, std::size_t columns, Receipt& receipt)
        : rejects_(std::move(rejects)), receipt_(receipt), evidence_(columns) {}

    void add(Chunk& chunk, std::int64_t line_before) {
        receipt_.rows_in += chunk.rows_in;
        receipt_.rows_kept += chunk.rows_kept;
        receipt_.blank_lines += chunk.blank_lines;
        receipt_.remark_lines += chunk.remarks;
        for (const auto& reject : chunk.rejects) add_reject(reject, line_before);
        for (const auto& repair : chunk.repairs) {
            ++receipt_.rows_repaired;
            count_one(receipt_.repair_counts, repair.reason);
            if (receipt_.first_repairs.size() < kFirstRejects)
                receipt_.first_repairs.push_back(
                    {repair.line + line_before, std::string(repair.reason)}
                );
        }
        for (std::size_t i = 0; i < chunk.evidence.size(); ++i)
            evidence_[i].merge(chunk.evidence[i]);
    }
    bool good() const { return !file_.fail(); }
    const std::vector<ColumnEvidence>& evidence() const { return evidence_; }

private:
    void add_reject(const Incident& reject, std::int64_t line_before) {
        const std::int64_t line = reject.line + line_before;
        ++receipt_.rows_rejected;
        count_one(receipt_.reject_counts, reject.reason);
        if (receipt_.first_rejects.size() < kFirstRejects)
            receipt_.first_rejects.push_back({line, std::string(reject.reason)});
        if (rejects_.empty()) return;
        if (!file_.is_open()) {
            file_.open(rejects_, std::ios::binary);
            file_ << "line,reason,text\n";
        }
        std::string text;
        append_csv_cell(text, reject.text);
        file_ << line << ',' << reject.reason << ',' << text << '\n';
    }

    std::string rejects_;
    Receipt& receipt_;
    std::vector<ColumnEvidence> evidence_;
    std::ofstream file_;
};

struct Source {
    std::string utf8_file;
    Bytes bytes;
};

/// Bytes in a text of UTF-8 that are none; and, unless every character is wanted as it stands, what
/// a wrong conversion has left.
bool needs_mending(const Bytes& bytes, const ReadRequest& request) {
    if (bytes.encoding != "UTF-8") return false;
    return bytes.odd_sequences > 0 || (bytes.c1_controls > 0 && !request.all_text);
}

/// The file itself when it is clean UTF-8 already, else a transcoded copy in `folder`.
base::Result<Source> as_utf8(const ReadRequest& request, const std::string& folder) {
    Source source;
    TRY(source.bytes, inspect(request.input));
    if (source.bytes.size == 0 && !request.may_be_empty)
        return base::fail(base::ErrorKind::invalid_argument, "reading.empty_file");
    source.utf8_file = request.input;
    if (source.bytes.encoding != "UTF-8" || needs_mending(source.bytes, request)) {
        source.utf8_file = folder + "/utf8.csv";
        CHECK_OK(to_utf8(request.input, source.bytes, source.utf8_file));
    }
    return source;
}

void note_findings(const Bytes& bytes, const ReadRequest& request, Receipt& receipt) {
    receipt.evidence.insert(
        receipt.evidence.begin(),
        {"encoding", "", bytes.encoding, bytes.size - bytes.odd_sequences, bytes.odd_sequences}
    );
    if (needs_mending(bytes, request)) receipt.notes.emplace_back("windows_characters");
    if (receipt.rows_in == 0) receipt.notes.emplace_back("header_only");
    if (receipt.columns.size() == 1) receipt.notes.emplace_back("one_column");
    if (receipt.rows_repaired > 0) receipt.notes.emplace_back("rows_repaired");
    if (request.all_text) receipt.notes.emplace_back("all_text");
    std::ranges::sort(receipt.notes);
    const auto twice = std::ranges::unique(receipt.notes);
    receipt.notes.erase(twice.begin(), twice.end());
}

duck::SessionOptions session_options(const ReadRequest& request, const std::string& folder) {
    duck::SessionOptions options;
    options.threads = request.threads;
    options.memory_limit_bytes = request.memory_limit_bytes;
    options.temporary_folder = folder;
    options.allowed_files = {request.parquet};
    return options;
}

/// The types that the evidence supports; what was decided goes to `receipt`.
table::Schema typed(
    table::Schema schema, const std::vector<ColumnEvidence>& evidence, Receipt& receipt
) {
    for (std::size_t i = 0; i < evidence.size(); ++i)
        evidence[i].decide(schema.columns[i], receipt);
    return schema;
}

/// The types that the sample supports: what the rows are written with while all of them are looked
/// at.
table::Schema guessed(const table::Schema& schema, const Plan& plan) {
    std::vector<ColumnEvidence> evidence(schema.columns.size());
    for (const auto& row : plan.layout.rows) {
        for (std::size_t i = 0; i < row.size(); ++i) evidence[i].add(row[i]);
    }
    Receipt unused;
    unused.dialect = plan.dialect;
    return typed(schema, evidence, unused);
}

base::Result<std::int64_t> drain(table::TableReader& reader) {
    table::Batch batch;
    std::int64_t rows = 0;
    for (;;) {
        TRY(const bool more, reader.next(batch));
        if (!more) return rows;
        rows += static_cast<std::int64_t>(batch.rows());
    }
}

/// One request on its way: the plan is made, the rows are read.
class Reading {
public:
    Reading(
        const ReadRequest& request, const Plan& plan, ReadOutcome& outcome, base::Control& control
    )
        : request_(request), plan_(plan), outcome_(outcome), control_(control) {}

    base::Result<void> run(const std::string& folder) {
        Receipt& receipt = outcome_.receipt;
        outcome_.header = plan_.layout.header;
        outcome_.schema = name_columns(plan_.layout.header, receipt);
        Tally tally(request_.rejects, outcome_.schema.columns.size(), receipt);
        const auto first = request_.all_text ? outcome_.schema : guessed(outcome_.schema, plan_);
        const auto on_chunk = [&tally](Chunk& chunk, std::int64_t line_before) {
            tally.add(chunk, line_before);
        };
        CHECK_OK(pass(first, true, on_chunk, folder));
        if (!tally.good()) return base::fail(base::ErrorKind::internal, "base.file_unwritable");
        if (receipt.rows_in > 0 && receipt.rows_kept == 0) {
            return base::fail(
                base::ErrorKind::invalid_argument,
                "reading.nothing_kept",
                {{"rows", receipt.rows_in}}
            );
        }
        if (!request_.all_text) outcome_.schema = typed(outcome_.schema, tally.evidence(), receipt);
        const bool as_guessed = same_types(first, outcome_.schema);
        receipt.columns = outcome_.schema.columns;
        if (as_guessed || (request_.parquet.empty() && !request_.take)) return {};
        return pass(outcome_.schema, false, [](Chunk&, std::int64_t) {}, folder);
    }

private:
    static bool same_types(const table::Schema& a, const table::Schema& b) {
        return std::ranges::equal(a.columns, b.columns, [](const auto& x, const auto& y) {
            return x.type == y.type && x.format == y.format;
        });
    }

    /// Reads all rows and writes those that are kept.
    base::Result<void> pass(
        const table::Schema& schema,
        bool gather,
        std::function<void(Chunk&, std::int64_t)> on_chunk,
        const std::string& folder
    ) {
        ChunkOptions options;
        options.threads = static_cast<std::size_t>(request_.threads);
        options.gather = gather;
        options.batches = !request_.parquet.empty() || request_.take;
        const auto rows = read_chunks(plan_, schema, options, std::move(on_chunk), control_);
        if (request_.take) return request_.take(*rows);
        if (request_.parquet.empty()) {
            TRY([[maybe_unused]] const auto none, drain(*rows));
            return {};
        }
        TRY(auto session, duck::Session::open(session_options(request_, folder), &control_));
        TRY(const auto written, duck::write_table(session, *rows, request_.parquet));
        if (written == outcome_.receipt.rows_kept) return {};
        return std::unexpected(base::internal_error(
            fmt::format("{} rows kept, {} written", outcome_.receipt.rows_kept, written)
        ));
    }

    const ReadRequest& request_;
    const Plan& plan_;
    ReadOutcome& outcome_;
    base::Control& control_;
};

}  // namespace

base::Result<ReadOutcome> read_csv(const ReadRequest& request, base::Control& control) {
    const base::fs::path parent = request.temporary_folder.empty()
                                      ? base::fs::temp_directory_path()
                                      : base::fs::path(request.temporary_folder);
    TRY(const auto folder, base::TemporaryFolder::make(parent));
    TRY(const Source source, as_utf8(request, folder.path().string()));
    auto hash = std::async(std::launch::async, base::sha256_file, request.input);

    ReadOutcome outcome;
    Receipt& receipt = outcome.receipt;
    Plan plan;
    TRY(plan.file, MappedFile::open(source.utf8_file));
    plan.dialect.encoding = source.bytes.encoding;
    plan.dialect.byte_order_mark = source.bytes.byte_order_mark;
    plan.dialect.line_end = source.bytes.line_end;
    CHECK_OK(make_plan(plan, request.all_text, receipt.evidence));
    receipt.dialect = plan.dialect;
    receipt.bytes = source.bytes.size;
    CHECK_OK(Reading(request, plan, outcome, control).run(folder.path().string()));
    note_findings(source.bytes, request, receipt);
    TRY(receipt.sha256, hash.get());
    control.progress(1, "reading");
    return outcome;
}

}  // namespace csva::reading
