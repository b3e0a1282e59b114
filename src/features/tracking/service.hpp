#pragma once

#include "features/accounts/service.hpp"
#include "features/tracking/mirror.hpp"
#include "features/tracking/record.hpp"
#include "features/tracking/types.hpp"
#include "foundation/base/settings.hpp"
#include "foundation/blob/blob.hpp"
#include "foundation/store/database.hpp"
#include "foundation/store/lifecycle.hpp"

#include <memory>
#include <vector>

namespace csva::tracking {

store::Migrations migrations();
/// `settings` outlives it.
std::unique_ptr<store::Lifecycle> lifecycle(const base::Settings& settings);
std::vector<base::SettingRow> setting_rows();

}  // namespace csva::tracking
