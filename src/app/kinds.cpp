#include "app/kinds.hpp"

#include "features/cleaning/service.hpp"
#include "features/datasets/service.hpp"
#include "features/erasure/exports.hpp"
#include "features/erasure/persons.hpp"
#include "features/monitoring/service.hpp"
#include "features/predictions/service.hpp"
#include "features/training/service.hpp"

namespace csva::app {

jobs::Kinds job_kinds(const base::Settings& settings) {
    return {
        datasets::read_kind(settings),
        cleaning::clean_kind(settings),
        training::train_kind(),
        predictions::batch_kind(settings, monitoring::on_batch),
        monitoring::watch_kind(settings),
        erasure::export_kind(),
        erasure::person_kind(settings)
    };
}

}  // namespace csva::app
