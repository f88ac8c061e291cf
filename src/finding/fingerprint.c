/* SPDX-License-Identifier: Apache-2.0 */
#include "finding/fingerprint.h"

__extension__ typedef unsigned __int128 u128;

static const struct bw_fingerprint basis = {.high = 0x6c62272e07bb0142u, .low = 0x62b821756295c58du};

/* The prime is 2^88 + 0x13b. */
static u128 step(u128 hash, unsigned char byte)
{
        hash ^= byte;
        return (hash << 88) + hash * 0x13b;
}

struct bw_fingerprint bw_fingerprint_begin(void)
{
        return basis;
}

struct bw_fingerprint bw_fingerprint_add(struct bw_fingerprint fingerprint, struct bw_str field)
{
        u128 hash = (u128)fingerprint.high << 64 | fingerprint.low;

        for (size_t i = 0; i < field.n; i++)
                hash = step(hash, (unsigned char)field.p[i]);
        hash = step(hash, 0);
        return (struct bw_fingerprint){.high = (uint64_t)(hash >> 64), .low = (uint64_t)hash};
}

const char *bw_fingerprint_format(struct bw_fingerprint fingerprint, char buf[BW_FINGERPRINT_TEXT])
{
        (void)snprintf(buf, BW_FINGERPRINT_TEXT, "%016" PRIx64 "%016" PRIx64, fingerprint.high, fingerprint.low);
        return buf;
}

int bw_fingerprint_parse(struct bw_str text, struct bw_fingerprint *ret)
{
        uint64_t halves[2] = {0};

        if (text.n != BW_FINGERPRINT_TEXT - 1)
                return -EINVAL;
        for (size_t i = 0; i < text.n; i++) {
                char c = text.p[i];
                int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;

                if (digit < 0)
                        return -EINVAL;
                halves[i / 16] = halves[i / 16] << 4 | (unsigned)digit;
        }
        *ret = (struct bw_fingerprint){.high = halves[0], .low = halves[1]};
        return 0;
}
