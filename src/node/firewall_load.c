/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel's firewall as JSON. libnftables is loaded when it is asked for: machines without it have no nftables' tools.
 * Only tables with a chain that filters are read whole: those of network address translation hold a rule for each Service.
 * Source: libnftables(3), libnftables-json(5); nftables/libnftables.h for the values of flags.
 */
#include <dlfcn.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "node/survey.h"

struct nft_ctx;

struct library {
        void *handle;
        struct nft_ctx *ctx;
        struct nft_ctx *(*ctx_new)(uint32_t flags);
        void (*ctx_free)(struct nft_ctx *ctx);
        void (*output_set_flags)(struct nft_ctx *ctx, unsigned int flags);
        int (*buffer_output)(struct nft_ctx *ctx);
        int (*buffer_error)(struct nft_ctx *ctx);
        const char *(*get_output)(struct nft_ctx *ctx);
        const char *(*get_error)(struct nft_ctx *ctx);
        int (*run)(struct nft_ctx *ctx, const char *text);
};
static const struct {
        const char *name;
        size_t at;
} functions[] = {
        {"nft_ctx_new", offsetof(struct library, ctx_new)},
        {"nft_ctx_free", offsetof(struct library, ctx_free)},
        {"nft_ctx_output_set_flags", offsetof(struct library, output_set_flags)},
        {"nft_ctx_buffer_output", offsetof(struct library, buffer_output)},
        {"nft_ctx_buffer_error", offsetof(struct library, buffer_error)},
        {"nft_ctx_get_output_buffer", offsetof(struct library, get_output)},
        {"nft_ctx_get_error_buffer", offsetof(struct library, get_error)},
        {"nft_run_cmd_from_buffer", offsetof(struct library, run)},
};
#define OUTPUT_JSON (1u << 4)

static void unload(struct library *lib)
{
        if (lib->ctx)
                lib->ctx_free(lib->ctx);
        if (lib->handle)
                (void)dlclose(lib->handle);
}

static int load(struct library *lib, struct bw_error *reterr)
{
        lib->handle = dlopen("libnftables.so.1", RTLD_NOW | RTLD_LOCAL);
        if (!lib->handle)
                return bw_error_set(reterr, -ENOENT, "the firewall cannot be read: libnftables is not there");
        for (size_t i = 0; i < BW_ARRAY_SIZE(functions); i++) {
                void *f = dlsym(lib->handle, functions[i].name);

                if (!f)
                        return bw_error_set(reterr, -ENOENT, "the firewall cannot be read: libnftables has no %s",
                                            functions[i].name);
                memcpy((char *)lib + functions[i].at, &f, sizeof(f));
        }
        lib->ctx = lib->ctx_new(0);
        if (!lib->ctx || lib->buffer_output(lib->ctx) != 0 || lib->buffer_error(lib->ctx) != 0)
                return bw_error_nomem(reterr);
        lib->output_set_flags(lib->ctx, OUTPUT_JSON);
        return 0;
}

/* Runs one command that lists something. The answer lives in the arena. */
static int list(struct library *lib, struct bw_arena *arena, const char *command, struct bw_str *ret,
                struct bw_error *reterr)
{
        struct bw_str text;

        if (lib->run(lib->ctx, command) != 0) {
                struct bw_str why = bw_str_trim(bw_str(lib->get_error(lib->ctx)));
                bool refused = bw_str_find(why, BW_STR("not permitted")) != SIZE_MAX || !why.n;
                struct bw_str first;

                (void)bw_str_split(&why, '\n', &first);
                return bw_error_set(reterr, refused ? -EPERM : -EIO, "the firewall cannot be read: %.*s",
                                    BW_STR_ARG(first.n ? first : BW_STR("not permitted")));
        }
        text = bw_str(lib->get_output(lib->ctx));
        if (text.n > BW_LIMIT_NFT_BYTES)
                return bw_error_set(reterr, -E2BIG, "the firewall's rules are larger than %zu MiB",
                                    BW_LIMIT_NFT_BYTES / BW_MIB);
        *ret = bw_arena_str(arena, text);
        return ret->p ? 0 : bw_arena_error(arena, reterr);
}

