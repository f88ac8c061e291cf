/* SPDX-License-Identifier: Apache-2.0 */
/*
 * answer: what answers of an API server say, as bytes: how long to wait, a Status, what continues a list, where an event of
 * a watch ends. No I/O, no clock.
 * Ownership: texts live in the arena or the scan that is given. Errors: -EPROTO for bytes that are no such answer, -E2BIG,
 * -ENOMEM. Threads: pure, but for a scan's own state.
 * Source: RFC 9110, 5.6.7 (dates) and 10.2.3 (Retry-After); k8s.io/apimachinery pkg/apis/meta/v1 types.go (Status, ListMeta,
 *         WatchEvent).
 */
#ifndef BW_KUBE_ANSWER_H
#define BW_KUBE_ANSWER_H

#include "base/buf.h"
#include "doc/bracket.h"

struct bw_arena;
struct bw_error;

/* Milliseconds from now (unix seconds) that a Retry-After header asks for, cut at its limit; -1: it says nothing that can be read. */
int64_t bw_kube_retry_after(struct bw_str value, int64_t now);
/* The pause after the n-th failed try (from 1), where the server asks for none: twice as long each time, up to ten seconds, and
 * by chance half as long or half as long again, so that many clients do not come back at once. */
uint64_t bw_kube_pause(unsigned n, uint64_t random);

/* What an error says of itself. Texts in the arena; empty when not there. */
struct bw_kube_status {
        bool is_status;             /* a Status object; else message is the beginning of the text that came */
        int64_t code;
        struct bw_str message;      /* one line, bounded */
        struct bw_str reason;
        struct bw_str continue_token;
        struct bw_str resource_version;
        int64_t retry_after;        /* seconds; 0: not said */
};
BW_CHECK int bw_kube_status_read(struct bw_arena *arena, struct bw_str body, struct bw_kube_status *ret,
                                 struct bw_error *reterr);

/*
 * One page of a list as it arrives: finds kind, metadata.resourceVersion and metadata.continue wherever they stand, keeps
 * nothing else, and tells whether the page is whole. Zero-initialised it is ready; bw_kube_page_done() releases it.
 */
struct bw_kube_page {
        struct bw_buf kind; /* as written between the quotes until bw_kube_page_end(), plain after it */
        struct bw_buf resource_version;
        struct bw_buf token;

        /* Private. */
        struct bw_bracket_scan skipped;
        struct bw_buf *to;
        size_t n_key;
        size_t n_carry;
        uint8_t state;
        bool escaped;
        bool in_metadata;
        char key[24];
        char carry[64];
};
BW_CHECK int bw_kube_page_feed(struct bw_kube_page *page, struct bw_str bytes, struct bw_error *reterr);
/* Nothing more comes. -EPROTO: the page is cut off. */
BW_CHECK int bw_kube_page_end(struct bw_kube_page *page, struct bw_error *reterr);
/* Ready for another page. */
void bw_kube_page_clear(struct bw_kube_page *page);
void bw_kube_page_done(struct bw_kube_page *page);

/* A stream of JSON objects, cut apart. Zero-initialised it is ready; bw_kube_frames_done() releases it. */
struct bw_kube_frames {
        struct bw_buf bytes; /* private */
        struct bw_bracket_scan scan;
        size_t at;
};
/* Calls each for every object that bytes complete; its first answer other than 0 ends that and is given. */
BW_CHECK int bw_kube_frames_feed(struct bw_kube_frames *frames, struct bw_str bytes,
                                 int (*each)(void *userdata, struct bw_str json), void *userdata, struct bw_error *reterr);
void bw_kube_frames_clear(struct bw_kube_frames *frames);
void bw_kube_frames_done(struct bw_kube_frames *frames);

struct bw_kube_event {
        enum bw_kube_event_type {
                BW_KUBE_EVENT_OBJECT,   /* ADDED, MODIFIED, DELETED */
                BW_KUBE_EVENT_BOOKMARK,
                BW_KUBE_EVENT_ERROR,
        } type;
        struct bw_str resource_version; /* of the object */
        struct bw_kube_status status;   /* of an error */
};
BW_CHECK int bw_kube_event_read(struct bw_arena *arena, struct bw_str json, struct bw_kube_event *ret,
                                struct bw_error *reterr);

#endif
