/* SPDX-License-Identifier: Apache-2.0 */
/* Annotations that say what need not be reported: bulwark.dev/ignore.RULE-ID, and those of other tools. */
#include "base/alloc.h"
#include "base/limits.h"
#include "doc/pod.h"
#include "exception/exception_internal.h"

#define OURS "bulwark.dev/ignore"

/* Other tools' annotations, all on the object itself. */
static const struct peer {
        const char *framework; /* of the controls that are the tool's checks */
        const char *all;       /* from every check */
        const char *before;    /* the name of one check stands between these */
        const char *behind;
        bool is_flag; /* it counts when its value is true; else the value is a reason */
} peers[] = {
        {"kube-linter", "kube-linter.io/ignore-all", "ignore-check.kube-linter.io/", "", false},
        {"polaris", "polaris.fairwinds.com/exempt", "polaris.fairwinds.com/", "-exempt", true},
};

/* Checks that ask about one of the fields that a rule of ours asks about: an exemption from one is none from the
 * others. */
static const struct {
        const char *framework;
        const char *check;
        const char *field;
} narrow_checks[] = {
        {"kube-linter", "host-ipc", ".hostIPC"},         {"kube-linter", "host-pid", ".hostPID"},
        {"kube-linter", "host-network", ".hostNetwork"}, {"polaris", "hostIPCSet", ".hostIPC"},
        {"polaris", "hostPIDSet", ".hostPID"},           {"polaris", "hostNetworkSet", ".hostNetwork"},
};

static bool is_about(const struct bw_control *control, struct bw_str path)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(narrow_checks); i++)
                if (bw_str_is(control->framework, narrow_checks[i].framework) &&
                    bw_str_is(control->control, narrow_checks[i].check))
                        return bw_str_ends(path, bw_str(narrow_checks[i].field));
        return true;
}

/* The object's own annotations and those of its pod template; ABSENT where there are none. */
struct annotations {
        struct bw_value own;
        struct bw_value pod;
        struct bw_path pod_path; /* of the pod's metadata */
};

static struct annotations annotations_of(const struct bw_doc *doc)
{
        struct annotations a = {.own = bw_map_walk(doc->root, "metadata.annotations")};
        struct bw_pod pod = {0};

        if (!bw_pod_find(doc, &pod))
                return a;
        a.pod = bw_map_get(pod.metadata, BW_STR("annotations"));
        a.pod_path = pod.metadata_path;
        if (a.pod.type == BW_MAP && a.own.type == BW_MAP && a.pod.map == a.own.map)
                a.pod = (struct bw_value){0};
        return a;
}

/* ---- what an annotation of ours says */

struct saying {
        enum record_state state;
        struct bw_str reason;
        struct bw_str expires;
        int64_t ends;
};

static bool looks_like_date(struct bw_str word)
{
        size_t separators = 0;

        for (size_t i = 0; i < word.n; i++)
                separators += word.p[i] == '-' || word.p[i] == '/';
        return word.n && word.p[0] >= '0' && word.p[0] <= '9' && separators == 2;
}

static struct bw_str without_end(struct bw_str s, const char *bytes)
{
        while (s.n && strchr(bytes, s.p[s.n - 1]))
                s.n--;
        return s;
}

/* "reason", "reason until 2027-01-31", "reason (until 2027-01-31)". */
static struct saying parse(struct bw_value value)
{
        struct saying said = {.state = RECORD_VALID, .ends = INT64_MAX};
        struct bw_str text;
        struct bw_str word;
        size_t cut;

        if (value.type != BW_STRING)
                return (struct saying){.state = RECORD_NO_TEXT};
        said.reason = bw_str_trim(bw_value_text(value));
        text = without_end(said.reason, ").");
        for (cut = text.n; cut && text.p[cut - 1] != ' '; cut--)
                ;
        word = bw_str_rest(text, cut);
        text = bw_str_trim(bw_str_n(text.p, cut));
        if (looks_like_date(word) && bw_str_ends(text, BW_STR("until"))) {
                said.reason = without_end(bw_str_n(text.p, text.n - strlen("until")), " (,;-");
                said.expires = word;
                if (bw_date_end(word, &said.ends) < 0)
                        said.state = RECORD_BAD_DATE;
        }
        if (said.state == RECORD_VALID && said.reason.n == 0)
                said.state = RECORD_NO_REASON;
        return said;
}

/* ---- records */

static uint64_t hash_of(const struct record *r, struct bw_str value)
{
        const struct bw_str texts[] = {r->file, r->kind, r->ns, r->name, r->annotation, value};
        uint64_t hash = HASH_BEGIN;

        for (size_t i = 0; i < BW_ARRAY_SIZE(texts); i++)
                hash = hash_text(hash, texts[i]);
        return hash;
}

static bool is_same(const struct record *a, const struct record *b)
{
        return a->hash == b->hash && bw_str_eq(a->annotation, b->annotation) && bw_str_eq(a->name, b->name) &&
               bw_str_eq(a->ns, b->ns) && bw_str_eq(a->kind, b->kind) && bw_str_eq(a->file, b->file);
}

