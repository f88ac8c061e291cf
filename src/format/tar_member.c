/* SPDX-License-Identifier: Apache-2.0 */
#include "format/tar_member.h"

#include "base/error.h"

enum { NAME_BYTES = 100, SIZE_AT = 124, SIZE_BYTES = 12, CHECKSUM_AT = 148, CHECKSUM_BYTES = 8, TYPE_AT = 156 };

/* Octal digits, up to a blank or a zero byte. */
static bool octal(const char *p, size_t n, uint64_t *ret)
{
        uint64_t v = 0;
        size_t i = 0;

        while (i < n && p[i] == ' ')
                i++;
        for (; i < n && p[i] >= '0' && p[i] <= '7'; i++)
                v = v << 3 | (uint64_t)(p[i] - '0');
        *ret = v;
        return i == n || p[i] == ' ' || p[i] == 0;
}

/* The sum of the header's bytes, its own field counted as blanks. */
static bool checksum_fits(const char *header)
{
        uint64_t stated;
        uint64_t sum = 0;

        for (size_t i = 0; i < BW_TAR_BLOCK; i++)
                sum += i >= CHECKSUM_AT && i < CHECKSUM_AT + CHECKSUM_BYTES ? ' ' : (unsigned char)header[i];
        return octal(header + CHECKSUM_AT, CHECKSUM_BYTES, &stated) && stated == sum;
}

static int begin(struct bw_tar_member *tar, struct bw_error *reterr)
{
        struct bw_str name = bw_str_n(tar->header, strnlen(tar->header, NAME_BYTES));

        tar->header_n = 0;
        if (!name.n)
                return 0; /* the end of an archive: another may follow */
        if (!checksum_fits(tar->header) || !octal(tar->header + SIZE_AT, SIZE_BYTES, &tar->left))
                return bw_error_set(reterr, -EINVAL, "the archive is broken");
        tar->padding = (BW_TAR_BLOCK - tar->left % BW_TAR_BLOCK) % BW_TAR_BLOCK;
        tar->wanted = bw_str_eq(name, tar->name) && (tar->header[TYPE_AT] == '0' || tar->header[TYPE_AT] == 0);
        tar->seen |= tar->wanted;
        return 0;
}

int bw_tar_member_feed(struct bw_tar_member *tar, struct bw_str bytes, struct bw_error *reterr)
{
        int r = 0;

        while (r >= 0 && bytes.n) {
                size_t n;

                if (tar->left) {
                        n = (size_t)BW_MIN(tar->left, (uint64_t)bytes.n);
                        if (tar->wanted)
                                r = tar->each(tar->userdata, bw_str_n(bytes.p, n), reterr);
                        tar->left -= n;
                } else if (tar->padding) {
                        n = (size_t)BW_MIN(tar->padding, (uint64_t)bytes.n);
                        tar->padding -= n;
                } else {
                        n = BW_MIN(BW_TAR_BLOCK - tar->header_n, bytes.n);
                        memcpy(tar->header + tar->header_n, bytes.p, n);
                        tar->header_n += n;
                        if (tar->header_n == BW_TAR_BLOCK)
                                r = begin(tar, reterr);
                }
                bytes = bw_str_rest(bytes, n);
        }
        return r < 0 ? r : 0;
}
