/* SPDX-License-Identifier: Apache-2.0 */
/*
 * regex: regular expressions as Go's regexp package reads them (RE2 syntax), linear in the text.
 * Ownership: bw_regex_new() gives, bw_regex_free() takes; it lives on the heap, not in an arena.
 * Threads: immutable once made; any number of threads may match with one.
 * Limits: BW_LIMIT_REGEX_BYTES of memory, BW_LIMIT_REGEX_NESTING parentheses.
 * Source: Go regexp/syntax; k8s.io/apiserver pkg/cel/library/regex.go; cel-go's matches().
 */
#ifndef BW_CEL_LIB_REGEX_H
#define BW_CEL_LIB_REGEX_H

#include "cel/library.h"

struct bw_regex;
struct bw_error;

/* -EINVAL: no valid pattern (or too large), with the reason; -ENOMEM. */
BW_CHECK int bw_regex_new(struct bw_str pattern, struct bw_regex **ret_regex, struct bw_error *reterr);
void bw_regex_free(struct bw_regex *regex);
BW_DEFINE_AUTO(struct bw_regex *, bw_regex_free);

/* 1: the pattern matches somewhere in the text; 0; -ENOMEM. */
BW_CHECK int bw_regex_match(const struct bw_regex *regex, struct bw_str text);

/*
 * matches(), find() and findAll() with a pattern compiled beforehand: the same arguments, args[1] is not looked at.
 * NULL for an overload that takes no pattern. The pattern is always the second argument.
 */
typedef struct bw_value (*bw_regex_function)(const struct bw_cel_call *call, const struct bw_regex *regex,
                                             const struct bw_value *args, size_t n);
bw_regex_function bw_regex_function_of(const struct bw_cel_overload *overload);

#endif
