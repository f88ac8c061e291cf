/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file that --admission-control-config-file names for the plugin PodSecurity. Decoded as strictly as the API server
 * does: known versions, known fields, right types; errors in its words.
 * Source: k8s.io/apimachinery pkg/runtime/serializer/json (order of checks, messages), pkg/runtime/error.go; Go
 * encoding/json UnmarshalTypeError; k8s.io/apimachinery pkg/util/validation (names).
 */
#include "base/alloc.h"
#include "base/arena.h"
#include "base/error.h"
#include "base/goquote.h"
#include "doc/stream.h"
#include "format/go_json.h"
#include "guard/podsecurity_internal.h"

#define CONFIG_GROUP "pod-security.admission.config.k8s.io"
#define CONFIG_SCHEME "k8s.io/pod-security-admission/admission/api/scheme/scheme.go:31"
#define GO_KIND_STRUCT                                                                             \
        "struct { APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; Kind string \"json:\\\"kind,omitempty\\\"\" }"

struct raw_config {
        struct bw_str levels[_BW_PS_MODE_MAX];
        struct bw_str versions[_BW_PS_MODE_MAX];
};

struct load {
        struct bw_arena *arena;
        struct bw_ps_config *config;
        struct raw_config raw;
        struct gotexts strict;   /* unknown fields */
        struct gotexts invalid;
        struct bw_buf buf;
        struct bw_str message;   /* of the error, in full */
        struct bw_error *reterr;
};

/* -EINVAL with the whole text, which may be longer than an error can hold. */
BW_PRINTF(2, 3)
static int invalid(struct load *l, const char *fmt, ...)
{
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        struct bw_str copy;
        va_list ap;
        va_list again;
        char *p;
        int n;

        va_start(ap, fmt);
        va_copy(again, ap);
        n = vsnprintf(NULL, 0, fmt, ap);
        p = n < 0 ? NULL : bw_buf_reserve(&text, (size_t)n + 1);
        if (p) {
                vsnprintf(p, (size_t)n + 1, fmt, again);
                bw_buf_commit(&text, (size_t)n);
        }
        va_end(again);
        va_end(ap);
        copy = bw_arena_str(l->arena, bw_buf_view(&text));
        if (!p || !copy.p)
                return bw_error_nomem(l->reterr);
        l->message = copy;
        return bw_error_set(l->reterr, -EINVAL, "%.*s", BW_STR_ARG(copy));
}

static int wrong_type(struct load *l, struct bw_value v, const char *field, const char *type)
{
        return invalid(l, "json: cannot unmarshal %s into Go struct field %s of type %s",
                            bw_go_json_type(v), field, type);
}

static void unknown_field(struct load *l, const char *prefix, struct bw_value key)
{
        bw_buf_printf(&l->buf, "unknown field \"%s%.*s\"", prefix, BW_STR_ARG(bw_value_text(key)));
        gotexts_take(&l->strict, &l->buf);
}

/* ---- fields */

static int read_default(struct load *l, struct bw_str name, struct bw_value v)
{
        for (size_t m = 0; m < _BW_PS_MODE_MAX; m++) {
                const char *mode = bw_ps_mode_text((enum bw_ps_mode)m);
                char version[32];
                char field[96];
                struct bw_str *slot = NULL;

                snprintf(version, sizeof(version), "%s-version", mode);
                if (bw_str_is(name, mode))
                        slot = &l->raw.levels[m];
                else if (bw_str_is(name, version))
                        slot = &l->raw.versions[m];
                if (!slot)
                        continue;
                if (v.type == BW_STRING)
                        *slot = bw_value_text(v);
                snprintf(field, sizeof(field), "PodSecurityDefaults.defaults.%.*s", BW_STR_ARG(name));
                return v.type == BW_STRING || v.type == BW_NULL ? 0 : wrong_type(l, v, field, "string");
        }
        return -ENOENT;
}

