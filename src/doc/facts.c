/* SPDX-License-Identifier: Apache-2.0 */
#include "doc/facts.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/utf8.h"

/* Room for one more of n entries of `size` bytes: twice as many, in the arena; what was there before is left behind. */
static void *grown(struct bw_facts *facts, void *old, uint32_t n, uint32_t *cap, size_t size)
{
        uint32_t more = *cap ? *cap * 2 : 8;
        void *grown;

        if (n < *cap)
                return old;
        grown = facts->failed ? NULL : bw_arena_array(facts->arena, more, size);
        if (!grown) {
                facts->failed = true;
                return NULL;
        }
        if (n)
                memcpy(grown, old, n * size);
        *cap = more;
        return grown;
}

void bw_facts_init(struct bw_facts *facts, struct bw_arena *arena, const char *kind, struct bw_str name)
{
        *facts = (struct bw_facts){.arena = arena, .kind = bw_str(kind), .name = name};
        facts->fields = bw_fields(facts);
        facts->evidence = bw_fields(facts);
}

struct bw_fields bw_fields(struct bw_facts *facts)
{
        return (struct bw_fields){.facts = facts};
}

struct bw_items bw_items(struct bw_facts *facts)
{
        return (struct bw_items){.facts = facts};
}

/* The text with U+FFFD for each bad byte. */
static void put_valid(struct bw_buf *to, struct bw_str text)
{
        while (text.n) {
                uint32_t rune;
                char bytes[4];
                size_t n = bw_utf8_decode(text, &rune);

                bw_buf_put(to, bytes, bw_utf8_encode(rune, bytes));
                text = bw_str_rest(text, n);
        }
}

struct bw_value bw_facts_text(struct bw_facts *facts, struct bw_str text)
{
        bw_auto_done(bw_buf_done) struct bw_buf clean = {0};
        struct bw_str copy = {0};

        if (!bw_utf8_valid(text)) {
                put_valid(&clean, text);
                text = bw_buf_view(&clean);
        }
        if (!facts->failed && bw_buf_status(&clean) == 0)
                copy = bw_arena_str(facts->arena, text);
        if (!copy.p) {
                facts->failed = true;
                return bw_value_null();
        }
        return bw_value_str(copy);
}

void bw_fields_value_at(struct bw_fields *fields, struct bw_str key, struct bw_value value)
{
        struct bw_value name = bw_facts_text(fields->facts, key);

        fields->entries = grown(fields->facts, fields->entries, fields->n, &fields->cap, sizeof(fields->entries[0]));
        if (fields->entries)
                fields->entries[fields->n++] = (struct bw_entry){.key = name, .value = value};
        else
                fields->n = fields->cap = 0;
}

void bw_fields_value(struct bw_fields *fields, const char *key, struct bw_value value)
{
        bw_fields_value_at(fields, bw_str(key), value);
}

void bw_fields_text(struct bw_fields *fields, const char *key, struct bw_str text)
{
        bw_fields_value(fields, key, bw_facts_text(fields->facts, text));
}

void bw_fields_int(struct bw_fields *fields, const char *key, int64_t i)
{
        bw_fields_value(fields, key, bw_value_int(i));
}

void bw_fields_bool(struct bw_fields *fields, const char *key, bool b)
{
        bw_fields_value(fields, key, bw_value_bool(b));
}

void bw_items_value(struct bw_items *items, struct bw_value value)
{
        items->items = grown(items->facts, items->items, items->n, &items->cap, sizeof(items->items[0]));
        if (items->items)
                items->items[items->n++] = value;
        else
                items->n = items->cap = 0;
}

void bw_items_text(struct bw_items *items, struct bw_str text)
{
        bw_items_value(items, bw_facts_text(items->facts, text));
}

struct bw_value bw_fields_end(struct bw_fields *fields)
{
        struct bw_facts *facts = fields->facts;
        struct bw_map *map = facts->failed ? NULL : bw_map_new(facts->arena, fields->n);
        uint32_t n = fields->n;
        bool repeated;

        if (!map) {
                facts->failed = true;
                return bw_value_null();
        }
        if (n)
                memcpy(map->entries, fields->entries, n * sizeof(map->entries[0]));
        if (bw_map_seal_last(facts->arena, map, &n, NULL, &repeated) < 0) {
                facts->failed = true;
                return bw_value_null();
        }
        return bw_value_map(map, n);
}

struct bw_value bw_items_end(struct bw_items *items)
{
        struct bw_list *list = items->facts->failed ? NULL : bw_list_new(items->facts->arena, items->n);

        if (!list) {
                items->facts->failed = true;
                return bw_value_null();
        }
        if (items->n)
                memcpy(list->items, items->items, items->n * sizeof(list->items[0]));
        return bw_value_list(list, items->n);
}

static void text_if(struct bw_fields *fields, const char *key, struct bw_str text)
{
        if (text.n)
                bw_fields_text(fields, key, text);
}

