#pragma once

#include "app/compose.hpp"

namespace csva::app {

/// Puts the sample into the inbox of a store that has neither users nor data sets, so that the
/// first page is not empty. Unless data.sample is off.
base::Result<void> load_sample(Composition& parts);

}  // namespace csva::app
