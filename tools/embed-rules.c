/* SPDX-License-Identifier: Apache-2.0 */
/*
 * embed-rules OUT.c DEPFILE RULES: turns the rule files below RULES into tables that the program is linked with
 * (struct rule_builtin in src/rule/rule_internal.h): each rule, those of tables too, as compact JSON without its tests,
 * the tests apart, and what must be known of a rule before it is read. Runs at build time.
 */
#define BW_ALLOW_BANNED
#include <dirent.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "doc/doc.h"
#include "rule/table.h"

enum { MAX_FILES = 10000 };

struct file {
        char *path;     /* as opened */
        const char *name; /* from the parent of RULES: rules/x/y.yaml */
        struct bw_doc doc;
};

struct embed {
        struct bw_arena *arena;
        const char *out;
        const char *root;
        struct file files[MAX_FILES];
        size_t n_files;
        struct bw_buf deps;
};

static void die(const char *what, const char *why)
{
        fprintf(stderr, "embed-rules: %s: %s\n", what, why);
        exit(1);
}

static void *need(void *p)
{
        if (!p)
                die("memory", "used up");
        return p;
}

static struct file *add_file(struct embed *e, const char *path)
{
        if (e->n_files == MAX_FILES)
                die(path, "too many files");
        e->files[e->n_files].path = need(strdup(path));
        return &e->files[e->n_files++];
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
                        char *sub = need(malloc(n + strlen(d->d_name) + 2));

                        sprintf(sub, "%s/%s", path, d->d_name);
                        if (d->d_name[0] != '.')
                                add_path(e, sub);
                        free(sub);
                }
                closedir(dir);
                return;
        }
        (void)add_file(e, path);
}

static struct bw_str read_file(struct embed *e, const char *path)
{
        FILE *f = fopen(path, "rb");
        struct stat st;
        struct bw_str text = {0};
        char *p;

        if (!f || fstat(fileno(f), &st) < 0)
                die(path, strerror(errno));
        p = need(bw_arena_alloc(e->arena, (size_t)st.st_size + 1));
        text = bw_str_n(p, fread(p, 1, (size_t)st.st_size, f));
        fclose(f);
        return text;
}

static void refuse(const struct file *f, struct bw_error *err)
{
        char text[1100];

        bw_error_in_file(err, bw_str(f->path));
        die("rule file", bw_error_format(err, text, sizeof(text)));
}

/* The first rule of a table takes the file's place; the others are files of the same name. */
static void expand_table(struct embed *e, size_t number)
{
        struct bw_doc *rules;
        struct bw_error err = {0};
        size_t n;

        if (rule_table_expand(e->arena, &e->files[number].doc, &rules, &n, &err) < 0)
                refuse(&e->files[number], &err);
        e->files[number].doc = rules[0];
        for (size_t i = 1; i < n; i++) {
                struct file *f = add_file(e, e->files[number].path);

                f->name = e->files[number].name;
                f->doc = rules[i];
        }
}

static void read_rules(struct embed *e)
{
        size_t skip = strlen(e->root) - strlen(strrchr(e->root, '/') ? strrchr(e->root, '/') + 1 : e->root);
        size_t n = e->n_files;

        for (size_t i = 0; i < n; i++) {
                struct file *f = &e->files[i];
                struct bw_error err = {0};

                f->name = f->path + skip;
                if (bw_yaml_read(e->arena, read_file(e, f->path), 1, true, &f->doc, &err) < 0)
                        refuse(f, &err);
                (void)bw_doc_identify(&f->doc);
                if (rule_table_is(&f->doc))
                        expand_table(e, i);
        }
}

static struct bw_str id_of(const struct file *f)
{
        return bw_map_text(bw_map_get(f->doc.root, BW_STR("metadata")), "name");
}

static bool is_kind(const struct file *f, const char *kind)
{
        return bw_str_is(bw_map_text(f->doc.root, "kind"), kind);
}

