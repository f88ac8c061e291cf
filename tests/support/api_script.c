/* SPDX-License-Identifier: Apache-2.0 */
/*
 * api_script: how a test API server behaves: who is who, who may what, and where it misbehaves. The language is in api_server.h.
 */
#define BW_ALLOW_BANNED
#include <zlib.h>

#include "base/alloc.h"
#include "base/error.h"
#include "api_server_internal.h"

#define WORDS 8

/* "*" is anything; a question mark is itself, as paths have them. */
bool api_glob(const char *glob, const char *text)
{
        const char *star = NULL;
        const char *again = text;

        while (*text) {
                if (*glob == '*') {
                        star = glob++;
                        again = text;
                } else if (*glob == *text) {
                        glob++;
                        text++;
                } else if (star) {
                        glob = star + 1;
                        text = ++again;
                } else {
                        return false;
                }
        }
        while (*glob == '*')
                glob++;
        return *glob == 0;
}

struct api_action;

struct api_rule {
        const char *glob;
        bool has_method;
        int64_t skip, times; /* left; times -1: no end */
        const struct api_action *action;
        const char *arg[WORDS];
        uint64_t number; /* arg[0] as a number */
};

/* ---- actions that give an answer */

static void act_status(struct api_server *server BW_UNUSED, struct api_rule *rule, struct api_request *request BW_UNUSED,
                       struct api_answer *answer)
{
        const char *after = rule->arg[1] && strncmp(rule->arg[1], "retry-after=", 12) == 0 ? rule->arg[1] + 12 : NULL;
        char text[64];

        api_answer_status(answer, (int)rule->number, BW_STR("as the test's script says"), BW_STR(""));
        if (!after)
                return;
        if (strncmp(after, "date+", 5) == 0) {
                time_t when = time(NULL) + atol(after + 5);
                struct tm tm;

                (void)strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&when, &tm));
                after = text;
        }
        bw_buf_printf(&answer->head, "Retry-After: %s\r\n", after);
}

static void act_gone(struct api_server *server BW_UNUSED, struct api_rule *rule, struct api_request *request,
                     struct api_answer *answer)
{
        api_answer_gone(request, answer, rule->arg[0] != NULL);
}

static void act_redirect(struct api_server *server, struct api_rule *rule, struct api_request *request BW_UNUSED,
                         struct api_answer *answer)
{
        static const char *const names[] = {"{port}", "{trap}", "{trap-http}"};
        struct bw_str url = bw_str(rule->arg[0]);

        answer->status = 307;
        answer->type = "text/html";
        bw_buf_puts(&answer->head, "Location: ");
        for (size_t i = 0; i < BW_ARRAY_SIZE(names); i++) {
                size_t at = bw_str_find(url, bw_str(names[i]));

                if (at == SIZE_MAX)
                        continue;
                bw_buf_str(&answer->head, bw_str_n(url.p, at));
                bw_buf_printf(&answer->head, "%u", server->listeners[i].port);
                url = bw_str_rest(url, at + strlen(names[i]));
        }
        bw_buf_str(&answer->head, url);
        bw_buf_puts(&answer->head, "\r\n");
}

static void replay_head(struct api_answer *answer, struct bw_str head)
{
        struct bw_str line, name;

        while (bw_str_split(&head, '\n', &line)) {
                line = bw_str_trim(line);
                if (bw_str_starts(line, BW_STR("HTTP/"))) {
                        const char *blank = memchr(line.p, ' ', line.n);

                        answer->status = blank ? (int)strtol(blank, NULL, 10) : 200;
                        continue;
                }
                if (!bw_str_split(&line, ':', &name) || name.n == 0 || bw_str_is(name, "content-length") ||
                    bw_str_is(name, "date"))
                        continue;
                if (bw_str_is(name, "content-type"))
                        answer->type = NULL;
                if (bw_str_is(name, "content-encoding"))
                        answer->no_packing = true;
                bw_buf_printf(&answer->head, "%.*s:%.*s\r\n", BW_STR_ARG(name), BW_STR_ARG(line));
        }
}

static void act_replay(struct api_server *server, struct api_rule *rule, struct api_request *request BW_UNUSED,
                       struct api_answer *answer)
{
        bw_auto_done(bw_buf_done) struct bw_buf head = {0};
        char name[256];

        answer->status = 200;
        (void)snprintf(name, sizeof(name), "%s.headers", rule->arg[0]);
        if (api_store_file(&server->store, name, &head))
                replay_head(answer, bw_buf_view(&head));
        (void)snprintf(name, sizeof(name), "%s.body", rule->arg[0]);
        if (!api_store_file(&server->store, name, &answer->body))
                api_die("replay: there is no %s", name);
}

