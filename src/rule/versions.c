/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "rule/rule_internal.h"

enum { NO_END = INT_MAX };

/* "1.25" or "v1.25". */
static bool parse_minor(struct bw_str text, int *ret)
{
        int64_t minor;

        if (text.n && text.p[0] == 'v')
                text = bw_str_n(text.p + 1, text.n - 1);
        if (!bw_str_starts(text, BW_STR("1.")) || text.n > 6 ||
            bw_str_to_i64(bw_str_n(text.p + 2, text.n - 2), &minor) < 0 || minor < 0)
                return false;
        *ret = (int)minor;
        return true;
}

static const struct {
        const char *op;
        int from; /* added to the minor for the lower end; NO_END: the operator sets no lower end */
        int to;
} operators[] = {
        {">=", 0, NO_END},
        {"<=", NO_END, 0},
        {">", 1, NO_END},
        {"<", NO_END, -1},
        {"=", 0, 0},
        {"", 0, 0},
};

int rule_versions_parse(struct bw_str text, struct rule_versions *ret, struct bw_error *reterr)
{
        struct rule_versions v = {.from = 0, .to = NO_END};
        struct bw_str rest = bw_str_trim(text);
        struct bw_str part;

        if (rest.n == 0)
                return bw_error_set(reterr, -EINVAL, "a version condition must not be empty");
        while (bw_str_split(&rest, ' ', &part)) {
                size_t i = 0;
                int minor;

                if (part.n == 0)
                        continue;
                while (!bw_str_starts(part, bw_str(operators[i].op)))
                        i++;
                part = bw_str_n(part.p + strlen(operators[i].op), part.n - strlen(operators[i].op));
                if (!parse_minor(part, &minor))
                        return bw_error_set(reterr, -EINVAL, "\"%.*s\" is no version condition such as \">=1.25 <1.29\"",
                                            BW_STR_ARG(text));
                if (operators[i].from != NO_END)
                        v.from = BW_MAX(v.from, minor + operators[i].from);
                if (operators[i].to != NO_END)
                        v.to = BW_MIN(v.to, minor + operators[i].to);
        }
        if (v.from > v.to)
                return bw_error_set(reterr, -EINVAL, "no version meets the condition \"%.*s\"", BW_STR_ARG(text));
        *ret = v;
        return 0;
}
