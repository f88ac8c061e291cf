/* SPDX-License-Identifier: Apache-2.0 */
#include "finding/finding.h"

static const char *const verdict_texts[_BW_VERDICT_MAX] = {
#define X(name, text, doc) [BW_VERDICT_##name] = (text),
        BW_VERDICTS(X)
#undef X
};

static const char *const severity_texts[_BW_SEVERITY_MAX] = {
#define X(name, text) [BW_SEVERITY_##name] = (text),
        BW_SEVERITIES(X)
#undef X
};

/* The place of text in a table of n texts, or -EINVAL. */
static int table_parse(const char *const *texts, int n, struct bw_str text)
{
        for (int i = 0; i < n; i++)
                if (bw_str_is(text, texts[i]))
                        return i;
        return -EINVAL;
}

const char *bw_verdict_text(enum bw_verdict verdict)
{
        return verdict >= 0 && verdict < _BW_VERDICT_MAX ? verdict_texts[verdict] : "invalid";
}

enum bw_verdict bw_verdict_parse(struct bw_str text)
{
        return (enum bw_verdict)table_parse(verdict_texts, _BW_VERDICT_MAX, text);
}

const char *bw_severity_text(enum bw_severity severity)
{
        return severity >= 0 && severity < _BW_SEVERITY_MAX ? severity_texts[severity] : "invalid";
}

enum bw_severity bw_severity_parse(struct bw_str text)
{
        return (enum bw_severity)table_parse(severity_texts, _BW_SEVERITY_MAX, text);
}

#define COMPARE(a, b)                                                                                                  \
        do {                                                                                                           \
                if ((a) != (b))                                                                                        \
                        return (a) < (b) ? -1 : 1;                                                                     \
        } while (0)

int bw_finding_cmp(const void *a, const void *b)
{
        const struct bw_finding *x = a;
        const struct bw_finding *y = b;
        int r;

        COMPARE(x->input, y->input);
        COMPARE(x->doc, y->doc);
        COMPARE(y->rule->severity, x->rule->severity);
        COMPARE(x->location.line, y->location.line);
        COMPARE(x->location.column, y->location.column);
        r = bw_str_cmp(x->rule->id, y->rule->id);
        if (r != 0)
                return r;
        COMPARE(x->order, y->order);
        /* What several made documents say of one object: each counts from 0. */
        r = bw_str_cmp(x->location.path, y->location.path);
        return r ? r : bw_str_cmp(x->message, y->message);
}