static void act_file(struct api_server *server, struct api_rule *rule, struct api_request *request BW_UNUSED,
                     struct api_answer *answer)
{
        answer->status = 200;
        if (rule->arg[1])
                answer->type = rule->arg[1];
        if (!api_store_file(&server->store, rule->arg[0], &answer->body))
                api_die("file: there is no %s", rule->arg[0]);
}

static void act_watch(struct api_server *server, struct api_rule *rule, struct api_request *request,
                      struct api_answer *answer)
{
        act_file(server, &(struct api_rule){.arg = {rule->arg[0]}}, request, answer);
        answer->is_watch = true;
        answer->watch_pause = rule->arg[1] ? strtoull(rule->arg[1], NULL, 10) : 0;
}

#define SMALL_POD \
        "{\"metadata\":{\"name\":\"p%" PRIu64 "\",\"namespace\":\"default\"},\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"i:1\"}]}}"

static void list_head(struct bw_buf *out)
{
        bw_buf_puts(out, "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"7\"},\"items\":[");
}

static bool stream_pods(struct api_answer *answer, struct bw_buf *chunk, uint64_t turn)
{
        uint64_t first = turn * 256;

        if (turn == 0)
                list_head(chunk);
        for (uint64_t i = first; i < first + 256 && i < answer->number; i++) {
                if (i)
                        bw_buf_char(chunk, ',');
                bw_buf_printf(chunk, SMALL_POD, i);
        }
        if (first + 256 < answer->number)
                return true;
        bw_buf_puts(chunk, "]}");
        return false;
}

static bool stream_nested(struct api_answer *answer, struct bw_buf *chunk, uint64_t turn)
{
        const uint64_t step = 16384;
        const char *what = turn * step < answer->number ? "{\"a\":" : "}";
        uint64_t end = 2 * ((answer->number + step - 1) / step);

        if (turn == 0) {
                list_head(chunk);
                bw_buf_puts(chunk, "{\"metadata\":{\"name\":\"deep\",\"namespace\":\"default\"},\"spec\":");
        }
        for (uint64_t i = 0; i < step; i++)
                bw_buf_puts(chunk, what);
        if (turn == end / 2 - 1)
                bw_buf_puts(chunk, "1");
        if (turn + 1 < end)
                return true;
        bw_buf_puts(chunk, "}]}");
        return false;
}

static bool stream_huge(struct api_answer *answer, struct bw_buf *chunk, uint64_t turn)
{
        const uint64_t step = 1 << 16;

        if (turn == 0) {
                list_head(chunk);
                bw_buf_printf(chunk, SMALL_POD ",", (uint64_t)0);
                bw_buf_puts(chunk, "{\"metadata\":{\"name\":\"huge\",\"namespace\":\"default\",\"annotations\":{\"big\":\"");
        }
        bw_buf_fill(chunk, 'x', (size_t)step);
        if ((turn + 1) * step < answer->number)
                return true;
        bw_buf_puts(chunk, "\"}},\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"i:1\"}]}},");
        bw_buf_printf(chunk, SMALL_POD "]}", (uint64_t)1);
        return false;
}

static void act_items(struct api_server *server BW_UNUSED, struct api_rule *rule, struct api_request *request BW_UNUSED,
                      struct api_answer *answer)
{
        answer->status = 200;
        answer->number = rule->number;
        answer->stream = stream_pods;
}

static void act_endless_list(struct api_server *server BW_UNUSED, struct api_rule *rule BW_UNUSED,
                             struct api_request *request BW_UNUSED, struct api_answer *answer)
{
        answer->status = 200;
        answer->number = UINT64_MAX;
        answer->stream = stream_pods;
}

static void act_nested(struct api_server *server BW_UNUSED, struct api_rule *rule, struct api_request *request BW_UNUSED,
                       struct api_answer *answer)
{
        answer->status = 200;
        answer->number = rule->number;
        answer->stream = stream_nested;
}

static void act_huge(struct api_server *server BW_UNUSED, struct api_rule *rule, struct api_request *request BW_UNUSED,
                     struct api_answer *answer)
{
        answer->status = 200;
        answer->number = rule->number;
        answer->stream = stream_huge;
}

