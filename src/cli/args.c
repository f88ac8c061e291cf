/* SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "cli/cli.h"

/* Words longer than this are never suggested: nobody mistypes them by a letter. */
#define WORD_MAX 40

/* Edits (insert, delete, replace, swap of neighbours) that turn a into b; both at most WORD_MAX long. */
static size_t edit_distance(struct bw_str a, struct bw_str b)
{
        size_t rows[3][WORD_MAX + 1];
        size_t *before = rows[0];
        size_t *last = rows[1];
        size_t *now = rows[2];

        for (size_t j = 0; j <= b.n; j++)
                last[j] = j;
        for (size_t i = 1; i <= a.n; i++) {
                size_t *free_row = before;

                now[0] = i;
                for (size_t j = 1; j <= b.n; j++) {
                        size_t cost = a.p[i - 1] != b.p[j - 1];
                        size_t best = BW_MIN(BW_MIN(last[j] + 1, now[j - 1] + 1), last[j - 1] + cost);

                        if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] && a.p[i - 2] == b.p[j - 1])
                                best = BW_MIN(best, before[j - 2] + 1);
                        now[j] = best;
                }
                before = last;
                last = now;
                now = free_row;
        }
        return last[b.n];
}

void bw_nearest_try(struct bw_nearest *nearest, struct bw_str word, struct bw_str candidate)
{
        size_t distance;

        if (word.n > WORD_MAX || candidate.n > WORD_MAX)
                return;
        /* The beginning of a longer name is as near as one edit. */
        distance = word.n >= 2 && bw_str_starts(candidate, word) ? 1 : edit_distance(word, candidate);
        if (nearest->best && nearest->distance <= distance)
                return;
        *nearest = (struct bw_nearest){.best = candidate.p, .n = candidate.n, .distance = distance};
}

bool bw_nearest_is_near(const struct bw_nearest *nearest, struct bw_str word)
{
        return nearest->best && nearest->distance <= BW_MAX((size_t)1, word.n / 3);
}

bool bw_words_next(const char **words, struct bw_str *ret_word)
{
        const char *p = *words;
        size_t n;

        if (!p)
                return false;
        p += strspn(p, " ");
        n = strcspn(p, " ");
        if (n == 0)
                return false;
        *ret_word = bw_str_n(p, n);
        *words = p + n;
        return true;
}

bool bw_words_have(const char *words, struct bw_str word)
{
        struct bw_str each;

        while (bw_words_next(&words, &each))
                if (bw_str_eq(each, word))
                        return true;
        return false;
}

static const struct bw_option *find_long(const struct bw_verb *verb, struct bw_str name)
{
        for (const struct bw_option *o = verb->options; o->name; o++)
                if (bw_str_is(name, o->name))
                        return o;
        return NULL;
}

static const struct bw_option *find_letter(const struct bw_verb *verb, char letter)
{
        for (const struct bw_option *o = verb->options; o->name; o++)
                if (o->letter && o->letter == letter)
                        return o;
        return NULL;
}

static int unknown_long(const struct bw_verb *verb, struct bw_str name, struct bw_error *reterr)
{
        struct bw_nearest nearest = {0};

        for (const struct bw_option *o = verb->options; o->name; o++)
                bw_nearest_try(&nearest, name, bw_str(o->name));
        if (bw_nearest_is_near(&nearest, name))
                return bw_error_set(reterr, -EINVAL, "unknown flag --%.*s; did you mean --%.*s?", BW_STR_ARG(name),
                                    (int)nearest.n, nearest.best);
        return bw_error_set(reterr, -EINVAL, "unknown flag --%.*s", BW_STR_ARG(name));
}

static int check_value(const struct bw_option *option, const char *value, struct bw_error *reterr)
{
        struct bw_nearest nearest = {0};
        const char *words = option->words;
        struct bw_str word;

        if (!value || !option->only_words || bw_words_have(option->words, bw_str(value)))
                return 0;
        while (bw_words_next(&words, &word))
                bw_nearest_try(&nearest, bw_str(value), word);
        if (bw_nearest_is_near(&nearest, bw_str(value)))
                return bw_error_set(reterr, -EINVAL, "--%s does not know \"%s\"; did you mean \"%.*s\"?", option->name,
                                    value, (int)nearest.n, nearest.best);
        return bw_error_set(reterr, -EINVAL, "--%s does not know \"%s\"; it takes one of: %s", option->name, value,
                            option->words);
}

