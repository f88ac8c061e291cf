/* SPDX-License-Identifier: Apache-2.0 */
#include "format/sshd_config.h"

#include <strings.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"

/* Defaults: openssh-portable servconf.h; none of these changed since OpenSSH 7.6 (2017). */
const struct bw_sshd_keyword bw_sshd_keywords[] = {
        {"Port", BW_SSHD_LIST, "22", false},
        {"ListenAddress", BW_SSHD_LIST, NULL, false},
        {"AddressFamily", BW_SSHD_TEXT, "any", false},
        {"HostKey", BW_SSHD_LIST, NULL, false},
        {"PermitRootLogin", BW_SSHD_TEXT, "prohibit-password", true},
        {"PasswordAuthentication", BW_SSHD_FLAG, "yes", true},
        {"KbdInteractiveAuthentication", BW_SSHD_FLAG, "yes", true},
        {"PubkeyAuthentication", BW_SSHD_FLAG, "yes", true},
        {"HostbasedAuthentication", BW_SSHD_FLAG, "no", true},
        {"GSSAPIAuthentication", BW_SSHD_FLAG, "no", true},
        {"KerberosAuthentication", BW_SSHD_FLAG, "no", true},
        {"PermitEmptyPasswords", BW_SSHD_FLAG, "no", true},
        {"AuthenticationMethods", BW_SSHD_WORDS, "any", true},
        {"UsePAM", BW_SSHD_FLAG, "no", false},
        {"IgnoreRhosts", BW_SSHD_TEXT, "yes", true},
        {"StrictModes", BW_SSHD_FLAG, "yes", false},
        {"MaxAuthTries", BW_SSHD_INT, "6", true},
        {"MaxSessions", BW_SSHD_INT, "10", true},
        {"MaxStartups", BW_SSHD_TEXT, "10:30:100", false},
        {"LoginGraceTime", BW_SSHD_TIME, "120", false},
        {"ClientAliveInterval", BW_SSHD_TIME, "0", true},
        {"ClientAliveCountMax", BW_SSHD_INT, "3", true},
        {"X11Forwarding", BW_SSHD_FLAG, "no", true},
        {"AllowTcpForwarding", BW_SSHD_TEXT, "yes", true},
        {"AllowAgentForwarding", BW_SSHD_FLAG, "yes", true},
        {"AllowStreamLocalForwarding", BW_SSHD_TEXT, "yes", true},
        {"DisableForwarding", BW_SSHD_FLAG, "no", true},
        {"GatewayPorts", BW_SSHD_TEXT, "no", true},
        {"PermitTunnel", BW_SSHD_TEXT, "no", true},
        {"PermitUserEnvironment", BW_SSHD_TEXT, "no", false},
        {"PermitUserRC", BW_SSHD_FLAG, "yes", true},
        {"LogLevel", BW_SSHD_TEXT, "INFO", true},
        {"SyslogFacility", BW_SSHD_TEXT, "AUTH", false},
        {"Ciphers", BW_SSHD_ALGORITHMS, NULL, false},
        {"MACs", BW_SSHD_ALGORITHMS, NULL, false},
        {"KexAlgorithms", BW_SSHD_ALGORITHMS, NULL, false},
        {"HostKeyAlgorithms", BW_SSHD_ALGORITHMS, NULL, false},
        {"PubkeyAcceptedAlgorithms", BW_SSHD_ALGORITHMS, NULL, true},
        {"RequiredRSASize", BW_SSHD_INT, "1024", true},
        {"AuthorizedKeysFile", BW_SSHD_WORDS, ".ssh/authorized_keys .ssh/authorized_keys2", true},
        {"AuthorizedKeysCommand", BW_SSHD_TEXT, "none", true},
        {"TrustedUserCAKeys", BW_SSHD_TEXT, "none", true},
        {"AllowUsers", BW_SSHD_LIST, NULL, true},
        {"DenyUsers", BW_SSHD_LIST, NULL, true},
        {"AllowGroups", BW_SSHD_LIST, NULL, true},
        {"DenyGroups", BW_SSHD_LIST, NULL, true},
        {"Banner", BW_SSHD_TEXT, "none", true},
        {"ForceCommand", BW_SSHD_WORDS, NULL, true},
        {"ChrootDirectory", BW_SSHD_TEXT, "none", true},
        {"TCPKeepAlive", BW_SSHD_FLAG, "yes", false},
        {"UseDNS", BW_SSHD_FLAG, "no", false},
};
const size_t bw_n_sshd_keywords = BW_ARRAY_SIZE(bw_sshd_keywords);

