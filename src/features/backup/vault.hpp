#pragma once

#include "features/backup/types.hpp"
#include "foundation/base/result.hpp"
#include "foundation/base/secret.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

/// An encrypted file that tells when a bit of it has changed: libsodium's secretstream
/// (XChaCha20-Poly1305) in frames of a megabyte, each bound to its place, with a mark at the end.
namespace csva::backup {

/// A key: 32 bytes. Errors: backup.bad_key_file, base.file_*.
base::Result<base::Secret> read_key(const std::filesystem::path& path);
/// A new key in a new file that only its owner may read. Errors: backup.key_exists,
/// base.file_unwritable.
base::Result<void> make_key(const std::filesystem::path& path);

class Writer {
public:
    /// Written beside `path` and renamed by `finish`. Errors of all: base.disk_full,
    /// base.file_unwritable.
    static base::Result<Writer> create(const std::filesystem::path& path, const base::Secret& key);
    Writer(Writer&&) noexcept;
    Writer& operator=(Writer&&) noexcept;
    ~Writer();
    base::Result<void> write(std::string_view bytes);
    base::Result<void> finish();

private:
    struct State;
    explicit Writer(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

class Reader {
public:
    /// Errors: backup.no_backup, backup.wrong_key, base.file_*.
    static base::Result<Reader> open(const std::filesystem::path& path, const base::Secret& key);
    Reader(Reader&&) noexcept;
    Reader& operator=(Reader&&) noexcept;
    ~Reader();
    /// What is being read, for the errors.
    void at(std::string_view name);
    /// Exactly `size` bytes. Errors: backup.damaged {name, byte}, backup.cut_short {name}.
    base::Result<std::string> read(std::size_t size);
    /// Whether all has been read up to the mark at the end. Errors: those of `read`.
    base::Result<void> finish();

private:
    struct State;
    explicit Reader(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace csva::backup
