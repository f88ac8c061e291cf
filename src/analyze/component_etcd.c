/* SPDX-License-Identifier: Apache-2.0 */
/*
 * etcd's configuration file. It replaces flags and environment as a whole; unknown keys are passed over.
 * Source: etcd server/etcdmain/config.go (parse, configFromFile), server/embed/config.go (configYAML, securityConfig).
 */
#include "analyze/component_internal.h"
#include "base/arena.h"
#include "base/error.h"
#include "format/gotext.h"

/* Keys that are not named as their flags. prefix: the map that they stand in. */
static const struct {
        const char *map;
        const char *key;
        const char *flag;
} renamed[] = {
        {"client-transport-security", "cert-file", "cert-file"},
        {"client-transport-security", "key-file", "key-file"},
        {"client-transport-security", "client-cert-file", "client-cert-file"},
        {"client-transport-security", "client-key-file", "client-key-file"},
        {"client-transport-security", "client-cert-auth", "client-cert-auth"},
        {"client-transport-security", "trusted-ca-file", "trusted-ca-file"},
        {"client-transport-security", "auto-tls", "auto-tls"},
        {"client-transport-security", "allowed-hostname", "client-cert-allowed-hostname"},
        {"peer-transport-security", "cert-file", "peer-cert-file"},
        {"peer-transport-security", "key-file", "peer-key-file"},
        {"peer-transport-security", "client-cert-file", "peer-client-cert-file"},
        {"peer-transport-security", "client-key-file", "peer-client-key-file"},
        {"peer-transport-security", "client-cert-auth", "peer-client-cert-auth"},
        {"peer-transport-security", "trusted-ca-file", "peer-trusted-ca-file"},
        {"peer-transport-security", "auto-tls", "peer-auto-tls"},
        {"peer-transport-security", "allowed-cn", "peer-cert-allowed-cn"},
        {"peer-transport-security", "allowed-hostname", "peer-cert-allowed-hostname"},
        {"peer-transport-security", "skip-client-san-verification", "peer-skip-client-san-verification"},
        {"socket-options", "reuse-port", "socket-reuse-port"},
        {"socket-options", "reuse-address", "socket-reuse-address"},
};

/* The place of a flag in the file: its map ("" = the top) and key; NULL: it has none (transport security alone). */
static const char *key_of(struct bw_str flag, const char **ret_map)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(renamed); i++)
                if (bw_str_is(flag, renamed[i].flag)) {
                        *ret_map = renamed[i].map;
                        return renamed[i].key;
                }
        *ret_map = "";
        return flag.p;
}

/* The value as the flag's type; false: etcd refuses the file. */
static int convert(struct component *c, enum bw_flag_type type, struct bw_value *value, bool *ret_ok)
{
        enum bw_type is = (enum bw_type)value->type;

        *ret_ok = true;
        if ((type == BW_FLAG_SET || type == BW_FLAG_GATES) && is == BW_STRING)
                return bw_flag_text_value(c->arena, type, bw_value_text(*value), value, c->reterr);
        if (type == BW_FLAG_DURATION && is == BW_INT) {
                struct bw_str text = bw_go_duration_text(c->arena, value->i);

                *value = bw_value_str(text);
                return text.p ? 0 : bw_error_nomem(c->reterr);
        }
        *ret_ok = type == BW_FLAG_BOOL                          ? is == BW_BOOL
                  : type == BW_FLAG_INT || type == BW_FLAG_UINT ? is == BW_INT
                  : type == BW_FLAG_SET                         ? is == BW_LIST
                                                                : is == BW_STRING;
        return 0;
}

static int apply(struct component *c, struct component_config *config, struct component_setting *s)
{
        const char *map;
        const char *key = key_of(s->name, &map);
        struct bw_value from = map[0] ? bw_map_get(config->value, bw_str(map)) : config->value;
        struct bw_value value = bw_map_get(from, bw_str(key));
        struct bw_str path;
        struct bw_evidence where;
        bool ok = false;
        int r;

        if (value.type == BW_ABSENT || value.type == BW_NULL)
                return 0;
        path = map[0] ? bw_arena_printf(c->arena, "['%s']['%s']", map, key) : bw_arena_printf(c->arena, "['%s']", key);
        if (!path.p)
                return bw_error_nomem(c->reterr);
        r = component_config_where(c, config, path.p, &where);
        if (r == 0)
                r = convert(c, s->type, &value, &ok);
        if (r < 0)
                return r;
        if (!ok)
                return component_problem(c, "bad-file", BW_STR("config-file"), true, &where, "%s has the wrong type", path.p);
        s->value = component_is_secret(s->name) ? bw_value_str(BW_STR("(redacted)")) : value;
        s->is_set = true;
        s->evidence = where;
        return 0;
}

int component_files_etcd(struct component *c)
{
        struct bw_str path = component_text(c, "config-file");
        struct component_config config;
        int r;

        if (path.n == 0)
                return 0;
        r = component_config_read(c, "config", path, NULL, &config);
        if (r == 0 && config.value.type == BW_ABSENT) {
                c->unknown = config.why;
                for (size_t i = 0; i < c->n_settings; i++)
                        c->settings[i].is_set = false;
                return 0;
        }
        for (size_t i = 0; r == 0 && i < c->n_settings; i++) {
                if (bw_str_is(c->settings[i].name, "config-file"))
                        continue;
                r = component_default(c, &c->settings[i]);
                if (r == 0)
                        r = apply(c, &config, &c->settings[i]);
        }
        return r;
}