static int read_exemption(struct load *l, struct bw_str name, struct bw_value v)
{
        struct bw_ps_config *c = l->config;
        const struct {
                const char *name;
                const char *field;
                const struct bw_str **items;
                size_t *n;
        } lists[] = {
                {"usernames", "PodSecurityExemptions.exemptions.usernames", &c->usernames, &c->n_usernames},
                {"namespaces", "PodSecurityExemptions.exemptions.namespaces", &c->namespaces, &c->n_namespaces},
                {"runtimeClasses", "PodSecurityExemptions.exemptions.runtimeClasses", &c->runtime_classes,
                 &c->n_runtime_classes},
        };

        for (size_t i = 0; i < BW_ARRAY_SIZE(lists); i++) {
                struct bw_str *items;

                if (!bw_str_is(name, lists[i].name))
                        continue;
                if (v.type == BW_NULL)
                        return 0;
                if (v.type != BW_LIST)
                        return wrong_type(l, v, lists[i].field, "[]string");
                items = bw_arena_zalloc(l->arena, v.n * sizeof(*items) + 1);
                if (!items)
                        return bw_error_nomem(l->reterr);
                for (uint32_t k = 0; k < v.n; k++) {
                        struct bw_value item = v.list->items[k];

                        if (item.type == BW_STRING)
                                items[k] = bw_value_text(item);
                        else if (item.type != BW_NULL)
                                return wrong_type(l, item, lists[i].field, "string");
                }
                *lists[i].items = items;
                *lists[i].n = v.n;
                return 0;
        }
        return -ENOENT;
}

typedef int (*field_reader)(struct load *l, struct bw_str name, struct bw_value v);

static int read_section(struct load *l, struct bw_value map, const char *prefix, field_reader read)
{
        for (uint32_t i = 0; i < map.n; i++) {
                const struct bw_entry *e = &map.map->entries[i];
                int r = read(l, bw_value_text(e->key), e->value);

                if (r == -ENOENT)
                        unknown_field(l, prefix, e->key);
                else if (r < 0)
                        return r;
        }
        return 0;
}

static int read_top(struct load *l, struct bw_str name, struct bw_value v)
{
        static const struct {
                const char *name;
                const char *field;
                const char *type;
                const char *prefix;
                field_reader read;
        } sections[] = {
                {"defaults", "PodSecurityConfiguration.defaults", "v1.PodSecurityDefaults", "defaults.", read_default},
                {"exemptions", "PodSecurityConfiguration.exemptions", "v1.PodSecurityExemptions", "exemptions.",
                 read_exemption},
        };

        if (bw_str_is(name, "apiVersion") || bw_str_is(name, "kind"))
                return 0;
        for (size_t i = 0; i < BW_ARRAY_SIZE(sections); i++) {
                if (!bw_str_is(name, sections[i].name))
                        continue;
                if (v.type == BW_NULL)
                        return 0;
                if (v.type != BW_MAP)
                        return wrong_type(l, v, sections[i].field, sections[i].type);
                return read_section(l, v, sections[i].prefix, sections[i].read);
        }
        return -ENOENT;
}

/* ---- what the document is */

static int check_type_meta(struct load *l, struct bw_value root, struct bw_str text)
{
        static const char *const versions[] = {"/v1", "/v1beta1", "/v1alpha1"};
        struct bw_value kind = bw_map_get(root, BW_STR("kind"));
        struct bw_value version = bw_map_get(root, BW_STR("apiVersion"));
        struct bw_str api = bw_map_text(root, "apiVersion");
        size_t slash = bw_str_find(api, BW_STR("/"));

        if (root.type != BW_MAP && root.type != BW_NULL)
                return invalid(l, "couldn't get version/kind; json parse error: json: cannot unmarshal %s into Go "
                                    "value of type " GO_KIND_STRUCT, bw_go_json_type(root));
        if (version.type != BW_ABSENT && version.type != BW_STRING && version.type != BW_NULL)
                return invalid(l, "couldn't get version/kind; json parse error: json: cannot unmarshal %s into Go "
                                    "struct field .apiVersion of type string", bw_go_json_type(version));
        if (kind.type != BW_ABSENT && kind.type != BW_STRING && kind.type != BW_NULL)
                return invalid(l, "couldn't get version/kind; json parse error: json: cannot unmarshal %s into Go "
                                    "struct field .kind of type string", bw_go_json_type(kind));
        if (slash != SIZE_MAX && bw_str_find(bw_str_n(api.p + slash + 1, api.n - slash - 1), BW_STR("/")) != SIZE_MAX)
                return invalid(l, "unexpected GroupVersion string: %.*s", BW_STR_ARG(api));
        if (kind.type != BW_STRING || kind.n == 0)
                return invalid(l, "Object 'Kind' is missing in '%.*s'", BW_STR_ARG(text));
        if (api.n == 0)
                return invalid(l, "Object 'apiVersion' is missing in '%.*s'", BW_STR_ARG(text));
        for (size_t i = 0; i < BW_ARRAY_SIZE(versions) && bw_str_is(bw_value_text(kind), "PodSecurityConfiguration"); i++)
                if (bw_str_starts(api, BW_STR(CONFIG_GROUP)) &&
                    bw_str_is(bw_str_n(api.p + strlen(CONFIG_GROUP), api.n - strlen(CONFIG_GROUP)), versions[i]))
                        return 0;
        return invalid(l, "no kind \"%.*s\" is registered for version \"%.*s\" in scheme \"%s\"",
                            BW_STR_ARG(bw_value_text(kind)), BW_STR_ARG(api), CONFIG_SCHEME);
}