static bool is_plain_name(struct bw_str name)
{
        for (size_t i = 0; i < name.n; i++) {
                char c = name.p[i];

                if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
                      c == '.'))
                        return false;
        }
        return name.n > 0;
}

/* True for the first filtering chain of each table. */
static bool begins_table(const struct bw_nft_ruleset *chains, size_t at)
{
        const struct bw_nft_chain *chain = &chains->chains[at];

        if (!bw_str_is(chain->type, "filter"))
                return false;
        for (size_t i = 0; i < at; i++)
                if (bw_str_is(chains->chains[i].type, "filter") && bw_str_eq(chains->chains[i].table, chain->table) &&
                    bw_str_eq(chains->chains[i].family, chain->family))
                        return false;
        return true;
}

static int read_tables(struct library *lib, struct bw_arena *arena, struct bw_nft_ruleset *ruleset, struct bw_error *reterr)
{
        struct bw_nft_ruleset chains = {0};
        struct bw_str text;
        int r = list(lib, arena, "list chains", &text, reterr);

        if (r == 0)
                r = bw_nft_read(arena, text, &chains, reterr);
        for (size_t i = 0; r == 0 && i < chains.n_chains; i++) {
                const struct bw_nft_chain *chain = &chains.chains[i];
                char command[256];

                if (!begins_table(&chains, i))
                        continue;
                if (!is_plain_name(chain->table) || !is_plain_name(chain->family))
                        return bw_error_set(reterr, -EINVAL, "the firewall has a table whose name is not plain");
                (void)snprintf(command, sizeof(command), "list table %.*s %.*s", BW_STR_ARG(chain->family),
                               BW_STR_ARG(chain->table));
                r = list(lib, arena, command, &text, reterr);
                if (r == 0)
                        r = bw_nft_read(arena, text, ruleset, reterr);
        }
        return r;
}

#define CAP_NET_ADMIN_BIT 12

/* Asked first, because libnftables writes to standard error when the kernel refuses its socket. */
static bool may_ask(struct bw_node *node)
{
        struct bw_str text;
        struct bw_str line;

        if (bw_host_read(node->host, node->arena, "/proc/self/status", BW_LIMIT_CONFIG_TEXT, &text, NULL) < 0)
                return false;
        while (bw_str_split(&text, '\n', &line)) {
                struct bw_str digits = bw_str_trim(bw_str_rest(line, BW_MIN(line.n, (size_t)7)));
                char last_four[5] = {0};

                if (!bw_str_starts(line, BW_STR("CapEff:")) || digits.n < 4)
                        continue;
                memcpy(last_four, digits.p + digits.n - 4, 4);
                return strtoul(last_four, NULL, 16) >> CAP_NET_ADMIN_BIT & 1;
        }
        return false;
}

int bw_firewall_load(struct bw_node *node, struct bw_nft_ruleset *ruleset, struct bw_error *reterr)
{
        struct library lib = {0};
        struct bw_str text;
        int r;

        if (!bw_host_is_live(node->host)) {
                r = bw_host_beside(node->host, node->arena, "nft.json", BW_LIMIT_NFT_BYTES, &text, NULL);
                if (r < 0)
                        return bw_error_set(reterr, r == -ENOMEM ? r : -ENOENT, "only a running machine has a firewall");
                return bw_nft_read(node->arena, text, ruleset, reterr);
        }
        if (!may_ask(node))
                return bw_error_set(reterr, -EPERM, "the firewall is shown to root alone, or with CAP_NET_ADMIN");
        r = load(&lib, reterr);
        if (r == 0)
                r = read_tables(&lib, node->arena, ruleset, reterr);
        unload(&lib);
        return r;
}
