/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ssh_key: public keys of SSH in one line: "ssh-rsa AAAA… comment", with options before it in authorized_keys.
 * Only the kind, the size and the options' names come out: no key, no comment.
 * Ownership: texts borrow from the line; the arena is for what is decoded on the way. Errors: -EINVAL: no key; -ENOMEM.
 * Threads: pure.
 * Source: sshd(8) "AUTHORIZED_KEYS FILE FORMAT", RFC 4253 section 6.6, RFC 5656, RFC 8709.
 */
#ifndef BW_FORMAT_SSH_KEY_H
#define BW_FORMAT_SSH_KEY_H

#include "base/base.h"

struct bw_arena;
struct bw_error;

struct bw_ssh_key {
        struct bw_str type;      /* "ssh-ed25519" */
        uint32_t bits;           /* 0: the type says it all */
        bool is_authority;       /* cert-authority */
        bool restricts_command;  /* command=… */
        bool restricts_origin;   /* from=… */
        bool restricts;          /* restrict */
};
/* line: not empty, no comment. */
BW_CHECK int bw_ssh_key_read(struct bw_arena *arena, struct bw_str line, struct bw_ssh_key *ret, struct bw_error *reterr);

#endif
