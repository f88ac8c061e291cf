/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "base/error.h"
#include "doc/stream.h"
#include "rule/rule_internal.h"
#include "rule/table.h"

static int read_piece(struct bw_arena *arena, const struct bw_piece *piece, struct bw_doc *ret_doc,
                      struct bw_error *reterr)
{
        size_t used;

        if (piece->format == BW_FORMAT_JSON)
                return bw_json_read(arena, piece->text, piece->line, piece->column, true, ret_doc, &used, reterr);
        return bw_yaml_read(arena, piece->text, piece->line, true, ret_doc, reterr);
}

static void add_error(struct rule_problems *problems, const struct bw_doc *at, const struct bw_error *err)
{
        rule_problem_add(problems, at, (struct bw_mark){.line = err->line, .column = err->column}, "%s", err->message);
}

/* The rules of a table, one after the other. */
static int visit_rows(struct bw_arena *arena, const struct bw_doc *table, struct rule_problems *problems,
                      int (*visit)(void *userdata, struct bw_doc *doc), void *userdata)
{
        struct bw_error err = {0};
        struct bw_doc *rules;
        size_t n;
        int r = rule_table_expand(arena, table, &rules, &n, &err);

        if (r == -ENOMEM)
                return r;
        if (r < 0) {
                add_error(problems, table, &err);
                return 0;
        }
        for (size_t i = 0; i < n && r == 0; i++)
                r = visit(userdata, &rules[i]);
        return r;
}

int rule_file_visit(struct bw_arena *arena, struct bw_str file, struct bw_str text, struct rule_problems *problems,
                    int (*visit)(void *userdata, struct bw_doc *doc), void *userdata)
{
        struct bw_input *input = bw_arena_zalloc(arena, sizeof(*input));
        struct bw_cutter cutter;
        struct bw_piece piece;
        struct bw_doc whole = {.input = input, .text = text, .line = 1, .column = 1};
        struct bw_error err = {0};
        int more;

        if (!input)
                return -ENOMEM;
        input->name = file;
        if (text.n > BW_LIMIT_RULE_BYTES) {
                rule_problem_add(problems, &whole, (struct bw_mark){0}, "the file has more than %zu bytes",
                                 BW_LIMIT_RULE_BYTES);
                return problems->nomem ? -ENOMEM : 0;
        }
        bw_cutter_init(&cutter, bw_stream_format(text), false);
        while ((more = bw_cutter_next(&cutter, &text, true, &piece, &err)) > 0) {
                struct bw_doc *doc = bw_arena_zalloc(arena, sizeof(*doc));
                int r;

                if (!doc)
                        return -ENOMEM;
                r = read_piece(arena, &piece, doc, &err);
                if (r == -ENOMEM)
                        return r;
                if (r < 0) {
                        add_error(problems, &whole, &err);
                        bw_error_clear(&err);
                        continue;
                }
                doc->input = input;
                if (doc->root.type == BW_NULL || doc->root.type == BW_ABSENT)
                        continue;
                (void)bw_doc_identify(doc);
                r = rule_table_is(doc) ? visit_rows(arena, doc, problems, visit, userdata) : visit(userdata, doc);
                if (r != 0)
                        return r;
        }
        if (more == -ENOMEM)
                return more;
        if (more < 0)
                add_error(problems, &whole, &err);
        return problems->nomem ? -ENOMEM : 0;
}
