/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The SSH server: what its configuration says for every connection, and what each Match block changes; its host keys; the
 * keys that let people in. The running server's own -f, -o and -p go before the usual file.
 * Source: sshd(8), sshd_config(5).
 */
#include "base/arena.h"
#include "base/limits.h"
#include "format/ssh_key.h"
#include "format/sshd_config.h"
#include "node/section.h"
#include "node/survey.h"

#define DEFAULT_FILE "/etc/ssh/sshd_config"

struct ssh {
        struct bw_node *node;
        struct bw_facts *facts;
        struct bw_fields out;
        const struct bw_survey *survey;
        const struct bw_survey_process *server; /* the listener; NULL */
        struct bw_str file;
        struct bw_str *options;                 /* of -o and -p */
        size_t n_options, options_cap;
        struct bw_sshd_config config;
        struct bw_section_file refused;         /* a file taken in that could not be read */
        struct bw_error *reterr;
};

/* ---- the server's command line */

static int add_option(struct ssh *ssh, struct bw_str text)
{
        if (bw_arena_grow(ssh->node->arena, &ssh->options, &ssh->options_cap, ssh->n_options, sizeof(text)) < 0)
                return bw_arena_error(ssh->node->arena, ssh->reterr);
        ssh->options[ssh->n_options++] = text;
        return 0;
}

static int take_flag(struct ssh *ssh, char flag, struct bw_str value)
{
        struct bw_str text = value;

        if (flag == 'f')
                ssh->file = value;
        if (flag == 'p') {
                text = bw_arena_printf(ssh->node->arena, "Port %.*s", BW_STR_ARG(value));
                if (!text.p)
                        return bw_arena_error(ssh->node->arena, ssh->reterr);
        }
        return flag == 'o' || flag == 'p' ? add_option(ssh, text) : 0;
}

/* One word of the command line; *flag is the one whose value is still to come, or 0. */
static int take_word(struct ssh *ssh, struct bw_str word, char *flag)
{
        static const char with_value[] = "CEbcfghkopuV";
        char which = *flag;

        *flag = 0;
        if (which)
                return take_flag(ssh, which, word);
        if (word.n < 2 || word.p[0] != '-')
                return 0;
        for (size_t i = 1; i < word.n; i++) {
                if (!strchr(with_value, word.p[i]))
                        continue;
                if (i + 1 < word.n)
                        return take_flag(ssh, word.p[i], bw_str_rest(word, i + 1));
                *flag = word.p[i];
        }
        return 0;
}

/* "sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups" in one argument, where the server has renamed itself. */
static int take_args(struct ssh *ssh, const struct bw_survey_process *process)
{
        char flag = 0;
        int r = 0;

        for (size_t i = 0; r == 0 && i < process->n_args; i++) {
                struct bw_str rest = process->args[i];
                struct bw_str word;

                if (i || !bw_str_starts(rest, BW_STR("sshd: "))) {
                        r = i ? take_word(ssh, rest, &flag) : 0;
                        continue;
                }
                while (r == 0 && bw_str_split(&rest, ' ', &word) && !bw_str_starts(word, BW_STR("[listener]")))
                        r = take_word(ssh, word, &flag);
        }
        return r;
}

/* Sessions are processes of the same program: "sshd: alice [priv]". */
static bool is_server(const struct bw_survey_process *process)
{
        struct bw_str title = process->n_args ? process->args[0] : (struct bw_str){0};

        if (!bw_str_is(process->program, "sshd"))
                return false;
        return !bw_str_starts(title, BW_STR("sshd: ")) || bw_str_find(title, BW_STR("[listener]")) != SIZE_MAX;
}

/* ---- files */

static int include(void *userdata, struct bw_str pattern, const struct bw_sshd_file **ret, size_t *ret_n,
                   struct bw_error *reterr)
{
        struct ssh *ssh = userdata;
        struct bw_str path = bw_arena_printf(ssh->node->arena, "%s%.*s", pattern.n && pattern.p[0] == '/' ? "" : "/etc/ssh/",
                                             BW_STR_ARG(pattern));
        struct bw_section_file *files = NULL;
        struct bw_sshd_file *made;
        struct bw_str folder;
        size_t slash = path.n;
        int r;

