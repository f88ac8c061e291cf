/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Named formats of text: format.dns1123Label().validate("x") is none, or the list of what is wrong.
 * Source: k8s.io/apiserver pkg/cel/library/format.go; k8s.io/apimachinery pkg/util/validation; k8s.io/kube-openapi
 * pkg/validation/strfmt. The messages are values that policies may compare, so they are Kubernetes' own.
 */
#include "cel/lib/lib_internal.h"
#include "cel/lib/time_internal.h"
#include "cel/lib/url_internal.h"

#define LABEL_MAX 63
#define SUBDOMAIN_MAX 253

/* What is wrong with a text. */
struct faults {
        const struct bw_cel_call *call;
        struct bw_value items[4];
        uint32_t n;
        bool no_memory;
};

struct format {
        struct bw_opaque base;
        const char *key;  /* format.KEY() */
        const char *name; /* as it prints */
        void (*check)(struct faults *faults, struct bw_str s);
        uint32_t regex_size; /* what the price of a check is made of */
};

static void fault(struct faults *f, const char *fmt, ...) BW_PRINTF(2, 3);
static void fault(struct faults *f, const char *fmt, ...)
{
        struct bw_value v = {.type = BW_ERROR};
        char text[600];
        va_list ap;

        va_start(ap, fmt);
        (void)vsnprintf(text, sizeof(text), fmt, ap);
        va_end(ap);
        if (f->n < BW_ARRAY_SIZE(f->items))
                v = bw_lib_copy(f->call, bw_str(text));
        f->no_memory = f->no_memory || v.type == BW_ERROR;
        if (v.type == BW_STRING)
                f->items[f->n++] = v;
}

/* ---- names ---- */

enum { LOWER = 1, UPPER = 2, DIGIT = 4, DASH = 8, UNDERSCORE = 16, DOT = 32 };

static bool is_in(char c, unsigned classes)
{
        if (c >= 'a' && c <= 'z')
                return classes & LOWER;
        if (c >= 'A' && c <= 'Z')
                return classes & UPPER;
        if (c >= '0' && c <= '9')
                return classes & DIGIT;
        return (c == '-' && classes & DASH) || (c == '_' && classes & UNDERSCORE) || (c == '.' && classes & DOT);
}

/* At least one character: the first and the last from their classes, those between from theirs. */
static bool is_made_of(struct bw_str s, unsigned first, unsigned middle, unsigned last)
{
        if (s.n == 0 || !is_in(s.p[0], first) || !is_in(s.p[s.n - 1], last))
                return false;
        for (size_t i = 1; i + 1 < s.n; i++)
                if (!is_in(s.p[i], middle))
                        return false;
        return true;
}

static bool is_label(struct bw_str s)
{
        return is_made_of(s, LOWER | DIGIT, LOWER | DIGIT | DASH, LOWER | DIGIT);
}

static bool is_subdomain(struct bw_str s)
{
        struct bw_str label;

        while (bw_str_split(&s, '.', &label))
                if (!is_label(label))
                        return false;
        return true;
}

static bool is_qualified(struct bw_str s)
{
        static const unsigned alphanumeric = LOWER | UPPER | DIGIT;

        return is_made_of(s, alphanumeric, alphanumeric | DASH | UNDERSCORE | DOT, alphanumeric);
}

#define LABEL "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
#define QUALIFIED "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
#define QUALIFIED_FAULT                                                                                                \
        "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "       \
        "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '" QUALIFIED "')"

static void check_length(struct faults *f, struct bw_str s, size_t most, const char *what)
{
        if (s.n > most)
                fault(f, "%smust be no more than %zu characters", what, most);
}

static void check_label(struct faults *f, struct bw_str s)
{
        check_length(f, s, LABEL_MAX, "");
        if (is_label(s))
                return;
        if (is_subdomain(s))
                fault(f, "must not contain dots");
        else
                fault(f,
                      "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must "
                      "start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for "
                      "validation is '" LABEL "')");
}

static void check_subdomain_part(struct faults *f, struct bw_str s, const char *what)
{
        check_length(f, s, SUBDOMAIN_MAX, what);
        if (!is_subdomain(s))
                fault(f,
                      "%sa lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or "
                      "'.', "
                      "and must start and end with an alphanumeric character (e.g. 'example.com', regex used for "
                      "validation is '" LABEL "(\\." LABEL ")*')",
                      what);
}

