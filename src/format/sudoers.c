/* SPDX-License-Identifier: Apache-2.0 */
#include "format/sudoers.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"

enum alias_kind {
        ALIAS_USER,
        ALIAS_RUNAS,
        ALIAS_HOST,
        ALIAS_COMMAND,
};
static const struct {
        const char *keyword;
        enum alias_kind kind;
} alias_keywords[] = {
        {"User_Alias", ALIAS_USER},     {"Runas_Alias", ALIAS_RUNAS}, {"Host_Alias", ALIAS_HOST},
        {"Cmnd_Alias", ALIAS_COMMAND}, {"Cmd_Alias", ALIAS_COMMAND},
};

struct alias {
        enum alias_kind kind;
        struct bw_str name;
        struct bw_sudo_texts members;
};

/* A specification before its aliases are known: they may be defined after it. */
struct reader {
        struct bw_arena *arena;
        bw_sudo_include include;
        void *userdata;
        struct bw_error *reterr;
        struct alias *aliases;
        size_t n_aliases, aliases_cap;
        struct bw_sudo_rule *rules;
        size_t n_rules, rules_cap;
        struct bw_sudo_default *defaults;
        size_t n_defaults, defaults_cap;
        struct bw_sudo_problem *problems;
        size_t n_problems, problems_cap;
        size_t steps; /* items of aliases looked at */
        struct bw_str file;
        uint32_t line;
};

/* A list of texts that grows. */
struct list {
        struct bw_str *items;
        size_t n, cap;
};

bool bw_sudo_takes_name(struct bw_str name)
{
        return name.n && name.p[name.n - 1] != '~' && bw_str_find(name, BW_STR(".")) == SIZE_MAX;
}

static int no_memory(struct reader *reader)
{
        return bw_arena_error(reader->arena, reader->reterr);
}

static int problem(struct reader *reader, const char *text)
{
        if (reader->n_problems == BW_LIMIT_NOTICES)
                return 0;
        if (bw_arena_grow(reader->arena, &reader->problems, &reader->problems_cap, reader->n_problems,
                          sizeof(reader->problems[0])) < 0)
                return no_memory(reader);
        reader->problems[reader->n_problems++] =
                (struct bw_sudo_problem){.text = text, .file = reader->file, .line = reader->line};
        return 0;
}

static int push(struct reader *reader, struct list *list, struct bw_str text)
{
        if (list->n == BW_LIMIT_SUDO_RULES)
                return bw_error_set(reader->reterr, -E2BIG, "a list with more than %d items", BW_LIMIT_SUDO_RULES);
        if (bw_arena_grow(reader->arena, &list->items, &list->cap, list->n, sizeof(list->items[0])) < 0)
                return no_memory(reader);
        list->items[list->n++] = text;
        return 0;
}

static struct bw_sudo_texts texts(const struct list *list)
{
        return (struct bw_sudo_texts){.items = list->items, .n = list->n};
}

/* Where c stands in the text outside of quotes and without a backslash before it; text.n if nowhere. */
static size_t find_plain(struct bw_str text, const char *set)
{
        bool quoted = false;

        for (size_t i = 0; i < text.n; i++) {
                if (text.p[i] == '\\')
                        i++;
                else if (text.p[i] == '"')
                        quoted = !quoted;
                else if (!quoted && strchr(set, text.p[i]) && text.p[i])
                        return i;
        }
        return text.n;
}

/* Cuts the part before the next character of set off *rest. */
static bool cut(struct bw_str *rest, const char *set, struct bw_str *ret)
{
        size_t n;

        if (!rest->p)
                return false;
        n = find_plain(*rest, set);
        *ret = bw_str_trim(bw_str_n(rest->p, n));
        *rest = n < rest->n ? bw_str_rest(*rest, n + 1) : (struct bw_str){0};
        return true;
}

static struct bw_str unquoted(struct bw_str text)
{
        if (text.n > 1 && text.p[0] == '"' && text.p[text.n - 1] == '"')
                return bw_str_n(text.p + 1, text.n - 2);
        return text;
}