static const struct {
        const char *old;
        const char *name;
} aliases[] = {
        {"HostDSAKey", "HostKey"},
        {"PubkeyAcceptedKeyTypes", "PubkeyAcceptedAlgorithms"},
        {"DSAAuthentication", "PubkeyAuthentication"},
        {"ChallengeResponseAuthentication", "KbdInteractiveAuthentication"},
        {"SKeyAuthentication", "KbdInteractiveAuthentication"},
        {"KeepAlive", "TCPKeepAlive"},
};

struct reader {
        struct bw_arena *arena;
        bw_sshd_include include;
        void *userdata;
        struct bw_sshd_setting *settings;
        size_t n_settings, settings_cap;
        struct bw_sshd_block *blocks;
        size_t n_blocks, blocks_cap;
        struct bw_sshd_problem *problems;
        size_t n_problems, problems_cap;
        /* of the line at hand */
        struct bw_str file;
        uint32_t line;
        struct bw_error *reterr;
};

static bool same_word(struct bw_str a, const char *b)
{
        return a.n == strlen(b) && strncasecmp(a.p, b, a.n) == 0;
}

const struct bw_sshd_keyword *bw_sshd_keyword_find(struct bw_str name)
{
        if (!name.n)
                return NULL;
        for (size_t i = 0; i < BW_ARRAY_SIZE(aliases); i++)
                if (same_word(name, aliases[i].old))
                        name = bw_str(aliases[i].name);
        for (size_t i = 0; i < bw_n_sshd_keywords; i++)
                if (same_word(name, bw_sshd_keywords[i].name))
                        return &bw_sshd_keywords[i];
        return NULL;
}

static BW_PRINTF(2, 3) int problem(struct reader *reader, const char *fmt, ...)
{
        char text[256];
        va_list ap;
        struct bw_str copy;

        if (reader->n_problems == BW_LIMIT_NOTICES)
                return 0;
        va_start(ap, fmt);
        (void)vsnprintf(text, sizeof(text), fmt, ap);
        va_end(ap);
        copy = bw_arena_str(reader->arena, bw_str(text));
        if (!copy.p ||
            bw_arena_grow(reader->arena, &reader->problems, &reader->problems_cap, reader->n_problems,
                          sizeof(reader->problems[0])) < 0)
                return bw_arena_error(reader->arena, reader->reterr);
        reader->problems[reader->n_problems++] =
                (struct bw_sshd_problem){.text = copy, .file = reader->file, .line = reader->line};
        return 0;
}

static bool is_blank(char c)
{
        return c == ' ' || c == '\t';
}

/*
 * The next word of *rest as argv_split() has it: '…', "…", backslash before quotes and itself; # ends the line. It is
 * written to *to, which moves on. ret->p is NULL at the end.
 */
static int next_word(struct reader *reader, struct bw_str *rest, char **to, struct bw_str *ret)
{
        char *word = *to;
        size_t n = 0;
        char quote = 0;
        size_t i = 0;

        while (i < rest->n && is_blank(rest->p[i]))
                i++;
        *rest = bw_str_rest(*rest, i);
        *ret = (struct bw_str){0};
        if (!rest->n || rest->p[0] == '#')
                return 0;
        for (i = 0; i < rest->n && (quote || !is_blank(rest->p[i])); i++) {
                char c = rest->p[i];
                char after = i + 1 < rest->n ? rest->p[i + 1] : 0;

                if (c == '\\' && (after == '\'' || after == '"' || after == '\\' || (!quote && after == ' ')))
                        word[n++] = rest->p[++i];
                else if (!quote && (c == '"' || c == '\''))
                        quote = c;
                else if (quote && c == quote)
                        quote = 0;
                else
                        word[n++] = c;
        }
        *rest = bw_str_rest(*rest, i);
        *ret = bw_str_n(word, n);
        *to = word + n;
        return quote ? problem(reader, "a quote is not closed") : 0;
}

static int all_words(struct reader *reader, struct bw_str rest, const struct bw_str **ret, size_t *ret_n)
{
        char *to = bw_arena_alloc(reader->arena, rest.n + 1);
        struct bw_str *words = NULL;
        size_t n = 0, cap = 0;
        struct bw_str word;
        int r;

        if (!to)
                return bw_arena_error(reader->arena, reader->reterr);
        while ((r = next_word(reader, &rest, &to, &word)) == 0 && word.p) {
                if (bw_arena_grow(reader->arena, &words, &cap, n, sizeof(words[0])) < 0)
                        return bw_arena_error(reader->arena, reader->reterr);
                words[n++] = word;
        }
        *ret = words;
        *ret_n = n;
        return r;
}