static void check_subdomain(struct faults *f, struct bw_str s)
{
        check_subdomain_part(f, s, "");
}

static void check_label_1035(struct faults *f, struct bw_str s)
{
        check_length(f, s, LABEL_MAX, "");
        if (!is_made_of(s, LOWER, LOWER | DIGIT | DASH, LOWER | DIGIT))
                fault(f, "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an "
                         "alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', "
                         "regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')");
}

/*
 * A prefix may end with a dash, which is then taken as a letter; the reference also drops the character before it.
 * Checks the text that stands for the prefix.
 */
static void check_prefix(struct faults *f, struct bw_str s, void (*check)(struct faults *, struct bw_str))
{
        struct bw_str copy;

        if (s.n < 2 || s.p[s.n - 1] != '-') {
                check(f, s);
                return;
        }
        copy = bw_arena_str(f->call->arena, bw_str_n(s.p, s.n - 1));
        if (!copy.p) {
                f->no_memory = true;
                return;
        }
        ((char *)copy.p)[copy.n - 1] = 'a'; /* this call's own copy */
        check(f, copy);
}

static void check_label_prefix(struct faults *f, struct bw_str s)
{
        check_prefix(f, s, check_label);
}

static void check_subdomain_prefix(struct faults *f, struct bw_str s)
{
        check_prefix(f, s, check_subdomain);
}

static void check_label_1035_prefix(struct faults *f, struct bw_str s)
{
        check_prefix(f, s, check_label_1035);
}

static void check_qualified_name(struct faults *f, struct bw_str s)
{
        const char *slash = s.n > 0 ? memchr(s.p, '/', s.n) : NULL;

        if (slash) {
                struct bw_str prefix = bw_str_n(s.p, (size_t)(slash - s.p));

                s = bw_str_n(slash + 1, s.n - prefix.n - 1);
                if (s.n > 0 && memchr(s.p, '/', s.n)) {
                        fault(f, "a qualified name " QUALIFIED_FAULT
                                 " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')");
                        return;
                }
                if (prefix.n == 0)
                        fault(f, "prefix part must be non-empty");
                else
                        check_subdomain_part(f, prefix, "prefix part ");
        }
        if (s.n == 0)
                fault(f, "name part must be non-empty");
        check_length(f, s, LABEL_MAX, "name part ");
        if (!is_qualified(s))
                fault(f, "name part " QUALIFIED_FAULT);
}

static void check_label_value(struct faults *f, struct bw_str s)
{
        check_length(f, s, LABEL_MAX, "");
        if (s.n > 0 && !is_qualified(s))
                fault(f,
                      "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', "
                      "and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or "
                      "'12345', regex used for validation is '(" QUALIFIED ")?')");
}

/* ---- what the OpenAPI formats stand for ---- */

static void check_uri(struct faults *f, struct bw_str s)
{
        struct bw_buf out = {.ceiling = BW_LIMIT_CEL_ARENA};
        struct bw_url_problem why;
        struct bw_value v;

        if (bw_url_is_request(s, &why))
                return;
        bw_buf_puts(&out, "parse ");
        bw_lib_put_quoted(&out, s);
        bw_buf_printf(&out, ": %s", why.text);
        if (why.tail) {
                bw_lib_put_quoted(&out, why.detail);
                bw_buf_puts(&out, why.tail);
        }
        v = bw_lib_from_buf(f->call, &out);
        f->no_memory = f->no_memory || v.type == BW_ERROR;
        if (v.type == BW_STRING)
                f->items[f->n++] = v;
}