static int split_list(struct reader *reader, struct bw_str text, struct list *list)
{
        struct bw_str item;
        int r = 0;

        while (r == 0 && cut(&text, ",", &item))
                if (item.n)
                        r = push(reader, list, unquoted(item));
        return r;
}

static int read_alias(struct reader *reader, enum alias_kind kind, struct bw_str text)
{
        struct bw_str one;
        int r = 0;

        /* NAME = a, b : NAME2 = c. Addresses of IPv6 hosts have colons: only one with blanks around ends a list there. */
        while (r == 0 && cut(&text, ":", &one)) {
                size_t equals = find_plain(one, "=");
                struct list members = {0};

                if (equals == one.n)
                        return problem(reader, "an alias without =");
                r = split_list(reader, bw_str_rest(one, equals + 1), &members);
                if (r < 0)
                        return r;
                if (reader->n_aliases == BW_LIMIT_SUDO_ALIASES)
                        return bw_error_set(reader->reterr, -E2BIG, "more than %d aliases", BW_LIMIT_SUDO_ALIASES);
                if (bw_arena_grow(reader->arena, &reader->aliases, &reader->aliases_cap, reader->n_aliases,
                                  sizeof(reader->aliases[0])) < 0)
                        return no_memory(reader);
                reader->aliases[reader->n_aliases++] = (struct alias){
                        .kind = kind,
                        .name = bw_str_trim(bw_str_n(one.p, equals)),
                        .members = texts(&members),
                };
        }
        return r;
}

static int add_default(struct reader *reader, struct bw_str scope, struct bw_str text)
{
        struct bw_sudo_default made = {.scope = scope, .file = reader->file, .line = reader->line};
        size_t equals = find_plain(text, "=");

        made.value = BW_STR("true");
        made.name = text;
        if (equals < text.n) {
                made.name = bw_str_trim(bw_str_n(text.p, equals));
                if (made.name.n && (made.name.p[made.name.n - 1] == '+' || made.name.p[made.name.n - 1] == '-'))
                        made.name.n--;
                made.value = unquoted(bw_str_trim(bw_str_rest(text, equals + 1)));
        }
        while (made.name.n && made.name.p[0] == '!') {
                made.name = bw_str_trim(bw_str_rest(made.name, 1));
                made.value = bw_str_is(made.value, "true") ? BW_STR("false") : BW_STR("true");
        }
        if (!made.name.n)
                return problem(reader, "Defaults without a name");
        if (reader->n_defaults == BW_LIMIT_SUDO_RULES)
                return bw_error_set(reader->reterr, -E2BIG, "more than %d defaults", BW_LIMIT_SUDO_RULES);
        if (bw_arena_grow(reader->arena, &reader->defaults, &reader->defaults_cap, reader->n_defaults,
                          sizeof(reader->defaults[0])) < 0)
                return no_memory(reader);
        reader->defaults[reader->n_defaults++] = made;
        return 0;
}

/* rest: what follows "Defaults"; a scope stands right behind it. */
static int read_defaults(struct reader *reader, struct bw_str rest)
{
        struct bw_str scope = {0};
        struct bw_str one;
        int r = 0;

        if (rest.n && strchr("@:!>", rest.p[0])) {
                size_t n = find_plain(rest, " \t");

                scope = bw_str_n(rest.p, n);
                rest = bw_str_rest(rest, n);
        }
        while (r == 0 && cut(&rest, ",", &one))
                if (one.n)
                        r = add_default(reader, scope, one);
        return r;
}

/* ---- user specifications */

static const struct tag {
        const char *name;
        size_t flag;
        bool value;
} tags[] = {
        {"NOPASSWD", offsetof(struct bw_sudo_rule, nopasswd), true},
        {"PASSWD", offsetof(struct bw_sudo_rule, nopasswd), false},
        {"NOEXEC", offsetof(struct bw_sudo_rule, noexec), true},
        {"EXEC", offsetof(struct bw_sudo_rule, noexec), false},
        {"SETENV", offsetof(struct bw_sudo_rule, setenv), true},
        {"NOSETENV", offsetof(struct bw_sudo_rule, setenv), false},
};

