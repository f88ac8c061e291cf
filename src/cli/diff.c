/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/diff_internal.h"

#include "base/alloc.h"
#include "base/arena.h"
#include "base/limits.h"
#include "base/time.h"
#include "cli/files.h"
#include "os/clock.h"
#include "os/tzdata.h"
#include "scan/snapshot.h"

/* ---- sides */

void bw_diff_side_done(struct bw_diff_side *side)
{
        bw_scan_free(side->scan);
        bw_catalog_free(side->catalog);
}

static bool is_listed(struct bw_str verdict)
{
        return bw_str_is(verdict, "fail") || bw_str_is(verdict, "manual") || bw_str_is(verdict, "error");
}

static int cmp_findings(const void *a, const void *b)
{
        const struct bw_diff_finding *x = a;
        const struct bw_diff_finding *y = b;

        return bw_str_cmp(x->key, y->key);
}

static void sort_findings(struct bw_diff_side *side)
{
        if (side->n_findings)
                qsort(side->findings, side->n_findings, sizeof(*side->findings), cmp_findings);
}

static struct bw_str object_of(const struct bw_finding *f, struct bw_arena *arena, const struct bw_diff_side *side)
{
        const struct bw_resource *r = &f->resource;
        struct bw_str name = side->is_cluster ? r->name : bw_name_on(r->name, side->machine.head.name);

        if (side->is_cluster && r->ns.n)
                return bw_arena_printf(arena, "%.*s %.*s/%.*s", BW_STR_ARG(r->kind), BW_STR_ARG(r->ns), BW_STR_ARG(name));
        return bw_arena_printf(arena, "%.*s%s%.*s", BW_STR_ARG(r->kind), name.n ? " " : "", BW_STR_ARG(name));
}

/* The same finding on another machine has the same rule, kind, rest of the name, and path. */
static int take_scanned(const struct bw_finding *f, struct bw_arena *arena, struct bw_diff_side *side)
{
        struct bw_diff_finding finding = {
                .rule = f->rule->id,
                .title = f->rule->title,
                .severity = bw_str(bw_severity_text(f->rule->severity)),
                .verdict = bw_str(bw_verdict_text(f->verdict)),
                .message = f->message,
                .object = object_of(f, arena, side),
        };

        finding.key = bw_arena_printf(arena, "%.*s %.*s %.*s %.*s", BW_STR_ARG(finding.rule), BW_STR_ARG(finding.verdict),
                                      BW_STR_ARG(finding.object), BW_STR_ARG(f->location.path));
        if (!finding.object.p || !finding.key.p)
                return -ENOMEM;
        side->findings[side->n_findings++] = finding;
        return 0;
}

/* Judges the snapshot by the rules that are compiled in. */
static int scan_snapshot(const char *path, int minor, struct bw_arena *arena, struct bw_diff_side *side, struct bw_error *reterr)
{
        const struct bw_str paths[] = {bw_str(path)};
        struct bw_scan_options options = {.paths = paths, .n_paths = 1, .threads = 1, .now = bw_clock_now()};
        const struct bw_report *report;
        int r = bw_catalog_new(NULL, &side->catalog, reterr);

        if (r == 0)
                r = bw_catalog_add_builtin(side->catalog, reterr);
        options.catalog = side->catalog;
        if (r == 0 && minor >= 0)
                bw_catalog_set_minor(side->catalog, minor);
        if (r == 0)
                r = bw_scan_run(&options, &side->scan, reterr);
        if (r < 0)
                return r;
        report = bw_scan_report(side->scan);
        side->findings = bw_arena_array(arena, report->n_findings + 1, sizeof(*side->findings));
        if (!side->findings)
                return bw_error_nomem(reterr);
        for (size_t i = 0; i < report->n_findings; i++)
                if (take_scanned(&report->findings[i], arena, side) < 0)
                        return bw_error_nomem(reterr);
        sort_findings(side);
        return 0;
}

static int load_snapshot(const char *path, struct bw_arena *arena, struct bw_diff_side *side, struct bw_error *reterr)
{
        char when[BW_TIME_TEXT];
        int r = bw_machine_read(path, arena, &side->machine, reterr);

        if (r < 0)
                return r;
        side->is_snapshot = true;
        side->name = side->machine.head.name;
        side->time = bw_arena_str(arena, bw_str(bw_time_format(side->machine.head.time, when)));
        if (!side->time.p)
                return bw_error_nomem(reterr);
        return scan_snapshot(path, -1, arena, side, reterr);
}

