/* SPDX-License-Identifier: Apache-2.0 */
/* Completion scripts for shells, made from the verb table. */
#include "cli/cli.h"
#include "report/report.h"

#define RULE_IDS "$(bulwark rules list -o name 2>/dev/null)"

static bool is_group_member(const struct bw_verb *verb)
{
        return strchr(verb->name, ' ') != NULL;
}

/* Each first word of the table once. */
static bool next_first_word(size_t *i, struct bw_str *ret_word)
{
        for (; bw_verbs[*i]; (*i)++) {
                struct bw_str rest = bw_str(bw_verbs[*i]->name);
                struct bw_str before = *i ? bw_str(bw_verbs[*i - 1]->name) : BW_STR("");
                struct bw_str first_before = {0};

                (void)bw_str_split(&rest, ' ', ret_word);
                (void)bw_str_split(&before, ' ', &first_before);
                if (!bw_str_eq(*ret_word, first_before)) {
                        (*i)++;
                        return true;
                }
        }
        return false;
}

static void put_first_words(struct bw_buf *out)
{
        struct bw_str word;

        for (size_t i = 0; next_first_word(&i, &word);) {
                bw_buf_str(out, word);
                bw_buf_char(out, ' ');
        }
}

static void put_group_words(struct bw_buf *out, struct bw_str group)
{
        for (size_t i = 0; bw_verbs[i]; i++) {
                struct bw_str rest = bw_str(bw_verbs[i]->name);
                struct bw_str first;

                if (bw_str_split(&rest, ' ', &first) && rest.n && bw_str_eq(first, group)) {
                        bw_buf_str(out, rest);
                        bw_buf_char(out, ' ');
                }
        }
}

static void put_reporters(struct bw_buf *out)
{
        for (size_t i = 0; bw_reporters[i]; i++)
                bw_buf_printf(out, "%s ", bw_reporters[i]->name);
}

/* The words that bash shall offer, as an assignment. */
static void put_bash_reply(struct bw_buf *out, enum bw_complete complete, const char *words)
{
        switch (complete) {
        case BW_COMPLETE_WORDS:
                bw_buf_printf(out, "COMPREPLY=($(compgen -W \"%s\" -- \"$cur\"))", words);
                break;
        case BW_COMPLETE_RULE:
                bw_buf_puts(out, "COMPREPLY=($(compgen -W \"" RULE_IDS "\" -- \"$cur\"))");
                break;
        case BW_COMPLETE_REPORTER:
                bw_buf_puts(out, "COMPREPLY=($(compgen -W \"");
                put_reporters(out);
                bw_buf_puts(out, "\" -- \"$cur\"))");
                break;
        case BW_COMPLETE_VERB:
                bw_buf_puts(out, "COMPREPLY=($(compgen -W \"$verbs\" -- \"$cur\"))");
                break;
        case BW_COMPLETE_FILE:
                bw_buf_puts(out, "COMPREPLY=($(compgen -f -- \"$cur\"))");
                break;
        case BW_COMPLETE_DIR:
                bw_buf_puts(out, "COMPREPLY=($(compgen -d -- \"$cur\"))");
                break;
        default:
                bw_buf_puts(out, ":");
        }
}

static void bash_verb(struct bw_buf *out, const struct bw_verb *verb)
{
        bw_buf_printf(out, "        \"%s\")\n            case \"$prev\" in\n", verb->name);
        for (const struct bw_option *o = verb->options; o->name; o++) {
                if (!o->arg || o->value_optional)
                        continue;
                bw_buf_printf(out, "                --%s", o->name);
                if (o->letter)
                        bw_buf_printf(out, "|-%c", o->letter);
                bw_buf_puts(out, ") ");
                put_bash_reply(out, o->complete, o->words);
                bw_buf_puts(out, "; return ;;\n");
        }
        bw_buf_puts(out,
                    "            esac\n            case \"$cur\" in\n                -*) COMPREPLY=($(compgen -W \"");
        for (const struct bw_option *o = verb->options; o->name; o++)
                bw_buf_printf(out, "--%s ", o->name);
        bw_buf_puts(out, "\" -- \"$cur\")) ;;\n                *) ");
        put_bash_reply(out, verb->complete, verb->words);
        bw_buf_puts(out, " ;;\n            esac ;;\n");
}

