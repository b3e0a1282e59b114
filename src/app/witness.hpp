#pragma once

#include "foundation/http/witness.hpp"
#include "foundation/journal/journal.hpp"

#include <memory>

namespace csva::app {

/// Writes what the server has seen into the journal.
std::unique_ptr<http::Witness> journal_witness(
    const http::Routes& routes, journal::Journal& journal
);

}  // namespace csva::app
