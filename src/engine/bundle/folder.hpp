#pragma once

// Shared by the .cpp files of this folder only: the files of a model folder.

#include <string>
#include <string_view>

namespace csva::bundle {

inline constexpr std::string_view kDescriptionFile = "model.json";
inline constexpr std::string_view kReferenceFile = "reference.json";
inline constexpr std::string_view kHashesFile = "SHA256SUMS";
std::string model_file(std::string_view name);

}  // namespace csva::bundle
