/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Texts and names that hold secrets. The text itself never reaches an error or a result: only what kind it is.
 * Source: credential.h.
 */
#include "cel/lib/credential.h"
#include "cel/lib/lib_internal.h"

/* Texts that are longer than any generated one are files: only known formats are looked for in them. */
#define MAX_RANDOM 512
#define MAX_DECODED 8192
#define RANDOM "high-entropy text"

/* "--token=VALUE", "TOKEN=VALUE": the value; else the text itself. */
static struct bw_str value_of(struct bw_str text)
{
        const char *equals = text.n ? memchr(text.p, '=', text.n) : NULL;
        size_t n = equals ? (size_t)(equals - text.p) : 0;

        if (n == 0 || n + 2 >= text.n)
                return text;
        for (size_t i = 0; i < n; i++)
                if (text.p[i] == '/' || text.p[i] == '+' || (unsigned char)text.p[i] <= ' ')
                        return text;
        return bw_str_rest(text, n + 1);
}

static bool is_readable(struct bw_str s)
{
        size_t n = 0;

        for (size_t i = 0; i < s.n; i++)
                n += (s.p[i] >= ' ' && s.p[i] <= '~') || (s.p[i] >= '\t' && s.p[i] <= '\r');
        return s.n > 0 && n == s.n;
}

/*
 * The DER form of a private key (PKCS #1, #8, #12, SEC 1): a sequence that begins with a version number, where public keys
 * and certificates begin with a sequence.
 */
static bool is_private_der(const unsigned char *p, size_t n)
{
        size_t header = n >= 40 && p[0] == 0x30 ? (p[1] < 0x80 ? 2 : 2 + (size_t)(p[1] & 0x7f)) : 0;

        return header >= 2 && header <= 6 && p[header] == 0x02 && p[header + 1] == 1 && p[header + 2] <= 3;
}

const char *bw_credential_kind(struct bw_str text)
{
        unsigned char plain[MAX_DECODED];
        const char *kind = bw_credential_format(text);
        size_t n;

        text = bw_str_trim(text);
        if (kind || text.n > MAX_DECODED)
                return kind;
        if (bw_credential_base64(text, plain, sizeof(plain), &n)) {
                if (is_readable(bw_str_n((const char *)plain, n)))
                        return bw_credential_format(bw_str_n((const char *)plain, n));
                if (is_private_der(plain, n))
                        return "private key";
        }
        text = value_of(text);
        return text.n <= MAX_RANDOM && bw_credential_is_random(text) ? RANDOM : NULL;
}

/* ---- what stands in their place */

static void put_base64(struct bw_buf *out, struct bw_str bytes)
{
        static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

        for (size_t i = 0; i < bytes.n; i += 3) {
                uint32_t bits = (uint32_t)(unsigned char)bytes.p[i] << 16;
                size_t n = BW_MIN(bytes.n - i, (size_t)3);

                for (size_t k = 1; k < n; k++)
                        bits |= (uint32_t)(unsigned char)bytes.p[i + k] << (16 - 8 * k);
                for (size_t k = 0; k < 4; k++)
                        bw_buf_char(out, k <= n ? letters[bits >> (18 - 6 * k) & 63] : '=');
        }
}

/* The beginning of a private key's DER form, and nothing of a key. */
static void put_private_der(struct bw_buf *out)
{
        char der[48] = {0x30, 0x2e, 0x02, 0x01, 0x00};

        for (size_t i = 5; i < sizeof(der); i++)
                der[i] = (char)(i * 37);
        put_base64(out, bw_str_n(der, sizeof(der)));
}

static bool is_base64_of(struct bw_str text, const char **ret_kind)
{
        unsigned char plain[MAX_DECODED];
        size_t n;

        if (text.n > MAX_DECODED || !bw_credential_base64(text, plain, sizeof(plain), &n))
                return false;
        *ret_kind = is_readable(bw_str_n((const char *)plain, n)) ? bw_credential_format(bw_str_n((const char *)plain, n)) :
                                                                    NULL;
        return true;
}

void bw_credential_stand_in(const char *kind, struct bw_buf *out)
{
        if (!bw_credential_format_example(kind, out))
                bw_buf_puts(out, "Zt7qB2xW9kLm4RvC8nHp3JdS6gFy");
}

bool bw_credential_conceal(struct bw_str text, struct bw_buf *out)
{
        const char *kind = bw_credential_kind(text);
        bw_auto_done(bw_buf_done) struct bw_buf example = {0};
        const char *inside = NULL;
        struct bw_str core = bw_str_trim(text);

        if (!kind)
                return false;
        if (bw_credential_conceal_formats(text, out))
                return true;
        bw_buf_str(out, bw_str_n(text.p, (size_t)(core.p - text.p)));
        if (strcmp(kind, RANDOM) == 0) {
                struct bw_str value = value_of(core);

                bw_buf_str(out, bw_str_n(core.p, (size_t)(value.p - core.p)));
                bw_credential_stand_in(kind, out);
        } else if (is_base64_of(core, &inside) && inside) {
                bw_credential_stand_in(kind, &example);
                put_base64(out, bw_buf_view(&example));
        } else {
                put_private_der(out);
        }
        bw_buf_str(out, bw_str_rest(text, (size_t)(core.p - text.p) + core.n));
        return true;
}

/* ---- the functions */

static struct bw_value credential(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        const char *kind = bw_credential_kind(bw_lib_text(args[0]));

        (void)call;
        (void)n;
        return bw_value_str(bw_str(kind ? kind : ""));
}

static struct bw_value credential_name(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)call;
        (void)n;
        return bw_value_bool(bw_credential_is_name(bw_lib_text(args[0])));
}

static const struct bw_cel_overload credential_overloads[] = {
        {"credential_string", "credential(string) -> string", credential, bw_lib_cost_scan},
};
static const struct bw_cel_overload credential_name_overloads[] = {
        {"credential_name_string", "credentialName(string) -> bool", credential_name, bw_lib_cost_scan},
};

static const struct bw_cel_function functions[] = {
        BW_LIB_FUNCTION("credential", credential_overloads,
                        "What kind of secret a text holds: \"GitHub token\", \"private key\", \"high-entropy text\"; empty "
                        "for none."),
        BW_LIB_FUNCTION("credentialName", credential_name_overloads,
                        "True if a key or variable of this name usually holds a secret: DB_PASSWORD, apiKey."),
};

const struct bw_cel_library bw_cel_lib_credential = {
        .name = "credential",
        .flag = BW_CEL_LIB_BULWARK,
        .functions = functions,
        .n_functions = BW_ARRAY_SIZE(functions),
};
