/* SPDX-License-Identifier: Apache-2.0 */
#include "analyze/compare.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/limits.h"

/* ---- what may differ */

/* Numbers that a process gets anew at each start say nothing: told by the last name of the path. */
static const char *const volatile_names[] = {"pid", "ppid", "inode"};

/* Settings that belong to one member: where it listens, what it is called, which of the stores is its own. */
static const char *const own_settings[] = {
        "address",
        "advertise-address",
        "advertise-client-urls",
        "bind-address",
        "bindAddress",
        "data-dir",
        "etcd-servers",
        "experimental-initial-corrupt-check",
        "healthzBindAddress",
        "hostname-override",
        "hostnameOverride",
        "initial-advertise-peer-urls",
        "initial-cluster",
        "initial-cluster-state",
        "initial-cluster-token",
        "listen-client-http-urls",
        "listen-client-urls",
        "listen-metrics-urls",
        "listen-peer-urls",
        "metricsBindAddress",
        "name",
        "node-ip",
        "nodePortAddresses",
        "provider-id",
        "providerID",
        "registerWithTaints",
        "register-with-taints",
        "node-labels",
};

/* Of a Component: what its settings are, not which process it is. */
static const char *const compared_of_components[] = {"settings", "featureGates", "version", "component"};

static struct bw_str last_name(struct bw_str path)
{
        size_t at = path.n;

        while (at && path.p[at - 1] != '.')
                at--;
        return bw_str_rest(path, at);
}

static bool has(const char *const *names, size_t n, struct bw_str name)
{
        for (size_t i = 0; i < n; i++)
                if (bw_str_is(name, names[i]))
                        return true;
        return false;
}

static bool is_volatile(const struct bw_fact *fact)
{
        return has(volatile_names, BW_ARRAY_SIZE(volatile_names), last_name(fact->path));
}

/* "settings" of settings.anonymous-auth */
static struct bw_str first_name(struct bw_str path)
{
        size_t n = 0;

        while (n < path.n && path.p[n] != '.' && path.p[n] != '[')
                n++;
        return bw_str_n(path.p, n);
}

static bool is_of_members(const struct bw_doc *doc, const struct bw_fact *fact)
{
        struct bw_str first = first_name(fact->path);

        if (has(own_settings, BW_ARRAY_SIZE(own_settings), last_name(fact->path)))
                return false;
        if (bw_str_is(doc->kind, "Component"))
                return has(compared_of_components, BW_ARRAY_SIZE(compared_of_components), first);
        return bw_str_ends(doc->group, BW_STR(".config.k8s.io")) || bw_str_is(doc->group, "audit.k8s.io") ||
               bw_str_is(doc->kind, "AuditCoverage") || bw_str_is(doc->kind, "EncryptionAtRest");
}

/* ---- facts of a document */

struct listing {
        struct bw_arena *arena;
        const struct bw_doc *doc;
        struct bw_str doc_key;
        struct bw_buf path;
        struct bw_segment segments[BW_LIMIT_PATH_DEPTH];
        size_t depth;
        struct bw_fact *facts;
        size_t n;
        size_t cap;
};

struct bw_str bw_name_on(struct bw_str name, struct bw_str machine)
{
        if (!bw_str_starts(name, machine))
                return name;
        if (name.n == machine.n)
                return bw_str_n(name.p, 0);
        return name.p[machine.n] == '/' ? bw_str_rest(name, machine.n + 1) : name;
}

static int add_fact(struct listing *l, struct bw_value value)
{
        struct bw_path path = {.n = l->depth, .segments = l->segments};
        struct bw_str text = bw_buf_status(&l->path) < 0 ? (struct bw_str){0} : bw_arena_str(l->arena, bw_buf_view(&l->path));

        if (l->n >= BW_LIMIT_FACTS)
                return -E2BIG;
        if (!text.p || bw_arena_grow(l->arena, &l->facts, &l->cap, l->n, sizeof(*l->facts)) < 0)
                return -ENOMEM;
        l->facts[l->n++] = (struct bw_fact){
                .doc = l->doc_key, .path = text, .value = value, .evidence = bw_evidence_find(l->doc->root, path)};
        return 0;
}

