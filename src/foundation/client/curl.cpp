#include "foundation/client/curl_internal.hpp"

#include <dlfcn.h>

namespace csva::client {

const Functions& functions() {
    static const Functions table = [] {
        Functions f;
        void* handle = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
        if (handle == nullptr) return f;
        f.ready = true;
#define X(name)                                                                \
    f.name = reinterpret_cast<decltype(f.name)>(dlsym(handle, "curl_" #name)); \
    f.ready = f.ready && f.name != nullptr;
        CSVA_CURL_FUNCTIONS(X)
#undef X
        if (f.ready) f.ready = f.global_init(CURL_GLOBAL_ALL) == CURLE_OK;
        return f;
    }();
    return table;
}

}  // namespace csva::client
