#pragma once

#include "engine/bundle/model.hpp"
#include "engine/table/source.hpp"
#include "foundation/base/control.hpp"

#include <cstdint>
#include <map>
#include <ostream>
#include <string>
#include <string_view>

namespace csva::bundle {

/// Answers every row of a table of texts as CSV with a header: the one way of the command line and
/// of batch jobs. `name`: a leaderboard name, empty for the best. Returns the number of rows.
/// Errors: bundle.unknown_model, those of the reader, base.file_unwritable, jobs.cancelled.
base::Result<std::int64_t> score_rows(
    const Model& model,
    std::string_view name,
    table::TableReader& rows,
    std::ostream& out,
    base::Control& control
);

/// A row of a table of texts as named cells; blank ones are null.
std::map<std::string, base::Cell> cells_of(
    const table::Schema& schema, const table::Batch& batch, std::size_t row
);

}  // namespace csva::bundle
