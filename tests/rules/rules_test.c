/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rules-test RULES…: every rule's own tests, each expression negated once (its tests must notice), the lint of all files,
 * and whether each control of each framework finds its rules. TAP.
 */
#define BW_ALLOW_BANNED
#include <dirent.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "rule/framework.h"
#include "rule/lint.h"
#include "rule/rule.h"
#include "rule/testrun.h"

enum { MAX_FILES = 4096 };

static struct {
        struct bw_rule_file files[MAX_FILES];
        size_t n;
} all;
static int n_tests;
static int n_failed;

static void result(bool ok, const char *name, const char *why)
{
        printf("%sok %d - %s\n", ok ? "" : "not ", ++n_tests, name);
        if (!ok) {
                struct bw_str rest = bw_str(why);
                struct bw_str line;

                n_failed++;
                while (bw_str_split(&rest, '\n', &line))
                        printf("# %.*s\n", BW_STR_ARG(line));
        }
}

static void add_path(struct bw_arena *arena, const char *path)
{
        struct stat st;
        size_t n = strlen(path);

        if (stat(path, &st) < 0 || all.n == MAX_FILES)
                return;
        if (S_ISDIR(st.st_mode)) {
                DIR *dir = opendir(path);
                const struct dirent *d;

                while (dir && (d = readdir(dir))) {
                        struct bw_str sub = bw_arena_printf(arena, "%s/%s", path, d->d_name);

                        if (d->d_name[0] != '.')
                                add_path(arena, sub.p);
                }
                if (dir)
                        closedir(dir);
        } else if (n > 5 && strcmp(path + n - 5, ".yaml") == 0) {
                char *text = bw_arena_alloc(arena, (size_t)st.st_size + 1);
                FILE *f = fopen(path, "rb");

                all.files[all.n].name = bw_arena_str(arena, bw_str(path));
                all.files[all.n].text = bw_str_n(text, f ? fread(text, 1, (size_t)st.st_size, f) : 0);
                all.n++;
                if (f)
                        fclose(f);
        }
}

static int report(void *userdata, const struct bw_rule_test_result *r)
{
        char name[600];

        (void)userdata;
        snprintf(name, sizeof(name), "%.*s: %.*s", BW_STR_ARG(r->rule), BW_STR_ARG(r->test));
        for (char *p = name; *p; p++)
                if (*p == '#' || *p == '\n')
                        *p = ' ';
        result(r->ok, name, r->why.n ? r->why.p : "");
        return 0;
}

static void check(int r, const struct bw_error *err, const char *what)
{
        char text[1200];

        result(r == 0, what, bw_error_format(err, text, sizeof(text)));
}

static bool is_framework(const struct bw_rule_file *file)
{
        return bw_str_find(file->text, BW_STR("kind: Framework")) != SIZE_MAX;
}

static void check_lint(struct bw_arena *arena)
{
        bw_auto_done(bw_buf_done) struct bw_buf buf = {0};
        struct bw_rule_problems problems = {0};
        struct bw_error err = {0};
        int r = bw_rule_lint(arena, all.files, all.n, &problems, &err);

        check(r, &err, "lint runs");
        bw_rule_problems_format(&buf, &problems);
        result(problems.n == 0, "lint finds nothing", problems.n ? buf.p : "");
}

/* A user's rule need not belong to a practice; each of ours does. */
static void check_practices(struct bw_catalog *catalog)
{
        const struct bw_rule_info *const *infos = NULL;
        struct bw_error err = {0};
        size_t n = 0;

        check(bw_catalog_infos(catalog, &infos, &n, &err), &err, "rules load");
        for (size_t i = 0; i < n; i++)
                if (infos[i]->practice.n == 0)
                        result(false, "every rule belongs to a practice", infos[i]->id.p);
        result(n > 0, "there are rules", "none");
}

/* Every rule belongs to a file of its name, and every control leads to rules that are there. */
static void check_frameworks(struct bw_arena *arena)
{
        bw_auto(bw_catalog_free) struct bw_catalog *catalog = NULL;
        const struct bw_framework *frameworks = NULL;
        struct bw_error err = {0};
        size_t n = 0;
        int r = bw_catalog_new(NULL, &catalog, &err);

        (void)arena;
        if (r == 0)
                r = bw_catalog_add_builtin(catalog, &err);
        if (r == 0)
                r = bw_catalog_frameworks(catalog, &frameworks, &n, &err);
        check(r, &err, "frameworks load");
        check_practices(catalog);
        for (size_t i = 0; i < n; i++) {
                const struct bw_framework *fw = &frameworks[i];

                for (size_t k = 0; k < fw->n_controls; k++) {
                        char name[200];
                        bool ok = true;

                        for (size_t j = 0; j < fw->controls[k].n_rules; j++) {
                                struct bw_rule_details details;

                                ok &= bw_catalog_find(catalog, fw->controls[k].rules[j], &details, NULL) == 0;
                        }
                        snprintf(name, sizeof(name), "%.*s: %.*s", BW_STR_ARG(fw->name), BW_STR_ARG(fw->controls[k].id));
                        result(ok, name, "names a rule that is not there");
                }
        }
}

int main(int argc, char **argv)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_error err = {0};
        size_t n_rules = 0;

        for (int i = 1; i < argc; i++)
                add_path(arena, argv[i]);
        check_lint(arena);
        check_frameworks(arena);
        check(bw_rule_test_builtin(arena, report, NULL, &err), &err, "tests of the built-in rules run");
        /* Frameworks have nothing to negate. */
        for (size_t i = 0; i < all.n; i++)
                if (!is_framework(&all.files[i]))
                        all.files[n_rules++] = all.files[i];
        bw_error_clear(&err);
        check(bw_rule_test_mutations(arena, all.files, n_rules, report, NULL, &err), &err, "mutations run");
        printf("1..%d\n", n_tests);
        return n_failed ? 1 : 0;
}
