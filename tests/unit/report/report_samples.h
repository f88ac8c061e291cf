/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report_samples: a report built by hand, and a sink that keeps what a reporter writes.
 * Ownership: static data; struct kept owns its bytes (kept_done). Threads: tests only.
 */
#ifndef BW_TESTS_REPORT_SAMPLES_H
#define BW_TESTS_REPORT_SAMPLES_H

#include "report/report.h"

#define S(literal) {("" literal), sizeof(literal) - 1}

static const struct bw_control sample_controls[] = {{S("pss-baseline"), S("privileged")}, {S("cis-1.12"), S("5.2.2")}};

static const struct bw_rule_info sample_rules[] = {
        {.id = S("BW-T-001"), .title = S("Container runs privileged"), .severity = BW_SEVERITY_CRITICAL, .practice = S("W03"),
         .controls = sample_controls, .n_controls = 2},
        {.id = S("BW-T-002"), .title = S("Image has no digest"), .severity = BW_SEVERITY_LOW, .practice = S("I01")},
        {.id = S("BW-T-003"), .title = S("Somebody has to look"), .severity = BW_SEVERITY_MEDIUM, .practice = S("W09")},
};

#define SAMPLE_FILE S("shop/web.yaml")
#define SAMPLE_WEB {.api_version = S("apps/v1"), .kind = S("Deployment"), .ns = S("shop"), .name = S("web"), .line = 3}

static const struct bw_finding sample_findings[] = {
        {.rule = &sample_rules[0], .verdict = BW_VERDICT_FAIL, .resource = SAMPLE_WEB,
         .location = {SAMPLE_FILE, 21, 25, S("spec.template.spec.containers[0].securityContext.privileged"),
                      S("            privileged: true")},
         .message = S("container \"web\" runs privileged"), .remediation = S("Remove privileged.")},
        {.rule = &sample_rules[1], .verdict = BW_VERDICT_FAIL, .resource = SAMPLE_WEB,
         .location = {SAMPLE_FILE, 18, 16, S("spec.template.spec.containers[0].image"), S("        image: nginx:1.27")},
         .message = S("container \"web\" has no digest"), .remediation = S("Name the digest."), .order = 1},
        {.rule = &sample_rules[0], .verdict = BW_VERDICT_FAIL, .resource = SAMPLE_WEB,
         .location = {SAMPLE_FILE, 31, 25, S("spec.template.spec.containers[1].securityContext.privileged"),
                      S("            privileged: true")},
         .message = S("container \"log\" runs privileged"), .remediation = S("Remove privileged."), .order = 2},
        {.rule = &sample_rules[2], .verdict = BW_VERDICT_MANUAL,
         .resource = {.api_version = S("v1"), .kind = S("Namespace"), .name = S("shop")},
         .location = {SAMPLE_FILE, 40, 1, S("metadata.name"), S("")},
         .message = S("look at it"), .doc = 1},
};

static const struct bw_str sample_inputs[] = {S("shop")};

static const struct bw_report sample_report = {
        .version = S("1.2.3"),
        .generated_at = 1795273445,
        .inputs = sample_inputs,
        .n_inputs = 1,
        .summary = {.documents = 2, .other = 1, .rules = 3,
                    .verdicts = {[BW_VERDICT_PASS] = 4, [BW_VERDICT_FAIL] = 3, [BW_VERDICT_MANUAL] = 1},
                    .by_severity = {[BW_SEVERITY_LOW] = 1, [BW_SEVERITY_CRITICAL] = 2}},
        .findings = sample_findings,
        .n_findings = BW_ARRAY_SIZE(sample_findings),
};

struct kept {
        struct bw_buf buf;
        size_t calls;
        size_t largest;
        int fail_at; /* the call that fails, from 1; 0 = none */
};

static inline int kept_flush(void *userdata, struct bw_str bytes)
{
        struct kept *kept = userdata;

        kept->calls++;
        kept->largest = BW_MAX(kept->largest, bytes.n);
        if (kept->fail_at && (size_t)kept->fail_at == kept->calls)
                return -EPIPE;
        bw_buf_str(&kept->buf, bytes);
        return bw_buf_status(&kept->buf);
}

static inline void kept_done(struct kept *kept)
{
        bw_buf_done(&kept->buf);
}

#endif