        while (slash && path.p[slash - 1] != '/')
                slash--;
        folder = bw_arena_str(ssh->node->arena, bw_str_n(path.p, slash > 1 ? slash - 1 : slash));
        if (!path.p || !folder.p)
                return bw_arena_error(ssh->node->arena, reterr);
        r = bw_section_read_dir(ssh->node, folder.p, path.p + slash, &files, ret_n, &ssh->refused, reterr);
        made = r < 0 ? NULL : bw_arena_array(ssh->node->arena, *ret_n + 1, sizeof(made[0]));
        if (!made)
                return r < 0 ? r : bw_arena_error(ssh->node->arena, reterr);
        for (size_t i = 0; i < *ret_n; i++)
                made[i] = (struct bw_sshd_file){.path = files[i].path, .text = files[i].text};
        *ret = made;
        return 0;
}

/* ---- settings */

static struct bw_value list_of(struct ssh *ssh, const struct bw_str *words, size_t n)
{
        struct bw_items items = bw_items(ssh->facts);

        for (size_t i = 0; i < n; i++)
                bw_items_text(&items, words[i]);
        return bw_items_end(&items);
}

/* a,b,c as a list; what takes algorithms away from the default lists none. */
static struct bw_value algorithms(struct ssh *ssh, struct bw_str text)
{
        struct bw_items items = bw_items(ssh->facts);
        struct bw_str one;

        if (text.n && text.p[0] == '-')
                text = (struct bw_str){0};
        if (text.n && (text.p[0] == '+' || text.p[0] == '^'))
                text = bw_str_rest(text, 1);
        while (text.p && bw_str_split(&text, ',', &one))
                if (one.n)
                        bw_items_text(&items, one);
        return bw_items_end(&items);
}

static struct bw_str lower(struct ssh *ssh, struct bw_str text)
{
        struct bw_str copy = bw_arena_str(ssh->node->arena, text);
        char *p = (char *)(uintptr_t)copy.p;

        for (size_t i = 0; i < copy.n; i++)
                if (p[i] >= 'A' && p[i] <= 'Z')
                        p[i] = (char)(p[i] + 32);
        return copy;
}

/* Values that sshd knows are compared in any case; "without-password" is the old word for prohibit-password. */
static struct bw_value text_value(struct ssh *ssh, const struct bw_sshd_keyword *keyword, struct bw_str text)
{
        struct bw_str low = lower(ssh, text);

        if (bw_str_is(low, "without-password"))
                return bw_facts_text(ssh->facts, BW_STR("prohibit-password"));
        if (strcmp(keyword->name, "LogLevel") == 0 || strcmp(keyword->name, "SyslogFacility") == 0) {
                char *p = (char *)(uintptr_t)low.p;

                for (size_t i = 0; i < low.n; i++)
                        if (p[i] >= 'a' && p[i] <= 'z')
                                p[i] = (char)(p[i] - 32);
                return bw_facts_text(ssh->facts, low);
        }
        return bw_facts_text(ssh->facts, text.n && text.p[0] == '/' ? text : low);
}

static struct bw_value typed(struct ssh *ssh, const struct bw_sshd_keyword *keyword, const struct bw_str *words, size_t n)
{
        int64_t number;

        switch (keyword->type) {
        case BW_SSHD_FLAG:
                return bw_value_bool(bw_str_is(lower(ssh, words[0]), "yes"));
        case BW_SSHD_INT:
                if (bw_str_to_i64(words[0], &number) == 0)
                        return bw_value_int(number);
                return bw_facts_text(ssh->facts, words[0]);
        case BW_SSHD_TIME:
                if (bw_sshd_time(words[0], &number))
                        return bw_value_int(number);
                return bw_facts_text(ssh->facts, words[0]);
        case BW_SSHD_TEXT:
                return text_value(ssh, keyword, words[0]);
        case BW_SSHD_ALGORITHMS:
                return algorithms(ssh, words[0]);
        case BW_SSHD_LIST:
        case BW_SSHD_WORDS:
                break;
        }
        return list_of(ssh, words, n);
}

static struct bw_evidence evidence_of(struct ssh *ssh, const struct bw_sshd_setting *setting)
{
        struct bw_evidence evidence = bw_section_evidence(setting->file.n ? "file" : "flag", setting->file, setting->line);

        evidence.text = bw_arena_printf(ssh->node->arena, "%s %.*s%s", setting->keyword->name, BW_STR_ARG(setting->words[0]),
                                        setting->n_words > 1 ? " …" : "");
        return evidence;
}

