/* SPDX-License-Identifier: Apache-2.0 */
/*
 * curl_internal: libcurl's functions, loaded when a cluster is asked: with what it depends on, it costs 5 ms of every start,
 * as much as a scan of a manifest.
 * Ownership: bw_curl_unload() gives back what bw_curl_load() took; its handles must be gone by then.
 * Errors: -ENOENT: no libcurl, or one that is too old. Threads: as libcurl: one handle, one thread.
 */
#ifndef BW_KUBE_CURL_INTERNAL_H
#define BW_KUBE_CURL_INTERNAL_H

/* Its type checks know the functions by their names, which are not called here. */
#define CURL_DISABLE_TYPECHECK
#define CURL_DISABLE_DEPRECATION
#include <curl/curl.h>

#include "base/base.h"

struct bw_error;

struct bw_curl {
        void *library;
        bool ready;
        CURLcode (*init)(long flags, curl_malloc_callback, curl_free_callback, curl_realloc_callback, curl_strdup_callback,
                         curl_calloc_callback);
        void (*cleanup)(void);
        CURL *(*easy_init)(void);
        CURLcode (*easy_setopt)(CURL *easy, CURLoption option, ...);
        CURLcode (*easy_getinfo)(CURL *easy, CURLINFO info, ...);
        void (*easy_cleanup)(CURL *easy);
        const char *(*easy_strerror)(CURLcode code);
        CURLM *(*multi_init)(void);
        CURLMcode (*multi_setopt)(CURLM *multi, CURLMoption option, ...);
        CURLMcode (*multi_add)(CURLM *multi, CURL *easy);
        CURLMcode (*multi_remove)(CURLM *multi, CURL *easy);
        CURLMcode (*multi_perform)(CURLM *multi, int *running);
        CURLMcode (*multi_poll)(CURLM *multi, struct curl_waitfd *more, unsigned n, int timeout_ms, int *n_fds);
        CURLMsg *(*multi_info)(CURLM *multi, int *left);
        CURLMcode (*multi_cleanup)(CURLM *multi);
};

BW_CHECK int bw_curl_load(struct bw_curl *curl, struct bw_error *reterr);
void bw_curl_unload(struct bw_curl *curl);

#endif
