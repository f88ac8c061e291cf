/* SPDX-License-Identifier: Apache-2.0 */
/* Ignore files: the first line is a path, the rest the patterns. A path that ends in '/' is a directory. */
#include "collect/ignore.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct bw_str text = bw_str_n((const char *)data, size);
        struct bw_ignore *ignore = NULL;
        struct bw_str path = {0};
        bool is_dir;

        if (!bw_str_split(&text, '\n', &path) || !text.p)
                return 0;
        is_dir = bw_str_ends(path, BW_STR("/"));
        path.n -= is_dir;
        if (bw_ignore_parse(text, &ignore, NULL) == 0)
                (void)bw_ignore_match(ignore, path, is_dir);
        bw_ignore_free(ignore);
        return 0;
}
