/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When two findings say the same of two objects of which one makes the other, or that the same third one makes: the same rule,
 * verdict, message and evidence, at the same place of the pod. Places are told by names (containers[app]), since a container
 * that something puts into the pod may come first; what is a pod's own in a message (its name, that of its token volume)
 * does not count.
 */
#include "doc/pod.h"
#include "finding/fingerprint.h"
#include "rule/judge_internal.h"

static bool begins_with(struct bw_path path, struct bw_path prefix)
{
        if (!prefix.n || path.n < prefix.n)
                return false;
        for (size_t i = 0; i < prefix.n; i++)
                if (path.segments[i].kind != BW_SEGMENT_KEY ||
                    !bw_str_eq(bw_value_text(path.segments[i].key), bw_value_text(prefix.segments[i].key)))
                        return false;
        return true;
}

/* Segments up to the pod's spec or metadata, which differ from kind to kind; and what stands for them. */
static size_t base_of(const struct bw_judge *judge, struct bw_path path, const char **ret_base)
{
        struct bw_pod pod;

        *ret_base = "object";
        if (!judge->rule->match.pod_spec || !bw_pod_find(judge->subject, &pod))
                return 0;
        if (begins_with(path, pod.spec_path)) {
                *ret_base = "spec";
                return pod.spec_path.n;
        }
        if (begins_with(path, pod.metadata_path)) {
                *ret_base = "metadata";
                return pod.metadata_path.n;
        }
        return 0;
}

/* How many bytes at the beginning are a pod's own, and what stands for them. */
static size_t own_part(struct bw_str text, struct bw_str name, const char **ret_common)
{
        if (bw_template_token_name(bw_str_n(text.p, BW_MIN(text.n, (size_t)BW_TEMPLATE_TOKEN_NAME)))) {
                *ret_common = "token volume";
                return BW_TEMPLATE_TOKEN_NAME;
        }
        *ret_common = "name";
        return name.n && bw_str_starts(text, name) ? name.n : 0;
}

static void add_message(struct bw_siphash *hash, struct bw_str text, struct bw_str name)
{
        size_t from = 0;

        for (size_t at = 0; at < text.n; at++) {
                const char *common;
                size_t n;

                if (text.p[at] != 'k' && (!name.n || text.p[at] != name.p[0]))
                        continue;
                n = own_part(bw_str_rest(text, at), name, &common);
                if (!n)
                        continue;
                bw_siphash_text(hash, bw_str_n(text.p + from, at - from));
                bw_siphash_text(hash, bw_str(common));
                from = at + n;
                at = from - 1;
        }
        bw_siphash_text(hash, bw_str_n(text.p + from, text.n - from));
}

struct bw_fingerprint judge_sameness(const struct bw_judge *judge, struct bw_path path, const struct bw_finding *finding)
{
        const struct bw_finding_evidence *evidence = finding->evidence;
        struct bw_siphash hash = bw_siphash_begin(judge->world.fold_key);
        const char *base;
        size_t from = base_of(judge, path, &base);
        struct bw_fingerprint named = judge_named_path(bw_fingerprint_begin(), judge->subject, path, from);
        uint64_t words[2];

        bw_siphash_word(&hash, (uint64_t)(uintptr_t)finding->rule);
        bw_siphash_word(&hash, finding->verdict);
        bw_siphash_text(&hash, bw_str(base));
        bw_siphash_word(&hash, named.high);
        bw_siphash_word(&hash, named.low);
        /* The name of what makes pods may well be that of a container in it. */
        add_message(&hash, finding->message, judge->own_name);
        if (evidence) {
                bw_siphash_text(&hash, evidence->type);
                bw_siphash_text(&hash, evidence->state);
                bw_siphash_text(&hash, evidence->text);
                bw_siphash_text(&hash, evidence->file);
        }
        bw_siphash_end(&hash, words);
        return (struct bw_fingerprint){.high = words[0] | 1, .low = words[1]};
}
