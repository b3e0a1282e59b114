#include "features/models/service.hpp"
#include "features/predictions/store.hpp"
#include "foundation/base/clock.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <span>

namespace csva::predictions {
namespace {

using base::Result;
using store::Session;

Result<void> insert_row(
    Session& session,
    std::optional<std::int64_t> batch,
    const SegmentSummary& segment,
    std::string_view blob_key
) {
    CHECK_OK(session.run(
        "INSERT INTO prediction_segments (project_id, model_id, code, batch_id, state, blob_key, "
        "rows, from_ms, to_ms) VALUES (:project, :model, :code, :batch, :state, :key, :rows, "
        ":from, :to)",
        {segment.head.project_id,
         segment.head.model_id,
         segment.head.code,
         batch,
         blob_key.empty() ? "open" : "closed",
         blob_key,
         segment.rows,
         segment.from_ms,
         segment.to_ms}
    ));
    return {};
}

constexpr std::size_t kChunk = 200;  ///< Labels a statement.

/// Number of predictions of closed segments, -1 of open ones, by code.
using Segments = std::map<std::string, std::int64_t>;
using WrittenHere = std::function<std::optional<std::int64_t>(std::string_view code)>;
using KnownLabels = std::map<PredictionKey, std::string>;

/// ":a0, :a1..." with the values; names may not repeat in a statement.
std::string placeholders(std::string_view letter, std::size_t count) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i)
        out += (i == 0 ? ":" : ", :") + std::string(letter) + std::to_string(i);
    return out;
}

Result<Segments> segments_of(
    Session& session, const std::vector<Label>& labels, models::ModelId model
) {
    std::set<std::string> codes;
    for (const auto& label : labels) codes.insert(label.key.code);
    const std::vector<std::string> all(codes.begin(), codes.end());
    Segments out;
    for (std::size_t begin = 0; begin < all.size(); begin += kChunk) {
        std::vector<store::Value> values{model};
        for (std::size_t i = begin; i < std::min(begin + kChunk, all.size()); ++i)
            values.emplace_back(all[i]);
        TRY(const auto rows,
            session.rows(
                "SELECT code, state, rows FROM prediction_segments WHERE model_id = :model AND "
                "code IN (" +
                    placeholders("c", values.size() - 1) + ")",
                values
            ));
        for (const auto& row : rows)
            out[row.text("code")] = row.text("state") == "open" ? -1 : row.integer("rows");
    }
    return out;
}

Result<KnownLabels> known_labels(Session& session, std::span<const Label> labels) {
    std::vector<store::Value> values;
    std::string condition;
    for (std::size_t i = 0; i < labels.size(); ++i) {
        condition += fmt::format("{}(code = :c{} AND n = :n{})", i == 0 ? "" : " OR ", i, i);
        values.emplace_back(labels[i].key.code);
        values.emplace_back(labels[i].key.n);
    }
    TRY(const auto rows,
        session.rows("SELECT code, n, value FROM prediction_labels WHERE " + condition, values));
    KnownLabels out;
    for (const auto& row : rows) out[{row.text("code"), row.integer("n")}] = row.text("value");
    return out;
}

LabelFate fate_of(
    const Label& label,
    const Segments& segments,
    const KnownLabels& known,
    bool replace,
    const WrittenHere& written_here
) {
    const auto segment = segments.find(label.key.code);
    auto rows = segment == segments.end() ? std::optional<std::int64_t>() : segment->second;
    const bool is_open = rows == -1;
    if (!rows || is_open) rows = written_here(label.key.code);
    if (rows ? label.key.n > *rows : !is_open) return LabelFate::unknown;
    const auto before = known.find(label.key);
    if (before == known.end()) return LabelFate::taken;
    if (before->second == label.value) return LabelFate::unchanged;
    return replace ? LabelFate::replaced : LabelFate::contradicts;
}