/* Words of all the lines that add up to one list. */
static struct bw_value gathered(struct ssh *ssh, const struct bw_sshd_setting *first)
{
        struct bw_items items = bw_items(ssh->facts);

        for (size_t i = 0; i < ssh->config.n_settings; i++) {
                const struct bw_sshd_setting *s = &ssh->config.settings[i];

                if (s->keyword == first->keyword && s->block == first->block)
                        for (size_t k = 0; k < s->n_words; k++)
                                bw_items_text(&items, s->words[k]);
        }
        return bw_items_end(&items);
}

static void put_default(struct ssh *ssh, struct bw_fields *fields, const struct bw_sshd_keyword *keyword)
{
        struct bw_str rest = bw_str(keyword->default_value);
        struct bw_str words[4];
        size_t n = 0;
        struct bw_evidence evidence = {.type = "default", .text = BW_STR("default of OpenSSH")};

        if (!rest.p)
                return;
        while (n < BW_ARRAY_SIZE(words) && bw_str_split(&rest, ' ', &words[n]))
                n++;
        bw_fields_value(fields, keyword->name, typed(ssh, keyword, words, n));
        bw_facts_evidence(ssh->facts, &evidence, "ssh.settings.%s", keyword->name);
}

static void put_settings(struct ssh *ssh)
{
        struct bw_fields fields = bw_fields(ssh->facts);

        for (size_t i = 0; i < bw_n_sshd_keywords; i++) {
                const struct bw_sshd_keyword *keyword = &bw_sshd_keywords[i];
                const struct bw_sshd_setting *setting = bw_sshd_effective(&ssh->config, keyword);
                struct bw_evidence evidence;

                if (!setting) {
                        put_default(ssh, &fields, keyword);
                        continue;
                }
                bw_fields_value(&fields, keyword->name,
                                keyword->type == BW_SSHD_LIST ? gathered(ssh, setting)
                                                              : typed(ssh, keyword, setting->words, setting->n_words));
                evidence = evidence_of(ssh, setting);
                bw_facts_evidence(ssh->facts, &evidence, "ssh.settings.%s", keyword->name);
        }
        bw_fields_value(&ssh->out, "settings", bw_fields_end(&fields));
}

static struct bw_value block_settings(struct ssh *ssh, uint32_t block, uint32_t number)
{
        struct bw_fields fields = bw_fields(ssh->facts);

        for (size_t i = 0; i < bw_n_sshd_keywords; i++) {
                const struct bw_sshd_setting *setting = bw_sshd_in_block(&ssh->config, &bw_sshd_keywords[i], block);
                struct bw_evidence evidence;

                if (!setting)
                        continue;
                bw_fields_value(&fields, setting->keyword->name, typed(ssh, setting->keyword, setting->words, setting->n_words));
                evidence = evidence_of(ssh, setting);
                bw_facts_evidence(ssh->facts, &evidence, "ssh.matches[%" PRIu32 "].settings.%s", number,
                                  setting->keyword->name);
        }
        return bw_fields_end(&fields);
}

static void put_matches(struct ssh *ssh)
{
        struct bw_items items = bw_items(ssh->facts);
        uint32_t number = 0;

        for (uint32_t i = 0; i < ssh->config.n_blocks; i++) {
                const struct bw_sshd_block *block = &ssh->config.blocks[i];
                struct bw_fields fields = bw_fields(ssh->facts);
                struct bw_evidence evidence = bw_section_evidence("file", block->file, block->line);

                if (block->all)
                        continue; /* its settings are everybody's */
                bw_fields_text(&fields, "criteria", block->criteria);
                bw_fields_value(&fields, "settings", block_settings(ssh, i + 1, number));
                bw_items_value(&items, bw_fields_end(&fields));
                evidence.text = bw_arena_printf(ssh->node->arena, "Match %.*s", BW_STR_ARG(block->criteria));
                bw_facts_evidence(ssh->facts, &evidence, "ssh.matches[%" PRIu32 "]", number++);
        }
        bw_fields_value(&ssh->out, "matches", bw_items_end(&items));
}

