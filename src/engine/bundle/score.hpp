#pragma once

#include "engine/bundle/model.hpp"
#include "engine/table/source.hpp"
#include "foundation/base/control.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <ostream>
#include <string>
#include <string_view>

namespace csva::bundle {

/// Rows as texts with their answers.
struct Answered {
    table::Batch rows;
    Answers answers;
    std::string text;  ///< What `write` made of them.
};

/// What is done with answers: `write` on any thread, then `take` one batch at a time, in order.
struct AnswerUse {
    std::string_view name;  ///< A leaderboard name, empty for the best.
    bool with_warnings = false;
    std::function<void(Answered&)> write;
    std::function<base::Result<void>(Answered&)> take;
    std::size_t threads = 0;  ///< 0: as many as the machine has.
};

/// Answers every row of a table of texts on all cores, a batch at a time; what `take` hears does
/// not depend on their number. Returns the number of rows. Errors: bundle.unknown_model, those of
/// the reader and of `take`, jobs.cancelled.
base::Result<std::int64_t> answer_rows(
    const Model& model, const AnswerUse& use, table::TableReader& rows, base::Control& control
);

/// How a file of answers looks.
struct ScoreOptions {
    std::string_view name;      ///< A leaderboard name, empty for the best.
    bool keep_columns = false;  ///< CSV: the columns of the rows stand before the answers.
    bool json = false;          ///< One JSON object a line, with warnings, instead of CSV.
    std::function<base::Result<void>(const Answered&)> seen;  ///< Hears every batch, in order.
};

/// Writes the answers of a table of texts: the one way of the command line and of batch jobs.
/// Returns the number of rows. Errors: those of answer_rows, bundle.no_rows,
/// base.file_unwritable.
base::Result<std::int64_t> score_rows(
    const Model& model,
    const ScoreOptions& options,
    table::TableReader& rows,
    std::ostream& out,
    base::Control& control
);

}  // namespace csva::bundle
