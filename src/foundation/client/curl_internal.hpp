#pragma once

// Shared by the .cpp files of this folder only: libcurl, opened at first use.

#include <curl/curl.h>

namespace csva::client {

#define CSVA_CURL_FUNCTIONS(X) \
    X(global_init)             \
    X(easy_init)               \
    X(easy_cleanup)            \
    X(easy_reset)              \
    X(easy_perform)            \
    X(easy_setopt)             \
    X(easy_getinfo)            \
    X(easy_strerror)           \
    X(slist_append)            \
    X(slist_free_all)

struct Functions {
#define X(name) decltype(&::curl_##name) name = nullptr;
    CSVA_CURL_FUNCTIONS(X)
#undef X
    bool ready = false;
};

const Functions& functions();

}  // namespace csva::client
