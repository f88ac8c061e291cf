/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Texts that only a generator of random numbers writes, and those that people write where a value belongs. What other
 * texts look random is known: identifiers, digests, names, words in camel case, readable text in base64; they differ
 * from secrets in their letters, which the tests below count.
 */
#include <math.h>

#include "cel/lib/credential.h"

/* ---- base64 ---- */

/* The six bits of a letter, or -1. */
static int sextet(char c)
{
        if (c >= 'A' && c <= 'Z')
                return c - 'A';
        if (c >= 'a' && c <= 'z')
                return c - 'a' + 26;
        if (c >= '0' && c <= '9')
                return c - '0' + 52;
        return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

bool bw_credential_base64(struct bw_str text, unsigned char *out, size_t max, size_t *ret_n)
{
        uint32_t bits = 0;
        size_t n = 0;

        while (text.n > 0 && text.p[text.n - 1] == '=')
                text.n--;
        if (text.n < 2 || text.n % 4 == 1)
                return false;
        for (size_t i = 0; i < text.n; i++) {
                int six = sextet(text.p[i]);

                if (six < 0)
                        return false;
                bits = bits << 6 | (uint32_t)six;
                if (i % 4 > 0 && n < max)
                        out[n++] = (unsigned char)(bits >> (6 - 2 * (i % 4)));
        }
        *ret_n = n;
        return true;
}

/* ---- placeholders ---- */

static char lower(char c)
{
        return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* Whether the lower-case word stands in the text, whatever its case. */
static bool holds(struct bw_str text, const char *word)
{
        size_t n = strlen(word);

        for (size_t i = 0; i + n <= text.n; i++) {
                size_t k = 0;

                while (k < n && lower(text.p[i + k]) == word[k])
                        k++;
                if (k == n)
                        return true;
        }
        return false;
}

/* Words that stand in no generated text. */
static const char *const hints[] = {
        "example", "changeme", "change-me", "change_me", "placeholder", "replace", "redacted", "xxxx", "your", "dummy",
        "sample",  "insert",   "todo",      "fixme",     "secret-here", "<",       "${",       "$(",   "{{",   "***",
        "...",     "1234567890", "abcdefgh",
};
/* Whole texts. */
static const char *const stand_ins[] = {
        "password", "passwd", "pass", "secret", "token", "key", "apikey", "api-key", "api_key", "test", "none", "null",
        "true", "false", "xxx", "empty", "default", "mypassword", "my-password", "my-secret", "mysecret", "unset",
};

static size_t distinct(struct bw_str text)
{
        uint64_t seen[4] = {0};
        size_t n = 0;

        for (size_t i = 0; i < text.n; i++) {
                unsigned char c = (unsigned char)text.p[i];

                n += !(seen[c >> 6] >> (c & 63) & 1);
                seen[c >> 6] |= UINT64_C(1) << (c & 63);
        }
        return n;
}

/* Letters that follow their neighbour in the alphabet, or repeat it. */
static size_t neighbours(struct bw_str text)
{
        size_t n = 0;

        for (size_t i = 1; i < text.n; i++)
                n += text.p[i] == text.p[i - 1] || text.p[i] == text.p[i - 1] + 1;
        return n;
}

bool bw_credential_is_placeholder(struct bw_str text)
{
        if (text.n == 0)
                return true;
        for (size_t i = 0; i < BW_ARRAY_SIZE(hints); i++)
                if (holds(text, hints[i]))
                        return true;
        for (size_t i = 0; i < BW_ARRAY_SIZE(stand_ins); i++)
                if (text.n == strlen(stand_ins[i]) && holds(text, stand_ins[i]))
                        return true;
        if (text.p[0] == '$' || text.p[0] == '%' || text.p[0] == '{')
                return true;
        return text.n >= 16 ? distinct(text) < 8 || neighbours(text) * 2 > text.n : distinct(text) < 2;
}

/* ---- random texts ---- */

struct census {
        size_t lower;
        size_t upper;
        size_t digits;
        size_t others;
        size_t changes;  /* between the three sorts, from one letter to the next */
        size_t in_words; /* letters in runs that may be words: Get, Map, host, NAME */
        double entropy;  /* bits for each letter */
};

static int sort_of(char c)
{
        if (c >= 'a' && c <= 'z')
                return 1;
        if (c >= 'A' && c <= 'Z')
                return 2;
        return c >= '0' && c <= '9' ? 3 : 0;
}

static double entropy(struct bw_str text)
{
        size_t counts[256] = {0};
        double bits = 0;

        for (size_t i = 0; i < text.n; i++)
                counts[(unsigned char)text.p[i]]++;
        for (size_t i = 0; i < BW_ARRAY_SIZE(counts); i++) {
                double share = (double)counts[i] / (double)text.n;

                if (counts[i] > 0)
                        bits -= share * log2(share);
        }
        return bits;
}

/* Where the run ends that begins at i: letters of one case, a capital before small ones included. */
static size_t run_end(struct bw_str text, size_t i)
{
        size_t end = i + 1;

        if (sort_of(text.p[i]) == 2 && end < text.n && sort_of(text.p[end]) == 1)
                end++;
        while (end < text.n && sort_of(text.p[end]) == sort_of(text.p[end - 1]))
                end++;
        return end;
}

/* Words have three letters or more (four in capitals), and a vowel among them. */
static bool may_be_word(struct bw_str run)
{
        if (sort_of(run.p[0]) == 0 || sort_of(run.p[0]) == 3 || run.n < (sort_of(run.p[run.n - 1]) == 2 ? 4u : 3u))
                return false;
        for (size_t i = 0; i < run.n; i++)
                if (strchr("aeiouyAEIOUY", run.p[i]))
                        return true;
        return false;
}

static struct census count(struct bw_str text)
{
        struct census c = {.entropy = entropy(text)};

        for (size_t i = 0; i < text.n; i++) {
                int sort = sort_of(text.p[i]);

                c.lower += sort == 1;
                c.upper += sort == 2;
                c.digits += sort == 3;
                c.others += sort == 0;
                c.changes += i > 0 && sort != sort_of(text.p[i - 1]);
        }
        for (size_t i = 0; i < text.n;) {
                size_t end = run_end(text, i);

                if (may_be_word(bw_str_n(text.p + i, end - i)))
                        c.in_words += end - i;
                i = end;
        }
        return c;
}

/* What base64 makes of structures that are public: certificates, keys of SSH, images, compressed files. */
static const char *const public_starts[] = {
        "MII",     "MFkw",    "MHYw",    "MCow", "AAAA", "H4sI", "iVBOR", "R0lGOD", "/9j/", "UEsD", "LS0tLS1CRUdJTi",
        "sha256-", "sha384-", "sha512-", "PD94", "eyJ",
};

static bool has_random_letters(struct bw_str text)
{
        for (size_t i = 0; i < text.n; i++)
                if (sort_of(text.p[i]) == 0 && !strchr("+/=_-", text.p[i]))
                        return false;
        for (size_t i = 0; i < BW_ARRAY_SIZE(public_starts); i++)
                if (bw_str_starts(text, bw_str(public_starts[i])))
                        return false;
        return true;
}

bool bw_credential_is_random(struct bw_str text)
{
        struct census c;

        while (text.n > 0 && text.p[text.n - 1] == '=')
                text.n--;
        if (text.n < 20 || !has_random_letters(text) || bw_credential_is_placeholder(text))
                return false;
        c = count(text);
        /* Chance gives each sort its share; people leave one out. */
        if (c.lower < text.n / 9 || c.upper < text.n / 9 || c.digits < text.n / 20 + 1 || c.others > text.n / 5)
                return false;
        /* In random text six of ten neighbours differ in sort; in words in camel case two or three. */
        if (c.changes * 100 < text.n * 38 || c.in_words * 100 > text.n * 50)
                return false;
        return c.entropy >= (text.n < 28 ? 3.6 : text.n < 40 ? 3.9 : 4.2);
}