Result<void> write_labels(Session& session, const models::Model& model, const KnownLabels& labels) {
    if (labels.empty()) return {};
    std::string rows;
    std::vector<store::Value> values;
    std::size_t i = 0;
    const std::int64_t now = base::Clock::wall_ms();
    for (const auto& [key, value] : labels) {
        rows +=
            fmt::format("{}(:c{}, :n{}, :p{}, :m{}, :v{}, :t{})", i ? ", " : "", i, i, i, i, i, i);
        values.insert(values.end(), {key.code, key.n, model.project_id, model.id, value, now});
        ++i;
    }
    CHECK_OK(session.run(
        "INSERT INTO prediction_labels (code, n, project_id, model_id, value, labelled_at) "
        "VALUES " +
            rows +
            " ON CONFLICT (code, n) DO UPDATE SET value = excluded.value, labelled_at = "
            "excluded.labelled_at",
        values
    ));
    return {};
}

}  // namespace

Result<void> insert_segment(Session& session, const SegmentSummary& segment) {
    return insert_row(session, std::nullopt, segment, "");
}

Result<void> insert_batch_segment(
    Session& session, BatchId batch, const SegmentSummary& segment, std::string_view blob_key
) {
    return insert_row(session, batch.value, segment, blob_key);
}

Result<bool> segment_is_open(Session& session, std::string_view code) {
    TRY(const auto row,
        session.row("SELECT state FROM prediction_segments WHERE code = :code", {code}));
    return row && row->text("state") == "open";
}

Result<void> close_segment(
    Session& session, const SegmentSummary& segment, std::string_view blob_key
) {
    CHECK_OK(session.run(
        "UPDATE prediction_segments SET state = 'closed', blob_key = :key, rows = :rows, from_ms = "
        ":from, to_ms = :to WHERE code = :code AND state = 'open'",
        {blob_key, segment.rows, segment.from_ms, segment.to_ms, segment.head.code}
    ));
    return {};
}

Result<std::optional<WaitingSegment>> segment_of_batch(Session& session, BatchId batch) {
    return session.record<WaitingSegment>(
        "SELECT code, batch_id, blob_key, rows, from_ms, to_ms FROM prediction_segments WHERE "
        "batch_id = :batch",
        {batch}
    );
}

Result<void> erase_segment(Session& session, std::string_view code) {
    CHECK_OK(session.run("DELETE FROM prediction_segments WHERE code = :code", {code}));
    return {};
}

Result<void> erase_log(Session& session, std::string_view column, std::int64_t id) {
    const std::string condition =
        " WHERE model_id IN (SELECT id FROM models WHERE " + std::string(column) + " = :id)";
    CHECK_OK(models::wait_for_holders(session, column, id));
    CHECK_OK(session.run("DELETE FROM prediction_labels" + condition, {id}));
    CHECK_OK(session.run("DELETE FROM prediction_segments" + condition, {id}));
    return {};
}

Result<std::set<std::string>> log_blobs(Session& session) {
    TRY(const auto rows,
        session.rows("SELECT blob_key FROM prediction_segments WHERE blob_key <> ''"));
    std::set<std::string> keys;
    for (const auto& row : rows) keys.insert(row.text("blob_key"));
    return keys;
}

Result<std::vector<LabelFate>> put_labels(
    Session& session,
    const models::Model& model,
    const std::vector<Label>& labels,
    bool replace,
    const WrittenHere& written_here
) {
    TRY(const auto held, models::hold(session, model.id));
    if (!held) return base::fail(base::ErrorKind::not_found, models::kNotFound);
    TRY(const auto segments, segments_of(session, labels, model.id));
    std::vector<LabelFate> fates;
    fates.reserve(labels.size());
    for (std::size_t begin = 0; begin < labels.size(); begin += kChunk) {
        const std::span chunk =
            std::span(labels).subspan(begin, std::min(kChunk, labels.size() - begin));
        TRY(auto known, known_labels(session, chunk));
        std::map<PredictionKey, std::string> changed;
        for (const auto& label : chunk) {
            const auto fate = fate_of(label, segments, known, replace, written_here);
            fates.push_back(fate);
            if (fate != LabelFate::taken && fate != LabelFate::replaced) continue;
            known[label.key] = label.value;
            changed[label.key] = label.value;
        }
        CHECK_OK(write_labels(session, model, changed));
    }
    return fates;
}

