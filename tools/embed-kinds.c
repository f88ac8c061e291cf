/* SPDX-License-Identifier: Apache-2.0 */
/*
 * embed-kinds OUT.c DEPFILE KINDS: turns the descriptions of bulwark's own kinds below KINDS into the tables by which rules
 * are linted (struct rule_field_table in src/rule/fields_internal.h): a type for each kind and for each map in it whose
 * fields are known. Several files may describe parts of one kind. Runs at build time; tools/check-kinds lints the files.
 */
#define BW_ALLOW_BANNED
#include <dirent.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "doc/doc.h"

enum { MAX_FILES = 500 };

struct file {
        char *path;
        struct bw_doc doc;
};

struct embed {
        struct bw_arena *arena;
        struct file files[MAX_FILES];
        size_t n_files;
        struct bw_buf deps;
        struct bw_buf tables;
};

static void die(const char *what, const char *why)
{
        fprintf(stderr, "embed-kinds: %s: %s\n", what, why);
        exit(1);
}

static void add_path(struct embed *e, const char *path)
{
        struct stat st;
        size_t n = strlen(path);

        if (stat(path, &st) < 0)
                die(path, strerror(errno));
        if (!S_ISDIR(st.st_mode) && (n < 5 || strcmp(path + n - 5, ".yaml") != 0))
                return;
        bw_buf_printf(&e->deps, " %s", path);
        if (S_ISDIR(st.st_mode)) {
                DIR *dir = opendir(path);
                const struct dirent *d;

                if (!dir)
                        die(path, strerror(errno));
                while ((d = readdir(dir))) {
                        char sub[4096];

                        if ((size_t)snprintf(sub, sizeof(sub), "%s/%s", path, d->d_name) >= sizeof(sub))
                                die(path, "too long");
                        if (d->d_name[0] != '.')
                                add_path(e, sub);
                }
                closedir(dir);
                return;
        }
        if (e->n_files == MAX_FILES)
                die(path, "too many files");
        e->files[e->n_files++].path = strdup(path);
}

static void read_kind(struct embed *e, struct file *file)
{
        FILE *f = fopen(file->path, "rb");
        struct bw_error err = {0};
        char text[1100];
        struct stat st;
        char *p;

        if (!f || fstat(fileno(f), &st) < 0)
                die(file->path, strerror(errno));
        p = bw_arena_alloc(e->arena, (size_t)st.st_size + 1);
        if (!p)
                die("memory", "used up");
        if (bw_yaml_read(e->arena, bw_str_n(p, fread(p, 1, (size_t)st.st_size, f)), 1, true, &file->doc, &err) < 0) {
                bw_error_in_file(&err, bw_str(file->path));
                die("kind", bw_error_format(&err, text, sizeof(text)));
        }
        fclose(f);
        if (!bw_map_text(file->doc.root, "kind").n || bw_map_get(file->doc.root, BW_STR("fields")).type != BW_MAP)
                die(file->path, "a kind has kind, about and fields");
}

static struct bw_str kind_of(const struct file *file)
{
        return bw_map_text(file->doc.root, "kind");
}

static int cmp_file(const void *a, const void *b)
{
        const struct file *x = a;
        const struct file *y = b;
        int r = bw_str_cmp(kind_of(x), kind_of(y));

        return r ? r : strcmp(x->path, y->path);
}

/*
 * The fields of a map, or of the maps in a list: `of` has them, or (of: {type: map, of: …}) what is in each item. Of a map
 * with free keys, whose `of` is an item too, there are none: its values have no type. ABSENT: none.
 */
static struct bw_value fields_of(struct bw_value field)
{
        struct bw_value of = bw_map_get(field, BW_STR("of"));
        bool is_item = bw_map_get(of, BW_STR("type")).type == BW_STRING;

        if (of.type != BW_MAP || !is_item)
                return of.type == BW_MAP ? of : (struct bw_value){0};
        return bw_str_is(bw_map_text(field, "type"), "list") ? bw_map_get(of, BW_STR("of")) : (struct bw_value){0};
}

static void put_fields(struct embed *e, struct bw_buf *out, struct bw_str where, struct bw_value fields);