/* Each page says that there is one more; "same": by the same token. */
static void act_endless_pages(struct api_server *server BW_UNUSED, struct api_rule *rule, struct api_request *request BW_UNUSED,
                              struct api_answer *answer)
{
        answer->status = 200;
        rule->number += rule->arg[0] ? 0 : 1;
        bw_buf_printf(&answer->body,
                      "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"7\",\"continue\":\"next-%" PRIu64
                      "\"},\"items\":[",
                      rule->number);
        bw_buf_printf(&answer->body, SMALL_POD "]}", rule->number);
}

static void act_endless_headers(struct api_server *server BW_UNUSED, struct api_rule *rule BW_UNUSED,
                                struct api_request *request BW_UNUSED, struct api_answer *answer)
{
        answer->status = 200;
        answer->endless_headers = true;
}

static void act_endless_line(struct api_server *server BW_UNUSED, struct api_rule *rule BW_UNUSED,
                             struct api_request *request BW_UNUSED, struct api_answer *answer)
{
        answer->status = 200;
        answer->endless_line = true;
}

/* A list whose one object is a name of n bytes, packed to a thousandth. */
static void pack_bomb(struct bw_buf *to, uint64_t n)
{
        static const char head[] = "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{},\"items\":[{\"metadata\":{\"name\":\"";
        static const char tail[] = "\"},\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"i:1\"}]}}]}";
        char same[1 << 14];
        z_stream z = {0};
        bool last = false;

        memset(same, 'x', sizeof(same));
        if (deflateInit2(&z, 1, Z_DEFLATED, 31, 9, Z_DEFAULT_STRATEGY) != Z_OK)
                api_die("out of memory");
        for (uint64_t done = 0; !last; done += sizeof(same)) {
                const char *part = done == 0 ? head : done >= n ? tail : same;

                last = part == tail;
                z.next_in = (unsigned char *)(uintptr_t)part;
                z.avail_in = part == same ? sizeof(same) : (unsigned)strlen(part);
                do {
                        char *p = bw_buf_reserve(to, 1 << 12);

                        z.next_out = (unsigned char *)p;
                        z.avail_out = p ? 1 << 12 : 0;
                        (void)deflate(&z, last ? Z_FINISH : Z_NO_FLUSH);
                        bw_buf_commit(to, (size_t)(1 << 12) - z.avail_out);
                } while (z.avail_out == 0);
        }
        (void)deflateEnd(&z);
}

static void act_bomb(struct api_server *server BW_UNUSED, struct api_rule *rule, struct api_request *request BW_UNUSED,
                     struct api_answer *answer)
{
        answer->status = 200;
        answer->no_packing = true;
        bw_buf_puts(&answer->head, "Content-Encoding: gzip\r\n");
        pack_bomb(&answer->body, rule->number);
}

static void act_page(struct api_server *server BW_UNUSED, struct api_rule *rule BW_UNUSED,
                     struct api_request *request BW_UNUSED, struct api_answer *answer)
{
        answer->status = 200;
        answer->type = "text/html; charset=utf-8";
        bw_buf_puts(&answer->body, "<!doctype html><title>Sign in</title><p>Please sign in to go on.</p>\n");
}

/* ---- actions that change how an answer is sent */

static void act_slow(struct api_server *server BW_UNUSED, struct api_rule *rule, struct api_request *request BW_UNUSED,
                     struct api_answer *answer)
{
        answer->slow_bytes = BW_MAX(rule->number, 1U);
        answer->slow_ms = rule->arg[1] ? strtoull(rule->arg[1], NULL, 10) : 100;
}

static void act_cut(struct api_server *server BW_UNUSED, struct api_rule *rule, struct api_request *request BW_UNUSED,
                    struct api_answer *answer)
{
        answer->cut = (int64_t)rule->number;
}

static void act_length(struct api_server *server BW_UNUSED, struct api_rule *rule, struct api_request *request BW_UNUSED,
                       struct api_answer *answer)
{
        bool relative = rule->arg[0] && (*rule->arg[0] == '+' || *rule->arg[0] == '-');

        answer->has_length = true;
        answer->length = strtoll(rule->arg[0], NULL, 10) + (relative ? (int64_t)answer->body.n : 0);
}

static void act_type(struct api_server *server BW_UNUSED, struct api_rule *rule, struct api_request *request BW_UNUSED,
                     struct api_answer *answer)
{
        answer->type = rule->arg[0];
}

static void act_header(struct api_server *server BW_UNUSED, struct api_rule *rule, struct api_request *request BW_UNUSED,
                       struct api_answer *answer)
{
        bw_buf_printf(&answer->head, "%s: %s\r\n", rule->arg[0], rule->arg[1] ? rule->arg[1] : "");
}