static int load_cluster(const char *path, struct bw_arena *arena, struct bw_diff_side *side, struct bw_error *reterr)
{
        struct bw_cluster_head head;
        char when[BW_TIME_TEXT];
        int r = bw_cluster_snapshot_head(path, arena, &head, reterr);

        if (r < 0)
                return r;
        side->is_cluster = true;
        side->name = head.server;
        side->time = bw_arena_str(arena, bw_str(bw_time_format(head.time, when)));
        if (!side->time.p)
                return bw_error_nomem(reterr);
        return scan_snapshot(path, head.kubernetes_minor, arena, side, reterr);
}

static int take_reported(struct bw_value f, struct bw_arena *arena, struct bw_diff_side *side)
{
        struct bw_value resource = bw_map_get(f, BW_STR("resource"));
        struct bw_str ns = bw_map_text(resource, "namespace");
        struct bw_diff_finding finding = {
                .key = bw_map_text(f, "fingerprint"),
                .rule = bw_map_text(f, "rule"),
                .title = bw_map_text(f, "title"),
                .severity = bw_map_text(f, "severity"),
                .verdict = bw_map_text(f, "verdict"),
                .message = bw_map_text(f, "message"),
                .object = bw_arena_printf(arena, "%.*s %.*s%s%.*s", BW_STR_ARG(bw_map_text(resource, "kind")),
                                          BW_STR_ARG(ns), ns.n ? "/" : "", BW_STR_ARG(bw_map_text(resource, "name"))),
        };

        if (!is_listed(finding.verdict))
                return 0;
        finding.key = bw_arena_printf(arena, "%.*s %.*s %.*s", BW_STR_ARG(finding.rule), BW_STR_ARG(finding.verdict),
                                      BW_STR_ARG(finding.key));
        if (!finding.object.p || !finding.key.p)
                return -ENOMEM;
        side->findings[side->n_findings++] = finding;
        return 0;
}

static int load_report(const char *path, struct bw_arena *arena, struct bw_diff_side *side, struct bw_error *reterr)
{
        struct bw_str text = {0};
        struct bw_value findings;
        struct bw_doc doc;
        size_t used;
        int r = bw_file_load(arena, path, BW_LIMIT_BASELINE_BYTES, &text, reterr);

        if (r == 0)
                r = bw_json_read(arena, text, 1, 1, false, &doc, &used, reterr);
        if (r < 0)
                return r;
        findings = bw_map_get(doc.root, BW_STR("findings"));
        if (!bw_doc_identify(&doc) || !bw_str_is(doc.kind, "ScanReport") || findings.type != BW_LIST)
                return bw_error_set(reterr, -EINVAL,
                                    "is neither a snapshot (bulwark collect) nor a report (bulwark scan -o json)");
        side->name = bw_str(path);
        side->time = bw_map_text(bw_map_get(doc.root, BW_STR("metadata")), "generatedAt");
        side->findings = bw_arena_array(arena, (size_t)findings.n + 1, sizeof(*side->findings));
        if (!side->findings)
                return bw_error_nomem(reterr);
        for (uint32_t i = 0; i < findings.n; i++)
                if (take_reported(findings.list->items[i], arena, side) < 0)
                        return bw_error_nomem(reterr);
        sort_findings(side);
        return 0;
}

int bw_diff_load(const char *path, struct bw_arena *arena, struct bw_diff_side *ret, struct bw_error *reterr)
{
        int r = bw_cluster_snapshot_is_file(path) ? load_cluster(path, arena, ret, reterr) :
                bw_machine_is_snapshot(path)      ? load_snapshot(path, arena, ret, reterr) :
                                                    load_report(path, arena, ret, reterr);

        if (r < 0 && reterr)
                bw_error_in_file(reterr, bw_str(path));
        return r;
}

/* ---- what differs */

static int compare_findings(const struct bw_diff_side *before, const struct bw_diff_side *after, struct bw_arena *arena,
                            struct bw_diff *diff)
{
        size_t i = 0;
        size_t k = 0;

        diff->findings = bw_arena_array(arena, before->n_findings + after->n_findings + 1, sizeof(*diff->findings));
        if (!diff->findings)
                return -ENOMEM;
        while (i < before->n_findings || k < after->n_findings) {
                int order = i == before->n_findings  ? 1
                            : k == after->n_findings ? -1
                                                     : cmp_findings(&before->findings[i], &after->findings[k]);

                if (order) {
                        diff->findings[diff->n_findings] = order < 0 ? before->findings[i] : after->findings[k];
                        diff->findings[diff->n_findings++].is_new = order > 0;
                }
                i += order <= 0;
                k += order >= 0;
        }
        return 0;
}

