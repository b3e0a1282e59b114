# csva_embed(TARGET <target> NAME <name> FILES <files>... [BASE <folder>])
# Puts files into the program with .incbin. C++ sees them as
#   namespace csva::embedded { std::span<const base::EmbeddedFile> <name>(); }
# sorted by name; the name of a file is its path below BASE (default: the bare file name).
function(csva_embed)
    cmake_parse_arguments(arg "" "TARGET;NAME;BASE" "FILES" ${ARGN})
    set(out ${CMAKE_CURRENT_BINARY_DIR}/embedded_${arg_NAME})
    list(SORT arg_FILES)
    set(asm ".section .rodata\n")
    set(decl "")
    set(rows "")
    set(i 0)
    foreach(file ${arg_FILES})
        if(arg_BASE)
            file(RELATIVE_PATH shown ${arg_BASE} ${file})
        else()
            get_filename_component(shown ${file} NAME)
        endif()
        set(sym "csva_${arg_NAME}_${i}")
        string(APPEND asm ".global ${sym}_begin\n.global ${sym}_end\n.balign 16\n${sym}_begin:\n.incbin \"${file}\"\n${sym}_end:\n.byte 0\n")
        string(APPEND decl "extern \"C\" const char ${sym}_begin[];\nextern \"C\" const char ${sym}_end[];\n")
        string(APPEND rows "    {\"${shown}\", {${sym}_begin, static_cast<std::size_t>(${sym}_end - ${sym}_begin)}},\n")
        math(EXPR i "${i}+1")
    endforeach()
    string(APPEND asm ".section .note.GNU-stack,\"\",@progbits\n")
    file(CONFIGURE OUTPUT ${out}.S CONTENT "${asm}" @ONLY)
    file(CONFIGURE OUTPUT ${out}.cpp CONTENT
"#include \"foundation/base/embedded.hpp\"
${decl}
namespace csva::embedded {
std::span<const base::EmbeddedFile> ${arg_NAME}() {
    static const base::EmbeddedFile files[] = {
${rows}    };
    return files;
}
}  // namespace csva::embedded
" @ONLY)
    set_source_files_properties(${out}.S PROPERTIES OBJECT_DEPENDS "${arg_FILES}")
    set_source_files_properties(${out}.cpp PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
    target_sources(${arg_TARGET} PRIVATE ${out}.S ${out}.cpp)
endfunction()
