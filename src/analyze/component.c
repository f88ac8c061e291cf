/* SPDX-License-Identifier: Apache-2.0 */
#include "analyze/component.h"

#include "analyze/component_internal.h"
#include "analyze/kubelet.h"
#include "base/arena.h"
#include "base/error.h"
#include "base/table.h"

extern const struct bw_table bw_table_kubelet_flags;

const char *bw_component_of_program(struct bw_str path)
{
        const struct component_class *cls;

        for (size_t i = path.n; i-- > 0;)
                if (path.p[i] == '/') {
                        path = bw_str_rest(path, i + 1);
                        break;
                }
        cls = component_class_of(path);
        return cls ? cls->name : NULL;
}

/* Most of a kubelet's flags have a field of KubeletConfiguration: there is what is in force where the flag is not given. */
static void leave_to_fields(struct component *c)
{
        for (size_t i = 0; i < c->n_settings; i++)
                if (!c->settings[i].is_set && bw_table_find(&bw_table_kubelet_flags, c->settings[i].name) != SIZE_MAX)
                        c->settings[i].value = (struct bw_value){0};
}

/* Flags, environment and files. */
static int look(struct component *c, struct bw_arena *arena, const struct bw_component_input *input,
                struct bw_error *reterr)
{
        int r = component_init(c, arena, input, reterr);

        if (r == 0 && c->cls->files)
                r = c->cls->files(c);
        if (r == 0 && input->rest_is_elsewhere) {
                c->unknown = (struct bw_evidence){.state = "absent", .reason = bw_str(input->rest_is_elsewhere)};
                c->n_docs = 0;
        }
        if (r == 0 && c->cls->letter == 'K')
                leave_to_fields(c);
        return r;
}

/* ---- what it reads */

/* Settings that name files. */
static const struct {
        const char *setting;
        const char *role; /* NULL: the setting's name */
        bool wants_text;
        const char *suffix; /* a directory of files with this ending */
} files[] = {
        {"config", NULL, true},
        {"config-dir", "drop-ins", true, ".conf"},
        {"config-file", "config", true},
        {"admission-control-config-file", NULL, true},
        {"audit-policy-file", NULL, true},
        {"authentication-config", NULL, true},
        {"authorization-config", NULL, true},
        {"encryption-provider-config", NULL, true},
        {"tracing-config-file", NULL, true},
        {"audit-webhook-config-file", NULL, false},
        {"authentication-kubeconfig", NULL, false},
        {"authentication-token-webhook-config-file", NULL, false},
        {"authorization-kubeconfig", NULL, false},
        {"authorization-policy-file", NULL, false},
        {"authorization-webhook-config-file", NULL, false},
        {"bootstrap-kubeconfig", NULL, false},
        {"basic-auth-file", NULL, false},
        {"cert-file", NULL, false},
        {"client-ca-file", NULL, false},
        {"client-cert-file", NULL, false},
        {"client-key-file", NULL, false},
        {"cloud-config", NULL, false},
        {"cluster-signing-cert-file", NULL, false},
        {"cluster-signing-key-file", NULL, false},
        {"cluster-signing-kube-apiserver-client-cert-file", NULL, false},
        {"cluster-signing-kube-apiserver-client-key-file", NULL, false},
        {"cluster-signing-kubelet-client-cert-file", NULL, false},
        {"cluster-signing-kubelet-client-key-file", NULL, false},
        {"cluster-signing-kubelet-serving-cert-file", NULL, false},
        {"cluster-signing-kubelet-serving-key-file", NULL, false},
        {"cluster-signing-legacy-unknown-cert-file", NULL, false},
        {"cluster-signing-legacy-unknown-key-file", NULL, false},
        {"egress-selector-config-file", NULL, false},
        {"etcd-cafile", NULL, false},
        {"etcd-certfile", NULL, false},
        {"etcd-keyfile", NULL, false},
        {"key-file", NULL, false},
        {"kubeconfig", NULL, false},
        {"kubelet-certificate-authority", NULL, false},
        {"kubelet-client-certificate", NULL, false},
        {"kubelet-client-key", NULL, false},
        {"leader-migration-config", NULL, false},
        {"oidc-ca-file", NULL, false},
        {"peer-ca-file", NULL, false},
        {"peer-cert-file", NULL, false},
        {"peer-client-cert-file", NULL, false},
        {"peer-client-key-file", NULL, false},
        {"peer-key-file", NULL, false},
        {"peer-trusted-ca-file", NULL, false},
        {"proxy-client-cert-file", NULL, false},
        {"proxy-client-key-file", NULL, false},
        {"requestheader-client-ca-file", NULL, false},
        {"root-ca-file", NULL, false},
        {"service-account-key-file", NULL, false},
        {"service-account-private-key-file", NULL, false},
        {"service-account-signing-key-file", NULL, false},
        {"tls-cert-file", NULL, false},
        {"tls-private-key-file", NULL, false},
        {"token-auth-file", NULL, false},
        {"trusted-ca-file", NULL, false},
};

