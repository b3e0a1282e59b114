#include "engine/bundle/score.hpp"

namespace csva::bundle {
std::map<std::string, base::Cell> cells_of(
    const table::Schema& schema, const table::Batch& batch, std::size_t row
) {
    std::map<std::string, base::Cell> cells;
    for (std::size_t i = 0; i < schema.columns.size(); ++i) {
        auto& cell = cells[schema.columns[i].name];
        if (batch.columns[i].missing(row)) continue;
        cell = {base::Cell::Kind::text, std::string(batch.columns[i].texts[row]), 0};
    }
    return cells;
}

base::Result<std::int64_t> score_rows(
    const Model& model,
    std::string_view name,
    table::TableReader& rows,
    std::ostream& out,
    base::Control& control
) {
    out << model.csv_header() << '\n';
    std::int64_t count = 0;
    table::Batch batch;
    for (;;) {
        if (control.cancelled())
            return base::fail(base::ErrorKind::conflict, base::kCancelledReason);
        TRY(const bool more, rows.next(batch));
        if (!more) break;
        for (std::size_t row = 0; row < batch.rows(); ++row, ++count) {
            TRY(const auto answer, model.predict(cells_of(rows.schema(), batch, row), name));
            out << model.csv_fields(answer) << '\n';
        }
        if (rows.row_count() > 0)
            control.progress(
                static_cast<double>(count) / static_cast<double>(rows.row_count()), "scoring"
            );
    }
    out.flush();
    if (!out) return base::fail(base::ErrorKind::unavailable, "base.file_unwritable");
    return count;
}

}  // namespace csva::bundle
