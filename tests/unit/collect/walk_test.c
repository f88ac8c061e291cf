/* SPDX-License-Identifier: Apache-2.0 */
#define BW_ALLOW_BANNED
#include "collect/walk.h"

#include "base/buf.h"
#include "base/limits.h"
#include "collect/dirset.h"
#include "temptree.h"

static int setup(void **state)
{
        static struct temp t;

        temp_begin(&t);
        *state = &t;
        return 0;
}

static int teardown(void **state)
{
        temp_end(*state);
        return 0;
}

/*
 * Walks the paths (relative to the tree) and writes one line for each entry: its name without the tree, flags as
 * letters (N named, L link, I standard input), or "!" and a part of the error.
 */
static void walk_to(struct temp *t, const char *const *paths, size_t n, bool no_ignore, struct bw_buf *out)
{
        struct bw_str texts[8];
        struct bw_walk *walk = NULL;
        struct bw_walk_entry entry;
        size_t cut = strlen(t->path) + 1;
        uint32_t number = 0;
        int r;

        for (size_t i = 0; i < n; i++)
                texts[i] = strcmp(paths[i], "-") == 0 ? BW_STR("-") : bw_str(temp_path(t, paths[i]));
        assert_ok(bw_walk_new(texts, n, no_ignore, &walk, NULL));
        while ((r = bw_walk_next(walk, (entry.error.code = 0, &entry), NULL)) == 1) {
                struct bw_str name = entry.name;

                assert_int_equal(entry.number, number++);
                assert_int_equal(name.p[name.n], '\0');
                if (bw_str_starts(name, bw_str(t->path)))
                        name = name.n < cut ? BW_STR(".") : bw_str_n(name.p + cut, name.n - cut);
                bw_buf_str(out, name);
                if (entry.failed)
                        bw_buf_printf(out, " !%.20s", entry.error.message);
                else
                        bw_buf_printf(out, "%s%s%s", entry.flags & BW_WALK_NAMED ? " N" : "",
                                      entry.flags & BW_WALK_LINK ? " L" : "", entry.flags & BW_WALK_STDIN ? " I" : "");
                bw_buf_char(out, '\n');
        }
        assert_int_equal(r, 0);
        assert_true(bw_walk_is_done(walk));
        bw_walk_free(walk);
}

static void expect_walk(struct temp *t, const char *path, const char *expected)
{
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};

        walk_to(t, &path, 1, false, &out);
        assert_string_equal(out.p ? out.p : "", expected);
}

static void test_names_and_order(void **state)
{
        static const char *const names[] = {
                "b.yaml",         "a.yml",           "B.json",
                "c.ndjson",       "d.jsonl",         "e.yaml.gz",
                "f.json.zst",     "README.md",       "yaml",
                ".yaml",          "g.YAML",          "h.gz",
                "sub/z.yaml",     "sub/deep/y.yaml", ".git/config.yaml",
                "..data/x.yaml",  ".hidden.yaml",    "sub.yaml/in.yaml",
                "new\nline.yaml",
        };

        for (size_t i = 0; i < BW_ARRAY_SIZE(names); i++)
                temp_file(*state, names[i], "");
        expect_walk(*state, "",
                    ".hidden.yaml\nB.json\na.yml\nb.yaml\nc.ndjson\nd.jsonl\ne.yaml.gz\nf.json.zst\nnew\nline.yaml\n"
                    "sub/deep/y.yaml\nsub/z.yaml\nsub.yaml/in.yaml\n");
        expect_walk(*state, "README.md", "README.md N\n");
        expect_walk(*state, "sub/", "sub/deep/y.yaml\nsub/z.yaml\n");
        expect_walk(*state, "absent", "absent !does not exist\n");
}

static void test_several_paths(void **state)
{
        static const char *const paths[] = {"b", "-", "a/x.yaml", "a"};
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};

        temp_file(*state, "a/x.yaml", "");
        temp_file(*state, "b/y.yaml", "");
        walk_to(*state, paths, BW_ARRAY_SIZE(paths), false, &out);
        assert_string_equal(out.p, "b/y.yaml\n<stdin> I\na/x.yaml N\na/x.yaml\n");
}

static void test_current_directory(void **state)
{
        struct bw_str dot = BW_STR(".");
        struct bw_walk *walk = NULL;
        struct bw_walk_entry entry = {0};
        char before[4096];

        temp_file(*state, "sub/a.yaml", "");
        assert_non_null(getcwd(before, sizeof(before)));
        assert_int_equal(chdir(temp_path(*state, "")), 0);
        assert_ok(bw_walk_new(&dot, 1, false, &walk, NULL));
        assert_int_equal(bw_walk_next(walk, &entry, NULL), 1);
        assert_str(entry.name, "sub/a.yaml");
        bw_walk_free(walk); /* in the middle */
        assert_int_equal(chdir(before), 0);
}

