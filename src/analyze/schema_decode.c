/* SPDX-License-Identifier: Apache-2.0 */
#include <strings.h>

#include "analyze/schema_internal.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/goquote.h"
#include "base/limits.h"
#include "format/base64.h"
#include "format/go_json.h"
#include "format/gotext.h"

struct decoder {
        struct bw_arena *arena;
        struct bw_doc *doc;
        struct bw_problems *problems;
        enum bw_schema_mode mode;
        int minor;
        size_t first_type; /* where the first problem of type would stand in the list */
        bool stopped;      /* a type that decodes itself gave up: Go goes no further */
};

/* The way from the document to a value. */
struct trail {
        const struct trail *up;
        struct bw_str key;   /* of a map entry or a field; p is NULL for an item of a list */
        struct bw_str owner; /* of a field: the struct that has it */
        uint32_t index;
};

/* ---- texts */

/* "resources[0].providers[1].kms" */
static void put_path(struct bw_buf *out, const struct trail *t)
{
        if (!t)
                return;
        put_path(out, t->up);
        if (!t->key.p) {
                bw_buf_printf(out, "[%" PRIu32 "]", t->index);
                return;
        }
        bw_buf_puts(out, t->up ? "." : "");
        bw_buf_str(out, t->key);
}

/* Go's errors name fields only, not items and keys: "resources.providers.kms.timeout". */
static bool put_fields(struct bw_buf *out, const struct trail *t)
{
        bool any = t && put_fields(out, t->up);

        if (!t || !t->owner.n)
                return any;
        bw_buf_puts(out, any ? "." : "");
        bw_buf_str(out, t->key);
        return true;
}

static struct bw_str after(struct bw_str s, char c)
{
        const char *p = s.n ? memrchr(s.p, c, s.n) : NULL;

        return p ? bw_str_rest(s, (size_t)(p - s.p) + 1) : s;
}

/* The beginning of a type that is no name: "*", "[]", "map[string]". */
static struct bw_str take_prefix(struct bw_str *type)
{
        struct bw_str all = *type;
        const char *end = NULL;
        size_t n = 0;

        if (all.n && all.p[0] == '*')
                n = 1;
        else if (bw_str_starts(all, BW_STR("[]")))
                n = 2;
        else if (bw_str_starts(all, BW_STR("map[")) && (end = memchr(all.p, ']', all.n)))
                n = (size_t)(end - all.p) + 1;
        *type = bw_str_rest(all, n);
        return bw_str_n(all.p, n);
}

/* A type as Go prints it, without a pointer at the front. */
static void put_type(struct bw_buf *out, struct bw_str type)
{
        struct bw_str prefix;

        for (bool first = true; (prefix = take_prefix(&type)).n; first = false) {
                struct bw_str key = bw_str_starts(prefix, BW_STR("map[")) ? bw_str_n(prefix.p + 4, prefix.n - 5) : BW_STR("");

                if (key.n)
                        bw_buf_printf(out, "map[%.*s]", BW_STR_ARG(after(key, '/')));
                else if (!first || prefix.p[0] != '*')
                        bw_buf_str(out, prefix);
        }
        if (bw_str_is(type, "byte"))
                bw_buf_puts(out, "uint8");
        else
                bw_buf_str(out, after(type, '/'));
}

/* ---- problems */

static struct bw_path path_of(struct decoder *d, const struct trail *t)
{
        struct bw_segment *segments;
        size_t n = 0;

        for (const struct trail *up = t; up; up = up->up)
                n++;
        segments = bw_arena_array(d->arena, n, sizeof(*segments));
        if (!segments)
                return (struct bw_path){0};
        for (size_t i = n; t; t = t->up)
                segments[--i] = t->key.p ? (struct bw_segment){.kind = BW_SEGMENT_KEY, .key = bw_value_str(t->key)}
                                         : (struct bw_segment){.kind = BW_SEGMENT_INDEX, .index = t->index};
        return (struct bw_path){.n = n, .segments = segments};
}

