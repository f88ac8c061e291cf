/* SPDX-License-Identifier: Apache-2.0 */
/*
 * system: what the sections about the operating system have in common: small files, directories of drop-ins, evidence.
 * Ownership: texts live in the node's arena. Errors: negative only for -ENOMEM, unless it says otherwise. Threads: as node.h.
 */
#ifndef BW_NODE_SYSTEM_H
#define BW_NODE_SYSTEM_H

#include "format/os_release.h"
#include "node/node.h"

/* A file of at most BW_LIMIT_SYSTEM_FILE bytes; errors as bw_host_read. */
BW_CHECK int bw_system_read(struct bw_node *node, const char *path, struct bw_str *ret, struct bw_error *reterr);
/* Its first line without blanks around it; false: it is not there, or cannot be read. */
bool bw_system_line(struct bw_node *node, const char *path, struct bw_str *ret);

/*
 * The drop-in files of several directories, the first of which has the say, in the order in which they are read: by name; of
 * files of one name that of the first directory, and none where it leads to /dev/null. missing directories are no error.
 */
BW_CHECK int bw_system_dropins(struct bw_node *node, const char *const *dirs, size_t n_dirs, const char *suffix,
                               const char *const **ret, size_t *ret_n, struct bw_error *reterr);

/* "systemd is here": its program is in one of its places. */
bool bw_system_has_systemd(struct bw_node *node);
/* The unit is started at boot: a link to it stands in a target's .wants or .requires. ret_link: which one; may be NULL. */
bool bw_system_unit_enabled(struct bw_node *node, const char *unit, struct bw_str *ret_link);
/* The unit's file is there; it is not masked. */
bool bw_system_unit_exists(struct bw_node *node, const char *unit);

/* /etc/os-release, else /usr/lib/os-release; empty texts when there is none. ret_path: which it is, or NULL. */
BW_CHECK int bw_system_os_release(struct bw_node *node, struct bw_os_release *ret, const char **ret_path,
                                  struct bw_error *reterr);

/* Evidence: the value at `path` of the document stands in a file, at a line (0: unknown). */
void bw_system_from_file(struct bw_facts *facts, const char *path, struct bw_str file, uint32_t line, struct bw_str text);
/* The value comes from the kernel's file. */
void bw_system_from_kernel(struct bw_facts *facts, const char *path, const char *file, struct bw_str text);
/* What err says of a file: absent or unreadable. */
void bw_system_failed(struct bw_facts *facts, const char *path, const char *file, int code, const struct bw_error *err,
                      const char *absent_reason);

#endif