/* A map of another tool's checks. */
static bool is_peer(const struct file *f)
{
        return bw_str_is(bw_map_text(f->doc.root, "type"), "peer");
}

static int cmp_file(const void *a, const void *b)
{
        return bw_str_cmp(id_of(a), id_of(b));
}

/* ---- C text */

static void put_c_string(struct bw_buf *out, struct bw_str s)
{
        bw_buf_char(out, '"');
        for (size_t i = 0; i < s.n; i++) {
                unsigned char c = (unsigned char)s.p[i];

                if (i && i % 100 == 0)
                        bw_buf_puts(out, "\"\n\t\"");
                if (c == '"' || c == '\\')
                        bw_buf_printf(out, "\\%c", c);
                else if (c < 0x20 || c >= 0x7f || c == '?')
                        bw_buf_printf(out, "\\%03o", c);
                else
                        bw_buf_char(out, (char)c);
        }
        bw_buf_char(out, '"');
}

static void put_field(struct bw_buf *out, const char *field, struct bw_str s)
{
        bw_buf_printf(out, "\t.%s = ", field);
        put_c_string(out, s);
        bw_buf_puts(out, ",\n");
}

static struct bw_value without(struct embed *e, struct bw_value map, const char *key)
{
        struct bw_map *copy = need(bw_map_new(e->arena, map.n));
        uint32_t n = 0;

        for (uint32_t i = 0; i < map.n; i++)
                if (!bw_str_is(bw_value_text(map.map->entries[i].key), key))
                        copy->entries[n++] = map.map->entries[i];
        if (bw_map_seal(e->arena, copy, n) < 0)
                die("memory", "used up");
        return bw_value_map(copy, n);
}

/* A test with its object laid over the rule's testBase, which need not be carried along then. */
static struct bw_value whole_test(struct embed *e, struct bw_value base, struct bw_value test)
{
        static const char *const fields[] = {"pass", "fail", "skip"};
        struct bw_map *copy;

        if (base.type != BW_MAP || test.type != BW_MAP)
                return test;
        copy = need(bw_map_new(e->arena, test.n));
        for (uint32_t i = 0; i < test.n; i++) {
                copy->entries[i] = test.map->entries[i];
                for (size_t k = 0; k < BW_ARRAY_SIZE(fields); k++)
                        if (bw_str_is(bw_value_text(copy->entries[i].key), fields[k]))
                                copy->entries[i].value = rule_test_object(e->arena, base, copy->entries[i].value);
        }
        if (bw_map_seal(e->arena, copy, test.n) < 0)
                die("memory", "used up");
        return bw_value_map(copy, test.n);
}

static struct bw_value whole_tests(struct embed *e, struct bw_value rule)
{
        struct bw_value tests = bw_map_get(rule, BW_STR("tests"));
        struct bw_value base = bw_map_get(rule, BW_STR("testBase"));
        struct bw_list *copy;

        if (tests.type != BW_LIST)
                return tests;
        copy = need(bw_list_new(e->arena, tests.n));
        for (uint32_t i = 0; i < tests.n; i++)
                copy->items[i] = whole_test(e, base, tests.list->items[i]);
        return bw_value_list(copy, tests.n);
}

/* The controls of all frameworks that name the rule. Gives their number. */
static size_t put_controls(struct embed *e, struct bw_buf *out, struct bw_str id)
{
        size_t n = 0;

        for (size_t i = 0; i < e->n_files; i++) {
                struct bw_value controls = bw_map_get(e->files[i].doc.root, BW_STR("controls"));

                if (!is_kind(&e->files[i], "Framework"))
                        continue;
                for (uint32_t k = 0; k < controls.n; k++) {
                        struct bw_value rules = bw_map_get(controls.list->items[k], BW_STR("rules"));

                        for (uint32_t j = 0; rules.type == BW_LIST && j < rules.n; j++) {
                                if (!bw_str_eq(bw_value_text(rules.list->items[j]), id))
                                        continue;
                                bw_buf_printf(out, "\t{.framework = {\"%.*s\", %zu}, .control = {", BW_STR_ARG(id_of(&e->files[i])),
                                              id_of(&e->files[i]).n);
                                put_c_string(out, bw_map_text(controls.list->items[k], "id"));
                                bw_buf_printf(out, ", %zu}, .is_peer = %d},\n",
                                              bw_map_text(controls.list->items[k], "id").n, is_peer(&e->files[i]));
                                n++;
                        }
                }
        }
        return n;
}

