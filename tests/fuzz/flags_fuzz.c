/* SPDX-License-Identifier: Apache-2.0 */
/* Command lines: the first byte chooses the parser, each line is an element; every flag's value is asked for. */
#include "base/arena.h"
#include "format/flags.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A name's first letter is its type. */
static bool find(void *userdata, struct bw_str name, enum bw_flag_type *ret)
{
        (void)userdata;
        if (name.p[0] < 'a' || name.p[0] >= 'a' + _BW_FLAG_TYPE_MAX)
                return false;
        *ret = (enum bw_flag_type)(name.p[0] - 'a');
        return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_str text = bw_str_n((const char *)data, size);
        struct bw_str args[64];
        struct bw_flags flags;
        size_t n = 0;

        if (size < 2)
                return 0;
        text = bw_str_rest(text, 1);
        while (n < BW_ARRAY_SIZE(args) && bw_str_split(&text, '\n', &args[n]))
                n++;
        if (bw_flags_parse(arena, data[0] & 1 ? BW_FLAGS_GO : BW_FLAGS_PFLAG, args, n, find, NULL, &flags, NULL) < 0)
                return 0;
        for (size_t i = 0; i < flags.n_uses; i++) {
                struct bw_value value;
                size_t bad;

                if (bw_flags_value(arena, &flags, flags.uses[i].name, &value, &bad, NULL) < 0)
                        continue;
        }
        return 0;
}
