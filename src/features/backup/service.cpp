#include "features/backup/service.hpp"

#include "features/backup/vault.hpp"
#include "foundation/base/clock.hpp"
#include "foundation/base/crypto.hpp"
#include "foundation/base/files.hpp"

#include <algorithm>
#include <array>
#include <fstream>

namespace csva::backup {
namespace {

namespace fs = std::filesystem;
using base::ErrorKind;
using base::fail;
using base::Result;

constexpr std::size_t kBlock = 1 << 20;
constexpr std::size_t kHashDigits = 64;
constexpr std::size_t kHeadMax = 64 << 20;
constexpr int kTries = 5;
constexpr std::string_view kStoreFile = "csva.sqlite";
constexpr std::string_view kJournal = "journal/journal.sqlite";
constexpr std::string_view kLedger = "erasure/ledger.jsonl";
constexpr std::string_view kOldLedger = "erasure/ledger-of-backup.jsonl";
/// Files of the data folder that are kept as they are, when they are there.
constexpr std::array<std::string_view, 2> kSingleFiles = {kLedger, "journal.key"};

/// What stands before each file; an empty path ends the list.
struct Item {
    std::string path;
    std::int64_t size = 0;
};
CSVA_DESCRIBE(Item, path, size)

/// A file of the backup and where its content lies now.
struct Source {
    std::string path;
    fs::path file;
};

std::string sized(const std::string& json) {
    std::string length = std::to_string(json.size());
    return std::string(8 - std::min<std::size_t>(8, length.size()), '0') + length + json;
}

Result<std::string> read_sized(Reader& reader) {
    TRY(const std::string digits, reader.read(8));
    std::size_t size = 0;
    for (const char c : digits) size = size * 10 + static_cast<std::size_t>(c - '0');
    if (size > kHeadMax) return fail(ErrorKind::conflict, kDamaged, {{"name", "head"}});
    return reader.read(size);
}

/// Relative, forward, and nowhere above.
bool is_safe(const std::string& path) {
    const fs::path given(path);
    return !path.empty() && given.is_relative() &&
           std::ranges::none_of(given, [](const auto& part) { return part == ".."; });
}

void add_below(std::vector<Source>& sources, const std::string& path, const fs::path& root) {
    std::error_code failed;
    if (!fs::is_directory(root, failed)) {
        if (fs::is_regular_file(root, failed)) sources.push_back({path, root});
        return;
    }
    for (const auto& entry : fs::recursive_directory_iterator(root, failed))
        if (entry.is_regular_file())
            sources.push_back({path + "/" + fs::relative(entry.path(), root).string(), entry.path()}
            );
}

/// Holds a blob for the time of the backup: the same bytes under a second name.
Result<void> hold(const fs::path& from, const fs::path& to) {
    std::error_code failed;
    fs::create_directories(to.parent_path(), failed);
    fs::copy(
        from,
        to,
        fs::copy_options::recursive | fs::copy_options::create_hard_links |
            fs::copy_options::overwrite_existing,
        failed
    );
    if (!failed) return {};
    if (failed == std::errc::no_such_file_or_directory)
        return fail(ErrorKind::not_found, "blob.missing");
    fs::copy(from, to, fs::copy_options::recursive, failed);
    if (failed) return std::unexpected(base::unwritable(to));
    return {};
}

/// The journal's store is a file of its own.
Result<void> look_at_journal(
    const fs::path& data, const fs::path& folder, std::vector<Source>& sources
) {
    std::error_code failed;
    if (!fs::exists(data / kJournal, failed)) return {};
    fs::create_directories((folder / kJournal).parent_path(), failed);
    TRY(const auto journal,
        store::Database::open(
            {.url = "",
             .data_folder = (data / kJournal).parent_path().string(),
             .pool_size = 1,
             .file = fs::path(kJournal).filename().string()}
        ));
    CHECK_OK(journal->copy_to((folder / kJournal).string()));
    sources.push_back({std::string(kJournal), folder / kJournal});
    return {};
}

/// The store as it was at one moment, with the files that its rows name.
struct Snapshot {
    Head head;
    std::vector<Source> sources;
};

Result<Snapshot> look(const Parts& parts, const fs::path& folder) {
    Snapshot out;
    CHECK_OK(parts.database.copy_to((folder / kStoreFile).string()));
    std::set<std::string> keys;
    {
        TRY(const auto copy,
            store::Database::open({.url = "", .data_folder = folder.string(), .pool_size = 1}));
        CHECK_OK(copy->read([&](store::Session& session) -> Result<void> {
            TRY(out.head.rows, count_rows(session));
            TRY(const auto names, session.rows("SELECT name FROM schema_migrations ORDER BY name"));
            for (const auto& row : names) out.head.migrations.push_back(row.text("name"));
            for (auto* feature : parts.features) {
                TRY(auto some, feature->blobs(session));
                keys.merge(some);
            }
            TRY(const auto model, session.row("SELECT MAX(id) AS id FROM models"));
            if (!model->is_null("id")) out.head.sample = Sample{model->integer("id"), {}};
            return {};
        }));
    }
    CHECK_OK(look_at_journal(parts.data_folder, folder, out.sources));
    for (const auto& key : keys) {
        TRY(const auto path, parts.blobs.local_path(key));
        const fs::path held = folder / "blobs" / key;
        CHECK_OK(hold(path, held));
        add_below(out.sources, "blobs/" + key, held);
    }
    return out;
}

/// Again when files were deleted between the look at the rows and the look at the files.
Result<Snapshot> snapshot(const Parts& parts, const fs::path& folder) {
    for (int tries = 1;; ++tries) {
        std::error_code ignored;
        fs::remove_all(folder, ignored);
        fs::create_directories(folder, ignored);
        auto found = look(parts, folder);
        if (found || found.error().reason != "blob.missing") return found;
        if (tries == kTries) return fail(ErrorKind::unavailable, kChanging);
    }
}

Result<std::int64_t> write_file(Writer& writer, const Source& source) {
    std::ifstream in(source.file, std::ios::binary);
    if (!in) return fail(ErrorKind::internal, "base.file_unreadable");
    // Files that are still being written are kept up to where they are now.
    std::error_code failed;
    std::int64_t left = static_cast<std::int64_t>(fs::file_size(source.file, failed));
    const std::int64_t size = left;
    CHECK_OK(writer.write(sized(base::to_json(Item{source.path, size}))));
    base::Sha256 hash;
    std::string block(kBlock, '\0');
    while (left > 0) {
        in.read(block.data(), static_cast<std::streamsize>(std::min<std::int64_t>(left, kBlock)));
        const std::string_view got(block.data(), static_cast<std::size_t>(in.gcount()));
        if (got.empty()) return fail(ErrorKind::internal, "base.file_unreadable");
        hash.update(got);
        CHECK_OK(writer.write(got));
        left -= static_cast<std::int64_t>(got.size());
    }
    CHECK_OK(writer.write(hash.finish_hex()));
    return size;
}

/// Takes the bytes of one file.
using Take = std::function<Result<void>(const Item&, std::string_view bytes, bool last)>;

Result<Report> read_files(Reader& reader, const Head& head, const Take& take) {
    Report report{.program = head.program, .created_at = head.created_at};
    for (const auto& [table, rows] : head.rows) report.rows += rows;
    while (true) {
        reader.at("list");
        TRY(const std::string text, read_sized(reader));
        TRY(const auto item, base::from_json<Item>(text));
        if (item.path.empty()) break;
        reader.at(item.path);
        if (!is_safe(item.path) || item.size < 0)
            return fail(ErrorKind::conflict, kDamaged, {{"name", item.path}, {"byte", 0}});
        base::Sha256 hash;
        for (std::int64_t left = item.size;;) {
            const auto some = std::min<std::int64_t>(left, kBlock);
            TRY(const std::string bytes, reader.read(static_cast<std::size_t>(some)));
            hash.update(bytes);
            left -= some;
            CHECK_OK(take(item, bytes, left == 0));
            if (left == 0) break;
        }
        TRY(const std::string expected, reader.read(kHashDigits));
        if (hash.finish_hex() != expected)
            return fail(ErrorKind::conflict, kDamaged, {{"name", item.path}, {"byte", 0}});
        report.files += 1;
        report.bytes += item.size;
    }
    CHECK_OK(reader.finish());
    return report;
}

Result<Head> read_head(Reader& reader) {
    TRY(const std::string text, read_sized(reader));
    return base::from_json<Head>(text);
}

/// Moves what was unpacked to its place; the store comes last, so that a half restored folder is
/// never taken for a whole one. What is newer here than in the backup stays.
Result<void> settle(const fs::path& from, const fs::path& to) {
    std::vector<fs::path> files;
    std::error_code failed;
    for (const auto& entry : fs::recursive_directory_iterator(from, failed))
        if (entry.is_regular_file()) files.push_back(fs::relative(entry.path(), from));
    std::ranges::sort(files, {}, [](const fs::path& path) {
        return std::pair(path == kStoreFile, path.string());
    });
    for (const auto& path : files) {
        fs::path target = to / path;
        if (path == kLedger) target = to / kOldLedger;
        if (path != kLedger && fs::exists(target, failed)) continue;
        fs::create_directories(target.parent_path(), failed);
        fs::rename(from / path, target, failed);
        if (failed) return std::unexpected(base::unwritable(target));
        CHECK_OK(base::sync_folder(target.parent_path()));
    }
    return {};
}

}  // namespace

Result<std::map<std::string, std::int64_t>> count_rows(store::Session& session) {
    TRY(const auto tables, store::table_names(session));
    std::map<std::string, std::int64_t> out;
    for (const auto& table : tables) {
        TRY(const auto row, session.row("SELECT COUNT(*) AS n FROM " + table));
        out[table] = row->integer("n");
    }
    return out;
}

Result<Report> make_backup(const Parts& parts, const fs::path& file, const base::Secret& key) {
    if (parts.database.backend() != store::Backend::sqlite)
        return fail(ErrorKind::conflict, kEmbeddedOnly);
    TRY(const auto folder, base::TemporaryFolder::make(parts.blobs.staging(), "backup-"));
    TRY(auto shot, snapshot(parts, folder.path() / "held"));
    const fs::path held = folder.path() / "held";
    if (shot.head.sample) {
        const auto answer = parts.answer(shot.head.sample->model_id);
        if (answer)
            shot.head.sample->answer = *answer;
        else
            shot.head.sample.reset();
    }
    auto& sources = shot.sources;
    add_below(sources, "prediction-log", parts.data_folder / "prediction-log");
    for (const auto name : kSingleFiles)
        add_below(sources, std::string(name), parts.data_folder / name);
    sources.push_back({std::string(kStoreFile), held / kStoreFile});
    shot.head.program = CSVA_VERSION;
    shot.head.created_at = base::Clock::wall_ms();
    shot.head.files = static_cast<std::int64_t>(sources.size());
    Report report{.program = shot.head.program, .created_at = shot.head.created_at};
    TRY(auto writer, Writer::create(file, key));
    CHECK_OK(writer.write(sized(base::to_json(shot.head))));
    for (const auto& source : sources) {
        TRY(const std::int64_t size, write_file(writer, source));
        report.files += 1;
        report.bytes += size;
    }
    CHECK_OK(writer.write(sized(base::to_json(Item{}))));
    CHECK_OK(writer.finish());
    for (const auto& [table, rows] : shot.head.rows) report.rows += rows;
    return report;
}

Result<Report> check_backup(const fs::path& file, const base::Secret& key) {
    TRY(auto reader, Reader::open(file, key));
    TRY(const auto head, read_head(reader));
    return read_files(reader, head, [](const Item&, std::string_view, bool) -> Result<void> {
        return {};
    });
}

Result<Head> unpack(
    const fs::path& file,
    const base::Secret& key,
    const fs::path& data_folder,
    const std::vector<std::string>& known
) {
    std::error_code failed;
    if (fs::exists(data_folder / kStoreFile, failed)) return fail(ErrorKind::conflict, kNotEmpty);
    TRY(auto reader, Reader::open(file, key));
    TRY(auto head, read_head(reader));
    for (const auto& name : head.migrations)
        if (std::ranges::find(known, name) == known.end())
            return fail(ErrorKind::conflict, kNewerVersion, {{"program", head.program}});
    fs::create_directories(data_folder, failed);
    TRY(const auto folder, base::TemporaryFolder::make(data_folder, "restore-"));
    std::ofstream out;
    CHECK_OK(read_files(
        reader,
        head,
        [&](const Item& item, std::string_view bytes, bool last) -> Result<void> {
            const fs::path path = folder.path() / item.path;
            if (!out.is_open()) {
                std::error_code ignored;
                fs::create_directories(path.parent_path(), ignored);
                out.open(path, std::ios::binary);
            }
            out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
            if (last) out.close();
            if (!out) return std::unexpected(base::unwritable(path));
            return last ? base::sync_file(path) : Result<void>();
        }
    ));
    {
        TRY(const auto store,
            store::Database::open({.url = "", .data_folder = folder.path().string(), .pool_size = 1}
            ));
        TRY(const auto rows,
            store->read([](store::Session& session) { return count_rows(session); }));
        if (rows != head.rows) return fail(ErrorKind::conflict, kDiffers);
    }
    CHECK_OK(settle(folder.path(), data_folder));
    return head;
}

fs::path packed_ledger(const fs::path& data_folder) { return data_folder / kOldLedger; }

}  // namespace csva::backup