/* (users:groups) before a command. Groups alone: the caller stays who they are. */
static int read_runas(struct reader *reader, struct bw_str *text, struct bw_sudo_rule *rule)
{
        size_t end = find_plain(*text, ")");
        struct bw_str inside;
        struct bw_str users;
        struct list list = {0};
        bool has_groups;
        int r;

        if (end == text->n)
                return problem(reader, "a ( without )");
        inside = bw_str_n(text->p + 1, end - 1);
        *text = bw_str_trim(bw_str_rest(*text, end + 1));
        (void)cut(&inside, ":", &users);
        has_groups = inside.p && bw_str_trim(inside).n;
        r = split_list(reader, users, &list);
        rule->runas = texts(&list);
        rule->runs_as_root = !list.n && !has_groups;
        return r;
}

/* TAG: and OPTION=value words before a command. False when there is none. */
static bool read_tag(struct bw_str *text, struct bw_sudo_rule *rule)
{
        static const char *const options[] = {"ROLE=", "TYPE=", "CWD=", "CHROOT=", "TIMEOUT=", "NOTBEFORE=",
                                              "NOTAFTER=", "APPARMOR_PROFILE=", "PRIVS=", "LIMITPRIVS="};
        size_t n = 0;

        for (size_t i = 0; i < BW_ARRAY_SIZE(options); i++)
                if (bw_str_starts(*text, bw_str(options[i]))) {
                        *text = bw_str_trim(bw_str_rest(*text, find_plain(*text, " \t")));
                        return true;
                }
        while (n < text->n && ((text->p[n] >= 'A' && text->p[n] <= 'Z') || text->p[n] == '_'))
                n++;
        for (size_t at = n; n && at < text->n; at++) {
                if (text->p[at] == ':') {
                        for (size_t i = 0; i < BW_ARRAY_SIZE(tags); i++)
                                if (bw_str_is(bw_str_n(text->p, n), tags[i].name))
                                        memcpy((char *)rule + tags[i].flag, &tags[i].value, sizeof(bool));
                        *text = bw_str_trim(bw_str_rest(*text, at + 1));
                        return true;
                }
                if (text->p[at] != ' ' && text->p[at] != '\t')
                        return false;
        }
        return false;
}

static int add_rule(struct reader *reader, const struct bw_sudo_rule *rule)
{
        if (reader->n_rules == BW_LIMIT_SUDO_RULES)
                return bw_error_set(reader->reterr, -E2BIG, "more than %d rules", BW_LIMIT_SUDO_RULES);
        if (bw_arena_grow(reader->arena, &reader->rules, &reader->rules_cap, reader->n_rules,
                          sizeof(reader->rules[0])) < 0)
                return no_memory(reader);
        reader->rules[reader->n_rules++] = *rule;
        return 0;
}

/* Commas within (…) belong to the list of users; everywhere else they part commands. */
static bool cut_command(struct bw_str *rest, struct bw_str *ret)
{
        size_t depth = 0;

        if (!rest->p)
                return false;
        for (size_t i = 0; i < rest->n; i++) {
                char c = rest->p[i];

                if (c == '\\')
                        i++;
                else if (c == '(' || c == ')')
                        depth = c == '(';
                else if (c == ',' && !depth) {
                        *ret = bw_str_trim(bw_str_n(rest->p, i));
                        *rest = bw_str_rest(*rest, i + 1);
                        return true;
                }
        }
        *ret = bw_str_trim(*rest);
        *rest = (struct bw_str){0};
        return true;
}

