/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exception (internal): what a set of exceptions is made of: those of the settings with an index over them, and what was
 * seen of annotations.
 * Ownership: a set owns everything here. Threads: counters and lists of records are atomic; the rest does not change
 * once the set is filled.
 */
#ifndef BW_EXCEPTION_EXCEPTION_INTERNAL_H
#define BW_EXCEPTION_EXCEPTION_INTERNAL_H

#include <stdatomic.h>

#include "exception/exception.h"
#include "exception/settings.h"

enum { RECORD_BUCKETS = 4096, WATCHED_MAX = 64 };

/* An exception of the settings, and what became of it. */
struct listed {
        const struct bw_setting_exception *setting;
        struct bw_exception_note note;
        atomic_bool used;
        atomic_bool expired;          /* would have been used */
};

/* One way to an exception: one of its rules and, if it names any, one of its resources. */
struct index_entry {
        uint64_t hash;
        uint32_t listed;
        uint32_t rule;
        uint32_t resource;            /* UINT32_MAX: it names none */
        uint32_t next;                /* of the same slot; numbers from 1, 0 ends it */
};

enum record_state {
        RECORD_VALID,
        RECORD_NO_REASON,
        RECORD_NO_TEXT,
        RECORD_BAD_DATE,
};

/* An annotation on an object. */
struct record {
        struct record *next;
        uint64_t hash;
        struct bw_str file, kind, ns, name; /* of the object */
        struct bw_str annotation;           /* its key */
        struct bw_str rule;                 /* bulwark's own: the id in the key; empty for another tool's */
        struct bw_mark mark;
        enum record_state state;
        struct bw_exception_note note;
        int64_t ends;
        atomic_bool used;
        atomic_bool expired;
};

/* A kind or a pattern of files that exceptions name: an exception for what was not in the run is not unused. */
struct watched {
        bool is_file;
        struct bw_str pattern;
        atomic_bool seen;
};

struct bw_exceptions {
        struct bw_arena *arena;       /* of the settings' part */
        const struct bw_settings *settings;
        struct listed *listed;
        size_t n_listed;
        struct index_entry *entries;
        size_t n_entries;
        size_t cap_entries;
        uint32_t *slots;              /* first entry of a hash; a power of two */
        size_t n_slots;               /* 0: nothing is listed */
        uint64_t prefix_lengths;      /* bit n: there are patterns of n bytes and a '*' */
        struct watched watched[WATCHED_MAX]; /* what does not fit counts as seen */
        size_t n_watched;
        _Atomic(struct record *) records[RECORD_BUCKETS];
        atomic_size_t n_records;
        atomic_bool nomem;            /* something was not told apart for want of memory */
};

#define HASH_BEGIN 0xcbf29ce484222325u
/* FNV-1a over a text and its end. */
static inline uint64_t hash_text(uint64_t hash, struct bw_str text)
{
        for (size_t i = 0; i < text.n; i++)
                hash = (hash ^ (unsigned char)text.p[i]) * 0x100000001b3u;
        return (hash ^ 0xff) * 0x100000001b3u;
}

/* ---- match.c */

/* What an exception is compared with; made for one finding. */
struct subject {
        const struct bw_doc *doc;
        const struct bw_finding *finding;
        struct bw_arena *arena;
        bool has_path;
        bool nomem;
        struct bw_path path;          /* of the finding */
        struct bw_str container;      /* its name; empty when the finding is about none */
};
/* All but the rule; resource NULL: it names none. */
bool exception_matches(const struct bw_setting_exception *e, const struct bw_excepted_resource *resource,
                       struct subject *subject);
bool exception_kind_matches(struct bw_str pattern, const struct bw_doc *doc);
bool exception_file_matches(struct bw_str pattern, struct bw_str file);

/* ---- annotation.c */

/* The note of an annotation that excepts this finding, ours before other tools', or NULL. */
const struct bw_exception_note *annotation_match(struct bw_exceptions *exceptions, const struct bw_doc *doc,
                                                 const struct bw_finding *finding, int64_t now);
/* Remembers bulwark's own annotations of a document. -ENOMEM. */
BW_CHECK int annotation_see(struct bw_exceptions *exceptions, struct bw_doc *doc, struct bw_arena *arena);
void annotation_records_free(struct bw_exceptions *exceptions);

#endif