static bool is_json(struct bw_str text)
{
        return bw_str_starts(bw_str_trim(text), BW_STR("{"));
}

/* JSON when the first character is a brace; duplicates are a matter of strictness, and so is everything unknown. */
static int read_document(struct load *l, struct bw_str text, bool strict, struct bw_doc *ret, struct bw_error *reterr)
{
        size_t used;

        if (is_json(text))
                return bw_json_read(l->arena, text, 1, 1, strict, ret, &used, reterr);
        return bw_yaml_read(l->arena, text, 1, strict, ret, reterr);
}

/*
 * What cannot be read, as go-yaml says it: the problem alone, and the line of its context, which it counts from 0 where
 * the parser (and not the scanner) found the problem. Ours reads "problem while parsing a thing that begins at line 3".
 */
static int refuse_yaml(struct load *l, const struct bw_error *err)
{
        struct bw_str message = bw_str(err->message);
        size_t context = bw_str_find(message, BW_STR(" while "));
        size_t begins = bw_str_find(message, BW_STR(" begins at line "));
        bool scanner = bw_str_find(message, BW_STR(" while scanning ")) != SIZE_MAX;
        uint64_t line = 0;

        if (begins != SIZE_MAX)
                (void)!bw_str_to_u64(bw_str_n(message.p + begins + 16, message.n - begins - 16), &line);
        line = line > 1 ? line - 1 : err->line > 1 ? err->line - 1 : 0;
        if (context == SIZE_MAX)
                context = message.n;
        if (line == 0)
                return invalid(l, "yaml: %.*s", BW_STR_ARG(bw_str_n(message.p, context)));
        return invalid(l, "yaml: line %" PRIu64 ": %.*s", line + scanner, BW_STR_ARG(bw_str_n(message.p, context)));
}

static const struct {
        const char *section;
        const char *name;
} known_keys[] = {
        {"", "apiVersion"}, {"", "kind"}, {"", "defaults"}, {"", "exemptions"}, {"defaults.", "enforce"},
        {"defaults.", "enforce-version"}, {"defaults.", "audit"}, {"defaults.", "audit-version"}, {"defaults.", "warn"},
        {"defaults.", "warn-version"}, {"exemptions.", "usernames"}, {"exemptions.", "namespaces"},
        {"exemptions.", "runtimeClasses"},
};

/* Whether this key, and no longer one, stands at `at` of the text: followed by a colon. */
static bool is_key(struct bw_str text, size_t at, const char *name)
{
        struct bw_str rest = bw_str_n(text.p + at, text.n - at);
        char before = at ? text.p[at - 1] : '\n';

        if (!bw_str_starts(rest, bw_str(name)) || !strchr("\n \t{,\"'", before))
                return false;
        rest = bw_str_n(rest.p + strlen(name), rest.n - strlen(name));
        if (rest.n && (rest.p[0] == '"' || rest.p[0] == '\''))
                rest = bw_str_n(rest.p + 1, rest.n - 1);
        return bw_str_starts(bw_str_trim(rest), BW_STR(":"));
}

/*
 * Keys that stand twice; no name occurs in two sections. go-yaml names their lines, in one error; the JSON decoder names
 * the fields, each in its own.
 */
