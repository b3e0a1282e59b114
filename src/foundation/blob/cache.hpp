#pragma once

#include "foundation/base/result.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace csva::blob {

/// Local copies of objects, files or folders, under their keys. Several processes may share the
/// folder: a copy appears by one rename and goes by one. Nothing is evicted that was asked for in
/// the last two minutes, so the limit may be passed for that long. Thread-safe.
class Cache {
public:
    Cache(std::filesystem::path folder, std::uint64_t limit_bytes);

    const std::filesystem::path& folder() const { return folder_; }
    /// The copy, if it is here; it counts as asked for.
    std::optional<std::filesystem::path> find(std::string_view key);
    /// Moves a file or folder of the same volume in; the path it has then. Another's copy of the
    /// same key is as good. Errors: base.disk_full, base.file_unwritable.
    base::Result<std::filesystem::path> put(
        std::string_view key, const std::filesystem::path& staged
    );
    void remove(std::string_view key);
    /// Removes copies of keys that are not in `kept`, then the longest unused ones until the rest
    /// fits. How many went.
    std::int64_t trim(const std::optional<std::set<std::string>>& kept);

private:
    std::filesystem::path folder_;
    std::uint64_t limit_bytes_;
};

/// Bytes of a file, or of all files in a folder.
std::uint64_t bytes_of(const std::filesystem::path& path);

}  // namespace csva::blob
