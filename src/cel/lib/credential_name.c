/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of keys and variables that usually hold a secret: DB_PASSWORD, apiKey, redis-auth-token. A name is taken apart
 * into words (camel case, dashes, underscores, dots); what the last words say decides: a PASSWORD_FILE is none.
 */
#include "cel/lib/credential.h"

#define MAX_WORDS 16
#define MAX_WORD 32

struct words {
        size_t n;
        char items[MAX_WORDS][MAX_WORD]; /* lower case */
};

static bool is_lower(char c)
{
        return c >= 'a' && c <= 'z';
}

static bool is_upper(char c)
{
        return c >= 'A' && c <= 'Z';
}

/* Whether a word begins at i: after a separator, at a capital after a small letter, at the last capital of several. */
static bool begins_word(struct bw_str s, size_t i)
{
        if (i == 0 || !is_upper(s.p[i]))
                return false;
        return is_lower(s.p[i - 1]) || (is_upper(s.p[i - 1]) && i + 1 < s.n && is_lower(s.p[i + 1]));
}

static void split_words(struct bw_str name, struct words *words)
{
        size_t n = 0;

        words->n = 0;
        for (size_t i = 0; i <= name.n; i++) {
                bool ends = i == name.n || (!is_lower(name.p[i]) && !is_upper(name.p[i]));

                if (n > 0 && (ends || begins_word(name, i))) {
                        words->items[words->n++][n] = '\0';
                        n = 0;
                        if (words->n == MAX_WORDS)
                                return;
                }
                if (!ends && n + 1 < MAX_WORD)
                        words->items[words->n][n++] = (char)(name.p[i] | 0x20);
        }
}

/* A word alone that says it. */
static const char *const secret_words[] = {
        "password",  "passwords", "passwd",  "passphrase", "pwd",   "secret",      "secrets",   "token",
        "tokens",    "credential", "credentials", "apikey", "apikeys", "authkey",  "accesskey", "secretkey", "privatekey",
        "authtoken", "accesstoken", "dockerconfigjson", "dockercfg", "htpasswd",   "encryptionkey", "masterkey",
        "signingkey", "clientsecret", "appsecret", "connectionstring", "passcode", "sshkey", "sshpass", "creds", "jwt", "bearer",
};
/* Only as the last of several words: DB_PASS, PROXY_PW, GITHUB_PAT. */
static const char *const last_words[] = {"pass", "pw", "pat", "creds"};
/* Two words. */
static const char *const pairs[][2] = {
        {"api", "key"},      {"access", "key"},  {"secret", "key"},     {"private", "key"}, {"encryption", "key"},
        {"signing", "key"},  {"master", "key"},  {"account", "key"},    {"auth", "key"},    {"shared", "key"},
        {"app", "key"},      {"license", "key"}, {"licence", "key"},    {"ssh", "key"},     {"deploy", "key"},
        {"hmac", "key"},     {"storage", "key"}, {"service", "key"},    {"crypt", "key"},   {"aes", "key"},
        {"connection", "string"}, {"connection", "strings"}, {"conn", "string"}, {"connection", "str"}, {"conn", "str"}, {"api", "keys"},
        {"id", "rsa"},       {"pass", "word"},   {"pass", "phrase"},     {"batch", "key"},   {"key", "content"},
};
/* Ends of a word of several without a seam: PGPASSWORD, dbpassword. */
static const char *const endings[] = {"password", "passwd", "passphrase", "apikey", "secretkey"};

