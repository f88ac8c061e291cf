/* SPDX-License-Identifier: Apache-2.0 */
/* node show: what is in force on a node, and where each value comes from. */
#include "base/arena.h"
#include "cli/diff_internal.h"
#include "cli/machine_args.h"
#include "cli/verbs.h"
#include "os/proc.h"

struct job {
        struct bw_cli *cli;
        const struct bw_args *args;
        struct bw_arena *arena;
        struct bw_machine machine;
        struct bw_str wanted; /* component; empty: all */
        bool set_only;
        struct bw_buf out;
        struct bw_buf scratch;
        size_t n_shown;
};

static void job_done(struct job *job)
{
        bw_machine_close(&job->machine);
        bw_buf_done(&job->out);
        bw_buf_done(&job->scratch);
        bw_arena_free(job->arena);
}

/* The component that a document is about: empty when it is about something else. */
static struct bw_str component_of(const struct bw_doc *doc)
{
        static const struct {
                const char *kind;
                const char *component;
        } rows[] = {{"KubeletConfiguration", "kubelet"},
                    {"KubeProxyConfiguration", "kube-proxy"},
                    {"KubeSchedulerConfiguration", "kube-scheduler"}};

        if (bw_str_is(doc->kind, "Component"))
                return bw_map_text(doc->root, "component");
        for (size_t i = 0; i < BW_ARRAY_SIZE(rows); i++)
                if (bw_str_is(doc->kind, rows[i].kind))
                        return bw_str(rows[i].component);
        return (struct bw_str){0};
}

/* Stands for a component that is not here: evidence of the whole document says why. */
static bool is_absent(const struct bw_doc *doc)
{
        return bw_map_text(bw_evidence_find(doc->root, (struct bw_path){0}), "state").n > 0;
}

static bool is_wanted(const struct job *job, const struct bw_doc *doc)
{
        struct bw_str component = component_of(doc);

        return component.n && (!job->wanted.n || bw_str_eq(component, job->wanted)) &&
               (job->wanted.n || !is_absent(doc));
}

/* Of a Component only its settings; other facts are in the heading. */
static bool is_setting(const struct job *job, const struct bw_doc *doc, const struct bw_fact *fact)
{
        static const char *const others[] = {"kubernetesMinor", "effective", "problems"};

        if (bw_str_starts(fact->path, BW_STR("problems[")))
                return bw_str_ends(fact->path, BW_STR("].message"));
        if (bw_str_is(doc->kind, "Component") && !bw_str_starts(fact->path, BW_STR("settings.")) &&
            !bw_str_starts(fact->path, BW_STR("featureGates.")))
                return false;
        for (size_t i = 0; i < BW_ARRAY_SIZE(others); i++)
                if (bw_str_is(fact->path, others[i]))
                        return false;
        return !job->set_only || !bw_str_is(bw_map_text(fact->evidence, "type"), "default");
}

static struct bw_str setting_name(const struct bw_fact *fact)
{
        struct bw_str prefix = BW_STR("settings.");

        if (bw_str_starts(fact->path, BW_STR("problems[")))
                return BW_STR("(problem)");
        return bw_str_starts(fact->path, prefix) ? bw_str_rest(fact->path, prefix.n) : fact->path;
}

static const struct bw_doc *find_host(const struct job *job)
{
        for (size_t i = 0; i < job->machine.n_docs; i++)
                if (bw_str_is(job->machine.docs[i]->kind, "Host") && bw_str_is(job->machine.docs[i]->group, "bulwark.dev"))
                        return job->machine.docs[i];
        return NULL;
}

/* ---- text */

static void put_clean(struct job *job)
{
        bw_buf_clean(&job->out, bw_buf_view(&job->scratch));
        bw_buf_clear(&job->scratch);
}

static void put_pair(struct job *job, const char *name, struct bw_value value)
{
        if (value.type == BW_ABSENT || (value.type == BW_STRING && value.n == 0))
                return;
        if (value.type == BW_LIST) {
                for (uint32_t i = 0; i < value.n; i++) {
                        bw_buf_puts(&job->scratch, i ? ", " : "");
                        bw_put_value(&job->scratch, value.list->items[i]);
                }
        } else {
                bw_put_value(&job->scratch, value);
        }
        if (!job->scratch.n)
                return;
        bw_buf_printf(&job->out, "%-13s ", name);
        put_clean(job);
        bw_buf_char(&job->out, '\n');
}

