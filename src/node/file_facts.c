/* SPDX-License-Identifier: Apache-2.0 */
#include "node/file_facts.h"

#include "base/arena.h"
#include "base/error.h"

static const char *const kinds[] = {
        [BW_FS_FILE] = "file",     [BW_FS_DIR] = "directory", [BW_FS_LINK] = "link",      [BW_FS_FIFO] = "pipe",
        [BW_FS_PIPE] = "pipe",     [BW_FS_SOCKET] = "socket", [BW_FS_DEVICE] = "device", [BW_FS_UNKNOWN] = "unknown",
};

static struct bw_str name_or_id(struct bw_node *node, struct bw_str name, uint32_t id)
{
        return name.n ? name : bw_arena_printf(node->arena, "%" PRIu32, id);
}

static struct bw_value reach_facts(struct bw_facts *facts, const struct bw_host_stat *st, const struct bw_host_reach *reach)
{
        struct bw_fields by = bw_fields(facts);

        bw_fields_bool(&by, "group", reach->group);
        bw_fields_bool(&by, "others", reach->others);
        /* Who is in the group of root is root: it is nobody else. */
        bw_fields_bool(&by, "groupReads", reach->group && st->mode & 040 && st->gid != 0);
        bw_fields_bool(&by, "groupWrites", reach->group && st->mode & 020 && st->gid != 0);
        bw_fields_bool(&by, "othersRead", reach->others && st->mode & 04);
        bw_fields_bool(&by, "othersWrite", reach->others && st->mode & 02);
        bw_fields_text(&by, "closedBy", reach->closed_by);
        bw_fields_text(&by, "openedBy", reach->opened_by);
        bw_fields_text(&by, "openedTo", reach->opened_to);
        return bw_fields_end(&by);
}

int bw_file_facts_put(struct bw_node *node, struct bw_fields *item, const char *path, struct bw_str *ret_text,
                      struct bw_error *reterr)
{
        struct bw_host_reach reach;
        struct bw_host_stat st;
        struct bw_str owner;
        struct bw_str group;
        struct bw_str mode;
        int r = bw_host_stat(node->host, path, 0, &st, reterr);

        if (r == 0)
                r = bw_host_reach(node->host, node->arena, path, &reach, reterr);
        if (r < 0)
                return r;
        owner = name_or_id(node, bw_host_user(node->host, st.uid), st.uid);
        group = name_or_id(node, bw_host_group(node->host, st.gid), st.gid);
        mode = bw_arena_printf(node->arena, "%04" PRIo32, st.mode);
        *ret_text = bw_arena_printf(node->arena, "%.*s %.*s:%.*s", BW_STR_ARG(mode), BW_STR_ARG(owner), BW_STR_ARG(group));
        if (!mode.p || !ret_text->p)
                return bw_arena_error(node->arena, reterr);
        bw_fields_text(item, "path", bw_str(path));
        bw_fields_int(item, "mode", st.mode);
        bw_fields_text(item, "modeText", mode);
        bw_fields_int(item, "uid", st.uid);
        bw_fields_int(item, "gid", st.gid);
        bw_fields_text(item, "owner", owner);
        bw_fields_text(item, "group", group);
        bw_fields_text(item, "type", bw_str(kinds[st.kind]));
        bw_fields_value(item, "reach", reach_facts(item->facts, &st, &reach));
        return 0;
}
