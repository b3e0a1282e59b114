#pragma once

#include "foundation/base/settings.hpp"
#include "foundation/store/database.hpp"
#include "foundation/store/lifecycle.hpp"

#include <string>

/// What another MLflow server was told of a user who goes.
namespace csva::tracking {

/// The runs that go and those that an heir gets, named for `forget_mirrored`; before the rows go.
base::Result<std::string> mirrored_of(store::Session& session, const store::Leaver& leaver);

/// On the other server: runs of the user and of the projects that went are blanked and deleted with
/// their files and versions, those that stay are the heir's. May be done twice. Errors: of kind
/// unavailable while the server is away.
base::Result<void> forget_mirrored(const base::Settings& settings, const std::string& named);

}  // namespace csva::tracking
