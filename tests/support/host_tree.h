/* SPDX-License-Identifier: Apache-2.0 */
/*
 * host_tree: a machine made of a test's own files, and the Host document that one section makes of it. For tests only.
 * Ownership: tree_begin() to tree_end(). Threads: one.
 */
#ifndef BW_TESTS_SUPPORT_HOST_TREE_H
#define BW_TESTS_SUPPORT_HOST_TREE_H

#include "temptree.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "node/registry.h"

struct tree {
        struct temp temp;
        struct bw_arena *arena;
        struct bw_host *host;
        struct bw_node node;
        struct bw_doc doc;
};

/* A machine whose files lie in "root", with "processes.tsv" (may be NULL: nobody knows what runs). */
static inline void tree_begin(struct tree *t, const char *processes)
{
        memset(t, 0, sizeof(*t));
        temp_begin(&t->temp);
        temp_dir(&t->temp, "root");
        if (processes)
                temp_file(&t->temp, "processes.tsv", processes);
        t->arena = bw_arena_new(0);
        assert_non_null(t->arena);
}

static inline void tree_open(struct tree *t, bool has_processes)
{
        char root[512], processes[512];
        struct bw_host_options options = {.root = root, .processes = has_processes ? processes : NULL};
        struct bw_error err = {0};

        (void)snprintf(root, sizeof(root), "%s", temp_path(&t->temp, "root"));
        (void)snprintf(processes, sizeof(processes), "%s", temp_path(&t->temp, "processes.tsv"));
        if (bw_host_open(&options, &t->host, &err) < 0)
                fail_msg("%s", err.message);
        t->node.host = t->host;
        t->node.arena = t->arena;
        t->node.name = BW_STR("n1");
        t->node.identity.provider = "";
}

static inline void tree_collect(struct tree *t, const struct bw_host_section *section)
{
        struct bw_facts facts;
        struct bw_error err = {0};

        bw_facts_init(&facts, t->arena, "Host", t->node.name);
        if (section->collect(&t->node, &facts, &err) < 0)
                fail_msg("%s: %s", section->name, err.message);
        assert_ok(bw_facts_finish(&facts, &t->doc, NULL));
}

static inline void tree_end(struct tree *t)
{
        bw_host_close(t->host);
        bw_arena_free(t->arena);
        temp_end(&t->temp);
}

static inline struct bw_path tree_path(struct tree *t, const char *path)
{
        struct bw_path parsed;

        assert_ok(bw_path_parse(t->arena, bw_str(path), &parsed, NULL));
        return parsed;
}

/* The value at a path is this, as JSON; "absent" when nothing is there. */
static inline void assert_field_at(struct tree *t, const char *path, const char *json, int line)
{
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        struct bw_value value = bw_path_get(t->doc.root, tree_path(t, path));

        if (value.type == BW_ABSENT)
                bw_buf_puts(&out, "absent");
        else
                bw_value_json(&out, value, 0);
        if (!bw_str_is(bw_buf_view(&out), json))
                fail_msg("line %d: %s is %.*s, not %s", line, path, BW_STR_ARG(bw_buf_view(&out)), json);
}
#define assert_field(tree, path, json) assert_field_at(tree, path, json, __LINE__)

/* Evidence of a path has a text, file or state: one key and its value. */
static inline void assert_evidence_at(struct tree *t, const char *path, const char *key, const char *text, int line)
{
        struct bw_value evidence = bw_evidence_find(t->doc.root, tree_path(t, path));
        struct bw_str found = bw_map_text(evidence, key);

        if (!bw_str_is(found, text))
                fail_msg("line %d: evidence of %s: %s is \"%.*s\", not \"%s\"", line, path, key, BW_STR_ARG(found), text);
}
#define assert_evidence(tree, path, key, text) assert_evidence_at(tree, path, key, text, __LINE__)

#endif
