/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Topic kubelet-config. A list of cases is {id, config?, args?, dropins?, valid, stage?, error?, effective?,
 * insecure_ciphers?}; effective: what differs from the defaults, which are a map in defaults.json beside the list. Judged as
 * Kubernetes 1.32. "DIR" in values is the configuration file's directory. An error counts as right when the component's own
 * words are the same; what is put around them (the stage, a path) may differ.
 */
#define BW_ALLOW_BANNED
#include "vectors.h"

#include <unistd.h>

#include "analyze/kubelet.h"
#include "analyze/tls_names.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"

#define CONFIG_PATH "/DIR/config.yaml"

enum { MINOR = 32, MAX_FILES = 64, MAX_ARGS = 64 };

static struct bw_value get(struct bw_value map, const char *key)
{
        return bw_map_get(map, bw_str(key));
}

static struct bw_str as_json(struct bw_arena *arena, struct bw_value v)
{
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};

        bw_value_json(&out, v, 0);
        return bw_arena_str(arena, bw_buf_view(&out));
}

struct kubelet_case {
        struct vectors_run *run;
        struct bw_arena *arena;
        struct bw_value defaults;
        struct bw_value want;
        struct bw_component_arg args[MAX_ARGS];
        struct bw_component_file files[MAX_FILES];
        struct bw_component_input input;
        struct bw_str why; /* empty: right */
};

static void add_arg(struct kubelet_case *c, struct bw_str text)
{
        if (c->input.n_args < MAX_ARGS)
                c->args[c->input.n_args++].text = text;
}

static void add_file(struct kubelet_case *c, const char *role, struct bw_str path, struct bw_str text)
{
        if (c->input.n_files < MAX_FILES)
                c->files[c->input.n_files++] =
                        (struct bw_component_file){.role = role, .path = path, .state = BW_FILE_READ, .text = text};
}

/* filepath.Walk: names of one directory in the order of bytes. */
static int cmp_path(const void *a, const void *b)
{
        struct bw_str x = ((const struct bw_component_file *)a)->path;
        struct bw_str y = ((const struct bw_component_file *)b)->path;

        for (size_t i = 0; i < x.n && i < y.n; i++) {
                int p = x.p[i] == '/' ? 0 : (unsigned char)x.p[i];
                int q = y.p[i] == '/' ? 0 : (unsigned char)y.p[i];

                if (p != q)
                        return p - q;
        }
        return (x.n > y.n) - (x.n < y.n);
}

static void make_input(struct kubelet_case *c)
{
        struct bw_value config = get(c->want, "config");
        struct bw_value dropins = get(c->want, "dropins");
        struct bw_value args = get(c->want, "args");
        size_t first;

        c->input = (struct bw_component_input){.component = BW_STR("kubelet"), .name = BW_STR("node"), .basis = "process",
                                               .version = BW_STR("1.32.13"), .default_minor = MINOR, .args = c->args, .files = c->files};
        if (config.type == BW_STRING) {
                add_arg(c, BW_STR("--config=" CONFIG_PATH));
                add_file(c, "config", BW_STR(CONFIG_PATH), bw_value_text(config));
        }
        first = c->input.n_files;
        if (dropins.type == BW_MAP)
                add_arg(c, BW_STR("--config-dir=/DIR/conf.d"));
        for (uint32_t i = 0; dropins.type == BW_MAP && i < dropins.n; i++) {
                struct bw_str name = bw_value_text(dropins.map->entries[i].key);

                if (bw_str_ends(name, BW_STR(".conf")))
                        add_file(c, "drop-ins", name, bw_value_text(dropins.map->entries[i].value));
        }
        qsort(c->files + first, c->input.n_files - first, sizeof(c->files[0]), cmp_path);
        for (uint32_t i = 0; args.type == BW_LIST && i < args.n; i++)
                add_arg(c, bw_value_text(args.list->items[i]));
}

/* The last flag of that name; the vectors count the node's name among the effective values. */
static struct bw_str hostname_of(const struct kubelet_case *c)
{
        static const char *const flags[] = {"--hostname-override=", "--hostname_override="};
        struct bw_str name = BW_STR("");

