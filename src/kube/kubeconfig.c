/* SPDX-License-Identifier: Apache-2.0 */
/* Kubeconfigs as texts: read, held against the form that client-go decodes them into, and looked up by name. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/limits.h"
#include "doc/stream.h"
#include "format/base64.h"
#include "kube/config_internal.h"

/* ---- the form */

enum form {
        TEXT,
        BOOL,
        BYTES,      /* base64 */
        TEXTS,      /* a list of texts */
        TEXT_MAP,   /* a map of texts */
        TEXTS_MAP,  /* a map of lists of texts */
        OBJECT,     /* a map with the fields of another table */
        OBJECTS,    /* a list of such maps */
        ANY,
};

struct field {
        const char *key;        /* NULL ends a table */
        enum form form;
        const struct field *fields;
};

/* Fields that are not listed are ignored, as client-go does: kubeconfigs carry what other tools keep in them. */
static const struct field extension_fields[] = {{"name", TEXT, NULL}, {"extension", ANY, NULL}, {NULL, ANY, NULL}};
static const struct field cluster_fields[] = {
        {"server", TEXT, NULL},
        {"tls-server-name", TEXT, NULL},
        {"insecure-skip-tls-verify", BOOL, NULL},
        {"certificate-authority", TEXT, NULL},
        {"certificate-authority-data", BYTES, NULL},
        {"proxy-url", TEXT, NULL},
        {"disable-compression", BOOL, NULL},
        {"extensions", OBJECTS, extension_fields},
        {NULL, ANY, NULL},
};
static const struct field env_fields[] = {{"name", TEXT, NULL}, {"value", TEXT, NULL}, {NULL, ANY, NULL}};
static const struct field exec_fields[] = {
        {"command", TEXT, NULL},
        {"args", TEXTS, NULL},
        {"env", OBJECTS, env_fields},
        {"apiVersion", TEXT, NULL},
        {"installHint", TEXT, NULL},
        {"provideClusterInfo", BOOL, NULL},
        {"interactiveMode", TEXT, NULL},
        {NULL, ANY, NULL},
};
static const struct field provider_fields[] = {{"name", TEXT, NULL}, {"config", TEXT_MAP, NULL}, {NULL, ANY, NULL}};
static const struct field user_fields[] = {
        {"client-certificate", TEXT, NULL},
        {"client-certificate-data", BYTES, NULL},
        {"client-key", TEXT, NULL},
        {"client-key-data", BYTES, NULL},
        {"token", TEXT, NULL},
        {"tokenFile", TEXT, NULL},
        {"as", TEXT, NULL},
        {"as-uid", TEXT, NULL},
        {"as-groups", TEXTS, NULL},
        {"as-user-extra", TEXTS_MAP, NULL},
        {"username", TEXT, NULL},
        {"password", TEXT, NULL},
        {"auth-provider", OBJECT, provider_fields},
        {"exec", OBJECT, exec_fields},
        {NULL, ANY, NULL},
};
static const struct field context_fields[] = {
        {"cluster", TEXT, NULL}, {"user", TEXT, NULL}, {"namespace", TEXT, NULL}, {NULL, ANY, NULL}};
static const struct field named_cluster[] = {{"name", TEXT, NULL}, {"cluster", OBJECT, cluster_fields}, {NULL, ANY, NULL}};
static const struct field named_user[] = {{"name", TEXT, NULL}, {"user", OBJECT, user_fields}, {NULL, ANY, NULL}};
static const struct field named_context[] = {{"name", TEXT, NULL}, {"context", OBJECT, context_fields}, {NULL, ANY, NULL}};
static const struct field config_fields[] = {
        {"apiVersion", TEXT, NULL},
        {"kind", TEXT, NULL},
        {"current-context", TEXT, NULL},
        {"clusters", OBJECTS, named_cluster},
        {"users", OBJECTS, named_user},
        {"contexts", OBJECTS, named_context},
        {NULL, ANY, NULL},
};

static const struct {
        const char *list;
        const char *item;
} lists[_BW_KUBE_LIST_MAX] = {
        [BW_KUBE_CLUSTERS] = {"clusters", "cluster"},
        [BW_KUBE_USERS] = {"users", "user"},
        [BW_KUBE_CONTEXTS] = {"contexts", "context"},
};

/* ---- errors at their place */

/* The way to a value: no form is nested deeper. */
#define STEPS 10
struct walk {
        struct bw_arena *arena;
        struct bw_kube_file *file;
        struct bw_error *reterr;
        struct bw_segment steps[STEPS];
        size_t n;
};

