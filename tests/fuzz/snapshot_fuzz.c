/* SPDX-License-Identifier: Apache-2.0 */
/* Snapshots: any bytes are read or refused; what is read is written and read back the same. */
#define BW_ALLOW_BANNED
#include "base/arena.h"
#include "doc/snapshot.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new((size_t)64 << 20);
        bw_auto_done(bw_buf_done) struct bw_buf packed = {0};
        struct bw_str bytes = bw_str_n((const char *)data, size);
        struct bw_snapshot_head head;
        struct bw_snapshot_head again;
        struct bw_doc **docs;
        struct bw_doc **same;
        size_t n;
        size_t n_same;

        (void)bw_snapshot_is(bytes);
        if (!arena || bw_snapshot_read(arena, bytes, &head, &docs, &n, NULL) < 0)
                return 0;
        if (bw_snapshot_write(&head, docs, n, true, &packed, NULL) < 0 ||
            bw_snapshot_read(arena, bw_buf_view(&packed), &again, &same, &n_same, NULL) < 0)
                return 0;
        if (!bw_snapshot_is(bw_buf_view(&packed)) || n != n_same || head.time != again.time)
                abort();
        return 0;
}
