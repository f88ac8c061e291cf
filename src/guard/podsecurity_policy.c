/* SPDX-License-Identifier: Apache-2.0 */
/* Levels, versions, and the labels of namespaces. */
#include "base/error.h"
#include "guard/podsecurity_internal.h"

static const char *const mode_texts[_BW_PS_MODE_MAX] = {
        [BW_PS_ENFORCE] = "enforce",
        [BW_PS_AUDIT] = "audit",
        [BW_PS_WARN] = "warn",
};

const char *bw_ps_mode_text(enum bw_ps_mode mode)
{
        return mode < _BW_PS_MODE_MAX ? mode_texts[mode] : "?";
}

void bw_ps_level_format(struct bw_buf *out, struct bw_ps_level level)
{
        bw_buf_printf(out, "%s:", bw_pss_level_text(level.level));
        if (level.minor == BW_PS_LATEST)
                bw_buf_puts(out, "latest");
        else
                bw_buf_printf(out, "v1.%" PRId64, level.minor);
}

bool ps_parse_level(struct bw_str text, enum bw_pss_level *ret)
{
        for (int i = 0; i < _BW_PSS_LEVEL_MAX; i++) {
                if (bw_str_is(text, bw_pss_level_text((enum bw_pss_level)i))) {
                        *ret = (enum bw_pss_level)i;
                        return true;
                }
        }
        return false;
}

bool ps_parse_version(struct bw_str text, int64_t *ret_minor)
{
        struct bw_str digits;

        if (bw_str_is(text, "latest")) {
                *ret_minor = BW_PS_LATEST;
                return true;
        }
        if (!bw_str_starts(text, BW_STR("v1.")) || text.n == 3)
                return false;
        digits = bw_str_n(text.p + 3, text.n - 3);
        if (digits.n > 1 && digits.p[0] == '0')
                return false;
        for (size_t i = 0; i < digits.n; i++)
                if (digits.p[i] < '0' || digits.p[i] > '9')
                        return false;
        return bw_str_to_i64(digits, ret_minor) == 0;
}

int bw_ps_level_parse(struct bw_str text, struct bw_ps_level *ret, struct bw_error *reterr)
{
        struct bw_ps_level parsed;
        struct bw_str level = {0};
        struct bw_str rest = text;

        if (bw_str_find(text, BW_STR(":")) == SIZE_MAX || !bw_str_split(&rest, ':', &level) ||
            !ps_parse_level(level, &parsed.level) || !ps_parse_version(rest, &parsed.minor))
                return bw_error_set(reterr, -EINVAL, "\"%.*s\" is no level and version such as baseline:latest",
                                    BW_STR_ARG(text));
        *ret = parsed;
        return 0;
}

struct labels {
        struct bw_value map;
        struct gotexts errors;
        struct bw_buf buf;
};

/* The label of a mode, with its key in *ret_key. */
static bool get_label(const struct labels *labels, enum bw_ps_mode mode, const char *suffix, char *ret_key, size_t size,
                      struct bw_str *ret)
{
        struct bw_value v;

        snprintf(ret_key, size, PS_LABEL_PREFIX "%s%s", bw_ps_mode_text(mode), suffix);
        v = bw_map_get(labels->map, bw_str(ret_key));
        if (v.type != BW_STRING)
                return false;
        *ret = bw_value_text(v);
        return true;
}

static void add_error(struct labels *labels, const char *key, struct bw_str value, const char *detail)
{
        char path[128];

        snprintf(path, sizeof(path), "metadata.labels[%s]", key);
        gotext_invalid(&labels->buf, path, value, detail);
        gotexts_take(&labels->errors, &labels->buf);
}

/* Reads level and version of one mode. A bad enforce level is the strictest; a bad audit or warn level is none. */
static void read_mode(struct labels *labels, enum bw_ps_mode mode, struct bw_ps_level *level, bool *ret_has_level,
                      bool *ret_valid_level, bool *ret_has_version)
{
        struct bw_str value;
        char key[96];

        *ret_has_level = get_label(labels, mode, "", key, sizeof(key), &value);
        *ret_valid_level = *ret_has_level && ps_parse_level(value, &level->level);
        if (*ret_has_level && !*ret_valid_level) {
                level->level = mode == BW_PS_ENFORCE ? BW_PSS_RESTRICTED : BW_PSS_PRIVILEGED;
                add_error(labels, key, value, PS_BAD_LEVEL);
        }
        *ret_has_version = get_label(labels, mode, "-version", key, sizeof(key), &value);
        if (*ret_has_version && !ps_parse_version(value, &level->minor)) {
                level->minor = BW_PS_LATEST;
                add_error(labels, key, value, PS_BAD_VERSION);
        }
}

int bw_ps_policy_of(struct bw_arena *arena, struct bw_value labels_map, const struct bw_ps_policy *defaults,
                    struct bw_ps_policy *ret, struct bw_ps_errors *ret_errors, struct bw_error *reterr)
{
        struct labels labels = {.map = labels_map, .errors = {.arena = arena}};
        struct bw_ps_policy p = *defaults;
        struct bw_ps_level *enforce = &p.modes[BW_PS_ENFORCE];
        struct bw_ps_level *warn = &p.modes[BW_PS_WARN];
        bool has_level[_BW_PS_MODE_MAX];
        bool valid_level[_BW_PS_MODE_MAX];
        bool has_version[_BW_PS_MODE_MAX];

        for (int m = 0; m < _BW_PS_MODE_MAX; m++)
                read_mode(&labels, (enum bw_ps_mode)m, &p.modes[m], &has_level[m], &valid_level[m], &has_version[m]);
        /* Who asks for a stricter level wants to be warned of it, unless warnings were spoken of. */
        if (!has_level[BW_PS_WARN] && valid_level[BW_PS_ENFORCE] && enforce->level > warn->level) {
                warn->level = enforce->level;
                if (!has_version[BW_PS_WARN])
                        warn->minor = enforce->minor;
        }
        bw_buf_done(&labels.buf);
        if (labels.errors.status < 0)
                return bw_error_nomem(reterr);
        *ret = p;
        *ret_errors = (struct bw_ps_errors){.items = labels.errors.items, .n = labels.errors.n};
        return 0;
}
