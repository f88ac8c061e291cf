/* SPDX-License-Identifier: Apache-2.0 */
#include "analyze/validate.h"

#include "analyze/audit_policy.h"
#include "analyze/encryption.h"
#include "analyze/kubelet.h"
#include "analyze/validate_internal.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"

/* ---- files that are no file of Kubernetes' */

/* A map at a dotted path, "" being the whole, that has this key: what somebody meant by it. */
static const struct {
        const char *path;
        const char *key;
        const char *hint;
} shapes[] = {
        {"etcd.encryption", NULL, "the API server knows no such file: put apiVersion: apiserver.config.k8s.io/v1, kind: "
                                  "EncryptionConfiguration and the list as `resources:` at the top"},
        {"etcd", "encryption", "the API server knows no such file: put apiVersion: apiserver.config.k8s.io/v1, kind: "
                               "EncryptionConfiguration and the list as `resources:` at the top"},
        {"", "providers", "this looks like an entry of `resources:` in an EncryptionConfiguration"},
        {"", "rules", "this looks like an audit policy: it needs apiVersion: audit.k8s.io/v1 and kind: Policy"},
        {"", "authorizers", "this looks like an AuthorizationConfiguration (apiserver.config.k8s.io/v1)"},
        {"", "jwt", "this looks like an AuthenticationConfiguration (apiserver.config.k8s.io/v1)"},
        {"", "plugins", "this looks like an AdmissionConfiguration (apiserver.config.k8s.io/v1)"},
        {"", "authentication", "this looks like a KubeletConfiguration (kubelet.config.k8s.io/v1beta1)"},
        {"spec", "resources", "this kind has no `spec`: put `resources:` at the top"},
};

static struct bw_str shape_hint(struct bw_value root)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(shapes); i++) {
                struct bw_value map = *shapes[i].path ? bw_map_walk(root, shapes[i].path) : root;

                if (map.type == BW_MAP && shapes[i].key && bw_map_get(map, bw_str(shapes[i].key)).type != BW_ABSENT)
                        return bw_str(shapes[i].hint);
                if (!shapes[i].key && map.type != BW_ABSENT)
                        return bw_str(shapes[i].hint);
        }
        return BW_STR("");
}

/* The versions in which a kind of that name exists. */
static struct bw_str versions_of(struct bw_arena *arena, struct bw_str kind, int minor)
{
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        const struct bw_schema *schema;

        for (size_t i = 0; (schema = bw_schema_at(i)); i++) {
                if (!bw_str_is(kind, bw_schema_kind(schema)) ||
                    !bw_schema_find(bw_str(bw_schema_api_version(schema)), kind, minor))
                        continue;
                bw_buf_puts(&text, text.n ? ", " : "");
                bw_buf_puts(&text, bw_schema_api_version(schema));
        }
        return text.n ? bw_arena_printf(arena, "this kind is known in %.*s", BW_STR_ARG(bw_buf_view(&text))) : BW_STR("");
}

/* Every kind once. */
static struct bw_str all_kinds(struct bw_arena *arena)
{
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        const struct bw_schema *schema;

        bw_buf_puts(&text, "kinds that are known:");
        for (size_t i = 0; (schema = bw_schema_at(i)); i++) {
                bool known = false;

                for (size_t k = 0; k < i; k++)
                        known = known || strcmp(bw_schema_kind(bw_schema_at(k)), bw_schema_kind(schema)) == 0;
                if (!known)
                        bw_buf_printf(&text, " %s", bw_schema_kind(schema));
        }
        return bw_arena_str(arena, bw_buf_view(&text));
}

static void add_hint(struct bw_arena *arena, struct bw_validation *v, int minor)
{
        struct bw_problem *p = v->problems.n ? &v->problems.items[v->problems.n - 1] : NULL;
        struct bw_str kind = bw_map_text(v->doc.root, "kind");

        if (!p || p->kind != BW_PROBLEM_IDENTITY)
                return;
        p->hint = kind.n ? versions_of(arena, kind, minor) : BW_STR("");
        if (p->hint.n == 0)
                p->hint = shape_hint(v->doc.root);
        if (p->hint.n == 0)
                p->hint = all_kinds(arena);
}

/* ---- strictness */

/* The image policy webhook's file has no apiVersion: it is known by its only field. */
static const struct bw_schema *without_version(const struct bw_doc *doc)
{
        if (bw_map_get(doc->root, BW_STR("imagePolicy")).type == BW_ABSENT || bw_map_get(doc->root, BW_STR("kind")).type != BW_ABSENT)
                return NULL;
        return bw_schema_find(BW_STR(""), BW_STR("ImagePolicyWebhook"), 0);
}

static bool is_kind(const struct bw_schema *schema, const char *a, const char *b)
{
        return strcmp(bw_schema_kind(schema), a) == 0 || strcmp(bw_schema_kind(schema), b) == 0;
}

