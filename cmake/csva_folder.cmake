# csva_folder(NAME <name> [DEPENDS <folders>...] [LIBRARIES <targets>...])
# Makes the static library csva_<name> of the *.cpp beside the caller (without *_test.cpp), the test program
# <name>_test of the *_test.cpp, and embeds migrations/*.sql when there are any.
function(csva_folder)
    cmake_parse_arguments(arg "" "NAME" "DEPENDS;LIBRARIES" ${ARGN})
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp ${CMAKE_CURRENT_SOURCE_DIR}/steps/*.cpp)
    set(tests ${sources})
    list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
    list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
    set(target csva_${arg_NAME})
    add_library(${target} STATIC ${sources})
    list(TRANSFORM arg_DEPENDS PREPEND csva_)
    target_link_libraries(${target} PUBLIC csva_options ${arg_DEPENDS} PRIVATE ${arg_LIBRARIES})
    csva_precompile(${target})
    file(GLOB migrations CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/migrations/*.sql)
    if(migrations)
        csva_embed(TARGET ${target} NAME ${arg_NAME}_migrations FILES ${migrations})
    endif()
    if(CSVA_TESTS AND tests)
        add_executable(${arg_NAME}_test ${tests})
        target_link_libraries(${arg_NAME}_test PRIVATE ${target} ${arg_LIBRARIES} GTest::gmock GTest::gtest_main)
        csva_precompile(${arg_NAME}_test)
        gtest_discover_tests(${arg_NAME}_test TEST_PREFIX "unit.${arg_NAME}." DISCOVERY_TIMEOUT 60 PROPERTIES LABELS unit TIMEOUT 120)
    endif()
endfunction()

function(csva_precompile target)
    if(CSVA_PCH)
        target_precompile_headers(
            ${target}
            PRIVATE
            $<$<COMPILE_LANGUAGE:CXX>:<string$<ANGLE-R>>
            $<$<COMPILE_LANGUAGE:CXX>:<string_view$<ANGLE-R>>
            $<$<COMPILE_LANGUAGE:CXX>:<vector$<ANGLE-R>>
            $<$<COMPILE_LANGUAGE:CXX>:<map$<ANGLE-R>>
            $<$<COMPILE_LANGUAGE:CXX>:<memory$<ANGLE-R>>
            $<$<COMPILE_LANGUAGE:CXX>:<functional$<ANGLE-R>>
            $<$<COMPILE_LANGUAGE:CXX>:<optional$<ANGLE-R>>
            $<$<COMPILE_LANGUAGE:CXX>:<variant$<ANGLE-R>>
            $<$<COMPILE_LANGUAGE:CXX>:<expected$<ANGLE-R>>
            $<$<COMPILE_LANGUAGE:CXX>:<chrono$<ANGLE-R>>
            $<$<COMPILE_LANGUAGE:CXX>:<filesystem$<ANGLE-R>>
            $<$<COMPILE_LANGUAGE:CXX>:<span$<ANGLE-R>>
            $<$<COMPILE_LANGUAGE:CXX>:<algorithm$<ANGLE-R>>
            $<$<COMPILE_LANGUAGE:CXX>:<fmt/format.h$<ANGLE-R>>
        )
        if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
            target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-Xclang> $<$<COMPILE_LANGUAGE:CXX>:-fno-pch-timestamp>)
        endif()
    endif()
    target_link_libraries(${target} PRIVATE fmt::fmt)
endfunction()
