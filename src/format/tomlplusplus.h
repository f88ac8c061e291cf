/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tomlplusplus: toml++ as a stream of events, as C. C++ exceptions and types end here.
 * Ownership: texts live during the call. Threads: pure. Source: toml++ 3.3, toml::parse, toml::source_region.
 */
#ifndef BW_FORMAT_TOMLPLUSPLUS_H
#define BW_FORMAT_TOMLPLUSPLUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum bw_toml_event_type {
        BW_TOML_TEXT,
        BW_TOML_INT,
        BW_TOML_FLOAT,
        BW_TOML_BOOL,
        BW_TOML_MAP,  /* n entries follow, each a key and its value */
        BW_TOML_LIST, /* n items follow */
        BW_TOML_KEY,
};

struct bw_toml_event {
        enum bw_toml_event_type type;
        uint32_t line, column;
        const char *text; /* TEXT, KEY */
        size_t n;         /* of text; of entries, items */
        int64_t i;
        double d;
        bool b;
};

struct bw_toml_failure {
        uint32_t line, column;
        bool no_memory;
        char message[256];
};

/* Parent before children. false: it failed, or take did (which then gave false). */
bool bw_toml_parse(const char *text, size_t n, bool (*take)(void *userdata, const struct bw_toml_event *event),
                   void *userdata, struct bw_toml_failure *failure);

#ifdef __cplusplus
}
#endif

#endif
