/* SPDX-License-Identifier: Apache-2.0 */
#include "format/pem.h"

#include <openssl/crypto.h>

#include "base/error.h"
#include "base/limits.h"
#include "format/base64.h"

#define BEGIN BW_STR("-----BEGIN ")
#define END BW_STR("-----END ")
#define DASHES BW_STR("-----")

struct bw_pem_reader bw_pem_reader(struct bw_str text)
{
        return (struct bw_pem_reader){.rest = text, .line = 1};
}

bool bw_pem_is_likely(struct bw_str text)
{
        return bw_str_find(text, BEGIN) != SIZE_MAX;
}

/* The next line, without its end. False when there is none. */
static bool next_line(struct bw_pem_reader *reader, struct bw_str *ret)
{
        if (reader->rest.n == 0)
                return false;
        (void)bw_str_split(&reader->rest, '\n', ret);
        reader->line++;
        return true;
}

/* The label of a BEGIN or END line; empty: it is none. */
static struct bw_str label_of(struct bw_str line, struct bw_str mark)
{
        line = bw_str_trim(line);
        if (!bw_str_starts(line, mark) || !bw_str_ends(line, DASHES) || line.n <= mark.n + DASHES.n)
                return (struct bw_str){0};
        return bw_str_n(line.p + mark.n, line.n - mark.n - DASHES.n);
}

/* Headers ("Name: value", and lines that go on) stand before an empty line: they are no part of the body. */
static void pass_headers(struct bw_pem_reader *reader, struct bw_pem_block *block)
{
        struct bw_pem_reader at = *reader;
        struct bw_str line;

        if (!next_line(&at, &line) || bw_str_find(line, BW_STR(":")) == SIZE_MAX)
                return;
        do {
                line = bw_str_trim(line);
                if (bw_str_starts(line, BW_STR("Proc-Type:")) && bw_str_ends(line, BW_STR("ENCRYPTED")))
                        block->encrypted = true;
                if (line.n == 0) {
                        *reader = at;
                        return;
                }
        } while (next_line(&at, &line) && !bw_str_starts(line, DASHES));
}

/* From behind a BEGIN line to its END. False: it has none before the next BEGIN; the reader is moved to there. */
static bool read_body(struct bw_pem_reader *reader, struct bw_pem_block *block)
{
        const char *from;
        struct bw_str line;

        pass_headers(reader, block);
        from = reader->rest.p;
        for (;;) {
                struct bw_pem_reader before = *reader;

                if (!next_line(reader, &line))
                        return false;
                if (bw_str_starts(bw_str_trim(line), BEGIN)) {
                        *reader = before;
                        return false;
                }
                if (!bw_str_starts(bw_str_trim(line), END))
                        continue;
                block->body = bw_str_n(from, (size_t)(line.p - from));
                return bw_str_eq(label_of(line, END), block->label);
        }
}

bool bw_pem_next(struct bw_pem_reader *reader, struct bw_pem_block *ret)
{
        struct bw_str line;

        if (reader->n_blocks >= BW_LIMIT_PEM_BLOCKS)
                return false;
        while (next_line(reader, &line)) {
                struct bw_pem_block block = {.label = label_of(line, BEGIN), .line = reader->line - 1};

                if (block.label.n == 0 || !read_body(reader, &block))
                        continue;
                *ret = block;
                reader->n_blocks++;
                return true;
        }
        return false;
}

int bw_pem_decode(struct bw_arena *arena, const struct bw_pem_block *block, struct bw_str *ret_der,
                  struct bw_error *reterr)
{
        int r = bw_base64_decode(arena, block->body, BW_BASE64_BLANKS, ret_der, reterr);

        if (r == 0 && ret_der->n == 0)
                return bw_error_set(reterr, -EINVAL, "the block is empty");
        return r;
}

void bw_secret_wipe(struct bw_str secret)
{
        if (secret.n)
                OPENSSL_cleanse((void *)(uintptr_t)secret.p, secret.n);
}