static void report(struct decoder *d, const struct trail *t, struct bw_problem problem, struct bw_buf *message)
{
        bw_auto_done(bw_buf_done) struct bw_buf path = {0};

        put_path(&path, t);
        if (bw_buf_status(&path) < 0 || bw_buf_status(message) < 0)
                d->problems->failed = true;
        problem.path = bw_arena_str(d->arena, bw_buf_view(&path));
        problem.message = bw_arena_str(d->arena, bw_buf_view(message));
        problem.mark = bw_doc_mark(d->doc, d->arena, path_of(d, t), problem.kind == BW_PROBLEM_UNKNOWN_FIELD);
        bw_problems_add(d->problems, &problem);
}

/* Go's own words for a value of the wrong type. */
static int refuse(struct decoder *d, const struct trail *t, struct bw_value v, bool number, struct bw_str type)
{
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        const struct trail *field = t;

        while (field && !field->owner.n)
                field = field->up;
        bw_buf_printf(&text, "json: cannot unmarshal %s", bw_go_json_type(v));
        if (number && (v.type == BW_INT || v.type == BW_UINT || v.type == BW_DOUBLE)) {
                bw_buf_char(&text, ' ');
                bw_value_json(&text, v, 0);
        }
        bw_buf_puts(&text, " into Go ");
        if (field) {
                bw_buf_printf(&text, "struct field %.*s.", BW_STR_ARG(after(field->owner, '.')));
                put_fields(&text, t);
        } else {
                bw_buf_puts(&text, "value");
        }
        bw_buf_puts(&text, " of type ");
        put_type(&text, type);
        report(d, t, (struct bw_problem){.kind = BW_PROBLEM_TYPE}, &text);
        return 0;
}

/* A type that decodes itself has refused a value, as the last problem from `at` says: Go stops there, and this error goes
 * before those of types that were found until then. */
static void stop_at(struct decoder *d, size_t at)
{
        struct bw_problem *items = d->problems->items;
        struct bw_problem p;

        d->stopped = true;
        if (d->problems->n <= at)
                return;
        p = items[at];
        memmove(items + d->first_type + 1, items + d->first_type, (at - d->first_type) * sizeof(*items));
        items[d->first_type] = p;
}

static int refuse_own(struct decoder *d, const struct trail *t, struct bw_buf *text)
{
        size_t at = d->problems->n;

        report(d, t, (struct bw_problem){.kind = BW_PROBLEM_TYPE}, text);
        stop_at(d, at);
        return 0;
}

/* The same for a value of another JSON type than it takes. */
static int refuse_own_type(struct decoder *d, const struct trail *t, struct bw_value v)
{
        size_t at = d->problems->n;

        (void)refuse(d, t, v, false, BW_STR("string"));
        stop_at(d, at);
        return 0;
}

/* ---- scalars */

static int decode_string(struct decoder *d, struct bw_str type, struct bw_value v, const struct trail *t, struct bw_value *ret)
{
        if (v.type != BW_STRING)
                return refuse(d, t, v, false, type);
        *ret = v;
        return 0;
}

static int decode_bool(struct decoder *d, struct bw_str type, struct bw_value v, const struct trail *t, struct bw_value *ret)
{
        if (v.type != BW_BOOL)
                return refuse(d, t, v, false, type);
        *ret = v;
        return 0;
}

/* What YAML's floats become on their way through JSON: 1e3 and 10.0 are written as integers. JSON's keep their text. */
static bool whole_number(const struct decoder *d, struct bw_value v, struct bw_value *ret)
{
        if (v.type == BW_INT || v.type == BW_UINT) {
                *ret = v;
                return true;
        }
        if (v.type != BW_DOUBLE || d->doc->format != BW_FORMAT_YAML || v.d != __builtin_trunc(v.d) || v.d < -0x1p63 ||
            v.d >= 0x1p63)
                return false;
        *ret = bw_value_int((int64_t)v.d);
        return true;
}

struct integer {
        const char *name;
        int64_t min;
        uint64_t max;
};
static const struct integer integers[] = {
        {"int", INT64_MIN, INT64_MAX},   {"int32", INT32_MIN, INT32_MAX}, {"int64", INT64_MIN, INT64_MAX},
        {"uint", 0, UINT64_MAX},         {"uint32", 0, UINT32_MAX},       {"uint64", 0, UINT64_MAX},
};

static const struct integer *integer_of(struct bw_str type)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(integers); i++)
                if (bw_str_is(type, integers[i].name))
                        return &integers[i];
        return NULL;
}