        for (size_t i = 0; i < c->input.n_args; i++)
                for (size_t k = 0; k < BW_ARRAY_SIZE(flags); k++) {
                        if (bw_str_starts(c->args[i].text, bw_str(flags[k])))
                                name = bw_str_rest(c->args[i].text, strlen(flags[k]));
                        else if (bw_str_eq(c->args[i].text, bw_str_n(flags[k], strlen(flags[k]) - 1)) && i + 1 < c->input.n_args)
                                name = c->args[i + 1].text;
                }
        return name;
}

static bool is_empty(struct bw_value v)
{
        return v.type == BW_ABSENT || v.type == BW_NULL || (v.type == BW_LIST && v.n == 0);
}

static void compare_values(struct kubelet_case *c, const struct bw_kubelet *got)
{
        struct bw_value effective = get(c->want, "effective");

        /* Without the list of defaults only what differs from them is compared. */
        if (c->defaults.type != BW_MAP)
                c->defaults = effective;
        for (uint32_t i = 0; i < c->defaults.n && c->why.n == 0; i++) {
                struct bw_value key = c->defaults.map->entries[i].key;
                struct bw_str path = bw_arena_str(c->arena, bw_value_text(key));
                struct bw_value want = bw_map_get(effective, path);
                struct bw_value came = bw_map_walk(got->config, path.p);

                if (bw_str_is(path, "hostnameOverride"))
                        came = bw_value_str(hostname_of(c));
                /* The vectors write the folder of the file without the root before it. */
                if (came.type == BW_STRING && bw_str_starts(bw_value_text(came), BW_STR("/DIR/")))
                        came = bw_value_str(bw_str_rest(bw_value_text(came), 1));
                if (want.type == BW_ABSENT)
                        want = c->defaults.map->entries[i].value;
                if (!(is_empty(want) && is_empty(came)) && !bw_value_eq(want, came))
                        c->why = bw_arena_printf(c->arena, "%.*s: expected %.*s, came %.*s", BW_STR_ARG(path),
                                                 BW_STR_ARG(as_json(c->arena, want)), BW_STR_ARG(as_json(c->arena, came)));
        }
}

/* The component's own words, without the stages that are named before them. */
static struct bw_str own_words(struct bw_str text)
{
        static const char *const before[] = {"failed to decode: ", "dropin: ",
                                             "failed to unmarshal merged JSON into kubelet configuration: "};

        for (size_t i = 0; i < BW_ARRAY_SIZE(before); i++)
                if (bw_str_starts(text, bw_str(before[i])))
                        return own_words(bw_str_rest(text, strlen(before[i])));
        return text;
}

static bool same_words(struct bw_str want, struct bw_str came)
{
        struct bw_str own = own_words(came);

        want = own_words(want);
        return own.n > 0 && (bw_str_eq(want, own) || (bw_str_ends(want, own) && want.p[want.n - own.n - 1] == ' '));
}

static struct bw_str without_dir(struct bw_arena *arena, struct bw_str text)
{
        size_t at = bw_str_find(text, BW_STR("/DIR/"));

        if (at == SIZE_MAX)
                return text;
        return bw_arena_printf(arena, "%.*s%.*s", BW_STR_ARG(bw_str_n(text.p, at)), BW_STR_ARG(bw_str_rest(text, at + 5)));
}

static void compare_error(struct kubelet_case *c, const struct bw_kubelet *got)
{
        struct bw_str stage = bw_map_text(c->want, "stage");
        struct bw_str error = bw_map_text(c->want, "error");
        struct bw_str came = without_dir(c->arena, got->error);

        if (!bw_str_is(stage, got->stage))
                c->why = bw_arena_printf(c->arena, "expected to stop at %.*s (%.*s), stopped at %s (%.*s)", BW_STR_ARG(stage),
                                         BW_STR_ARG(error), got->stage, BW_STR_ARG(came));
        else if (error.n && !same_words(error, came))
                c->why = bw_arena_printf(c->arena, "expected the error\n  %.*s, came\n  %.*s", BW_STR_ARG(error), BW_STR_ARG(came));
}

static void compare_suites(struct kubelet_case *c, const struct bw_kubelet *got)
{
        struct bw_value want = get(c->want, "insecure_ciphers");
        struct bw_value suites = get(got->config, "tlsCipherSuites");
        struct bw_list *list = bw_list_new(c->arena, suites.type == BW_LIST ? suites.n : 0);
        uint32_t n = 0;

        for (uint32_t i = 0; list && suites.type == BW_LIST && i < suites.n; i++) {
                bool insecure = false;

                if (bw_tls_suite(bw_value_text(suites.list->items[i]), &insecure) && insecure)
                        list->items[n++] = suites.list->items[i];
        }
        if (want.type == BW_LIST ? !list || !bw_value_eq(want, bw_value_list(list, n)) : n > 0)
                c->why = BW_STR("other insecure suites");
}

