#include "engine/duck/api.hpp"

#include <dlfcn.h>
#include <filesystem>
#include <string>

namespace csva::duck {
namespace {

struct Loaded {
    Api api;
    std::string problem;
};

Loaded load() {
    Loaded loaded;
    std::error_code ignored;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", ignored);
    const auto path = program.parent_path().parent_path() / "lib" / "libduckdb.so";
    // Its 24,000 functions are looked up as they are called: all at once is a fifth of a small job.
    void* library = ::dlopen(path.c_str(), RTLD_LAZY | RTLD_LOCAL);
    if (library == nullptr) {
        loaded.problem = ::dlerror();
        return loaded;
    }
#define CSVA_RESOLVE(name)                                                              \
    loaded.api.name =                                                                   \
        reinterpret_cast<decltype(loaded.api.name)>(::dlsym(library, "duckdb_" #name)); \
    if (loaded.api.name == nullptr) loaded.problem = "duckdb_" #name;
    CSVA_DUCKDB_FUNCTIONS(CSVA_RESOLVE)
#undef CSVA_RESOLVE
    return loaded;
}

const Loaded& loaded() {
    static const Loaded instance = load();
    return instance;
}

}  // namespace

base::Result<const Api*> load_api() {
    if (!loaded().problem.empty()) {
        return std::unexpected(base::Error(base::ErrorKind::internal, "duck.library_missing")
                                   .with_internal(loaded().problem));
    }
    return &loaded().api;
}

const Api& api() { return loaded().api; }

}  // namespace csva::duck