Result<std::vector<WaitingSegment>> waiting_segments(Session& session, models::ModelId model) {
    return session.records<WaitingSegment>(
        "SELECT code, batch_id, blob_key, rows, from_ms, to_ms FROM prediction_segments WHERE "
        "model_id = :model AND state = 'closed' ORDER BY from_ms, id",
        {model}
    );
}

Result<std::vector<models::ModelId>> models_waiting(Session& session, std::int64_t before_ms) {
    TRY(const auto rows,
        session.rows(
            "SELECT DISTINCT model_id FROM prediction_segments WHERE state = 'closed' AND from_ms "
            "< :before",
            {before_ms}
        ));
    std::vector<models::ModelId> out;
    for (const auto& row : rows) out.emplace_back(row.integer("model_id"));
    return out;
}

Result<void> seal_segments(
    Session& session, const std::vector<std::string>& codes, std::int64_t window_id
) {
    for (const auto& code : codes)
        CHECK_OK(session.run(
            "UPDATE prediction_segments SET state = 'sealed', blob_key = '', window_id = :window "
            "WHERE code = :code",
            {window_id, code}
        ));
    return {};
}

Result<std::vector<Label>> labels_of(Session& session, models::ModelId model) {
    TRY(const auto rows,
        session.rows(
            "SELECT code, n, value FROM prediction_labels WHERE model_id = :model", {model}
        ));
    std::vector<Label> out;
    out.reserve(rows.size());
    for (const auto& row : rows)
        out.push_back({{row.text("code"), row.integer("n")}, row.text("value")});
    return out;
}

Result<std::set<std::int64_t>> labelled_windows(Session& session, models::ModelId model) {
    TRY(const auto rows,
        session.rows(
            "SELECT DISTINCT window_id FROM prediction_segments WHERE model_id = :model AND "
            "window_id IS NOT NULL AND EXISTS (SELECT 1 FROM prediction_labels l WHERE l.code = "
            "prediction_segments.code)",
            {model}
        ));
    std::set<std::int64_t> out;
    for (const auto& row : rows) out.insert(row.integer("window_id"));
    return out;
}

Result<LabelCount> count_labels(Session& session, models::ModelId model) {
    TRY(const auto row,
        session.row(
            "SELECT COUNT(*) AS n, MAX(labelled_at) AS last FROM prediction_labels WHERE model_id "
            "= :model",
            {model}
        ));
    return LabelCount{row->integer("n"), row->integer("last")};
}

Result<std::int64_t> forget_log(Session& session, std::int64_t before_ms) {
    CHECK_OK(session.run(
        "DELETE FROM prediction_labels WHERE code IN (SELECT code FROM prediction_segments WHERE "
        "state = 'sealed' AND to_ms < :before)",
        {before_ms}
    ));
    return session.run(
        "DELETE FROM prediction_segments WHERE state = 'sealed' AND to_ms < :before", {before_ms}
    );
}

Result<std::vector<Usage>> usage(
    Session& session, const std::string& condition, std::vector<store::Value> values
) {
    return session.records<Usage>(
        "SELECT s.model_id AS model_id, CAST(SUM(s.rows) AS BIGINT) AS predictions, CAST(SUM(CASE "
        "WHEN s.state = "
        "'closed' THEN s.rows ELSE 0 END) AS BIGINT) AS waiting_rows, MAX(s.to_ms) AS last_at_ms "
        "FROM "
        "prediction_segments s WHERE " +
            condition + " GROUP BY s.model_id ORDER BY s.model_id DESC",
        std::move(values)
    );
}

}  // namespace csva::predictions
