/* SPDX-License-Identifier: Apache-2.0 */
#include "format/stanzas.h"

#include "base/error.h"
#include "base/limits.h"

bool bw_stanza_field(struct bw_str stanza, struct bw_str key, struct bw_str *ret)
{
        while (stanza.n) {
                const char *end = memchr(stanza.p, '\n', stanza.n);
                size_t n = end ? (size_t)(end - stanza.p) : stanza.n;

                if (n > key.n && stanza.p[key.n] == ':' && memcmp(stanza.p, key.p, key.n) == 0) {
                        *ret = bw_str_trim(bw_str_n(stanza.p + key.n + 1, n - key.n - 1));
                        return true;
                }
                stanza = bw_str_rest(stanza, end ? n + 1 : n);
        }
        return false;
}

/* Where the stanza that s begins with ends (behind its last newline), and how long the gap is; SIZE_MAX: not in s. */
static size_t stanza_end(struct bw_str s)
{
        for (size_t at = 0; at + 1 < s.n;) {
                const char *newline = memchr(s.p + at, '\n', s.n - at - 1);

                if (!newline)
                        return SIZE_MAX;
                at = (size_t)(newline - s.p) + 1;
                if (s.p[at] == '\n')
                        return at;
        }
        return SIZE_MAX;
}

static int give(struct bw_stanzas *stanzas, struct bw_str stanza, struct bw_error *reterr)
{
        return bw_str_trim(stanza).n ? stanzas->each(stanzas->userdata, stanza, reterr) : 0;
}

/* Every whole stanza of *s, taken off. */
static int give_whole(struct bw_stanzas *stanzas, struct bw_str *s, struct bw_error *reterr)
{
        int r = 0;

        while (r >= 0) {
                size_t end = stanza_end(*s);

                if (end == SIZE_MAX)
                        return 0;
                r = give(stanzas, bw_str_n(s->p, end), reterr);
                *s = bw_str_rest(*s, end + 1);
        }
        return r;
}

/* Completes the stanza that an earlier piece began. *done: it ended within these bytes. */
static int give_rest(struct bw_stanzas *stanzas, struct bw_str *bytes, bool *done, struct bw_error *reterr)
{
        struct bw_buf *rest = &stanzas->rest;
        size_t before = rest->n;
        size_t end;
        int r;

        bw_buf_put(rest, bytes->p, BW_MIN(bytes->n, BW_LIMIT_STANZA));
        r = bw_buf_status(rest);
        if (r < 0)
                return bw_error_set(reterr, r, r == -E2BIG ? "a record is longer than %zu bytes" : "out of memory",
                                    BW_LIMIT_STANZA);
        end = stanza_end(bw_str_n(rest->p, rest->n));
        *done = end != SIZE_MAX;
        if (!*done) {
                if (bytes->n > BW_LIMIT_STANZA)
                        return bw_error_set(reterr, -E2BIG, "a record is longer than %zu bytes", BW_LIMIT_STANZA);
                return 0;
        }
        r = give(stanzas, bw_str_n(rest->p, end), reterr);
        *bytes = bw_str_rest(*bytes, end + 1 - before);
        bw_buf_clear(rest);
        return r;
}

int bw_stanzas_feed(struct bw_stanzas *stanzas, struct bw_str bytes, bool last, struct bw_error *reterr)
{
        int r;

        stanzas->rest.ceiling = 2 * BW_LIMIT_STANZA;
        if (stanzas->rest.n) {
                bool done;

                r = give_rest(stanzas, &bytes, &done, reterr);
                if (r < 0)
                        return r;
                if (!done) {
                        if (!last)
                                return 0;
                        return give(stanzas, bw_buf_view(&stanzas->rest), reterr);
                }
        }
        r = give_whole(stanzas, &bytes, reterr);
        if (r < 0)
                return r;
        if (last)
                return give(stanzas, bytes, reterr);
        if (bytes.n > BW_LIMIT_STANZA)
                return bw_error_set(reterr, -E2BIG, "a record is longer than %zu bytes", BW_LIMIT_STANZA);
        bw_buf_put(&stanzas->rest, bytes.p, bytes.n);
        return bw_buf_status(&stanzas->rest) < 0 ? bw_error_nomem(reterr) : 0;
}

void bw_stanzas_done(struct bw_stanzas *stanzas)
{
        bw_buf_done(&stanzas->rest);
}
