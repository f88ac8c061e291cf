/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Topic k8s-yaml. A file is one of:
 *   a JSON list of cases   {id, text | repeat, json | error, strict_error?}        one document each
 *                          {id, text, docs, error?, kubectl?}                       a stream
 *   a list of records      {file, format, docs, stream_error?}, one JSON value a line, also gzipped: files as kubectl
 *                          reads them, looked up from the folder of the list
 */
#define BW_ALLOW_BANNED
#include "vectors.h"

#include <zlib.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "doc/stream.h"

static struct bw_value get(struct bw_value map, const char *key)
{
        return bw_map_get(map, bw_str(key));
}

/* Numbers compare as numbers: documents keep 1 and 1.0 apart, JSON does not. */
static bool same(struct bw_value a, struct bw_value b)
{
        return bw_value_eq(a, b);
}

static struct bw_str as_json(struct bw_arena *arena, struct bw_value v)
{
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        struct bw_str text;

        bw_value_json(&out, v, 0);
        text = bw_buf_view(&out);
        return bw_arena_str(arena, bw_str_n(text.p, BW_MIN(text.n, (size_t)600)));
}

/* What came of one document, set beside a record {json | error, strict_error?}. */
static void compare(struct vectors_run *run, struct bw_arena *arena, struct bw_value want, const char *name, int r,
                    const struct bw_doc *doc, const struct bw_error *err)
{
        char text[512];

        if (get(want, "error").type != BW_ABSENT) {
                vectors_case(run, r < 0, name, "expected an error, came %.*s",
                             BW_STR_ARG(r < 0 ? (struct bw_str){0} : as_json(arena, doc->root)));
        } else if (r < 0) {
                vectors_case(run, false, name, "expected a value, came the error %s",
                             bw_error_format(err, text, sizeof(text)));
        } else {
                bool ok = same(get(want, "json"), doc->root);

                vectors_case(run, ok, name, "expected %.*s\n  came     %.*s",
                             BW_STR_ARG(ok ? (struct bw_str){0} : as_json(arena, get(want, "json"))),
                             BW_STR_ARG(ok ? (struct bw_str){0} : as_json(arena, doc->root)));
        }
}

static void compare_strict(struct vectors_run *run, struct bw_value want, const char *name, int r, int strict)
{
        bool refused = get(want, "strict_error").type != BW_ABSENT;
        char label[512];

        (void)snprintf(label, sizeof(label), "%s (strict)", name);
        vectors_case(run, r < 0 ? strict < 0 : (strict < 0) == refused, label, "strict reading gave %d", strict);
}

/* ---- values.json ---- */

static struct bw_str case_text(struct bw_arena *arena, struct bw_value c)
{
        struct bw_value repeat = get(c, "repeat");
        struct bw_str open;
        struct bw_str middle;
        struct bw_str close;
        size_t n;
        char *p;

        if (repeat.type != BW_MAP)
                return bw_map_text(c, "text");
        open = bw_map_text(repeat, "open");
        middle = bw_map_text(repeat, "middle");
        close = bw_map_text(repeat, "close");
        n = (size_t)get(repeat, "n").i;
        p = bw_arena_alloc(arena, n * (open.n + close.n) + middle.n);
        if (!p)
                return (struct bw_str){0};
        for (size_t i = 0; i < n; i++) {
                memcpy(p + i * open.n, open.p, open.n);
                memcpy(p + n * open.n + middle.n + i * close.n, close.p, close.n);
        }
        memcpy(p + n * open.n, middle.p, middle.n);
        return bw_str_n(p, n * (open.n + close.n) + middle.n);
}

static void run_value(struct vectors_run *run, struct bw_arena *arena, struct bw_value c, const char *name)
{
        struct bw_str text = case_text(arena, c);
        struct bw_doc doc = {0};
        struct bw_doc strict = {0};
        struct bw_error err = {0};
        int r = bw_yaml_read(arena, text, 1, false, &doc, &err);

        compare(run, arena, c, name, r, &doc, &err);
        compare_strict(run, c, name, r, bw_yaml_read(arena, text, 1, true, &strict, NULL));
}

