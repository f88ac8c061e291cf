/* SPDX-License-Identifier: Apache-2.0 */
#include "analyze/kubelet_internal.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/goquote.h"
#include "base/limits.h"

#define KUBELET_SCHEME "k8s.io/kubernetes/pkg/kubelet/apis/config/scheme/scheme.go:33"

/* The first version whose defaults are worked out with the gates: one that cannot be set stops the kubelet there. */
enum { GATES_IN_DEFAULTS = 32 };
/* Versions whose drop-ins want a variable of the environment. */
enum { DROPINS_ALPHA = 29 };

struct run {
        struct bw_arena *arena;
        const struct bw_component_input *input;
        struct component component;
        struct kubelet_tree tree;
        struct kubelet_tree flag_gates; /* gates of flags alone: they hold before any file is read */
        struct bw_kubelet *ret;
        bool from_files;                /* --config or --config-dir was used */
};

/* ---- stopping */

static bool stopped(const struct run *run)
{
        return run->ret->stage != NULL;
}

static int stop(struct run *run, const char *stage, struct bw_str error)
{
        run->ret->stage = stage;
        run->ret->error = error;
        return error.p ? 0 : -ENOMEM;
}

static int stop_by_problems(struct run *run, const char *stage, const char *before, const struct bw_problems *problems)
{
        struct bw_str text;
        int r = bw_problems_text(problems, run->arena, &text, run->component.reterr);

        return r < 0 ? r : stop(run, stage, bw_arena_printf(run->arena, "%s%.*s", before, BW_STR_ARG(text)));
}

/* ---- files */

static const struct bw_component_file *file_of(const struct run *run, const char *role)
{
        for (size_t i = 0; i < run->input->n_files; i++)
                if (strcmp(run->input->files[i].role, role) == 0)
                        return &run->input->files[i];
        return NULL;
}

static struct bw_str dir_of(struct bw_str path)
{
        const char *slash = path.n ? memrchr(path.p, '/', path.n) : NULL;

        if (!slash)
                return BW_STR("");
        return slash == path.p ? BW_STR("/") : bw_str_n(path.p, (size_t)(slash - path.p));
}

/* filepath.Join of a directory and a relative path: "." and ".." are gone. */
static struct bw_str join(struct bw_arena *arena, struct bw_str dir, struct bw_str path)
{
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        struct bw_str part;

        bw_buf_str(&out, dir);
        while (path.n && bw_str_split(&path, '/', &part)) {
                struct bw_str up = dir_of(bw_buf_view(&out));

                if (bw_str_is(part, "..") && out.n) {
                        out.n = up.n;
                        continue;
                }
                if (part.n == 0 || bw_str_is(part, "."))
                        continue;
                if (out.n && out.p[out.n - 1] != '/')
                        bw_buf_char(&out, '/');
                bw_buf_str(&out, part);
        }
        return bw_buf_status(&out) < 0 ? (struct bw_str){0} : bw_arena_str(arena, bw_buf_view(&out));
}

/* Paths in the file are relative to it. */
static int resolve_paths(struct run *run, struct bw_str file)
{
        static const char *const fields[] = {"staticPodPath",    "authentication.x509.clientCAFile", "tlsCertFile",
                                             "tlsPrivateKeyFile", "resolvConf", "volumePluginDir", "podLogsDir"};

        for (size_t i = 0; i < BW_ARRAY_SIZE(fields); i++) {
                struct kubelet_node *node = kubelet_find(&run->tree, fields[i]);
                struct bw_str path = kubelet_text(&run->tree, fields[i]);

                if (!node || path.n == 0 || path.p[0] == '/')
                        continue;
                path = join(run->arena, dir_of(file), path);
                if (!path.p)
                        return -ENOMEM;
                node->value = bw_value_str(path);
        }
        return 0;
}

/* Credentials in headers stay in the file. */
static int hide_headers(struct run *run)
{
        struct kubelet_node *headers = kubelet_find(&run->tree, "staticPodURLHeader");
        struct bw_list *list = headers ? bw_list_new(run->arena, 1) : NULL;

        if (headers && !list)
                return -ENOMEM;
        if (list)
                list->items[0] = bw_value_str(BW_STR("(redacted)"));
        for (struct kubelet_node *n = headers ? headers->first : NULL; n; n = n->next) {
                n->value = bw_value_list(list, 1);
                n->marks = NULL;
        }
        return 0;
}

/* Gates of flags hold already when files are read: those that cannot be set together show in the error. */
static struct bw_str gates_refused(struct run *run)
{
        struct kubelet_node *mine = kubelet_make(&run->tree, "featureGates");
        struct bw_str why = mine ? kubelet_gates_refused(&run->tree) : (struct bw_str){0};