int bw_diff_make(const struct bw_diff_side *before, const struct bw_diff_side *after, struct bw_arena *arena,
                 struct bw_diff *ret, struct bw_error *reterr)
{
        struct bw_collection sides[] = {
                {.name = before->name, .docs = before->machine.docs, .n_docs = before->machine.n_docs},
                {.name = after->name, .docs = after->machine.docs, .n_docs = after->machine.n_docs},
        };
        int r = 0;

        *ret = (struct bw_diff){.before = before, .after = after};
        ret->members = before->is_snapshot && !bw_str_eq(before->name, after->name);
        if (before->is_snapshot)
                r = bw_compare(arena, &sides[0], &sides[1], ret->members, &ret->facts, &ret->n_facts, reterr);
        if (r == 0 && compare_findings(before, after, arena, ret) < 0)
                r = bw_error_nomem(reterr);
        return r;
}

/* ---- printing */

void bw_put_value(struct bw_buf *out, struct bw_value value)
{
        if (value.type == BW_STRING && value.n)
                bw_buf_str(out, bw_value_text(value));
        else
                bw_value_json(out, value, 0);
}

void bw_put_source(struct bw_buf *out, struct bw_value evidence)
{
        struct bw_str state = bw_map_text(evidence, "state");
        struct bw_str text = bw_map_text(evidence, "text");
        struct bw_str file = bw_map_text(evidence, "file");
        struct bw_value line = bw_map_get(evidence, BW_STR("line"));

        if (state.n && !text.n)
                text = bw_map_text(evidence, "reason").n ? bw_map_text(evidence, "reason") : state;
        bw_buf_str(out, text);
        /* The file of a default is that of the component: it does not say so there. */
        if (!file.n || bw_str_is(bw_map_text(evidence, "type"), "default"))
                return;
        bw_buf_puts(out, text.n ? " (" : "");
        bw_buf_str(out, file);
        if (line.type == BW_INT)
                bw_buf_printf(out, ":%" PRId64, line.i);
        bw_buf_puts(out, text.n ? ")" : "");
}

static void put_clean(struct bw_buf *out, struct bw_buf *scratch)
{
        bw_buf_clean(out, bw_buf_view(scratch));
        bw_buf_clear(scratch);
}

/* "value  source" of one side. */
static void put_side(struct bw_buf *out, struct bw_buf *scratch, const char *mark, struct bw_str who,
                     const struct bw_fact *fact)
{
        bw_buf_printf(out, "    %s", mark);
        if (who.n) {
                bw_buf_clean(out, who);
                bw_buf_puts(out, ": ");
        }
        if (!fact) {
                bw_buf_puts(out, "not there\n");
                return;
        }
        bw_put_value(scratch, fact->value);
        put_clean(out, scratch);
        bw_put_source(scratch, fact->evidence);
        bw_buf_puts(out, scratch->n ? "  " : "");
        put_clean(out, scratch);
        bw_buf_char(out, '\n');
}

static void put_change(struct bw_buf *out, struct bw_buf *scratch, const struct bw_diff *diff,
                       const struct bw_fact_change *change)
{
        const struct bw_fact *fact = change->after ? change->after : change->before;
        struct bw_str none = {0};

        bw_buf_puts(out, "  ");
        if (change->whole) {
                bw_buf_puts(out, change->after ? "is new\n" : "is gone\n");
                return;
        }
        bw_buf_clean(out, fact->path);
        bw_buf_char(out, '\n');
        put_side(out, scratch, "- ", diff->members ? diff->before->name : none, change->before);
        put_side(out, scratch, "+ ", diff->members ? diff->after->name : none, change->after);
}

static void put_facts(struct bw_buf *out, struct bw_buf *scratch, bool color, const struct bw_diff *diff)
{
        struct bw_str last = {0};

        for (size_t i = 0; i < diff->n_facts; i++) {
                const struct bw_fact *fact = diff->facts[i].after ? diff->facts[i].after : diff->facts[i].before;

                if (!bw_str_eq(fact->doc, last)) {
                        bw_buf_puts(out, i ? "\n" : "");
                        bw_buf_puts(out, color ? "\x1b[1m" : "");
                        bw_buf_clean(out, fact->doc);
                        bw_buf_puts(out, color ? "\x1b[0m\n" : "\n");
                }
                last = fact->doc;
                put_change(out, scratch, diff, &diff->facts[i]);
        }
        bw_buf_puts(out, diff->n_facts ? "\n" : "");
}

static void put_finding(struct bw_buf *out, const struct bw_diff_finding *f)
{
        bw_buf_printf(out, "%-4s  %-8.*s  %-9.*s  ", f->is_new ? "new" : "gone",
                      BW_STR_ARG(bw_str_is(f->verdict, "fail") ? f->severity : f->verdict), BW_STR_ARG(f->rule));
        bw_buf_clean(out, f->object);
        bw_buf_puts(out, ": ");
        bw_buf_clean(out, f->message.n ? f->message : f->title);
        bw_buf_char(out, '\n');
}

