/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Credentials of known formats: a prefix that nothing else has, the letters that follow and how many, and for some a
 * look at what they mean.
 */
#include "cel/lib/credential.h"

enum letters {
        HEX,     /* 0-9 a-f */
        DIGITS,
        UPPER,   /* 0-9 A-Z */
        BASE32,  /* 2-7 A-Z */
        BECH32,  /* upper case, without 1, B, I, O */
        LETTERS, /* a-z A-Z */
        ALNUM,
        WORD,    /* ALNUM _ - */
        DOTTED,  /* WORD . */
        BASE64,  /* ALNUM + / = */
        SIGNED,  /* WORD . = ~ */
        PATH,    /* WORD / */
        REST,    /* whatever follows, to the text's end */
        _LETTERS_MAX,
};

static const char *const letter_sets[_LETTERS_MAX] = {
        [HEX] = "0123456789abcdef",
        [DIGITS] = "0123456789",
        [UPPER] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        [BASE32] = "234567ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        [BECH32] = "023456789ACDEFGHJKLMNPQRSTUVWXYZ",
        [LETTERS] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
        [ALNUM] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
        [WORD] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-",
        [DOTTED] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-.",
        [BASE64] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+/=",
        [SIGNED] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-.=~",
        [PATH] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-/",
};

/* A scheme, "://", a name, ":", "@" and a host of a letter each; every prefix has two letters at least. */
#define SHORTEST 8

/* Kinds that no row has. */
#define SERVICE_ACCOUNT "Google service account key"
#define REGISTRY_LOGIN "registry login"
#define URL_PASSWORD "password in a URL"

/* Of examples. */
#define LETTERS_AND_DIGITS "Concealed7QxKm2WzRt9VbHj4Gp"
#define PASSWORD "Concealed7Qx"
#define LOGIN "Y29uY2VhbGVkOkNvbmNlYWxlZDdReA==" /* concealed:Concealed7Qx */

/* What stands before the prefix. */
enum before {
        EDGE,    /* no letter, digit or underscore */
        DIGIT,
        ANY,
};

struct format {
        const char *kind;
        const char *prefix;
        uint8_t letters;  /* of what follows */
        uint16_t least;   /* how many of them */
        uint16_t most;
        bool (*is_valid)(struct bw_str body); /* of what follows the prefix; NULL: any is */
        uint8_t before;   /* enum before */
};

/* ---- what only a closer look tells ---- */

/* Whether part stands in text. */
static bool holds(struct bw_str text, const char *part)
{
        return bw_str_find(text, bw_str(part)) != SIZE_MAX;
}

/* A JWT has three parts; the first is JSON and names its algorithm, and none that signs nothing. */
static bool is_jwt(struct bw_str body)
{
        unsigned char json[192];
        struct bw_str header;
        struct bw_str payload;
        struct bw_str head = bw_str_n(body.p - 3, body.n + 3); /* with its prefix "eyJ" */
        struct bw_str text;
        size_t n;

        if (!bw_str_split(&head, '.', &header) || !bw_str_split(&head, '.', &payload) || head.n < 20 ||
            memchr(head.p, '.', head.n) || !bw_str_starts(payload, BW_STR("ey")))
                return false;
        if (!bw_credential_base64(header, json, sizeof(json), &n))
                return false;
        text = bw_str_n((const char *)json, n);
        return holds(text, "\"alg\"") && !holds(text, "\"none\"");
}

/* The part after a dot that separates two of fixed length. */
static bool is_sendgrid(struct bw_str body)
{
        return body.n == 66 && body.p[22] == '.' && !memchr(body.p + 23, '.', 43) && !memchr(body.p, '.', 22);
}

static bool is_openai(struct bw_str body)
{
        return holds(body, "T3BlbkFJ");
}

/* Key material follows the line, on the same or on lines of their own (also "\n" as two letters, as JSON has it). */
static bool is_pem(struct bw_str body)
{
        size_t n = 0;

        for (size_t i = 0; i < body.n && n < 40; i++) {
                char c = body.p[i];

                if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '/')
                        n++;
                else if (c == '<' || c == '{' || c == '$' || c == '*')
                        return false;
                else if ((c == '.' || c == '-') && i + 1 < body.n && body.p[i + 1] == c)
                        return false; /* "MII...", or the end line */
        }
        return n >= 40;
}