        if (why.n == 0)
                return why;
        if (run->tree.minor >= GATES_IN_DEFAULTS)
                return bw_arena_printf(run->arena,
                                       "panic: failed to merge global and in-flight KubeletConfiguration while setting defaults, "
                                       "error: %.*s", BW_STR_ARG(why));
        return why;
}

/* Fills gates of flags that files do not name, for what depends on gates while defaults are worked out. */
static int with_flag_gates(struct run *run, bool legacy)
{
        struct kubelet_node *from = kubelet_find(&run->flag_gates, "featureGates");
        struct kubelet_node *gates = kubelet_make(&run->tree, "featureGates");
        struct kubelet_node *last = gates ? gates->last : NULL;
        int r = gates ? 0 : -ENOMEM;

        for (const struct kubelet_node *n = from ? from->first : NULL; r == 0 && n; n = n->next)
                if (!kubelet_child(gates, n->key))
                        r = kubelet_put_entry(&run->tree, gates, n->key, n->value, &n->from);
        if (r == 0)
                r = kubelet_defaults(&run->tree, legacy);
        /* They are no part of the files. */
        if (r == 0 && last)
                last->next = NULL;
        else if (r == 0)
                gates->first = NULL;
        if (r == 0)
                gates->last = last;
        return r;
}

static int add_defaults(struct run *run, const char *stage, bool legacy)
{
        struct bw_str why = gates_refused(run);

        if (why.n)
                return stop(run, stage, why);
        return why.p ? with_flag_gates(run, legacy) : -ENOMEM;
}

/* ---- --config */

static int unread(struct run *run, const struct bw_component_file *file)
{
        struct bw_evidence *from = &run->tree.root.from;

        run->ret->known = false;
        *from = (struct bw_evidence){.state = "unreadable", .file = file->path, .reason = file->reason};
        if (file->state == BW_FILE_UNKNOWN) {
                from->state = "notApplicable";
                from->reason = BW_STR("the kubelet's configuration file is on the node");
        } else if (file->state == BW_FILE_ABSENT) {
                from->reason = BW_STR("the file that --config names is not there");
                if (!run->input->running)
                        return stop(run, "config",
                                    bw_arena_printf(run->arena, "failed to read kubelet config file \"%.*s\", error: no such file",
                                                    BW_STR_ARG(file->path)));
        }
        return 0;
}

/* The kubelet's codec knows other kinds, too, which are no configuration of it. */
static int wrong_kind(struct run *run, const struct bw_schema *schema)
{
        return stop(run, "config",
                    bw_arena_printf(run->arena,
                                    "failed to cast object to KubeletConfiguration, unexpected type: %s, Kind=%s",
                                    bw_schema_api_version(schema), bw_schema_kind(schema)));
}

static int load_text(struct run *run, const struct bw_component_file *file)
{
        struct bw_problems *problems = &run->ret->problems;
        struct bw_doc *doc = bw_arena_zalloc(run->arena, sizeof(*doc));
        const struct bw_schema *schema = NULL;
        struct bw_value decoded = bw_value_null();
        struct kubelet_source source = {.type = "file", .file = file->path, .doc = doc};
        int r = doc ? bw_schema_read(run->arena, file->text, BW_SCHEMA_LENIENT, doc, problems, run->component.reterr) : -ENOMEM;

        if (r == 0 && !bw_problems_refuse(problems))
                bw_schema_identify(doc, "kubelet", KUBELET_SCHEME, 0, problems, &schema);
        if (r == 0 && schema)
                r = bw_schema_decode(run->arena, schema, doc, BW_SCHEMA_LENIENT, run->tree.minor, problems, &decoded,
                                     run->component.reterr);
        if (r < 0 || problems->failed)
                return -ENOMEM;
        if (bw_problems_refuse(problems))
                return stop_by_problems(run, "config", "failed to decode: ", problems);
        if (strcmp(bw_schema_kind(schema), "KubeletConfiguration") != 0)
                return wrong_kind(run, schema);
        r = kubelet_merge(&run->tree, doc->root, &source);
        return r < 0 ? r : kubelet_adopt(&run->tree, decoded);
}

static int load_config(struct run *run, const struct bw_component_file *file)
{
        int r;

        if (file->state != BW_FILE_READ)
                return unread(run, file);
        if (file->text.n == 0)
                return stop(run, "config",
                            bw_arena_printf(run->arena, "kubelet config file \"%.*s\" was empty", BW_STR_ARG(file->path)));
        r = load_text(run, file);
        if (r == 0 && !stopped(run))
                r = add_defaults(run, "config", false);
        if (r == 0 && !stopped(run))
                r = resolve_paths(run, file->path);
        return r;
}

