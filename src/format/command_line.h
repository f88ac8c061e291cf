/* SPDX-License-Identifier: Apache-2.0 */
/*
 * command_line: arguments of programs where they stand as text: in a shell script of a container's command, in the files of
 * arguments of snaps, in the log lines with which k3s says what it starts.
 * Ownership: everything lives in the arena. Threads: pure.
 * Errors: -E2BIG past BW_LIMIT_COMMAND_WORDS, -ENOMEM. What a shell would work out (substitutions, functions) stays as it is
 *         written.
 * Source: POSIX.1-2024, Shell Command Language, 2.2 to 2.4 and 2.7; canonical/microk8s Kubelite-integration.patch
 *         (ReadArgsFromFile); k3s-io/k3s pkg/daemons/control/server.go ("Running kube-apiserver"), logrus text_formatter.go.
 */
#ifndef BW_FORMAT_COMMAND_LINE_H
#define BW_FORMAT_COMMAND_LINE_H

#include "format/systemd_unit.h"

/*
 * The words of all commands in a script, one after the other; `last` ends a command. Redirections are left out, quotes are
 * taken away, $NAME and ${NAME} are put in from env as far as they are in it. Lines count from first_line.
 */
BW_CHECK int bw_shell_words(struct bw_arena *arena, struct bw_str script, const struct bw_env *env, struct bw_str file,
                            uint32_t first_line, const struct bw_word **ret, size_t *ret_n, struct bw_error *reterr);

/* A snap's file of arguments: one or more on each line, # begins a comment line, quotes are of no meaning. */
BW_CHECK int bw_args_file_read(struct bw_arena *arena, struct bw_str file, struct bw_str text, const struct bw_env *env,
                               const struct bw_word **ret, size_t *ret_n, struct bw_error *reterr);

/*
 * The newest line of k3s's log that says "Running COMPONENT ARGUMENTS": the arguments. -ENOENT: there is none.
 * The text may be what journalctl prints, or the log itself.
 */
BW_CHECK int bw_k3s_log_read(struct bw_arena *arena, struct bw_str file, struct bw_str text, const char *component,
                             const struct bw_word **ret, size_t *ret_n, struct bw_error *reterr);

#endif
