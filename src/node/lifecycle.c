/* SPDX-License-Identifier: Apache-2.0 */
#include "node/lifecycle.h"

#include "base/table.h"

extern const struct bw_table bw_table_os_lifecycle;
extern const struct bw_table bw_table_kernel_lifecycle;

enum { OS_ID, OS_RELEASE, OS_END, OS_EXTENDED, OS_EXTENSION, OS_SOURCE };
enum { KERNEL_RELEASE, KERNEL_END, KERNEL_BRANCH };

/* "9" describes "9" and "9.4", not "90". */
static bool describes(struct bw_str release, struct bw_str version)
{
        return bw_str_is(release, "*") ||
               (bw_str_starts(version, release) && (version.n == release.n || version.p[release.n] == '.'));
}

bool bw_lifecycle_of_os(struct bw_str id, struct bw_str version, struct bw_lifecycle *ret)
{
        const struct bw_table *t = &bw_table_os_lifecycle;
        size_t best = SIZE_MAX;

        for (size_t i = 0; i < t->n_rows; i++) {
                struct bw_str release = bw_table_cell(t, i, OS_RELEASE);

                if (bw_str_eq(bw_table_cell(t, i, OS_ID), id) && describes(release, version) &&
                    (best == SIZE_MAX || release.n > bw_table_cell(t, best, OS_RELEASE).n))
                        best = i;
        }
        if (best == SIZE_MAX)
                return false;
        *ret = (struct bw_lifecycle){
                .release = bw_table_text(t, best, OS_RELEASE),
                .end = bw_table_text(t, best, OS_END),
                .extended = bw_table_text(t, best, OS_EXTENDED),
                .extension = bw_table_text(t, best, OS_EXTENSION),
                .source = bw_table_text(t, best, OS_SOURCE),
        };
        return true;
}

bool bw_lifecycle_of_kernel(struct bw_str version, struct bw_lifecycle *ret)
{
        const struct bw_table *t = &bw_table_kernel_lifecycle;

        for (size_t i = 0; i < t->n_rows; i++) {
                if (!bw_str_eq(bw_table_cell(t, i, KERNEL_RELEASE), version))
                        continue;
                *ret = (struct bw_lifecycle){
                        .release = bw_table_text(t, i, KERNEL_RELEASE),
                        .end = bw_table_text(t, i, KERNEL_END),
                        .extended = "",
                        .extension = bw_table_text(t, i, KERNEL_BRANCH),
                        .source = "https://www.kernel.org/category/releases.html",
                };
                return true;
        }
        return false;
}