static void add_duplicates(struct load *l, struct bw_str text, const struct bw_error *err)
{
        bool seen[BW_ARRAY_SIZE(known_keys)] = {false};
        size_t n = 0;
        uint32_t line = 1;

        for (size_t at = 0; at < text.n; at++) {
                line += text.p[at] == '\n';
                for (size_t i = 0; i < BW_ARRAY_SIZE(known_keys); i++) {
                        if (!is_key(text, at, known_keys[i].name))
                                continue;
                        if (seen[i] && is_json(text)) {
                                bw_buf_printf(&l->buf, "duplicate field \"%s%s\"", known_keys[i].section, known_keys[i].name);
                                gotexts_take(&l->strict, &l->buf);
                        } else if (seen[i]) {
                                bw_buf_printf(&l->buf, "%s\n  line %u: key \"%s\" already set in map",
                                              n ? "" : "yaml: unmarshal errors:", line, known_keys[i].name);
                        }
                        n += seen[i];
                        seen[i] = true;
                }
        }
        if (n == 0)
                bw_buf_puts(&l->buf, err->message);
        if (l->buf.n)
                gotexts_take(&l->strict, &l->buf);
}

static int decode(struct load *l, struct bw_str text)
{
        struct bw_error strict_error = {0};
        struct bw_doc doc;
        struct bw_doc again;
        int r;

        if (is_json(text) && !bw_go_json_check(text, &l->buf)) {
                struct bw_str why = bw_arena_str(l->arena, bw_buf_view(&l->buf));

                return invalid(l, "couldn't get version/kind; json parse error: %.*s", BW_STR_ARG(why));
        }
        r = read_document(l, text, false, &doc, &strict_error);
        if (r == -EINVAL)
                return refuse_yaml(l, &strict_error);
        if (r < 0)
                return bw_error_set(l->reterr, r, "%s", strict_error.message);
        r = check_type_meta(l, doc.root, text);
        if (r < 0)
                return r;
        if (read_document(l, text, true, &again, &strict_error) < 0)
                add_duplicates(l, text, &strict_error);
        r = read_section(l, doc.root, "", read_top);
        if (r < 0)
                return r;
        if (l->strict.status < 0)
                return bw_error_nomem(l->reterr);
        for (size_t i = 0; i < l->strict.n; i++) {
                bw_buf_puts(&l->buf, i ? ", " : "strict decoding error: ");
                bw_buf_str(&l->buf, l->strict.items[i]);
        }
        if (l->strict.n)
                return invalid(l, "%.*s", BW_STR_ARG(bw_buf_view(&l->buf)));
        return 0;
}

/* ---- validation */

static void validate_defaults(struct load *l)
{
        static const enum bw_ps_mode order[] = {BW_PS_ENFORCE, BW_PS_WARN, BW_PS_AUDIT};

        for (size_t i = 0; i < BW_ARRAY_SIZE(order); i++) {
                enum bw_ps_mode m = order[i];
                struct bw_ps_level *level = &l->config->defaults.modes[m];
                char path[64];

                snprintf(path, sizeof(path), "defaults.%s", bw_ps_mode_text(m));
                *level = (struct bw_ps_level){.level = BW_PSS_PRIVILEGED, .minor = BW_PS_LATEST};
                if (l->raw.levels[m].n && !ps_parse_level(l->raw.levels[m], &level->level)) {
                        gotext_invalid(&l->buf, path, l->raw.levels[m], PS_BAD_LEVEL);
                        gotexts_take(&l->invalid, &l->buf);
                }
                snprintf(path, sizeof(path), "defaults.%s-version", bw_ps_mode_text(m));
                if (l->raw.versions[m].n && !ps_parse_version(l->raw.versions[m], &level->minor)) {
                        gotext_invalid(&l->buf, path, l->raw.versions[m], PS_BAD_VERSION);
                        gotexts_take(&l->invalid, &l->buf);
                }
        }
}