static void put_problems(struct ssh *ssh)
{
        struct bw_items items = bw_items(ssh->facts);

        for (uint32_t i = 0; i < ssh->config.n_problems; i++) {
                const struct bw_sshd_problem *problem = &ssh->config.problems[i];
                struct bw_evidence evidence = bw_section_evidence("file", problem->file, problem->line);

                bw_items_text(&items, problem->text);
                bw_facts_evidence(ssh->facts, &evidence, "ssh.problems[%" PRIu32 "]", i);
        }
        bw_fields_value(&ssh->out, "problems", bw_items_end(&items));
}

/* ---- keys */

static struct bw_value key_value(struct ssh *ssh, const struct bw_ssh_key *key)
{
        struct bw_fields fields = bw_fields(ssh->facts);

        bw_fields_text(&fields, "type", key->type);
        bw_fields_int(&fields, "bits", key->bits);
        bw_fields_bool(&fields, "restricted", key->restricts || key->restricts_command || key->restricts_origin);
        bw_fields_bool(&fields, "authority", key->is_authority);
        return bw_fields_end(&fields);
}

static int put_host_key(struct ssh *ssh, struct bw_items *items, struct bw_str path)
{
        struct bw_str public_path = bw_arena_printf(ssh->node->arena, "%.*s.pub", BW_STR_ARG(path));
        struct bw_section_file file;
        struct bw_fields fields = bw_fields(ssh->facts);
        struct bw_host_stat stat;
        struct bw_ssh_key key;
        int r;

        if (!public_path.p)
                return bw_arena_error(ssh->node->arena, ssh->reterr);
        if (bw_host_stat(ssh->node->host, path.p, 0, &stat, NULL) < 0)
                return 0;
        r = bw_section_read(ssh->node, public_path.p, &file, ssh->reterr);
        if (r < 0)
                return r;
        bw_fields_text(&fields, "path", path);
        bw_fields_int(&fields, "mode", stat.mode);
        bw_fields_int(&fields, "uid", stat.uid);
        bw_fields_int(&fields, "gid", stat.gid);
        if (file.seen == BW_SEEN_READ && bw_ssh_key_read(ssh->node->arena, bw_str_trim(file.text), &key, NULL) == 0)
                bw_fields_value(&fields, "key", key_value(ssh, &key));
        bw_facts_evidence(ssh->facts, &(struct bw_evidence){.type = "file", .file = path}, "ssh.hostKeys[%" PRIu32 "]", items->n);
        bw_items_value(items, bw_fields_end(&fields));
        return 0;
}

static int put_host_keys(struct ssh *ssh)
{
        static const char *const usual[] = {"/etc/ssh/ssh_host_rsa_key", "/etc/ssh/ssh_host_ecdsa_key",
                                            "/etc/ssh/ssh_host_ed25519_key"};
        const struct bw_sshd_keyword *keyword = bw_sshd_keyword_find(BW_STR("HostKey"));
        struct bw_items items = bw_items(ssh->facts);
        bool named = false;
        int r = 0;

        for (size_t i = 0; r == 0 && i < ssh->config.n_settings; i++)
                if (ssh->config.settings[i].keyword == keyword) {
                        struct bw_str path = bw_arena_str(ssh->node->arena, ssh->config.settings[i].words[0]);

                        named = true;
                        r = path.p ? put_host_key(ssh, &items, path) : bw_arena_error(ssh->node->arena, ssh->reterr);
                }
        for (size_t i = 0; r == 0 && !named && i < BW_ARRAY_SIZE(usual); i++)
                r = put_host_key(ssh, &items, bw_str(usual[i]));
        bw_fields_value(&ssh->out, "hostKeys", bw_items_end(&items));
        return r;
}

/* A person of /etc/passwd. */
struct person {
        struct bw_str name, home;
        uint32_t uid;
};

static int put_authorized(struct ssh *ssh, struct bw_items *items, const struct person *person,
                          const struct bw_section_file *file)
{
        struct bw_str rest = file->text;
        struct bw_str line;
        uint32_t number = 0;
        size_t n = 0;

        while (n < BW_LIMIT_AUTHORIZED_KEYS && bw_str_split(&rest, '\n', &line)) {
                struct bw_fields fields = bw_fields(ssh->facts);
                struct bw_evidence evidence = bw_section_evidence("file", file->path, ++number);
                struct bw_ssh_key key;
                int r;

                line = bw_str_trim(line);
                if (!line.n || line.p[0] == '#')
                        continue;
                r = bw_ssh_key_read(ssh->node->arena, line, &key, NULL);
                if (r == -ENOMEM)
                        return bw_error_nomem(ssh->reterr);
                if (r < 0)
                        continue; /* sshd passes over such a line as well */
                n++;
                bw_fields_text(&fields, "user", person->name);
                bw_fields_int(&fields, "uid", person->uid);
                bw_fields_value(&fields, "key", key_value(ssh, &key));
                bw_facts_evidence(ssh->facts, &evidence, "ssh.authorizedKeys[%" PRIu32 "]", items->n);
                bw_items_value(items, bw_fields_end(&fields));
        }
        return 0;
}

