/* SPDX-License-Identifier: Apache-2.0 */
/*
 * References of container images, as container runtimes and the kubelet read them.
 * Source: github.com/distribution/reference normalize.go, regexp.go, reference.go; github.com/opencontainers/go-digest.
 */
#include "cel/lib/lib_internal.h"

#define DEFAULT_DOMAIN "docker.io"
#define OLD_DOMAIN "index.docker.io"
#define OFFICIAL "library/"
#define MAX_NAME 255
#define MAX_TAG 128

static const struct {
        const char *name;
        size_t digits;
} digest_kinds[] = {{"sha256", 64}, {"sha384", 96}, {"sha512", 128}};

struct reference {
        struct bw_str domain;
        struct bw_str path;
        bool official; /* "library/" belongs before the path */
        struct bw_str tag;
        struct bw_str digest;
};

static bool is_lower(char c)
{
        return c >= 'a' && c <= 'z';
}

static bool is_upper(char c)
{
        return c >= 'A' && c <= 'Z';
}

static bool is_digit(char c)
{
        return c >= '0' && c <= '9';
}

static bool is_alnum(char c)
{
        return is_lower(c) || is_upper(c) || is_digit(c);
}

static bool is_hex(struct bw_str s)
{
        for (size_t i = 0; i < s.n; i++)
                if (!is_digit(s.p[i]) && (s.p[i] < 'a' || s.p[i] > 'f'))
                        return false;
        return true;
}

/* Letters, digits and dashes; none of the dashes at an end. */
static bool is_label(struct bw_str s)
{
        if (s.n == 0 || s.p[0] == '-' || s.p[s.n - 1] == '-')
                return false;
        for (size_t i = 0; i < s.n; i++)
                if (!is_alnum(s.p[i]) && s.p[i] != '-')
                        return false;
        return true;
}

static bool is_port(struct bw_str s)
{
        for (size_t i = 0; i < s.n; i++)
                if (!is_digit(s.p[i]))
                        return false;
        return s.n > 0;
}

/* An address of version 6 in brackets: only its letters are looked at, as the reference does. */
static size_t bracketed(struct bw_str s)
{
        size_t n = 1;

        if (s.n < 3 || s.p[0] != '[')
                return 0;
        while (n < s.n && (is_digit(s.p[n]) || s.p[n] == ':' || (s.p[n] >= 'a' && s.p[n] <= 'f') ||
                           (s.p[n] >= 'A' && s.p[n] <= 'F')))
                n++;
        return n > 1 && n < s.n && s.p[n] == ']' ? n + 1 : 0;
}

static bool is_domain(struct bw_str s)
{
        size_t host = bracketed(s);
        struct bw_str rest;
        struct bw_str part;

        if (host == 0) {
                const char *colon = memchr(s.p, ':', s.n);

                host = colon ? (size_t)(colon - s.p) : s.n;
                rest = bw_str_n(s.p, host);
                while (bw_str_split(&rest, '.', &part))
                        if (!is_label(part))
                                return false;
        }
        return host == s.n || (s.p[host] == ':' && is_port(bw_str_rest(s, host + 1)));
}

/* One dot, one or two underscores, or any number of dashes: what may stand between two words of a path. */
static size_t separator(struct bw_str s)
{
        size_t n = 0;

        if (s.p[0] == '.')
                return 1;
        if (s.p[0] == '_')
                return s.n > 1 && s.p[1] == '_' ? 2 : 1;
        while (n < s.n && s.p[n] == '-')
                n++;
        return n;
}

static bool is_component(struct bw_str s)
{
        bool in_word = false;

        while (s.n > 0) {
                size_t n = 1;

                if (is_lower(s.p[0]) || is_digit(s.p[0])) {
                        in_word = true;
                } else {
                        n = in_word ? separator(s) : 0;
                        in_word = false;
                }
                if (n == 0)
                        return false;
                s = bw_str_rest(s, n);
        }
        return in_word;
}

static bool is_path(struct bw_str s)
{
        struct bw_str part;

        while (bw_str_split(&s, '/', &part))
                if (!is_component(part))
                        return false;
        return true;
}

static bool is_tag(struct bw_str s)
{
        if (s.n == 0 || s.n > MAX_TAG || s.p[0] == '.' || s.p[0] == '-')
                return false;
        for (size_t i = 0; i < s.n; i++)
                if (!is_alnum(s.p[i]) && s.p[i] != '_' && s.p[i] != '.' && s.p[i] != '-')
                        return false;
        return true;
}

