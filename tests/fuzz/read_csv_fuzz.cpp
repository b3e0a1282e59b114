// needs: reading base
#include "engine/reading/chunks.hpp"
#include "engine/reading/read_csv.hpp"
#include "engine/table/column_parser.hpp"
#include "foundation/base/files.hpp"

#include <cstdint>
#include <cstdlib>
#include <fstream>

// A file of any bytes through the command line's way of reading: refused with a reason, or every
// row accounted for; and the same rows however the file is cut into chunks.
namespace {

struct Again {
    std::string cells;
    std::int64_t kept = 0, rejected = 0, blank = 0;
    bool operator==(const Again&) const = default;
};

Again read_again(
    const csva::reading::Plan& plan, const csva::table::Schema& schema, std::size_t bytes
) {
    Again out;
    csva::base::Control control;
    const auto rows = csva::reading::read_chunks(
        plan,
        schema,
        {.threads = 2, .bytes = bytes},
        [&out](csva::reading::Chunk& chunk, std::int64_t) {
            out.kept += chunk.rows_kept;
            out.rejected += static_cast<std::int64_t>(chunk.rejects.size());
            out.blank += chunk.blank_lines + chunk.remarks;
        },
        control
    );
    csva::table::Batch batch;
    for (;;) {
        const auto more = rows->next(batch);
        if (!more) std::abort();
        if (!*more) return out;
        for (std::size_t i = 0; i < batch.rows(); ++i) {
            out.cells += std::to_string(batch.row_ids[i]);
            for (const auto& column : batch.columns) {
                out.cells += '\x1F';
                csva::table::append_cell_text(out.cells, column, i);
            }
            out.cells += '\n';
        }
    }
}

void check_chunks(const std::string& file, const csva::reading::ReadOutcome& outcome) {
    csva::reading::Plan plan;
    const auto mapped = csva::reading::MappedFile::open(file);
    if (!mapped) std::abort();
    plan.file = *mapped;
    std::vector<csva::reading::Evidence> evidence;
    if (!csva::reading::make_plan(plan, false, evidence)) std::abort();
    const Again whole = read_again(plan, outcome.schema, std::size_t{1} << 30);
    if (whole.kept != outcome.receipt.rows_kept) std::abort();
    if (whole.rejected != outcome.receipt.rows_rejected) std::abort();
    if (!(read_again(plan, outcome.schema, 16) == whole)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto folder = csva::base::TemporaryFolder::make();
    if (!folder) std::abort();
    const std::string file = (folder->path() / "in.csv").string();
    std::ofstream(file, std::ios::binary)
        .write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
    csva::base::Control control;
    const auto outcome = csva::reading::read_csv(
        {.input = file, .temporary_folder = folder->path().string(), .threads = 1}, control
    );
    if (!outcome) {
        if (outcome.error().reason.empty() || outcome.error().reason == "base.internal")
            std::abort();
        return 0;
    }
    const auto& receipt = outcome->receipt;
    if (receipt.bytes != static_cast<std::int64_t>(size)) std::abort();
    if (receipt.rows_in != receipt.rows_kept + receipt.rows_rejected) std::abort();
    std::int64_t rejected = 0;
    for (const auto& count : receipt.reject_counts) rejected += count.rows;
    if (rejected != receipt.rows_rejected) std::abort();
    if (receipt.dialect.encoding == "UTF-8") check_chunks(file, *outcome);
    return 0;
}
