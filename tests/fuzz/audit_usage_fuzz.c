/* SPDX-License-Identifier: Apache-2.0 */
/* Audit events and roles: use gathered, held against the roles, and made into roles that must allow all of it. */
#include "analyze/audit_usage.h"
#include "analyze/rbac_usage.h"
#include "base/arena.h"
#include "base/limits.h"
#include "doc/stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST = 64 };

struct objects {
        struct bw_value items[MOST];
        size_t n;
};

/* What was generated allows what was used. */
static void check(struct bw_arena *arena, const struct bw_usage_user *user, const struct bw_value *made, size_t n_made)
{
        struct bw_rbac *rbac;

        if (bw_rbac_new(arena, made, n_made, &rbac, NULL) < 0)
                return;
        for (size_t i = 0; i < user->n_requests; i++)
                for (size_t k = 0; k < user->requests[i].n_names; k++) {
                        struct bw_rbac_request q = bw_usage_question(user, &user->requests[i], k);
                        bool account = bw_str_starts(user->name, BW_STR("system:serviceaccount:"));

                        /* A name of an account without its parts is no subject of a binding. */
                        if (!account && !bw_rbac_decide(rbac, &q, true).allowed)
                                __builtin_trap();
                }
}

static void use(struct bw_arena *arena, struct bw_usage *usage, const struct objects *objects)
{
        struct bw_rbac_unused *unused;
        struct bw_rbac *rbac;
        const struct bw_usage_user *users;
        size_t n_users;
        size_t n;

        if (bw_usage_seal(usage, NULL) < 0 || bw_rbac_new(arena, objects->items, objects->n, &rbac, NULL) < 0 ||
            bw_rbac_unused(rbac, usage, arena, &unused, &n, NULL) < 0)
                return;
        users = bw_usage_users(usage, &n_users);
        for (size_t i = 0; i < n_users; i++)
                for (unsigned how = 0; how < 4; how++) {
                        struct bw_rbac_generate_options options = {
                                .name = BW_STR("r"), .names = how & 1, .beside = how & 2 ? rbac : NULL};
                        struct bw_value *made;

                        if (bw_rbac_generate(arena, &users[i], &options, &made, &n, NULL) == 0 && !(how & 2))
                                check(arena, &users[i], made, n);
                }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(64 * BW_MIB);
        struct bw_str rest = bw_str_n((const char *)data, size);
        struct objects objects = {0};
        struct bw_cutter cutter;
        struct bw_usage *usage;
        struct bw_piece piece;

        if (!arena || bw_usage_new(arena, (struct bw_siphash_key){{1, 2}}, &usage, NULL) < 0)
                return 0;
        bw_cutter_init(&cutter, BW_FORMAT_JSON, true);
        while (bw_cutter_next(&cutter, &rest, true, &piece, NULL) == 1) {
                struct bw_doc doc;

                if (bw_doc_read(arena, &piece, false, &doc, NULL) < 0)
                        continue;
                if (objects.n < MOST)
                        objects.items[objects.n++] = doc.root;
                if (doc.root.type == BW_MAP && bw_usage_add(usage, doc.root, NULL) < 0)
                        return 0;
        }
        use(arena, usage, &objects);
        return 0;
}