/* ---- --config-dir */

/* Where a drop-in's error is printed, its own words follow. */
static int stop_dropin(struct run *run, struct bw_str words)
{
        return stop(run, "dropins", bw_arena_printf(run->arena, "dropin: %.*s", BW_STR_ARG(words)));
}

static int merge_dropin(struct run *run, const struct bw_component_file *file)
{
        struct bw_doc *doc = bw_arena_zalloc(run->arena, sizeof(*doc));
        struct bw_problems problems = {.arena = run->arena};
        const struct bw_schema *schema = NULL;
        struct kubelet_source source = {.type = "drop-in", .file = file->path, .doc = doc};
        struct bw_str text;

        if (file->text.n == 0)
                return stop_dropin(run, bw_arena_printf(run->arena, "kubelet config file \"%.*s\" was empty", BW_STR_ARG(file->path)));
        if (!doc || bw_schema_read(run->arena, file->text, BW_SCHEMA_LENIENT, doc, &problems, run->component.reterr) < 0)
                return -ENOMEM;
        if (!bw_problems_refuse(&problems))
                bw_schema_identify(doc, NULL, NULL, 0, &problems, &schema);
        if (problems.failed)
                return -ENOMEM;
        if (schema && strcmp(bw_schema_api_version(schema), KUBELET_API_VERSION) == 0 &&
            strcmp(bw_schema_kind(schema), "KubeletConfiguration") == 0)
                return kubelet_merge(&run->tree, doc->root, &source);
        if (bw_map_text(doc->root, "kind").n) {
                struct bw_str version = bw_map_text(doc->root, "apiVersion");

                return stop_dropin(run, bw_arena_printf(run->arena, "unknown apiVersion/kind: %s%.*s, Kind=%.*s",
                                                        version.n && memchr(version.p, '/', version.n) ? "" : "/",
                                                        BW_STR_ARG(version), BW_STR_ARG(bw_map_text(doc->root, "kind"))));
        }
        if (bw_problems_text(&problems, run->arena, &text, run->component.reterr) < 0)
                return -ENOMEM;
        return stop_dropin(run, text);
}

/* The merged whole is decoded, and types are checked there. */
static int decode_merged(struct run *run)
{
        struct bw_problems problems = {.arena = run->arena};
        struct bw_doc doc = {.format = BW_FORMAT_YAML};
        struct bw_value decoded = bw_value_null();
        const struct bw_schema *schema = bw_schema_find(BW_STR(KUBELET_API_VERSION), BW_STR("KubeletConfiguration"), 0);
        int r;

        doc.root = kubelet_value(&run->tree, &run->tree.root);
        if (doc.root.type != BW_MAP)
                return -ENOMEM;
        r = bw_schema_decode(run->arena, schema, &doc, BW_SCHEMA_LENIENT, run->tree.minor, &problems, &decoded,
                             run->component.reterr);
        if (r < 0)
                return r;
        if (bw_problems_refuse(&problems))
                return stop_by_problems(run, "dropins", "failed to unmarshal merged JSON into kubelet configuration: ", &problems);
        return kubelet_adopt(&run->tree, decoded);
}

static bool has_variable(const struct bw_component_input *input, const char *name)
{
        for (size_t i = 0; i < input->n_env; i++)
                if (bw_str_starts(input->env[i], bw_str(name)) && input->env[i].n > strlen(name) &&
                    input->env[i].p[strlen(name)] == '=')
                        return true;
        return false;
}

static int load_dropins(struct run *run)
{
        int r = 0;

        if (run->tree.minor <= DROPINS_ALPHA && run->input->n_env && !has_variable(run->input, "KUBELET_CONFIG_DROPIN_DIR_ALPHA"))
                return stop(run, "dropins",
                            BW_STR("flag config-dir specified but environment variable KUBELET_CONFIG_DROPIN_DIR_ALPHA not set, "
                                   "cannot start kubelet"));
        kubelet_omit_empty(&run->tree.root);
        for (size_t i = 0; r == 0 && !stopped(run) && i < run->input->n_files; i++) {
                const struct bw_component_file *file = &run->input->files[i];

                if (strcmp(file->role, "drop-ins") != 0 || (file->state == BW_FILE_ABSENT && run->input->running))
                        continue;
                if (file->state == BW_FILE_READ)
                        r = merge_dropin(run, file);
                else
                        r = unread(run, file);
        }
        if (r == 0 && !stopped(run))
                r = decode_merged(run);
        return r == 0 && !stopped(run) ? add_defaults(run, "dropins", false) : r;
}

