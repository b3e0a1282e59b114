#pragma once

#include "foundation/base/result.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace csva::reading {

/// What the bytes of a file say about themselves, from one pass over all of them.
struct Bytes {
    std::int64_t size = 0;
    std::string encoding = "UTF-8";  ///< By its name in ICU: UTF-8, UTF-16LE, windows-1252...
    bool byte_order_mark = false;
    std::int64_t odd_sequences = 0;  ///< Places that are not UTF-8.
    /// Characters U+0080 to U+009F of UTF-8: text of windows-1252 that was once taken for Latin-1.
    std::int64_t c1_controls = 0;
    std::int64_t nul_bytes = 0;
    std::string line_end = "lf";  ///< lf, crlf, cr, mixed.
};

/// Errors: reading.file_missing, reading.binary_file (a known signature, or NUL
/// bytes outside UTF-16 and UTF-32).
base::Result<Bytes> inspect(const std::string& path);

/// Writes the file as UTF-8 without a byte order mark; what stands in UTF-8 without being it, and
/// c1_controls, as windows-1252 has it. Errors: reading.file_missing,
/// base.file_unwritable.
base::Result<void> to_utf8(const std::string& path, const Bytes& bytes, const std::string& out);

}  // namespace csva::reading
