/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a component's command line, environment and the defaults of its version make of each flag.
 * Source: data/component-flags.tsv; etcd pkg/flags/flag.go (SetFlagsFromEnv: the command line goes before the environment).
 */
#include "analyze/component_internal.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/table.h"
#include "base/utf8.h"

enum column {
        COLUMN_FLAG,
        COLUMN_COMPONENTS,
        COLUMN_TYPE,
        COLUMN_DEFAULT,
        COLUMN_SINCE,
        COLUMN_REMOVED,
        COLUMN_DEPRECATED,
};
enum {
        NEVER = 1000,     /* a minor version that there will not be */
        TABLE_SINCE = 25, /* flags that went before this version of Kubernetes are not all in the table */
        TABLE_UNTIL = 35, /* those that came after this one are not */
};

extern const struct bw_table bw_table_component_flags;

static const struct bw_table *const table = &bw_table_component_flags;

static const struct component_class classes[] = {
        {.name = "kube-apiserver", .letter = 'A', .files = component_files_apiserver},
        {.name = "kube-controller-manager", .letter = 'M'},
        {.name = "kube-scheduler", .letter = 'S', .files = component_files_scheduler},
        {.name = "kube-proxy", .letter = 'P', .files = component_files_proxy},
        {.name = "kubelet", .letter = 'K'},
        {.name = "etcd", .letter = 'E', .style = BW_FLAGS_GO, .files = component_files_etcd},
        {.name = "cloud-controller-manager", .letter = 'C', .own_flags = true},
};

const struct component_class *component_class_of(struct bw_str name)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(classes); i++)
                if (bw_str_is(name, classes[i].name))
                        return &classes[i];
        return NULL;
}

/* ---- rows of the table */

static int since_of(size_t row)
{
        return (int)bw_table_int(table, row, COLUMN_SINCE, 0);
}

static int removed_in(size_t row)
{
        return (int)bw_table_int(table, row, COLUMN_REMOVED, NEVER);
}

static bool is_of(size_t row, char letter)
{
        return strchr(bw_table_text(table, row, COLUMN_COMPONENTS), letter) != NULL;
}

static bool holds(size_t row, int minor)
{
        return since_of(row) <= minor && minor < removed_in(row);
}

/* The component's row of a flag: the one that holds for the version, else any. SIZE_MAX: there is none. */
static size_t row_of(char letter, struct bw_str flag, int minor)
{
        size_t any = SIZE_MAX;

        for (size_t row = bw_table_find(table, flag);
             row < table->n_rows && bw_str_eq(bw_table_cell(table, row, COLUMN_FLAG), flag); row++) {
                if (!is_of(row, letter))
                        continue;
                if (holds(row, minor))
                        return row;
                any = row;
        }
        return any;
}

static enum bw_flag_type type_of(size_t row)
{
        return bw_flag_type(bw_table_cell(table, row, COLUMN_TYPE));
}

static bool find_flag(void *userdata, struct bw_str name, enum bw_flag_type *ret)
{
        const struct component *c = userdata;
        size_t row = row_of(c->cls->letter, name, c->minor);

        if (row == SIZE_MAX)
                return false;
        *ret = type_of(row);
        return true;
}

/* ---- secrets */

bool component_is_secret(struct bw_str flag)
{
        static const char *const parts[] = {"password", "secret", "passphrase", "credential-value"};
        static const char *const names[] = {"discovery-token", "discovery-user", "manifest-url-header", "token",
                                            "bootstrap-token"};

        for (size_t i = 0; i < BW_ARRAY_SIZE(names); i++)
                if (bw_str_is(flag, names[i]))
                        return true;
        /* Paths of files with credentials are no credentials. */
        if (bw_str_ends(flag, BW_STR("-file")) || bw_str_ends(flag, BW_STR("-dir")))
                return false;
        for (size_t i = 0; i < BW_ARRAY_SIZE(parts); i++)
                if (bw_str_find(flag, bw_str(parts[i])) != SIZE_MAX)
                        return true;
        return false;
}

struct bw_str component_without_login(struct bw_arena *arena, struct bw_str text)
{
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        struct bw_str copy;