/* shown: the type that Go names, which may be one that stands for an integer. */
static int decode_integer(struct decoder *d, const struct integer *kind, struct bw_str shown, struct bw_value v,
                          const struct trail *t, struct bw_value *ret)
{
        struct bw_value whole;

        if (v.type != BW_INT && v.type != BW_UINT && v.type != BW_DOUBLE)
                return refuse(d, t, v, false, shown);
        if (!whole_number(d, v, &whole) || (whole.type == BW_INT && whole.i < kind->min) ||
            (whole.type == BW_INT && whole.i >= 0 && (uint64_t)whole.i > kind->max) ||
            (whole.type == BW_UINT && whole.u > kind->max))
                return refuse(d, t, v, true, shown);
        *ret = whole;
        return 0;
}

static int decode_float(struct decoder *d, struct bw_str type, struct bw_value v, const struct trail *t, struct bw_value *ret)
{
        if (v.type != BW_INT && v.type != BW_UINT && v.type != BW_DOUBLE)
                return refuse(d, t, v, false, type);
        *ret = v;
        return 0;
}

static int decode_bytes(struct decoder *d, struct bw_value v, const struct trail *t, struct bw_value *ret)
{
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        struct bw_error err = {0};
        struct bw_str bytes;
        int r;

        if (v.type != BW_STRING)
                return refuse(d, t, v, false, BW_STR("[]byte"));
        *ret = v;
        r = bw_base64_decode(d->arena, bw_value_text(v), 0, &bytes, &err);
        if (r != -EINVAL)
                return r;
        bw_buf_puts(&text, "illegal base64 data");
        report(d, t, (struct bw_problem){.kind = BW_PROBLEM_TYPE}, &text);
        return 0;
}

/* ---- types that decode themselves */

static size_t span(struct bw_str s, const char *chars, bool in)
{
        size_t n = 0;

        while (n < s.n && s.p[n] && (strchr(chars, s.p[n]) != NULL) == in)
                n++;
        return n;
}

/* After a number either the unit is missing or it is none. */
void bw_schema_put_duration_error(struct bw_buf *out, struct bw_str s)
{
        struct bw_str rest = s.n && (s.p[0] == '+' || s.p[0] == '-') ? bw_str_rest(s, 1) : s;
        struct bw_str unit = BW_STR("");
        const char *what = "invalid";

        while (rest.n && strcmp(what, "invalid") == 0) {
                size_t digits = span(rest, "0123456789.", true);
                int64_t ignored;

                unit = bw_str_n(rest.p + digits, span(bw_str_rest(rest, digits), "0123456789.", false));
                if (digits == 0 || bw_go_duration(bw_str_n(rest.p, digits + unit.n), &ignored) == -ERANGE)
                        break;
                if (unit.n == 0)
                        what = "missing unit in";
                else if (bw_go_duration(bw_str_n(rest.p, digits + unit.n), &ignored) < 0)
                        what = "unknown unit";
                rest = bw_str_rest(rest, digits + unit.n);
        }
        bw_buf_printf(out, "time: %s ", what);
        if (strcmp(what, "unknown unit") == 0) {
                bw_buf_go_quote(out, unit);
                bw_buf_puts(out, " in ");
        }
        bw_buf_puts(out, "duration ");
        bw_buf_go_quote(out, s);
}

/* metav1.Duration: a text only, and a null that is no pointer's is the empty text. */
static int decode_duration(struct decoder *d, struct bw_value v, const struct trail *t, struct bw_value *ret)
{
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        struct bw_str s = v.type == BW_STRING ? bw_value_text(v) : BW_STR("");
        int64_t nanoseconds;

        if (v.type != BW_STRING && v.type != BW_NULL)
                return refuse_own_type(d, t, v);
        if (bw_go_duration(s, &nanoseconds) == 0) {
                s = bw_go_duration_text(d->arena, nanoseconds);
                *ret = bw_value_str(s);
                return s.n ? 0 : -ENOMEM;
        }
        bw_schema_put_duration_error(&text, s);
        return refuse_own(d, t, &text);
}

