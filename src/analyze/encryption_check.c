/* SPDX-License-Identifier: Apache-2.0 */
/* What the API server says of an encryption configuration's file. */
#include "analyze/encryption_internal.h"
#include "analyze/problem_text_internal.h"

#include "base/arena.h"
#include "base/error.h"
#include "format/gotext.h"

/* The feature gate KMSv1 is off by default from this version on. */
#define KMS_V1_OFF_SINCE 29

struct check {
        struct bw_problems *problems;
        struct bw_doc *doc;
        const struct bw_encryption_options *options;
        struct bw_str *kms_names; /* so far */
        size_t n_kms_names;
};

static struct field_at at(const struct check *check, struct bw_str path)
{
        return (struct field_at){.problems = check->problems, .doc = check->doc, .path = path};
}

static void refuse(const struct check *check, enum bw_problem_kind kind, struct bw_str message)
{
        if (!message.p)
                check->problems->failed = true;
        else
                bw_problems_add(check->problems, &(struct bw_problem){.kind = kind, .mark = check->doc->mark,
                                                                      .message = message});
}

/* ---- resources */

static bool same(struct group_resource a, struct group_resource b)
{
        return bw_str_eq(a.group, b.group) && bw_str_eq(a.resource, b.resource);
}

static bool is_any(struct group_resource r)
{
        return bw_str_is(r.group, "*") && bw_str_is(r.resource, "*");
}

static void check_overlap(const struct check *check, struct bw_value names, struct bw_str path)
{
        bool duplicate = false;
        bool overlap = false;
        bw_auto_done(bw_buf_done) struct bw_buf value = {0};

        for (uint32_t i = 0; i < names.n; i++) {
                struct group_resource a = encryption_resource(bw_value_text(names.list->items[i]));

                for (uint32_t j = 0; j < names.n && !(duplicate && overlap); j++) {
                        struct group_resource b = encryption_resource(bw_value_text(names.list->items[j]));

                        if (i == j)
                                continue;
                        if (same(a, b) && !duplicate)
                                duplicate = true;
                        else if (is_any(a) || (bw_str_eq(a.group, b.group) &&
                                               (bw_str_is(a.resource, "*") || bw_str_is(b.resource, "*"))))
                                overlap = true;
                }
        }
        put_go_strings(&value, names);
        if (duplicate)
                field_invalid(at(check, path), bw_buf_view(&value).p, "the same resource cannot be specified multiple times");
        if (overlap)
                field_invalid(at(check, path), bw_buf_view(&value).p,
                              "using overlapping resources such as 'secrets' and '*.' in the same resource list is not "
                              "allowed as they will be masked");
}

static bool has_capital(struct bw_str s)
{
        for (size_t i = 0; i < s.n; i++)
                if (s.p[i] >= 'A' && s.p[i] <= 'Z')
                        return true;
        return false;
}

/* Why a resource cannot be encrypted; NULL: it can, as far as its name tells. */
static const char *resource_problem(struct bw_str name)
{
        static const char *const internal[] = {"apiserveripinfo", "serviceipallocations", "servicenodeportallocations"};
        struct group_resource r = encryption_resource(name);

        if (has_capital(name))
                return "resource name should not contain capital letters";
        if (bw_str_is(name, "*"))
                return "use '*.' to encrypt all the resources from core API group or *.* to encrypt all resources";
        for (size_t i = 0; i < BW_ARRAY_SIZE(internal); i++)
                if (bw_str_is(name, internal[i]))
                        return "resources which do not have REST API/s cannot be encrypted";
        if (bw_str_is(r.group, "events.k8s.io"))
                return "'*.events.k8s.io' objects are stored using the 'events' API group in etcd. Use 'events' instead in "
                       "the config file";
        if (bw_str_is(r.group, "extensions"))
                return "'extensions' group has been removed and cannot be used for encryption";
        if (bw_str_is(r.group, "*") && !bw_str_is(r.resource, "*"))
                return "encrypting the same resource across groups is not supported";
        return NULL;
}

static void check_names(const struct check *check, struct bw_value names, uint32_t entry)
{
        for (uint32_t i = 0; i < names.n; i++) {
                struct bw_str name = bw_value_text(names.list->items[i]);
                const char *problem = resource_problem(name);

                if (problem)
                        field_invalid_text(at(check, field_path(check->problems, "resources[%u].resources[%u]", entry, i)),
                                           name, "%s", problem);
        }
}

/* ---- keys */