/* %h, %u and %% replaced; a path that does not begin with / is in the home directory. */
static struct bw_str keys_path(struct ssh *ssh, struct bw_str pattern, const struct person *person)
{
        struct bw_str path = pattern.n && pattern.p[0] == '/' ? (struct bw_str){0} : person->home;
        size_t from = 0;

        if (path.n)
                path = bw_arena_printf(ssh->node->arena, "%.*s/", BW_STR_ARG(path));
        for (size_t i = 0; i <= pattern.n; i++) {
                struct bw_str instead;

                if (i < pattern.n && pattern.p[i] != '%')
                        continue;
                instead = i + 1 >= pattern.n        ? (struct bw_str){0}
                          : pattern.p[i + 1] == 'h' ? person->home
                          : pattern.p[i + 1] == 'u' ? person->name
                                                    : BW_STR("%");
                path = bw_arena_printf(ssh->node->arena, "%.*s%.*s%.*s", BW_STR_ARG(path), (int)(i - from), pattern.p + from,
                                       BW_STR_ARG(instead));
                from = BW_MIN(i + 2, pattern.n);
                i++;
        }
        return path;
}

static bool read_person(struct bw_str line, struct person *person)
{
        struct bw_str cells[7] = {{0}};
        uint64_t uid;

        for (size_t i = 0; i < BW_ARRAY_SIZE(cells); i++)
                if (!bw_str_split(&line, ':', &cells[i]))
                        break;
        if (!cells[0].n || bw_str_to_u64(cells[2], &uid) < 0 || uid > UINT32_MAX || cells[5].n < 2 || cells[5].p[0] != '/')
                return false;
        if (bw_str_ends(cells[6], BW_STR("/nologin")) || bw_str_ends(cells[6], BW_STR("/false")))
                return false;
        *person = (struct person){.name = cells[0], .home = cells[5], .uid = (uint32_t)uid};
        return true;
}

static int put_keys_of(struct ssh *ssh, struct bw_items *items, const struct person *person, const struct bw_str *patterns,
                       size_t n)
{
        for (size_t i = 0; i < n; i++) {
                struct bw_str path = keys_path(ssh, patterns[i], person);
                struct bw_section_file file;
                int r;

                if (!path.p)
                        return bw_arena_error(ssh->node->arena, ssh->reterr);
                r = bw_section_read(ssh->node, path.p, &file, ssh->reterr);
                if (r == 0 && file.seen == BW_SEEN_UNREADABLE)
                        bw_section_unreadable(ssh->facts, "ssh.authorizedKeys", &file);
                if (r == 0 && file.seen == BW_SEEN_READ)
                        r = put_authorized(ssh, items, person, &file);
                if (r < 0)
                        return r;
        }
        return 0;
}

static int put_authorized_keys(struct ssh *ssh)
{
        static const struct bw_str usual[] = {{".ssh/authorized_keys", 20}, {".ssh/authorized_keys2", 21}};
        const struct bw_sshd_setting *setting =
                bw_sshd_effective(&ssh->config, bw_sshd_keyword_find(BW_STR("AuthorizedKeysFile")));
        struct bw_items items = bw_items(ssh->facts);
        struct bw_section_file passwd;
        struct bw_str line;
        struct person person;
        size_t left = BW_LIMIT_ACCOUNTS;
        int r = bw_section_read(ssh->node, "/etc/passwd", &passwd, ssh->reterr);

        while (r == 0 && left-- && bw_str_split(&passwd.text, '\n', &line))
                if (read_person(line, &person))
                        r = put_keys_of(ssh, &items, &person, setting ? setting->words : usual,
                                        setting ? setting->n_words : BW_ARRAY_SIZE(usual));
        bw_fields_value(&ssh->out, "authorizedKeys", bw_items_end(&items));
        return r;
}

