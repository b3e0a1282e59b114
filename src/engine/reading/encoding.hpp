#pragma once

#include "foundation/base/result.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace csva::reading {

/// What the bytes of a file say about themselves, from one pass over all of them.
struct Bytes {
    std::int64_t size = 0;
    std::string encoding = "UTF-8";  ///< UTF-8, UTF-16LE, UTF-16BE or windows-1252.
    bool byte_order_mark = false;
    std::int64_t odd_sequences = 0;  ///< Places that are not UTF-8.
    std::int64_t nul_bytes = 0;
    std::string line_end = "lf";  ///< lf, crlf, cr, mixed.
};

/// Errors: reading.file_missing, reading.empty_file, reading.binary_file (a known signature, or NUL
/// bytes outside UTF-16).
base::Result<Bytes> inspect(const std::string& path);

/// Writes the file as UTF-8 without a byte order mark. Errors: reading.file_missing,
/// base.file_unwritable.
base::Result<void> to_utf8(const std::string& path, const Bytes& bytes, const std::string& out);

}  // namespace csva::reading
