#pragma once

#include "foundation/base/result.hpp"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace csva::erasure {

/// Writes an archive that every tar reads (POSIX.1-2001 pax), with names of any length and without
/// owners or times. Errors of all: base.disk_full, base.file_unwritable, base.file_unreadable.
class Tar {
public:
    static base::Result<Tar> create(const std::filesystem::path& file);
    base::Result<void> add_text(std::string_view name, std::string_view text);
    /// A file, or a folder with all that is in it.
    base::Result<void> add(std::string_view name, const std::filesystem::path& path);
    /// Size of the archive.
    base::Result<std::int64_t> finish();

private:
    Tar(std::filesystem::path path, std::ofstream file)
        : path_(std::move(path)), file_(std::move(file)) {}
    base::Result<void> head(std::string_view name, char type, std::int64_t size);
    base::Result<void> name_of(std::string_view name);
    base::Result<void> put(std::string_view bytes);
    base::Result<void> pad();
    base::Result<void> add_file(std::string_view name, const std::filesystem::path& path);

    std::filesystem::path path_;
    std::ofstream file_;
    std::int64_t written_ = 0;
};

}  // namespace csva::erasure