        if (bw_str_find(text, BW_STR("://")) == SIZE_MAX || !memchr(text.p, '@', text.n))
                return text;
        for (size_t at; (at = bw_str_find(text, BW_STR("://"))) != SIZE_MAX;) {
                size_t from = at + 3;
                size_t end = from;
                size_t login = from;

                while (end < text.n && !strchr("/,?# ", text.p[end]))
                        if (text.p[end++] == '@')
                                login = end;
                bw_buf_put(&out, text.p, from);
                if (login > from)
                        bw_buf_puts(&out, "(redacted)@");
                text = bw_str_rest(text, login);
        }
        bw_buf_str(&out, text);
        copy = bw_buf_status(&out) < 0 ? (struct bw_str){0} : bw_arena_str(arena, bw_buf_view(&out));
        return copy;
}

/* ---- texts */

static int clean(struct bw_arena *arena, struct bw_str text, struct bw_str *ret, struct bw_error *reterr)
{
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};

        *ret = text;
        if (bw_utf8_valid(text))
                return 0;
        while (text.n) {
                uint32_t rune;
                char bytes[4];
                size_t n = bw_utf8_decode(text, &rune);

                bw_buf_put(&out, bytes, bw_utf8_encode(rune, bytes));
                text = bw_str_rest(text, n);
        }
        *ret = bw_buf_status(&out) < 0 ? (struct bw_str){0} : bw_arena_str(arena, bw_buf_view(&out));
        return ret->p ? 0 : bw_error_nomem(reterr);
}

int component_minor_of(struct bw_str version)
{
        struct bw_str part;
        size_t digits = 0;
        int64_t minor;

        if (version.n && version.p[0] == 'v')
                version = bw_str_rest(version, 1);
        if (!bw_str_split(&version, '.', &part) || !bw_str_split(&version, '.', &part))
                return 0;
        while (digits < part.n && part.p[digits] >= '0' && part.p[digits] <= '9')
                digits++;
        if (bw_str_to_i64(bw_str_n(part.p, digits), &minor) < 0 || minor >= NEVER)
                return 0;
        return (int)minor;
}

/* ---- problems */

int component_problem(struct component *c, const char *code, struct bw_str flag, bool stops,
                      const struct bw_evidence *where, const char *fmt, ...)
{
        char line[1024];
        struct bw_str message;
        va_list ap;

        va_start(ap, fmt);
        (void)vsnprintf(line, sizeof(line), fmt, ap);
        va_end(ap);
        if (clean(c->arena, bw_str(line), &message, c->reterr) < 0)
                return -ENOMEM;
        message = bw_arena_str(c->arena, message);
        if (!message.p ||
            bw_arena_grow(c->arena, &c->problems, &c->cap_problems, c->n_problems, sizeof(c->problems[0])) < 0)
                return bw_error_nomem(c->reterr);
        /* What runs was not kept from starting. */
        c->problems[c->n_problems++] = (struct component_problem){
                .code = code, .flag = flag, .message = message, .stops = stops && !c->input->running, .where = *where};
        return 0;
}

/* ---- evidence */

/* The elements of a use as one text, without what nobody may read. */
static int put_use(struct component *c, struct bw_buf *out, const struct bw_flag_use *use)
{
        struct bw_str first = c->args[use->arg];
        struct bw_str shown = component_without_login(c->arena, use->value_arg != use->arg ? c->args[use->value_arg] : first);

        if (!shown.p)
                return bw_error_nomem(c->reterr);
        if (out->n)
                bw_buf_char(out, ' ');
        if (component_is_secret(use->name)) {
                const char *equals = memchr(first.p, '=', first.n);

                bw_buf_str(out, equals ? bw_str_n(first.p, (size_t)(equals - first.p)) : first);
                bw_buf_puts(out, "=(redacted)");
                return 0;
        }
        if (use->value_arg != use->arg) {
                bw_buf_str(out, first);
                bw_buf_char(out, ' ');
        }
        bw_buf_str(out, shown);
        return 0;
}

/* Where the flag is set: all its uses, at the place of the last one. */
static int flag_evidence(struct component *c, struct bw_str name, struct bw_evidence *ret)
{
        bw_auto_done(bw_buf_done) struct bw_buf text = {.ceiling = 4096};
        int r = 0;

        for (size_t i = 0; r == 0 && i < c->flags.n_uses; i++)
                if (bw_str_eq(c->flags.uses[i].name, name)) {
                        *ret = c->input->args[c->flags.uses[i].arg].where;
                        r = put_use(c, &text, &c->flags.uses[i]);
                }
        if (r < 0)
                return r;
        ret->type = "flag";
        ret->state = NULL;
        ret->text = bw_arena_str(c->arena, bw_buf_status(&text) < 0 ? name : bw_buf_view(&text));
        return ret->text.p ? 0 : bw_error_nomem(c->reterr);
}

