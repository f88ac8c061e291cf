/* SPDX-License-Identifier: Apache-2.0 */
/* Source: data/kubelet-flags.tsv; spf13/pflag (texts of errors); k8s.io/component-base cli/flag (map flags, taints). */
#include "analyze/kubelet_internal.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/goquote.h"
#include "base/limits.h"
#include "base/table.h"
#include "format/gotext.h"

extern const struct bw_table bw_table_kubelet_flags;
static const struct bw_table *const table = &bw_table_kubelet_flags;

enum column { COLUMN_FLAG, COLUMN_FIELD, COLUMN_FORM };

/* ---- values */

/* key<sep>value,… as a map of texts. */
static int put_pairs(struct kubelet_tree *tree, struct kubelet_node *node, struct bw_str text, char sep,
                     const struct bw_evidence *from)
{
        struct bw_str part;
        int r = 0;

        node->first = node->last = NULL;
        node->from = *from;
        while (r == 0 && text.n && bw_str_split(&text, ',', &part)) {
                struct bw_str key;

                if (bw_str_split(&part, sep, &key))
                        r = kubelet_put_entry(tree, node, bw_str_trim(key), bw_value_str(bw_str_trim(part)), from);
        }
        return r;
}

/* The names of the headers; their values may be credentials, and are gone already. */
static int put_headers(struct kubelet_tree *tree, struct kubelet_node *node, const struct bw_evidence *from)
{
        struct bw_list *list = bw_list_new(tree->arena, 1);

        if (!list)
                return -ENOMEM;
        list->items[0] = bw_value_str(BW_STR("(redacted)"));
        node->first = node->last = NULL;
        node->from = *from;
        return kubelet_put_entry(tree, node, BW_STR("(redacted)"), bw_value_list(list, 1), from);
}

static struct bw_value map_of(struct bw_arena *arena, const struct bw_entry *entries, uint32_t n)
{
        struct bw_map *map = bw_map_new(arena, n);

        if (!map)
                return (struct bw_value){0};
        memcpy(map->entries, entries, n * sizeof(entries[0]));
        return bw_map_seal(arena, map, n) < 0 ? (struct bw_value){0} : bw_value_map(map, n);
}

static struct bw_entry entry(const char *key, struct bw_str text)
{
        return (struct bw_entry){.key = bw_value_str(bw_str(key)), .value = bw_value_str(text)};
}

/* key=value:Effect */
static struct bw_value taint_of(struct bw_arena *arena, struct bw_str text)
{
        struct bw_str key;
        struct bw_str effect = text;
        struct bw_str value;
        struct bw_entry entries[3];

        if (!bw_str_split(&effect, ':', &key))
                key = BW_STR("");
        value = key;
        if (!bw_str_split(&value, '=', &key))
                key = BW_STR("");
        entries[0] = entry("key", key);
        entries[1] = entry("value", value);
        entries[2] = entry("effect", effect);
        return map_of(arena, entries, 3);
}

/* 0:memory=1Gi,hugepages-2Mi=4Mi */
static struct bw_value memory_of(struct bw_arena *arena, struct bw_str text)
{
        struct bw_str number = BW_STR("");
        struct bw_entry entries[2];
        struct bw_entry limits[16];
        struct bw_str part;
        uint32_t n = 0;
        int64_t node = 0;

        if (!bw_str_split(&text, ':', &number) || bw_str_to_i64(number, &node) < 0)
                node = 0;
        while (n < BW_ARRAY_SIZE(limits) && text.n && bw_str_split(&text, ',', &part)) {
                struct bw_str key;

                if (bw_str_split(&part, '=', &key))
                        limits[n++] = (struct bw_entry){.key = bw_value_str(key), .value = bw_value_str(part)};
        }
        entries[0] = (struct bw_entry){.key = bw_value_str(BW_STR("numaNode")), .value = bw_value_int(node)};
        entries[1] = (struct bw_entry){.key = bw_value_str(BW_STR("limits")), .value = map_of(arena, limits, n)};
        return map_of(arena, entries, 2);
}