struct needs {
        struct bw_arena *arena;
        struct bw_component_need *items;
        size_t n;
        size_t cap;
};

static int add_need(struct needs *needs, size_t row, struct bw_value path, struct bw_error *reterr)
{
        if (path.type != BW_STRING || path.n == 0)
                return 0;
        if (bw_arena_grow(needs->arena, &needs->items, &needs->cap, needs->n, sizeof(needs->items[0])) < 0)
                return bw_error_nomem(reterr);
        needs->items[needs->n++] = (struct bw_component_need){
                .role = files[row].role ? files[row].role : files[row].setting,
                .path = bw_value_text(path),
                .wants_text = files[row].wants_text,
                .is_dir = files[row].suffix != NULL,
                .suffix = files[row].suffix,
        };
        return 0;
}

int bw_component_needs(struct bw_arena *arena, const struct bw_component_input *input,
                       const struct bw_component_need **ret, size_t *ret_n, struct bw_error *reterr)
{
        struct needs needs = {.arena = arena};
        struct component c;
        int r;

        r = look(&c, arena, input, reterr);
        for (size_t i = 0; r == 0 && i < BW_ARRAY_SIZE(files); i++) {
                const struct component_setting *s = component_find(&c, files[i].setting);
                struct bw_value value = s ? s->value : (struct bw_value){0};

                if (value.type != BW_LIST)
                        r = add_need(&needs, i, value, reterr);
                for (uint32_t k = 0; value.type == BW_LIST && r == 0 && k < value.n; k++)
                        r = add_need(&needs, i, value.list->items[k], reterr);
        }
        if (r < 0)
                return r;
        *ret = needs.items;
        *ret_n = needs.n;
        return 0;
}

/* ---- the document */

/* A flag of the kubelet that its configuration has no field for: its default holds when it is not given. */
static bool is_flag_alone(const struct component *c, struct bw_str flag)
{
        return c->cls->letter == 'K' && !c->input->rest_is_elsewhere && !bw_kubelet_flag_is_field(flag);
}

static void put_settings(struct component *c, struct bw_facts *facts)
{
        struct bw_fields settings = bw_fields(facts);
        struct bw_evidence usual = {.type = "default", .path = c->input->command.path, .file = c->input->command.file,
                                    .line = c->input->command.line, .column = c->input->command.column};

        usual.text = bw_arena_printf(c->arena, "default of %s %s.%d", c->cls->name, c->cls->letter == 'E' ? "3" : "1", c->minor);
        if (!usual.text.p)
                facts->failed = true;
        bw_facts_evidence(facts, c->unknown.state ? &c->unknown : &usual, "settings");
        for (size_t i = 0; i < c->n_settings; i++) {
                const struct component_setting *s = &c->settings[i];

                bool usually = !s->is_set && c->unknown.state && is_flag_alone(c, s->name);

                if (s->value.type != BW_ABSENT && (s->is_set || usually || !c->unknown.state))
                        bw_fields_value_at(&settings, s->name, s->value);
                if (s->is_set || usually)
                        bw_facts_evidence_of(facts, usually ? &usual : &s->evidence, "settings", s->name);
        }
        bw_fields_value(&facts->fields, "settings", bw_fields_end(&settings));
}

static void put_problem(struct bw_facts *facts, struct bw_items *items, const char *code, struct bw_str flag,
                        struct bw_str message, bool stops, const struct bw_evidence *where)
{
        struct bw_fields fields = bw_fields(facts);

