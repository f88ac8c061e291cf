/* SPDX-License-Identifier: Apache-2.0 */
#include "cel/types_internal.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"

#define MAX_NESTING 32 /* of types in one type's text */
#define MAX_PARAMS 8

#define PLAIN(K)                                                                                                       \
        {                                                                                                              \
                .kind = BW_CEL_##K                                                                                     \
        }

const struct bw_cel_type bw_cel_dyn = PLAIN(DYN), bw_cel_null = PLAIN(NULL), bw_cel_bool = PLAIN(BOOL),
                         bw_cel_int = PLAIN(INT), bw_cel_uint = PLAIN(UINT), bw_cel_double = PLAIN(DOUBLE),
                         bw_cel_string = PLAIN(STRING), bw_cel_bytes = PLAIN(BYTES),
                         bw_cel_timestamp = PLAIN(TIMESTAMP), bw_cel_duration = PLAIN(DURATION),
                         bw_cel_type_type = PLAIN(TYPE), bw_cel_type_error = PLAIN(ERROR);

static const struct bw_cel_type *const dyn_dyn[] = {&bw_cel_dyn, &bw_cel_dyn};
static const struct bw_cel_type *const string_dyn[] = {&bw_cel_string, &bw_cel_dyn};

const struct bw_cel_type bw_cel_list_dyn = {.kind = BW_CEL_LIST, .n_params = 1, .size = 1, .params = dyn_dyn};
const struct bw_cel_type bw_cel_map_dyn = {.kind = BW_CEL_MAP, .n_params = 2, .size = 2, .params = dyn_dyn};
const struct bw_cel_type bw_cel_map_string_dyn = {.kind = BW_CEL_MAP, .n_params = 2, .size = 2, .params = string_dyn};
const struct bw_cel_type bw_cel_optional_dyn = {
        .kind = BW_CEL_OPAQUE, .name = {"optional_type", 13}, .n_params = 1, .size = 1, .params = dyn_dyn};

/* text: in types as people write them; name: what type(x) gives. */
static const struct {
        const char *text;
        const char *name;
        const struct bw_cel_type *type;
} plain_types[] = {
        {"dyn", "dyn", &bw_cel_dyn},
        {"null_type", "null_type", &bw_cel_null},
        {"bool", "bool", &bw_cel_bool},
        {"int", "int", &bw_cel_int},
        {"uint", "uint", &bw_cel_uint},
        {"double", "double", &bw_cel_double},
        {"string", "string", &bw_cel_string},
        {"bytes", "bytes", &bw_cel_bytes},
        {"timestamp", "google.protobuf.Timestamp", &bw_cel_timestamp},
        {"duration", "google.protobuf.Duration", &bw_cel_duration},
        {"type", "type", &bw_cel_type_type},
        {"list", "list", &bw_cel_list_dyn},
        {"map", "map", &bw_cel_map_dyn},
        {"!error!", "!error!", &bw_cel_type_error},
};

#define LETTER(i, c) [i] = {.kind = BW_CEL_PARAM, .name = {c, 1}, .var = i}
static const struct bw_cel_type letters[BW_CEL_TYPE_LETTERS] = {
        LETTER(0, "A"),  LETTER(1, "B"),  LETTER(2, "C"),  LETTER(3, "D"),  LETTER(4, "E"),  LETTER(5, "F"),
        LETTER(6, "G"),  LETTER(7, "H"),  LETTER(8, "I"),  LETTER(9, "J"),  LETTER(10, "K"), LETTER(11, "L"),
        LETTER(12, "M"), LETTER(13, "N"), LETTER(14, "O"), LETTER(15, "P"), LETTER(16, "Q"), LETTER(17, "R"),
        LETTER(18, "S"), LETTER(19, "T"), LETTER(20, "U"), LETTER(21, "V"), LETTER(22, "W"), LETTER(23, "X"),
        LETTER(24, "Y"), LETTER(25, "Z"),
};