/* Puts place and file to an error. The message is the caller's, who knows what of it is a secret. */
static int place_error(struct bw_arena *arena, struct bw_kube_file *file, struct bw_path path, struct bw_error *reterr, int code,
                       const char *message)
{
        struct bw_mark mark = bw_doc_mark(&file->doc, arena, path, false);
        struct bw_error err = {0};

        (void)bw_error_at(&err, code, mark.line, mark.column, "%s", message);
        bw_error_in_file(&err, file->text->path);
        if (reterr && reterr->code == 0)
                *reterr = err;
        return code;
}

static BW_PRINTF(2, 3) int refuse(struct walk *walk, const char *fmt, ...)
{
        const struct bw_path path = {.n = walk->n, .segments = walk->steps};
        bw_auto_done(bw_buf_done) struct bw_buf text = {.ceiling = sizeof(walk->reterr->message)};
        char why[256];
        va_list ap;

        va_start(ap, fmt);
        (void)vsnprintf(why, sizeof(why), fmt, ap);
        va_end(ap);
        bw_path_format(&text, path);
        if (text.n)
                bw_buf_puts(&text, ": ");
        bw_buf_puts(&text, why);
        return place_error(walk->arena, walk->file, path, walk->reterr, -EINVAL, text.p ? text.p : why);
}

static void step_key(struct walk *walk, struct bw_str key)
{
        walk->steps[walk->n++] = (struct bw_segment){.kind = BW_SEGMENT_KEY, .key = bw_value_str(key)};
}

static void step_index(struct walk *walk, uint32_t index)
{
        walk->steps[walk->n++] = (struct bw_segment){.kind = BW_SEGMENT_INDEX, .index = index};
}

/* What a type is called in messages. */
static const char *type_text(struct bw_value v)
{
        switch (v.type) {
        case BW_BOOL:
                return "true or false";
        case BW_INT:
        case BW_UINT:
        case BW_DOUBLE:
                return "a number";
        case BW_STRING:
                return "a text";
        case BW_LIST:
                return "a list";
        default:
                return "a map";
        }
}

static int refuse_type(struct walk *walk, const char *wanted, struct bw_value v)
{
        bool is_scalar = v.type == BW_INT || v.type == BW_UINT || v.type == BW_DOUBLE || v.type == BW_BOOL;

        return refuse(walk, "must be %s, and is %s%s", wanted, type_text(v),
                      is_scalar && strcmp(wanted, "a text") == 0 ? ": put it in quotes" : "");
}

/* ---- checking */

static int check_fields(struct walk *walk, struct bw_value v, const struct field *fields);

static int check_text(struct walk *walk, struct bw_value v)
{
        if (v.type != BW_STRING)
                return refuse_type(walk, "a text", v);
        if (memchr(v.s, 0, v.n))
                return refuse(walk, "has a zero byte in it");
        return 0;
}

/* What is decoded here is not kept: few of the entries are used. */
static int check_bytes(struct walk *walk, struct bw_value v)
{
        struct bw_arena_mark mark = bw_arena_save(walk->arena);
        struct bw_error err = {0};
        struct bw_str bytes;
        int r;

        if (v.type != BW_STRING)
                return refuse_type(walk, "a text", v);
        r = bw_base64_decode(walk->arena, bw_str_n(v.s, v.n), 0, &bytes, &err);
        bw_arena_restore(walk->arena, mark);
        if (r == -EINVAL)
                return refuse(walk, "%s", err.message);
        return r < 0 ? bw_arena_error(walk->arena, walk->reterr) : 0;
}

static int check_texts(struct walk *walk, struct bw_value v)
{
        if (v.type != BW_LIST)
                return refuse_type(walk, "a list of texts", v);
        if (v.n > BW_LIMIT_KUBECONFIG_VALUES)
                return refuse(walk, "has more than %d items", BW_LIMIT_KUBECONFIG_VALUES);
        for (uint32_t i = 0; i < v.n; i++) {
                struct bw_value item = bw_list_get(v, i);
                int r;

                step_index(walk, i);
                r = item.type == BW_NULL ? 0 : check_text(walk, item);
                if (r < 0)
                        return r;
                walk->n--;
        }
        return 0;
}

static int check_map(struct walk *walk, struct bw_value v, int (*check)(struct walk *walk, struct bw_value v))
{
        if (v.type != BW_MAP)
                return refuse_type(walk, "a map", v);
        if (v.n > BW_LIMIT_KUBECONFIG_VALUES)
                return refuse(walk, "has more than %d keys", BW_LIMIT_KUBECONFIG_VALUES);
        for (uint32_t i = 0; i < v.n; i++) {
                const struct bw_entry *entry = &v.map->entries[i];
                int r;

                step_key(walk, bw_str_n(entry->key.s, entry->key.n));
                r = entry->value.type == BW_NULL ? 0 : check(walk, entry->value);
                if (r < 0)
                        return r;
                walk->n--;
        }
        return 0;
}