/* ---- all of it */

/* What runs has taken its flags and gates, whatever a table says; and without a version the table may be another one's. */
static bool is_trusted(const struct run *run)
{
        return run->input->running || (run->input->version.n == 0 && !run->input->default_minor_is_given);
}

static int check_flags(struct run *run)
{
        struct bw_str why = BW_STR("");
        int r = is_trusted(run) ? 0 : kubelet_flags_refused(&run->component, &why);

        if (r == 0 && why.n == 0)
                r = kubelet_apply_flags(&run->flag_gates, &run->component);
        if (r == 0 && why.n == 0)
                why = kubelet_gates_refused(&run->flag_gates);
        if (r < 0 || !why.p)
                return -ENOMEM;
        return why.n ? stop(run, "flags", why) : 0;
}

static int read_files(struct run *run)
{
        const struct bw_component_file *config = file_of(run, "config");
        bool has_dir = component_text(&run->component, "config-dir").n > 0;
        int r = 0;

        run->from_files = config || has_dir;
        if (run->input->rest_is_elsewhere) {
                run->ret->known = false;
                run->tree.root.from = (struct bw_evidence){.state = "absent", .reason = bw_str(run->input->rest_is_elsewhere)};
                return 0;
        }
        if (!config && component_text(&run->component, "config").n)
                return unread(run, &(struct bw_component_file){.path = component_text(&run->component, "config"), .state = BW_FILE_UNKNOWN});
        if (config)
                r = load_config(run, config);
        else
                r = add_defaults(run, "config", true);
        if (r == 0 && !stopped(run) && has_dir && run->ret->known)
                r = load_dropins(run);
        return r;
}

static int check_whole(struct run *run)
{
        size_t before = run->ret->problems.n;
        struct bw_problems found = {.arena = run->arena};
        int r = kubelet_validate(&run->tree, &found);

        for (size_t i = 0; r == 0 && i < found.n; i++)
                bw_problems_add(&run->ret->problems, &found.items[i]);
        if (r == 0 && bw_problems_refuse(&found))
                return stop_by_problems(run, "validate", "", &found);
        if (r == 0) {
                struct bw_str why = kubelet_tls_refused(&run->tree, &run->ret->problems);

                if (run->ret->problems.n > before)
                        return stop(run, "tls", why);
        }
        return r;
}

/* Flags go over everything, and what is whole then is checked; of a file that nobody saw only flags are known. */
static int finish(struct run *run)
{
        bool seen = run->ret->known && !stopped(run);
        int r = 0;

        if (!stopped(run) || strcmp(run->ret->stage, "flags") != 0)
                r = kubelet_apply_flags(&run->tree, &run->component);
        if (r == 0 && seen)
                r = kubelet_zeros(&run->tree);
        if (r == 0 && seen && !run->from_files && kubelet_find(&run->tree, "featureGates") &&
            !kubelet_find(&run->tree, "featureGates")->first)
                kubelet_drop(&run->tree.root, BW_STR("featureGates"));
        if (r == 0)
                r = hide_headers(run);
        if (r == 0 && seen)
                r = check_whole(run);
        if (r < 0)
                return r;
        run->ret->config = kubelet_value(&run->tree, &run->tree.root);
        return run->ret->config.type == BW_MAP ? 0 : -ENOMEM;
}

/* ---- the document */

static void put_problem(struct bw_items *items, const char *code, struct bw_str field, struct bw_str message, bool stops,
                        const struct bw_evidence *where)
{
        struct bw_fields fields = bw_fields(items->facts);

        if (where->type)
                bw_facts_evidence(items->facts, where, "problems[%u]", items->n);
        bw_fields_text(&fields, "code", bw_str(code));
        if (field.n)
                bw_fields_text(&fields, "field", field);
        bw_fields_text(&fields, "message", message);
        bw_fields_bool(&fields, "stops", stops);
        bw_items_value(items, bw_fields_end(&fields));
}

/* The place of a problem in the file of --config. */
static struct bw_evidence place_of(const struct run *run, const struct bw_problem *p)
{
        const struct bw_component_file *config = file_of(run, "config");

        if (!config || !p->mark.line)
                return (struct bw_evidence){0};
        return (struct bw_evidence){.type = "file", .file = config->path, .line = p->mark.line, .column = p->mark.column};
}

static struct bw_value put_problems(struct bw_facts *facts, const struct run *run)
{
        struct bw_items items = bw_items(facts);
        const struct bw_evidence nowhere = {0};

