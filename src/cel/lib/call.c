/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "cel/library.h"

static const struct bw_value_error no_overload = {.message = "no such overload"};
static const struct bw_value_error no_memory = {.message = "memory limit of the evaluation reached"};

struct bw_value bw_cel_no_overload(void)
{
        return (struct bw_value){.type = BW_ERROR, .error = &no_overload};
}

struct bw_value bw_cel_no_memory(void)
{
        return (struct bw_value){.type = BW_ERROR, .error = &no_memory};
}

bool bw_cel_is_no_memory(struct bw_value v)
{
        return v.type == BW_ERROR && v.error == &no_memory;
}

struct bw_value bw_cel_error(const struct bw_cel_call *call, const char *fmt, ...)
{
        struct bw_value_error *error = bw_arena_alloc(call->arena, sizeof(*error));
        char text[512];
        struct bw_str copy;
        va_list ap;
        int n;

        if (!error)
                return bw_cel_no_memory();
        va_start(ap, fmt);
        n = vsnprintf(text, sizeof(text), fmt, ap);
        va_end(ap);
        if (n < 0)
                n = 0;
        copy = bw_arena_str(call->arena, bw_str_n(text, BW_MIN((size_t)n, sizeof(text) - 1)));
        if (!copy.p)
                return bw_cel_no_memory();
        error->message = copy.p;
        return (struct bw_value){.type = BW_ERROR, .error = error};
}
