/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"

BW_PRINTF(5, 0)
static void set(struct bw_error *err, int code, uint32_t line, uint32_t column, const char *fmt, va_list ap)
{
        if (!err || err->code != 0)
                return;
        err->code = code;
        err->line = line;
        err->column = column;
        (void)vsnprintf(err->message, sizeof(err->message), fmt, ap);
}

int bw_error_set(struct bw_error *reterr, int code, const char *fmt, ...)
{
        va_list ap;

        va_start(ap, fmt);
        set(reterr, code, 0, 0, fmt, ap);
        va_end(ap);
        return code;
}

int bw_error_at(struct bw_error *reterr, int code, uint32_t line, uint32_t column, const char *fmt, ...)
{
        va_list ap;

        va_start(ap, fmt);
        set(reterr, code, line, column, fmt, ap);
        va_end(ap);
        return code;
}

int bw_error_wrap(struct bw_error *reterr, int code, const char *fmt, ...)
{
        char old[sizeof(reterr->message)];
        size_t n;
        va_list ap;
        int r;

        if (!reterr)
                return code;
        memcpy(old, reterr->message, sizeof(old));
        va_start(ap, fmt);
        r = vsnprintf(reterr->message, sizeof(reterr->message), fmt, ap);
        va_end(ap);
        n = r < 0 ? 0 : BW_MIN((size_t)r, sizeof(reterr->message) - 1);
        if (reterr->code == 0)
                reterr->code = code;
        else
                (void)snprintf(reterr->message + n, sizeof(reterr->message) - n, ": %s", old);
        return code;
}

void bw_error_in_file(struct bw_error *err, struct bw_str file)
{
        size_t n = BW_MIN(file.n, sizeof(err->file) - 1);

        if (!err || err->code == 0 || err->file[0])
                return;
        if (n)
                memcpy(err->file, file.p, n);
        err->file[n] = '\0';
}

int bw_error_nomem(struct bw_error *reterr)
{
        return bw_error_set(reterr, -ENOMEM, "out of memory");
}

void bw_error_clear(struct bw_error *err)
{
        err->code = 0;
        err->line = err->column = 0;
        err->file[0] = err->message[0] = '\0';
}

/* Untrusted names and texts end up in messages: a terminal must never see their control characters. */
static size_t put_clean(char *buf, size_t size, size_t at, const char *text)
{
        for (; *text && at + 5 < size; text++) {
                unsigned char c = (unsigned char)*text;

                if (c < 0x20 || c == 0x7f)
                        at += (size_t)snprintf(buf + at, size - at, "\\x%02x", c);
                else
                        buf[at++] = (char)c;
        }
        buf[at] = '\0';
        return at;
}

const char *bw_error_format(const struct bw_error *err, char *buf, size_t size)
{
        size_t at = 0;

        if (size < 8)
                return "";
        buf[0] = '\0';
        if (err->file[0]) {
                at = put_clean(buf, size, at, err->file);
                if (size - at > 2)
                        buf[at++] = ':';
        }
        if (err->line && size - at > 32)
                at += (size_t)snprintf(buf + at, size - at, "%" PRIu32 ":", err->line);
        if (err->line && err->column && size - at > 32)
                at += (size_t)snprintf(buf + at, size - at, "%" PRIu32 ":", err->column);
        if (at && size - at > 2)
                buf[at++] = ' ';
        (void)put_clean(buf, size, at, err->message);
        return buf;
}
