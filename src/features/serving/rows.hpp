#pragma once

#include "features/serving/types.hpp"
#include "foundation/base/result.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace csva::serving {

using Rows = std::vector<predictions::Row>;

/// The rows of any of the four forms. `columns`: those of the model, in its order, for rows without
/// names. Errors: serving.bad_form, serving.too_many_rows.
base::Result<Rows> rows_of(const Invocation& sent, std::span<const std::string> columns);

/// The rows of a CSV text with a header, its cells as texts. Errors: serving.too_many_rows,
/// serving.bad_form (no row), those of reading::read_csv.
base::Result<Rows> rows_of_csv(const std::string& text);

/// The rows of tensors, one a column. Errors: serving.bad_form, serving.bad_tensor,
/// serving.too_many_rows.
base::Result<Rows> rows_of(const std::vector<InputTensor>& inputs);

}  // namespace csva::serving
