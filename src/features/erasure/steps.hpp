#pragma once

#include "features/erasure/ledger.hpp"
#include "features/erasure/service.hpp"
#include "features/erasure/store.hpp"
#include "foundation/journal/keys.hpp"

namespace csva::erasure {

/// What the steps of an erasure work on.
struct Tools {
    const Service::Parts& parts;
    const Ledger& ledger;
    const journal::Keys& keys;
};

/// Does the step that the row stands at and moves it on; false when it must wait (for a job to
/// stop). Errors: what stopped it; the step is done again.
base::Result<bool> do_step(const Tools& tools, rows::Row& row);

}  // namespace csva::erasure
