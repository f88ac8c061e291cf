/* SPDX-License-Identifier: Apache-2.0 */
/* What is read without libyaml is what libyaml's events give: values, places, and no text that libyaml refuses. */
#define BW_ALLOW_BANNED
#include "base/arena.h"
#include "doc/doc.h"
#include "doc/yaml_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool same_mark(struct bw_mark a, struct bw_mark b)
{
        return a.line == b.line && a.column == b.column;
}

static bool same(struct bw_value a, struct bw_value b)
{
        if (a.type != b.type || a.n != b.n)
                return false;
        if (a.type != BW_MAP && a.type != BW_LIST)
                return bw_value_eq(a, b);
        for (uint32_t i = 0; i < a.n; i++) {
                if (a.type == BW_LIST) {
                        if (!same_mark(a.list->marks[i], b.list->marks[i]) ||
                            !same(a.list->items[i], b.list->items[i]))
                                return false;
                        continue;
                }
                if (!same_mark(a.map->marks[2 * i], b.map->marks[2 * i]) ||
                    !same_mark(a.map->marks[2 * i + 1], b.map->marks[2 * i + 1]) ||
                    !bw_value_eq(a.map->entries[i].key, b.map->entries[i].key) ||
                    !same(a.map->entries[i].value, b.map->entries[i].value))
                        return false;
        }
        return true;
}

static void compare(struct bw_arena *arena, struct bw_str text, bool stream, bool strict)
{
        struct bw_yaml_composer c;
        struct bw_yaml_room room;
        struct bw_doc doc;
        int r;

        bw_yaml_composer_init(&c, arena, &room, strict, 1);
        r = bw_yaml_quick(&c, text, stream);
        bw_yaml_composer_done(&c);
        if (r < 0)
                return;
        if (bw_yaml_read_events(arena, text, stream, 1, strict, &doc, NULL) < 0 || !same(c.root, doc.root) ||
            !same_mark(c.root_mark, doc.mark))
                abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new((size_t)256 << 20);
        struct bw_str text = bw_str_n((const char *)data, size);

        if (!arena)
                return 0;
        compare(arena, text, true, false);
        compare(arena, text, false, true);
        return 0;
}