#define ACT_FLAG(name, field)                                                                                          \
        static void act_##name(struct api_server *server BW_UNUSED, struct api_rule *rule BW_UNUSED,                   \
                               struct api_request *request BW_UNUSED, struct api_answer *answer)                       \
        {                                                                                                              \
                answer->field = true;                                                                                  \
        }
ACT_FLAG(plain, no_packing)
ACT_FLAG(packed, must_pack)
ACT_FLAG(hang, hang)
ACT_FLAG(silent, silent)
ACT_FLAG(drop, drop)
ACT_FLAG(reset, reset)

static const struct api_action {
        const char *name;
        bool answers;
        unsigned args; /* at least */
        void (*act)(struct api_server *server, struct api_rule *rule, struct api_request *request, struct api_answer *answer);
} actions[] = {
        {"status", true, 1, act_status},
        {"gone", true, 0, act_gone},
        {"redirect", true, 1, act_redirect},
        {"replay", true, 1, act_replay},
        {"file", true, 1, act_file},
        {"watch", true, 1, act_watch},
        {"endless-list", true, 0, act_endless_list},
        {"endless-pages", true, 0, act_endless_pages},
        {"endless-headers", true, 0, act_endless_headers},
        {"endless-line", true, 0, act_endless_line},
        {"nested", true, 1, act_nested},
        {"huge", true, 1, act_huge},
        {"items", true, 1, act_items},
        {"bomb", true, 1, act_bomb},
        {"page", true, 0, act_page},
        {"slow", false, 2, act_slow},
        {"cut", false, 1, act_cut},
        {"length", false, 1, act_length},
        {"type", false, 1, act_type},
        {"plain", false, 0, act_plain},
        {"packed", false, 0, act_packed},
        {"hang", false, 0, act_hang},
        {"silent", false, 0, act_silent},
        {"drop", false, 0, act_drop},
        {"reset", false, 0, act_reset},
        {"header", false, 1, act_header},
};

static bool matches(const struct api_rule *rule, const struct api_request *request)
{
        const char *text = rule->has_method ? request->line.p : request->target.p;

        return api_glob(rule->glob, text);
}

/* Counts the request, too. */
static bool applies(struct api_rule *rule, const struct api_request *request, bool answers)
{
        if (rule->action->answers != answers || rule->times == 0 || !matches(rule, request))
                return false;
        if (rule->skip > 0) {
                rule->skip--;
                return false;
        }
        if (rule->times > 0)
                rule->times--;
        return true;
}

bool api_script_answer(struct api_server *server, struct api_request *request, struct api_answer *answer)
{
        for (size_t i = 0; i < server->script.n; i++) {
                struct api_rule *rule = &server->script.rules[i];

                if (!applies(rule, request, true))
                        continue;
                rule->action->act(server, rule, request, answer);
                return true;
        }
        return false;
}

void api_script_send(struct api_server *server, struct api_request *request, struct api_answer *answer)
{
        for (size_t i = 0; i < server->script.n; i++) {
                struct api_rule *rule = &server->script.rules[i];

                if (applies(rule, request, false))
                        rule->action->act(server, rule, request, answer);
        }
}

/* ---- who is who, who may what */

static bool is_glob(const char *glob, struct bw_str text)
{
        char copy[512];

        (void)snprintf(copy, sizeof(copy), "%.*s", BW_STR_ARG(text));
        return api_glob(glob, copy);
}

bool api_script_permits(const struct api_script *script, struct bw_str user, struct bw_str groups, const char *verb,
                        const char *resource, const char *ns)
{
        bool answer = !bw_str_is(user, "system:anonymous");

        if (bw_str_find(groups, BW_STR("system:masters")) != SIZE_MAX)
                return true;
        for (size_t i = 0; i < script->n_rights; i++) {
                const struct api_right *right = &script->rights[i];

                if (is_glob(right->user, user) && api_glob(right->verb, verb) &&
                    api_glob(right->resource, resource) && api_glob(right->ns, ns))
                        answer = right->permits;
        }
        return answer;
}

int api_script_identify(struct api_script *script, struct api_request *request)
{
        struct bw_str token = request->authorization;

        request->user = BW_STR("system:anonymous");
        request->groups = BW_STR("system:unauthenticated");
        if (request->certificate.n) {
                request->user = request->certificate;
                request->groups = BW_STR("system:authenticated");
                return 0;
        }
        if (token.n == 0)
                return script->no_anonymous ? 401 : 0;
        if (!bw_str_starts(token, BW_STR("Bearer ")))
                return 401;
        token = bw_str_rest(token, 7);
        for (size_t i = 0; i < script->n_tokens; i++) {
                struct api_token *known = &script->tokens[i];

                if (!bw_str_eq(known->token, token) || known->uses == 0)
                        continue;
                if (known->uses > 0)
                        known->uses--;
                request->user = known->user;
                request->groups = known->groups;
                return 0;
        }
        return 401;
}

