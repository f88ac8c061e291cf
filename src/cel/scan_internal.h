/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scan: bytes of a CEL source into tokens, one at a time, without copying.
 * Ownership: a token is a range of the source. Threads: one scanner, one thread.
 * Source: cel-spec langdef.md "Syntax"; the longest match wins, as in cel-go's lexer.
 */
#ifndef BW_CEL_SCAN_INTERNAL_H
#define BW_CEL_SCAN_INTERNAL_H

#include "base/base.h"

#define BW_CEL_TOKENS(X)                                                                           \
        X(END, "end of expression")                                                                \
        X(BAD, "unknown character")                                                                \
        X(IDENT, "identifier")                                                                     \
        X(QUOTED_IDENT, "quoted identifier")                                                       \
        X(INT, "integer")                                                                          \
        X(UINT, "unsigned integer")                                                                \
        X(DOUBLE, "number")                                                                        \
        X(STRING, "string")                                                                        \
        X(BYTES, "bytes")                                                                          \
        X(TRUE, "'true'")                                                                          \
        X(FALSE, "'false'")                                                                        \
        X(NULL, "'null'")                                                                          \
        X(IN, "'in'")                                                                              \
        X(EQ, "'=='")                                                                              \
        X(NE, "'!='")                                                                              \
        X(LT, "'<'")                                                                               \
        X(LE, "'<='")                                                                              \
        X(GT, "'>'")                                                                               \
        X(GE, "'>='")                                                                              \
        X(AND, "'&&'")                                                                             \
        X(OR, "'||'")                                                                              \
        X(NOT, "'!'")                                                                              \
        X(PLUS, "'+'")                                                                             \
        X(MINUS, "'-'")                                                                            \
        X(STAR, "'*'")                                                                             \
        X(SLASH, "'/'")                                                                            \
        X(PERCENT, "'%'")                                                                          \
        X(QUESTION, "'?'")                                                                         \
        X(COLON, "':'")                                                                            \
        X(DOT, "'.'")                                                                              \
        X(COMMA, "','")                                                                            \
        X(LPAREN, "'('")                                                                           \
        X(RPAREN, "')'")                                                                           \
        X(LBRACKET, "'['")                                                                         \
        X(RBRACKET, "']'")                                                                         \
        X(LBRACE, "'{'")                                                                           \
        X(RBRACE, "'}'")

enum token_kind {
#define X(name, text) TOKEN_##name,
        BW_CEL_TOKENS(X)
#undef X
};

struct token {
        enum token_kind kind;
        uint32_t offset;
        uint32_t n;      /* bytes */
        const char *why; /* BAD: what is wrong with it */
};

struct scanner {
        struct bw_str source; /* shorter than UINT32_MAX */
        uint32_t at;
};

struct token bw_cel_scan(struct scanner *s);
const char *bw_cel_token_name(enum token_kind kind);
static inline struct bw_str bw_cel_token_text(const struct scanner *s, struct token t)
{
        return bw_str_n(s->source.p + t.offset, t.n);
}

#endif