static int read_commands(struct reader *reader, struct bw_str text, struct bw_sudo_rule rule)
{
        struct bw_str one;
        int r = 0;

        rule.runs_as_root = true;
        while (r == 0 && cut_command(&text, &one)) {
                while (one.n && one.p[0] == '(' && r == 0) {
                        size_t before = one.n;

                        r = read_runas(reader, &one, &rule);
                        if (one.n == before)
                                return r;
                }
                while (read_tag(&one, &rule))
                        continue;
                rule.negated = one.n && one.p[0] == '!';
                rule.command = rule.negated ? bw_str_trim(bw_str_rest(one, 1)) : one;
                if (r == 0 && rule.command.n)
                        r = add_rule(reader, &rule);
        }
        return r;
}

/* Where the list of users ends: at the first blank that no comma stands beside. */
static size_t end_of_users(struct bw_str text)
{
        for (size_t i = 0; i < text.n; i++) {
                size_t after = i;

                if (text.p[i] == '\\') {
                        i++;
                        continue;
                }
                if (text.p[i] == '"') {
                        while (++i < text.n && text.p[i] != '"')
                                continue;
                        continue;
                }
                if (text.p[i] != ' ' && text.p[i] != '\t')
                        continue;
                while (after < text.n && (text.p[after] == ' ' || text.p[after] == '\t'))
                        after++;
                if (after < text.n && text.p[after] != ',' && (i == 0 || (text.p[i - 1] != ',' && text.p[i - 1] != '!')))
                        return i;
                i = after - 1;
        }
        return text.n;
}

/* A ':' that begins another "hosts =": not one of a tag, of (users:groups) or of a path. */
static size_t end_of_part(struct bw_str text)
{
        for (size_t i = 0; i < text.n; i++) {
                size_t equals;
                size_t stop;

                if (text.p[i] == '\\') {
                        i++;
                        continue;
                }
                if (text.p[i] != ':' || i == 0 || (text.p[i - 1] != ' ' && text.p[i - 1] != '\t'))
                        continue;
                equals = i + 1 + find_plain(bw_str_rest(text, i + 1), "=");
                stop = i + 1 + find_plain(bw_str_rest(text, i + 1), ",)(/:");
                if (equals < stop)
                        return i;
        }
        return text.n;
}

static int read_spec(struct reader *reader, struct bw_str text)
{
        size_t n = end_of_users(text);
        struct bw_sudo_rule rule = {.file = reader->file, .line = reader->line};
        struct list users = {0};
        int r = split_list(reader, bw_str_n(text.p, n), &users);

        rule.users = texts(&users);
        text = bw_str_trim(bw_str_rest(text, n));
        while (r == 0 && text.n) {
                size_t end = end_of_part(text);
                struct bw_str part = bw_str_n(text.p, end);
                size_t equals = find_plain(part, "=");
                struct list hosts = {0};

                if (equals == part.n)
                        return problem(reader, "a line that is no user specification");
                r = split_list(reader, bw_str_n(part.p, equals), &hosts);
                rule.hosts = texts(&hosts);
                if (r == 0)
                        r = read_commands(reader, bw_str_rest(part, equals + 1), rule);
                text = bw_str_trim(bw_str_rest(text, end < text.n ? end + 1 : end));
        }
        return r < 0 || text.n || rule.hosts.n ? r : problem(reader, "a line that is no user specification");
}

/* ---- lines and files */

static int read_file(struct reader *reader, const struct bw_sudo_file *file, unsigned depth);

static int read_include(struct reader *reader, struct bw_str path, bool is_dir, unsigned depth)
{
        const struct bw_sudo_file *files = NULL;
        struct bw_str file = reader->file;
        uint32_t line = reader->line;
        size_t n = 0;
        int r;

        if (depth == BW_LIMIT_SUDO_INCLUDES)
                return problem(reader, "too many files that include one another");
        r = reader->include(reader->userdata, unquoted(path), is_dir, &files, &n, reader->reterr);
        for (size_t i = 0; r == 0 && i < n; i++)
                r = read_file(reader, &files[i], depth + 1);
        reader->file = file;
        reader->line = line;
        return r;
}

