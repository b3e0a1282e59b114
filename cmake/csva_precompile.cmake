# One precompiled header for every target: the standard headers that nearly all files include, and fmt. It is compiled
# once for each set of flags (clang refuses a header made with others): CSVA_PCH_TARGET names the one of this folder.
macro(csva_make_pch name)
    if(CSVA_PCH)
        file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/csva_pch.cpp CONTENT "" @ONLY)
        add_library(${name} OBJECT ${CMAKE_BINARY_DIR}/csva_pch.cpp)
        target_link_libraries(${name} PRIVATE csva_options fmt::fmt)
        target_precompile_headers(${name} PRIVATE ${CMAKE_SOURCE_DIR}/cmake/csva_pch.hpp)
        set(CSVA_PCH_TARGET ${name})
    endif()
endmacro()
csva_make_pch(csva_pch)

function(csva_precompile target)
    if(CSVA_PCH)
        target_precompile_headers(${target} REUSE_FROM ${CSVA_PCH_TARGET})
    endif()
    target_link_libraries(${target} PRIVATE fmt::fmt)
endfunction()