/* Digits with a point among them, and one of the suffixes. */
static bool is_quantity(struct bw_str s)
{
        static const char *const suffixes[] = {"", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi",
                                               "Ei"};
        size_t digits = 0;
        size_t points = 0;
        int64_t exponent;

        if (s.n && (s.p[0] == '+' || s.p[0] == '-'))
                s = bw_str_rest(s, 1);
        for (; s.n && ((s.p[0] >= '0' && s.p[0] <= '9') || s.p[0] == '.'); s = bw_str_rest(s, 1)) {
                digits += s.p[0] != '.';
                points += s.p[0] == '.';
        }
        if (digits == 0 || points > 1)
                return false;
        for (size_t i = 0; i < BW_ARRAY_SIZE(suffixes); i++)
                if (bw_str_is(s, suffixes[i]))
                        return true;
        return s.n > 1 && (s.p[0] == 'e' || s.p[0] == 'E') && bw_go_int(bw_str_rest(s, 1), &exponent) == 0;
}

static int decode_quantity(struct decoder *d, struct bw_value v, const struct trail *t, struct bw_value *ret)
{
        bw_auto_done(bw_buf_done) struct bw_buf written = {0};
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};

        if (v.type == BW_STRING)
                bw_buf_str(&written, bw_value_text(v));
        else
                bw_value_json(&written, v, 0);
        *ret = v;
        if (v.type == BW_NULL || is_quantity(bw_buf_view(&written)))
                return 0;
        bw_buf_puts(&text, written.n ? "quantities must match the regular expression "
                                       "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'" : "quantities must not be empty");
        return refuse_own(d, t, &text);
}

/* Years to seconds and a zone: enough to tell a time from what is none. */
static bool is_time(struct bw_str s)
{
        static const char form[] = "dddd-dd-ddTdd:dd:dd";

        if (s.n < sizeof(form))
                return false;
        for (size_t i = 0; form[i]; i++)
                if (form[i] == 'd' ? s.p[i] < '0' || s.p[i] > '9' : s.p[i] != form[i])
                        return false;
        return s.p[s.n - 1] == 'Z' || s.p[s.n - 3] == ':';
}

static int decode_time(struct decoder *d, struct bw_value v, const struct trail *t, struct bw_value *ret)
{
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};

        if (v.type != BW_STRING && v.type != BW_NULL)
                return refuse_own_type(d, t, v);
        *ret = v;
        if (v.type == BW_NULL || is_time(bw_value_text(v)))
                return 0;
        bw_buf_puts(&text, "parsing time ");
        bw_buf_go_quote(&text, bw_value_text(v));
        bw_buf_puts(&text, " as \"2006-01-02T15:04:05Z07:00\": cannot parse it");
        return refuse_own(d, t, &text);
}

/* logs' flushFrequency: a duration, or nanoseconds. */
static int decode_time_or_duration(struct decoder *d, struct bw_value v, const struct trail *t, struct bw_value *ret)
{
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        bw_auto_done(bw_buf_done) struct bw_buf written = {0};
        struct bw_value whole;

        if (v.type == BW_STRING)
                return decode_duration(d, v, t, ret);
        if (v.type == BW_NULL)
                return 0;
        if (whole_number(d, v, &whole)) {
                *ret = whole;
                return 0;
        }
        bw_value_json(&written, v, 0);
        bw_buf_puts(&text, "invalid duration ");
        bw_buf_go_quote(&text, bw_buf_view(&written));
        bw_buf_printf(&text, ": json: cannot unmarshal %s into Go value of type time.Duration", bw_go_json_type(v));
        return refuse_own(d, t, &text);
}

static int decode_any(struct decoder *d, struct bw_value v, const struct trail *t, struct bw_value *ret)
{
        (void)d;
        (void)t;
        *ret = v;
        return 0;
}

static const struct {
        const char *type;
        int (*decode)(struct decoder *d, struct bw_value v, const struct trail *t, struct bw_value *ret);
} own_types[] = {
        {"meta/v1.Duration", decode_duration},        {"meta/v1.Time", decode_time},
        {"resource.Quantity", decode_quantity},       {"resource.QuantityValue", decode_quantity},
        {"runtime.RawExtension", decode_any},         {"runtime.Unknown", decode_any},
        {"meta/v1.FieldsV1", decode_any},             {"logs/v1.TimeOrMetaDuration", decode_time_or_duration},
};

/* ---- structs, lists, maps */

static int decode(struct decoder *d, struct bw_str type, struct bw_value v, const struct trail *t, struct bw_value *ret);