static bool is_hex(char c)
{
        return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

/* Groups of 8, 4, 4, 4 and 12 hexadecimal digits, a dash between them or not. */
static void check_uuid(struct faults *f, struct bw_str s)
{
        static const uint8_t groups[] = {8, 4, 4, 4, 12};
        size_t at = 0;

        for (size_t i = 0; i < BW_ARRAY_SIZE(groups); i++) {
                at += i > 0 && at < s.n && s.p[at] == '-';
                for (size_t end = at + groups[i]; at < end; at++) {
                        if (at >= s.n || !is_hex(s.p[at])) {
                                fault(f, "does not match the UUID format");
                                return;
                        }
                }
        }
        if (at != s.n)
                fault(f, "does not match the UUID format");
}

/* Full groups of four characters; the last may end with one or two equal signs. */
static void check_byte(struct faults *f, struct bw_str s)
{
        bool valid = s.n > 0 && s.n % 4 == 0;
        size_t n = s.n;

        while (n > 0 && s.n - n < 2 && s.p[n - 1] == '=')
                n--;
        for (size_t i = 0; i < n && valid; i++)
                valid = is_in(s.p[i], LOWER | UPPER | DIGIT) || s.p[i] == '+' || s.p[i] == '/';
        if (!valid)
                fault(f, "invalid base64");
}

static bool two_digits(struct bw_str s, size_t at, int least, int most)
{
        int value;

        if (at + 2 > s.n || !is_in(s.p[at], DIGIT) || !is_in(s.p[at + 1], DIGIT))
                return false;
        value = (s.p[at] - '0') * 10 + s.p[at + 1] - '0';
        return value >= least && value <= most;
}

static bool is_date(struct bw_str s)
{
        int year;
        int month;

        if (s.n != 10 || s.p[4] != '-' || s.p[7] != '-' || !two_digits(s, 0, 0, 99) || !two_digits(s, 2, 0, 99) ||
            !two_digits(s, 5, 1, 12))
                return false;
        year = (s.p[0] - '0') * 1000 + (s.p[1] - '0') * 100 + (s.p[2] - '0') * 10 + s.p[3] - '0';
        month = (s.p[5] - '0') * 10 + s.p[6] - '0';
        return two_digits(s, 8, 1, bw_time_days_in(year, month));
}

static void check_date(struct faults *f, struct bw_str s)
{
        if (!is_date(s))
                fault(f, "invalid date");
}

/* hh:mm:ss, any character and digits for a fraction, "z" or an offset of any size. */
static bool is_time(struct bw_str s)
{
        size_t at = 8;

        if (!two_digits(s, 0, 0, 23) || !two_digits(s, 3, 0, 59) || !two_digits(s, 6, 0, 59) || s.p[2] != ':' ||
            s.p[5] != ':')
                return false;
        s = bw_str_n(s.p + at, s.n - at);
        for (int attempt = 0; attempt < 2; attempt++) {
                uint32_t rune;
                size_t digits;

                if (s.n == 1 && (s.p[0] | 0x20) == 'z')
                        return true;
                if (s.n == 6 && (s.p[0] == '+' || s.p[0] == '-') && s.p[3] == ':' && two_digits(s, 1, 0, 99) &&
                    two_digits(s, 4, 0, 99))
                        return true;
                /* A fraction, once. */
                at = bw_utf8_decode(s, &rune);
                digits = at;
                while (digits < s.n && is_in(s.p[digits], DIGIT))
                        digits++;
                if (digits == at || rune == '\n')
                        return false;
                s = bw_str_n(s.p + digits, s.n - digits);
        }
        return false;
}

static void check_datetime(struct faults *f, struct bw_str s)
{
        size_t t = 0;
        size_t end;

        while (t < s.n && (s.p[t] | 0x20) != 't')
                t++;
        end = t + 1;
        /* The reference looks at what stands between the first two letters t. */
        while (end < s.n && (s.p[end] | 0x20) != 't')
                end++;
        if (t == s.n || !is_date(bw_str_n(s.p, t)) || !is_time(bw_str_n(s.p + t + 1, end - t - 1)))
                fault(f, "invalid datetime");
}

/* ---- the type and its functions ---- */

static bool format_eq(const struct bw_opaque *a, const struct bw_opaque *b)
{
        return strcmp(((const struct format *)a)->name, ((const struct format *)b)->name) == 0;
}

static void format_put(const struct bw_opaque *o, struct bw_buf *out)
{
        bw_buf_puts(out, ((const struct format *)o)->name);
}

static const struct bw_opaque_class format_class = {
        .name = "kubernetes.NamedFormat", .eq = format_eq, .format = format_put};

#define EACH_FORMAT(X)                                                                                                 \
        X(dns1123Label, "DNS1123Label", check_label, 30)                                                               \
        X(dns1123Subdomain, "DNS1123Subdomain", check_subdomain, 60)                                                   \
        X(dns1035Label, "DNS1035Label", check_label_1035, 30)                                                          \
        X(qualifiedName, "QualifiedName", check_qualified_name, 60)                                                    \
        X(dns1123LabelPrefix, "DNS1123LabelPrefix", check_label_prefix, 30)                                            \
        X(dns1123SubdomainPrefix, "DNS1123SubdomainPrefix", check_subdomain_prefix, 60)                                \
        X(dns1035LabelPrefix, "DNS1035LabelPrefix", check_label_1035_prefix, 30)                                       \
        X(labelValue, "LabelValue", check_label_value, 40)                                                             \
        X(uri, "URI", check_uri, 1120)                                                                                 \
        X(uuid, "uuid", check_uuid, 70)                                                                                \
        X(byte, "byte", check_byte, 84)                                                                                \
        X(date, "date", check_date, 71)                                                                                \
        X(datetime, "datetime", check_datetime, 71)

enum {
#define X(key, name, check, size) FORMAT_##key,
        EACH_FORMAT(X)
#undef X
};

static const struct format formats[] = {
#define X(key, name, check, size) {{&format_class}, #key, name, check, size},
        EACH_FORMAT(X)
#undef X
};

#define X(key, name, check, size)                                                                                      \
        static struct bw_value get_##key(const struct bw_cel_call *call, const struct bw_value *args, size_t n)        \
        {                                                                                                              \
                (void)call;                                                                                            \
                (void)args;                                                                                            \
                (void)n;                                                                                               \
                return bw_lib_opaque(&formats[FORMAT_##key]);                                                          \
        }
EACH_FORMAT(X)
#undef X

static struct bw_value named(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        (void)n;
        for (size_t i = 0; i < BW_ARRAY_SIZE(formats); i++)
                if (bw_str_is(bw_lib_text(args[0]), formats[i].key))
                        return bw_lib_some(call, bw_lib_opaque(&formats[i]));
        return bw_lib_none();
}

static struct bw_value validate(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        const struct format *format = bw_lib_object(args[0], &format_class);
        struct faults faults = {.call = call};
        struct bw_list *list;
        struct bw_value v;

        (void)n;
        if (!format)
                return bw_cel_no_overload();
        format->check(&faults, bw_lib_text(args[1]));
        if (faults.no_memory)
                return bw_cel_no_memory();
        if (faults.n == 0)
                return bw_lib_none();
        v = bw_lib_list(call, faults.n, &list);
        if (v.type == BW_LIST)
                memcpy(list->items, faults.items, faults.n * sizeof(*faults.items));
        return bw_lib_some(call, v);
}

static uint64_t cost_validate(const struct bw_value *args, size_t n, struct bw_value result)
{
        const struct format *format = bw_lib_object(args[0], &format_class);

        (void)n;
        (void)result;
        if (!format)
                return 1;
        return bw_lib_scaled(1 + bw_lib_size(args[1]), BW_LIB_SCAN) * bw_lib_scaled(format->regex_size, BW_LIB_REGEX);
}

#define FORMAT "kubernetes.NamedFormat"

static const struct bw_cel_overload named_overloads[] = {
        {"format-named", "format.named(string) -> optional_type(" FORMAT ")", named, NULL},
};
static const struct bw_cel_overload validate_overloads[] = {
        {"format-validate", FORMAT ".validate(string) -> optional_type(list(string))", validate, cost_validate},
};
#define X(key, name, check, size)                                                                                      \
        static const struct bw_cel_overload overloads_##key[] = {                                                      \
                {"format." #key, "format." #key "() -> " FORMAT, get_##key, NULL},                                     \
        };
EACH_FORMAT(X)
#undef X

static const struct bw_cel_function functions[] = {
        BW_LIB_FUNCTION("validate", validate_overloads, "What is wrong with a text, or none."),
        BW_LIB_FUNCTION("format.named", named_overloads, "The format of a name, or none."),
#define X(key, name, check, size) BW_LIB_FUNCTION("format." #key, overloads_##key, "The format " name "."),
        EACH_FORMAT(X)
#undef X
};

const struct bw_cel_library bw_cel_lib_formats = {
        .name = "formats",
        .functions = functions,
        .n_functions = BW_ARRAY_SIZE(functions),
};
