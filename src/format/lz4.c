/* SPDX-License-Identifier: Apache-2.0 */
#include "format/lz4.h"

#include "base/error.h"

#define MAGIC 0x184d2204U

enum state {
        AT_HEADER,   /* magic, flags, block size, [content size,] checksum */
        AT_SIZE,     /* of a block */
        AT_BLOCK,
        AT_CHECKSUM, /* of the content */
        AT_END,
};

typedef int (*each_fn)(void *userdata, struct bw_str bytes, struct bw_error *reterr);

static uint32_t le32(const char *p)
{
        const uint8_t *b = (const uint8_t *)p;

        return (uint32_t)b[3] << 24 | (uint32_t)b[2] << 16 | (uint32_t)b[1] << 8 | b[0];
}

bool bw_lz4_knows(struct bw_str head)
{
        return head.n >= 4 && le32(head.p) == MAGIC;
}

static int broken(struct bw_error *reterr)
{
        return bw_error_set(reterr, -EINVAL, "the packed data are broken");
}

/* A length of 15 goes on in bytes of 255, up to the first other one. */
static bool take_length(struct bw_str *in, size_t *length)
{
        uint8_t b;

        if (*length != 15)
                return true;
        do {
                if (!in->n)
                        return false;
                b = (uint8_t)in->p[0];
                *in = bw_str_rest(*in, 1);
                *length += b;
        } while (b == 255);
        return true;
}

/* `length` bytes from `offset` back, which may overlap what they become. */
static int copy_match(struct bw_buf *out, size_t offset, size_t length, struct bw_error *reterr)
{
        const char *from;
        char *to;

        if (!offset || offset > out->n)
                return broken(reterr);
        to = bw_buf_reserve(out, length);
        if (!to)
                return bw_buf_status(out) == -E2BIG ? broken(reterr) : bw_error_nomem(reterr);
        from = to - offset;
        if (offset >= length)
                memcpy(to, from, length);
        for (size_t i = 0; offset < length && i < length; i++)
                to[i] = from[i];
        bw_buf_commit(out, length);
        return 0;
}

/* One block: literals and copies in turn; it ends with literals. */
static int unpack(struct bw_buf *out, struct bw_str in, struct bw_error *reterr)
{
        while (in.n) {
                uint8_t token = (uint8_t)in.p[0];
                size_t literals = token >> 4;
                size_t match = token & 15;
                size_t offset;
                int r;

                in = bw_str_rest(in, 1);
                if (!take_length(&in, &literals) || literals > in.n)
                        return broken(reterr);
                bw_buf_put(out, in.p, literals);
                if (bw_buf_status(out) < 0)
                        return bw_buf_status(out) == -E2BIG ? broken(reterr) : bw_error_nomem(reterr);
                in = bw_str_rest(in, literals);
                if (!in.n)
                        return 0;
                if (in.n < 2)
                        return broken(reterr);
                offset = (size_t)(uint8_t)in.p[0] | (size_t)(uint8_t)in.p[1] << 8;
                in = bw_str_rest(in, 2);
                if (!take_length(&in, &match))
                        return broken(reterr);
                r = copy_match(out, offset, match + 4, reterr);
                if (r < 0)
                        return r;
        }
        return 0;
}

/* Keeps the last 64 KiB of what came out: the next block may copy from them. */
static void slide(struct bw_buf *out)
{
        size_t keep = BW_MIN(out->n, (size_t)BW_LZ4_WINDOW);

        memmove(out->p, out->p + (out->n - keep), keep);
        out->n = keep;
}

static int do_block(struct bw_lz4 *lz4, uint32_t size, each_fn each, void *userdata, struct bw_error *reterr)
{
        struct bw_buf *out = &lz4->out;
        struct bw_str in = bw_str_n(lz4->in.p + 4, size & 0x7fffffffU);
        size_t before;
        int r = 0;

        if (out->n)
                slide(out);
        before = out->n;
        out->ceiling = before + lz4->max_block;
        if (size & 0x80000000U)
                bw_buf_str(out, in);
        else
                r = unpack(out, in, reterr);
        if (r == 0 && bw_buf_status(out) < 0)
                r = bw_error_nomem(reterr);
        return r < 0 ? r : each(userdata, bw_str_n(out->p + before, out->n - before), reterr);
}

/* Bytes that the part at hand needs, as far as is known. */
static size_t needed(const struct bw_lz4 *lz4)
{
        const struct bw_buf *in = &lz4->in;

        switch (lz4->state) {
        case AT_HEADER:
                return in->n < 5 ? 7 : 7 + (in->p[4] & 8 ? 8 : 0);
        case AT_BLOCK:
                return 4 + (le32(in->p) & 0x7fffffffU) + (lz4->block_checksum ? 4 : 0);
        default:
                return 4;
        }
}

static int do_header(struct bw_lz4 *lz4, struct bw_error *reterr)
{
        uint8_t flags = (uint8_t)lz4->in.p[4];
        unsigned size = (uint8_t)lz4->in.p[5] >> 4 & 7;

        if (le32(lz4->in.p) != MAGIC || flags >> 6 != 1 || size < 4)
                return broken(reterr);
        if (flags & 1)
                return bw_error_set(reterr, -ENOTSUP, "it is packed with a dictionary, which is not known");
        lz4->content_checksum = flags & 4;
        lz4->block_checksum = flags & 16;
        lz4->max_block = 1U << (2 * size + 8);
        lz4->state = AT_SIZE;
        return 0;
}

/* The part at hand is whole. */
static int do_part(struct bw_lz4 *lz4, each_fn each, void *userdata, struct bw_error *reterr)
{
        uint32_t size;
        int r = 0;

        switch (lz4->state) {
        case AT_HEADER:
                r = do_header(lz4, reterr);
                break;
        case AT_SIZE:
                size = le32(lz4->in.p);
                if ((size & 0x7fffffffU) > lz4->max_block)
                        return broken(reterr);
                lz4->state = size ? AT_BLOCK : lz4->content_checksum ? AT_CHECKSUM : AT_END;
                if (size)
                        return 0; /* the size stays in front of the block */
                break;
        case AT_BLOCK:
                r = do_block(lz4, le32(lz4->in.p), each, userdata, reterr);
                lz4->state = AT_SIZE;
                break;
        default:
                lz4->state = AT_END;
        }
        lz4->in.n = 0;
        return r;
}

int bw_lz4_feed(struct bw_lz4 *lz4, struct bw_str in, each_fn each, void *userdata, bool *ret_end,
                struct bw_error *reterr)
{
        *ret_end = false;
        while (lz4->state != AT_END) {
                size_t need = needed(lz4);
                size_t part = lz4->in.n < need ? BW_MIN(need - lz4->in.n, in.n) : 0;
                int r;

                bw_buf_put(&lz4->in, in.p, part);
                if (bw_buf_status(&lz4->in) < 0)
                        return bw_error_nomem(reterr);
                in = bw_str_rest(in, part);
                if (lz4->in.n < needed(lz4)) {
                        if (!in.n)
                                return 0;
                        continue;
                }
                r = do_part(lz4, each, userdata, reterr);
                if (r < 0)
                        return r;
        }
        *ret_end = true;
        return 0;
}

void bw_lz4_done(struct bw_lz4 *lz4)
{
        bw_buf_done(&lz4->in);
        bw_buf_done(&lz4->out);
}