/* Names that somebody may have meant: the same in another case, or one letter off. */
static bool is_near(struct bw_str a, struct bw_str b)
{
        size_t head = 0;
        size_t tail = 0;
        size_t least = BW_MIN(a.n, b.n);
        size_t most = BW_MAX(a.n, b.n);

        if (a.n == b.n && strncasecmp(a.p, b.p, a.n) == 0)
                return true;
        if (most - least > 1 || least < 4)
                return false;
        while (head < least && a.p[head] == b.p[head])
                head++;
        while (tail < least - head && a.p[a.n - tail - 1] == b.p[b.n - tail - 1])
                tail++;
        return head + tail + 1 >= most || (a.n == b.n && head + tail + 2 == most && a.p[head] == b.p[head + 1] &&
                                           a.p[head + 1] == b.p[head]);
}

static struct bw_str hint_for(struct decoder *d, struct bw_str type, struct bw_str key)
{
        struct bw_str field;
        struct bw_str go;

        for (size_t i = 0; bw_schema_each_field(type, &i, d->minor, &field, &go);)
                if (is_near(field, key))
                        return bw_arena_printf(d->arena, "did you mean %.*s?", BW_STR_ARG(field));
        go = bw_schema_field(type, key, 0);
        if (go.n)
                return bw_arena_printf(d->arena, "Kubernetes 1.%d does not have this field", d->minor);
        return BW_STR("");
}

static void unknown_field(struct decoder *d, struct bw_str type, const struct trail *t)
{
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        bw_auto_done(bw_buf_done) struct bw_buf path = {0};

        put_path(&path, t);
        bw_buf_puts(&text, "unknown field ");
        bw_buf_go_quote(&text, bw_buf_view(&path));
        report(d, t,
               (struct bw_problem){.kind = BW_PROBLEM_UNKNOWN_FIELD, .warning = d->mode == BW_SCHEMA_LENIENT,
                                   .hint = hint_for(d, type, t->key)},
               &text);
}

static int cmp_entry(const void *a, const void *b)
{
        const struct bw_entry *x = *(const struct bw_entry *const *)a;
        const struct bw_entry *y = *(const struct bw_entry *const *)b;

        return bw_str_cmp(bw_value_text(x->key), bw_value_text(y->key));
}

/* The entries in the order in which Go's decoder meets them: YAML goes through JSON, whose keys are sorted. */
static const struct bw_entry **ordered(struct decoder *d, struct bw_value map)
{
        const struct bw_entry **entries = bw_arena_array(d->arena, map.n, sizeof(*entries));

        if (!entries)
                return NULL;
        for (uint32_t i = 0; i < map.n; i++)
                entries[i] = &map.map->entries[i];
        if (d->doc->format == BW_FORMAT_YAML && map.n)
                qsort(entries, map.n, sizeof(*entries), cmp_entry);
        return entries;
}

/* item: the type of a map's values; empty: a struct of that type. */
static int decode_entries(struct decoder *d, struct bw_str type, struct bw_str item, struct bw_value v, const struct trail *up,
                          struct bw_value *ret)
{
        const struct bw_entry **entries = ordered(d, v);
        struct bw_map *map = bw_map_new(d->arena, v.n);
        uint32_t n = 0;
        int r = 0;

        if (!entries || !map)
                return -ENOMEM;
        for (uint32_t i = 0; r == 0 && !d->stopped && i < v.n; i++) {
                const struct trail t = {.up = up, .key = bw_value_text(entries[i]->key), .owner = item.n ? BW_STR("") : type};
                struct bw_str go = item.n ? item : bw_schema_field(type, t.key, d->minor);
                struct bw_value decoded = {0};

                if (!go.n) {
                        unknown_field(d, type, &(struct trail){.up = up, .key = t.key});
                        continue;
                }
                r = decode(d, go, entries[i]->value, &t, &decoded);
                if (decoded.type == BW_ABSENT)
                        continue;
                map->entries[n].key = entries[i]->key;
                map->entries[n++].value = decoded;
        }
        if (r == 0)
                r = bw_map_seal(d->arena, map, n);
        *ret = bw_value_map(map, n);
        return r;
}

static int decode_list(struct decoder *d, struct bw_str type, struct bw_str item, struct bw_value v, const struct trail *up,
                       struct bw_value *ret)
{
        struct bw_list *list;