/* A text or a list of texts, separated by blanks. */
static void put_words(struct bw_buf *out, const char *field, struct bw_value words)
{
        bw_buf_printf(out, "\t.%s = \"", field);
        if (words.type == BW_STRING)
                bw_buf_str(out, bw_value_text(words));
        for (uint32_t i = 0; words.type == BW_LIST && i < words.n; i++) {
                bw_buf_puts(out, i ? " " : "");
                bw_buf_str(out, bw_value_text(words.list->items[i]));
        }
        bw_buf_puts(out, "\",\n");
}

static void put_kinds(struct bw_buf *out, struct bw_value rule)
{
        struct bw_value match = bw_map_get(rule, BW_STR("match"));
        struct bw_value pods = bw_map_get(match, BW_STR("podSpec"));
        struct bw_value kinds = bw_map_get(match, BW_STR("kinds"));

        if (pods.type == BW_BOOL && pods.b)
                kinds = (struct bw_value){0};
        put_words(out, "kinds", kinds);
}

static void put_rule(struct embed *e, const struct file *f, struct bw_buf *controls, struct bw_buf *out, size_t number)
{
        bw_auto_done(bw_buf_done) struct bw_buf json = {0};
        bw_auto_done(bw_buf_done) struct bw_buf tests = {0};
        struct bw_value list = whole_tests(e, f->doc.root);
        struct bw_value optional = bw_map_get(f->doc.root, BW_STR("optional"));
        size_t n;

        bw_value_json(&json, without(e, without(e, f->doc.root, "tests"), "testBase"), 0);
        if (list.type == BW_LIST)
                bw_value_json(&tests, list, 0);
        bw_buf_printf(controls, "static const struct bw_control controls_%zu[] = {\n", number);
        n = put_controls(e, controls, id_of(f));
        bw_buf_puts(controls, "\t{.framework = {NULL, 0}},\n};\n");
        bw_buf_puts(out, "{\n");
        put_field(out, "id", id_of(f));
        put_field(out, "file", bw_str(f->name));
        put_kinds(out, f->doc.root);
        put_words(out, "inventory", bw_map_get(f->doc.root, BW_STR("inventory")));
        put_field(out, "json", bw_buf_view(&json));
        put_field(out, "tests", bw_buf_view(&tests));
        bw_buf_printf(out, "\t.controls = controls_%zu,\n\t.n_controls = %zu,\n\t.n_json = %zu,\n", number, n, json.n);
        bw_buf_printf(out, "\t.n_tests_json = %zu,\n\t.n_tests = %u,\n\t.pss = %d,\n", tests.n,
                      list.type == BW_LIST ? list.n : 0,
                      bw_map_get(f->doc.root, BW_STR("podSecurity")).type == BW_MAP);
        bw_buf_printf(out, "\t.optional = %d,\n},\n", optional.type == BW_BOOL && optional.b);
}

static void put_framework(const struct file *f, struct bw_buf *out)
{
        bw_auto_done(bw_buf_done) struct bw_buf json = {0};

        bw_value_json(&json, f->doc.root, 0);
        bw_buf_puts(out, "{\n");
        put_field(out, "name", id_of(f));
        put_field(out, "json", bw_buf_view(&json));
        bw_buf_printf(out, "\t.n_json = %zu,\n},\n", json.n);
}

