/* SPDX-License-Identifier: Apache-2.0 */
#include "format/ssh_key.h"

#include "base/arena.h"
#include "base/error.h"
#include "format/base64.h"

static const struct {
        const char *type;
        uint32_t bits; /* 0: stands in the key */
} types[] = {
        {"ssh-rsa", 0},
        {"ssh-dss", 1024},
        {"ssh-ed25519", 256},
        {"ecdsa-sha2-nistp256", 256},
        {"ecdsa-sha2-nistp384", 384},
        {"ecdsa-sha2-nistp521", 521},
        {"sk-ssh-ed25519@openssh.com", 256},
        {"sk-ecdsa-sha2-nistp256@openssh.com", 256},
};

static bool known_type(struct bw_str word, uint32_t *ret_bits)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(types); i++)
                if (bw_str_is(word, types[i].type)) {
                        *ret_bits = types[i].bits;
                        return true;
                }
        return false;
}

/* The next word: blanks within double quotes do not end it. */
static struct bw_str next_word(struct bw_str *rest)
{
        struct bw_str word;
        bool quoted = false;
        size_t n = 0;

        *rest = bw_str_trim(*rest);
        for (; n < rest->n && (quoted || (rest->p[n] != ' ' && rest->p[n] != '\t')); n++) {
                if (rest->p[n] == '\\' && n + 1 < rest->n)
                        n++;
                else if (rest->p[n] == '"')
                        quoted = !quoted;
        }
        n = BW_MIN(n, rest->n);
        word = bw_str_n(rest->p, n);
        *rest = bw_str_rest(*rest, n);
        return word;
}

static void read_options(struct bw_str options, struct bw_ssh_key *key)
{
        while (options.n) {
                bool quoted = false;
                size_t n = 0;

                if (bw_str_starts(options, BW_STR("command=")))
                        key->restricts_command = true;
                else if (bw_str_starts(options, BW_STR("from=")))
                        key->restricts_origin = true;
                else if (bw_str_starts(options, BW_STR("restrict")))
                        key->restricts = true;
                else if (bw_str_starts(options, BW_STR("cert-authority")))
                        key->is_authority = true;
                for (; n < options.n && (quoted || options.p[n] != ','); n++)
                        if (options.p[n] == '"')
                                quoted = !quoted;
                options = bw_str_rest(options, BW_MIN(n + 1, options.n));
        }
}

/* One field of a key's bytes: a length of 32 bits, and as many bytes. */
static bool next_field(struct bw_str *bytes, struct bw_str *ret)
{
        const uint8_t *p = (const uint8_t *)bytes->p;
        size_t n;

        if (bytes->n < 4)
                return false;
        n = (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
        if (n > bytes->n - 4)
                return false;
        *ret = bw_str_n(bytes->p + 4, n);
        *bytes = bw_str_rest(*bytes, 4 + n);
        return true;
}

/* ssh-rsa: name, exponent, modulus. */
static uint32_t rsa_bits(struct bw_str bytes)
{
        struct bw_str field;
        const uint8_t *p;
        uint32_t bits;

        for (int i = 0; i < 3; i++)
                if (!next_field(&bytes, &field))
                        return 0;
        while (field.n && field.p[0] == 0)
                field = bw_str_rest(field, 1);
        if (!field.n || field.n > 4096)
                return 0;
        p = (const uint8_t *)field.p;
        bits = (uint32_t)field.n * 8;
        for (uint8_t top = p[0]; !(top & 0x80); top = (uint8_t)(top << 1))
                bits--;
        return bits;
}

int bw_ssh_key_read(struct bw_arena *arena, struct bw_str line, struct bw_ssh_key *ret, struct bw_error *reterr)
{
        struct bw_ssh_key key = {0};
        struct bw_str word = next_word(&line);
        struct bw_str bytes;
        int r;

        if (!known_type(word, &key.bits)) {
                read_options(word, &key);
                word = next_word(&line);
                if (!known_type(word, &key.bits))
                        return bw_error_set(reterr, -EINVAL, "no public key of a known type");
        }
        key.type = word;
        if (!key.bits) {
                r = bw_base64_decode(arena, next_word(&line), 0, &bytes, reterr);
                if (r < 0)
                        return r;
                key.bits = rsa_bits(bytes);
                if (!key.bits)
                        return bw_error_set(reterr, -EINVAL, "a public key that is cut or broken");
        }
        *ret = key;
        return 0;
}
