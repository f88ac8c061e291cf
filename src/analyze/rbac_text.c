/* SPDX-License-Identifier: Apache-2.0 */
/* Decisions in the words of Kubernetes' authorizer. */
#include "analyze/rbac_internal.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"

void bw_rbac_grant_text(const struct bw_rbac *rbac, const struct bw_rbac_grant *grant, struct bw_buf *out)
{
        struct bw_value binding = rbac->objects[grant->binding];
        struct bw_value metadata = bw_map_get(binding, BW_STR("metadata"));
        struct bw_value ref = bw_map_get(binding, BW_STR("roleRef"));
        struct bw_str ns = bw_map_text(metadata, "namespace");
        bool in_ns = bw_str_is(bw_map_text(binding, "kind"), "RoleBinding");
        bool is_account = bw_str_is(grant->subject.kind, "ServiceAccount");
        struct bw_str account_ns = grant->subject.ns.n ? grant->subject.ns : ns;

        bw_buf_printf(out, "%.*s \"%.*s%s%.*s\" of %.*s \"%.*s\" to %.*s \"%.*s%s%.*s\"",
                      BW_STR_ARG(bw_map_text(binding, "kind")), BW_STR_ARG(bw_map_text(metadata, "name")), in_ns ? "/" : "",
                      BW_STR_ARG(in_ns ? ns : BW_STR("")), BW_STR_ARG(bw_map_text(ref, "kind")),
                      BW_STR_ARG(bw_map_text(ref, "name")), BW_STR_ARG(grant->subject.kind), BW_STR_ARG(grant->subject.name),
                      is_account ? "/" : "", BW_STR_ARG(is_account ? account_ns : BW_STR("")));
}

struct missing {
        const struct bw_rbac *rbac;
        struct bw_buf out;
        size_t n;
};

static void missing_done(struct missing *m)
{
        bw_buf_done(&m->out);
}

/* Each once, as k8s.io/apimachinery pkg/util/errors joins them. */
static int add_missing(void *userdata, size_t binding)
{
        struct missing *m = userdata;
        struct bw_value ref = bw_map_get(m->rbac->objects[binding], BW_STR("roleRef"));
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};

        bw_buf_printf(&text, "%s.rbac.authorization.k8s.io \"%.*s\" not found",
                      bw_str_is(bw_map_text(ref, "kind"), "Role") ? "role" : "clusterrole",
                      BW_STR_ARG(bw_map_text(ref, "name")));
        if (bw_buf_status(&text) < 0)
                return -ENOMEM;
        if (m->n && bw_str_find(bw_buf_view(&m->out), bw_buf_view(&text)) != SIZE_MAX)
                return 0;
        if (m->n++)
                bw_buf_puts(&m->out, ", ");
        bw_buf_str(&m->out, bw_buf_view(&text));
        return bw_buf_status(&m->out);
}

int bw_rbac_reason(const struct bw_rbac *rbac, const struct bw_rbac_request *request, const struct bw_rbac_answer *answer,
                   struct bw_arena *arena, struct bw_str *ret)
{
        bw_auto_done(missing_done) struct missing m = {.rbac = rbac};
        int r = 0;

        *ret = BW_STR("");
        if (answer->allowed) {
                bw_rbac_grant_text(rbac, &answer->grant, &m.out);
                r = bw_buf_status(&m.out);
                if (r == 0)
                        *ret = bw_arena_printf(arena, "RBAC: allowed by %.*s", BW_STR_ARG(bw_buf_view(&m.out)));
        } else if (answer->unresolved) {
                r = bw_rbac_broken_bindings(rbac, &request->user, request->ns, add_missing, &m);
                if (r == 0)
                        *ret = bw_arena_printf(arena, m.n > 1 ? "RBAC: [%.*s]" : "RBAC: %.*s", BW_STR_ARG(bw_buf_view(&m.out)));
        }
        return r < 0 || !ret->p ? -ENOMEM : 0;
}