/* A last word that says that the value is only something about a secret. */
static const char *const about[] = {
        "url",      "uri",       "name",     "names",   "file",      "files",   "path",     "paths",      "dir",
        "directory", "folder",   "enabled",  "enable",  "disabled",  "ttl",     "expiry",   "expiration", "expires",
        "timeout",  "duration",  "lifetime", "length",  "len",       "size",    "policy",   "type",       "issuer",
        "audience", "endpoint",  "host",     "port",    "ref",       "refs",    "reference", "count",     "class",
        "store",    "provider",  "providers", "review", "reviews",   "reviewer", "algorithm", "alg",      "header",
        "headers",  "prefix",    "suffix",   "field",   "format",    "rotation", "interval", "required",  "allowed",
        "strength", "namespace", "namespaces", "version", "mount",   "volume",  "arn",      "location",   "env",
        "var",      "regex",     "pattern",  "label",   "labels",    "description", "hint", "command",    "cmd",
        "script",   "mode",      "scope",    "scopes",  "cache",     "manager", "controller", "server",   "broker",
        "generator", "validation", "days",   "hours",   "minutes",   "seconds", "age",      "limit",      "period",
        "time",     "source",    "backend",  "plugin",  "attribute", "property", "selector", "filter",    "method",
        "request",  "rule",      "rules",    "hash",    "hashing",   "encoding", "encoder", "annotation", "annotations",
        "key", "keys", "id", "ids", "kind", "engine", "sync", "operator", "template", "templates", "driver", "resource", "page",
        "cost", "rounds", "iterations", "encryption", "authentication", "auth", "login", "reset", "change", "only", "config",
        "configmap", "verification", "user", "username", "email", "domain", "service", "account", "group", "role", "roles",
        "mtime", "timestamp", "created", "updated", "pub", "fingerprint", "checksum", "webhook",
        "bucket", "region", "string", "counter", "window", "usage", "metrics", "check", "syntax", "set", "list",
};
/* Before "secret": which Secret of Kubernetes is meant. */
static const char *const referents[] = {"pull", "tls", "cert", "certificate", "ca", "registry", "serving"};
/* A word anywhere that says that the value is a number, a switch, or for everyone to see. */
static const char *const switches[] = {
        "max",    "min",  "num",  "total",    "allow",  "enable", "disable", "require", "use",    "automount",  "has", "is",
        "skip",   "random", "public", "generate", "rotate", "create", "existing", "show", "hide", "ignore", "validate",
        "prompt", "completion",
};
/* Variables that hold paths whatever they are called. */
static const char *const paths[] = {"GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_CREDENTIALS", "AWS_SHARED_CREDENTIALS_FILE"};

static bool is_one_of(const char *word, const char *const *list, size_t n)
{
        for (size_t i = 0; i < n; i++)
                if (word[0] == list[i][0] && strcmp(word, list[i]) == 0)
                        return true;
        return false;
}

static bool ends_in_secret(const char *word)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(endings); i++)
                if (bw_str_ends(bw_str(word), bw_str(endings[i])))
                        return true;
        return false;
}

/* The number of words that mean a secret and end at word i. */
static size_t secret_at(const struct words *words, size_t i)
{
        const char *word = words->items[i];

        for (size_t k = 0; i > 0 && k < BW_ARRAY_SIZE(pairs); k++)
                if (word[0] == pairs[k][1][0] && strcmp(word, pairs[k][1]) == 0 &&
                    strcmp(words->items[i - 1], pairs[k][0]) == 0)
                        return 2;
        if (is_one_of(word, secret_words, BW_ARRAY_SIZE(secret_words)) || ends_in_secret(word))
                return 1;
        return i > 0 && i + 1 == words->n && is_one_of(word, last_words, BW_ARRAY_SIZE(last_words));
}

static bool refers_to_secret(const struct words *words, size_t i)
{
        return i > 0 && (strcmp(words->items[i], "secret") == 0 || strcmp(words->items[i], "secrets") == 0) &&
               is_one_of(words->items[i - 1], referents, BW_ARRAY_SIZE(referents));
}

bool bw_credential_is_name(struct bw_str name)
{
        struct words words;

        for (size_t i = 0; i < BW_ARRAY_SIZE(paths); i++)
                if (bw_str_is(name, paths[i]))
                        return false;
        split_words(name, &words);
        for (size_t i = 0; i < words.n; i++)
                if (is_one_of(words.items[i], switches, BW_ARRAY_SIZE(switches)))
                        return false;
        for (size_t i = words.n; i-- > 0;) {
                if (refers_to_secret(&words, i))
                        return false;
                if (secret_at(&words, i) > 0)
                        return true;
                if (is_one_of(words.items[i], about, BW_ARRAY_SIZE(about)))
                        return false;
        }
        return false;
}