static bool is_plain_list(struct bw_value v)
{
        for (uint32_t i = 0; i < v.n; i++)
                if (v.list->items[i].type >= BW_LIST)
                        return false;
        return true;
}

/* What tells an item from its neighbours; else its number does. */
static void put_item(struct bw_buf *out, struct bw_value item, uint32_t index)
{
        static const char *const names[] = {"path", "name", "role", "id", "flag", "code", "file", "key"};

        bw_buf_char(out, '[');
        for (size_t i = 0; i < BW_ARRAY_SIZE(names); i++) {
                struct bw_str text = bw_map_text(item, names[i]);

                if (text.n) {
                        bw_buf_str(out, text);
                        bw_buf_char(out, ']');
                        return;
                }
        }
        bw_buf_printf(out, "%u]", index);
}

static int list_value(struct listing *l, struct bw_value v);

/* A value inside, whose name was put behind the path from `before` on. */
static int step(struct listing *l, struct bw_segment segment, struct bw_value v, size_t before)
{
        int r;

        if (l->depth == BW_LIMIT_PATH_DEPTH)
                return 0;
        l->segments[l->depth++] = segment;
        r = list_value(l, v);
        l->depth--;
        if (bw_buf_status(&l->path) == 0)
                l->path.n = before;
        return r;
}

static bool is_about_the_document(const struct listing *l, struct bw_value key)
{
        static const char *const names[] = {"apiVersion", "kind", "metadata", "evidence"};

        return l->depth == 0 && has(names, BW_ARRAY_SIZE(names), bw_value_text(key));
}

/* Recursion is bounded by BW_LIMIT_PATH_DEPTH. */
static int list_value(struct listing *l, struct bw_value v)
{
        int r = 0;

        if (v.type != BW_MAP && (v.type != BW_LIST || is_plain_list(v)))
                return add_fact(l, v);
        for (uint32_t i = 0; r == 0 && v.type == BW_MAP && i < v.n; i++) {
                const struct bw_entry *e = &v.map->entries[i];
                size_t before = l->path.n;

                if (e->key.type != BW_STRING || is_about_the_document(l, e->key))
                        continue;
                bw_buf_puts(&l->path, before ? "." : "");
                bw_buf_str(&l->path, bw_value_text(e->key));
                r = step(l, (struct bw_segment){.kind = BW_SEGMENT_KEY, .key = e->key}, e->value, before);
        }
        for (uint32_t i = 0; r == 0 && v.type == BW_LIST && i < v.n; i++) {
                size_t before = l->path.n;

                put_item(&l->path, v.list->items[i], i);
                r = step(l, (struct bw_segment){.kind = BW_SEGMENT_INDEX, .index = i}, v.list->items[i], before);
        }
        return r;
}

static int list_doc(struct listing *l, const struct bw_doc *doc, struct bw_str machine)
{
        struct bw_str name = bw_name_on(doc->name, machine);

        /* A component that is not there has the machine's name alone. */
        if (!name.n)
                name = bw_map_text(doc->root, "component");
        l->doc = doc;
        l->doc_key = bw_arena_printf(l->arena, "%.*s%s%.*s", BW_STR_ARG(doc->kind), name.n ? " " : "", BW_STR_ARG(name));
        bw_buf_clear(&l->path);
        return l->doc_key.p ? list_value(l, doc->root) : -ENOMEM;
}

static int problem(int r, struct bw_error *reterr)
{
        if (r == -E2BIG)
                return bw_error_set(reterr, r, "more than %d values to compare", BW_LIMIT_FACTS);
        return r < 0 ? bw_error_nomem(reterr) : 0;
}

int bw_facts_of(struct bw_arena *arena, const struct bw_doc *doc, struct bw_str machine, struct bw_fact **ret,
                size_t *ret_n, struct bw_error *reterr)
{
        struct listing l = {.arena = arena};
        int r = list_doc(&l, doc, machine);

        bw_buf_done(&l.path);
        if (r < 0)
                return problem(r, reterr);
        *ret = l.facts;
        *ret_n = l.n;
        return 0;
}