static int check_objects(struct walk *walk, struct bw_value v, const struct field *fields)
{
        if (v.type != BW_LIST)
                return refuse_type(walk, "a list", v);
        if (v.n > BW_LIMIT_KUBECONFIG_ENTRIES)
                return refuse(walk, "has more than %d entries", BW_LIMIT_KUBECONFIG_ENTRIES);
        for (uint32_t i = 0; i < v.n; i++) {
                struct bw_value item = bw_list_get(v, i);
                int r;

                step_index(walk, i);
                r = item.type == BW_NULL ? 0 : check_fields(walk, item, fields);
                if (r < 0)
                        return r;
                walk->n--;
        }
        return 0;
}

static int check_value(struct walk *walk, struct bw_value v, const struct field *field)
{
        /* An explicit null is as good as nothing, to Go. */
        if (v.type == BW_ABSENT || v.type == BW_NULL)
                return 0;
        switch (field->form) {
        case TEXT:
                return check_text(walk, v);
        case BOOL:
                return v.type == BW_BOOL ? 0 : refuse_type(walk, "true or false", v);
        case BYTES:
                return check_bytes(walk, v);
        case TEXTS:
                return check_texts(walk, v);
        case TEXT_MAP:
                return check_map(walk, v, check_text);
        case TEXTS_MAP:
                return check_map(walk, v, check_texts);
        case OBJECT:
                return check_fields(walk, v, field->fields);
        case OBJECTS:
                return check_objects(walk, v, field->fields);
        case ANY:
                return 0;
        }
        return 0;
}

static int check_fields(struct walk *walk, struct bw_value v, const struct field *fields)
{
        if (v.type != BW_MAP)
                return refuse_type(walk, "a map", v);
        for (const struct field *f = fields; f->key; f++) {
                int r;

                step_key(walk, bw_str(f->key));
                r = check_value(walk, bw_map_get(v, bw_str(f->key)), f);
                if (r < 0)
                        return r;
                walk->n--;
        }
        return 0;
}

/* Of a name that stands twice in one list, client-go would not know which is meant. */
static int check_names(struct walk *walk, enum bw_kube_list list)
{
        struct bw_value items = walk->file->lists[list];

        for (uint32_t i = 1; i < items.n; i++) {
                struct bw_str name = bw_map_text(bw_list_get(items, i), "name");

                for (uint32_t k = 0; k < i; k++) {
                        if (!bw_str_eq(name, bw_map_text(bw_list_get(items, k), "name")))
                                continue;
                        step_key(walk, bw_str(lists[list].list));
                        step_index(walk, i);
                        step_key(walk, BW_STR("name"));
                        return refuse(walk, "there are two entries with the name \"%.*s\"", BW_STR_ARG(name));
                }
        }
        return 0;
}

/* Both may be left out. */
static int check_kind(struct walk *walk)
{
        struct bw_value root = walk->file->doc.root;
        struct bw_str version = bw_map_text(root, "apiVersion");
        struct bw_str kind = bw_map_text(root, "kind");

        if (kind.n && !bw_str_is(kind, "Config")) {
                step_key(walk, BW_STR("kind"));
                return refuse(walk, "is \"%.*s\": this is no kubeconfig, whose kind is Config", BW_STR_ARG(kind));
        }
        if (version.n && !bw_str_is(version, "v1")) {
                step_key(walk, BW_STR("apiVersion"));
                return refuse(walk, "is \"%.*s\": kubeconfigs are v1", BW_STR_ARG(version));
        }
        return 0;
}

/* JSON is YAML, nearly; JSON with tabs is not, and what begins with a brace may well be YAML. */
int bw_kube_read_object(struct bw_arena *arena, struct bw_str bytes, struct bw_doc *doc, struct bw_error *reterr)
{
        size_t used = 0;

        if (bw_stream_format(bytes) == BW_FORMAT_JSON) {
                int r = bw_json_read(arena, bytes, 1, 1, false, doc, &used, NULL);

                if ((r == 0 && used == bytes.n) || (r < 0 && r != -EINVAL))
                        return r < 0 ? bw_arena_error(arena, reterr) : 0;
        }
        return bw_yaml_read(arena, bytes, 1, false, doc, reterr);
}

