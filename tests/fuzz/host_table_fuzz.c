/* SPDX-License-Identifier: Apache-2.0 */
/* The same bytes as a passwd file, a table of modes and a table of processes. */
#include "host/table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct bw_str text = bw_str_n((const char *)data, size);
        struct bw_process_row row;
        struct bw_modes modes = {0};
        struct bw_ids ids = {0};
        uint32_t line = 0;
        uint32_t id;

        if (bw_ids_add(&ids, text, NULL) == 0 && ids.n && !bw_ids_find(&ids, bw_ids_name(&ids, ids.rows[0].id), &id))
                __builtin_trap();
        bw_ids_done(&ids);
        if (bw_modes_parse(&modes, text, NULL) == 0 && modes.n && !bw_modes_find(&modes, modes.rows[0].path))
                __builtin_trap();
        bw_modes_done(&modes);
        while (bw_process_row_next(&text, &line, &row, NULL) > 0)
                ;
        return 0;
}