/* A copy in one block, with all its texts. */
static struct record *copy_record(const struct record *from)
{
        size_t bytes = from->file.n + from->kind.n + from->ns.n + from->name.n + from->annotation.n +
                       from->note.reason.n + from->note.expires.n + from->note.source.n;
        struct record *r = bw_malloc(sizeof(*r) + bytes);
        char *at;

        if (!r)
                return NULL;
        *r = *from;
        at = (char *)(r + 1);
        struct bw_str *const texts[] = {&r->file,       &r->kind,        &r->ns,           &r->name,
                                        &r->annotation, &r->note.reason, &r->note.expires, &r->note.source};

        for (size_t i = 0; i < BW_ARRAY_SIZE(texts); i++) {
                if (texts[i]->n)
                        memcpy(at, texts[i]->p, texts[i]->n);
                texts[i]->p = at;
                at += texts[i]->n;
        }
        r->rule = bw_str_n(r->annotation.p + r->annotation.n - from->rule.n, from->rule.n);
        return r;
}

/* The record of an annotation, made when there is none yet. NULL when memory is short. */
static struct record *keep(struct bw_exceptions *exceptions, const struct bw_doc *doc, struct record *r,
                           struct bw_str value)
{
        _Atomic(struct record *) *bucket;
        struct record *kept;

        r->file = doc->input ? doc->input->name : (struct bw_str){0};
        r->kind = doc->kind;
        r->ns = doc->ns;
        r->name = doc->name;
        r->hash = hash_of(r, value);
        bucket = &exceptions->records[r->hash % RECORD_BUCKETS];
        for (kept = atomic_load_explicit(bucket, memory_order_acquire); kept; kept = kept->next)
                if (is_same(kept, r))
                        return kept;
        if (r->mark.line == 0)
                r->mark = doc->mark;
        kept = copy_record(r);
        if (!kept) {
                atomic_store_explicit(&exceptions->nomem, true, memory_order_relaxed);
                return NULL;
        }
        kept->next = atomic_load_explicit(bucket, memory_order_relaxed);
        while (!atomic_compare_exchange_weak_explicit(bucket, &kept->next, kept, memory_order_release,
                                                      memory_order_relaxed))
                ;
        (void)atomic_fetch_add_explicit(&exceptions->n_records, 1, memory_order_relaxed);
        return kept;
}

void annotation_records_free(struct bw_exceptions *exceptions)
{
        for (size_t i = 0; i < RECORD_BUCKETS; i++) {
                struct record *r = atomic_load(&exceptions->records[i]);

                while (r) {
                        struct record *next = r->next;

                        bw_free(r);
                        r = next;
                }
        }
}

static struct record *keep_ours(struct bw_exceptions *exceptions, const struct bw_doc *doc, struct bw_str key,
                                struct bw_value value, struct bw_mark mark)
{
        struct saying said = parse(value);
        char source[320];
        struct record r = {
                .annotation = key,
                .rule = bw_str_starts(key, BW_STR(OURS ".")) ? bw_str_rest(key, strlen(OURS ".")) : (struct bw_str){0},
                .mark = mark,
                .state = said.state,
                .ends = said.ends,
                .note = {.reason = said.reason, .expires = said.expires},
        };

        (void)snprintf(source, sizeof(source), "annotation %.*s", BW_STR_ARG(key));
        r.note.source = bw_str(source);
        return keep(exceptions, doc, &r, value.type == BW_STRING ? bw_value_text(value) : (struct bw_str){0});
}

/* ---- matching */

/* Whether a key begins so: nearly all objects have none, and are not asked for each rule. */
static bool has_key_like(struct bw_value annotations, struct bw_str begin)
{
        for (uint32_t i = 0; annotations.type == BW_MAP && i < annotations.n; i++) {
                struct bw_value key = annotations.map->entries[i].key;

                if (key.type == BW_STRING && bw_str_starts(bw_value_text(key), begin))
                        return true;
        }
        return false;
}

static bool has_key_of_peer(struct bw_value annotations)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(peers); i++)
                if (has_key_like(annotations, bw_str(peers[i].before)) || has_key_like(annotations, bw_str(peers[i].all)))
                        return true;
        return false;
}

static const struct bw_exception_note *match_ours(struct bw_exceptions *exceptions, const struct bw_doc *doc,
                                                  struct bw_value annotations, struct bw_str rule, int64_t now)
{
        char key[128];
        struct bw_value value;
        struct record *r;

        if (!has_key_like(annotations, BW_STR(OURS)))
                return NULL;
        (void)snprintf(key, sizeof(key), OURS ".%.*s", BW_STR_ARG(rule));
        value = bw_map_get(annotations, bw_str(key));
        if (value.type == BW_ABSENT)
                return NULL;
        r = keep_ours(exceptions, doc, bw_str(key), value, (struct bw_mark){0});
        if (!r || r->state != RECORD_VALID)
                return NULL;
        if (now >= r->ends) {
                atomic_store_explicit(&r->expired, true, memory_order_relaxed);
                return NULL;
        }
        atomic_store_explicit(&r->used, true, memory_order_relaxed);
        return &r->note;
}

