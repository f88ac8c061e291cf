/* SPDX-License-Identifier: Apache-2.0 */
#include <strings.h>

#include "analyze/schema_internal.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/goquote.h"
#include "base/limits.h"
#include "base/table.h"
#include "doc/yaml_words.h"
#include "format/go_json.h"

extern const struct bw_table bw_table_schema_kinds;
extern const struct bw_table bw_table_schema_fields;

enum kind_column { KIND_API_VERSION, KIND_KIND, KIND_TYPE, KIND_COMPONENT, KIND_MODE, KIND_SINCE, KIND_UNTIL };
enum field_column { FIELD_TYPE, FIELD_FIELD, FIELD_GO, FIELD_SINCE, FIELD_UNTIL };

/* A kind is its row: the pointer is that of the row's first cell, which is only compared and counted with. */
struct bw_schema {
        uint32_t cell;
};

static size_t row_of(const struct bw_schema *schema)
{
        return (size_t)((const uint32_t *)schema - bw_table_schema_kinds.cells) / bw_table_schema_kinds.n_columns;
}

const struct bw_schema *bw_schema_at(size_t i)
{
        if (i >= bw_table_schema_kinds.n_rows)
                return NULL;
        return (const struct bw_schema *)&bw_table_schema_kinds.cells[i * bw_table_schema_kinds.n_columns];
}

static const char *kind_text(const struct bw_schema *schema, enum kind_column column)
{
        return bw_table_text(&bw_table_schema_kinds, row_of(schema), column);
}

const char *bw_schema_kind(const struct bw_schema *schema)
{
        return kind_text(schema, KIND_KIND);
}

const char *bw_schema_api_version(const struct bw_schema *schema)
{
        return kind_text(schema, KIND_API_VERSION);
}

const char *bw_schema_component(const struct bw_schema *schema)
{
        return kind_text(schema, KIND_COMPONENT);
}

const char *bw_schema_type(const struct bw_schema *schema)
{
        return kind_text(schema, KIND_TYPE);
}

enum bw_schema_mode bw_schema_mode_of(const struct bw_schema *schema)
{
        return strcmp(kind_text(schema, KIND_MODE), "strict") == 0 ? BW_SCHEMA_STRICT : BW_SCHEMA_LENIENT;
}

static bool in_versions(const struct bw_table *table, size_t row, size_t since, int minor)
{
        return minor == 0 || (bw_table_int(table, row, since, 0) <= minor && minor <= bw_table_int(table, row, since + 1, INT_MAX));
}

const struct bw_schema *bw_schema_find(struct bw_str api_version, struct bw_str kind, int minor)
{
        for (size_t i = 0; i < bw_table_schema_kinds.n_rows; i++)
                if (bw_str_eq(bw_table_cell(&bw_table_schema_kinds, i, KIND_KIND), kind) &&
                    bw_str_eq(bw_table_cell(&bw_table_schema_kinds, i, KIND_API_VERSION), api_version) &&
                    in_versions(&bw_table_schema_kinds, i, KIND_SINCE, minor))
                        return bw_schema_at(i);
        return NULL;
}

/* ---- types ---- */

/* The row of a type's field ("-": of the type itself); SIZE_MAX: it has none in that version. */
static size_t field_row(struct bw_str type, struct bw_str field, int minor)
{
        const struct bw_table *t = &bw_table_schema_fields;

        for (size_t i = bw_table_find(t, type); i < t->n_rows && bw_str_eq(bw_table_cell(t, i, FIELD_TYPE), type); i++)
                if (bw_str_eq(bw_table_cell(t, i, FIELD_FIELD), field) && in_versions(t, i, FIELD_SINCE, minor))
                        return i;
        return SIZE_MAX;
}

struct bw_str bw_schema_field(struct bw_str type, struct bw_str field, int minor)
{
        size_t row = field.n ? field_row(type, field, minor) : SIZE_MAX;

        return bw_table_cell(&bw_table_schema_fields, row, FIELD_GO);
}

/* What a named type stands for: "struct", "=string"; empty for the types that decode themselves, and for Go's own. */
struct bw_str bw_schema_type_form(struct bw_str type)
{
        return bw_table_cell(&bw_table_schema_fields, field_row(type, BW_STR(""), 0), FIELD_GO);
}

