#include "engine/reading/read_csv.hpp"
#include "features/predictions/service.hpp"
#include "features/predictions/store.hpp"
#include "foundation/base/files.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace csva::predictions {
namespace {

using base::Result;
using store::Session;

constexpr std::string_view kIdColumn = "prediction_id";
constexpr std::size_t kTogether = 5'000;  ///< Labels a transaction, so that others get their turn.
constexpr std::size_t kMostRefused = 1'000;

/// The cell as the model's answers are written: a class, or a number. Nothing: it is neither.
std::optional<std::string> answer_of(const bundle::Description& model, const std::string& text) {
    const auto& classes = model.report.classes;
    if (!classes.empty()) {
        if (std::ranges::find(classes, text) == classes.end()) return std::nullopt;
        return text;
    }
    double value = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc() || stop != end || !std::isfinite(value)) return std::nullopt;
    return text;
}

/// The columns of a file, text by text; a missing cell is empty.
using Cells = std::vector<std::vector<std::string>>;

/// The columns of that name in a CSV file of any kind. Errors: predictions.no_label_column, those
/// of reading::read_csv.
Result<Cells> columns_of(const std::string& file, const std::vector<std::string>& names) {
    TRY(const auto folder, base::TemporaryFolder::make());
    Cells out(names.size());
    base::Control control;
    const auto take = [&](table::TableReader& rows) -> Result<void> {
        std::vector<std::size_t> places;
        for (const auto& name : names) {
            const auto place = rows.schema().find(name);
            if (!place)
                return base::fail(
                    base::ErrorKind::invalid_argument, kNoLabelColumn, {{"column", name}}
                );
            places.push_back(*place);
        }
        table::Batch batch;
        for (;;) {
            TRY(const bool more, rows.next(batch));
            if (!more) return {};
            for (std::size_t c = 0; c < places.size(); ++c)
                for (std::size_t row = 0; row < batch.rows(); ++row)
                    out[c].emplace_back(batch.columns[places[c]].texts[row]);
        }
    };
    CHECK_OK(reading::read_csv(
        {.input = file,
         .temporary_folder = folder.path().string(),
         .all_text = true,
         .take = take,
         .threads = 1},
        control
    ));
    return out;
}

/// What becomes of labels, counted.
class Taking {
public:
    Taking(const models::Ready& ready, bool replace, i18n::Language language)
        : ready_(ready), replace_(replace), language_(language) {}

    /// Empty values are left out: not known yet.
    void add(const std::string& id, const std::string& value) {
        if (value.empty()) return;
        const auto key = key_of(id);
        auto answer = answer_of(ready_.bundle->description(), value);
        if (!key)
            refuse(id, Refusal::unknown_prediction);
        else if (!answer)
            refuse(id, Refusal::not_an_answer);
        else
            labels_.push_back({*key, std::move(*answer)});
    }

    Result<LabelsTaken> put(store::Database& database, const PredictionLog& log) {
        for (std::size_t begin = 0; begin < labels_.size(); begin += kTogether) {
            const auto end = std::min(begin + kTogether, labels_.size());
            const std::vector<Label> some(
                labels_.begin() + static_cast<std::ptrdiff_t>(begin),
                labels_.begin() + static_cast<std::ptrdiff_t>(end)
            );
            TRY(const auto fates, database.transaction([&](Session& session) {
                return put_labels(session, ready_.model, some, replace_, [&](auto code) {
                    return log.rows_of(code, ready_.model.id);
                });
            }));
            for (std::size_t i = 0; i < fates.size(); ++i) count(some[i], fates[i]);
        }
        return std::move(out_);
    }

private:
    void refuse(const std::string& id, Refusal why) {
        ++out_.refused_count;
        if (out_.refused.size() == kMostRefused) return;
        const auto word = base::type_of<Refusal>().enumerators[static_cast<std::size_t>(why)];
        out_.refused.push_back(
            {id, why, i18n::text(language_, "predictions:label." + std::string(word))}
        );
    }
    void count(const Label& label, LabelFate fate) {
        switch (fate) {
            case LabelFate::taken:
                ++out_.taken;
                break;
            case LabelFate::unchanged:
                ++out_.unchanged;
                break;
            case LabelFate::replaced:
                ++out_.replaced;
                break;
            case LabelFate::contradicts:
                refuse(id_of(label.key), Refusal::contradicts);
                break;
            case LabelFate::unknown:
                refuse(id_of(label.key), Refusal::unknown_prediction);
                break;
        }
    }

    const models::Ready& ready_;
    bool replace_;
    i18n::Language language_;
    std::vector<Label> labels_;
    LabelsTaken out_;
};

}  // namespace

Result<LabelsTaken> Service::label(const NewLabels& wish, i18n::Language language) {
    TRY(const auto ready, models_.ready(wish.model_id));
    Taking taking(*ready, wish.replace, language);
    for (const auto& label : wish.labels) taking.add(label.prediction_id, label.value.text);
    return taking.put(database_, log_);
}

Result<LabelsTaken> Service::label_file(
    const LabelFile& wish, const http::StagedFile& file, i18n::Language language
) {
    TRY(const auto ready, models_.ready(wish.model_id));
    TRY(const auto cells, columns_of(file.path, {std::string(kIdColumn), ready->model.target}));
    Taking taking(*ready, wish.replace, language);
    for (std::size_t row = 0; row < cells[0].size(); ++row)
        taking.add(cells[0][row], cells[1][row]);
    return taking.put(database_, log_);
}

Result<LabelsTaken> Service::label_batch(
    const BatchLabels& wish, const http::StagedFile& file, i18n::Language language
) {
    struct Known {
        models::ModelId model;
        WaitingSegment segment;
    };
    TRY(const auto known, database_.read([&](Session& session) -> Result<Known> {
        TRY(const auto batch, find(session, wish.batch_id, language));
        if (!batch) return base::fail(base::ErrorKind::not_found, kBatchNotFound);
        TRY(auto segment, segment_of_batch(session, wish.batch_id));
        if (!segment) return base::fail(base::ErrorKind::conflict, kNotReady);
        return Known{batch->model_id, std::move(*segment)};
    }));
    TRY(const auto ready, models_.ready(known.model));
    TRY(const auto cells, columns_of(file.path, {ready->model.target}));
    if (std::ssize(cells[0]) != known.segment.rows)
        return base::fail(
            base::ErrorKind::invalid_argument,
            kOtherRows,
            {{"rows", std::ssize(cells[0])}, {"expected", known.segment.rows}}
        );
    Taking taking(*ready, wish.replace, language);
    for (std::size_t row = 0; row < cells[0].size(); ++row)
        taking.add(id_of({known.segment.code, static_cast<std::int64_t>(row) + 1}), cells[0][row]);
    return taking.put(database_, log_);
}

}  // namespace csva::predictions