/* Frameworks with the same controls: those of the other one stand in their place. */
static void resolve_framework(struct embed *e, struct file *f)
{
        struct bw_str of = bw_map_text(f->doc.root, "controlsOf");
        struct bw_map *copy;

        if (!is_kind(f, "Framework") || !of.n)
                return;
        for (size_t i = 0; i < e->n_files; i++) {
                if (!is_kind(&e->files[i], "Framework") || !bw_str_eq(id_of(&e->files[i]), of))
                        continue;
                copy = need(bw_map_new(e->arena, f->doc.root.n));
                for (uint32_t k = 0; k < f->doc.root.n; k++) {
                        copy->entries[k] = f->doc.root.map->entries[k];
                        if (bw_str_is(bw_value_text(copy->entries[k].key), "controlsOf"))
                                copy->entries[k] = (struct bw_entry){
                                        bw_value_str(BW_STR("controls")),
                                        bw_map_get(e->files[i].doc.root, BW_STR("controls"))};
                }
                if (bw_map_seal(e->arena, copy, f->doc.root.n) < 0)
                        die("memory", "used up");
                f->doc.root = bw_value_map(copy, f->doc.root.n);
                return;
        }
        die(f->path, "controlsOf names no framework");
}

static void write_file(const char *path, const struct bw_buf *buf)
{
        FILE *f = fopen(path, "wb");

        if (!f || bw_buf_status(buf) < 0 || fwrite(buf->p, 1, buf->n, f) != buf->n || fclose(f) != 0)
                die(path, "cannot be written");
}

static void generate(struct embed *e)
{
        bw_auto_done(bw_buf_done) struct bw_buf controls = {0};
        bw_auto_done(bw_buf_done) struct bw_buf rules = {0};
        bw_auto_done(bw_buf_done) struct bw_buf frameworks = {0};
        bw_auto_done(bw_buf_done) struct bw_buf all = {0};
        size_t n_rules = 0;
        size_t n_frameworks = 0;

        for (size_t i = 0; i < e->n_files; i++)
                resolve_framework(e, &e->files[i]);
        for (size_t i = 0; i < e->n_files; i++) {
                if (is_kind(&e->files[i], "Rule"))
                        put_rule(e, &e->files[i], &controls, &rules, n_rules++);
                else if (is_kind(&e->files[i], "Framework"))
                        put_framework(&e->files[i], &frameworks), n_frameworks++;
                else
                        die(e->files[i].path, "neither a Rule, a RuleTable nor a Framework");
        }
        bw_buf_puts(&all, "/* Made by tools/embed-rules from the rule files. */\n#include \"rule/rule_internal.h\"\n\n");
        bw_buf_str(&all, bw_buf_view(&controls));
        bw_buf_puts(&all, "const struct rule_builtin rule_builtins[] = {\n");
        bw_buf_str(&all, bw_buf_view(&rules));
        bw_buf_printf(&all, "{.id = NULL}};\nconst size_t rule_n_builtins = %zu;\n", n_rules);
        bw_buf_puts(&all, "const struct rule_builtin_framework rule_builtin_frameworks[] = {\n");
        bw_buf_str(&all, bw_buf_view(&frameworks));
        bw_buf_printf(&all, "{.name = NULL}};\nconst size_t rule_n_builtin_frameworks = %zu;\n", n_frameworks);
        write_file(e->out, &all);
}

int main(int argc, char **argv)
{
        struct embed *e = need(calloc(1, sizeof(*e)));

        if (argc != 4) {
                fprintf(stderr, "usage: embed-rules OUT.c DEPFILE RULES\n");
                return 2;
        }
        e->arena = need(bw_arena_new(0));
        e->out = argv[1];
        e->root = argv[3];
        bw_buf_printf(&e->deps, "%s:", e->out);
        add_path(e, e->root);
        read_rules(e);
        qsort(e->files, e->n_files, sizeof(e->files[0]), cmp_file);
        generate(e);
        bw_buf_char(&e->deps, '\n');
        write_file(argv[2], &e->deps);
        for (size_t i = 0; i < e->n_files; i++)
                free(e->files[i].path);
        bw_buf_done(&e->deps);
        bw_arena_free(e->arena);
        free(e);
        return 0;
}