static void check_key(const struct check *check, struct bw_value key, struct bw_str path, const char *sizes)
{
        struct bw_str secret_path = field_path(check->problems, "%.*s.secret", BW_STR_ARG(path));
        struct key_facts facts = encryption_key_facts(check->problems->arena, key);
        bool long_enough = facts.bytes == 32 || (sizes[1] == '1' && (facts.bytes == 16 || facts.bytes == 24));

        if (facts.failed)
                check->problems->failed = true;
        if (bw_map_text(key, "name").n == 0)
                field_required(at(check, field_path(check->problems, "%.*s.name", BW_STR_ARG(path))),
                               "name is a mandatory field for a key");
        if (facts.is_base64 && facts.bytes == 0 && bw_map_text(key, "secret").n == 0)
                field_required(at(check, secret_path), "secret is a mandatory field for a key");
        else if (!facts.is_base64)
                field_invalid(at(check, secret_path), "\"REDACTED\"", "secrets must be base64 encoded");
        else if (!long_enough)
                field_invalid(at(check, secret_path), "\"REDACTED\"",
                              "secret is not of the expected length, got %zu, expected one of %s", facts.bytes, sizes);
}

static void check_keys(const struct check *check, struct bw_value config, struct bw_str path, const char *sizes)
{
        struct bw_value keys = list_of(config, "keys");
        struct bw_str list = field_path(check->problems, "%.*s.keys", BW_STR_ARG(path));

        if (keys.n == 0)
                field_required(at(check, list), "at least one keys is required");
        for (uint32_t i = 0; i < keys.n; i++)
                check_key(check, keys.list->items[i], field_path(check->problems, "%.*s[%u]", BW_STR_ARG(list), i), sizes);
}

/* ---- KMS */

static bool name_is_taken(const struct check *check, struct bw_str name)
{
        for (size_t i = 0; i < check->n_kms_names; i++)
                if (bw_str_eq(check->kms_names[i], name))
                        return true;
        return false;
}

static void check_kms_name(const struct check *check, struct bw_value kms, struct bw_str path)
{
        struct bw_str name = bw_map_text(kms, "name");
        bool is_v1 = bw_str_is(encryption_kms_version(kms), "v1");
        struct field_at where = at(check, field_path(check->problems, "%.*s.name", BW_STR_ARG(path)));

        if (name.n == 0)
                field_required(where, "name is a mandatory field for a provider");
        if (!is_v1 && name.n && memchr(name.p, ':', name.n))
                field_invalid_text(where, name, "invalid KMS provider name %.*s, must not contain ':'", BW_STR_ARG(name));
        if ((check->options->reload || !is_v1) && name_is_taken(check, name))
                field_invalid_text(where, name, "duplicate KMS provider name %.*s, names must be unique", BW_STR_ARG(name));
}

static void check_kms_timeout(const struct check *check, struct bw_value kms, struct bw_str path)
{
        struct bw_value timeout = bw_map_get(kms, BW_STR("timeout"));
        int64_t nanoseconds = 1;
        char value[64];

        if (timeout.type != BW_STRING || bw_go_duration(bw_value_text(timeout), &nanoseconds) < 0 || nanoseconds > 0)
                return;
        (void)snprintf(value, sizeof(value), "v1.Duration{Duration:%" PRId64 "}", nanoseconds);
        field_invalid(at(check, field_path(check->problems, "%.*s.timeout", BW_STR_ARG(path))), value,
                      "timeout should be a positive value");
}

