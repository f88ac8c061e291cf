/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Texts in place of secrets. Each is such that the questions that rules ask of values (rules/secret, BW-WL-007: is it empty, a
 * path, a reference, a switch, a credential of a known kind, one line) have the answers of the value itself.
 */
#include "base/buf.h"
#include "cel/lib/credential.h"
#include "scan/slim.h"

#define HIDDEN "REDACTED"

static bool is_blank(char c)
{
        return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_lower(char c)
{
        return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
        return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
        return is_lower(c) || (c >= 'A' && c <= 'Z');
}

static bool holds(struct bw_str text, const char *part)
{
        return bw_str_find(text, bw_str(part)) != SIZE_MAX;
}

static bool has_blank(struct bw_str text)
{
        for (size_t i = 0; i < text.n; i++)
                if (is_blank(text.p[i]))
                        return true;
        return false;
}

static bool same_word(struct bw_str text, const char *word)
{
        if (text.n != strlen(word))
                return false;
        for (size_t i = 0; i < text.n; i++)
                if ((text.p[i] | 0x20) != word[i])
                        return false;
        return true;
}

/* ---- classes of values */

enum class {
        EMPTY,
        SWITCH,     /* true, none, enabled … */
        TEMPLATE,   /* $(VAR), ${VAR}, {{ … }} */
        URL,        /* without a login */
        PATH,       /* /…, ./…, ../… */
        SIGN,       /* begins with one of $<{% */
        NUMBER,
        REFERENCE,  /* namespace/the-name: of a Secret, as a rule */
        OTHER,
};

static bool is_switch(struct bw_str value)
{
        static const char *const words[] = {"true", "false", "yes",     "no",       "on",       "off",     "none",
                                            "null", "nil",   "enabled", "disabled", "required", "optional"};

        for (size_t i = 0; i < BW_ARRAY_SIZE(words); i++)
                if (same_word(value, words[i]))
                        return true;
        return false;
}

/* scheme://, and no @ behind it. */
static bool is_url(struct bw_str value)
{
        size_t n = 0;

        if (value.n == 0 || !is_letter(value.p[0]))
                return false;
        while (n < value.n && (is_letter(value.p[n]) || is_digit(value.p[n]) || (value.p[n] && strchr("+.-", value.p[n]))))
                n++;
        return bw_str_starts(bw_str_rest(value, n), BW_STR("://")) && !memchr(value.p, '@', value.n) &&
               !memchr(value.p, '\n', value.n);
}

/* a-b, space/a-b: letters and digits in small, with a dash between them. */
static bool is_reference(struct bw_str value)
{
        size_t slash = bw_str_find(value, BW_STR("/"));
        bool dash = false;

        if (slash == 0)
                return false;
        for (size_t i = 0; slash != SIZE_MAX && i < slash; i++)
                if (!is_lower(value.p[i]) && !is_digit(value.p[i]) && value.p[i] != '-')
                        return false;
        if (slash != SIZE_MAX)
                value = bw_str_rest(value, slash + 1);
        if (value.n == 0 || !is_lower(value.p[0]) || value.p[value.n - 1] == '-')
                return false;
        for (size_t i = 1; i < value.n; i++) {
                if (!is_lower(value.p[i]) && !is_digit(value.p[i]) && (value.p[i] != '-' || value.p[i - 1] == '-'))
                        return false;
                dash = dash || value.p[i] == '-';
        }
        return dash;
}

static bool is_number(struct bw_str value)
{
        for (size_t i = 0; i < value.n; i++)
                if (!is_digit(value.p[i]))
                        return false;
        return value.n > 0;
}

static enum class class_of(struct bw_str value)
{
        if (value.n == 0)
                return EMPTY;
        if (is_switch(value))
                return SWITCH;
        if (holds(value, "$(") || holds(value, "${") || holds(value, "{{"))
                return TEMPLATE;
        if (is_url(value))
                return URL;
        if (value.p[0] == '/' || bw_str_starts(value, BW_STR("./")) || bw_str_starts(value, BW_STR("../")))
                return PATH;
        if (strchr("$<{%", value.p[0]))
                return SIGN;
        if (is_number(value))
                return NUMBER;
        return is_reference(value) ? REFERENCE : OTHER;
}

/* An example of the kind, with as many line ends as there were: none, or some. */
static void put_example(struct bw_buf *out, const char *kind, bool lines)
{
        bw_auto_done(bw_buf_done) struct bw_buf example = {0};

        bw_credential_stand_in(kind, &example);
        for (size_t i = 0; i < example.n; i++)
                if (lines || example.p[i] != '\n')
                        bw_buf_char(out, example.p[i]);
        if (lines)
                bw_buf_char(out, '\n');
        if (bw_buf_status(&example) < 0)
                out->status = -ENOMEM;
}

/* What is no credential of a known kind. */
static void put_hidden(struct bw_buf *out, struct bw_str value, enum class class)
{
        switch (class) {
        case EMPTY:
                return;
        case SWITCH:
                bw_buf_str(out, value);
                return;
        case TEMPLATE:
                bw_buf_puts(out, holds(value, "{{") ? "{{" HIDDEN "}}" : holds(value, "${") ? "${" HIDDEN "}" : "$(" HIDDEN ")");
                break;
        case URL:
                bw_buf_puts(out, "https://" HIDDEN);
                return;
        case PATH:
                bw_buf_str(out, bw_str_n(value.p, bw_str_find(value, BW_STR("/")) + 1));
                bw_buf_puts(out, HIDDEN);
                break;
        case SIGN:
                bw_buf_char(out, value.p[0]);
                bw_buf_puts(out, HIDDEN);
                break;
        case NUMBER:
                bw_buf_char(out, '0');
                return;
        case REFERENCE:
                bw_buf_puts(out, "redacted-name");
                return;
        case OTHER:
                bw_buf_puts(out, holds(value, "PRIVATE KEY---") ? "-----BEGIN PRIVATE KEY-----" : HIDDEN);
                break;
        }
        if (memchr(value.p, '\n', value.n))
                bw_buf_char(out, '\n');
        else if (has_blank(value))
                bw_buf_puts(out, " " HIDDEN);
}

bool bw_conceal_all(struct bw_str value, struct bw_buf *out)
{
        const char *kind = bw_credential_kind(value);
        enum class class = class_of(value);

        if (class == EMPTY)
                return false;
        if (!kind) {
                put_hidden(out, value, class);
                return true;
        }
        /* What a value begins with is asked by its name's sake, beside what it is. */
        if (class == PATH || class == SIGN)
                bw_buf_str(out, bw_str_n(value.p, class == SIGN ? 1 : bw_str_find(value, BW_STR("/")) + 1));
        else if (class == TEMPLATE)
                bw_buf_puts(out, "${" HIDDEN "} ");
        put_example(out, kind, memchr(value.p, '\n', value.n));
        return true;
}

bool bw_conceal_named(struct bw_str value, struct bw_buf *out)
{
        enum class class = class_of(value);

        switch (class) {
        case EMPTY:
        case SWITCH:
                return false;
        case TEMPLATE:
        case URL:
                return bw_credential_conceal(value, out);
        case PATH:
                if (!bw_credential_kind(value))
                        return false;
                break;
        default:
                break;
        }
        if (bw_credential_conceal(value, out))
                return true;
        put_hidden(out, value, class);
        return true;
}

/* ---- texts with secrets in them */

/* The word and the blanks behind it at the beginning, in any case; 0: it is not there. */
static size_t skip_scheme(struct bw_str text)
{
        static const char *const schemes[] = {"bearer", "basic"};

        for (size_t i = 0; i < BW_ARRAY_SIZE(schemes); i++) {
                size_t n = strlen(schemes[i]);

                if (text.n <= n || !same_word(bw_str_n(text.p, n), schemes[i]) || !is_blank(text.p[n]))
                        continue;
                while (n < text.n && is_blank(text.p[n]))
                        n++;
                return n;
        }
        return 0;
}

static size_t token_letters(struct bw_str text)
{
        size_t n = 0;

        while (n < text.n && (is_letter(text.p[n]) || is_digit(text.p[n]) || (text.p[n] && strchr("._~+/-", text.p[n]))))
                n++;
        while (n > 0 && n < text.n && text.p[n] == '=')
                n++;
        return n;
}

/* The token of "Bearer TOKEN" and "Authorization: Basic TOKEN"; p is NULL when none begins at `at`. */
static struct bw_str authorization_at(struct bw_str text, size_t at)
{
        static const char header[] = "authorization:";
        struct bw_str rest = bw_str_rest(text, at);
        size_t n = sizeof(header) - 1;
        size_t skipped;

        if (at > 0) {
                if (rest.n <= n || (rest.p[0] | 0x20) != 'a' || !same_word(bw_str_n(rest.p, n), header))
                        return (struct bw_str){0};
                while (n < rest.n && is_blank(rest.p[n]))
                        n++;
                rest = bw_str_rest(rest, n);
        } else if (rest.n > n && same_word(bw_str_n(rest.p, n), header)) {
                rest = bw_str_trim(bw_str_rest(rest, n));
        }
        skipped = skip_scheme(rest);
        rest = bw_str_rest(rest, skipped);
        n = token_letters(rest);
        return skipped && n >= 8 ? bw_str_n(rest.p, n) : (struct bw_str){0};
}

static bool is_name_letter(char c)
{
        return is_letter(c) || is_digit(c) || c == '_' || c == '.' || c == '-';
}

/* The value of a NAME=VALUE that begins at `at`, where NAME says that it is a secret. */
static struct bw_str assigned_at(struct bw_str text, size_t at)
{
        struct bw_str rest = bw_str_rest(text, at);
        size_t n = 0;
        char quote;

        if (at > 0 && is_name_letter(text.p[at - 1]))
                return (struct bw_str){0};
        while (n < rest.n && is_name_letter(rest.p[n]))
                n++;
        if (n == 0 || n + 1 >= rest.n || rest.p[n] != '=' || !bw_credential_is_name(bw_str_n(rest.p, n)))
                return (struct bw_str){0};
        rest = bw_str_rest(rest, n + 1);
        if (at == 0 && !has_blank(rest)) /* the argument as a whole */
                return rest;
        quote = rest.p[0] == '"' || rest.p[0] == '\'' ? rest.p[0] : '\0';
        if (quote)
                rest = bw_str_rest(rest, 1);
        for (n = 0; n < rest.n; n++)
                if (quote ? rest.p[n] == quote : is_blank(rest.p[n]) || (rest.p[n] && strchr(";&|\"')", rest.p[n])))
                        break;
        return bw_str_n(rest.p, n);
}

/* The value behind "--password " inside a text. */
static struct bw_str following_at(struct bw_str text, size_t at)
{
        struct bw_str rest = bw_str_rest(text, at);
        size_t n = 0;

        if (rest.p[0] != '-' || (at > 0 && !is_blank(text.p[at - 1])))
                return (struct bw_str){0};
        while (n < rest.n && is_name_letter(rest.p[n]))
                n++;
        if (n < 3 || n >= rest.n || (rest.p[n] != ' ' && rest.p[n] != '\t') || !bw_credential_is_name(bw_str_n(rest.p, n)))
                return (struct bw_str){0};
        rest = bw_str_rest(rest, n);
        while (rest.n && (rest.p[0] == ' ' || rest.p[0] == '\t'))
                rest = bw_str_rest(rest, 1);
        if (rest.n && (rest.p[0] == '"' || rest.p[0] == '\''))
                rest = bw_str_rest(rest, 1);
        for (n = 0; n < rest.n && !is_blank(rest.p[n]) && rest.p[n] && !strchr(";&|\"')", rest.p[n]); n++)
                ;
        return n && rest.p[0] != '-' ? bw_str_n(rest.p, n) : (struct bw_str){0};
}

/* The password of "curl -u name:password". */
static struct bw_str login_at(struct bw_str text, size_t at)
{
        struct bw_str rest = bw_str_rest(text, at);
        size_t n;

        if (rest.p[0] != '-' || at == 0 || !is_blank(text.p[at - 1]))
                return (struct bw_str){0};
        if (bw_str_starts(rest, BW_STR("--user")))
                rest = bw_str_rest(rest, 6);
        else if (bw_str_starts(rest, BW_STR("-u")))
                rest = bw_str_rest(rest, 2);
        else
                return (struct bw_str){0};
        if (rest.n && (rest.p[0] == ' ' || rest.p[0] == '='))
                rest = bw_str_rest(rest, 1);
        if (rest.n && (rest.p[0] == '"' || rest.p[0] == '\''))
                rest = bw_str_rest(rest, 1);
        for (n = 0; n < rest.n && !is_blank(rest.p[n]) && rest.p[n] && !strchr(":$\"'", rest.p[n]); n++)
                ;
        if (n == 0 || n + 1 >= rest.n || rest.p[n] != ':')
                return (struct bw_str){0};
        rest = bw_str_rest(rest, n + 1);
        for (n = 0; n < rest.n && !is_blank(rest.p[n]) && rest.p[n] && !strchr("$\"'", rest.p[n]); n++)
                ;
        return n ? bw_str_n(rest.p, n) : (struct bw_str){0};
}

/* What is secret of a text without credentials of known kinds, from `at` on; named: the value of a name that says so. */
static struct bw_str next_secret(struct bw_str text, size_t at, bool has_curl, bool *ret_named)
{
        for (; at < text.n; at++) {
                struct bw_str secret = {0};
                char c = text.p[at];

                *ret_named = false;
                if (at == 0 || (c | 0x20) == 'a')
                        secret = authorization_at(text, at);
                if (!secret.p && has_curl && c == '-')
                        secret = login_at(text, at);
                if (secret.p)
                        return secret;
                *ret_named = true;
                if (is_name_letter(c) && (at == 0 || !is_name_letter(text.p[at - 1]))) {
                        secret = assigned_at(text, at);
                        if (!secret.p)
                                secret = following_at(text, at);
                }
                if (secret.p)
                        return secret;
        }
        return (struct bw_str){0};
}

/* Whether any of the above can begin somewhere: nearly no text has what that needs. */
static bool may_have_secret(struct bw_str text)
{
        return memchr(text.p, '=', text.n) || memchr(text.p, ' ', text.n) || memchr(text.p, '\n', text.n);
}

static bool conceal_parts(struct bw_str text, struct bw_buf *out)
{
        bool has_curl = holds(text, "curl");
        size_t written = 0;
        bool any = false;
        struct bw_str secret;
        bool named;

        if (!may_have_secret(text))
                return false;
        for (size_t at = 0; (secret = next_secret(text, at, has_curl, &named)).p;) {
                size_t from = (size_t)(secret.p - text.p);
                size_t before;

                at = from + secret.n;
                bw_buf_str(out, bw_str_n(text.p + written, from - written));
                before = out->n;
                if (!named)
                        bw_buf_puts(out, HIDDEN);
                else if (!bw_conceal_named(secret, out))
                        bw_buf_str(out, secret);
                any = any || !bw_str_eq(secret, bw_str_rest(bw_buf_view(out), before));
                written = at;
        }
        bw_buf_str(out, bw_str_rest(text, written));
        return any;
}

bool bw_conceal_text(struct bw_str text, struct bw_buf *out)
{
        bw_auto_done(bw_buf_done) struct bw_buf known = {0};
        bw_auto_done(bw_buf_done) struct bw_buf parts = {0};
        bool any = bw_credential_conceal(text, &known);

        if (any)
                text = bw_buf_view(&known);
        if (conceal_parts(text, &parts)) {
                any = true;
                text = bw_buf_view(&parts);
        }
        if (any)
                bw_buf_str(out, text);
        if (bw_buf_status(&known) < 0 || bw_buf_status(&parts) < 0)
                out->status = -ENOMEM;
        return any;
}
