#pragma once

#include <span>
#include <string_view>

namespace csva::base {

/// A file that the build put into the program (see cmake/csva_embed.cmake).
struct EmbeddedFile {
    std::string_view name;
    std::string_view content;
};

}  // namespace csva::base
