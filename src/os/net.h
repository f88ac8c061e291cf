/* SPDX-License-Identifier: Apache-2.0 */
/*
 * net: connections over TCP to numeric addresses, each wait with a deadline. For what only --probe asks.
 * Ownership: the descriptor is the caller's (bw_net_close). Errors: -ECONNREFUSED, -ETIMEDOUT, others as the kernel says.
 * Threads: no shared state. Source: connect(2), poll(2).
 */
#ifndef BW_OS_NET_H
#define BW_OS_NET_H

#include "base/base.h"

struct bw_error;

/* deadline: of bw_clock_ticks(). *ret_fd does not block. */
BW_CHECK int bw_net_connect(struct bw_str address, uint16_t port, uint64_t deadline, int *ret_fd, struct bw_error *reterr);
/* Waits until the connection can be written (or read). -ETIMEDOUT. */
BW_CHECK int bw_net_wait(int fd, bool to_write, uint64_t deadline, struct bw_error *reterr);
/* -EAGAIN: wait first. *ret_n is 0 at the end. */
BW_CHECK int bw_net_read(int fd, void *to, size_t n, size_t *ret_n);
BW_CHECK int bw_net_write(int fd, const void *from, size_t n, size_t *ret_n);
void bw_net_close(int fd);

#endif