/* The rows with a common first letter need not stand together; the order decides between prefixes of each other. */
static const struct format formats[] = {
        {"AWS access key", "AKIA", BASE32, 16, 16, NULL, EDGE},
        {"AWS access key", "ASIA", BASE32, 16, 16, NULL, EDGE},
        {"Google API key", "AIza", WORD, 35, 35, NULL, EDGE},
        {"Google OAuth client secret", "GOCSPX-", WORD, 28, 28, NULL, EDGE},
        {"Google OAuth token", "ya29.", WORD, 60, 1024, NULL, EDGE},
        {"GitHub token", "ghp_", ALNUM, 36, 255, NULL, EDGE},
        {"GitHub token", "gho_", ALNUM, 36, 255, NULL, EDGE},
        {"GitHub token", "ghu_", ALNUM, 36, 255, NULL, EDGE},
        {"GitHub token", "ghs_", ALNUM, 36, 255, NULL, EDGE},
        {"GitHub token", "ghr_", ALNUM, 36, 255, NULL, EDGE},
        {"GitHub token", "github_pat_", WORD, 60, 255, NULL, EDGE},
        {"GitLab token", "glpat-", DOTTED, 20, 300, NULL, EDGE},
        {"GitLab token", "gldt-", WORD, 20, 300, NULL, EDGE},
        {"GitLab token", "glrt-", DOTTED, 20, 300, NULL, EDGE},
        {"GitLab token", "glcbt-", WORD, 20, 300, NULL, EDGE},
        {"GitLab token", "glptt-", HEX, 40, 40, NULL, EDGE},
        {"GitLab token", "glagent-", WORD, 50, 300, NULL, EDGE},
        {"GitLab token", "glsoat-", WORD, 20, 300, NULL, EDGE},
        {"GitLab token", "GR1348941", WORD, 20, 20, NULL, EDGE},
        {"Slack token", "xoxb-", WORD, 20, 255, NULL, EDGE},
        {"Slack token", "xoxp-", WORD, 20, 255, NULL, EDGE},
        {"Slack token", "xoxa-", WORD, 20, 255, NULL, EDGE},
        {"Slack token", "xoxs-", WORD, 20, 255, NULL, EDGE},
        {"Slack token", "xoxr-", WORD, 20, 255, NULL, EDGE},
        {"Slack token", "xapp-", WORD, 40, 255, NULL, EDGE},
        {"Slack webhook", "hooks.slack.com/services/T", PATH, 30, 120, NULL, EDGE},
        {"Stripe key", "sk_live_", ALNUM, 16, 247, NULL, EDGE},
        {"Stripe key", "rk_live_", ALNUM, 16, 247, NULL, EDGE},
        {"Stripe key", "sk_test_", ALNUM, 16, 247, NULL, EDGE},
        {"Stripe key", "rk_test_", ALNUM, 16, 247, NULL, EDGE},
        {"Stripe webhook secret", "whsec_", BASE64, 32, 100, NULL, EDGE},
        {"JSON web token", "eyJ", DOTTED, 60, 8192, is_jwt, EDGE},
        {"private key", "-----BEGIN PRIVATE KEY-----", REST, 0, 0, is_pem, ANY},
        {"private key", "-----BEGIN RSA PRIVATE KEY-----", REST, 0, 0, is_pem, ANY},
        {"private key", "-----BEGIN EC PRIVATE KEY-----", REST, 0, 0, is_pem, ANY},
        {"private key", "-----BEGIN DSA PRIVATE KEY-----", REST, 0, 0, is_pem, ANY},
        {"private key", "-----BEGIN OPENSSH PRIVATE KEY-----", REST, 0, 0, is_pem, ANY},
        {"private key", "-----BEGIN ENCRYPTED PRIVATE KEY-----", REST, 0, 0, is_pem, ANY},
        {"private key", "-----BEGIN PGP PRIVATE KEY BLOCK-----", REST, 0, 0, is_pem, ANY},
        {"npm token", "_authToken=", WORD, 20, 300, NULL, ANY},
        {"npm token", "npm_", ALNUM, 36, 36, NULL, EDGE},
        {"PyPI token", "pypi-AgE", WORD, 50, 1024, NULL, EDGE},
        {"RubyGems token", "rubygems_", HEX, 48, 48, NULL, EDGE},
        {"Docker Hub token", "dckr_pat_", WORD, 27, 27, NULL, EDGE},
        {"Docker Hub token", "dckr_oat_", WORD, 32, 32, NULL, EDGE},
        {"Azure storage key", "AccountKey=", BASE64, 86, 88, NULL, EDGE},
        {"Azure shared access key", "SharedAccessKey=", BASE64, 43, 88, NULL, EDGE},
        {"Azure client secret", "Q~", SIGNED, 31, 34, NULL, DIGIT},
        {"SendGrid key", "SG.", DOTTED, 66, 66, is_sendgrid, EDGE},
        {"Twilio key", "SK", HEX, 32, 32, NULL, EDGE},
        {"Mailgun key", "key-", HEX, 32, 32, NULL, EDGE},
        {"age key", "AGE-SECRET-KEY-1", BECH32, 58, 58, NULL, EDGE},
        {"Vault token", "hvs.", WORD, 24, 200, NULL, EDGE},
        {"Vault token", "hvb.", WORD, 90, 300, NULL, EDGE},
        {"HCP Terraform token", ".atlasv1.", WORD, 60, 90, NULL, ANY},
        {"DigitalOcean token", "dop_v1_", HEX, 64, 64, NULL, EDGE},
        {"DigitalOcean token", "doo_v1_", HEX, 64, 64, NULL, EDGE},
        {"DigitalOcean token", "dor_v1_", HEX, 64, 64, NULL, EDGE},
        {"Anthropic key", "sk-ant-", WORD, 80, 200, NULL, EDGE},
        {"OpenAI key", "sk-", WORD, 40, 250, is_openai, EDGE},
        {"Hugging Face token", "hf_", LETTERS, 34, 40, NULL, EDGE},
        {"Grafana token", "glsa_", WORD, 41, 41, NULL, EDGE},
        {"Grafana token", "glc_eyJ", BASE64, 32, 400, NULL, EDGE},
        {"Databricks token", "dapi", HEX, 32, 34, NULL, EDGE},
        {"Shopify token", "shpat_", HEX, 32, 32, NULL, EDGE},
        {"Shopify token", "shpss_", HEX, 32, 32, NULL, EDGE},
        {"Shopify token", "shpca_", HEX, 32, 32, NULL, EDGE},
        {"Square token", "sq0atp-", WORD, 22, 22, NULL, EDGE},
        {"Square secret", "sq0csp-", WORD, 43, 43, NULL, EDGE},
        {"New Relic key", "NRAK-", UPPER, 27, 27, NULL, EDGE},
        {"Linear key", "lin_api_", ALNUM, 40, 40, NULL, EDGE},
        {"Atlassian token", "ATATT3", SIGNED, 150, 220, NULL, EDGE},
        {"Doppler token", "dp.pt.", ALNUM, 43, 43, NULL, EDGE},
        {"Doppler token", "dp.st.", DOTTED, 40, 64, NULL, EDGE},
        {"Pulumi token", "pul-", HEX, 40, 40, NULL, EDGE},
        {"Tailscale key", "tskey-auth-", WORD, 20, 60, NULL, EDGE},
        {"Tailscale key", "tskey-api-", WORD, 20, 60, NULL, EDGE},
        {"Sentry token", "sntrys_", BASE64, 80, 400, NULL, EDGE},
        {"Sentry token", "sntryu_", HEX, 64, 64, NULL, EDGE},
        {"PlanetScale token", "pscale_tkn_", SIGNED, 32, 64, NULL, EDGE},
        {"PlanetScale password", "pscale_pw_", SIGNED, 32, 64, NULL, EDGE},
        {"1Password token", "ops_eyJ", WORD, 250, 2048, NULL, EDGE},
        {"Telegram bot token", ":AA", WORD, 33, 33, NULL, DIGIT},
        {"Discord webhook", "discord.com/api/webhooks/", PATH, 70, 120, NULL, EDGE},
};

