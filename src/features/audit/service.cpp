#include "features/audit/service.hpp"

#include "foundation/base/crypto.hpp"
#include "foundation/base/files.hpp"
#include "foundation/journal/archive.hpp"
#include "foundation/journal/store.hpp"
#include "foundation/journal/writer.hpp"

#include <fstream>

namespace csva::embedded {
csva::store::Migrations audit_migrations();
}

namespace csva::audit {
namespace {

using base::Result;
using journal::Head;
using store::Session;

constexpr std::int64_t kDayMs = 86'400'000;

class AuditLifecycle final : public store::Lifecycle {
public:
    std::string_view feature() const override { return "audit"; }
    std::vector<std::string_view> tables() const override { return {"journal_heads"}; }
    Result<std::set<std::string>> blobs(Session&) override { return std::set<std::string>{}; }
    /// The journal is not a project's.
    Result<void> erase_project(Session&, std::int64_t) override { return {}; }
    /// Nobody is named in the journal.
    Result<void> erase_user(Session&, const store::Leaver&) override { return {}; }
    Result<store::Portion> export_user(Session&, const store::Leaver&) override {
        return store::Portion{};
    }
    Result<std::vector<std::string>> verify(Session&) override {
        return std::vector<std::string>{};
    }
};

/// What stands in a details column is shown even when somebody has made it no JSON.
void make_json(journal::JournalEntry& record) {
    base::Json parsed;
    if (base::decode(record.details.text, base::type_of<base::Json>(), &parsed)) return;
    std::string text;
    base::encode_text(text, record.details.text);
    record.details.text = text;
}

}  // namespace

store::Migrations migrations() { return embedded::audit_migrations(); }

std::unique_ptr<store::Lifecycle> lifecycle() { return std::make_unique<AuditLifecycle>(); }

Result<void> keep_head(store::Database& database, const Head& head) {
    return database.transaction([&](Session& session) -> Result<void> {
        CHECK_OK(session.run(
            "INSERT INTO journal_heads (id, entries, link, at, key_id, signature)"
            " VALUES (1, :entries, :link, :at, :key, :signature) ON CONFLICT (id) DO UPDATE SET"
            " entries = excluded.entries, link = excluded.link, at = excluded.at,"
            " key_id = excluded.key_id, signature = excluded.signature"
            " WHERE journal_heads.entries < excluded.entries",
            {head.entries, head.link, head.at, head.key_id, head.signature}
        ));
        return {};
    });
}

Result<std::optional<Head>> kept_head(store::Database& database) {
    return database.read([](Session& session) {
        return session.record<Head>(
            "SELECT entries, link, at, key_id, signature FROM journal_heads WHERE id = 1"
        );
    });
}

Result<JournalPage> Service::entries(const EntryQuery& query) {
    TRY(auto* const database, parts_.journal.database());
    TRY(const auto* const keys, parts_.journal.keys());
    journal::rows::Filter filter{
        .before = query.before,
        .limit = query.limit + 1,
        .action = query.action.value_or(""),
        .object_kind = query.object_kind.value_or(""),
        .from = query.from,
        .until = query.until
    };
    if (query.outcome) filter.outcome = journal::name_of(*query.outcome);
    if (query.user_id) filter.actor = keys->pseudonym("user", *query.user_id);
    if (query.object_id) filter.object = keys->pseudonym(filter.object_kind, *query.object_id);
    TRY(auto found, database->read([&](Session& session) {
        return journal::rows::newest_first(session, filter);
    }));
    JournalPage list;
    if (std::ssize(found) > query.limit) {
        found.pop_back();
        list.next_before = found.back().seq;
    }
    for (auto& record : found) make_json(record);
    list.entries = std::move(found);
    return list;
}

Result<journal::Proof> Service::verify() {
    CHECK_OK(parts_.journal.flush());
    TRY(auto* const database, parts_.journal.database());
    TRY(const auto* const keys, parts_.journal.keys());
    TRY(const auto kept, kept_head(parts_.database));
    TRY(const auto trusted,
        database->read([&](Session& session) { return journal::trusted_keys(*keys, session); }));
    std::vector<Head> older;
    if (kept) older.push_back(*kept);
    return journal::verify_store(*database, trusted, older);
}

Result<std::filesystem::path> Service::export_file() {
    CHECK_OK(parts_.journal.flush());
    TRY(auto* const database, parts_.journal.database());
    const auto path = parts_.staging / ("journal-" + base::random_hex(8) + ".jsonl");
    std::ofstream out(path);
    if (!out) return std::unexpected(base::unwritable(path));
    const auto done = journal::export_to(*database, out);
    if (done) return path;
    out.close();
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
    return std::unexpected(done.error());
}

Result<void> archive_old(journal::Journal& journal, const base::Settings& settings) {
    CHECK_OK(journal.flush());
    TRY(auto* const database, journal.database());
    TRY(const auto* const keys, journal.keys());
    CHECK_OK(journal::archive(
        *database,
        *keys,
        {settings.integer("journal.keep_days") * kDayMs,
         settings.integer("journal.archive_days") * kDayMs}
    ));
    return {};
}

}  // namespace csva::audit