/* A criterion that no connection fails: "all", or a pattern of everything. */
static bool matches_all(const struct bw_str *words, size_t n)
{
        if (n == 1)
                return same_word(words[0], "all");
        for (size_t i = 0; i + 1 < n; i += 2)
                if (!bw_str_is(words[i + 1], "*") &&
                    !(same_word(words[i], "address") && bw_str_is(words[i + 1], "0.0.0.0/0,::/0")))
                        return false;
        return n > 0 && n % 2 == 0;
}

static int joined(struct reader *reader, struct bw_str before, const struct bw_str *words, size_t n, struct bw_str *ret)
{
        struct bw_str text = before;

        for (size_t i = 0; i < n; i++) {
                text = bw_arena_printf(reader->arena, "%.*s%s%.*s", BW_STR_ARG(text), text.n ? " " : "",
                                       BW_STR_ARG(words[i]));
                if (!text.p)
                        return bw_arena_error(reader->arena, reader->reterr);
        }
        *ret = text;
        return 0;
}

/* around: the block in which the file was included; both have to match. */
static int open_block(struct reader *reader, const struct bw_str *words, size_t n, uint32_t around, uint32_t *block)
{
        const struct bw_sshd_block *outer = around ? &reader->blocks[around - 1] : NULL;
        struct bw_sshd_block made = {.file = reader->file, .line = reader->line};
        int r;

        if (!n)
                return problem(reader, "Match without a criterion: sshd does not start");
        if (n > 64 || reader->n_blocks == BW_LIMIT_SSHD_SETTINGS)
                return bw_error_set(reader->reterr, -E2BIG, "too many Match lines or criteria");
        made.all = matches_all(words, n) && (!outer || outer->all);
        r = joined(reader, outer ? outer->criteria : (struct bw_str){0}, words, n, &made.criteria);
        if (r < 0)
                return r;
        if (bw_arena_grow(reader->arena, &reader->blocks, &reader->blocks_cap, reader->n_blocks,
                          sizeof(reader->blocks[0])) < 0)
                return bw_arena_error(reader->arena, reader->reterr);
        reader->blocks[reader->n_blocks++] = made;
        *block = (uint32_t)reader->n_blocks;
        return 0;
}

static int add_setting(struct reader *reader, const struct bw_sshd_keyword *keyword, const struct bw_str *words, size_t n,
                       uint32_t block)
{
        if (!n)
                return problem(reader, "%s without a value: sshd does not start", keyword->name);
        if (block && !keyword->in_match)
                return problem(reader, "%s may not stand below Match: sshd does not start", keyword->name);
        if (reader->n_settings == BW_LIMIT_SSHD_SETTINGS)
                return bw_error_set(reader->reterr, -E2BIG, "more than %d settings", BW_LIMIT_SSHD_SETTINGS);
        if (bw_arena_grow(reader->arena, &reader->settings, &reader->settings_cap, reader->n_settings,
                          sizeof(reader->settings[0])) < 0)
                return bw_arena_error(reader->arena, reader->reterr);
        reader->settings[reader->n_settings++] = (struct bw_sshd_setting){
                .keyword = keyword,
                .words = words,
                .n_words = n,
                .block = block,
                .file = reader->file,
                .line = reader->line,
        };
        return 0;
}

static int read_file(struct reader *reader, const struct bw_sshd_file *file, uint32_t block, unsigned depth);

static int include(struct reader *reader, const struct bw_str *words, size_t n, uint32_t block, unsigned depth)
{
        struct bw_str file = reader->file;
        uint32_t line = reader->line;
        int r = 0;

        if (depth == BW_LIMIT_SSHD_INCLUDES)
                return problem(reader, "Include inside Include, more than %d deep: sshd does not start",
                               BW_LIMIT_SSHD_INCLUDES);
        for (size_t i = 0; r == 0 && i < n; i++) {
                const struct bw_sshd_file *files = NULL;
                size_t n_files = 0;

                r = reader->include(reader->userdata, words[i], &files, &n_files, reader->reterr);
                for (size_t k = 0; r == 0 && k < n_files; k++)
                        r = read_file(reader, &files[k], block, depth + 1);
                reader->file = file;
                reader->line = line;
        }
        return r;
}