/* ---- the search ---- */

/* The rows by the first two bytes of their prefix: numbers + 1. Nearly every place of a text meets an empty slot. */
struct by_start {
        uint8_t head[256];
        uint8_t next[BW_ARRAY_SIZE(formats)];
};
_Static_assert(BW_ARRAY_SIZE(formats) < UINT8_MAX, "a row's number fits");

static unsigned slot_of(const char *start)
{
        return ((unsigned)(unsigned char)start[0] * 7 ^ (unsigned)(unsigned char)start[1] * 13) & 255;
}

static void index_formats(struct by_start *index)
{
        memset(index, 0, sizeof(*index));
        for (size_t i = BW_ARRAY_SIZE(formats); i-- > 0;) {
                unsigned slot = slot_of(formats[i].prefix);

                index->next[i] = index->head[slot];
                index->head[slot] = (uint8_t)(i + 1);
        }
}

static bool is_before(struct bw_str text, size_t at, enum before before)
{
        char c = at > 0 ? text.p[at - 1] : ' ';

        if (before == DIGIT)
                return c >= '0' && c <= '9';
        return before == ANY || c == '\0' || (!strchr(letter_sets[ALNUM], c) && c != '_');
}

static struct bw_str run_of(struct bw_str rest, const char *letters)
{
        size_t n = 0;

