#pragma once

#include "engine/duck/session.hpp"
#include "foundation/base/control.hpp"
#include "foundation/base/described.hpp"
#include "foundation/base/result.hpp"
#include "foundation/base/settings.hpp"

#include <cstdint>
#include <filesystem>
#include <string>

namespace csva::datasets {

/// What a job child may take of the machine.
struct Share {
    std::int64_t threads = 0;  ///< 0: all.
    std::int64_t memory_bytes = 0;
};
CSVA_DESCRIBE(Share, threads, memory_bytes)

/// The share of a job; after an attempt that ran out of memory half of it, on one thread.
Share share_of(const base::Settings& settings, bool smaller_plan);

/// Files that reading or cleaning leaves in its folder, and their keys once they are blobs.
struct StoredTable {
    std::string parquet_key;
    std::string rejects_key;
};
CSVA_DESCRIBE(StoredTable, parquet_key, rejects_key)

inline constexpr std::string_view kTableFile = "table.parquet";
inline constexpr std::string_view kRejectsFile = "rejects.csv";

/// A session that may touch the folders given and spill into `spill`.
base::Result<duck::Session> open_session(
    const Share& share,
    std::vector<std::string> folders,
    const std::filesystem::path& spill,
    base::Control& control
);

}  // namespace csva::datasets