/* Takes an option and its value from argv[i] on; *i is left on the last word used. */
static int take_option(const struct bw_verb *verb, size_t argc, char *const *argv, size_t *i, struct bw_arg *ret_arg,
                       struct bw_error *reterr)
{
        const char *word = argv[*i];
        bool is_long = word[1] == '-';
        const char *name = word + (is_long ? 2 : 1);
        const char *equals = is_long ? strchr(name, '=') : NULL;
        size_t n = is_long ? (equals ? (size_t)(equals - name) : strlen(name)) : 1;
        const struct bw_option *option = is_long ? find_long(verb, bw_str_n(name, n)) : find_letter(verb, name[0]);
        const char *value = equals ? equals + 1 : NULL;

        if (!option && is_long)
                return unknown_long(verb, bw_str_n(name, n), reterr);
        if (!option && name[0] >= '0' && name[0] <= '9')
                return bw_error_set(reterr, -EINVAL, "unknown flag %s; \"--\" before it makes it an argument", word);
        if (!option)
                return bw_error_set(reterr, -EINVAL, "unknown flag -%c", name[0]);
        /* -ojson and -o=json, as kubectl takes them. */
        if (!is_long && name[1])
                value = name + (name[1] == '=' ? 2 : 1);
        if (!option->arg && value)
                return bw_error_set(reterr, -EINVAL,
                                    is_long ? "--%s takes no value" : "-%.1s takes no value: flags do not combine",
                                    is_long ? option->name : name);
        if (option->arg && !value && !option->value_optional) {
                if (*i + 1 >= argc)
                        return bw_error_set(reterr, -EINVAL, "--%s needs a value: %s", option->name, option->arg);
                value = argv[++*i];
        }
        if (check_value(option, value, reterr) < 0)
                return -EINVAL;
        *ret_arg = (struct bw_arg){.option = option, .value = value};
        return 0;
}

static int check_count(const struct bw_verb *verb, size_t n, struct bw_error *reterr)
{
        if (n < verb->min_args)
                return bw_error_set(reterr, -EINVAL, "missing argument: bulwark %s %s", verb->name, verb->args);
        if (n > verb->max_args && verb->max_args == 0)
                return bw_error_set(reterr, -EINVAL, "takes no arguments");
        if (n > verb->max_args)
                return bw_error_set(reterr, -EINVAL, "too many arguments: bulwark %s %s", verb->name, verb->args);
        return 0;
}

int bw_args_parse(const struct bw_verb *verb, size_t argc, char *const *argv, struct bw_args *ret_args,
                  struct bw_error *reterr)
{
        bw_auto_done(bw_args_done) struct bw_args args = {0};
        bool only_positional = false;
        bool wants_help;
        int r;

        args.options = bw_malloc((argc + 1) * sizeof(args.options[0]));
        args.positional = bw_malloc((argc + 1) * sizeof(args.positional[0]));
        if (!args.options || !args.positional)
                return bw_error_nomem(reterr);
        for (size_t i = 0; i < argc; i++) {
                if (!only_positional && strcmp(argv[i], "--") == 0) {
                        only_positional = true;
                } else if (only_positional || argv[i][0] != '-' || argv[i][1] == '\0') {
                        args.positional[args.n_positional++] = argv[i];
                } else {
                        r = take_option(verb, argc, argv, &i, &args.options[args.n_options], reterr);
                        if (r < 0)
                                return r;
                        args.n_options++;
                }
        }
        wants_help = bw_args_has(&args, BW_OPT_HELP);
        r = wants_help ? 0 : check_count(verb, args.n_positional, reterr);
        if (r < 0)
                return r;
        *ret_args = args;
        args = (struct bw_args){0};
        return 0;
}

void bw_args_done(struct bw_args *args)
{
        bw_free(args->options);
        bw_free(args->positional);
        *args = (struct bw_args){0};
}

bool bw_args_has(const struct bw_args *args, enum bw_option_id id)
{
        for (size_t i = 0; i < args->n_options; i++)
                if (args->options[i].option->id == id)
                        return true;
        return false;
}

const char *bw_args_value(const struct bw_args *args, enum bw_option_id id, const char *fallback)
{
        for (size_t i = args->n_options; i > 0; i--)
                if (args->options[i - 1].option->id == id)
                        return args->options[i - 1].value ? args->options[i - 1].value : fallback;
        return fallback;
}

const char *bw_args_next(const struct bw_args *args, enum bw_option_id id, size_t *at)
{
        while (*at < args->n_options) {
                const struct bw_arg *arg = &args->options[(*at)++];

                if (arg->option->id == id && arg->value)
                        return arg->value;
        }
        return NULL;
}