static bool is_digest(struct bw_str s)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(digest_kinds); i++) {
                struct bw_str name = bw_str(digest_kinds[i].name);

                if (bw_str_starts(s, name) && s.n == name.n + 1 + digest_kinds[i].digits && s.p[name.n] == ':')
                        return is_hex(bw_str_rest(s, name.n + 1));
        }
        return false;
}

/* What is before the first slash is a registry if it cannot be the first part of a repository. */
static bool names_registry(struct bw_str s)
{
        if (bw_str_is(s, "localhost"))
                return true;
        for (size_t i = 0; i < s.n; i++)
                if (s.p[i] == '.' || s.p[i] == ':' || is_upper(s.p[i]))
                        return true;
        return false;
}

static void split_domain(struct bw_str s, struct reference *ref)
{
        const char *slash = memchr(s.p, '/', s.n);
        struct bw_str first = bw_str_n(s.p, slash ? (size_t)(slash - s.p) : 0);

        ref->domain = BW_STR(DEFAULT_DOMAIN);
        ref->path = s;
        if (slash && names_registry(first)) {
                ref->domain = bw_str_is(first, OLD_DOMAIN) ? ref->domain : first;
                ref->path = bw_str_rest(s, first.n + 1);
        }
}

static bool parse(struct bw_str s, struct reference *ref)
{
        const char *at;
        const char *colon;

        *ref = (struct reference){.tag = BW_STR(""), .digest = BW_STR("")};
        /* Sixty-four digits are the id of an image on one machine, never a name. */
        if (s.n == 0 || (s.n == 64 && is_hex(s)))
                return false;
        at = memchr(s.p, '@', s.n);
        if (at) {
                ref->digest = bw_str_rest(s, (size_t)(at - s.p) + 1);
                s.n = (size_t)(at - s.p);
                if (!is_digest(ref->digest))
                        return false;
        }
        split_domain(s, ref);
        colon = memchr(ref->path.p, ':', ref->path.n);
        if (colon) {
                ref->tag = bw_str_rest(ref->path, (size_t)(colon - ref->path.p) + 1);
                ref->path.n = (size_t)(colon - ref->path.p);
                if (!is_tag(ref->tag))
                        return false;
        }
        ref->official = bw_str_is(ref->domain, DEFAULT_DOMAIN) && !memchr(ref->path.p, '/', ref->path.n);
        return is_domain(ref->domain) && is_path(ref->path) &&
               ref->path.n + (ref->official ? sizeof(OFFICIAL) - 1 : 0) <= MAX_NAME;
}

static struct bw_value image(const struct bw_cel_call *call, const struct bw_value *args, size_t n)
{
        struct reference ref;
        struct bw_str name;
        struct bw_map *map;

        (void)n;
        if (!parse(bw_lib_text(args[0]), &ref))
                return bw_value_null();
        name = bw_arena_printf(call->arena, "%.*s/%s%.*s", BW_STR_ARG(ref.domain), ref.official ? OFFICIAL : "",
                               BW_STR_ARG(ref.path));
        map = bw_map_new(call->arena, 5);
        if (!name.p || !map)
                return bw_cel_no_memory();
        map->entries[0] = (struct bw_entry){bw_value_str(BW_STR("registry")), bw_value_str(ref.domain)};
        map->entries[1] = (struct bw_entry){bw_value_str(BW_STR("repository")),
                                            bw_value_str(bw_str_rest(name, ref.domain.n + 1))};
        map->entries[2] = (struct bw_entry){bw_value_str(BW_STR("name")), bw_value_str(name)};
        map->entries[3] = (struct bw_entry){bw_value_str(BW_STR("tag")), bw_value_str(ref.tag)};
        map->entries[4] = (struct bw_entry){bw_value_str(BW_STR("digest")), bw_value_str(ref.digest)};
        return bw_map_seal(call->arena, map, 5) < 0 ? bw_cel_no_memory() : bw_value_map(map, 5);
}

static const struct bw_cel_overload image_overloads[] = {
        {"image_string", "image(string) -> dyn", image, bw_lib_cost_scan},
};

static const struct bw_cel_function functions[] = {
        BW_LIB_FUNCTION("image", image_overloads,
                        "The parts of an image's reference: a map of registry, repository, name (registry/repository), tag "
                        "and digest, empty where absent; null when the text is no reference."),
};

const struct bw_cel_library bw_cel_lib_image = {
        .name = "image",
        .flag = BW_CEL_LIB_BULWARK,
        .functions = functions,
        .n_functions = BW_ARRAY_SIZE(functions),
};
