/* SPDX-License-Identifier: Apache-2.0 */
#include "analyze/problem_text_internal.h"

#include "base/arena.h"
#include "base/goquote.h"

struct bw_str field_path(struct bw_problems *problems, const char *fmt, ...)
{
        struct bw_str path = {0};
        char room[256];
        va_list ap;
        int n;

        va_start(ap, fmt);
        n = vsnprintf(room, sizeof(room), fmt, ap);
        va_end(ap);
        if (n >= 0 && (size_t)n < sizeof(room))
                path = bw_arena_str(problems->arena, bw_str_n(room, (size_t)n));
        if (!path.p)
                problems->failed = true;
        return path;
}

static void add(struct field_at at, const struct bw_buf *text)
{
        struct bw_problem problem = {.kind = BW_PROBLEM_VALUE, .path = at.shown.p ? at.shown : at.path};
        struct bw_path path;

        problem.message = bw_arena_printf(at.problems->arena, "%.*s: %.*s", BW_STR_ARG(problem.path),
                                          BW_STR_ARG(bw_buf_view(text)));
        if (bw_buf_status(text) < 0 || !problem.message.p ||
            bw_path_parse(at.problems->arena, at.path, &path, NULL) < 0) {
                at.problems->failed = true;
                return;
        }
        problem.mark = bw_doc_mark(at.doc, at.problems->arena, path, false);
        bw_problems_add(at.problems, &problem);
}

void field_required(struct field_at at, const char *detail)
{
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};

        bw_buf_puts(&text, "Required value");
        if (detail[0])
                bw_buf_printf(&text, ": %s", detail);
        add(at, &text);
}

BW_PRINTF(2, 0) static void put_detail(struct bw_buf *text, const char *fmt, va_list ap)
{
        char detail[512];

        if (vsnprintf(detail, sizeof(detail), fmt, ap) > 0)
                bw_buf_printf(text, ": %s", detail);
}

void field_invalid_text(struct field_at at, struct bw_str value, const char *fmt, ...)
{
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        va_list ap;

        bw_buf_puts(&text, "Invalid value: ");
        bw_buf_go_quote(&text, value);
        va_start(ap, fmt);
        put_detail(&text, fmt, ap);
        va_end(ap);
        add(at, &text);
}

void field_invalid(struct field_at at, const char *value, const char *fmt, ...)
{
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};
        va_list ap;

        bw_buf_printf(&text, "Invalid value: %s", value);
        va_start(ap, fmt);
        put_detail(&text, fmt, ap);
        va_end(ap);
        add(at, &text);
}

void field_not_supported(struct field_at at, struct bw_str value, const char *const *supported)
{
        bw_auto_done(bw_buf_done) struct bw_buf text = {0};

        bw_buf_puts(&text, "Unsupported value: ");
        bw_buf_go_quote(&text, value);
        bw_buf_puts(&text, ": supported values: ");
        for (size_t i = 0; supported[i]; i++) {
                bw_buf_puts(&text, i ? ", " : "");
                bw_buf_go_quote(&text, bw_str(supported[i]));
        }
        add(at, &text);
}

void put_go_strings(struct bw_buf *out, struct bw_value list)
{
        bw_buf_puts(out, "[]string{");
        for (uint32_t i = 0; i < list.n; i++) {
                bw_buf_puts(out, i ? ", " : "");
                bw_buf_go_quote(out, bw_value_text(list.list->items[i]));
        }
        bw_buf_char(out, '}');
}

static bool is_label_char(char c)
{
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* Lower case letters and digits, dashes between them, labels parted by single points. */
static bool is_subdomain(struct bw_str name)
{
        char last = '.';

        for (size_t i = 0; i < name.n; i++) {
                char c = name.p[i];

                if (!is_label_char(c) && !(c == '-' && last != '.') && !(c == '.' && is_label_char(last)))
                        return false;
                last = c;
        }
        return is_label_char(last);
}

#define TOO_LONG "must be no more than 253 characters"
#define NO_SUBDOMAIN                                                                               \
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start " \
        "and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "  \
        "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"

const char *dns_subdomain_problem(struct bw_str name)
{
        bool long_name = name.n > 253;

        if (!is_subdomain(name))
                return long_name ? TOO_LONG "," NO_SUBDOMAIN : NO_SUBDOMAIN;
        return long_name ? TOO_LONG : NULL;
}
