/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/merge_internal.h"

#include "base/alloc.h"
#include "base/limits.h"
#include "scan/worker_internal.h"

static int by_place(const void *a, const void *b)
{
        const struct bw_part *x = *(struct bw_part *const *)a;
        const struct bw_part *y = *(struct bw_part *const *)b;

        if (x->input != y->input)
                return x->input < y->input ? -1 : 1;
        if (x->part != y->part)
                return x->part < y->part ? -1 : 1;
        /* Before the part that counts their documents. */
        return y->joined - x->joined;
}

/* All parts in order; NULL for none, or when out of memory (*ret_n tells). */
static struct bw_part **ordered_parts(struct bw_worker *workers, unsigned n_workers, size_t *ret_n)
{
        struct bw_part **parts;
        size_t n = 0;

        for (unsigned i = 0; i < n_workers; i++)
                n += workers[i].n_parts;
        *ret_n = n;
        parts = n ? bw_reallocarray(NULL, n, sizeof(struct bw_part *)) : NULL;
        if (!parts)
                return NULL;
        n = 0;
        for (unsigned i = 0; i < n_workers; i++)
                for (size_t k = 0; k < workers[i].n_parts; k++)
                        parts[n++] = &workers[i].parts[k];
        qsort(parts, n, sizeof(struct bw_part *), by_place);
        return parts;
}

/* Moves a part's findings; first_doc: documents of the same input before this part. */
static void take_findings(struct bw_merged *to, struct bw_part *part, uint32_t first_doc)
{
        for (size_t i = 0; i < part->n_findings; i++) {
                struct bw_finding *f = &to->findings[to->n_findings++];

                *f = part->findings[i];
                f->doc += first_doc;
        }
        bw_free(part->findings);
        part->findings = NULL;
        part->n_findings = 0;
}

/* "and N more": the line behind the last error listed for an input. */
static int add_unlisted(struct bw_merged *to, struct bw_worker *keeper, struct bw_str file, uint64_t n)
{
        struct bw_input_error e = {.file = file};
        char text[96];

        if (n == 0)
                return 0;
        (void)snprintf(text, sizeof(text), "and %" PRIu64 " more errors in this file", n);
        e.message = bw_str(text);
        if (bw_texts_keep(keeper->texts, &e.message) < 0)
                return -ENOMEM;
        to->errors[to->n_errors++] = e;
        return 0;
}

/* The parts of one input, of which there may be errors more than are to be listed. */
static int take_input(struct bw_merged *to, struct bw_part **parts, size_t n, struct bw_worker *keeper)
{
        size_t first_error = to->n_errors;
        size_t first_finding = to->n_findings;
        bool has_joined = false;
        struct bw_str file = {0};
        uint64_t unlisted = 0;
        uint32_t docs = 0;

        for (size_t i = 0; i < n; i++) {
                struct bw_part *part = parts[i];

                if (!part->joined)
                        to->starts[to->n_starts++] =
                                (struct bw_part_start){.input = part->input, .part = part->part, .first_doc = docs};
                take_findings(to, part, docs);
                has_joined |= part->joined;
                docs += part->n_docs;
                unlisted += part->n_unlisted;
                for (size_t k = 0; k < part->n_errors; k++) {
                        if (to->n_errors - first_error >= BW_LIMIT_INPUT_ERRORS)
                                unlisted++;
                        else
                                to->errors[to->n_errors++] = part->errors[k];
                }
                if (part->n_errors)
                        file = part->file;
                bw_free(bw_take(part->errors));
                part->n_errors = part->n_unlisted = 0;
        }
        if (has_joined)
                qsort(to->findings + first_finding, to->n_findings - first_finding, sizeof(*to->findings),
                      bw_finding_cmp);
        return add_unlisted(to, keeper, file, unlisted);
}

static int make_room(struct bw_merged *to, struct bw_part **parts, size_t n)
{
        size_t findings = 0;
        size_t errors = 0;

        for (size_t i = 0; i < n; i++) {
                findings += parts[i]->n_findings;
                errors += parts[i]->n_errors + (parts[i]->n_errors > 0);
        }
        to->findings = bw_reallocarray(NULL, findings, sizeof(*to->findings));
        to->errors = bw_reallocarray(NULL, errors, sizeof(*to->errors));
        to->starts = bw_reallocarray(NULL, n, sizeof(*to->starts));
        return to->findings && to->errors && to->starts ? 0 : -ENOMEM;
}

int bw_merge(struct bw_worker *workers, unsigned n_workers, struct bw_merged *ret, struct bw_error *reterr)
{
        struct bw_merged merged = {0};
        size_t n;
        struct bw_part **parts = ordered_parts(workers, n_workers, &n);
        int r = n && !parts ? -ENOMEM : make_room(&merged, parts, n);

        for (size_t i = 0, end; r == 0 && i < n; i = end) {
                for (end = i; end < n && parts[end]->input == parts[i]->input; end++)
                        ;
                r = take_input(&merged, parts + i, end - i, &workers[0]);
        }
        bw_free(parts);
        if (r < 0) {
                bw_merged_done(&merged);
                return bw_error_nomem(reterr);
        }
        *ret = merged;
        return 0;
}

int bw_merged_add(struct bw_merged *merged, struct bw_merged *more, struct bw_error *reterr)
{
        size_t n = merged->n_findings + more->n_findings;
        size_t n_errors = merged->n_errors + more->n_errors;
        struct bw_finding *findings = bw_reallocarray(merged->findings, n, sizeof(*findings));
        struct bw_input_error *errors;

        if (!findings)
                return bw_error_nomem(reterr);
        merged->findings = findings;
        errors = bw_reallocarray(merged->errors, n_errors, sizeof(*errors));
        if (!errors)
                return bw_error_nomem(reterr);
        merged->errors = errors;
        if (more->n_findings)
                memcpy(findings + merged->n_findings, more->findings, more->n_findings * sizeof(*findings));
        if (more->n_errors)
                memcpy(errors + merged->n_errors, more->errors, more->n_errors * sizeof(*errors));
        merged->n_errors = n_errors;
        if (more->n_findings)
                qsort(findings, n, sizeof(*findings), bw_finding_cmp);
        merged->n_findings = n;
        return 0;
}

uint32_t bw_merged_first_doc(const struct bw_merged *merged, uint32_t input, uint32_t part)
{
        size_t low = 0;
        size_t high = merged->n_starts;

        while (low < high) {
                size_t middle = low + (high - low) / 2;
                const struct bw_part_start *s = &merged->starts[middle];

                if (s->input == input && s->part == part)
                        return s->first_doc;
                if (s->input < input || (s->input == input && s->part < part))
                        low = middle + 1;
                else
                        high = middle;
        }
        return 0; /* an input of one part, of which there is nothing else to tell */
}

void bw_merged_done(struct bw_merged *merged)
{
        bw_free(merged->findings);
        bw_free(merged->errors);
        bw_free(merged->starts);
        *merged = (struct bw_merged){0};
}