/* ---- streams ---- */

enum how {
        HOW_YAML_READER, /* YAMLReader: always YAML */
        HOW_KUBECTL,     /* YAMLOrJSONDecoder: gives up at the first document that cannot be read */
        HOW_FILE,        /* the same, but goes on with the next YAML document */
};

/*
 * Reads a stream and compares it document by document with the list `docs`. broken: after these the stream must end in
 * an error, of the splitter or, in a JSON stream, of a value.
 */
static void run_stream(struct vectors_run *run, struct bw_arena *arena, struct bw_str text, enum how how,
                       struct bw_value docs, bool broken, const char *name)
{
        enum bw_format format = how == HOW_YAML_READER ? BW_FORMAT_YAML : bw_stream_format(text);
        struct bw_cutter cutter;
        struct bw_piece piece;
        struct bw_error err = {0};
        char label[300];
        uint32_t i = 0;
        bool bad = false;
        int r;

        bw_cutter_init(&cutter, format, false);
        while ((r = bw_cutter_next(&cutter, &text, true, &piece, &err)) == 1) {
                struct bw_value want = bw_list_get(docs, i);
                struct bw_doc doc = {0};
                struct bw_doc strict = {0};
                struct bw_error doc_err = {0};
                int status = bw_doc_read(arena, &piece, false, &doc, &doc_err);

                if (status < 0 && format == BW_FORMAT_JSON && how == HOW_FILE && want.type == BW_ABSENT) {
                        bad = true;
                        break;
                }
                (void)snprintf(label, sizeof(label), "%s document %u", name, (unsigned)i);
                if (want.type == BW_ABSENT) {
                        vectors_case(run, false, label, "unexpected document %.*s", BW_STR_ARG(piece.text));
                        return;
                }
                compare(run, arena, want, label, status, &doc, &doc_err);
                if (how == HOW_FILE && format == BW_FORMAT_YAML)
                        compare_strict(run, want, label, status, bw_doc_read(arena, &piece, true, &strict, NULL));
                i++;
                if (status < 0 && how == HOW_KUBECTL)
                        break;
        }
        bad = bad || r < 0;
        if (how == HOW_KUBECTL && r < 0 && get(bw_list_get(docs, i), "error").type != BW_ABSENT) {
                i++;
                bad = broken = false;
        }
        (void)snprintf(label, sizeof(label), "%s end", name);
        vectors_case(run, i == docs.n && bad == broken, label, "%u of %u documents; stream %s, expected %s: %s",
                     (unsigned)i, (unsigned)docs.n, bad ? "broken" : "whole", broken ? "broken" : "whole", err.message);
}

static void run_streams(struct vectors_run *run, struct bw_arena *arena, struct bw_value c, const char *name)
{
        char label[200];

        (void)snprintf(label, sizeof(label), "%s reader", name);
        run_stream(run, arena, bw_map_text(c, "text"), HOW_YAML_READER, get(c, "docs"),
                   get(c, "error").type != BW_ABSENT, label);
        if (get(c, "kubectl").type == BW_ABSENT)
                return;
        (void)snprintf(label, sizeof(label), "%s kubectl", name);
        run_stream(run, arena, bw_map_text(c, "text"), HOW_KUBECTL, get(c, "kubectl"), false, label);
}

static void run_cases(struct vectors_run *run, struct bw_arena *arena, struct bw_value list)
{
        for (uint32_t i = 0; i < list.n; i++) {
                struct bw_value c = list.list->items[i];
                struct bw_arena_mark mark = bw_arena_save(arena);
                char name[128];

                (void)snprintf(name, sizeof(name), "%.*s", BW_STR_ARG(bw_map_text(c, "id")));
                if (get(c, "docs").type != BW_ABSENT)
                        run_streams(run, arena, c, name);
                else if (get(c, "text").type != BW_ABSENT || get(c, "repeat").type != BW_ABSENT)
                        run_value(run, arena, c, name);
                else
                        vectors_broken(run, "%s has neither text nor docs", name);
                bw_arena_restore(arena, mark);
        }
}

