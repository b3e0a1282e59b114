#pragma once

#include "engine/recipe/recipe.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace csva::recipe {

/// A step with what it learnt.
struct FittedStep {
    Step step;
    std::string constants = "{}";
};
CSVA_DESCRIBE(FittedStep, step, constants)
CSVA_NOTES(
    FittedStep, {.field = "constants", .text = "What the step learnt from training rows, as JSON."}
)

/// A recipe made ready for rows as read: what training, form, JSON, batch and the command line all
/// send their rows through. Row steps are applied; table steps choose training rows and do nothing
/// here. Immutable and thread-safe; copies share the kernels.
class Replay {
public:
    /// Fits every step on what the steps before it make of `rows`: one pass for each step that
    /// learns. Errors: those of fit_row_step.
    static base::Result<Replay> fit(
        const std::vector<Step>& steps, table::TableReader& rows, base::Control& control
    );
    /// The same from stored constants, for a table of these columns.
    static base::Result<Replay> load(
        const table::Schema& as_read, const std::vector<FittedStep>& steps
    );
    const table::Schema& as_read() const { return as_read_; }
    const table::Schema& output() const;
    /// All steps in order, table steps too.
    std::vector<FittedStep> steps() const;
    /// True when a step learns from rows.
    bool learns() const;
    /// Rows as read become rows as a model learns them.
    void apply(table::Batch& batch) const;
    /// Physical names of the columns as read whose cells a step protects: they are kept nowhere.
    std::vector<std::string> protected_columns() const;
    /// The same for some columns alone, by physical name: row steps that touch none of them are
    /// gone, and with them what they learnt.
    base::Result<Replay> only(std::span<const std::string> physical) const;

private:
    struct Made {
        Step step;
        std::shared_ptr<const RowStep> kernel;  // null: a table step
    };
    table::Schema as_read_;
    std::vector<Made> made_;
};

/// What a training reads: rows as read, with a recipe applied whose constants can be learnt again
/// from some of the rows. Use from one thread.
class RecipeReader : public table::TableReader {
public:
    /// `rows` are those that the recipe's table steps keep; all of them are learnt from at first.
    /// `control` outlives the reader. Errors: those of Replay::fit.
    static base::Result<std::unique_ptr<RecipeReader>> open(
        std::unique_ptr<table::TableReader> rows, std::vector<Step> steps, base::Control& control
    );
    const table::Schema& schema() const override { return replay_.output(); }
    std::int64_t row_count() const override { return rows_->row_count(); }
    base::Result<bool> next(table::Batch& batch) override;
    base::Result<void> rewind() override { return rows_->rewind(); }
    /// Learns every constant again from the rows with these ids (ascending) alone, and starts from
    /// the first row. Errors: those of Replay::fit.
    base::Result<void> refit(std::span<const std::int64_t> row_ids);
    const Replay& replay() const { return replay_; }

private:
    RecipeReader(
        std::unique_ptr<table::TableReader> rows, std::vector<Step> steps, base::Control& control
    )
        : rows_(std::move(rows)), steps_(std::move(steps)), control_(control) {}
    std::unique_ptr<table::TableReader> rows_;
    std::vector<Step> steps_;
    base::Control& control_;
    Replay replay_;
};

}  // namespace csva::recipe
