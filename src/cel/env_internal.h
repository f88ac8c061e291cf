/* SPDX-License-Identifier: Apache-2.0 */
/*
 * env (internal): what an environment holds, for the stages that look names up.
 * Ownership: the env's arena holds everything. Threads: immutable once made.
 */
#ifndef BW_CEL_ENV_INTERNAL_H
#define BW_CEL_ENV_INTERNAL_H

#include "cel/library.h"

struct bw_cel_env {
        struct bw_arena *arena;
        struct bw_str container;
        unsigned libraries;
        bool no_macros;
        bool portable;
        struct bw_str (*timezone)(void *userdata, struct bw_str name);
        void *timezone_userdata;
        const struct bw_cel_variable *variables;
        size_t n_variables;
};

#endif