static int put_list(struct kubelet_tree *tree, const char *field, struct bw_str text, char sep,
                    struct bw_value (*item)(struct bw_arena *arena, struct bw_str text), const struct bw_evidence *from)
{
        struct bw_list *list = bw_list_new(tree->arena, (uint32_t)text.n + 1);
        struct bw_str part;
        uint32_t n = 0;

        while (list && text.n && bw_str_split(&text, sep, &part)) {
                list->items[n] = item(tree->arena, part);
                if (list->items[n++].type == BW_ABSENT)
                        return -ENOMEM;
        }
        return list ? kubelet_set(tree, field, bw_value_list(list, n), from) : -ENOMEM;
}

/* The gates of the flag stand over those of files, the others stay. */
static int put_gates(struct kubelet_tree *tree, struct bw_value gates, const struct bw_evidence *from)
{
        struct kubelet_node *node = kubelet_make(tree, "featureGates");
        int r = node ? 0 : -ENOMEM;

        if (node && !node->from.type)
                node->from = *from;
        for (uint32_t i = 0; r == 0 && gates.type == BW_MAP && i < gates.n; i++)
                r = kubelet_put_entry(tree, node, bw_value_text(gates.map->entries[i].key), gates.map->entries[i].value, from);
        return r;
}

static int put_flag(struct kubelet_tree *tree, size_t row, const struct component_setting *s)
{
        const char *field = bw_table_text(table, row, COLUMN_FIELD);
        const char *form = bw_table_text(table, row, COLUMN_FORM);
        struct kubelet_node *node = kubelet_make(tree, field);
        struct bw_str text = s->value.type == BW_STRING ? bw_value_text(s->value) : BW_STR("");

        if (!node)
                return tree->n < BW_LIMIT_KUBELET_FIELDS ? 0 : -E2BIG;
        if (strcmp(form, "langle") == 0 || strcmp(form, "pairs") == 0)
                return put_pairs(tree, node, text, *form == 'l' ? '<' : '=', &s->evidence);
        if (strcmp(form, "headers") == 0)
                return put_headers(tree, node, &s->evidence);
        if (strcmp(form, "taints") == 0)
                return put_list(tree, field, text, ',', taint_of, &s->evidence);
        if (strcmp(form, "memory") == 0)
                return put_list(tree, field, text, ';', memory_of, &s->evidence);
        if (strcmp(field, "featureGates") == 0)
                return put_gates(tree, s->value, &s->evidence);
        if (s->value.type == BW_DOUBLE && bw_str_is(node->type, "int32"))
                return kubelet_set(tree, field, bw_value_int((int64_t)s->value.d), &s->evidence);
        if (kubelet_note_override(tree, node, bw_str(field), s->value, &s->evidence) < 0)
                return -ENOMEM;
        return kubelet_set(tree, field, s->value, &s->evidence);
}

bool bw_kubelet_flag_is_field(struct bw_str flag)
{
        return bw_table_find(table, flag) != SIZE_MAX;
}

int kubelet_apply_flags(struct kubelet_tree *tree, struct component *c)
{
        int r = 0;

        for (size_t i = 0; r == 0 && i < table->n_rows; i++) {
                const struct component_setting *s = component_find(c, bw_table_text(table, i, COLUMN_FLAG));

                if (s && s->is_set && s->value.type != BW_ABSENT)
                        r = put_flag(tree, i, s);
        }
        return r;
}

/* ---- what pflag says */

