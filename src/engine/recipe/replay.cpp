#include "engine/recipe/replay.hpp"

#include <algorithm>

namespace csva::recipe {
namespace {

/// Rows after the steps made so far.
class StepsSoFar : public table::TableReader {
public:
    StepsSoFar(table::TableReader& rows, const Replay& replay) : rows_(rows), replay_(replay) {}
    const table::Schema& schema() const override { return replay_.output(); }
    base::Result<bool> next(table::Batch& batch) override {
        TRY(const bool more, rows_.next(batch));
        if (more) replay_.apply(batch);
        return more;
    }
    base::Result<void> rewind() override { return rows_.rewind(); }

private:
    table::TableReader& rows_;
    const Replay& replay_;
};

/// The rows with these ids, which ascend.
class ChosenRows : public table::TableReader {
public:
    ChosenRows(table::TableReader& rows, std::span<const std::int64_t> ids)
        : rows_(rows), ids_(ids) {}
    const table::Schema& schema() const override { return rows_.schema(); }
    base::Result<bool> next(table::Batch& batch) override {
        do {
            TRY(const bool more, rows_.next(batch));
            if (!more) return false;
            keep_chosen(batch);
        } while (batch.rows() == 0);
        return true;
    }
    base::Result<void> rewind() override { return rows_.rewind(); }

private:
    void keep_chosen(table::Batch& batch) const {
        std::vector<std::size_t> kept;
        for (std::size_t row = 0; row < batch.rows(); ++row)
            if (std::ranges::binary_search(ids_, batch.row_ids[row])) kept.push_back(row);
        take(batch.row_ids, kept);
        for (auto& column : batch.columns) {
            take(column.valid, kept);
            take(column.integers, kept);
            take(column.reals, kept);
            take(column.texts, kept);
        }
    }
    template <class Values>
    static void take(Values& values, const std::vector<std::size_t>& kept) {
        if (values.empty()) return;  // a vector that the column's type does not use
        for (std::size_t k = 0; k < kept.size(); ++k) values[k] = values[kept[k]];
        values.resize(kept.size());
    }
    table::TableReader& rows_;
    std::span<const std::int64_t> ids_;
};

base::Result<bool> is_row_step(const Step& step) {
    const StepInfo* info = find_step(step.step);
    if (info == nullptr)
        return base::fail(
            base::ErrorKind::invalid_argument, "recipe.unknown_step", {{"step", step.step}}
        );
    return info->kind == StepKind::row;
}

}  // namespace

base::Result<Replay> Replay::fit(
    const std::vector<Step>& steps, table::TableReader& rows, base::Control& control
) {
    Replay out;
    out.as_read_ = rows.schema();
    for (const auto& step : steps) {
        TRY(const bool of_rows, is_row_step(step));
        if (!of_rows) {
            out.made_.push_back({step, nullptr});
            continue;
        }
        CHECK_OK(rows.rewind());
        StepsSoFar before(rows, out);
        TRY(auto kernel, fit_row_step(step, before, control));
        out.made_.push_back({step, std::move(kernel)});
    }
    CHECK_OK(rows.rewind());
    return out;
}

base::Result<Replay> Replay::load(
    const table::Schema& as_read, const std::vector<FittedStep>& steps
) {
    Replay out;
    out.as_read_ = as_read;
    for (const auto& [step, constants] : steps) {
        TRY(const bool of_rows, is_row_step(step));
        std::shared_ptr<const RowStep> kernel;
        if (of_rows) {
            TRY(kernel, load_row_step(step, out.output(), constants));
        }
        out.made_.push_back({step, std::move(kernel)});
    }
    return out;
}

const table::Schema& Replay::output() const {
    for (auto made = made_.rbegin(); made != made_.rend(); ++made)
        if (made->kernel) return made->kernel->output_schema();
    return as_read_;
}

std::vector<FittedStep> Replay::steps() const {
    std::vector<FittedStep> out;
    for (const auto& [step, kernel] : made_)
        out.push_back({step, kernel ? kernel->constants() : "{}"});
    return out;
}

bool Replay::learns() const {
    return std::ranges::any_of(made_, [](const Made& made) {
        return find_step(made.step.step)->fitted;
    });
}

std::vector<std::string> Replay::protected_columns() const {
    std::vector<std::string> out;
    const table::Schema* before = &as_read_;
    for (const auto& [step, kernel] : made_) {
        if (!kernel) continue;
        if (find_step(step.step)->protection != Protection::none)
            for (const auto& name : step.columns)
                if (const auto at = before->find(name))
                    out.push_back(before->columns[*at].physical);
        before = &kernel->output_schema();
    }
    return out;
}

void Replay::apply(table::Batch& batch) const {
    for (const auto& made : made_)
        if (made.kernel) made.kernel->apply(batch);
}

base::Result<Replay> Replay::only(std::span<const std::string> physical) const {
    const auto wanted = [&](const table::Column& column) {
        return std::ranges::find(physical, column.physical) != physical.end();
    };
    table::Schema columns;
    std::ranges::copy_if(as_read_.columns, std::back_inserter(columns.columns), wanted);
    std::vector<FittedStep> steps;
    const table::Schema* before = &as_read_;
    for (const auto& [step, kernel] : made_) {
        FittedStep kept{step, kernel ? kernel->constants() : "{}"};
        if (kernel) {
            std::erase_if(kept.step.columns, [&](const std::string& name) {
                const auto at = before->find(name);
                return !at || !wanted(before->columns[*at]);
            });
            before = &kernel->output_schema();
        }
        if (!kept.step.columns.empty() || step.columns.empty()) steps.push_back(std::move(kept));
    }
    return load(columns, steps);
}

base::Result<std::unique_ptr<RecipeReader>> RecipeReader::open(
    std::unique_ptr<table::TableReader> rows, std::vector<Step> steps, base::Control& control
) {
    std::unique_ptr<RecipeReader> out(new RecipeReader(std::move(rows), std::move(steps), control));
    TRY(out->replay_, Replay::fit(out->steps_, *out->rows_, control));
    return out;
}

base::Result<bool> RecipeReader::next(table::Batch& batch) {
    TRY(const bool more, rows_->next(batch));
    if (more) replay_.apply(batch);
    return more;
}

base::Result<void> RecipeReader::refit(std::span<const std::int64_t> row_ids) {
    ChosenRows chosen(*rows_, row_ids);
    TRY(replay_, Replay::fit(steps_, chosen, control_));
    return rows_->rewind();
}

}  // namespace csva::recipe