/* The table of a field's own fields: NAME.field. */
static void put_inner(struct embed *e, struct bw_str where, struct bw_str name, struct bw_value field)
{
        bw_auto_done(bw_buf_done) struct bw_buf inner = {0};
        struct bw_str full = bw_arena_printf(e->arena, "%.*s.%.*s", BW_STR_ARG(where), BW_STR_ARG(name));

        put_fields(e, &inner, full, fields_of(field));
        bw_buf_printf(&e->tables, "\t{\"%.*s\", \"%.*s\"},\n", BW_STR_ARG(full), BW_STR_ARG(bw_buf_view(&inner)));
}

static void put_fields(struct embed *e, struct bw_buf *out, struct bw_str where, struct bw_value fields)
{
        for (uint32_t i = 0; fields.type == BW_MAP && i < fields.n; i++) {
                struct bw_str name = bw_value_text(fields.map->entries[i].key);
                struct bw_value field = fields.map->entries[i].value;
                bool is_list = bw_str_is(bw_map_text(field, "type"), "list");

                bw_buf_printf(out, "%s%.*s", out->n ? " " : "", BW_STR_ARG(name));
                if (fields_of(field).type != BW_MAP)
                        continue;
                bw_buf_printf(out, is_list ? ":[%.*s.%.*s]" : ":%.*s.%.*s", BW_STR_ARG(where), BW_STR_ARG(name));
                put_inner(e, where, name, field);
        }
}

static void put_kinds(struct embed *e)
{
        for (size_t i = 0, end; i < e->n_files; i = end) {
                bw_auto_done(bw_buf_done) struct bw_buf fields = {0};
                struct bw_str kind = kind_of(&e->files[i]);
                /* Kubernetes has types of the same names: Probe. */
                struct bw_str type = bw_arena_printf(e->arena, "bulwark.%.*s", BW_STR_ARG(kind));

                bw_buf_puts(&fields, "apiVersion kind metadata:ObjectMeta evidence kubernetesMinor");
                for (end = i; end < e->n_files && bw_str_eq(kind_of(&e->files[end]), kind); end++)
                        put_fields(e, &fields, type, bw_map_get(e->files[end].doc.root, BW_STR("fields")));
                bw_buf_printf(&e->tables, "\t{\"%.*s\", \"%.*s\"},\n", BW_STR_ARG(type), BW_STR_ARG(bw_buf_view(&fields)));
        }
}

static void write_file(const char *path, const struct bw_buf *buf)
{
        FILE *f = fopen(path, "wb");

        if (!f || bw_buf_status(buf) < 0 || fwrite(buf->p, 1, buf->n, f) != buf->n || fclose(f) != 0)
                die(path, "cannot be written");
}

int main(int argc, char **argv)
{
        static struct embed e;
        struct bw_buf all = {0};

        if (argc != 4) {
                fprintf(stderr, "usage: embed-kinds OUT.c DEPFILE KINDS\n");
                return 2;
        }
        e.arena = bw_arena_new(0);
        if (!e.arena)
                die("memory", "used up");
        bw_buf_printf(&e.deps, "%s:", argv[1]);
        add_path(&e, argv[3]);
        for (size_t i = 0; i < e.n_files; i++)
                read_kind(&e, &e.files[i]);
        qsort(e.files, e.n_files, sizeof(e.files[0]), cmp_file);
        put_kinds(&e);
        bw_buf_puts(&all, "/* Made by tools/embed-kinds from kinds. */\n#include \"rule/fields_internal.h\"\n\n");
        bw_buf_puts(&all, "const struct rule_field_table rule_own_tables[] = {\n");
        bw_buf_str(&all, bw_buf_view(&e.tables));
        bw_buf_puts(&all, "};\nconst size_t rule_n_own_tables = BW_ARRAY_SIZE(rule_own_tables);\n");
        bw_buf_char(&e.deps, '\n');
        write_file(argv[1], &all);
        write_file(argv[2], &e.deps);
        for (size_t i = 0; i < e.n_files; i++)
                free(e.files[i].path);
        bw_buf_done(&all);
        bw_buf_done(&e.tables);
        bw_buf_done(&e.deps);
        bw_arena_free(e.arena);
        return 0;
}