static void add_evidence(struct bw_facts *facts, const struct bw_evidence *evidence, struct bw_str path)
{
        struct bw_fields row = bw_fields(facts);

        text_if(&row, "type", bw_str(evidence->type));
        text_if(&row, "state", bw_str(evidence->state));
        text_if(&row, "text", evidence->text);
        text_if(&row, "file", evidence->file);
        if (evidence->line)
                bw_fields_int(&row, "line", evidence->line);
        if (evidence->column)
                bw_fields_int(&row, "column", evidence->column);
        text_if(&row, "path", evidence->path);
        text_if(&row, "reason", evidence->reason);
        text_if(&row, "help", evidence->help);
        bw_fields_value_at(&facts->evidence, path, bw_fields_end(&row));
}

void bw_facts_evidence(struct bw_facts *facts, const struct bw_evidence *evidence, const char *path, ...)
{
        struct bw_str text;
        va_list ap;
        va_list again;
        int n;
        char *p;

        va_start(ap, path);
        va_copy(again, ap);
        n = vsnprintf(NULL, 0, path, ap);
        p = n < 0 || facts->failed ? NULL : bw_arena_alloc(facts->arena, (size_t)n + 1);
        text = bw_str_n(p, p ? (size_t)n : 0);
        if (p)
                (void)vsnprintf(p, (size_t)n + 1, path, again);
        va_end(again);
        va_end(ap);
        if (p)
                add_evidence(facts, evidence, text);
        else
                facts->failed = true;
}

void bw_facts_evidence_of(struct bw_facts *facts, const struct bw_evidence *evidence, const char *parent, struct bw_str key)
{
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        struct bw_segment segments[2] = {
                {.kind = BW_SEGMENT_KEY, .key = bw_facts_text(facts, bw_str("x"))},
                {.kind = BW_SEGMENT_KEY, .key = bw_facts_text(facts, key)},
        };
        struct bw_path path = {.n = 2, .segments = segments};
        size_t stands_in = parent[0] != '\0';

        if (facts->failed)
                return;
        /* "x" stands in for a parent: what follows it has the point or bracket that belongs there. */
        if (!stands_in)
                path = (struct bw_path){.n = 1, .segments = segments + 1};
        bw_path_format(&text, path);
        if (bw_buf_status(&text) < 0 || text.n < stands_in)
                facts->failed = true;
        else
                bw_facts_evidence(facts, evidence, "%s%s", parent, text.p + stands_in);
}

void bw_facts_absent(struct bw_facts *facts, const char *path, const char *reason)
{
        bw_facts_evidence(facts, &(struct bw_evidence){.state = "absent", .reason = bw_str(reason)}, "%s", path);
}

/* What would have helped, for the two errors where it is known. */
static const char *help_for(int code)
{
        return code == -EACCES || code == -EPERM ? "run as root, or with CAP_DAC_READ_SEARCH" : NULL;
}

void bw_facts_unreadable(struct bw_facts *facts, const char *path, struct bw_str file, const struct bw_error *err)
{
        struct bw_evidence evidence = {
                .state = "unreadable",
                .file = file,
                .line = err->line,
                .column = err->column,
                .reason = bw_str(err->message),
                .help = bw_str(help_for(err->code)),
        };

        bw_facts_evidence(facts, &evidence, "%s", path);
}

/* A walk over a document's values. */
struct walk {
        struct bw_facts *facts;
        struct bw_doc *doc;
        const char *type;
        struct bw_str file;
        const char *prefix;
        struct bw_buf text;
        struct bw_segment segments[BW_LIMIT_PATH_DEPTH];
        size_t n;
};

static void walk_value(struct walk *walk, struct bw_value value);

static void walk_leaf(struct walk *walk)
{
        struct bw_path path = {.n = walk->n, .segments = walk->segments};
        struct bw_mark mark = bw_doc_mark(walk->doc, walk->facts->arena, path, false);
        struct bw_evidence evidence = {
                .type = walk->type, .file = walk->file, .line = mark.line, .column = mark.column};
        bool joined = walk->prefix[0] && walk->n && walk->segments[0].kind == BW_SEGMENT_KEY;

        bw_buf_clear(&walk->text);
        bw_path_format(&walk->text, path);
        if (bw_buf_status(&walk->text) < 0)
                walk->facts->failed = true;
        else
                bw_facts_evidence(walk->facts, &evidence, "%s%s%.*s", walk->prefix,
                                  joined && bw_buf_view(&walk->text).p[0] != '[' ? "." : "",
                                  BW_STR_ARG(bw_buf_view(&walk->text)));
}

static void walk_child(struct walk *walk, struct bw_segment segment, struct bw_value value)
{
        if (walk->n == BW_LIMIT_PATH_DEPTH || walk->facts->failed)
                return;
        walk->segments[walk->n++] = segment;
        walk_value(walk, value);
        walk->n--;
}

