/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Base64.
 * Source: RFC 4648 section 4; cel-go 0.23 ext/encoders.go: padding may be left out, line breaks are passed over.
 * Kubernetes does not offer these.
 */
#include "cel/lib/lib_internal.h"

static struct bw_value encode(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        struct bw_str s = bw_lib_text(args[0]);
        size_t size = (s.n + 2) / 3 * 4;
        char *text = size > UINT32_MAX ? NULL : bw_arena_alloc(call->arena, size + 1);
        char *p = text;

        (void)n;
        if (!text)
                return bw_cel_no_memory();
        for (size_t i = 0; i < s.n; i += 3) {
                size_t rest = s.n - i;
                uint32_t bits = (uint32_t)(unsigned char)s.p[i] << 16;

                bits |= rest > 1 ? (uint32_t)(unsigned char)s.p[i + 1] << 8 : 0;
                bits |= rest > 2 ? (unsigned char)s.p[i + 2] : 0;
                *p++ = digits[bits >> 18];
                *p++ = digits[bits >> 12 & 63];
                *p++ = rest > 1 ? digits[bits >> 6 & 63] : '=';
                *p++ = rest > 2 ? digits[bits & 63] : '=';
        }
        *p = '\0';
        return bw_value_str(bw_str_n(text, size));
}

static int digit(char c)
{
        if (c >= 'A' && c <= 'Z')
                return c - 'A';
        if (c >= 'a' && c <= 'z')
                return c - 'a' + 26;
        if (c >= '0' && c <= '9')
                return c - '0' + 52;
        return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Bytes written, or SIZE_MAX when the text is no base64. */
static size_t decode_to(struct bw_str s, char *out)
{
        uint32_t bits = 0;
        size_t digits = 0;
        size_t padding = 0;
        size_t n = 0;

        for (size_t i = 0; i < s.n; i++) {
                int value = digit(s.p[i]);

                if (s.p[i] == '\r' || s.p[i] == '\n')
                        continue;
                if (s.p[i] == '=') {
                        padding++;
                        continue;
                }
                if (value < 0 || padding > 0)
                        return SIZE_MAX;
                bits = bits << 6 | (uint32_t)value;
                if (++digits % 4 == 0) {
                        out[n++] = (char)(bits >> 16);
                        out[n++] = (char)(bits >> 8);
                        out[n++] = (char)bits;
                }
        }
        if (digits % 4 == 1 || (padding > 0 && (digits + padding) % 4 != 0) || padding > 2)
                return SIZE_MAX;
        if (digits % 4 >= 2)
                out[n++] = (char)(digits % 4 == 2 ? bits >> 4 : bits >> 10);
        if (digits % 4 == 3)
                out[n++] = (char)(bits >> 2);
        return n;
}

static struct bw_value decode(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        struct bw_str s = bw_lib_text(args[0]);
        char *bytes = bw_arena_alloc(call->arena, s.n / 4 * 3 + 4);
        size_t size;

        (void)n;
        if (!bytes)
                return bw_cel_no_memory();
        size = decode_to(s, bytes);
        return size == SIZE_MAX ? bw_cel_error(call, "illegal base64 data") : bw_value_bytes(bw_str_n(bytes, size));
}

static const struct bw_cel_overload decode_overloads[] = {
        {"base64_decode_string", "base64.decode(string) -> bytes", decode, NULL},
};
static const struct bw_cel_overload encode_overloads[] = {
        {"base64_encode_bytes", "base64.encode(bytes) -> string", encode, NULL},
};

static const struct bw_cel_function functions[] = {
        BW_LIB_FUNCTION("base64.decode", decode_overloads, "The bytes of base64 text, padded or not."),
        BW_LIB_FUNCTION("base64.encode", encode_overloads, "Bytes as base64 text with padding."),
};

const struct bw_cel_library bw_cel_lib_encoders = {
        .name = "encoders",
        .flag = BW_CEL_LIB_EXTRA,
        .functions = functions,
        .n_functions = BW_ARRAY_SIZE(functions),
};
