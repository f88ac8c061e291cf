/* SPDX-License-Identifier: Apache-2.0 */
/* Any text as certificates and keys: documents come out of it, or nothing. */
#define BW_ALLOW_BANNED
#include "analyze/pki.h"
#include "base/arena.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int take(void *userdata, struct bw_doc *doc, struct bw_error *reterr)
{
        (void)userdata;
        (void)reterr;
        if (!doc->kind.n || !doc->name.n)
                abort();
        return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static const struct bw_pki_options options = {.name = {"n", 1}, .origin = "file", .evidence = "file"};
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new((size_t)256 << 20);
        const struct bw_pki_source source = {
                .label = BW_STR("/a.crt"),
                .file = BW_STR("/a.crt"),
                .wants_certificate = true,
                .state = BW_FILE_READ,
                .text = bw_str_n((const char *)data, size),
        };
        bw_auto(bw_pki_free) struct bw_pki *pki = NULL;

        if (arena && bw_pki_new(&options, arena, &pki, NULL) == 0 && bw_pki_add(pki, &source, NULL) == 0)
                (void)!bw_pki_finish(pki, take, NULL, NULL);
        return 0;
}
