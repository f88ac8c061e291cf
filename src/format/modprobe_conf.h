/* SPDX-License-Identifier: Apache-2.0 */
/*
 * modprobe_conf: what modprobe.d files say about loading modules.
 * Ownership: names live in the arena, commands are borrowed from the text. Errors: other lines are passed over; -ENOMEM,
 * what `each` says. Threads: pure.
 * Source: modprobe.d(5).
 */
#ifndef BW_FORMAT_MODPROBE_CONF_H
#define BW_FORMAT_MODPROBE_CONF_H

#include "base/base.h"

struct bw_arena;
struct bw_error;

enum bw_modprobe_verb {
        BW_MODPROBE_BLACKLIST, /* its aliases do not load it; by its own name it still loads */
        BW_MODPROBE_INSTALL,   /* a command runs in place of loading */
};

struct bw_modprobe_line {
        enum bw_modprobe_verb verb;
        struct bw_str module;  /* with underscores in place of dashes, as the kernel names it */
        struct bw_str command; /* of install: "/bin/false" */
        bool refuses;          /* the command does nothing but end: /bin/false, /bin/true */
        uint32_t line;
};

BW_CHECK int bw_modprobe_conf_read(struct bw_arena *arena, struct bw_str text,
                                   int (*each)(void *userdata, const struct bw_modprobe_line *line, struct bw_error *reterr),
                                   void *userdata, struct bw_error *reterr);

#endif
