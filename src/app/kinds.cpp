#include "app/kinds.hpp"

namespace csva::app {

jobs::Kinds job_kinds([[maybe_unused]] const base::Settings& settings) {
    jobs::Kinds kinds;
    return kinds;
}

}  // namespace csva::app
