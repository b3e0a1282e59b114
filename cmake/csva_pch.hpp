#pragma once
// What nearly every file of src/ includes. A header that only one folder needs does not belong
// here.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <expected>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>