/* ---- comparing */

static int cmp_facts(const void *a, const void *b)
{
        const struct bw_fact *x = a;
        const struct bw_fact *y = b;
        int r = bw_str_cmp(x->doc, y->doc);

        return r ? r : bw_str_cmp(x->path, y->path);
}

/* The facts of all documents that count, sorted; of equal names the last stays. */
static int list_all(struct bw_arena *arena, const struct bw_collection *of, bool members, struct bw_fact **ret,
                    size_t *ret_n)
{
        struct listing l = {.arena = arena};
        size_t n = 0;
        int r = 0;

        for (size_t i = 0; r == 0 && i < of->n_docs; i++) {
                size_t from = l.n;

                r = list_doc(&l, of->docs[i], of->name);
                for (size_t k = n = from; k < l.n; k++)
                        if (!is_volatile(&l.facts[k]) && (!members || is_of_members(of->docs[i], &l.facts[k])))
                                l.facts[n++] = l.facts[k];
                l.n = BW_MIN(n, l.n);
        }
        bw_buf_done(&l.path);
        if (l.n)
                qsort(l.facts, l.n, sizeof(*l.facts), cmp_facts);
        *ret = l.facts;
        *ret_n = l.n;
        return r;
}

/* Whether a document has facts among sorted ones. */
static bool is_in(const struct bw_fact *facts, size_t n, struct bw_str doc)
{
        size_t low = 0;
        size_t high = n;

        while (low < high) {
                size_t middle = low + (high - low) / 2;
                int r = bw_str_cmp(facts[middle].doc, doc);

                if (r == 0)
                        return true;
                if (r < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return false;
}

struct sides {
        struct bw_fact *facts[2];
        size_t n[2];
        size_t at[2];
};

/* A member that does not run the component at all differs in one thing, not in a hundred. */
static bool is_told(const struct bw_fact_change *last, const struct bw_fact_change *change)
{
        const struct bw_fact *a = last->after ? last->after : last->before;
        const struct bw_fact *b = change->after ? change->after : change->before;

        return last->whole && change->whole && bw_str_eq(a->doc, b->doc);
}

static int order_of(const struct sides *s)
{
        if (s->at[0] == s->n[0])
                return 1;
        if (s->at[1] == s->n[1])
                return -1;
        return cmp_facts(&s->facts[0][s->at[0]], &s->facts[1][s->at[1]]);
}

int bw_compare(struct bw_arena *arena, const struct bw_collection *before, const struct bw_collection *after, bool members,
               struct bw_fact_change **ret, size_t *ret_n, struct bw_error *reterr)
{
        struct bw_fact_change *changes = NULL;
        struct sides s = {0};
        size_t n = 0;
        size_t cap = 0;
        int r = list_all(arena, before, members, &s.facts[0], &s.n[0]);

        if (r == 0)
                r = list_all(arena, after, members, &s.facts[1], &s.n[1]);
        while (r == 0 && (s.at[0] < s.n[0] || s.at[1] < s.n[1])) {
                int order = order_of(&s);
                struct bw_fact_change change = {
                        .before = order <= 0 ? &s.facts[0][s.at[0]] : NULL,
                        .after = order >= 0 ? &s.facts[1][s.at[1]] : NULL,
                };
                bool tell = order != 0 || !bw_value_eq(change.before->value, change.after->value);

                if (order < 0)
                        change.whole = !is_in(s.facts[1], s.n[1], change.before->doc);
                if (order > 0)
                        change.whole = !is_in(s.facts[0], s.n[0], change.after->doc);
                tell = tell && !(n && is_told(&changes[n - 1], &change));
                s.at[0] += order <= 0;
                s.at[1] += order >= 0;
                if (!tell)
                        continue;
                r = bw_arena_grow(arena, &changes, &cap, n, sizeof(*changes));
                if (r == 0)
                        changes[n++] = change;
        }
        if (r < 0)
                return problem(r, reterr);
        *ret = changes;
        *ret_n = n;
        return 0;
}
