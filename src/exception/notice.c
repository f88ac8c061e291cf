/* SPDX-License-Identifier: Apache-2.0 */
/* What is to be said of exceptions once everything has been judged. */
#include "base/alloc.h"
#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "exception/exception_internal.h"

struct notices {
        struct bw_exceptions *exceptions;
        bw_rule_look look;
        void *rules;
        int64_t now;
        struct bw_arena *arena;
        struct bw_notice *items;
        size_t n;
        size_t n_more;
        bool nomem;
};

static void add(struct notices *to, struct bw_str file, struct bw_mark mark, struct bw_str message)
{
        if (!message.p) {
                to->nomem = true;
                return;
        }
        if (to->n >= BW_LIMIT_NOTICES) {
                to->n_more++;
                return;
        }
        to->items[to->n++] =
                (struct bw_notice){.file = file, .line = mark.line, .column = mark.column, .message = message};
}

/* ---- of the settings */

static bool was_seen(const struct bw_exceptions *exceptions, bool is_file, struct bw_str pattern)
{
        for (size_t i = 0; i < exceptions->n_watched; i++)
                if (exceptions->watched[i].is_file == is_file && bw_str_eq(exceptions->watched[i].pattern, pattern))
                        return atomic_load(&exceptions->watched[i].seen);
        return true;
}

/* Whether the run had anything that the exception could have been for. */
static bool was_possible(const struct notices *to, const struct bw_setting_exception *e)
{
        bool rule = false;
        bool kind = e->resources.n == 0;
        bool file = e->files.n == 0;
        struct bw_str nearest;

        for (size_t i = 0; i < e->rules.n && !rule; i++)
                rule = to->look(to->rules, e->rules.items[i].text, &nearest) == BW_RULE_TAKES_PART;
        for (size_t i = 0; i < e->resources.n && !kind; i++)
                kind = was_seen(to->exceptions, false, e->resources.items[i].kind);
        for (size_t i = 0; i < e->files.n && !file; i++)
                file = was_seen(to->exceptions, true, e->files.items[i].text);
        return rule && kind && file;
}

static void tell_listed(struct notices *to, const struct listed *listed)
{
        const struct bw_setting_exception *e = listed->setting;
        struct bw_str file = to->exceptions->settings->file;
        const char *more = e->rules.n > 1 ? ", …" : "";
        struct bw_str rule = e->rules.items[0].text;

        if (atomic_load(&listed->expired))
                add(to, file, e->mark,
                    bw_arena_printf(to->arena, "exception from %.*s%s expired on %.*s: what it excepted counts again",
                                    BW_STR_ARG(rule), more, BW_STR_ARG(e->expires)));
        else if (atomic_load(&listed->used) || !was_possible(to, e))
                return;
        else if (to->now >= e->ends)
                add(to, file, e->mark,
                    bw_arena_printf(to->arena, "exception from %.*s%s expired on %.*s, and nothing needs it any more",
                                    BW_STR_ARG(rule), more, BW_STR_ARG(e->expires)));
        else
                add(to, file, e->mark,
                    bw_arena_printf(to->arena, "exception from %.*s%s is unused: no finding is one that it is for",
                                    BW_STR_ARG(rule), more));
}

/* ---- of annotations */

static struct bw_str unknown_rule(const struct notices *to, const struct record *r, struct bw_str nearest)
{
        if (r->rule.n == 0)
                return bw_arena_printf(to->arena,
                                       "annotation %.*s names no rule: it is written bulwark.dev/ignore.RULE-ID",
                                       BW_STR_ARG(r->annotation));
        if (nearest.n)
                return bw_arena_printf(to->arena, "annotation %.*s names no rule that there is; did you mean %.*s?",
                                       BW_STR_ARG(r->annotation), BW_STR_ARG(nearest));
        return bw_arena_printf(to->arena, "annotation %.*s names no rule that there is", BW_STR_ARG(r->annotation));
}

