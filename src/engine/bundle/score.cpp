#include "engine/bundle/score.hpp"

namespace csva::bundle {
namespace {

void append_cells(std::string& out, const table::Batch& batch, std::size_t row) {
    for (const auto& column : batch.columns) {
        if (!column.missing(row)) out += csv_cell(column.texts[row]);
        out += ',';
    }
}

void append_header(
    std::string& out, const Model& model, const ScoreOptions& options, const table::Schema& schema
) {
    if (options.json) return;
    for (const auto& column : schema.columns) {
        if (!options.keep_columns) break;
        out += csv_cell(column.name) + ',';
    }
    out += model.csv_header() + '\n';
}

}  // namespace

base::Result<std::int64_t> score_rows(
    const Model& model,
    const ScoreOptions& options,
    table::TableReader& rows,
    std::ostream& out,
    base::Control& control
) {
    const Places places = model.places(rows.schema());
    Answers answers{.with_warnings = options.json};
    std::string text;
    append_header(text, model, options, rows.schema());
    std::int64_t count = 0;
    table::Batch batch;
    for (;;) {
        if (control.cancelled())
            return base::fail(base::ErrorKind::conflict, base::kCancelledReason);
        TRY(const bool more, rows.next(batch));
        if (!more) break;
        CHECK_OK(model.predict(places, batch, options.name, answers));
        for (std::size_t row = 0; row < batch.rows(); ++row) {
            if (options.json) {
                text += base::to_json(model.prediction(answers, row));
            } else {
                if (options.keep_columns) append_cells(text, batch, row);
                model.append_csv(text, answers, row);
            }
            text += '\n';
        }
        count += static_cast<std::int64_t>(batch.rows());
        out << text;
        text.clear();
        if (rows.row_count() > 0)
            control.progress(
                static_cast<double>(count) / static_cast<double>(rows.row_count()), "scoring"
            );
    }
    out << text;  // a table without rows has a header
    out.flush();
    if (!out) return base::fail(base::ErrorKind::unavailable, "base.file_unwritable");
    return count;
}

}  // namespace csva::bundle
