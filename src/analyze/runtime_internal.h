/* SPDX-License-Identifier: Apache-2.0 */
/* runtime_internal: what the files of the analysis of container runtimes share. */
#ifndef BW_ANALYZE_RUNTIME_INTERNAL_H
#define BW_ANALYZE_RUNTIME_INTERNAL_H

#include "analyze/runtime.h"

/* The value of a key; ABSENT when it is not there, or v is no map. */
struct bw_value bw_runtime_step(struct bw_value v, struct bw_str key);
/* What stands at a path of runtime.c's kind; *ret_has_section: the file has the section that it begins with. */
struct bw_value bw_runtime_in_doc(const struct bw_doc *doc, const char *path, bool *ret_has_section);
/* Where. */
struct bw_mark bw_runtime_place(const struct bw_runtime_input *input, struct bw_doc *doc, const char *path);

#endif