bool bw_schema_each_field(struct bw_str type, size_t *i, int minor, struct bw_str *ret_field, struct bw_str *ret_go)
{
        const struct bw_table *t = &bw_table_schema_fields;
        size_t first = bw_table_find(t, type);

        for (; first != SIZE_MAX && first + *i < t->n_rows && bw_str_eq(bw_table_cell(t, first + *i, FIELD_TYPE), type);) {
                size_t row = first + (*i)++;

                *ret_field = bw_table_cell(t, row, FIELD_FIELD);
                *ret_go = bw_table_cell(t, row, FIELD_GO);
                if (ret_field->n && in_versions(t, row, FIELD_SINCE, minor))
                        return true;
        }
        return false;
}

/* ---- problems ---- */

void bw_problems_add(struct bw_problems *problems, const struct bw_problem *problem)
{
        if (problems->n >= BW_LIMIT_PROBLEMS)
                return;
        if (!problem->message.p || bw_arena_grow(problems->arena, &problems->items, &problems->cap, problems->n,
                                                 sizeof(*problems->items)) < 0) {
                problems->failed = true;
                return;
        }
        problems->items[problems->n++] = *problem;
}

void bw_problems_at(struct bw_problems *problems, struct bw_doc *doc, enum bw_problem_kind kind, bool warning,
                    struct bw_str path, const char *fmt, ...)
{
        struct bw_problem problem = {.warning = warning, .kind = kind};
        struct bw_path parsed = {0};
        va_list args;
        char line[1024];

        va_start(args, fmt);
        vsnprintf(line, sizeof(line), fmt, args);
        va_end(args);
        problem.path = bw_arena_str(problems->arena, path);
        problem.message = bw_arena_str(problems->arena, bw_str(line));
        if (doc && bw_path_parse(problems->arena, path, &parsed, NULL) == 0)
                problem.mark = bw_doc_mark(doc, problems->arena, parsed, false);
        bw_problems_add(problems, &problem);
}

bool bw_problems_refuse(const struct bw_problems *problems)
{
        for (size_t i = 0; i < problems->n; i++)
                if (!problems->items[i].warning)
                        return true;
        return false;
}

/* What ends the reading of a file at once: one such problem is all that the component prints. */
static bool is_fatal(const struct bw_problem *p)
{
        return !p->warning && p->kind <= BW_PROBLEM_TYPE;
}

static void put_list(const struct bw_problems *problems, bool values, struct bw_buf *out, size_t *n)
{
        for (size_t i = 0; i < problems->n; i++) {
                const struct bw_problem *p = &problems->items[i];

                if (p->warning || (p->kind == BW_PROBLEM_VALUE) != values)
                        continue;
                bw_buf_puts(out, (*n)++ ? ", " : "");
                bw_buf_str(out, p->message);
        }
}

int bw_problems_text(const struct bw_problems *problems, struct bw_arena *arena, struct bw_str *ret, struct bw_error *reterr)
{
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        size_t n = 0;

        for (size_t i = 0; i < problems->n && n == 0; i++) {
                if (is_fatal(&problems->items[i])) {
                        bw_buf_str(&out, problems->items[i].message);
                        n = 1;
                }
        }
        if (n == 0) {
                put_list(problems, false, &out, &n);
                if (n) {
                        *ret = bw_arena_printf(arena, "strict decoding error: %.*s", BW_STR_ARG(bw_buf_view(&out)));
                        return ret->p && bw_buf_status(&out) == 0 ? 0 : bw_arena_error(arena, reterr);
                }
                put_list(problems, true, &out, &n);
        }
        *ret = n > 1 ? bw_arena_printf(arena, "[%.*s]", BW_STR_ARG(bw_buf_view(&out))) : bw_arena_str(arena, bw_buf_view(&out));
        return ret->p && bw_buf_status(&out) == 0 ? 0 : bw_arena_error(arena, reterr);
}

/* ---- reading ---- */

static bool is_json(struct bw_str text)
{
        text = bw_str_trim(text);
        return text.n && text.p[0] == '{';
}

static struct bw_doc no_document(struct bw_str text, enum bw_format format)
{
        return (struct bw_doc){.root = bw_value_null(), .text = text, .line = 1, .column = 1, .format = format, .mark = {1, 1}};
}

