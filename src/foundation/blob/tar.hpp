#pragma once

#include "foundation/base/result.hpp"

#include <filesystem>

namespace csva::blob {

/// Files and folders below `folder`, in the order of their names, as a POSIX ustar archive without
/// owners or times, so that the same content gives the same bytes. Errors: base.disk_full,
/// base.file_unwritable, base.file_unreadable, blob.damaged for a path of more than 99 bytes.
base::Result<void> write_tar(
    const std::filesystem::path& folder, const std::filesystem::path& archive
);

/// The contrary; `folder` is made. Paths that lead out of it, links and devices are refused. Errors
/// beside the above: blob.damaged.
base::Result<void> read_tar(
    const std::filesystem::path& archive, const std::filesystem::path& folder
);

}  // namespace csva::blob