        bw_facts_evidence(facts, where, "problems[%u]", items->n);
        bw_fields_text(&fields, "code", bw_str(code));
        if (flag.n)
                bw_fields_text(&fields, "flag", flag);
        bw_fields_text(&fields, "message", message);
        bw_fields_bool(&fields, "stops", stops);
        bw_items_value(items, bw_fields_end(&fields));
}

static void put_problems(struct component *c, struct bw_facts *facts)
{
        struct bw_items items = bw_items(facts);

        for (size_t i = 0; i < c->n_problems; i++)
                put_problem(facts, &items, c->problems[i].code, c->problems[i].flag, c->problems[i].message,
                            c->problems[i].stops, &c->problems[i].where);
        for (size_t i = 0; i < c->input->n_notes; i++)
                put_problem(facts, &items, c->input->notes[i].code, BW_STR(""), c->input->notes[i].message, false,
                            &c->input->notes[i].where);
        bw_fields_value(&facts->fields, "problems", bw_items_end(&items));
}

static void put_files(struct component *c, struct bw_facts *facts)
{
        static const char *const states[] = {
                [BW_FILE_READ] = "read", [BW_FILE_ABSENT] = "absent", [BW_FILE_UNREADABLE] = "unreadable", [BW_FILE_UNKNOWN] = "unknown"};
        struct bw_items items = bw_items(facts);

        for (size_t i = 0; i < c->input->n_files; i++) {
                struct bw_fields fields = bw_fields(facts);

                bw_fields_text(&fields, "role", bw_str(c->input->files[i].role));
                bw_fields_text(&fields, "path", c->input->files[i].path);
                bw_fields_text(&fields, "state", bw_str(states[c->input->files[i].state]));
                bw_items_value(&items, bw_fields_end(&fields));
        }
        bw_fields_value(&facts->fields, "config", bw_items_end(&items));
}

static void put_process(const struct bw_component_input *input, struct bw_facts *facts)
{
        struct bw_fields fields = bw_fields(facts);

        if (!input->running)
                return;
        bw_fields_int(&fields, "pid", input->pid);
        bw_fields_int(&fields, "uid", input->uid);
        bw_fields_text(&fields, "exe", input->exe);
        bw_fields_value(&facts->fields, "process", bw_fields_end(&fields));
}

static int make(struct component *c, struct bw_doc *ret)
{
        const struct bw_component_input *input = c->input;
        struct bw_evidence version = {.type = "version", .text = input->version_source};
        struct bw_facts facts;

        bw_facts_init(&facts, c->arena, "Component", c->name);
        bw_fields_text(&facts.fields, "component", bw_str(c->cls->name));
        if (input->version.n) {
                bw_fields_text(&facts.fields, "version", input->version);
                bw_facts_evidence(&facts, &version, "version");
        }
        bw_fields_int(&facts.fields, "minor", c->minor);
        bw_fields_int(&facts.fields, "kubernetesMinor", c->kubernetes_minor);
        bw_fields_text(&facts.fields, "basis", bw_str(input->basis));
        bw_fields_bool(&facts.fields, "running", input->running);
        put_process(input, &facts);
        put_settings(c, &facts);
        bw_fields_value(&facts.fields, "featureGates", component_gates(c, &facts));
        put_files(c, &facts);
        put_problems(c, &facts);
        return bw_facts_finish(&facts, ret, c->reterr);
}

int bw_component_analyze(struct bw_arena *arena, const struct bw_component_input *input, bw_doc_sink sink,
                         void *userdata, struct bw_error *reterr)
{
        struct component c;
        struct bw_doc doc;
        int r;

        r = look(&c, arena, input, reterr);
        if (r == 0)
                r = component_check_gates(&c);
        if (r == 0)
                r = make(&c, &doc);
        if (r == 0)
                r = sink(userdata, &doc, reterr);
        for (size_t i = 0; r == 0 && i < c.n_docs; i++)
                r = sink(userdata, &c.docs[i], reterr);
        return r < 0 || c.cls->letter != 'K' ? r : bw_kubelet_analyze(arena, input, sink, userdata, reterr);
}