static void complete_bash(struct bw_buf *out)
{
        struct bw_str word;

        bw_buf_puts(
                out,
                "# bash completion for bulwark: source <(bulwark completion bash)\n"
                "_bulwark() {\n"
                "    local cur=\"${COMP_WORDS[COMP_CWORD]}\" prev=\"${COMP_WORDS[COMP_CWORD-1]}\" verb=\"\" i word\n"
                "    local verbs=\"");
        put_first_words(out);
        /* bash takes --flag=value for three words. */
        bw_buf_puts(out,
                    "\"\n    [[ $prev == = ]] && prev=\"${COMP_WORDS[COMP_CWORD-2]}\"\n    [[ $cur == = ]] && cur=\"\"\n"
                    "    COMPREPLY=()\n    for ((i = 1; i < COMP_CWORD; i++)); do\n"
                    "        word=\"${COMP_WORDS[i]}\"\n        case \"$verb:$word\" in\n            *:-*) break ;;\n");
        for (size_t i = 0; next_first_word(&i, &word);) {
                if (!bw_group_summary(word))
                        continue;
                bw_buf_printf(out, "            :%.*s) verb=\"%.*s\" ;;\n            %.*s:*) verb=\"%.*s $word\" ;;\n",
                              BW_STR_ARG(word), BW_STR_ARG(word), BW_STR_ARG(word), BW_STR_ARG(word));
        }
        bw_buf_puts(out, "            :*) verb=\"$word\" ;;\n        esac\n    done\n    case \"$verb\" in\n"
                         "        \"\") COMPREPLY=($(compgen -W \"$verbs\" -- \"$cur\")) ;;\n");
        for (size_t i = 0; next_first_word(&i, &word);) {
                if (!bw_group_summary(word))
                        continue;
                bw_buf_printf(out, "        \"%.*s\") COMPREPLY=($(compgen -W \"", BW_STR_ARG(word));
                put_group_words(out, word);
                bw_buf_puts(out, "\" -- \"$cur\")) ;;\n");
        }
        for (size_t i = 0; bw_verbs[i]; i++)
                bash_verb(out, bw_verbs[i]);
        bw_buf_puts(out, "    esac\n}\ncomplete -o filenames -o bashdefault -F _bulwark bulwark\n");
}

/* Text inside '…' of zsh and fish; also in zsh's [description], where brackets and colons mean something. */
static void put_single_quoted(struct bw_buf *out, const char *text, bool zsh)
{
        for (const char *p = text; *p; p++) {
                if (*p == '\'')
                        bw_buf_puts(out, zsh ? "'\\'" : "\\");
                else if (zsh && (*p == '[' || *p == ']' || *p == ':'))
                        bw_buf_char(out, '\\');
                bw_buf_char(out, *p);
        }
}

static void put_zsh_action(struct bw_buf *out, enum bw_complete complete, const char *words)
{
        switch (complete) {
        case BW_COMPLETE_WORDS:
                bw_buf_printf(out, "(%s)", words);
                break;
        case BW_COMPLETE_RULE:
                bw_buf_puts(out, "{compadd -- ${(f)\"" RULE_IDS "\"}}");
                break;
        case BW_COMPLETE_REPORTER:
                bw_buf_char(out, '(');
                put_reporters(out);
                bw_buf_char(out, ')');
                break;
        case BW_COMPLETE_VERB:
                bw_buf_char(out, '(');
                put_first_words(out);
                bw_buf_char(out, ')');
                break;
        case BW_COMPLETE_FILE:
                bw_buf_puts(out, "_files");
                break;
        case BW_COMPLETE_DIR:
                bw_buf_puts(out, "_files -/");
                break;
        default:
                bw_buf_char(out, ' ');
        }
}

static void zsh_option(struct bw_buf *out, const struct bw_option *o, bool letter)
{
        bw_buf_puts(out, " \\\n                '*");
        if (letter)
                bw_buf_printf(out, "-%c%s[", o->letter, o->arg ? "+" : "");
        else
                bw_buf_printf(out, "--%s%s[", o->name, !o->arg ? "" : o->value_optional ? "=-" : "=");
        put_single_quoted(out, o->help, true);
        bw_buf_char(out, ']');
        if (o->arg) {
                bw_buf_printf(out, "%s%s:", o->value_optional ? "::" : ":", o->arg);
                put_zsh_action(out, o->complete, o->words);
        }
        bw_buf_char(out, '\'');
}

