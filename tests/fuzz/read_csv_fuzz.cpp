// needs: reading base
#include "engine/reading/cells.hpp"
#include "engine/reading/read_csv.hpp"
#include "foundation/base/files.hpp"

#include <cstdint>
#include <cstdlib>
#include <fstream>

// A file of any bytes through the command line's way of reading: refused with a reason, or every
// row accounted for and given back a second time.
namespace {

std::int64_t rows_again(const std::string& file, const csva::reading::ReadOutcome& outcome) {
    const auto rows = csva::reading::read_cells(file, outcome.receipt.dialect, outcome.schema);
    if (!rows) std::abort();
    csva::table::Batch batch;
    std::int64_t count = 0;
    for (;;) {
        const auto more = (*rows)->next(batch);
        if (!more) std::abort();
        if (!*more) return count;
        count += static_cast<std::int64_t>(batch.rows());
    }
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
    const bool as_it_is = receipt.dialect.encoding == "UTF-8";
    if (as_it_is && rows_again(file, *outcome) != receipt.rows_kept) std::abort();
    return 0;
}