static void put_machine(struct job *job)
{
        static const char *const rows[] = {"distribution", "evidence", "provider", "roles", "version"};
        const struct bw_doc *host = find_host(job);
        struct bw_value node = host ? bw_map_get(host->root, BW_STR("node")) : (struct bw_value){0};
        struct bw_value os = host ? bw_map_walk(host->root, "os.name") : (struct bw_value){0};
        struct bw_value kernel = host ? bw_map_walk(host->root, "kernel.release") : (struct bw_value){0};

        put_pair(job, "node", bw_value_str(job->machine.head.name));
        for (size_t i = 0; i < BW_ARRAY_SIZE(rows); i++)
                put_pair(job, strcmp(rows[i], "evidence") == 0  ? "told by"
                              : strcmp(rows[i], "version") == 0 ? "kubernetes"
                                                                : rows[i],
                         bw_map_get(node, bw_str(rows[i])));
        put_pair(job, "os", os.type == BW_STRING ? os : bw_map_get(node, BW_STR("os")));
        put_pair(job, "kernel", kernel);
}

static void put_heading(struct job *job, const struct bw_doc *doc)
{
        static const char *const rows[] = {"version", "basis"};
        struct bw_value running = bw_map_get(doc->root, BW_STR("running"));
        bool bold = job->cli->out.color;

        bw_buf_puts(&job->out, bold ? "\n\x1b[1m" : "\n");
        bw_buf_clean(&job->out, component_of(doc));
        bw_buf_puts(&job->out, bold ? "\x1b[0m" : "");
        if (!bw_str_is(doc->kind, "Component"))
                bw_buf_printf(&job->out, ", %.*s", BW_STR_ARG(doc->kind));
        for (size_t i = 0; i < BW_ARRAY_SIZE(rows); i++) {
                struct bw_str text = bw_map_text(doc->root, rows[i]);

                bw_buf_puts(&job->out, text.n ? ", " : "");
                bw_buf_clean(&job->out, text);
        }
        if (running.type == BW_BOOL && !is_absent(doc))
                bw_buf_puts(&job->out, running.b ? ", running" : ", not seen running");
        bw_buf_char(&job->out, '\n');
}

static void put_setting(struct job *job, const struct bw_fact *fact, size_t width)
{
        struct bw_str name = setting_name(fact);

        bw_buf_puts(&job->out, "  ");
        bw_buf_clean(&job->out, name);
        bw_buf_fill(&job->out, ' ', width - BW_MIN(name.n, width) + 2);
        bw_put_value(&job->scratch, fact->value);
        put_clean(job);
        bw_put_source(&job->scratch, fact->evidence);
        bw_buf_puts(&job->out, job->scratch.n ? "  # " : "");
        put_clean(job);
        bw_buf_char(&job->out, '\n');
}

static void put_facts(struct job *job, const struct bw_doc *doc, const struct bw_fact *facts, size_t n)
{
        size_t width = 0;

        put_heading(job, doc);
        if (is_absent(doc)) {
                bw_put_source(&job->scratch, bw_evidence_find(doc->root, (struct bw_path){0}));
                bw_buf_puts(&job->out, "  ");
                put_clean(job);
                bw_buf_char(&job->out, '\n');
                return;
        }
        for (size_t i = 0; i < n; i++)
                if (is_setting(job, doc, &facts[i]))
                        width = BW_MAX(width, BW_MIN(setting_name(&facts[i]).n, (size_t)48));
        for (size_t i = 0; i < n; i++)
                if (is_setting(job, doc, &facts[i]))
                        put_setting(job, &facts[i], width);
}

/* ---- JSON */

static void json_facts(struct job *job, const struct bw_doc *doc, const struct bw_fact *facts, size_t n)
{
        static const char *const rows[] = {"version", "basis"};
        bool first = true;

        bw_buf_puts(&job->out, job->n_shown ? ",\n    {\"component\": " : "\n    {\"component\": ");
        bw_buf_json(&job->out, component_of(doc));
        bw_buf_puts(&job->out, ", \"kind\": ");
        bw_buf_json(&job->out, doc->kind);
        for (size_t i = 0; i < BW_ARRAY_SIZE(rows); i++) {
                struct bw_str text = bw_map_text(doc->root, rows[i]);

                if (!text.n)
                        continue;
                bw_buf_printf(&job->out, ", \"%s\": ", rows[i]);
                bw_buf_json(&job->out, text);
        }
        bw_buf_puts(&job->out, ", \"settings\": [");
        for (size_t i = 0; i < n; i++) {
                if (!is_setting(job, doc, &facts[i]))
                        continue;
                bw_buf_puts(&job->out, first ? "\n      {\"name\": " : ",\n      {\"name\": ");
                first = false;
                bw_buf_json(&job->out, setting_name(&facts[i]));
                bw_buf_puts(&job->out, ", \"value\": ");
                bw_value_json(&job->out, facts[i].value, 0);
                if (facts[i].evidence.type == BW_MAP) {
                        bw_buf_puts(&job->out, ", \"evidence\": ");
                        bw_value_json(&job->out, facts[i].evidence, 0);
                }
                bw_buf_char(&job->out, '}');
        }
        bw_buf_puts(&job->out, "]}");
}