static int hex_digit(char c)
{
        if (c >= '0' && c <= '9')
                return c - '0';
        c |= 0x20;
        return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A percent that is no escape. In the host, only escapes of bytes beyond ASCII are allowed. p is NULL: there is none. */
static struct bw_str bad_escape(struct bw_str text, bool is_host)
{
        for (size_t i = 0; i < text.n; i++) {
                struct bw_str escape = bw_str_n(text.p + i, BW_MIN(text.n - i, (size_t)3));

                if (text.p[i] != '%')
                        continue;
                if (escape.n < 3 || hex_digit(escape.p[1]) < 0 || hex_digit(escape.p[2]) < 0)
                        return escape;
                if (is_host && hex_digit(escape.p[1]) < 8 && !bw_str_is(escape, "%25"))
                        return escape;
                i += 2;
        }
        return (struct bw_str){0};
}

static bool has_control(struct bw_str text)
{
        for (size_t i = 0; i < text.n; i++)
                if ((unsigned char)text.p[i] < ' ' || text.p[i] == 0x7f)
                        return true;
        return false;
}

static bool is_letter(char c)
{
        return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool is_scheme_char(char c)
{
        return is_letter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
}

/* The scheme, and what is wrong with the address in the words of net/url; empty: nothing. */
static struct bw_str parse_address(struct bw_arena *arena, struct bw_str url, struct bw_str *ret_scheme)
{
        size_t n = 0;
        struct bw_str rest;
        struct bw_str host = {0};
        struct bw_str bad;

        *ret_scheme = (struct bw_str){0};
        if (has_control(url))
                return BW_STR("net/url: invalid control character in URL");
        while (n < url.n && is_scheme_char(url.p[n]))
                n++;
        if (n < url.n && url.p[n] == ':') {
                if (n == 0)
                        return BW_STR("missing protocol scheme");
                if (!is_letter(url.p[0]))
                        return BW_STR("first path segment in URL cannot contain colon");
                *ret_scheme = bw_str_n(url.p, n);
        }
        rest = ret_scheme->n ? bw_str_rest(url, n + 1) : url;
        if (bw_str_starts(rest, BW_STR("//"))) {
                rest = bw_str_rest(rest, 2);
                n = 0;
                while (n < rest.n && rest.p[n] != '/' && rest.p[n] != '?' && rest.p[n] != '#')
                        n++;
                host = bw_str_n(rest.p, n);
                rest = bw_str_rest(rest, n);
        }
        bad = bad_escape(host, true);
        if (!bad.p)
                bad = bad_escape(rest, false);
        if (bad.p)
                return bw_arena_printf(arena, "invalid URL escape \"%.*s\"", BW_STR_ARG(bad));
        if (host.n && memchr(host.p, ' ', host.n))
                return BW_STR("invalid character \" \" in host name");
        return (struct bw_str){0};
}

static void check_kms_endpoint(const struct check *check, struct bw_value kms, struct bw_str path)
{
        struct field_at where = at(check, field_path(check->problems, "%.*s.endpoint", BW_STR_ARG(path)));
        struct bw_str endpoint = bw_map_text(kms, "endpoint");
        struct bw_str scheme;
        struct bw_str problem = parse_address(check->problems->arena, endpoint, &scheme);

        if (endpoint.n == 0)
                field_invalid(where, "\"\"", "endpoint is a mandatory field for a kms");
        else if (problem.n)
                field_invalid_text(where, endpoint, "invalid endpoint for kms provider, error: parse \"%.*s\": %.*s",
                                   BW_STR_ARG(endpoint), BW_STR_ARG(problem));
        else if (!bw_str_is(scheme, "unix"))
                field_invalid_text(where, endpoint, "unsupported scheme \"%.*s\" for KMS provider, only unix is supported",
                                   BW_STR_ARG(scheme));
}

static void check_kms(struct check *check, struct bw_value kms, struct bw_str path)
{
        struct bw_value cache = bw_map_get(kms, BW_STR("cachesize"));
        struct bw_str version = encryption_kms_version(kms);
        bool is_v1 = bw_str_is(version, "v1");
        struct bw_str cache_path = field_path(check->problems, "%.*s.cachesize", BW_STR_ARG(path));
        char value[32];

        check_kms_name(check, kms, path);
        check_kms_timeout(check, kms, path);
        check_kms_endpoint(check, kms, path);
        if (cache.type == BW_INT) {
                (void)snprintf(value, sizeof(value), "%" PRId64, cache.i);
                if (!is_v1)
                        field_invalid(at(check, cache_path), value, "cachesize is not supported in v2");
                else if (cache.i == 0)
                        field_invalid(at(check, cache_path), value,
                                      "cachesize should be a positive value, or negative to disable");
        }
        if (!is_v1 && !bw_str_is(version, "v2"))
                field_invalid_text(at(check, field_path(check->problems, "%.*s.apiVersion", BW_STR_ARG(path))), version,
                                   "unsupported apiVersion apiVersion for KMS provider, only v1 and v2 are supported");
        check->kms_names[check->n_kms_names++] = bw_map_text(kms, "name");
}

/* ---- providers and entries */

static void check_provider(struct check *check, struct bw_value provider, struct bw_str path)
{
        struct bw_value config;
        enum encryption_provider which = encryption_provider_of(provider, &config);
        struct bw_str below = {0};
        int found = 0;

        for (int i = 0; i < _PROVIDER_MAX; i++)
                found += bw_map_get(provider, bw_str(encryption_provider_name((enum encryption_provider)i))).type == BW_MAP;
        if (found == 0)
                field_invalid(at(check, path), "<provider>",
                              "provider does not contain any of the expected providers: KMS, AESGCM, AESCBC, Secretbox, "
                              "Identity");
        if (found > 1)
                field_invalid(at(check, path), "<provider>",
                              "more than one provider specified in a single element, should split into different list "
                              "elements");
        if (which < PROVIDER_identity)
                below = field_path(check->problems, "%.*s.%s", BW_STR_ARG(path), encryption_provider_name(which));
        if (which == PROVIDER_kms)
                check_kms(check, config, below);
        else if (which == PROVIDER_secretbox)
                check_keys(check, config, below, "[32]");
        else if (which < PROVIDER_identity)
                check_keys(check, config, below, "[16 24 32]");
}

static void check_entry(struct check *check, struct bw_value entry, uint32_t number)
{
        struct bw_value names = list_of(entry, "resources");
        struct bw_value list = list_of(entry, "providers");
        struct bw_str names_path = field_path(check->problems, "resources[%u].resources", number);
        struct bw_str list_path = field_path(check->problems, "resources[%u].providers", number);
        char text[96];

        (void)snprintf(text, sizeof(text), "at least one %.*s is required", BW_STR_ARG(names_path));
        if (names.n == 0)
                field_required(at(check, names_path), text);
        check_overlap(check, names, names_path);
        check_names(check, names, number);
        (void)snprintf(text, sizeof(text), "at least one %.*s is required", BW_STR_ARG(list_path));
        if (list.n == 0)
                field_required(at(check, list_path), text);
        for (uint32_t i = 0; i < list.n; i++)
                check_provider(check, list.list->items[i],
                               field_path(check->problems, "%.*s[%u]", BW_STR_ARG(list_path), i));
}

/* ---- what comes after validation */

/* True if one of the entries before `end` names the resource. */
static bool named_before(struct bw_value entries, uint32_t end_entry, uint32_t end_name, struct group_resource wanted)
{
        for (uint32_t i = 0; i <= end_entry; i++) {
                struct bw_value names = list_of(entries.list->items[i], "resources");
                uint32_t n = i == end_entry ? end_name : names.n;

                for (uint32_t j = 0; j < n; j++)
                        if (same(encryption_resource(bw_value_text(names.list->items[j])), wanted))
                                return true;
        }
        return false;
}

static void put_resource(char *to, size_t size, struct group_resource r)
{
        if (r.group.n)
                (void)snprintf(to, size, "%.*s.%.*s", BW_STR_ARG(r.resource), BW_STR_ARG(r.group));
        else
                (void)snprintf(to, size, "%.*s%s", BW_STR_ARG(r.resource), bw_str_is(r.resource, "*") ? "." : "");
}

static bool check_masked(const struct check *check, struct bw_value entries, uint32_t entry)
{
        struct bw_value names = list_of(entries.list->items[entry], "resources");
        const struct group_resource any = {.resource = BW_STR("*"), .group = BW_STR("*")};

        for (uint32_t i = 0; i < names.n; i++) {
                struct group_resource r = encryption_resource(bw_value_text(names.list->items[i]));
                struct group_resource of_group = {.resource = BW_STR("*"), .group = r.group};
                bool by_group = named_before(entries, entry, i, of_group);
                char masked[300];
                char by[300];

                if (!by_group && !named_before(entries, entry, i, any))
                        continue;
                put_resource(masked, sizeof(masked), r);
                put_resource(by, sizeof(by), by_group ? of_group : any);
                refuse(check, BW_PROBLEM_VALUE,
                       bw_arena_printf(check->problems->arena, "resource \"%s\" is masked by earlier rule \"%s\"", masked,
                                       by));
                return false;
        }
        return true;
}

static bool uses_kms_v1(struct bw_value entry)
{
        struct bw_value list = list_of(entry, "providers");
        struct bw_value config;

        for (uint32_t i = 0; i < list.n; i++)
                if (encryption_provider_of(list.list->items[i], &config) == PROVIDER_kms &&
                    bw_str_is(encryption_kms_version(config), "v1"))
                        return true;
        return false;
}

static void check_transformers(const struct check *check, struct bw_value entries)
{
        const struct bw_encryption_options *options = check->options;
        bool kms_v1 = options->kms_v1 < 0 ? options->minor < KMS_V1_OFF_SINCE : options->kms_v1;

        for (uint32_t i = 0; i < entries.n; i++) {
                if (!kms_v1 && uses_kms_v1(entries.list->items[i])) {
                        refuse(check, BW_PROBLEM_VALUE,
                               BW_STR("KMSv1 is deprecated and will only receive security updates going forward. Use KMSv2 "
                                      "instead.  Set --feature-gates=KMSv1=true to use the deprecated KMSv1 feature."));
                        return;
                }
                if (!check_masked(check, entries, i))
                        return;
        }
}

/* ---- the kind */

#define SCHEME "in scheme \"k8s.io/apiserver/pkg/server/options/encryptionconfig/config.go:142\""

/* The shape that circulates: options of some installer, with the right parts inside. */
static struct bw_str shape_hint(struct bw_value root)
{
        if (bw_map_walk(root, "etcd.encryption").type != BW_ABSENT || bw_map_walk(root, "spec.etcd").type != BW_ABSENT)
                return BW_STR("the API server knows no etcd.encryption: write apiVersion: apiserver.config.k8s.io/v1, kind: "
                              "EncryptionConfiguration, and `resources` with a list of `providers`");
        if (bw_map_walk(root, "spec.resources").type != BW_ABSENT)
                return BW_STR("`resources` stands at the top, not below `spec`");
        return (struct bw_str){0};
}

static bool check_identity(const struct check *check)
{
        struct bw_value root = check->doc->root;
        struct bw_str version = bw_map_text(root, "apiVersion");
        struct bw_str kind = bw_map_text(root, "kind");
        struct bw_problem problem = {.kind = BW_PROBLEM_IDENTITY, .mark = check->doc->mark, .hint = shape_hint(root)};

        if ((bw_str_is(version, "apiserver.config.k8s.io/v1") && bw_str_is(kind, "EncryptionConfiguration")) ||
            (bw_str_is(version, "v1") && bw_str_is(kind, "EncryptionConfig")))
                return true;
        if (check->doc->text.n == 0)
                problem.message = BW_STR("encryption provider configuration file is empty");
        else if (root.type != BW_MAP && root.type != BW_NULL)
                problem.message = BW_STR("couldn't get version/kind; the document is no object");
        else if (kind.n == 0)
                problem.message = BW_STR("Object 'Kind' is missing");
        else if (version.n == 0)
                problem.message = BW_STR("Object 'apiVersion' is missing");
        else
                problem.message = bw_arena_printf(check->problems->arena,
                                                  "no kind \"%.*s\" is registered for version \"%.*s\" " SCHEME,
                                                  BW_STR_ARG(kind), BW_STR_ARG(version));
        if (!problem.message.p)
                check->problems->failed = true;
        else
                bw_problems_add(check->problems, &problem);
        return false;
}

static size_t count_providers(struct bw_value entries)
{
        size_t n = 0;

        for (uint32_t i = 0; i < entries.n; i++)
                n += list_of(entries.list->items[i], "providers").n;
        return n;
}

int bw_encryption_check(struct bw_arena *arena, struct bw_doc *doc, const struct bw_encryption_options *options,
                        struct bw_problems *problems, struct bw_value *ret_config, struct bw_error *reterr)
{
        struct check check = {.problems = problems, .doc = doc, .options = options};
        const struct bw_schema *schema;
        struct bw_value config = {0};
        struct bw_value entries;
        int r;

        *ret_config = config;
        if (bw_problems_refuse(problems) || !check_identity(&check))
                return problems->failed ? bw_error_nomem(reterr) : 0;
        schema = bw_schema_find(bw_map_text(doc->root, "apiVersion"), bw_map_text(doc->root, "kind"), options->minor);
        r = bw_schema_decode(arena, schema, doc, BW_SCHEMA_STRICT, options->minor, problems, &config, reterr);
        if (r == 0 && problems->n && problems->items[0].hint.n == 0)
                problems->items[0].hint = shape_hint(doc->root);
        if (r < 0 || bw_problems_refuse(problems))
                return r;
        entries = list_of(config, "resources");
        check.kms_names = bw_arena_array(arena, count_providers(entries) + 1, sizeof(check.kms_names[0]));
        if (!check.kms_names)
                return bw_arena_error(arena, reterr);
        if (entries.n == 0)
                field_required(at(&check, BW_STR("resources")), "at least one resources is required");
        for (uint32_t i = 0; i < entries.n; i++)
                check_entry(&check, entries.list->items[i], i);
        if (!bw_problems_refuse(problems))
                check_transformers(&check, entries);
        if (!bw_problems_refuse(problems))
                *ret_config = config;
        return problems->failed ? bw_error_nomem(reterr) : 0;
}