/* True when the line begins with the word and a blank; *rest is what follows. */
static bool after_word(struct bw_str line, const char *word, struct bw_str *rest)
{
        size_t n = strlen(word);

        if (!bw_str_starts(line, bw_str(word)) || (line.n > n && line.p[n] != ' ' && line.p[n] != '\t'))
                return false;
        *rest = bw_str_trim(bw_str_rest(line, n));
        return true;
}

/* '#' begins a comment unless a number follows (a user or group id). */
static struct bw_str without_comment(struct bw_str line)
{
        for (size_t i = 0; i < line.n; i++) {
                bool is_id = i + 1 < line.n && line.p[i + 1] >= '0' && line.p[i + 1] <= '9';

                if (line.p[i] == '\\')
                        i++;
                else if (line.p[i] == '#' && !is_id)
                        return bw_str_trim(bw_str_n(line.p, i));
        }
        return bw_str_trim(line);
}

static int read_line(struct reader *reader, struct bw_str line, unsigned depth)
{
        struct bw_str rest;

        line = bw_str_trim(line);
        if (after_word(line, "@includedir", &rest) || after_word(line, "#includedir", &rest))
                return read_include(reader, rest, true, depth);
        if (after_word(line, "@include", &rest) || after_word(line, "#include", &rest))
                return read_include(reader, rest, false, depth);
        line = without_comment(line);
        if (!line.n)
                return 0;
        if (bw_str_starts(line, BW_STR("Defaults")) && (line.n == 8 || strchr("@:!> \t", line.p[8])))
                return read_defaults(reader, bw_str_rest(line, 8));
        for (size_t i = 0; i < BW_ARRAY_SIZE(alias_keywords); i++)
                if (after_word(line, alias_keywords[i].keyword, &rest))
                        return read_alias(reader, alias_keywords[i].kind, rest);
        return read_spec(reader, line);
}

/* A line with those that a backslash at its end joins to it: 1, with the number of lines; 0 at the end. */
static int next_line(struct reader *reader, struct bw_str *rest, uint32_t *lines, struct bw_str *ret)
{
        struct bw_str whole;
        char *text;

        if (!bw_str_split(rest, '\n', ret))
                return 0;
        whole = *ret;
        *lines = 1;
        while (whole.n && whole.p[whole.n - 1] == '\\' && bw_str_split(rest, '\n', ret)) {
                whole.n += 1 + ret->n;
                ++*lines;
        }
        *ret = whole;
        if (*lines == 1)
                return 1;
        text = bw_arena_alloc(reader->arena, whole.n);
        if (!text)
                return no_memory(reader);
        memcpy(text, whole.p, whole.n);
        for (size_t i = 0; i + 1 < whole.n; i++)
                if (text[i] == '\\' && text[i + 1] == '\n')
                        text[i] = text[i + 1] = ' ';
        *ret = bw_str_n(text, whole.n);
        return 1;
}

static int read_file(struct reader *reader, const struct bw_sudo_file *file, unsigned depth)
{
        struct bw_str rest = file->text;
        struct bw_str line;
        uint32_t lines = 0;
        uint32_t at = 1;
        int r;

        while ((r = next_line(reader, &rest, &lines, &line)) > 0) {
                reader->file = file->path;
                reader->line = at;
                r = read_line(reader, line, depth);
                if (r < 0)
                        return r;
                at += lines;
        }
        return r;
}

/* ---- aliases */

static const struct alias *find_alias(const struct reader *reader, enum alias_kind kind, struct bw_str name)
{
        for (size_t i = 0; i < reader->n_aliases; i++)
                if (reader->aliases[i].kind == kind && bw_str_eq(reader->aliases[i].name, name))
                        return &reader->aliases[i];
        return NULL;
}

/* Puts what the items stand for into to; negated: a ! stood before what they are members of. */
static int expand(struct reader *reader, enum alias_kind kind, struct bw_sudo_texts from, bool negated, unsigned depth,
                  struct list *to)
{
        int r = 0;

