#include "engine/bundle/score.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace csva::bundle {
namespace {

/// Threads that each read the next batch, answer it, and tell it when its turn has come.
class Crew {
public:
    Crew(const Model& model, const AnswerUse& use, table::TableReader& rows, base::Control& control)
        : model_(model),
          use_(use),
          rows_(rows),
          control_(control),
          places_(model.places(rows.schema())) {}

    base::Result<std::int64_t> run(std::size_t threads) {
        std::vector<std::thread> others;
        for (std::size_t i = 1; i < threads; ++i) others.emplace_back([this] { work(); });
        work();
        for (auto& other : others) other.join();
        if (!outcome_) return std::unexpected(std::move(outcome_).error());
        return count_;
    }

private:
    void work() {
        Answered mine;
        mine.answers.with_warnings = use_.with_warnings;
        for (;;) {
            std::size_t turn = 0;
            {
                const std::scoped_lock lock(reading_);
                if (!read(mine.rows)) return;
                turn = read_count_++;
            }
            auto done = model_.predict(places_, mine.rows, use_.name, mine.answers);
            if (done && use_.write) use_.write(mine);
            std::unique_lock lock(telling_);
            told_.wait(lock, [&] { return told_count_ == turn; });
            tell(std::move(done), mine);
            ++told_count_;
            told_.notify_all();
        }
    }

    bool read(table::Batch& batch) {
        if (ended_) return false;
        base::Result<bool> more = base::fail(base::ErrorKind::conflict, base::kCancelledReason);
        if (!control_.cancelled()) more = rows_.next(batch);
        ended_ = !more || !*more;
        if (more) return *more;
        const std::scoped_lock lock(telling_);
        if (outcome_) outcome_ = std::unexpected(std::move(more).error());
        return false;
    }

    void tell(base::Result<void> done, Answered& mine) {
        if (!outcome_) return;
        if (done) done = use_.take(mine);
        outcome_ = std::move(done);
        if (!outcome_) {
            ended_ = true;
            return;
        }
        count_ += static_cast<std::int64_t>(mine.rows.rows());
        if (rows_.row_count() > 0)
            control_.progress(
                static_cast<double>(count_) / static_cast<double>(rows_.row_count()), "scoring"
            );
    }

    const Model& model_;
    const AnswerUse& use_;
    table::TableReader& rows_;
    base::Control& control_;
    const Places places_;
    std::mutex reading_;
    std::size_t read_count_ = 0;
    std::atomic<bool> ended_ = false;
    std::mutex telling_;
    std::condition_variable told_;
    std::size_t told_count_ = 0;
    base::Result<void> outcome_;
    std::int64_t count_ = 0;
};

void append_cells(std::string& out, const table::Batch& batch, std::size_t row) {
    for (const auto& column : batch.columns) {
        if (!column.missing(row)) out += csv_cell(column.texts[row]);
        out += ',';
    }
}

std::string header(const Model& model, const ScoreOptions& options, const table::Schema& schema) {
    std::string out;
    if (options.json) return out;
    for (const auto& column : schema.columns)
        if (options.keep_columns) out += csv_cell(column.name) + ',';
    return out + model.csv_header() + '\n';
}

}  // namespace

base::Result<std::int64_t> answer_rows(
    const Model& model, const AnswerUse& use, table::TableReader& rows, base::Control& control
) {
    const std::size_t all = std::max(1U, std::thread::hardware_concurrency());
    return Crew(model, use, rows, control).run(use.threads > 0 ? use.threads : all);
}

base::Result<std::int64_t> score_rows(
    const Model& model,
    const ScoreOptions& options,
    table::TableReader& rows,
    std::ostream& out,
    base::Control& control
) {
    out << header(model, options, rows.schema());
    const auto write = [&](Answered& batch) {
        batch.text.clear();
        for (std::size_t row = 0; row < batch.rows.rows(); ++row) {
            if (options.json) {
                batch.text += base::to_json(model.prediction(batch.answers, row));
            } else {
                if (options.keep_columns) append_cells(batch.text, batch.rows, row);
                model.append_csv(batch.text, batch.answers, row);
            }
            batch.text += '\n';
        }
    };
    const auto take = [&](Answered& batch) -> base::Result<void> {
        out << batch.text;
        return options.seen ? options.seen(batch) : base::Result<void>();
    };
    TRY(const auto count,
        answer_rows(model, {options.name, options.json, write, take, 0}, rows, control));
    if (count == 0) return base::fail(base::ErrorKind::invalid_argument, "bundle.no_rows");
    out.flush();
    if (!out) return base::fail(base::ErrorKind::unavailable, "base.file_unwritable");
    return count;
}

}  // namespace csva::bundle