static struct bw_evidence arg_evidence(const struct component *c, size_t arg)
{
        struct bw_evidence where = c->input->args[arg].where;

        where.type = "flag";
        where.state = NULL;
        return where;
}

/* ---- settings */

static int add(struct component *c, const struct component_setting *setting)
{
        if (bw_arena_grow(c->arena, &c->settings, &c->cap_settings, c->n_settings, sizeof(c->settings[0])) < 0)
                return bw_error_nomem(c->reterr);
        c->settings[c->n_settings++] = *setting;
        return 0;
}

static struct component_setting *find(struct component *c, struct bw_str name)
{
        for (size_t i = 0; i < c->n_settings; i++)
                if (bw_str_eq(c->settings[i].name, name))
                        return &c->settings[i];
        return NULL;
}

struct component_setting *component_find(struct component *c, const char *name)
{
        return find(c, bw_str(name));
}

struct bw_str component_text(struct component *c, const char *name)
{
        const struct component_setting *s = component_find(c, name);

        return s && s->value.type == BW_STRING ? bw_value_text(s->value) : BW_STR("");
}

static struct component_setting *ensure(struct component *c, const char *name)
{
        struct component_setting *s = component_find(c, name);
        struct component_setting fresh = {.name = bw_str(name), .type = BW_FLAG_TEXT};

        if (!s && add(c, &fresh) == 0)
                s = &c->settings[c->n_settings - 1];
        return s;
}

int component_put(struct component *c, const char *name, struct bw_value value, const struct bw_evidence *evidence)
{
        struct component_setting *s = ensure(c, name);

        if (!s)
                return -ENOMEM;
        s->value = value;
        s->is_set = true;
        s->evidence = *evidence;
        return 0;
}

int component_forget(struct component *c, const char *name, const struct bw_evidence *evidence)
{
        return component_put(c, name, (struct bw_value){0}, evidence);
}

static int put_default(struct component *c, struct component_setting *s, size_t row)
{
        s->is_set = false;
        return bw_flag_text_value(c->arena, s->type, bw_table_cell(table, row, COLUMN_DEFAULT), &s->value, c->reterr);
}

int component_default(struct component *c, struct component_setting *s)
{
        size_t row = row_of(c->cls->letter, s->name, c->minor);

        return row == SIZE_MAX ? 0 : put_default(c, s, row);
}

/* A credential as a value: that there is one is all that may be known. */
static struct bw_value hidden(struct bw_value value)
{
        if (value.type == BW_STRING && value.n == 0)
                return value;
        return bw_value_str(BW_STR("(redacted)"));
}

/* Texts of a value without passwords in addresses. */
static int without_logins(struct component *c, struct bw_value *value)
{
        struct bw_list *list;

        if (value->type == BW_STRING) {
                struct bw_str text = component_without_login(c->arena, bw_value_text(*value));

                if (!text.p)
                        return value->n ? bw_error_nomem(c->reterr) : 0;
                *value = bw_value_str(text);
        }
        if (value->type != BW_LIST || value->n == 0)
                return 0;
        list = bw_list_new(c->arena, value->n);
        if (!list)
                return bw_error_nomem(c->reterr);
        for (uint32_t i = 0; i < value->n; i++) {
                list->items[i] = value->list->items[i];
                if (without_logins(c, &list->items[i]) < 0)
                        return -ENOMEM;
        }
        *value = bw_value_list(list, value->n);
        return 0;
}

static int set_from_flag(struct component *c, struct component_setting *s)
{
        struct bw_error why = {0};
        struct bw_value value = {0};
        size_t bad = 0;
        int r = bw_flags_value(c->arena, &c->flags, s->name, &value, &bad, &why);

        if (r == -EINVAL) {
                struct bw_evidence where;

                r = flag_evidence(c, s->name, &where);
                where.line = r < 0 ? 0 : c->input->args[c->flags.uses[bad].arg].where.line;
                return r < 0 ? r
                             : component_problem(c, "bad-value", s->name, true, &where,
                                                 "--%.*s: %s refuses the value: %s", BW_STR_ARG(s->name), c->cls->name,
                                                 why.message);
        }
        if (r < 0) {
                if (c->reterr)
                        *c->reterr = why;
                return r;
        }
        if (value.type == BW_ABSENT)
                return 0;
        s->value = component_is_secret(s->name) ? hidden(value) : value;
        s->is_set = true;
        r = without_logins(c, &s->value);
        return r < 0 ? r : flag_evidence(c, s->name, &s->evidence);
}