        if (stopped(run))
                put_problem(&items, run->ret->stage, BW_STR(""), run->ret->error, !run->input->running, &nowhere);
        for (size_t i = 0; i < run->ret->problems.n; i++) {
                const struct bw_problem *p = &run->ret->problems.items[i];
                struct bw_evidence where = place_of(run, p);

                if (p->warning)
                        put_problem(&items, p->kind == BW_PROBLEM_DUPLICATE ? "duplicate-key" : "unknown-field", p->path,
                                    p->message, false, &where);
        }
        for (size_t i = 0; i < run->tree.n_overrides; i++)
                put_problem(&items, "overridden", run->tree.overrides[i].field, run->tree.overrides[i].text, false,
                            &run->tree.overrides[i].where);
        return bw_items_end(&items);
}

static int make_document(struct run *run, struct bw_error *reterr)
{
        struct bw_facts facts;
        struct bw_value config = run->ret->config;

        bw_facts_init(&facts, run->arena, "KubeletConfiguration", run->input->name);
        for (uint32_t i = 0; i < config.n; i++)
                bw_fields_value_at(&facts.fields, bw_value_text(config.map->entries[i].key), config.map->entries[i].value);
        bw_fields_bool(&facts.fields, "effective", true);
        bw_fields_int(&facts.fields, "kubernetesMinor", run->tree.minor);
        bw_fields_value(&facts.fields, "problems", put_problems(&facts, run));
        if (run->tree.root.from.state)
                bw_facts_evidence(&facts, &run->tree.root.from, "%s", "");
        kubelet_evidence(&run->tree, &facts);
        return bw_facts_finish_as(&facts, KUBELET_API_VERSION, &run->ret->doc, reterr);
}

int bw_kubelet_effective(struct bw_arena *arena, const struct bw_component_input *input, struct bw_kubelet *ret,
                         struct bw_error *reterr)
{
        struct run *run = bw_arena_zalloc(arena, sizeof(*run));
        int r = run ? 0 : -ENOMEM;

        if (r == 0) {
                *ret = (struct bw_kubelet){.known = true, .problems = {.arena = arena}};
                run->arena = arena;
                run->input = input;
                run->ret = ret;
                r = component_init(&run->component, arena, input, reterr);
        }
        if (r == 0) {
                kubelet_tree_init(&run->tree, arena, run->component.minor);
                kubelet_tree_init(&run->flag_gates, arena, run->component.minor);
                run->tree.gates_hold = run->flag_gates.gates_hold = is_trusted(run);
                r = check_flags(run);
        }
        if (r == 0 && !stopped(run))
                r = read_files(run);
        if (r == -E2BIG && !stopped(run))
                r = stop(run, "config", bw_arena_printf(arena, "more than %d fields and entries of maps", BW_LIMIT_KUBELET_FIELDS));
        if (r == 0)
                r = finish(run);
        if (r == 0)
                r = make_document(run, reterr);
        return r < 0 ? bw_error_nomem(reterr) : 0;
}

int bw_kubelet_analyze(struct bw_arena *arena, const struct bw_component_input *input, bw_doc_sink sink, void *userdata,
                       struct bw_error *reterr)
{
        struct bw_kubelet kubelet;
        int r = bw_kubelet_effective(arena, input, &kubelet, reterr);
        struct bw_doc *doc = r == 0 ? bw_arena_alloc(arena, sizeof(*doc)) : NULL;

        if (r < 0)
                return r;
        if (!doc)
                return bw_error_nomem(reterr);
        *doc = kubelet.doc;
        return sink(userdata, doc, reterr);
}

int bw_kubelet_check(struct bw_arena *arena, struct bw_doc *doc, struct bw_value decoded, int minor,
                     struct bw_problems *problems, struct bw_error *reterr)
{
        struct kubelet_tree tree;
        struct kubelet_source source = {.type = "file", .doc = doc};
        int r;

        kubelet_tree_init(&tree, arena, minor);
        r = kubelet_merge(&tree, doc->root, &source);
        if (r == 0)
                r = kubelet_adopt(&tree, decoded);
        if (r == 0)
                r = kubelet_defaults(&tree, false);
        if (r == 0)
                r = kubelet_zeros(&tree);
        if (r == 0)
                r = kubelet_validate(&tree, problems);
        if (r == 0)
                (void)kubelet_tls_refused(&tree, problems);
        if (r == -E2BIG)
                bw_problems_at(problems, doc, BW_PROBLEM_VALUE, false, BW_STR(""), "more than %d fields and entries of maps",
                               BW_LIMIT_KUBELET_FIELDS);
        return r == -E2BIG ? 0 : r < 0 || problems->failed ? bw_error_nomem(reterr) : 0;
}
