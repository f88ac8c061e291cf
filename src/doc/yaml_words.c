/* SPDX-License-Identifier: Apache-2.0 */
#include "doc/yaml_words.h"

#include <yaml.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"

/* A map or a list that is open. Its keys stand on the stack of keys from `base`. */
struct level {
        size_t base;
        uint32_t line;
        bool is_map;
        bool in_value;
};

struct words {
        struct bw_arena *arena;
        struct level *levels;
        size_t n_levels, cap_levels;
        struct bw_yaml_repeated *keys; /* of all open maps */
        size_t n_keys, cap_keys;
        struct bw_yaml_repeated *found;
        size_t n_found, cap_found;
};

static BW_CHECK int push_key(struct words *w, const yaml_event_t *event)
{
        struct bw_str text = bw_arena_str(
                w->arena, bw_str_n((const char *)event->data.scalar.value, event->data.scalar.length));

        if (!text.p || bw_arena_grow(w->arena, &w->keys, &w->cap_keys, w->n_keys, sizeof(*w->keys)) < 0)
                return -ENOMEM;
        w->keys[w->n_keys++] = (struct bw_yaml_repeated){
                .key = text,
                .mark = {(uint32_t)event->start_mark.line + 1, (uint32_t)event->start_mark.column + 1},
        };
        return 0;
}

/* A value ends: is its key there already? Keys of huge maps are not compared: nobody writes those by hand. */
static BW_CHECK int end_value(struct words *w, uint32_t line)
{
        struct level *l = &w->levels[w->n_levels - 1];
        struct bw_yaml_repeated *key = &w->keys[w->n_keys - 1];

        l->in_value = false;
        key->value_line = line;
        if (w->n_keys - l->base > BW_LIMIT_COMPARED_KEYS || w->n_found == BW_LIMIT_PROBLEMS)
                return 0;
        for (size_t i = l->base; i + 1 < w->n_keys; i++) {
                if (!bw_str_eq(w->keys[i].key, key->key))
                        continue;
                if (bw_arena_grow(w->arena, &w->found, &w->cap_found, w->n_found, sizeof(*w->found)) < 0)
                        return -ENOMEM;
                w->found[w->n_found++] = *key;
                w->n_keys--;
                return 0;
        }
        return 0;
}

/* A scalar, an alias, or the end of a collection; line: where it begins. */
static BW_CHECK int on_node(struct words *w, const yaml_event_t *event, uint32_t line)
{
        struct level *l = w->n_levels ? &w->levels[w->n_levels - 1] : NULL;

        if (!l || !l->is_map)
                return 0;
        if (l->in_value)
                return end_value(w, line);
        l->in_value = true;
        if (event->type == YAML_SCALAR_EVENT)
                return push_key(w, event);
        /* No plain key: a name that no other key has. */
        if (bw_arena_grow(w->arena, &w->keys, &w->cap_keys, w->n_keys, sizeof(*w->keys)) < 0)
                return -ENOMEM;
        w->keys[w->n_keys] = (struct bw_yaml_repeated){.key = bw_arena_printf(w->arena, "\n%zu", w->n_keys)};
        return w->keys[w->n_keys++].key.p ? 0 : -ENOMEM;
}

static BW_CHECK int on_event(struct words *w, const yaml_event_t *event, bool *ret_done)
{
        uint32_t line = (uint32_t)event->start_mark.line + 1;

        switch (event->type) {
        case YAML_SEQUENCE_START_EVENT:
        case YAML_MAPPING_START_EVENT:
                if (w->n_levels == BW_LIMIT_WORDS_DEPTH) {
                        *ret_done = true;
                        return 0;
                }
                if (bw_arena_grow(w->arena, &w->levels, &w->cap_levels, w->n_levels, sizeof(*w->levels)) < 0)
                        return -ENOMEM;
                w->levels[w->n_levels++] =
                        (struct level){.base = w->n_keys, .line = line, .is_map = event->type == YAML_MAPPING_START_EVENT};
                return 0;
        case YAML_SEQUENCE_END_EVENT:
        case YAML_MAPPING_END_EVENT:
                w->n_keys = w->levels[--w->n_levels].base;
                return on_node(w, event, w->levels[w->n_levels].line);
        case YAML_SCALAR_EVENT:
        case YAML_ALIAS_EVENT:
                return on_node(w, event, line);
        case YAML_STREAM_START_EVENT:
        case YAML_DOCUMENT_START_EVENT:
                return 0;
        default:
                *ret_done = true;
                return 0;
        }
}

/* go-yaml counts lines from 0, adds one for the scanner's errors, and does not name line 0. */
static struct bw_str syntax_text(struct bw_arena *arena, const yaml_parser_t *parser)
{
        size_t line = parser->problem_mark.line ? parser->problem_mark.line + (parser->error == YAML_SCANNER_ERROR)
                                                : parser->context_mark.line;
        const char *problem = parser->problem ? parser->problem : "unknown problem parsing YAML content";

        return line ? bw_arena_printf(arena, "yaml: line %zu: %s", line, problem) : bw_arena_printf(arena, "yaml: %s", problem);
}

int bw_yaml_words(struct bw_arena *arena, struct bw_str text, struct bw_yaml_words *ret, struct bw_error *reterr)
{
        struct words w = {.arena = arena};
        struct bw_str syntax = BW_STR("");
        yaml_parser_t parser;
        bool done = text.n > BW_LIMIT_WORDS_BYTES;
        int r = 0;

        if (!yaml_parser_initialize(&parser))
                return bw_error_nomem(reterr);
        yaml_parser_set_input_string(&parser, (const unsigned char *)(text.p ? text.p : ""), text.n);
        while (r == 0 && !done) {
                yaml_event_t event;

                if (!yaml_parser_parse(&parser, &event)) {
                        syntax = syntax_text(arena, &parser);
                        r = syntax.p ? 0 : -ENOMEM;
                        break;
                }
                r = on_event(&w, &event, &done);
                yaml_event_delete(&event);
        }
        yaml_parser_delete(&parser);
        if (r < 0)
                return bw_arena_error(arena, reterr);
        *ret = (struct bw_yaml_words){.syntax = syntax, .repeated = w.found, .n_repeated = w.n_found};
        return 0;
}