/* ---- the section */

static int find_server(struct ssh *ssh)
{
        int r = bw_survey_take(ssh->node, &ssh->survey, ssh->reterr);

        ssh->file = BW_STR(DEFAULT_FILE);
        for (size_t i = 0; r == 0 && !ssh->server && i < ssh->survey->n_daemons; i++)
                if (is_server(ssh->survey->daemons[i]))
                        ssh->server = ssh->survey->daemons[i];
        return r == 0 && ssh->server ? take_args(ssh, ssh->server) : r;
}

static bool is_installed(struct ssh *ssh)
{
        static const char *const programs[] = {"/usr/sbin/sshd", "/usr/bin/sshd", "/usr/lib/openssh/sshd"};

        if (ssh->server)
                return true;
        for (size_t i = 0; i < BW_ARRAY_SIZE(programs); i++)
                if (bw_host_exists(ssh->node->host, programs[i]))
                        return true;
        return false;
}

static int read_config(struct ssh *ssh, struct bw_section_file *file)
{
        struct bw_str path = bw_arena_str(ssh->node->arena, ssh->file);
        struct bw_sshd_file main_file;
        int r;

        if (!path.p)
                return bw_arena_error(ssh->node->arena, ssh->reterr);
        r = bw_section_read(ssh->node, path.p, file, ssh->reterr);
        /* Some distributions keep what their package brings apart from what is changed. */
        if (r == 0 && file->seen == BW_SEEN_ABSENT && bw_str_is(path, DEFAULT_FILE))
                r = bw_section_read(ssh->node, "/usr/share/ssh/sshd_config", file, ssh->reterr);
        if (r < 0 || file->seen == BW_SEEN_UNREADABLE)
                return r;
        main_file = (struct bw_sshd_file){.path = file->path, .text = file->text};
        return bw_sshd_config_read(ssh->node->arena, ssh->options, ssh->n_options, &main_file, include, ssh, &ssh->config,
                                   ssh->reterr);
}

/* Without the whole configuration nothing of it is known for certain, nor which files let people in. */
static void put_unreadable(struct ssh *ssh, const struct bw_section_file *file)
{
        static const char *const paths[] = {"ssh.settings", "ssh.matches", "ssh.problems", "ssh.hostKeys", "ssh.authorizedKeys"};

        for (size_t i = 0; i < BW_ARRAY_SIZE(paths); i++)
                bw_section_unreadable(ssh->facts, paths[i], file);
}

static int put_config(struct ssh *ssh)
{
        struct bw_section_file file;
        int r = read_config(ssh, &file);

        if (r < 0)
                return r;
        bw_fields_text(&ssh->out, "configFile", file.path);
        if (file.seen == BW_SEEN_UNREADABLE || ssh->refused.path.n) {
                put_unreadable(ssh, file.seen == BW_SEEN_UNREADABLE ? &file : &ssh->refused);
                return 0;
        }
        put_settings(ssh);
        put_matches(ssh);
        put_problems(ssh);
        r = put_host_keys(ssh);
        return r < 0 ? r : put_authorized_keys(ssh);
}

static int collect(struct bw_node *node, struct bw_facts *facts, struct bw_error *reterr)
{
        struct ssh ssh = {.node = node, .facts = facts, .out = bw_fields(facts), .reterr = reterr};
        struct bw_str socket;
        bool installed;
        int r = find_server(&ssh);

        if (r < 0)
                return r;
        installed = is_installed(&ssh);
        bw_fields_bool(&ssh.out, "installed", installed);
        if (ssh.survey->processes.known)
                bw_fields_bool(&ssh.out, "running", ssh.server != NULL);
        if (!installed)
                bw_facts_absent(facts, "ssh", "no SSH server is installed");
        else
                r = put_config(&ssh);
        if (r == 0)
                r = bw_section_unit_link(node, BW_STR("ssh.socket"), &socket, reterr);
        if (r < 0)
                return r;
        bw_fields_bool(&ssh.out, "socketActivated", socket.n > 0);
        bw_fields_value(&facts->fields, "ssh", bw_fields_end(&ssh.out));
        return 0;
}

const struct bw_host_section bw_section_ssh = {.name = "ssh", .collect = collect};