        while (n < rest.n && rest.p[n] && strchr(letters, rest.p[n]))
                n++;
        return bw_str_n(rest.p, n);
}

static bool matches(struct bw_str text, size_t at, const struct format *f)
{
        struct bw_str rest = bw_str_rest(text, at);
        struct bw_str prefix = bw_str(f->prefix);

        if (!bw_str_starts(rest, prefix) || !is_before(text, at, f->before))
                return false;
        rest = bw_str_rest(rest, prefix.n);
        if (f->letters == REST)
                return f->is_valid(rest);
        rest = run_of(rest, letter_sets[f->letters]);
        return rest.n >= f->least && rest.n <= f->most && !bw_credential_is_placeholder(rest) &&
               (!f->is_valid || f->is_valid(rest));
}

/* "auth": "…" of a Docker configuration: user:password in base64. p is NULL when there is none. */
static struct bw_str docker_auth(struct bw_str text)
{
        const struct bw_str key = BW_STR("\"auth\"");

        for (size_t at; (at = bw_str_find(text, key)) != SIZE_MAX;) {
                unsigned char plain[512];
                struct bw_str value;
                const char *colon;
                size_t n;

                text = bw_str_rest(text, at + key.n);
                value = text;
                while (value.n > 0 && strchr(" \t\r\n:\"\\", value.p[0]) && value.p[0])
                        value = bw_str_rest(value, 1);
                value = run_of(value, letter_sets[BASE64]);
                if (value.n < 4 || !bw_credential_base64(value, plain, sizeof(plain), &n))
                        continue;
                colon = memchr(plain, ':', n);
                if (colon && colon + 1 < (const char *)plain + n &&
                    !bw_credential_is_placeholder(bw_str_n(colon + 1, (size_t)((const char *)plain + n - colon) - 1)))
                        return value;
        }
        return (struct bw_str){0};
}

/* The password in what follows "://", if there is one: user:password@host. */
static struct bw_str password_of(struct bw_str rest)
{
        struct bw_str none = {0};
        size_t colon = SIZE_MAX;

        for (size_t i = 0; i < rest.n && i < 512; i++) {
                char c = rest.p[i];

                if (c == ':' && colon == SIZE_MAX) {
                        colon = i;
                } else if (c == '@') {
                        struct bw_str password;

                        if (colon == SIZE_MAX || i <= colon + 1 || i + 1 >= rest.n)
                                return none;
                        password = bw_str_n(rest.p + colon + 1, i - colon - 1);
                        return bw_credential_is_placeholder(password) ? none : password;
                } else if ((unsigned char)c <= ' ' || strchr("/?#\"'`\\,;|", c)) {
                        return none;
                }
        }
        return none;
}