/* etcd: ETCD_CLIENT_CERT_AUTH for client-cert-auth. */
static struct bw_str environment(const struct component *c, struct bw_str flag)
{
        for (size_t i = 0; i < c->input->n_env; i++) {
                struct bw_str text = c->input->env[i];
                size_t k = 0;

                if (!bw_str_starts(text, BW_STR("ETCD_")) || text.n < 5 + flag.n + 1 || text.p[5 + flag.n] != '=')
                        continue;
                while (k < flag.n) {
                        char want = flag.p[k] == '-' ? '_' : (char)(flag.p[k] - (flag.p[k] >= 'a' && flag.p[k] <= 'z' ? 32 : 0));

                        if (text.p[5 + k] != want)
                                break;
                        k++;
                }
                if (k == flag.n)
                        return text;
        }
        return (struct bw_str){0};
}

static int set_from_environment(struct component *c, struct component_setting *s)
{
        struct bw_str line = environment(c, s->name);
        struct bw_str text;
        struct bw_str shown;
        struct bw_error why = {0};
        struct bw_value value;
        int r = clean(c->arena, line, &line, c->reterr);

        if (r < 0 || s->is_set || line.n <= 5 + s->name.n + 1)
                return r;
        text = bw_str_rest(line, 5 + s->name.n + 1);
        shown = component_is_secret(s->name) ? bw_arena_printf(c->arena, "%.*s=(redacted)", BW_STR_ARG(bw_str_n(line.p, 5 + s->name.n)))
                                             : component_without_login(c->arena, line);
        if (!shown.p)
                return bw_error_nomem(c->reterr);
        s->evidence = (struct bw_evidence){.type = "environment", .text = shown, .path = c->input->command.path};
        r = bw_flag_text_value(c->arena, s->type, text, &value, &why);
        if (r == -EINVAL)
                return component_problem(c, "bad-value", s->name, true, &s->evidence, "ETCD variable of %.*s: etcd refuses the value: %s",
                                         BW_STR_ARG(s->name), why.message);
        if (r < 0)
                return bw_error_nomem(c->reterr);
        s->value = component_is_secret(s->name) ? hidden(value) : value;
        s->is_set = true;
        return without_logins(c, &s->value);
}

static bool is_used(const struct component *c, struct bw_str name)
{
        for (size_t i = 0; i < c->flags.n_uses; i++)
                if (bw_str_eq(c->flags.uses[i].name, name))
                        return true;
        return false;
}

/* Every flag of the version, and those of others that are used all the same. */
static int read_settings(struct component *c)
{
        for (size_t row = 0; row < table->n_rows; row++) {
                struct component_setting s = {.name = bw_table_cell(table, row, COLUMN_FLAG), .type = type_of(row)};
                int r;

                if (!is_of(row, c->cls->letter))
                        continue;
                if (!holds(row, c->minor) &&
                    (row_of(c->cls->letter, s.name, c->minor) != row || !is_used(c, s.name)))
                        continue;
                r = put_default(c, &s, row);
                if (r == 0)
                        r = set_from_flag(c, &s);
                if (r == 0 && c->cls->letter == 'E')
                        r = set_from_environment(c, &s);
                if (r == 0)
                        r = add(c, &s);
                if (r < 0)
                        return r;
        }
        return 0;
}

/* ---- what is wrong with the command line */

static int check_use(struct component *c, const struct bw_flag_use *use)
{
        size_t row = row_of(c->cls->letter, use->name, c->minor);
        const char *major = c->cls->letter == 'E' ? "3" : "1";
        struct bw_evidence where;
        int r = flag_evidence(c, use->name, &where);

        if (r < 0 || row == SIZE_MAX)
                return r;
        if (c->minor >= removed_in(row))
                return component_problem(c, "removed-flag", use->name, true, &where,
                                         "--%.*s is gone since %s %s.%d", BW_STR_ARG(use->name), c->cls->name, major,
                                         removed_in(row));
        if (c->minor < since_of(row))
                return component_problem(c, "future-flag", use->name, true, &where,
                                         "--%.*s came with %s %s.%d, this is %s.%d", BW_STR_ARG(use->name), c->cls->name,
                                         major, since_of(row), major, c->minor);
        if (c->minor >= bw_table_int(table, row, COLUMN_DEPRECATED, NEVER))
                return component_problem(c, "deprecated-flag", use->name, false, &where, "--%.*s is deprecated",
                                         BW_STR_ARG(use->name));
        return 0;
}