/* Type and parameters in one block. */
static struct bw_cel_type *composed(struct bw_arena *arena, enum bw_cel_kind kind, uint32_t n,
                                    const struct bw_cel_type *const *params)
{
        struct bw_cel_type *type = bw_arena_alloc(arena, sizeof(*type) + n * sizeof(*params));
        const struct bw_cel_type **copy;

        if (!type)
                return NULL;
        copy = (const struct bw_cel_type **)(type + 1);
        *type = (struct bw_cel_type){.kind = kind, .n_params = n, .params = copy, .size = n};
        for (uint32_t i = 0; i < n; i++) {
                copy[i] = params[i];
                if (__builtin_add_overflow(type->size, params[i]->size, &type->size))
                        type->size = UINT32_MAX;
        }
        return type;
}

const struct bw_cel_type *bw_cel_type_list(struct bw_arena *arena, const struct bw_cel_type *elem)
{
        if (elem == &bw_cel_dyn)
                return &bw_cel_list_dyn;
        return composed(arena, BW_CEL_LIST, 1, &elem);
}

const struct bw_cel_type *bw_cel_type_map(struct bw_arena *arena, const struct bw_cel_type *key,
                                          const struct bw_cel_type *value)
{
        const struct bw_cel_type *params[] = {key, value};

        if (value == &bw_cel_dyn && key == &bw_cel_dyn)
                return &bw_cel_map_dyn;
        if (value == &bw_cel_dyn && key == &bw_cel_string)
                return &bw_cel_map_string_dyn;
        return composed(arena, BW_CEL_MAP, 2, params);
}

const struct bw_cel_type *bw_cel_type_opaque(struct bw_arena *arena, struct bw_str name, uint32_t n,
                                             const struct bw_cel_type *const *params)
{
        struct bw_cel_type *type;

        if (n == 1 && params[0] == &bw_cel_dyn && bw_str_eq(name, bw_cel_optional_dyn.name))
                return &bw_cel_optional_dyn;
        type = composed(arena, BW_CEL_OPAQUE, n, params);
        if (type)
                type->name = name;
        return type;
}

const struct bw_cel_type *bw_cel_type_of(struct bw_arena *arena, const struct bw_cel_type *type)
{
        return composed(arena, BW_CEL_TYPE, 1, &type);
}

const struct bw_cel_type *bw_cel_type_with_params(struct bw_arena *arena, const struct bw_cel_type *like,
                                                  const struct bw_cel_type *const *params)
{
        switch (like->kind) {
        case BW_CEL_LIST:
                return bw_cel_type_list(arena, params[0]);
        case BW_CEL_MAP:
                return bw_cel_type_map(arena, params[0], params[1]);
        case BW_CEL_TYPE:
                return bw_cel_type_of(arena, params[0]);
        default:
                return bw_cel_type_opaque(arena, like->name, like->n_params, params);
        }
}

static void skip_blanks(struct type_reader *r)
{
        while (r->rest.n && *r->rest.p == ' ')
                r->rest = bw_str_n(r->rest.p + 1, r->rest.n - 1);
}

static bool take(struct type_reader *r, char c)
{
        skip_blanks(r);
        if (!r->rest.n || *r->rest.p != c)
                return false;
        r->rest = bw_str_n(r->rest.p + 1, r->rest.n - 1);
        return true;
}

static int read_failed(struct type_reader *r, const char *what, struct bw_error *reterr)
{
        return bw_error_set(reterr, -EINVAL, "type %.*s: %s", BW_STR_ARG(r->text), what);
}

/* By name, with the parameters that stand in parentheses after it. */
static int make(struct type_reader *r, struct bw_str name, uint32_t n, const struct bw_cel_type *const *params,
                const struct bw_cel_type **ret, struct bw_error *reterr)
{
        const struct bw_cel_type *type = NULL;
        const struct bw_cel_type *plain = NULL;

        for (size_t i = 0; i < BW_ARRAY_SIZE(plain_types); i++)
                if (bw_str_is(name, plain_types[i].text) || bw_str_is(name, plain_types[i].name))
                        plain = plain_types[i].type;
        if (n == 0 && plain) {
                type = plain;
        } else if (n == 0 && name.n == 1 && name.p[0] >= 'A' && name.p[0] <= 'Z') {
                type = &letters[name.p[0] - 'A'];
        } else if (plain) {
                if (n != (plain->kind == BW_CEL_TYPE ? 1 : plain->n_params))
                        return read_failed(r, "wrong number of parameters", reterr);
                type = bw_cel_type_with_params(r->arena, plain, params);
        } else {
                if (!r->borrow)
                        name = bw_arena_str(r->arena, name);
                type = name.p ? bw_cel_type_opaque(r->arena, name, n, params) : NULL;
        }
        if (!type)
                return bw_arena_error(r->arena, reterr);
        *ret = type;
        return 0;
}