/* The password of the first URL in the text that has one; p is NULL when there is none. */
static struct bw_str url_password(struct bw_str text)
{
        const struct bw_str mark = BW_STR("://");

        for (size_t at; (at = bw_str_find(text, mark)) != SIZE_MAX;) {
                struct bw_str password;

                text = bw_str_rest(text, at + mark.n);
                password = at > 0 ? password_of(text) : (struct bw_str){0};
                if (password.p)
                        return password;
        }
        return (struct bw_str){0};
}

/* The row that matches at a place of the text, or NULL. */
static const struct format *format_at(const struct by_start *index, struct bw_str text, size_t at)
{
        for (size_t i = index->head[slot_of(text.p + at)]; i > 0; i = index->next[i - 1]) {
                const struct format *f = &formats[i - 1];

                if (text.p[at] == f->prefix[0] && matches(text, at, f))
                        return f;
        }
        return NULL;
}

const char *bw_credential_format(struct bw_str text)
{
        struct by_start index;

        if (text.n < SHORTEST)
                return NULL;
        index_formats(&index);
        for (size_t at = 0; at + 1 < text.n; at++) {
                const struct format *f = format_at(&index, text, at);

                if (!f)
                        continue;
                if (f->is_valid == is_pem && holds(text, "\"service_account\""))
                        return SERVICE_ACCOUNT;
                return f->kind;
        }
        if (docker_auth(text).p)
                return REGISTRY_LOGIN;
        return url_password(text).p ? URL_PASSWORD : NULL;
}

/* ---- examples in their place: public texts, the same for everybody ---- */

static const char *const examples[_LETTERS_MAX] = {
        [HEX] = "5e1f0c9a7b3d2864",
        [DIGITS] = "7031946258",
        [UPPER] = "C0NC3AL7D9QX2KMW5ZRT",
        [BASE32] = "CQN3XALED5KW7ZRTM2",
        [BECH32] = "C4NE7ALD9QX2KMW5ZRT",
        [LETTERS] = "ConcealedQxKmWzRtVbHjGp",
        [ALNUM] = LETTERS_AND_DIGITS,
        [WORD] = LETTERS_AND_DIGITS,
        [DOTTED] = LETTERS_AND_DIGITS,
        [BASE64] = LETTERS_AND_DIGITS,
        [SIGNED] = LETTERS_AND_DIGITS,
        [PATH] = LETTERS_AND_DIGITS,
        [REST] = LETTERS_AND_DIGITS,
};

static void put_letters(struct bw_buf *out, const char *letters, size_t n)
{
        for (size_t len = strlen(letters); n > 0; n -= BW_MIN(n, len))
                bw_buf_put(out, letters, BW_MIN(n, len));
}

/* What follows the prefix. lines: of a PEM block, on a line of its own. */
static void put_body(struct bw_buf *out, const struct format *f, bool lines)
{
        if (f->is_valid == is_pem) {
                bw_buf_puts(out, lines ? "\n" : "");
                put_letters(out, examples[REST], 64);
                bw_buf_puts(out, lines ? "\n" : "");
        } else if (f->is_valid == is_jwt) {
                bw_buf_puts(out, "hbGciOiJIUzI1NiJ9.eyJzdWIiOiJjb25jZWFsZWQifQ.");
                put_letters(out, examples[ALNUM], 43);
        } else if (f->is_valid == is_sendgrid) {
                put_letters(out, examples[ALNUM], 22);
                bw_buf_char(out, '.');
                put_letters(out, examples[ALNUM], 43);
        } else if (f->is_valid == is_openai) {
                put_letters(out, examples[ALNUM], 20);
                bw_buf_puts(out, "T3BlbkFJ");
                put_letters(out, examples[ALNUM], 20);
        } else {
                put_letters(out, examples[f->letters], f->least);
        }
}