static bool is_first_use(const struct component *c, size_t i)
{
        for (size_t k = 0; k < i; k++)
                if (bw_str_eq(c->flags.uses[k].name, c->flags.uses[i].name))
                        return false;
        return true;
}

bool component_is_charted(const struct component *c, int since, int until)
{
        /* A running program knows better than a table, and so do vendors. */
        if (c->input->running || c->cls->own_flags || c->kubernetes_minor < since)
                return false;
        return c->kubernetes_minor <= until || c->input->version.n == 0;
}

static int check_problem(struct component *c, const struct bw_flag_problem *p)
{
        struct bw_evidence where = arg_evidence(c, p->arg);

        where.text = p->name.n ? bw_arena_printf(c->arena, "--%.*s", BW_STR_ARG(p->name)) : BW_STR("");
        if (!where.text.p)
                return bw_error_nomem(c->reterr);
        if (p->unknown && !component_is_charted(c, TABLE_SINCE, TABLE_UNTIL))
                return 0;
        return component_problem(c, p->unknown ? "unknown-flag" : "bad-syntax", p->name, true, &where,
                                 p->unknown ? "%s has no flag --%.*s" : "%s: %.*s", c->cls->name,
                                 BW_STR_ARG(p->unknown ? p->name : p->text));
}

static int check_command_line(struct component *c)
{
        int r = 0;

        for (size_t i = 0; r == 0 && i < c->flags.n_problems; i++)
                r = check_problem(c, &c->flags.problems[i]);
        for (size_t i = 0; r == 0 && i < c->flags.n_uses; i++)
                if (c->flags.uses[i].known && is_first_use(c, i))
                        r = check_use(c, &c->flags.uses[i]);
        if (r == 0 && c->flags.first_argument < c->input->n_args && !c->input->running) {
                struct bw_evidence where = arg_evidence(c, c->flags.first_argument);

                r = component_problem(c, "argument", BW_STR(""), true, &where, "%s takes no arguments besides flags",
                                      c->cls->name);
        }
        return r;
}

/* ---- versions */

/* etcd's minor version beside a Kubernetes version: kubeadm's default. */
static int etcd_minor(int kubernetes_minor)
{
        return kubernetes_minor >= 34 ? 6 : kubernetes_minor >= 22 ? 5 : 4;
}

static void find_minor(struct component *c)
{
        int own = component_minor_of(c->input->version);
        bool given = c->input->default_minor_is_given;

        if (c->cls->letter == 'E') {
                c->kubernetes_minor = c->input->default_minor;
                c->minor = own ? own : etcd_minor(c->kubernetes_minor);
                return;
        }
        c->minor = own && !given ? own : c->input->default_minor;
        c->kubernetes_minor = c->minor;
}

/* ---- */

static int clean_args(struct component *c)
{
        c->args = bw_arena_array(c->arena, c->input->n_args + 1, sizeof(c->args[0]));
        if (!c->args)
                return bw_error_nomem(c->reterr);
        for (size_t i = 0; i < c->input->n_args; i++)
                if (clean(c->arena, c->input->args[i].text, &c->args[i], c->reterr) < 0)
                        return -ENOMEM;
        return 0;
}

int component_init(struct component *c, struct bw_arena *arena, const struct bw_component_input *input,
                   struct bw_error *reterr)
{
        int r;

        *c = (struct component){.arena = arena, .input = input, .cls = component_class_of(input->component), .reterr = reterr};
        if (!c->cls)
                return bw_error_set(reterr, -ENOENT, "no component \"%.*s\"", BW_STR_ARG(input->component));
        find_minor(c);
        c->name = bw_arena_printf(arena, "%.*s/%s", BW_STR_ARG(input->name), c->cls->name);
        if (!c->name.p)
                return bw_error_nomem(reterr);
        r = clean_args(c);
        if (r == 0)
                r = bw_flags_parse(arena, c->cls->style, c->args, input->n_args, find_flag, c, &c->flags, reterr);
        if (r == 0)
                r = read_settings(c);
        return r < 0 ? r : check_command_line(c);
}