static void run_case(struct kubelet_case *c)
{
        struct bw_value valid = get(c->want, "valid");
        struct bw_kubelet got = {0};
        struct bw_error err = {0};
        struct bw_str name = bw_arena_str(c->arena, bw_map_text(c->want, "id"));
        char text[512];

        make_input(c);
        if (valid.type != BW_BOOL || !name.n) {
                vectors_broken(c->run, "a case without id or valid");
                return;
        }
        if (bw_kubelet_effective(c->arena, &c->input, &got, &err) < 0) {
                vectors_case(c->run, false, name.p, "%s", bw_error_format(&err, text, sizeof(text)));
                return;
        }
        if (valid.b && got.stage)
                c->why = bw_arena_printf(c->arena, "expected to start, stopped at %s: %.*s", got.stage, BW_STR_ARG(got.error));
        else if (!valid.b && !got.stage)
                c->why = BW_STR("expected to stop, started");
        else if (!valid.b)
                compare_error(c, &got);
        if (c->why.n == 0 && get(c->want, "effective").type == BW_MAP)
                compare_values(c, &got);
        if (c->why.n == 0 && valid.b)
                compare_suites(c, &got);
        vectors_case(c->run, c->why.n == 0, name.p, "%.*s", BW_STR_ARG(c->why));
}

static bool read_json(struct vectors_run *run, struct bw_arena *arena, const char *path, struct bw_doc *ret)
{
        struct bw_error err = {0};
        size_t used;
        char text[512];
        struct bw_str bytes = vectors_read(run, arena, path);

        if (run->broken)
                return false;
        if (bw_json_read(arena, bytes, 1, 1, true, ret, &used, &err) == 0)
                return true;
        vectors_broken(run, "%s", bw_error_format(&err, text, sizeof(text)));
        return false;
}

static void run_cases(struct vectors_run *run, struct bw_arena *arena, const char *path, struct bw_value cases)
{
        const char *slash = strrchr(path, '/');
        struct bw_str beside = bw_arena_printf(arena, "%.*s/defaults.json", slash ? (int)(slash - path) : 1, slash ? path : ".");
        struct bw_doc defaults = {0};

        if (!beside.p || (access(beside.p, R_OK) == 0 && !read_json(run, arena, beside.p, &defaults)))
                return;
        for (uint32_t i = 0; i < cases.n; i++) {
                struct kubelet_case *c = bw_arena_zalloc(arena, sizeof(*c));

                if (!c)
                        return vectors_broken(run, "out of memory");
                *c = (struct kubelet_case){.run = run, .arena = arena, .defaults = defaults.root, .want = cases.list->items[i]};
                run_case(c);
        }
}

/* The list of defaults by itself is a case: a file that says nothing. */
static void run_defaults(struct vectors_run *run, struct bw_arena *arena, struct bw_value defaults)
{
        struct kubelet_case *c = bw_arena_zalloc(arena, sizeof(*c));
        struct bw_doc want;
        struct bw_error err = {0};

        if (!c || bw_yaml_read(arena,
                               BW_STR("{id: defaults, valid: true, effective: {}, config: 'apiVersion: kubelet.config.k8s.io/v1beta1\n\n"
                                      "kind: KubeletConfiguration'}"),
                               1, true, &want, &err) < 0) {
                vectors_broken(run, "%s", err.message);
                return;
        }
        *c = (struct kubelet_case){.run = run, .arena = arena, .defaults = defaults, .want = want.root};
        run_case(c);
}

static void run_file(struct vectors_run *run, const char *path)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_doc doc;

        if (!arena || !read_json(run, arena, path, &doc))
                return;
        if (doc.root.type == BW_LIST)
                run_cases(run, arena, path, doc.root);
        else
                run_defaults(run, arena, doc.root);
}

const struct vectors_topic vectors_kubelet_config = {
        .name = "kubelet-config",
        .help = "flags, file and drop-ins of a kubelet: what is in force, or the error (a list of cases, defaults.json beside it)",
        .run = run_file,
};