static void add_syntax(struct bw_problems *problems, const struct bw_error *err, struct bw_str message)
{
        const struct bw_problem p = {.kind = BW_PROBLEM_SYNTAX, .mark = {err->line, err->column}, .message = message,
                                     .hint = bw_arena_str(problems->arena, bw_str(err->message))};

        bw_problems_add(problems, &p);
}

/* JSON that Go's decoder refuses. */
static int json_refused(struct bw_problems *problems, const struct bw_error *err, struct bw_str text, struct bw_doc *ret_doc)
{
        bw_auto_done(bw_buf_done) struct bw_buf why = {0};

        if (bw_go_json_check(text, &why))
                bw_buf_puts(&why, err->message);
        add_syntax(problems, err,
                   bw_arena_printf(problems->arena, "couldn't get version/kind; json parse error: %.*s",
                                   BW_STR_ARG(bw_buf_view(&why))));
        *ret_doc = no_document(text, BW_FORMAT_JSON);
        return 0;
}

static int read_json(struct bw_arena *arena, struct bw_str text, enum bw_schema_mode mode, struct bw_doc *ret_doc,
                     struct bw_problems *problems, struct bw_error *reterr)
{
        struct bw_error err = {0};
        struct bw_doc strict;
        size_t used;
        int r = bw_json_read(arena, text, 1, 1, false, ret_doc, &used, &err);

        if (r == 0 && used < text.n)
                r = bw_error_set(&err, -EINVAL, "something follows the document");
        if (r == -EINVAL || r == -E2BIG)
                return json_refused(problems, &err, text, ret_doc);
        if (r < 0)
                return bw_error_nomem(reterr);
        if (bw_json_read(arena, text, 1, 1, true, &strict, &used, &err) == -EINVAL)
                bw_problems_add(problems, &(struct bw_problem){.warning = mode == BW_SCHEMA_LENIENT,
                                                               .kind = BW_PROBLEM_DUPLICATE,
                                                               .mark = {err.line, err.column},
                                                               .message = bw_arena_str(arena, bw_str(err.message))});
        return 0;
}

/* One problem for each key that stands twice; the first carries go-yaml's text for all of them, as it is printed. */
static int add_repeated(struct bw_arena *arena, const struct bw_yaml_words *words, enum bw_schema_mode mode,
                        struct bw_problems *problems, struct bw_error *reterr)
{
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};

        bw_buf_puts(&text, "yaml: unmarshal errors:");
        for (size_t i = 0; i < words->n_repeated; i++) {
                bw_buf_printf(&text, "\n  line %" PRIu32 ": key ", words->repeated[i].value_line);
                bw_buf_go_quote(&text, words->repeated[i].key);
                bw_buf_puts(&text, " already set in map");
        }
        if (bw_buf_status(&text) < 0)
                return bw_error_nomem(reterr);
        for (size_t i = 0; i < words->n_repeated; i++) {
                struct bw_problem p = {.warning = mode == BW_SCHEMA_LENIENT || i > 0, .kind = BW_PROBLEM_DUPLICATE,
                                       .mark = words->repeated[i].mark, .path = words->repeated[i].key};

                p.message = i == 0 ? bw_arena_str(arena, bw_buf_view(&text)) : bw_arena_str(arena, BW_STR("stands here once more"));
                p.hint = bw_arena_str(arena, BW_STR("the last one counts; keep one of them"));
                bw_problems_add(problems, &p);
        }
        return 0;
}

static int read_yaml(struct bw_arena *arena, struct bw_str text, enum bw_schema_mode mode, struct bw_doc *ret_doc,
                     struct bw_problems *problems, struct bw_error *reterr)
{
        struct bw_error err = {0};
        struct bw_error again = {0};
        struct bw_yaml_words words;
        struct bw_doc strict;
        int r = bw_yaml_read(arena, text, 1, false, ret_doc, &err);

        if (r == -ENOMEM)
                return bw_error_nomem(reterr);
        if (r == 0 && bw_yaml_read(arena, text, 1, true, &strict, &again) == 0)
                return 0;
        if (bw_yaml_words(arena, text, &words, reterr) < 0)
                return -ENOMEM;
        if (r == 0 && words.n_repeated)
                return add_repeated(arena, &words, mode, problems, reterr);
        if (r == 0) {
                bw_problems_add(problems, &(struct bw_problem){.warning = mode == BW_SCHEMA_LENIENT,
                                                               .kind = BW_PROBLEM_DUPLICATE,
                                                               .mark = {again.line, again.column},
                                                               .message = bw_arena_str(arena, bw_str(again.message))});
                return 0;
        }
        add_syntax(problems, &err, words.syntax.n ? words.syntax : bw_arena_printf(arena, "yaml: %s", err.message));
        *ret_doc = no_document(text, BW_FORMAT_YAML);
        return 0;
}

