/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/curl_internal.h"

#include <dlfcn.h>

#include "base/alloc.h"
#include "base/error.h"

static const struct {
        const char *name;
        size_t at;
} functions[] = {
        {"curl_global_init_mem", offsetof(struct bw_curl, init)},
        {"curl_global_cleanup", offsetof(struct bw_curl, cleanup)},
        {"curl_easy_init", offsetof(struct bw_curl, easy_init)},
        {"curl_easy_setopt", offsetof(struct bw_curl, easy_setopt)},
        {"curl_easy_getinfo", offsetof(struct bw_curl, easy_getinfo)},
        {"curl_easy_cleanup", offsetof(struct bw_curl, easy_cleanup)},
        {"curl_easy_strerror", offsetof(struct bw_curl, easy_strerror)},
        {"curl_multi_init", offsetof(struct bw_curl, multi_init)},
        {"curl_multi_setopt", offsetof(struct bw_curl, multi_setopt)},
        {"curl_multi_add_handle", offsetof(struct bw_curl, multi_add)},
        {"curl_multi_remove_handle", offsetof(struct bw_curl, multi_remove)},
        {"curl_multi_perform", offsetof(struct bw_curl, multi_perform)},
        {"curl_multi_poll", offsetof(struct bw_curl, multi_poll)},
        {"curl_multi_info_read", offsetof(struct bw_curl, multi_info)},
        {"curl_multi_cleanup", offsetof(struct bw_curl, multi_cleanup)},
};

/* libcurl's memory comes through the same door as ours, so that planted failures reach it. */
static void *give(size_t size)
{
        return bw_malloc(size);
}

static void *regive(void *old, size_t size)
{
        return bw_reallocarray(old, 1, size);
}

static void *give_zeros(size_t n, size_t size)
{
        size_t all;

        return __builtin_mul_overflow(n, size, &all) ? NULL : bw_zalloc(all);
}

int bw_curl_load(struct bw_curl *curl, struct bw_error *reterr)
{
        *curl = (struct bw_curl){0};
        /* It stays once it is there: libraries below it have handlers for the process's end. */
        curl->library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
        if (!curl->library)
                return bw_error_set(reterr, -ENOENT, "a cluster cannot be asked: libcurl.so.4 is not there; install libcurl4 "
                                                     "(libcurl on Fedora and its kin)");
        for (size_t i = 0; i < BW_ARRAY_SIZE(functions); i++) {
                void *f = dlsym(curl->library, functions[i].name);

                if (!f)
                        return bw_error_set(reterr, -ENOENT, "a cluster cannot be asked: this libcurl has no %s; version "
                                                             "7.77 or later is needed",
                                            functions[i].name);
                memcpy((char *)curl + functions[i].at, &f, sizeof(f));
        }
        if (curl->init(CURL_GLOBAL_DEFAULT, give, bw_free, regive, bw_strdup, give_zeros) != CURLE_OK)
                return bw_error_set(reterr, -ENOMEM, "libcurl could not be set up");
        curl->ready = true;
        return 0;
}

void bw_curl_unload(struct bw_curl *curl)
{
        if (curl->ready)
                curl->cleanup();
        if (curl->library)
                (void)dlclose(curl->library);
        *curl = (struct bw_curl){0};
}