static void tell_record(struct notices *to, const struct record *r)
{
        static const char *const invalid[] = {
                [RECORD_NO_REASON] = "has no reason, and does not count",
                [RECORD_NO_TEXT] = "is not a text, and does not count: put its value in quotes",
                [RECORD_BAD_DATE] = "does not end with a date such as 2027-01-31, and does not count",
        };
        struct bw_str nearest = {0};
        enum bw_rule_presence presence = BW_RULE_UNKNOWN;

        if (r->rule.n && !memchr(r->rule.p, '*', r->rule.n))
                presence = to->look(to->rules, r->rule, &nearest);
        if (presence == BW_RULE_UNKNOWN)
                add(to, r->file, r->mark, unknown_rule(to, r, nearest));
        else if (r->state != RECORD_VALID)
                add(to, r->file, r->mark,
                    bw_arena_printf(to->arena, "annotation %.*s %s", BW_STR_ARG(r->annotation), invalid[r->state]));
        else if (atomic_load(&r->expired))
                add(to, r->file, r->mark,
                    bw_arena_printf(to->arena, "annotation %.*s expired on %.*s: the finding counts again",
                                    BW_STR_ARG(r->annotation), BW_STR_ARG(r->note.expires)));
        else if (presence == BW_RULE_TAKES_PART && !atomic_load(&r->used))
                add(to, r->file, r->mark,
                    bw_arena_printf(to->arena, "annotation %.*s is unused: the rule finds nothing in %.*s %.*s",
                                    BW_STR_ARG(r->annotation), BW_STR_ARG(r->kind), BW_STR_ARG(r->name)));
}

static int cmp_records(const void *a, const void *b)
{
        const struct record *x = *(const struct record *const *)a;
        const struct record *y = *(const struct record *const *)b;
        int r = bw_str_cmp(x->file, y->file);

        if (r == 0 && x->mark.line != y->mark.line)
                return x->mark.line < y->mark.line ? -1 : 1;
        if (r == 0 && x->mark.column != y->mark.column)
                return x->mark.column < y->mark.column ? -1 : 1;
        return r ? r : bw_str_cmp(x->annotation, y->annotation);
}

static int tell_records(struct notices *to)
{
        struct bw_exceptions *exceptions = to->exceptions;
        size_t n = 0;
        const struct record **all = bw_arena_array(to->arena, atomic_load(&exceptions->n_records) + 1, sizeof(*all));

        if (!all)
                return -ENOMEM;
        for (size_t i = 0; i < RECORD_BUCKETS; i++)
                for (const struct record *r = atomic_load(&exceptions->records[i]); r; r = r->next)
                        if (bw_str_starts(r->annotation, BW_STR("bulwark.dev/")))
                                all[n++] = r;
        if (n)
                qsort(all, n, sizeof(*all), cmp_records);
        for (size_t i = 0; i < n; i++)
                tell_record(to, all[i]);
        return 0;
}

int bw_exceptions_notices(struct bw_exceptions *exceptions, bw_rule_look look, void *rules, int64_t now,
                          struct bw_arena *arena, const struct bw_notice **ret, size_t *ret_n, struct bw_error *reterr)
{
        struct notices to = {.exceptions = exceptions, .look = look, .rules = rules, .now = now, .arena = arena};

        if (atomic_load(&exceptions->nomem))
                return bw_error_nomem(reterr);
        to.items = bw_arena_array(arena, BW_LIMIT_NOTICES + 1, sizeof(*to.items));
        if (!to.items)
                return bw_error_nomem(reterr);
        for (size_t i = 0; i < exceptions->n_listed; i++)
                tell_listed(&to, &exceptions->listed[i]);
        if (tell_records(&to) < 0 || to.nomem)
                return bw_error_nomem(reterr);
        if (to.n_more)
                to.items[to.n++] = (struct bw_notice){
                        .message = bw_arena_printf(arena, "and %zu more notices of exceptions", to.n_more)};
        if (to.n_more && !to.items[to.n - 1].message.p)
                return bw_error_nomem(reterr);
        *ret = to.items;
        *ret_n = to.n;
        return 0;
}
