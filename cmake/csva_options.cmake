# Warnings, sanitizers, coverage and the linker: one interface target that every folder links.
option(CSVA_ASAN "Build with AddressSanitizer and UndefinedBehaviorSanitizer" OFF)
option(CSVA_TSAN "Build with ThreadSanitizer" OFF)
option(CSVA_COVERAGE "Build with source-based line coverage (gcov format)" OFF)
option(CSVA_FUZZ "Build the libFuzzer targets" OFF)
option(CSVA_WERROR "Treat warnings as errors" OFF)
option(CSVA_TESTS "Build the tests" ON)
option(CSVA_PCH "Precompile the heavy standard headers" ON)
set(CSVA_ENGINE_FLAGS "" CACHE STRING "Compiler flags of src/engine beyond those of the build type")

find_program(CSVA_CCACHE ccache)
if(CSVA_CCACHE)
    set(CMAKE_C_COMPILER_LAUNCHER ${CSVA_CCACHE})
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CSVA_CCACHE})
endif()

# Programs only, no shared library of ours: everything is compiled as for a position-independent executable, with the
# same flags in every folder, so that all share one precompiled header.
add_library(csva_options INTERFACE)
target_compile_options(csva_options INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-fPIE> -pthread)
target_link_options(csva_options INTERFACE -pie -pthread)
target_include_directories(csva_options INTERFACE ${CMAKE_SOURCE_DIR}/src)
target_compile_definitions(
    csva_options INTERFACE BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION
                           BOOST_ASIO_NO_DEPRECATED CSVA_VERSION="${PROJECT_VERSION}"
)
target_compile_options(
    csva_options
    INTERFACE
        $<$<COMPILE_LANGUAGE:CXX>:-Wall
        -Wextra
        -Wconversion
        -Wsign-conversion
        -Wshadow
        -Wnull-dereference
        -Wdouble-promotion
        -Woverloaded-virtual>
)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    # A field left out of a designated initializer takes its default: that is what it is for.
    target_compile_options(csva_options INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wno-missing-designated-field-initializers>)
    if(CSVA_PCH)
        # ccache compares precompiled headers by content.
        target_compile_options(csva_options INTERFACE "$<$<COMPILE_LANGUAGE:CXX>:SHELL:-Xclang -fno-pch-timestamp>")
    endif()
    find_program(CSVA_MOLD mold)
    if(CSVA_MOLD AND NOT CSVA_FUZZ)
        target_link_options(csva_options INTERFACE -fuse-ld=mold)
    endif()
endif()
# How much the compiler puts in place of calls decides how long it takes: builds that are not measured do with little,
# and so do the folders that wait for the store and the network (a third of their time; they also get smaller).
set(CSVA_FEW_INLINED "")
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    set(CSVA_FEW_INLINED "SHELL:-mllvm -inline-threshold=25")
endif()
if(NOT CMAKE_BUILD_TYPE STREQUAL "Release")
    target_compile_options(csva_options INTERFACE ${CSVA_FEW_INLINED})
endif()
macro(csva_inline_little)
    if(CMAKE_BUILD_TYPE STREQUAL "Release")
        add_compile_options(${CSVA_FEW_INLINED})
    endif()
endmacro()
if(CSVA_WERROR)
    target_compile_options(csva_options INTERFACE -Werror)
endif()
if(CSVA_ASAN)
    target_compile_options(csva_options INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
    target_link_options(csva_options INTERFACE -fsanitize=address,undefined)
endif()
if(CSVA_TSAN)
    target_compile_options(csva_options INTERFACE -fsanitize=thread)
    target_link_options(csva_options INTERFACE -fsanitize=thread)
endif()
if(CSVA_COVERAGE)
    target_compile_options(csva_options INTERFACE --coverage)
    target_link_options(csva_options INTERFACE --coverage)
endif()
if(CSVA_FUZZ)
    target_compile_options(csva_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(NOT CMAKE_BUILD_TYPE STREQUAL "Release")
    target_compile_definitions(csva_options INTERFACE _GLIBCXX_ASSERTIONS)
endif()
