/* SPDX-License-Identifier: Apache-2.0 */
#include "node/ports.h"

#include "base/table.h"
#include "node/daemons.h"
#include "node/node.h"

extern const struct bw_table bw_table_ports;

enum column {
        COLUMN_FROM,
        COLUMN_TO,
        COLUMN_PROTOCOL,
        COLUMN_ROLE,
        COLUMN_NAME,
        COLUMN_PROGRAMS,
        COLUMN_EXPOSURE,
};

bool bw_port_row(size_t i, struct bw_port_info *ret)
{
        const struct bw_table *t = &bw_table_ports;

        if (i >= t->n_rows)
                return false;
        *ret = (struct bw_port_info){
                .from = (uint16_t)bw_table_int(t, i, COLUMN_FROM, 0),
                .to = (uint16_t)bw_table_int(t, i, COLUMN_TO, 0),
                .protocol = bw_table_text(t, i, COLUMN_PROTOCOL),
                .role = bw_table_text(t, i, COLUMN_ROLE),
                .name = bw_table_text(t, i, COLUMN_NAME),
                .programs = bw_table_text(t, i, COLUMN_PROGRAMS),
                .exposure = bw_table_text(t, i, COLUMN_EXPOSURE),
        };
        return true;
}

static bool has_role(const char *role, unsigned roles)
{
        if (strcmp(role, "control-plane") == 0)
                return roles & BW_ROLE_CONTROL_PLANE;
        if (strcmp(role, "etcd") == 0)
                return roles & BW_ROLE_ETCD;
        return true;
}

bool bw_port_find(const char *protocol, uint16_t port, struct bw_str program, unsigned roles, struct bw_port_info *ret)
{
        struct bw_port_info row;

        for (size_t i = 0; bw_port_row(i, &row); i++) {
                if (port < row.from || port > row.to || strcmp(row.protocol, protocol) != 0 || !has_role(row.role, roles))
                        continue;
                if (program.n && row.programs[0] && !bw_daemon_lists(row.programs, program))
                        continue;
                *ret = row;
                return true;
        }
        return false;
}