static bool is_true(struct bw_str text)
{
        static const char word[] = "true";

        for (size_t i = 0; i < text.n && i < sizeof(word); i++)
                if ((text.p[i] | 0x20) != word[i])
                        return false;
        return text.n == sizeof(word) - 1;
}

static const struct bw_exception_note *take_peer(struct bw_exceptions *exceptions, const struct bw_doc *doc,
                                                 struct bw_value annotations, const struct peer *peer, const char *key)
{
        struct bw_value value = bw_map_get(annotations, bw_str(key));
        struct record r = {.annotation = bw_str(key), .ends = INT64_MAX};
        const struct record *kept;
        struct bw_str text;
        char source[400];

        if (value.type != BW_STRING || (peer->is_flag && !is_true(bw_value_text(value))))
                return NULL;
        text = bw_value_text(value);
        (void)snprintf(source, sizeof(source), "annotation %s, honoured as %s does", key, peer->framework);
        r.note.source = bw_str(source);
        r.note.reason = peer->is_flag ? (struct bw_str){0} : bw_str_trim(text);
        if (r.note.reason.n == 0)
                r.note.reason = BW_STR("no reason given");
        kept = keep(exceptions, doc, &r, text);
        return kept ? &kept->note : NULL;
}

/* The tool whose check a control is; NULL for a standard's. */
static const struct peer *peer_of(const struct bw_control *control)
{
        for (size_t i = 0; control->is_peer && i < BW_ARRAY_SIZE(peers); i++)
                if (bw_str_is(control->framework, peers[i].framework))
                        return &peers[i];
        return NULL;
}

static const struct bw_exception_note *match_peers(struct bw_exceptions *exceptions, const struct bw_doc *doc,
                                                   struct bw_value annotations, const struct bw_finding *finding)
{
        const struct bw_rule_info *rule = finding->rule;
        const struct bw_exception_note *note = NULL;
        char key[320];

        if (!has_key_of_peer(annotations))
                return NULL;
        for (size_t i = 0; i < rule->n_controls && !note; i++) {
                const struct bw_control *control = &rule->controls[i];
                const struct peer *peer = peer_of(control);

                if (!peer)
                        continue;
                (void)snprintf(key, sizeof(key), "%s%.*s%s", peer->before, BW_STR_ARG(control->control), peer->behind);
                if (is_about(control, finding->location.path))
                        note = take_peer(exceptions, doc, annotations, peer, key);
                if (!note)
                        note = take_peer(exceptions, doc, annotations, peer, peer->all);
        }
        return note;
}

const struct bw_exception_note *annotation_match(struct bw_exceptions *exceptions, const struct bw_doc *doc,
                                                 const struct bw_finding *finding, int64_t now)
{
        struct annotations a = annotations_of(doc);
        const struct bw_exception_note *own = match_ours(exceptions, doc, a.own, finding->rule->id, now);
        const struct bw_exception_note *pod = match_ours(exceptions, doc, a.pod, finding->rule->id, now);

        return own ? own : pod ? pod : match_peers(exceptions, doc, a.own, finding);
}

/* ---- seeing */

static int see_map(struct bw_exceptions *exceptions, struct bw_doc *doc, struct bw_arena *arena,
                   struct bw_value annotations, struct bw_path base)
{
        struct bw_segment segments[8];
        struct bw_path path = {.n = base.n + 2, .segments = segments};

        if (annotations.type != BW_MAP)
                return 0;
        for (uint32_t i = 0; i < annotations.n; i++) {
                const struct bw_entry *e = &annotations.map->entries[i];
                struct bw_mark mark = {0};

                if (e->key.type != BW_STRING || !bw_str_starts(bw_value_text(e->key), BW_STR(OURS)))
                        continue;
                if (atomic_load_explicit(&exceptions->n_records, memory_order_relaxed) >= BW_LIMIT_ANNOTATIONS)
                        return 0;
                if (path.n <= BW_ARRAY_SIZE(segments)) {
                        if (base.n)
                                memcpy(segments, base.segments, base.n * sizeof(segments[0]));
                        segments[base.n] = (struct bw_segment){.key = bw_value_str(BW_STR("annotations"))};
                        segments[base.n + 1] = (struct bw_segment){.key = e->key};
                        mark = bw_doc_mark(doc, arena, path, true);
                }
                if (!keep_ours(exceptions, doc, bw_value_text(e->key), e->value, mark))
                        return -ENOMEM;
        }
        return 0;
}

int annotation_see(struct bw_exceptions *exceptions, struct bw_doc *doc, struct bw_arena *arena)
{
        const struct bw_segment metadata = {.key = bw_value_str(BW_STR("metadata"))};
        const struct annotations a = annotations_of(doc);
        int r = see_map(exceptions, doc, arena, a.own, (struct bw_path){.n = 1, .segments = &metadata});

        return r < 0 ? r : see_map(exceptions, doc, arena, a.pod, a.pod_path);
}
