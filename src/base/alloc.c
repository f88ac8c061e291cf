/* SPDX-License-Identifier: Apache-2.0 */
#define BW_ALLOW_BANNED
#include "base/alloc.h"

#include <malloc.h>

#include "base/fault.h"

void *bw_malloc(size_t size)
{
        if (bw_fault(BW_FAULT_ALLOC))
                return NULL;
        return malloc(size ? size : 1);
}

void *bw_zalloc(size_t size)
{
        if (bw_fault(BW_FAULT_ALLOC))
                return NULL;
        return calloc(1, size ? size : 1);
}

void *bw_reallocarray(void *old, size_t n, size_t size)
{
        if (bw_fault(BW_FAULT_ALLOC))
                return NULL;
        if (n == 0 || size == 0)
                n = size = 1;
        return reallocarray(old, n, size);
}

char *bw_strndup(struct bw_str s)
{
        char *copy = bw_malloc(s.n + 1);

        if (!copy)
                return NULL;
        if (s.n)
                memcpy(copy, s.p, s.n);
        copy[s.n] = '\0';
        return copy;
}

char *bw_strdup(const char *s)
{
        return bw_strndup(bw_str(s));
}

void bw_free_unused(void)
{
#ifdef __GLIBC__
        (void)malloc_trim(0);
#endif
}

void bw_free(void *p)
{
        free(p);
}

int bw_grow(void *items_ptr, size_t *cap, size_t n, size_t size)
{
        void **items = items_ptr;
        size_t want = *cap ? *cap : 8;
        void *grown;

        if (n <= *cap)
                return 0;
        while (want < n) {
                if (want > SIZE_MAX / 2)
                        return -ENOMEM;
                want *= 2;
        }
        grown = bw_reallocarray(*items, want, size);
        if (!grown)
                return -ENOMEM;
        *items = grown;
        *cap = want;
        return 0;
}