static int check_fields(struct bw_arena *arena, struct bw_validation *v, int minor, struct bw_error *reterr)
{
        struct validating validating = {.problems = &v->problems, .doc = &v->doc, .prefix = "", .minor = minor};
        validate_kind check = validate_kind_of(v->schema);
        int r = bw_schema_decode(arena, v->schema, &v->doc, bw_schema_mode_of(v->schema), minor, &v->problems, &validating.value, reterr);

        if (r < 0 || bw_problems_refuse(&v->problems))
                return r;
        if (is_kind(v->schema, "KubeletConfiguration", "KubeletConfiguration"))
                return bw_kubelet_check(arena, &v->doc, validating.value, minor, &v->problems, reterr);
        if (check)
                check(&validating);
        return v->problems.failed ? bw_error_nomem(reterr) : 0;
}

/* The configuration of one plugin of an AdmissionConfiguration: a document inside of the document. */
static int check_inner(struct bw_arena *arena, struct bw_validation *outer, struct bw_value value, uint32_t number, int minor,
                       struct bw_error *reterr)
{
        struct bw_validation inner = {.problems = {.arena = arena}};
        struct bw_str path = bw_arena_printf(arena, "plugins[%u].configuration", number);
        struct bw_path parsed;
        int r = 0;

        if (!path.p || bw_path_parse(arena, path, &parsed, reterr) < 0)
                return -ENOMEM;
        inner.doc = outer->doc;
        inner.doc.root = value;
        inner.doc.mark = bw_doc_mark(&outer->doc, arena, parsed, false);
        inner.schema = without_version(&inner.doc);
        if (!inner.schema)
                bw_schema_identify(&inner.doc, "kube-apiserver", NULL, minor, &inner.problems, &inner.schema);
        if (inner.schema)
                r = check_fields(arena, &inner, minor, reterr);
        for (size_t i = 0; r == 0 && i < inner.problems.n; i++) {
                struct bw_problem p = inner.problems.items[i];

                p.path = bw_arena_printf(arena, "%.*s%s%.*s", BW_STR_ARG(path), p.path.n ? "." : "", BW_STR_ARG(p.path));
                p.message = bw_arena_printf(arena, "%.*s: %.*s", BW_STR_ARG(path), BW_STR_ARG(p.message));
                bw_problems_add(&outer->problems, &p);
        }
        return outer->problems.failed ? bw_error_nomem(reterr) : r;
}

static int check_plugins(struct bw_arena *arena, struct bw_validation *v, int minor, struct bw_error *reterr)
{
        struct bw_value plugins = bw_map_get(v->doc.root, BW_STR("plugins"));
        int r = 0;

        for (uint32_t i = 0; r == 0 && plugins.type == BW_LIST && i < plugins.n; i++) {
                struct bw_value value = bw_map_get(plugins.list->items[i], BW_STR("configuration"));

                if (value.type == BW_MAP)
                        r = check_inner(arena, v, value, i, minor, reterr);
        }
        return r;
}

static int check_kind(struct bw_arena *arena, struct bw_validation *v, int minor, struct bw_error *reterr)
{
        const struct bw_encryption_options encryption = {.minor = minor, .kms_v1 = -1};
        struct bw_value ignored;
        int r;

        if (is_kind(v->schema, "EncryptionConfiguration", "EncryptionConfig"))
                return bw_encryption_check(arena, &v->doc, &encryption, &v->problems, &ignored, reterr);
        if (is_kind(v->schema, "Policy", "Policy"))
                return bw_audit_policy_check(arena, &v->doc, minor, &v->problems, &ignored, reterr);
        r = check_fields(arena, v, minor, reterr);
        if (r == 0 && is_kind(v->schema, "AdmissionConfiguration", "AdmissionConfiguration"))
                r = check_plugins(arena, v, minor, reterr);
        return r;
}

static bool is_lenient(const struct bw_doc *doc)
{
        const struct bw_schema *schema = bw_schema_find(bw_map_text(doc->root, "apiVersion"), bw_map_text(doc->root, "kind"), 0);

        return schema && bw_schema_mode_of(schema) == BW_SCHEMA_LENIENT;
}

int bw_validate(struct bw_arena *arena, struct bw_str text, uint32_t first_line, int minor, struct bw_validation *ret,
                struct bw_error *reterr)
{
        int r;

        *ret = (struct bw_validation){.problems = {.arena = arena}};
        r = bw_schema_read(arena, text, BW_SCHEMA_STRICT, &ret->doc, &ret->problems, reterr);
        /* The kind says how strict its reader is, and only what was read says the kind. */
        for (size_t i = 0; r == 0 && i < ret->problems.n && is_lenient(&ret->doc); i++)
                ret->problems.items[i].warning = ret->problems.items[i].warning || ret->problems.items[i].kind == BW_PROBLEM_DUPLICATE;
        if (r == 0 && (ret->problems.n == 0 || ret->problems.items[0].kind != BW_PROBLEM_SYNTAX)) {
                ret->schema = without_version(&ret->doc);
                if (!ret->schema)
                        bw_schema_identify(&ret->doc, NULL, NULL, minor, &ret->problems, &ret->schema);
                if (ret->schema)
                        r = check_kind(arena, ret, minor, reterr);
                else
                        add_hint(arena, ret, minor);
        }
        for (size_t i = 0; r == 0 && i < ret->problems.n; i++)
                if (ret->problems.items[i].mark.line)
                        ret->problems.items[i].mark.line += first_line - 1;
        return r == 0 && ret->problems.failed ? bw_error_nomem(reterr) : r;
}
