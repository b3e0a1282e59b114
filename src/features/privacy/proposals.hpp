#pragma once

#include "features/privacy/types.hpp"

#include <vector>

namespace csva::privacy {

/// Ways to protect a column by what was found in it and by its type, the recommended one first.
std::vector<Proposal> proposals_for(const PersonalColumn& column);

}  // namespace csva::privacy