static void json_begin(struct job *job)
{
        const struct bw_doc *host = find_host(job);

        bw_buf_puts(&job->out, "{\n  \"apiVersion\": \"bulwark.dev/v1\",\n  \"kind\": \"NodeSettings\",\n  \"name\": ");
        bw_buf_json(&job->out, job->machine.head.name);
        bw_buf_puts(&job->out, ",\n  \"node\": ");
        bw_value_json(&job->out, host ? bw_map_get(host->root, BW_STR("node")) : bw_value_map(NULL, 0), 0);
        bw_buf_puts(&job->out, ",\n  \"components\": [");
}

/* ---- the verb */

static int show(struct job *job, bool json, struct bw_error *reterr)
{
        int r = 0;

        if (json)
                json_begin(job);
        else
                put_machine(job);
        for (size_t i = 0; r == 0 && i < job->machine.n_docs; i++) {
                const struct bw_doc *doc = job->machine.docs[i];
                struct bw_fact *facts = NULL;
                size_t n = 0;

                if (!is_wanted(job, doc))
                        continue;
                r = bw_facts_of(job->arena, doc, job->machine.head.name, &facts, &n, reterr);
                if (r < 0)
                        return r;
                (json ? json_facts : put_facts)(job, doc, facts, n);
                job->n_shown++;
        }
        if (json)
                bw_buf_puts(&job->out, "\n  ]\n}\n");
        if (bw_buf_status(&job->scratch) < 0)
                job->out.status = job->scratch.status;
        if (job->wanted.n && !job->n_shown)
                return bw_error_set(reterr, -ENOENT, "there is no component \"%.*s\" on %.*s", BW_STR_ARG(job->wanted),
                                    BW_STR_ARG(job->machine.head.name));
        return r;
}

static int run_job(struct job *job)
{
        bool json = strcmp(bw_args_value(job->args, BW_OPT_OUTPUT, "text"), "json") == 0;
        const char *snapshot = bw_args_value(job->args, BW_OPT_FILENAME, NULL);
        struct bw_error error = {0};
        int r;

        job->wanted = bw_str(job->args->n_positional ? job->args->positional[0] : NULL);
        job->set_only = bw_args_has(job->args, BW_OPT_SET_ONLY);
        job->arena = bw_arena_new(0);
        r = job->arena ? bw_machine_of_args(job->args, snapshot, NULL, job->arena, &job->machine, &error) :
                         bw_error_nomem(&error);
        if (r == 0)
                r = show(job, json, &error);
        if (r < 0)
                return bw_cli_fail(job->cli, &error);
        bw_machine_tell_refused(job->cli, &job->machine);
        return bw_cli_print(job->cli, &job->out);
}

static int run(struct bw_cli *cli, const struct bw_args *args)
{
        struct job job = {.cli = cli, .args = args};
        int status;

        bw_proc_hide_memory();
        bw_term_color(&cli->out, bw_args_value(args, BW_OPT_COLOR, "auto"));
        status = run_job(&job);
        job_done(&job);
        return status;
}

static const struct bw_option options[] = {
        {.name = "filename",
         .letter = 'f',
         .arg = "FILE",
         .id = BW_OPT_FILENAME,
         .complete = BW_COMPLETE_FILE,
         .help = "a snapshot, in place of this machine"},
        BW_OPTIONS_MACHINE,
        {.name = "set-only", .id = BW_OPT_SET_ONLY, .help = "only what somebody has set: no defaults"},
        {.name = "kubernetes-version",
         .arg = "1.NN",
         .id = BW_OPT_KUBERNETES_VERSION,
         .help = "the Kubernetes version whose defaults hold where nothing shows another one"},
        {.name = "output",
         .letter = 'o',
         .arg = "FORMAT",
         .id = BW_OPT_OUTPUT,
         .words = "text json",
         .complete = BW_COMPLETE_WORDS,
         .only_words = true,
         .help = "text (default) or json"},
        BW_OPTION_COLOR,
        {.name = "no-sandbox",
         .id = BW_OPT_NO_SANDBOX,
         .help = "do not give up system calls and files (Landlock, seccomp) before reading the machine"},
        BW_OPTION_HELP,
        {0},
};

static const struct bw_example examples[] = {
        {"What somebody has set on the API server, and where",
         "bulwark node show kube-apiserver --set-only --root examples/node/root"},
        {0},
};

const struct bw_verb bw_verb_node_show = {
        .name = "node show",
        .summary = "show what is in force on a node, and where each value comes from",
        .args = "[COMPONENT]",
        .text = "Lists the effective settings of each component (flags over drop-ins over files over the defaults of its "
                "version), with the flag, file and line, environment variable or default that each comes from. Keys, "
                "tokens and passwords are never shown.",
        .words = "kube-apiserver kube-controller-manager kube-scheduler etcd kubelet kube-proxy cloud-controller-manager",
        .options = options,
        .examples = examples,
        .complete = BW_COMPLETE_WORDS,
        .max_args = 1,
        .run = run,
};