static bool is_alnum(char c)
{
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* RFC 1123 as Kubernetes has it: labels of lower-case letters, digits and dashes, joined by dots. */
static bool is_subdomain(struct bw_str s)
{
        struct bw_str part;
        size_t dots = 0;
        size_t parts = 0;

        for (size_t i = 0; i < s.n; i++)
                dots += s.p[i] == '.';
        while (bw_str_split(&s, '.', &part)) {
                parts++;
                if (part.n == 0 || !is_alnum(part.p[0]) || !is_alnum(part.p[part.n - 1]))
                        return false;
                for (size_t i = 0; i < part.n; i++)
                        if (!is_alnum(part.p[i]) && part.p[i] != '-')
                                return false;
        }
        return parts == dots + 1;
}

#define LABEL_PATTERN "[a-z0-9]([-a-z0-9]*[a-z0-9])?"

static void namespace_detail(struct bw_str name, struct bw_buf *out)
{
        bool has_dot = bw_str_find(name, BW_STR(".")) != SIZE_MAX;

        if (name.n > 63)
                bw_buf_puts(out, "must be no more than 63 characters");
        if (is_subdomain(name) && !has_dot)
                return;
        bw_buf_puts(out, out->n ? ", " : "");
        if (is_subdomain(name))
                bw_buf_puts(out, "must not contain dots");
        else
                bw_buf_puts(out, "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', "
                                 "and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', "
                                 "regex used for validation is '" LABEL_PATTERN "')");
}

static void runtime_class_detail(struct bw_str name, struct bw_buf *out)
{
        if (name.n > 253)
                bw_buf_puts(out, "must be no more than 253 characters");
        if (is_subdomain(name))
                return;
        bw_buf_puts(out, out->n ? ", " : "");
        bw_buf_puts(out, "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', "
                         "and must start and end with an alphanumeric character (e.g. 'example.com', regex used for "
                         "validation is '" LABEL_PATTERN "(\\." LABEL_PATTERN ")*')");
}

static void username_detail(struct bw_str name, struct bw_buf *out)
{
        if (name.n == 0)
                bw_buf_puts(out, "username must not be empty");
}

static int validate_names(struct load *l, const char *list, const struct bw_str *names, size_t n,
                          void (*describe)(struct bw_str name, struct bw_buf *out))
{
        bw_auto_done(bw_buf_done) struct bw_buf detail = {0};
        struct textset set;

        if (textset_new(&set, l->arena, n) < 0)
                return bw_error_nomem(l->reterr);
        for (size_t i = 0; i < n; i++) {
                char path[64];

                snprintf(path, sizeof(path), "exemptions.%s[%zu]", list, i);
                bw_buf_clear(&detail);
                describe(names[i], &detail);
                if (detail.n) {
                        gotext_invalid(&l->buf, path, names[i], detail.p);
                } else if (textset_add(&set, &names[i])) {
                        bw_buf_printf(&l->buf, "%s: Duplicate value: ", path);
                        bw_buf_go_quote(&l->buf, names[i]);
                } else {
                        continue;
                }
                gotexts_take(&l->invalid, &l->buf);
        }
        return 0;
}

static int validate(struct load *l)
{
        const struct bw_ps_config *c = l->config;
        int r;

        validate_defaults(l);
        r = validate_names(l, "namespaces", c->namespaces, c->n_namespaces, namespace_detail);
        if (r == 0)
                r = validate_names(l, "runtimeClasses", c->runtime_classes, c->n_runtime_classes, runtime_class_detail);
        if (r == 0)
                r = validate_names(l, "usernames", c->usernames, c->n_usernames, username_detail);
        if (r < 0)
                return r;
        if (l->invalid.status < 0)
                return bw_error_nomem(l->reterr);
        if (l->invalid.n == 0)
                return 0;
        bw_buf_clear(&l->buf);
        if (gotexts_aggregate(&l->invalid, &l->buf) < 0)
                return bw_error_nomem(l->reterr);
        return invalid(l, "%.*s", BW_STR_ARG(bw_buf_view(&l->buf)));
}

int bw_ps_config_load(struct bw_arena *arena, struct bw_str text, struct bw_ps_config *ret, struct bw_str *ret_message,
                      struct bw_error *reterr)
{
        struct bw_ps_config config = {0};
        struct load l = {.arena = arena, .config = &config, .strict = {.arena = arena}, .invalid = {.arena = arena},
                         .reterr = reterr};
        int r = 0;

        if (text.n > PS_LIMIT_CONFIG_BYTES)
                return bw_error_set(reterr, -E2BIG, "the configuration has more than %zu bytes", PS_LIMIT_CONFIG_BYTES);
        if (text.n)
                r = decode(&l, text);
        bw_buf_clear(&l.buf);
        if (r == 0)
                r = validate(&l);
        bw_buf_done(&l.buf);
        if (r == 0)
                *ret = config;
        else if (ret_message)
                *ret_message = l.message;
        return r;
}