static int read_text(struct bw_arena *arena, const struct bw_kube_text *text, struct bw_doc *doc, struct bw_error *reterr)
{
        struct bw_error err = {0};
        int r;

        if (text->bytes.n > BW_LIMIT_PEM_BYTES)
                r = bw_error_set(&err, -E2BIG, "is larger than %zu bytes, the most that is read of a kubeconfig",
                                 BW_LIMIT_PEM_BYTES);
        else
                r = bw_kube_read_object(arena, text->bytes, doc, &err);
        if (r == -EINVAL)
                (void)bw_error_wrap(&err, r, "no kubeconfig");
        if (r < 0) {
                bw_error_in_file(&err, text->path);
                if (reterr && reterr->code == 0)
                        *reterr = err;
        }
        return r;
}

static int read_file(struct bw_arena *arena, const struct bw_kube_text *text, struct bw_kube_file *file, struct bw_error *reterr)
{
        struct walk walk = {.arena = arena, .file = file, .reterr = reterr};
        int r;

        *file = (struct bw_kube_file){.text = text};
        r = read_text(arena, text, &file->doc, reterr);
        /* An empty file has nothing to say. */
        if (r < 0 || file->doc.root.type == BW_NULL || file->doc.root.type == BW_ABSENT)
                return r;
        r = check_fields(&walk, file->doc.root, config_fields);
        if (r == 0)
                r = check_kind(&walk);
        for (size_t i = 0; i < _BW_KUBE_LIST_MAX && r == 0; i++) {
                file->lists[i] = bw_map_get(file->doc.root, bw_str(lists[i].list));
                if (file->lists[i].type != BW_LIST)
                        file->lists[i] = (struct bw_value){0};
                r = check_names(&walk, (enum bw_kube_list)i);
        }
        return r;
}

int bw_kube_files_read(struct bw_arena *arena, const struct bw_kube_text *texts, size_t n, struct bw_kube_files *ret,
                       struct bw_error *reterr)
{
        struct bw_kube_files files = {.items = bw_arena_zalloc(arena, (n + 1) * sizeof(*files.items)), .n = n};

        if (!files.items)
                return bw_arena_error(arena, reterr);
        for (size_t i = 0; i < n; i++) {
                int r = read_file(arena, &texts[i], &files.items[i], reterr);

                if (r < 0)
                        return r;
        }
        *ret = files;
        return 0;
}

/* ---- looking up */

bool bw_kube_find(const struct bw_kube_files *files, enum bw_kube_list list, struct bw_str name, struct bw_kube_entry *ret)
{
        for (size_t f = 0; f < files->n; f++) {
                struct bw_value items = files->items[f].lists[list];

                for (uint32_t i = 0; i < items.n; i++) {
                        struct bw_value item = bw_list_get(items, i);

                        if (!bw_str_eq(bw_map_text(item, "name"), name))
                                continue;
                        *ret = (struct bw_kube_entry){.file = &files->items[f],
                                                      .index = i,
                                                      .list = list,
                                                      .name = name,
                                                      .value = bw_map_get(item, bw_str(lists[list].item))};
                        return true;
                }
        }
        return false;
}

struct bw_str bw_kube_names(struct bw_arena *arena, const struct bw_kube_files *files, enum bw_kube_list list)
{
        const size_t most = 10;
        struct bw_str text = {0};
        size_t n = 0;

        for (size_t f = 0; f < files->n; f++) {
                struct bw_value items = files->items[f].lists[list];

                for (uint32_t i = 0; i < items.n; i++) {
                        struct bw_str name = bw_map_text(bw_list_get(items, i), "name");

                        if (n++ < most)
                                text = bw_arena_printf(arena, "%.*s%s%.*s", BW_STR_ARG(text), text.n ? ", " : "",
                                                       BW_STR_ARG(name));
                }
        }
        if (n > most)
                text = bw_arena_printf(arena, "%.*s and %zu more", BW_STR_ARG(text), n - most);
        return n ? text : BW_STR("none");
}

int bw_kube_error_at(struct bw_arena *arena, const struct bw_kube_entry *entry, const char *key, struct bw_error *reterr,
                     int code, const char *fmt, ...)
{
        const struct bw_segment steps[] = {
                {.kind = BW_SEGMENT_KEY, .key = bw_value_str(bw_str(lists[entry->list].list))},
                {.kind = BW_SEGMENT_INDEX, .index = entry->index},
                {.kind = BW_SEGMENT_KEY, .key = bw_value_str(bw_str(lists[entry->list].item))},
                {.kind = BW_SEGMENT_KEY, .key = bw_value_str(bw_str(key))},
        };
        char message[sizeof(reterr->message)];
        va_list ap;

        va_start(ap, fmt);
        (void)vsnprintf(message, sizeof(message), fmt, ap);
        va_end(ap);
        return place_error(arena, entry->file, (struct bw_path){.n = key ? 4 : 2, .segments = steps}, reterr, code, message);
}