        if (bw_str_is(item, "byte"))
                return decode_bytes(d, v, up, ret);
        if (v.type != BW_LIST)
                return refuse(d, up, v, false, type);
        list = bw_list_new(d->arena, v.n);
        if (!list)
                return -ENOMEM;
        for (uint32_t i = 0; i < v.n && !d->stopped; i++) {
                const struct trail t = {.up = up, .index = i};
                int r;

                list->items[i] = bw_value_null();
                r = decode(d, item, v.list->items[i], &t, &list->items[i]);
                if (r < 0)
                        return r;
        }
        *ret = bw_value_list(list, d->stopped ? 0 : v.n);
        return 0;
}

static int decode_map(struct decoder *d, struct bw_str type, struct bw_str item, struct bw_value v, const struct trail *up,
                      struct bw_value *ret)
{
        if (v.type != BW_MAP)
                return refuse(d, up, v, false, type);
        return decode_entries(d, type, item, v, up, ret);
}

static int decode_named(struct decoder *d, struct bw_str type, struct bw_str shown, struct bw_value v, const struct trail *t,
                        struct bw_value *ret)
{
        struct bw_str form = bw_schema_type_form(type);
        const struct integer *integer = integer_of(type);

        if (integer)
                return decode_integer(d, integer, shown, v, t, ret);
        if (bw_str_is(type, "string") || bw_str_is(type, "types.UID"))
                return decode_string(d, shown, v, t, ret);
        if (bw_str_is(type, "bool"))
                return decode_bool(d, shown, v, t, ret);
        if (bw_str_is(type, "float64") || bw_str_is(type, "float32"))
                return decode_float(d, shown, v, t, ret);
        if (bw_str_starts(form, BW_STR("="))) {
                struct bw_str stands_for = bw_str_rest(form, 1);
                struct bw_str rest = stands_for;
                struct bw_str prefix = take_prefix(&rest);

                if (bw_str_is(prefix, "[]"))
                        return decode_list(d, type, rest, v, t, ret);
                if (prefix.n)
                        return decode_map(d, type, rest, v, t, ret);
                return decode_named(d, stands_for, shown, v, t, ret);
        }
        if (v.type != BW_MAP)
                return refuse(d, t, v, false, shown);
        return decode_entries(d, type, BW_STR(""), v, t, ret);
}

/* Recursion is as deep as the types are. *ret stays absent for null, and for what is refused. */
static int decode(struct decoder *d, struct bw_str type, struct bw_value v, const struct trail *t, struct bw_value *ret)
{
        struct bw_str rest = type;
        struct bw_str prefix = take_prefix(&rest);
        bool pointer = bw_str_is(prefix, "*");

        if (pointer) {
                if (v.type == BW_NULL)
                        return 0;
                type = rest;
                prefix = take_prefix(&rest);
        }
        for (size_t i = 0; !prefix.n && i < BW_ARRAY_SIZE(own_types); i++)
                if (bw_str_is(type, own_types[i].type))
                        return own_types[i].decode(d, v, t, ret);
        if (v.type == BW_NULL)
                return 0;
        if (bw_str_is(prefix, "[]"))
                return decode_list(d, type, rest, v, t, ret);
        if (prefix.n)
                return decode_map(d, type, rest, v, t, ret);
        return decode_named(d, type, type, v, t, ret);
}

int bw_schema_decode(struct bw_arena *arena, const struct bw_schema *schema, struct bw_doc *doc, enum bw_schema_mode mode,
                     int minor, struct bw_problems *problems, struct bw_value *ret, struct bw_error *reterr)
{
        struct decoder d = {.arena = arena, .doc = doc, .problems = problems, .mode = mode, .minor = minor};
        struct bw_value value = {0};

        problems->arena = arena;
        while (d.first_type < problems->n && problems->items[d.first_type].kind != BW_PROBLEM_TYPE)
                d.first_type++;
        if (doc->root.type == BW_MAP && decode_entries(&d, bw_str(bw_schema_type(schema)), BW_STR(""), doc->root, NULL, &value) < 0)
                return bw_arena_error(arena, reterr);
        if (problems->failed)
                return bw_error_nomem(reterr);
        *ret = value.type == BW_ABSENT ? bw_value_map(NULL, 0) : value;
        return 0;
}
