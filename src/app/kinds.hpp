#pragma once

#include "foundation/base/settings.hpp"
#include "foundation/jobs/kind.hpp"

namespace csva::app {

/// Kinds of jobs of all features, for the server, the worker and the job child. One line a feature.
jobs::Kinds job_kinds(const base::Settings& settings);

}  // namespace csva::app