/* A pair of gates that is none: the first one that is wrong. */
static void put_gates_why(struct bw_buf *out, struct bw_str value)
{
        struct bw_str part;
        bool on;

        while (value.n && bw_str_split(&value, ',', &part)) {
                struct bw_str text = part;
                struct bw_str name;

                if (part.n == 0)
                        continue;
                if (!memchr(part.p, '=', part.n)) {
                        bw_buf_puts(out, "malformed pair, expect string=bool");
                        return;
                }
                (void)bw_str_split(&text, '=', &name);
                if (bw_go_bool(bw_str_trim(text), &on) == 0)
                        continue;
                bw_buf_printf(out, "invalid value of %.*s: %.*s, err: strconv.ParseBool: parsing ", BW_STR_ARG(bw_str_trim(name)),
                              BW_STR_ARG(bw_str_trim(text)));
                bw_buf_go_quote(out, bw_str_trim(text));
                bw_buf_puts(out, ": invalid syntax");
                return;
        }
}

static void put_why(struct bw_buf *out, const struct bw_flag_use *use, bool range, char sep, const char *otherwise)
{
        static const char *const parsers[_BW_FLAG_TYPE_MAX] = {
                [BW_FLAG_BOOL] = "ParseBool", [BW_FLAG_INT] = "ParseInt", [BW_FLAG_UINT] = "ParseUint",
                [BW_FLAG_FLOAT] = "ParseFloat"};

        if (use->type == BW_FLAG_DURATION) {
                bw_schema_put_duration_error(out, use->value);
        } else if (parsers[use->type]) {
                bw_buf_printf(out, "strconv.%s: parsing ", parsers[use->type]);
                bw_buf_go_quote(out, use->value);
                bw_buf_puts(out, range ? ": value out of range" : ": invalid syntax");
        } else if (use->type == BW_FLAG_IP) {
                bw_buf_go_quote(out, use->value);
                bw_buf_puts(out, " is not a valid IP address");
        } else if (use->type == BW_FLAG_GATES) {
                put_gates_why(out, use->value);
        } else if (sep) {
                bw_buf_printf(out, "malformed pair, expect string%cstring", sep);
        } else {
                bw_buf_puts(out, otherwise);
        }
}

/* The sign between the parts of a flag's pairs when one of them lacks it; 0: all have it, or there are no pairs. */
static char missing_sign(const struct bw_flag_use *use)
{
        size_t row = bw_table_find(table, use->name);
        const char *form = bw_table_text(table, row, COLUMN_FORM);
        char sep = strcmp(form, "langle") == 0 ? '<' : strcmp(form, "pairs") == 0 ? '=' : '\0';
        struct bw_str rest = use->value;
        struct bw_str part;

        while (sep && rest.n && bw_str_split(&rest, ',', &part))
                if (part.n && !memchr(part.p, sep, part.n))
                        return sep;
        return '\0';
}

/* Fields of 32 bits refuse what a flag of 64 would take. */
static bool is_out_of_range(const struct bw_flag_use *use, int minor)
{
        int64_t i;
        int r = use->type == BW_FLAG_INT ? bw_go_int(use->value, &i) : -EINVAL;

        for (size_t row = 0; r != -EINVAL && row < table->n_rows; row++) {
                struct bw_str type = bw_schema_field(BW_STR(KUBELET_TYPE), bw_table_cell(table, row, COLUMN_FIELD), minor);

                if (!bw_str_eq(bw_table_cell(table, row, COLUMN_FLAG), use->name))
                        continue;
                return r == -ERANGE ||
                       (bw_str_ends(type, BW_STR("int32")) && (i < INT32_MIN || i > INT32_MAX));
        }
        return false;
}

/* The first use that is refused, before element `limit`, with the reason. */
static const struct bw_flag_use *first_bad(struct component *c, size_t limit, struct bw_buf *why)
{
        for (size_t i = 0; i < c->flags.n_uses && c->flags.uses[i].arg < limit; i++) {
                const struct bw_flag_use *use = &c->flags.uses[i];
                bool range = use->known && is_out_of_range(use, c->minor);
                char sep = use->known ? missing_sign(use) : '\0';
                struct bw_error err = {0};
                struct bw_value ignored;

                if (!use->known)
                        continue;
                if (range || sep || bw_flag_text_value(c->arena, use->type, use->value, &ignored, &err) == -EINVAL) {
                        put_why(why, use, range, sep, err.message);
                        return use;
                }
        }
        return NULL;
}