/* ---- reading */

static void add_token(struct api_script *script, const char *const *word, size_t n)
{
        struct api_token *t;

        if (n < 3 || bw_grow(&script->tokens, &script->cap_tokens, script->n_tokens + 1, sizeof(*t)) < 0)
                api_die("script: token TOKEN USER [GROUPS] [uses=N]");
        t = &script->tokens[script->n_tokens++];
        *t = (struct api_token){.token = bw_str(word[1]), .user = bw_str(word[2]), .uses = -1};
        for (size_t i = 3; i < n; i++) {
                if (strncmp(word[i], "uses=", 5) == 0)
                        t->uses = atol(word[i] + 5);
                else
                        t->groups = bw_str(word[i]);
        }
}

static void add_right(struct api_script *script, const char *const *word, size_t n)
{
        if (n < 4 || bw_grow(&script->rights, &script->cap_rights, script->n_rights + 1, sizeof(struct api_right)) < 0)
                api_die("script: deny|permit USER VERB RESOURCE[.GROUP] [NAMESPACE]");
        script->rights[script->n_rights++] = (struct api_right){
                .permits = strcmp(word[0], "permit") == 0,
                .user = word[1],
                .verb = word[2],
                .resource = word[3],
                .ns = n > 4 ? word[4] : "*",
        };
}

static const struct api_action *find_action(const char *name)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(actions); i++)
                if (strcmp(actions[i].name, name) == 0)
                        return &actions[i];
        api_die("script: there is no action %s", name);
}

static void add_rule(struct api_script *script, const char *const *word, size_t n)
{
        struct api_rule *rule;
        size_t at = 1;

        if (bw_grow(&script->rules, &script->cap, script->n + 1, sizeof(*rule)) < 0)
                api_die("out of memory");
        rule = &script->rules[script->n++];
        *rule = (struct api_rule){.times = -1};
        if (at + 1 < n && word[at][0] != '/' && word[at][0] != '*') {
                rule->has_method = true;
                rule->glob = bw_arena_printf(script->arena, "%s %s", word[at], word[at + 1]).p;
                at += 2;
        } else if (at < n) {
                rule->glob = word[at++];
        }
        for (; at < n; at++) {
                if (strncmp(word[at], "times=", 6) == 0)
                        rule->times = atol(word[at] + 6);
                else if (strncmp(word[at], "skip=", 5) == 0)
                        rule->skip = atol(word[at] + 5);
                else
                        break;
        }
        if (at >= n)
                api_die("script: on GLOB [times=N] [skip=N] ACTION");
        rule->action = find_action(word[at++]);
        for (size_t i = 0; at < n && i < WORDS; i++)
                rule->arg[i] = word[at++];
        if (rule->action->args && !rule->arg[rule->action->args - 1])
                api_die("script: %s needs %u words", rule->action->name, rule->action->args);
        rule->number = rule->arg[0] ? strtoull(rule->arg[0], NULL, 10) : 0;
}

static void add_line(struct api_script *script, const char *const *word, size_t n)
{
        if (strcmp(word[0], "token") == 0)
                add_token(script, word, n);
        else if (strcmp(word[0], "certificate") == 0 && n == 2)
                script->certificate = word[1];
        else if (strcmp(word[0], "no-anonymous") == 0)
                script->no_anonymous = true;
        else if (strcmp(word[0], "deny") == 0 || strcmp(word[0], "permit") == 0)
                add_right(script, word, n);
        else if (strcmp(word[0], "on") == 0)
                add_rule(script, word, n);
        else
                api_die("script: what is \"%s\"?", word[0]);
}

void api_script_add(struct api_script *script, const char *lines)
{
        struct bw_str text = bw_str(lines);
        struct bw_str line, part;

        while (bw_str_split(&text, '\n', &line)) {
                const char *word[16];
                size_t n = 0;

                line = bw_str_trim(line);
                if (line.n == 0 || line.p[0] == '#')
                        continue;
                while (n < BW_ARRAY_SIZE(word) && bw_str_split(&line, ' ', &part))
                        if (part.n)
                                word[n++] = bw_arena_str(script->arena, part).p;
                add_line(script, word, n);
        }
}
