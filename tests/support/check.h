/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check: cmocka with what it needs before it, and assertions on borrowed text. For unit tests only.
 */
#ifndef BW_TESTS_SUPPORT_CHECK_H
#define BW_TESTS_SUPPORT_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/base.h"

#define assert_str(actual, expected)                                                               \
        do {                                                                                       \
                struct bw_str actual_ = (actual);                                                  \
                struct bw_str expected_ = bw_str(expected);                                        \
                if (!bw_str_eq(actual_, expected_))                                                \
                        fail_msg("\"%.*s\" is not \"%.*s\"", BW_STR_ARG(actual_), BW_STR_ARG(expected_)); \
        } while (0)

#define assert_ok(call)                                                                            \
        do {                                                                                       \
                int r_ = (call);                                                                   \
                if (r_ != 0)                                                                       \
                        fail_msg("%s gave %d", #call, r_);                                         \
        } while (0)

#endif
