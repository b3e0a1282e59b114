#pragma once

#include "foundation/base/described.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace csva::backup {

inline constexpr std::string_view kWrongKey = "backup.wrong_key";
inline constexpr std::string_view kBadKeyFile = "backup.bad_key_file";
inline constexpr std::string_view kKeyExists = "backup.key_exists";
inline constexpr std::string_view kNoBackup = "backup.no_backup";
inline constexpr std::string_view kDamaged = "backup.damaged";
inline constexpr std::string_view kCutShort = "backup.cut_short";
inline constexpr std::string_view kNewerVersion = "backup.newer_version";
inline constexpr std::string_view kNotEmpty = "backup.not_empty";
inline constexpr std::string_view kEmbeddedOnly = "backup.embedded_only";
inline constexpr std::string_view kLedgerNeeded = "backup.ledger_needed";
inline constexpr std::string_view kDiffers = "backup.differs";
inline constexpr std::string_view kChanging = "backup.changing";

/// What a model answers to a row without a cell: the same after a restore.
struct Sample {
    std::int64_t model_id = 0;
    std::string answer;
};
CSVA_DESCRIBE(Sample, model_id, answer)

/// What a backup says of itself before its files.
struct Head {
    std::string format = "csva-backup@1";
    std::string program;
    std::int64_t created_at = 0;
    std::vector<std::string> migrations;
    std::map<std::string, std::int64_t> rows;  ///< By table.
    std::int64_t files = 0;
    std::optional<Sample> sample;
};
CSVA_DESCRIBE(Head, format, program, created_at, migrations, rows, files, sample)

/// What was written, or read and found whole.
struct Report {
    std::string program;
    std::int64_t created_at = 0;
    std::int64_t files = 0;
    std::int64_t bytes = 0;
    std::int64_t rows = 0;
    std::int64_t migrations_applied = 0;
    std::int64_t erased_again = 0;
    std::string prediction;  ///< "same", "none" (no model), "erased"; empty: not looked at.
};
CSVA_DESCRIBE(
    Report, program, created_at, files, bytes, rows, migrations_applied, erased_again, prediction
)

}  // namespace csva::backup
