# One precompiled header for every target: the standard headers that nearly all files include, and fmt. It is compiled
# once; a target that needs other flags than csva_options must not use it (clang refuses a header made with others).
if(CSVA_PCH)
    file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/csva_pch.cpp CONTENT "" @ONLY)
    add_library(csva_pch OBJECT ${CMAKE_BINARY_DIR}/csva_pch.cpp)
    target_link_libraries(csva_pch PRIVATE csva_options fmt::fmt)
    target_precompile_headers(csva_pch PRIVATE ${CMAKE_SOURCE_DIR}/cmake/csva_pch.hpp)
endif()

function(csva_precompile target)
    if(CSVA_PCH)
        target_precompile_headers(${target} REUSE_FROM csva_pch)
    endif()
    target_link_libraries(${target} PRIVATE fmt::fmt)
endfunction()