int bw_cel_type_read(struct type_reader *r, const struct bw_cel_type **ret, struct bw_error *reterr)
{
        const struct bw_cel_type *params[MAX_PARAMS];
        struct bw_str name;
        uint32_t n = 0;
        int err;

        skip_blanks(r);
        name = bw_str_n(r->rest.p, 0);
        while (name.n < r->rest.n && !strchr("(), ", name.p[name.n]))
                name.n++;
        r->rest = bw_str_n(r->rest.p + name.n, r->rest.n - name.n);
        if (!name.n)
                return read_failed(r, "a name is missing", reterr);
        if (!take(r, '('))
                return make(r, name, 0, NULL, ret, reterr);
        if (++r->depth > MAX_NESTING)
                return read_failed(r, "nested too deep", reterr);
        do {
                if (n == MAX_PARAMS)
                        return read_failed(r, "too many parameters", reterr);
                err = bw_cel_type_read(r, &params[n++], reterr);
                if (err < 0)
                        return err;
        } while (take(r, ','));
        if (!take(r, ')'))
                return read_failed(r, "')' is missing", reterr);
        r->depth--;
        return make(r, name, n, params, ret, reterr);
}

int bw_cel_type_parse(struct bw_arena *arena, struct bw_str text, const struct bw_cel_type **ret,
                      struct bw_error *reterr)
{
        struct type_reader r = {.arena = arena, .text = text, .rest = text};
        const struct bw_cel_type *type;
        int err;

        err = bw_cel_type_read(&r, &type, reterr);
        if (err < 0)
                return err;
        skip_blanks(&r);
        if (r.rest.n)
                return read_failed(&r, "text after the type", reterr);
        *ret = type;
        return 0;
}

static struct bw_str plain_text(const struct bw_cel_type *type, bool run_time)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(plain_types); i++)
                if (plain_types[i].type->kind == type->kind)
                        return bw_str(run_time ? plain_types[i].name : plain_types[i].text);
        return type->name;
}

void bw_cel_type_format(struct bw_buf *out, const struct bw_cel_type *type)
{
        if (type->kind == BW_CEL_VAR) {
                bw_buf_printf(out, "_var%" PRIu32, type->var);
                return;
        }
        bw_buf_str(out, plain_text(type, false));
        if (!type->n_params || out->status)
                return;
        bw_buf_char(out, '(');
        for (uint32_t i = 0; i < type->n_params; i++) {
                bw_buf_puts(out, i ? ", " : "");
                bw_cel_type_format(out, type->params[i]);
        }
        bw_buf_char(out, ')');
}

bool bw_cel_type_same(const struct bw_cel_type *a, const struct bw_cel_type *b)
{
        if (a == b)
                return true;
        if (a->kind != b->kind || a->n_params != b->n_params || a->var != b->var || !bw_str_eq(a->name, b->name))
                return false;
        for (uint32_t i = 0; i < a->n_params; i++)
                if (!bw_cel_type_same(a->params[i], b->params[i]))
                        return false;
        return true;
}

struct bw_value bw_cel_type_value(const struct bw_cel_type *type)
{
        struct bw_str name = plain_text(type, true);

        return (struct bw_value){.type = BW_TYPE, .n = (uint32_t)name.n, .s = name.p};
}

struct bw_str bw_cel_runtime_type_name(struct bw_value v)
{
        if (v.type == BW_OPAQUE)
                return bw_str(v.opaque->cls->name);
        return bw_str(bw_type_name((enum bw_type)v.type));
}

bool bw_cel_type_is_optional(const struct bw_cel_type *type)
{
        return type->kind == BW_CEL_OPAQUE && type->n_params == 1 && bw_str_eq(type->name, bw_cel_optional_dyn.name);
}