static void complete_zsh(struct bw_buf *out)
{
        struct bw_str word;

        bw_buf_puts(out,
                    "#compdef bulwark\n"
                    "# zsh completion for bulwark: source <(bulwark completion zsh), or save as _bulwark in $fpath\n"
                    "_bulwark() {\n    local verb=\"$words[2]\"\n"
                    "    if (( CURRENT == 2 )); then\n        compadd -- ");
        put_first_words(out);
        bw_buf_puts(out, "\n        return\n    fi\n");
        for (size_t i = 0; next_first_word(&i, &word);) {
                if (!bw_group_summary(word))
                        continue;
                bw_buf_printf(out,
                              "    if [[ \"$verb\" == %.*s ]]; then\n        if (( CURRENT == 3 )); then\n            "
                              "compadd -- ",
                              BW_STR_ARG(word));
                put_group_words(out, word);
                bw_buf_puts(out, "\n            return\n        fi\n        verb=\"$verb $words[3]\"\n"
                                 "        shift words; (( CURRENT-- ))\n    fi\n");
        }
        bw_buf_puts(out, "    shift words; (( CURRENT-- ))\n    case \"$verb\" in\n");
        for (size_t i = 0; bw_verbs[i]; i++) {
                bw_buf_printf(out, "        \"%s\") _arguments", bw_verbs[i]->name);
                for (const struct bw_option *o = bw_verbs[i]->options; o->name; o++) {
                        zsh_option(out, o, false);
                        if (o->letter)
                                zsh_option(out, o, true);
                }
                bw_buf_puts(out, " \\\n                '*: :");
                put_zsh_action(out, bw_verbs[i]->complete, bw_verbs[i]->words);
                bw_buf_puts(out, "' ;;\n");
        }
        bw_buf_puts(out, "    esac\n}\nif [[ \"$funcstack[1]\" == _bulwark ]]; then _bulwark \"$@\"; else compdef "
                         "_bulwark bulwark; fi\n");
}

static void put_fish_values(struct bw_buf *out, enum bw_complete complete, const char *words)
{
        switch (complete) {
        case BW_COMPLETE_WORDS:
                bw_buf_printf(out, " -f -a '%s'", words);
                break;
        case BW_COMPLETE_RULE:
                bw_buf_puts(out, " -f -a '(bulwark rules list -o name 2>/dev/null)'");
                break;
        case BW_COMPLETE_REPORTER:
                bw_buf_puts(out, " -f -a '");
                put_reporters(out);
                bw_buf_char(out, '\'');
                break;
        case BW_COMPLETE_VERB:
                bw_buf_puts(out, " -f -a '");
                put_first_words(out);
                bw_buf_char(out, '\'');
                break;
        case BW_COMPLETE_FILE:
                bw_buf_puts(out, " -F");
                break;
        case BW_COMPLETE_DIR:
                bw_buf_puts(out, " -f -a '(__fish_complete_directories)'");
                break;
        default:
                bw_buf_puts(out, " -f");
        }
}

/* The condition "this verb is on the line", word by word. */
static void put_fish_condition(struct bw_buf *out, const char *name)
{
        struct bw_str word;
        bool first = true;

        bw_buf_puts(out, "complete -c bulwark -n '");
        while (bw_words_next(&name, &word)) {
                bw_buf_printf(out, "%s__fish_seen_subcommand_from %.*s", first ? "" : "; and ", BW_STR_ARG(word));
                first = false;
        }
        bw_buf_char(out, '\'');
}

static void complete_fish(struct bw_buf *out)
{
        struct bw_str word;

        bw_buf_puts(out, "# fish completion for bulwark: bulwark completion fish | source\n");
        for (size_t i = 0; next_first_word(&i, &word);) {
                const char *summary = bw_group_summary(word);

                bw_buf_printf(out, "complete -c bulwark -n '__fish_use_subcommand' -f -a '%.*s' -d '",
                              BW_STR_ARG(word));
                put_single_quoted(out, summary ? summary : bw_verbs[i - 1]->summary, false);
                bw_buf_puts(out, "'\n");
        }
        for (size_t i = 0; bw_verbs[i]; i++) {
                const struct bw_verb *verb = bw_verbs[i];

                if (is_group_member(verb)) {
                        const char *space = strchr(verb->name, ' ');

                        bw_buf_printf(out, "complete -c bulwark -n '__fish_seen_subcommand_from %.*s' -f -a '%s' -d '",
                                      (int)(space - verb->name), verb->name, space + 1);
                        put_single_quoted(out, verb->summary, false);
                        bw_buf_puts(out, "'\n");
                }
                for (const struct bw_option *o = verb->options; o->name; o++) {
                        put_fish_condition(out, verb->name);
                        bw_buf_printf(out, " -l %s", o->name);
                        if (o->letter)
                                bw_buf_printf(out, " -s %c", o->letter);
                        if (o->arg) {
                                bw_buf_puts(out, o->value_optional ? "" : " -r");
                                put_fish_values(out, o->complete, o->words);
                        }
                        bw_buf_puts(out, " -d '");
                        put_single_quoted(out, o->help, false);
                        bw_buf_puts(out, "'\n");
                }
                put_fish_condition(out, verb->name);
                put_fish_values(out, verb->complete, verb->words);
                bw_buf_char(out, '\n');
        }
}

static const struct {
        const char *shell;
        void (*write)(struct bw_buf *out);
} shells[] = {
        {"bash", complete_bash},
        {"zsh", complete_zsh},
        {"fish", complete_fish},
};

bool bw_completion(struct bw_buf *out, struct bw_str shell)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(shells); i++) {
                if (bw_str_is(shell, shells[i].shell)) {
                        shells[i].write(out);
                        return true;
                }
        }
        return false;
}