        for (size_t i = 0; r == 0 && i < from.n; i++) {
                struct bw_str item = from.items[i];
                bool not = negated;
                const struct alias *alias;

                if (reader->steps++ == BW_LIMIT_SUDO_STEPS)
                        return bw_error_set(reader->reterr, -E2BIG, "aliases stand for more than %d items",
                                            BW_LIMIT_SUDO_STEPS);
                while (item.n && item.p[0] == '!') {
                        not = !not;
                        item = bw_str_trim(bw_str_rest(item, 1));
                }
                alias = depth < BW_LIMIT_SUDO_ALIAS_DEPTH ? find_alias(reader, kind, item) : NULL;
                if (alias) {
                        r = expand(reader, kind, alias->members, not, depth + 1, to);
                        continue;
                }
                if (not)
                        item = bw_arena_printf(reader->arena, "!%.*s", BW_STR_ARG(item));
                r = item.p || !item.n ? push(reader, to, item) : no_memory(reader);
        }
        return r;
}

static int expand_texts(struct reader *reader, enum alias_kind kind, struct bw_sudo_texts *at)
{
        struct list list = {0};
        int r = expand(reader, kind, *at, false, 0, &list);

        *at = texts(&list);
        return r;
}

static bool includes_root(struct bw_sudo_texts runas)
{
        bool root = false;

        for (size_t i = 0; i < runas.n; i++) {
                if (bw_str_is(runas.items[i], "ALL") || bw_str_is(runas.items[i], "root") || bw_str_is(runas.items[i], "#0"))
                        root = true;
                if (bw_str_is(runas.items[i], "!root") || bw_str_is(runas.items[i], "!#0"))
                        root = false;
        }
        return root;
}

/* One rule for each command that the alias at its place stands for. */
static int expand_rule(struct reader *reader, struct bw_sudo_rule rule)
{
        struct bw_sudo_texts command = {.items = &rule.command, .n = 1};
        struct list commands = {0};
        int r = expand_texts(reader, ALIAS_USER, &rule.users);

        if (r == 0)
                r = expand_texts(reader, ALIAS_HOST, &rule.hosts);
        if (r == 0)
                r = expand_texts(reader, ALIAS_RUNAS, &rule.runas);
        if (r == 0)
                r = expand(reader, ALIAS_COMMAND, command, rule.negated, 0, &commands);
        if (rule.runas.n)
                rule.runs_as_root = includes_root(rule.runas);
        for (size_t i = 0; r == 0 && i < commands.n; i++) {
                rule.command = commands.items[i];
                rule.negated = rule.command.n && rule.command.p[0] == '!';
                if (rule.negated)
                        rule.command = bw_str_rest(rule.command, 1);
                r = add_rule(reader, &rule);
        }
        return r;
}

static int expand_rules(struct reader *reader)
{
        const struct bw_sudo_rule *read = reader->rules;
        size_t n = reader->n_rules;
        int r = 0;

        reader->rules = NULL;
        reader->n_rules = reader->rules_cap = 0;
        for (size_t i = 0; r == 0 && i < n; i++)
                r = expand_rule(reader, read[i]);
        return r;
}

int bw_sudoers_read(struct bw_arena *arena, const struct bw_sudo_file *file, bw_sudo_include include, void *userdata,
                    struct bw_sudoers *ret, struct bw_error *reterr)
{
        struct reader reader = {.arena = arena, .include = include, .userdata = userdata, .reterr = reterr};
        int r = read_file(&reader, file, 0);

        if (r == 0)
                r = expand_rules(&reader);
        if (r < 0)
                return r;
        *ret = (struct bw_sudoers){
                .rules = reader.rules,
                .n_rules = reader.n_rules,
                .defaults = reader.defaults,
                .n_defaults = reader.n_defaults,
                .problems = reader.problems,
                .n_problems = reader.n_problems,
        };
        return 0;
}

const struct bw_sudo_default *bw_sudo_default_find(const struct bw_sudoers *sudoers, const char *name)
{
        for (size_t i = sudoers->n_defaults; i-- > 0;)
                if (!sudoers->defaults[i].scope.n && bw_str_is(sudoers->defaults[i].name, name))
                        return &sudoers->defaults[i];
        return NULL;
}