/* keyword words…, with blanks or one '=' after the keyword. */
static int read_line(struct reader *reader, struct bw_str text, uint32_t around, unsigned depth, uint32_t *block)
{
        const struct bw_sshd_keyword *keyword;
        const struct bw_str *words = NULL;
        struct bw_str name;
        size_t n_words = 0;
        size_t n = 0;
        int r;

        text = bw_str_trim(text);
        if (!text.n || text.p[0] == '#')
                return 0;
        while (n < text.n && !is_blank(text.p[n]) && text.p[n] != '=')
                n++;
        name = bw_str_n(text.p, n);
        while (n < text.n && is_blank(text.p[n]))
                n++;
        if (n < text.n && text.p[n] == '=')
                n++;
        if (name.n > 1 && name.p[0] == '"' && name.p[name.n - 1] == '"')
                name = bw_str_n(name.p + 1, name.n - 2);
        r = all_words(reader, bw_str_rest(text, n), &words, &n_words);
        if (r < 0)
                return r;
        if (same_word(name, "Match"))
                return open_block(reader, words, n_words, around, block);
        if (same_word(name, "Include"))
                return include(reader, words, n_words, *block, depth);
        keyword = bw_sshd_keyword_find(name);
        return keyword ? add_setting(reader, keyword, words, n_words, *block) : 0;
}

/* What a Match in an included file opens ends with that file. */
static int read_file(struct reader *reader, const struct bw_sshd_file *file, uint32_t block, unsigned depth)
{
        struct bw_str rest = file->text;
        struct bw_str line;
        uint32_t around = block;
        int r = 0;

        reader->file = file->path;
        for (reader->line = 1; r == 0 && bw_str_split(&rest, '\n', &line); reader->line++)
                r = read_line(reader, line, around, depth, &block);
        return r;
}

int bw_sshd_config_read(struct bw_arena *arena, const struct bw_str *options, size_t n_options,
                        const struct bw_sshd_file *file, bw_sshd_include include_fn, void *userdata,
                        struct bw_sshd_config *ret, struct bw_error *reterr)
{
        struct reader reader = {.arena = arena, .include = include_fn, .userdata = userdata, .reterr = reterr};
        uint32_t block = 0;
        int r = 0;

        for (size_t i = 0; r == 0 && i < n_options; i++)
                r = read_line(&reader, options[i], 0, BW_LIMIT_SSHD_INCLUDES, &block);
        if (r == 0)
                r = read_file(&reader, file, 0, 0);
        if (r < 0)
                return r;
        *ret = (struct bw_sshd_config){
                .settings = reader.settings,
                .n_settings = reader.n_settings,
                .blocks = reader.blocks,
                .n_blocks = reader.n_blocks,
                .problems = reader.problems,
                .n_problems = reader.n_problems,
        };
        return 0;
}

const struct bw_sshd_setting *bw_sshd_in_block(const struct bw_sshd_config *config, const struct bw_sshd_keyword *keyword,
                                               uint32_t block)
{
        for (size_t i = 0; i < config->n_settings; i++)
                if (config->settings[i].block == block && config->settings[i].keyword == keyword)
                        return &config->settings[i];
        return NULL;
}

const struct bw_sshd_setting *bw_sshd_effective(const struct bw_sshd_config *config, const struct bw_sshd_keyword *keyword)
{
        for (size_t i = 0; i < config->n_settings; i++) {
                const struct bw_sshd_setting *setting = &config->settings[i];

                if (setting->keyword == keyword && setting->block && config->blocks[setting->block - 1].all)
                        return setting;
        }
        return bw_sshd_in_block(config, keyword, 0);
}

bool bw_sshd_time(struct bw_str text, int64_t *ret)
{
        static const struct {
                char unit;
                int64_t seconds;
        } units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}};
        int64_t sum = 0;

        if (bw_str_is(text, "none")) {
                *ret = -1;
                return true;
        }
        while (text.n) {
                size_t n = 0;
                int64_t number;
                int64_t factor = 1;
                bool has_unit = false;

                while (n < text.n && text.p[n] >= '0' && text.p[n] <= '9')
                        n++;
                if (n == 0 || n > 9 || bw_str_to_i64(bw_str_n(text.p, n), &number) < 0)
                        return false;
                for (size_t i = 0; n < text.n && i < BW_ARRAY_SIZE(units); i++)
                        if ((text.p[n] | 0x20) == units[i].unit) {
                                factor = units[i].seconds;
                                has_unit = true;
                        }
                if (n < text.n && !has_unit)
                        return false;
                sum += number * factor;
                if (sum > INT32_MAX)
                        return false;
                text = bw_str_rest(text, n + has_unit);
                if (!text.n) {
                        *ret = sum;
                        return true;
                }
        }
        return false;
}