/* Labels of Kubernetes' own that a kubelet may give its node. Source: k8s.io/kubelet pkg/apis/well_known_labels.go. */
static const char *const own_labels[] = {
        "beta.kubernetes.io/arch", "beta.kubernetes.io/instance-type", "beta.kubernetes.io/os",
        "failure-domain.beta.kubernetes.io/region", "failure-domain.beta.kubernetes.io/zone", "kubernetes.io/arch",
        "kubernetes.io/hostname", "kubernetes.io/os", "node.kubernetes.io/instance-type", "topology.kubernetes.io/region",
        "topology.kubernetes.io/zone",
};

static bool in_domain(struct bw_str name, const char *domain)
{
        size_t n = strlen(domain);

        return bw_str_is(name, domain) ||
               (name.n > n && bw_str_ends(name, bw_str(domain)) && name.p[name.n - n - 1] == '.');
}

static bool may_label(struct bw_str key)
{
        struct bw_str rest = key;
        struct bw_str domain = BW_STR("");

        if (!memchr(key.p ? key.p : "", '/', key.n))
                return true;
        (void)bw_str_split(&rest, '/', &domain);
        if (!in_domain(domain, "kubernetes.io") && !in_domain(domain, "k8s.io"))
                return true;
        for (size_t i = 0; i < BW_ARRAY_SIZE(own_labels); i++)
                if (bw_str_is(key, own_labels[i]))
                        return true;
        return in_domain(domain, "kubelet.kubernetes.io") || in_domain(domain, "node.kubernetes.io");
}

/* --node-labels with names of Kubernetes' own. */
static void put_labels_why(struct component *c, struct bw_buf *out)
{
        const struct component_setting *s = component_find(c, "node-labels");
        size_t n = 0;

        for (uint32_t i = 0; s && s->value.type == BW_MAP && i < s->value.n; i++) {
                struct bw_str key = bw_value_text(s->value.map->entries[i].key);

                if (may_label(key))
                        continue;
                bw_buf_puts(out, n++ ? " " : "unknown 'kubernetes.io' or 'k8s.io' labels specified with --node-labels: [");
                bw_buf_str(out, key);
        }
        if (n == 0)
                return;
        bw_buf_puts(out, "]\n--node-labels in the 'kubernetes.io' namespace must begin with an allowed prefix "
                         "(kubelet.kubernetes.io, node.kubernetes.io) or be in the specifically allowed set (");
        for (size_t i = 0; i < BW_ARRAY_SIZE(own_labels); i++)
                bw_buf_printf(out, "%s%s", i ? ", " : "", own_labels[i]);
        bw_buf_char(out, ')');
}

int kubelet_flags_refused(struct component *c, struct bw_str *ret)
{
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        bw_auto_done(bw_buf_done) struct bw_buf why = {0};
        const struct bw_flag_problem *problem = c->flags.n_problems ? &c->flags.problems[0] : NULL;
        const struct bw_flag_use *bad = first_bad(c, problem ? problem->arg : SIZE_MAX, &why);

        if (bad) {
                bw_buf_puts(&text, "invalid argument ");
                bw_buf_go_quote(&text, component_is_secret(bad->name) ? BW_STR("(redacted)") : bad->value);
                bw_buf_printf(&text, " for \"--%.*s\" flag: %.*s", BW_STR_ARG(bad->name), BW_STR_ARG(bw_buf_view(&why)));
        } else if (problem) {
                bw_buf_str(&text, problem->text);
        } else if (c->flags.first_argument < c->input->n_args) {
                bw_buf_printf(&text, "unknown command %.*s", BW_STR_ARG(c->args[c->flags.first_argument]));
        } else {
                put_labels_why(c, &text);
        }
        *ret = bw_buf_status(&text) < 0 || bw_buf_status(&why) < 0 ? (struct bw_str){0} : bw_arena_str(c->arena, bw_buf_view(&text));
        return ret->p ? 0 : -ENOMEM;
}