static size_t count_new(const struct bw_diff *diff)
{
        size_t n = 0;

        for (size_t i = 0; i < diff->n_findings; i++)
                n += diff->findings[i].is_new;
        return n;
}

static void put_name(struct bw_buf *out, const struct bw_diff_side *side)
{
        bw_buf_clean(out, side->name);
        bw_buf_puts(out, " (");
        bw_buf_clean(out, side->time);
        bw_buf_char(out, ')');
}

void bw_diff_text(struct bw_buf *out, bool color, const struct bw_diff *diff)
{
        bw_auto_done(bw_buf_done) struct bw_buf scratch = {0};
        size_t n_new = count_new(diff);

        put_name(out, diff->before);
        bw_buf_puts(out, diff->members ? " and " : " to ");
        put_name(out, diff->after);
        bw_buf_puts(out, "\n\n");
        put_facts(out, &scratch, color, diff);
        for (size_t i = 0; i < diff->n_findings; i++)
                put_finding(out, &diff->findings[i]);
        bw_buf_puts(out, diff->n_findings ? "\n" : "");
        if (diff->before->is_snapshot)
                bw_buf_printf(out, "%zu %s; ", diff->n_facts,
                              diff->members ? "settings differ between the members" : "values changed");
        bw_buf_printf(out, "%zu findings new, %zu gone\n", n_new, diff->n_findings - n_new);
        if (bw_buf_status(&scratch) < 0)
                out->status = scratch.status;
}

/* ---- JSON */

static void json_text(struct bw_buf *out, const char *key, struct bw_str text, const char *end)
{
        bw_buf_printf(out, "\"%s\": ", key);
        bw_buf_json(out, text);
        bw_buf_puts(out, end);
}

static void json_fact(struct bw_buf *out, const char *key, const struct bw_fact *fact)
{
        bw_auto_done(bw_buf_done) struct bw_buf source = {0};

        if (!fact)
                return;
        bw_put_source(&source, fact->evidence);
        bw_buf_printf(out, ", \"%s\": {\"value\": ", key);
        bw_value_json(out, fact->value, 0);
        bw_buf_puts(out, ", ");
        json_text(out, "source", bw_buf_view(&source), "}");
        if (bw_buf_status(&source) < 0)
                out->status = source.status;
}

static void json_side(struct bw_buf *out, const char *key, const struct bw_diff_side *side)
{
        bw_buf_printf(out, "  \"%s\": {", key);
        json_text(out, "name", side->name, ", ");
        json_text(out, "time", side->time, "},\n");
}

static const char *change_text(const struct bw_fact_change *change)
{
        return !change->before ? "added" : !change->after ? "removed" : "changed";
}

void bw_diff_json(struct bw_buf *out, const struct bw_diff *diff)
{
        bw_buf_puts(out, "{\n  \"apiVersion\": \"bulwark.dev/v1\",\n  \"kind\": \"Diff\",\n");
        json_side(out, "old", diff->before);
        json_side(out, "new", diff->after);
        bw_buf_printf(out, "  \"members\": %s,\n  \"facts\": [", diff->members ? "true" : "false");
        for (size_t i = 0; i < diff->n_facts; i++) {
                const struct bw_fact_change *change = &diff->facts[i];
                const struct bw_fact *fact = change->after ? change->after : change->before;

                bw_buf_printf(out, "%s\n    {\"change\": \"%s\", ", i ? "," : "", change_text(change));
                json_text(out, "document", fact->doc, ", ");
                json_text(out, "path", change->whole ? BW_STR("") : fact->path, "");
                json_fact(out, "old", change->whole ? NULL : change->before);
                json_fact(out, "new", change->whole ? NULL : change->after);
                bw_buf_char(out, '}');
        }
        bw_buf_puts(out, diff->n_facts ? "\n  ],\n  \"findings\": [" : "],\n  \"findings\": [");
        for (size_t i = 0; i < diff->n_findings; i++) {
                const struct bw_diff_finding *f = &diff->findings[i];

                bw_buf_printf(out, "%s\n    {\"change\": \"%s\", ", i ? "," : "", f->is_new ? "new" : "gone");
                json_text(out, "rule", f->rule, ", ");
                json_text(out, "title", f->title, ", ");
                json_text(out, "severity", f->severity, ", ");
                json_text(out, "verdict", f->verdict, ", ");
                json_text(out, "object", f->object, ", ");
                json_text(out, "message", f->message, "}");
        }
        bw_buf_puts(out, diff->n_findings ? "\n  ]\n}\n" : "]\n}\n");
}