/* ---- records of files ---- */

static void run_record(struct vectors_run *run, struct bw_arena *arena, struct bw_value record, struct bw_str folder)
{
        struct bw_str name = bw_map_text(record, "file");
        struct bw_str path = bw_arena_printf(arena, "%.*s%.*s", BW_STR_ARG(folder), BW_STR_ARG(name));
        struct bw_str text = path.p ? vectors_read(run, arena, path.p) : (struct bw_str){0};
        char label[256];

        if (!text.p)
                return;
        (void)snprintf(label, sizeof(label), "%.*s", BW_STR_ARG(name));
        vectors_case(run,
                     (bw_stream_format(text) == BW_FORMAT_JSON) == bw_str_is(bw_map_text(record, "format"), "json"),
                     label, "format");
        run_stream(run, arena, text, HOW_FILE, get(record, "docs"), get(record, "stream_error").type != BW_ABSENT,
                   label);
}

static void run_records(struct vectors_run *run, struct bw_arena *arena, struct bw_str text, const char *path)
{
        const char *slash = strrchr(path, '/');
        struct bw_str folder = slash ? bw_str_n(path, (size_t)(slash - path) + 1) : (struct bw_str){0};
        struct bw_cutter cutter;
        struct bw_piece piece;
        struct bw_error err = {0};
        int r;

        bw_cutter_init(&cutter, BW_FORMAT_JSON, false);
        while ((r = bw_cutter_next(&cutter, &text, true, &piece, &err)) == 1) {
                struct bw_arena_mark mark = bw_arena_save(arena);
                struct bw_doc record;

                r = bw_json_read(arena, piece.text, piece.line, 1, false, &record, NULL, &err);
                if (r < 0)
                        break;
                run_record(run, arena, record.root, folder);
                bw_arena_restore(arena, mark);
        }
        if (r < 0)
                vectors_broken(run, "line %u: %s", (unsigned)err.line, err.message);
}

static struct bw_str gunzip(struct vectors_run *run, struct bw_arena *arena, struct bw_str packed)
{
        z_stream z = {.next_in = (unsigned char *)(uintptr_t)packed.p, .avail_in = (unsigned)packed.n};
        size_t cap = (size_t)256 << 20;
        char *p = bw_arena_alloc(arena, cap);

        if (!p || inflateInit2(&z, 31) != Z_OK)
                return packed;
        z.next_out = (unsigned char *)p;
        z.avail_out = (unsigned)cap;
        if (inflate(&z, Z_FINISH) != Z_STREAM_END)
                vectors_broken(run, "bad gzip data");
        inflateEnd(&z);
        return bw_str_n(p, z.total_out);
}

static void run(struct vectors_run *run, const char *path)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_str text = arena ? vectors_read(run, arena, path) : (struct bw_str){0};
        struct bw_error err = {0};
        struct bw_doc list;

        if (!text.p)
                return;
        if (bw_str_starts(text, BW_STR("\x1f\x8b")))
                text = gunzip(run, arena, text);
        if (bw_stream_format(text) == BW_FORMAT_JSON)
                run_records(run, arena, text, path);
        else if (bw_json_read(arena, text, 1, 1, false, &list, NULL, &err) < 0 || list.root.type != BW_LIST)
                vectors_broken(run, "no list of cases: %s", err.message);
        else
                run_cases(run, arena, list.root);
}

const struct vectors_topic vectors_k8s_yaml = {
        .name = "k8s-yaml",
        .help = "how Kubernetes reads YAML and JSON: values, streams, files with their expected parse",
        .run = run,
};