static void test_ignore_files(void **state)
{
        static const char *const names[] = {"a.yaml",     "b.yaml",     "sub/a.yaml",
                                            "sub/b.yaml", "out/a.yaml", "out/keep.yaml"};

        for (size_t i = 0; i < BW_ARRAY_SIZE(names); i++)
                temp_file(*state, names[i], "");
        temp_file(*state, ".bulwarkignore", "b.yaml\n/out/\n!/out/keep.yaml\n");
        temp_file(*state, "sub/.bulwarkignore", "/a.yaml\n!b.yaml\n");
        /* The nearer file wins; nothing below a folder that is left out comes back. */
        expect_walk(*state, "", "a.yaml\nsub/b.yaml\n");
        expect_walk(*state, "out", "out/a.yaml\nout/keep.yaml\n"); /* named: its own rules only */
        expect_walk(*state, "b.yaml", "b.yaml N\n");
        {
                const char *path = "sub";
                bw_auto_done(bw_buf_done) struct bw_buf out = {0};

                walk_to(*state, &path, 1, true, &out);
                assert_string_equal(out.p, "sub/a.yaml\nsub/b.yaml\n");
        }
}

static void test_unreadable_ignore_file(void **state)
{
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};

        bw_buf_fill(&text, 'a', BW_LIMIT_IGNORE_PATTERN + 1);
        temp_bytes(*state, ".bulwarkignore", text.p, text.n);
        temp_file(*state, "a.yaml", "");
        expect_walk(*state, "", " !.bulwarkignore: a pa\na.yaml\n");
}

static void test_links(void **state)
{
        temp_file(*state, "in/real/a.yaml", "");
        temp_file(*state, "out/b.yaml", "");
        temp_link(*state, "in/file.yaml", "real/a.yaml");
        temp_link(*state, "in/file.txt", "real/a.yaml");
        temp_link(*state, "in/gone.yaml", "nowhere");
        temp_link(*state, "in/gone", "nowhere");
        temp_link(*state, "in/leak.yaml", "../out/b.yaml");
        temp_link(*state, "in/outside", "../out");
        temp_link(*state, "in/again", "real"); /* sorts before "real", so it gives the folder its name */
        temp_link(*state, "in/real/up", "..");
        temp_link(*state, "in/zero.yaml", "/dev/zero");
        temp_link(*state, "entry", "in/real");
        expect_walk(
                *state, "in",
                "in/again/a.yaml\nin/again/up !directory loop: this\nin/file.yaml L\nin/gone.yaml !the link's target: "
                "d\nin/leak.yaml !this link leads out \nin/outside !this link leads out \nin/zero.yaml !this link leads"
                " out \n");
        expect_walk(*state, "entry", "entry/a.yaml\nentry/up !this link leads out \n"); /* a named link is its target */
}

static void test_odd_files(void **state)
{
        assert_int_equal(mkfifo(temp_path(*state, "pipe.yaml"), 0644), 0);
        assert_int_equal(mkfifo(temp_path(*state, "pipe"), 0644), 0);
        expect_walk(*state, "", "pipe.yaml !is a named pipe, whi\n");
        expect_walk(*state, "pipe", "pipe !is a named pipe, whi\n");
        if (geteuid() != 0) {
                temp_dir(*state, "closed");
                assert_int_equal(chmod(temp_path(*state, "closed"), 0), 0);
                expect_walk(*state, "closed", "closed !permission denied: r\n");
        }
}

static void test_depth(void **state)
{
        bw_auto_done(bw_buf_done) struct bw_buf path = {0};
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        const char *root = "";

        for (int i = 1; i < BW_LIMIT_DIR_DEPTH; i++)
                bw_buf_puts(&path, "d/");
        bw_buf_puts(&path, "last.yaml");
        temp_file(*state, path.p, "");
        walk_to(*state, &root, 1, false, &out);
        assert_string_equal(out.p, path.p == NULL ? "" : (bw_buf_char(&path, '\n'), path.p));

        bw_buf_clear(&path);
        bw_buf_clear(&out);
        for (int i = 0; i < BW_LIMIT_DIR_DEPTH; i++)
                bw_buf_puts(&path, "d/");
        bw_buf_puts(&path, "deeper.yaml");
        temp_file(*state, path.p, "");
        walk_to(*state, &root, 1, false, &out);
        assert_non_null(strstr(out.p, "!more than 64 nested "));
        assert_null(strstr(out.p, "deeper.yaml"));
        assert_non_null(strstr(out.p, "last.yaml"));
}

static void test_dirset(void **state)
{
        struct bw_dirset set = {0};

        (void)state;
        for (uint64_t i = 0; i < 5000; i++)
                assert_int_equal(bw_dirset_add(&set, i % 3, i / 3, NULL), 0);
        for (uint64_t i = 0; i < 5000; i++)
                assert_int_equal(bw_dirset_add(&set, i % 3, i / 3, NULL), 1);
        bw_dirset_done(&set);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_names_and_order, setup, teardown),
                cmocka_unit_test_setup_teardown(test_several_paths, setup, teardown),
                cmocka_unit_test_setup_teardown(test_current_directory, setup, teardown),
                cmocka_unit_test_setup_teardown(test_ignore_files, setup, teardown),
                cmocka_unit_test_setup_teardown(test_unreadable_ignore_file, setup, teardown),
                cmocka_unit_test_setup_teardown(test_links, setup, teardown),
                cmocka_unit_test_setup_teardown(test_odd_files, setup, teardown),
                cmocka_unit_test_setup_teardown(test_depth, setup, teardown),
                cmocka_unit_test(test_dirset),
        };

        cmocka_set_message_output(CM_OUTPUT_TAP);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