static void walk_value(struct walk *walk, struct bw_value value)
{
        walk_leaf(walk);
        if (value.type == BW_MAP)
                for (uint32_t i = 0; i < value.n; i++)
                        if (value.map->entries[i].key.type == BW_STRING)
                                walk_child(walk,
                                           (struct bw_segment){.kind = BW_SEGMENT_KEY, .key = value.map->entries[i].key},
                                           value.map->entries[i].value);
        if (value.type == BW_LIST)
                for (uint32_t i = 0; i < value.n; i++)
                        walk_child(walk, (struct bw_segment){.kind = BW_SEGMENT_INDEX, .index = i},
                                   value.list->items[i]);
}

void bw_facts_evidence_of_doc(struct bw_facts *facts, const char *type, struct bw_str file, struct bw_doc *doc,
                              const char *prefix)
{
        struct walk walk = {.facts = facts, .doc = doc, .type = type, .file = file, .prefix = prefix};

        walk_value(&walk, doc->root);
        bw_buf_done(&walk.text);
}

int bw_facts_finish_as(struct bw_facts *facts, const char *api_version, struct bw_doc *ret_doc, struct bw_error *reterr)
{
        struct bw_fields root = bw_fields(facts);
        struct bw_fields metadata = bw_fields(facts);

        bw_fields_text(&metadata, "name", facts->name);
        bw_fields_text(&root, "apiVersion", bw_str(api_version));
        bw_fields_text(&root, "kind", facts->kind);
        bw_fields_value(&root, "metadata", bw_fields_end(&metadata));
        for (uint32_t i = 0; i < facts->fields.n; i++)
                bw_fields_value_at(&root, bw_value_text(facts->fields.entries[i].key), facts->fields.entries[i].value);
        bw_fields_value(&root, "evidence", bw_fields_end(&facts->evidence));
        *ret_doc = (struct bw_doc){.root = bw_fields_end(&root), .format = BW_FORMAT_JSON};
        if (facts->failed)
                return bw_error_nomem(reterr);
        (void)bw_doc_identify(ret_doc);
        return 0;
}

int bw_facts_finish(struct bw_facts *facts, struct bw_doc *ret_doc, struct bw_error *reterr)
{
        return bw_facts_finish_as(facts, "bulwark.dev/v1", ret_doc, reterr);
}

bool bw_doc_may_have_evidence(const struct bw_doc *doc)
{
        return bw_str_is(doc->group, "bulwark.dev") || bw_str_is(doc->group, "audit.k8s.io") ||
               bw_str_ends(doc->group, BW_STR(".config.k8s.io"));
}

bool bw_doc_has_evidence(const struct bw_doc *doc)
{
        return bw_doc_may_have_evidence(doc) && bw_map_get(doc->root, BW_STR("evidence")).type == BW_MAP;
}

static bool is_word(struct bw_str key)
{
        for (size_t i = 0; i < key.n; i++)
                if (!(key.p[i] == '_' || (key.p[i] >= '0' && key.p[i] <= '9') || (key.p[i] >= 'A' && key.p[i] <= 'Z') ||
                      (key.p[i] >= 'a' && key.p[i] <= 'z')))
                        return false;
        return key.n > 0;
}

/* The path with every key in brackets that is no word: settings['anonymous-auth']. False when there is none. */
static bool format_in_brackets(struct bw_buf *out, struct bw_path path)
{
        bool any = false;

        for (size_t i = 0; i < path.n; i++) {
                const struct bw_segment *s = &path.segments[i];
                struct bw_str key = s->kind == BW_SEGMENT_KEY ? bw_value_text(s->key) : (struct bw_str){0};

                if (s->kind != BW_SEGMENT_KEY)
                        bw_path_format(out, (struct bw_path){.n = 1, .segments = s});
                else if (is_word(key))
                        bw_buf_printf(out, "%s%.*s", i ? "." : "", BW_STR_ARG(key));
                else
                        bw_buf_printf(out, "['%.*s']", BW_STR_ARG(key));
                any |= s->kind == BW_SEGMENT_KEY && !is_word(key);
        }
        return any;
}

/* Evidence is written with the brackets that a path needs, or with more of them. */
static struct bw_value find_at(struct bw_value evidence, struct bw_path path, struct bw_buf *text)
{
        struct bw_value found;

        bw_buf_clear(text);
        bw_path_format(text, path);
        found = bw_map_get(evidence, bw_buf_view(text));
        if (found.type == BW_MAP)
                return found;
        bw_buf_clear(text);
        return format_in_brackets(text, path) ? bw_map_get(evidence, bw_buf_view(text)) : found;
}

struct bw_value bw_evidence_find(struct bw_value root, struct bw_path path)
{
        struct bw_value evidence = bw_map_get(root, BW_STR("evidence"));
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};

        for (size_t n = path.n + 1; evidence.type == BW_MAP && n-- > 0;) {
                struct bw_value found = find_at(evidence, (struct bw_path){.n = n, .segments = path.segments}, &text);

                if (bw_buf_status(&text) < 0)
                        break;
                if (found.type == BW_MAP)
                        return found;
        }
        return (struct bw_value){0};
}