int bw_schema_read(struct bw_arena *arena, struct bw_str text, enum bw_schema_mode mode, struct bw_doc *ret_doc,
                   struct bw_problems *problems, struct bw_error *reterr)
{
        problems->arena = arena;
        if (is_json(text))
                return read_json(arena, text, mode, ret_doc, problems, reterr);
        return read_yaml(arena, text, mode, ret_doc, problems, reterr);
}

/* ---- which kind it is ---- */

/* A key as encoding/json finds it for a field: in any case; of several the last one in the order of bytes. */
static struct bw_value find_folded(struct bw_value map, struct bw_str key)
{
        const struct bw_entry *best = NULL;

        for (uint32_t i = 0; map.type == BW_MAP && i < map.n; i++) {
                const struct bw_entry *e = &map.map->entries[i];
                struct bw_str k = bw_value_text(e->key);

                if (k.n == key.n && strncasecmp(k.p, key.p, k.n) == 0 &&
                    (!best || bw_str_cmp(bw_value_text(best->key), k) < 0))
                        best = e;
        }
        return best ? best->value : (struct bw_value){0};
}

static bool take_name(struct bw_doc *doc, struct bw_problems *problems, const char *key, struct bw_str *ret)
{
        struct bw_value v = find_folded(doc->root, bw_str(key));

        *ret = BW_STR("");
        if (v.type == BW_STRING)
                *ret = bw_value_text(v);
        if (v.type == BW_STRING || v.type == BW_ABSENT || v.type == BW_NULL)
                return true;
        bw_problems_at(problems, doc, BW_PROBLEM_IDENTITY, false, bw_str(key),
                       "couldn't get version/kind; json parse error: json: cannot unmarshal %s into Go struct field .%s of "
                       "type string", bw_go_json_type(v), key);
        return false;
}

static void refuse_identity(struct bw_problems *problems, struct bw_doc *doc, const char *path, const char *message)
{
        bw_problems_at(problems, doc, BW_PROBLEM_IDENTITY, false, bw_str(path), "%s", message);
}

/* A kind of the component's; without a component any kind. */
static const struct bw_schema *find_for(const char *component, struct bw_str api_version, struct bw_str kind, int minor)
{
        const struct bw_schema *schema = bw_schema_find(api_version, kind, minor);

        return schema && (!component || strcmp(component, bw_schema_component(schema)) == 0) ? schema : NULL;
}

void bw_schema_identify(struct bw_doc *doc, const char *component, const char *scheme, int minor,
                       struct bw_problems *problems, const struct bw_schema **ret)
{
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        struct bw_str api_version;
        struct bw_str kind;

        *ret = NULL;
        if (doc->root.type != BW_MAP && doc->root.type != BW_NULL) {
                bw_buf_printf(&text,
                              "couldn't get version/kind; json parse error: json: cannot unmarshal %s into Go value of type "
                              "struct { APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; Kind string "
                              "\"json:\\\"kind,omitempty\\\"\" }", bw_go_json_type(doc->root));
                refuse_identity(problems, doc, "", bw_buf_view(&text).p);
                return;
        }
        if (!take_name(doc, problems, "apiVersion", &api_version) || !take_name(doc, problems, "kind", &kind))
                return;
        if (kind.n == 0) {
                refuse_identity(problems, doc, "kind", "Object 'Kind' is missing");
                return;
        }
        if (api_version.n == 0) {
                refuse_identity(problems, doc, "apiVersion", "Object 'apiVersion' is missing");
                return;
        }
        *ret = find_for(component, api_version, kind, minor);
        if (*ret)
                return;
        bw_buf_puts(&text, "no kind ");
        bw_buf_go_quote(&text, kind);
        bw_buf_puts(&text, " is registered for version ");
        bw_buf_go_quote(&text, api_version);
        if (scheme)
                bw_buf_printf(&text, " in scheme \"%s\"", scheme);
        refuse_identity(problems, doc, bw_schema_find(api_version, kind, 0) ? "apiVersion" : "kind",
                               bw_buf_view(&text).p);
}