bool bw_credential_format_example(const char *kind, struct bw_buf *out)
{
        if (strcmp(kind, SERVICE_ACCOUNT) == 0) {
                bw_buf_puts(out, "{\"type\":\"service_account\",\"private_key\":\"-----BEGIN PRIVATE KEY-----");
                put_letters(out, examples[REST], 64);
                bw_buf_puts(out, "-----END PRIVATE KEY-----\"}");
                return true;
        }
        if (strcmp(kind, REGISTRY_LOGIN) == 0) {
                bw_buf_puts(out, "{\"auth\":\"" LOGIN "\"}");
                return true;
        }
        if (strcmp(kind, URL_PASSWORD) == 0) {
                bw_buf_puts(out, "https://user:" PASSWORD "@host");
                return true;
        }
        for (size_t i = 0; i < BW_ARRAY_SIZE(formats); i++) {
                const struct format *f = &formats[i];

                if (strcmp(f->kind, kind) != 0)
                        continue;
                bw_buf_puts(out, f->before == DIGIT ? "7" : "");
                bw_buf_puts(out, f->prefix);
                put_body(out, f, true);
                bw_buf_puts(out, f->is_valid == is_pem ? "-----END PRIVATE KEY-----\n" : "");
                return true;
        }
        return false;
}

/* The letters behind the prefix at `at` that go: to the end line of a PEM block, else what may belong to the credential. */
static size_t secret_letters(struct bw_str text, size_t at, const struct format *f)
{
        struct bw_str rest = bw_str_rest(text, at + strlen(f->prefix));
        size_t end;

        if (f->letters != REST)
                return run_of(rest, letter_sets[f->letters]).n;
        end = bw_str_find(rest, BW_STR("-----END"));
        return end == SIZE_MAX ? rest.n : end;
}

static bool conceal_rows(struct bw_str text, struct bw_buf *out)
{
        struct by_start index;
        size_t written = 0;

        index_formats(&index);
        for (size_t at = 0; at + 1 < text.n;) {
                const struct format *f = format_at(&index, text, at);
                size_t from;
                size_t n;

                if (!f) {
                        at++;
                        continue;
                }
                from = at + strlen(f->prefix);
                n = secret_letters(text, at, f);
                bw_buf_str(out, bw_str_n(text.p + written, from - written));
                put_body(out, f, n > 0 && memchr(text.p + from, '\n', n));
                at = written = from + n;
        }
        if (written)
                bw_buf_str(out, bw_str_rest(text, written));
        return written > 0;
}

/* Copies the text with another in place of what `find` finds from a place on, one after the other. */
static bool conceal_each(struct bw_str text, struct bw_buf *out, struct bw_str (*find)(struct bw_str text),
                         void (*put)(struct bw_str secret, struct bw_buf *out))
{
        bool any = false;
        struct bw_str secret;

        while ((secret = find(text)).p) {
                any = true;
                bw_buf_str(out, bw_str_n(text.p, (size_t)(secret.p - text.p)));
                put(secret, out);
                text = bw_str_rest(text, (size_t)(secret.p - text.p) + secret.n);
        }
        if (any)
                bw_buf_str(out, text);
        return any;
}

static void put_login(struct bw_str secret, struct bw_buf *out)
{
        (void)secret;
        bw_buf_puts(out, LOGIN);
}

static void put_password(struct bw_str secret, struct bw_buf *out)
{
        const char *kind = bw_credential_format(secret);

        if (!kind || !bw_credential_format_example(kind, out))
                bw_buf_puts(out, PASSWORD);
}

bool bw_credential_conceal_formats(struct bw_str text, struct bw_buf *out)
{
        bw_auto_done(bw_buf_done) struct bw_buf rows = {0};
        bw_auto_done(bw_buf_done) struct bw_buf logins = {0};
        bool any = false;

        if (text.n < SHORTEST)
                return false;
        if (conceal_rows(text, &rows)) {
                any = true;
                text = bw_buf_view(&rows);
        }
        if (conceal_each(text, &logins, docker_auth, put_login)) {
                any = true;
                text = bw_buf_view(&logins);
        }
        if (conceal_each(text, out, url_password, put_password))
                any = true;
        else if (any)
                bw_buf_str(out, text);
        if (bw_buf_status(&rows) < 0 || bw_buf_status(&logins) < 0)
                out->status = -ENOMEM;
        return any;
}
