/* SPDX-License-Identifier: Apache-2.0 */
#include "format/updateinfo.h"

#include "base/error.h"
#include "base/limits.h"

/* The value of name="…" in a tag, between the quotes; empty when it is not there. */
static struct bw_str attribute(struct bw_str tag, const char *name)
{
        size_t n = strlen(name);

        while (tag.n) {
                const char *equals = memchr(tag.p, '=', tag.n);
                struct bw_str key;
                const char *end;
                char quote;

                if (!equals || (size_t)(equals - tag.p) + 2 > tag.n)
                        break;
                key = bw_str_trim(bw_str_n(tag.p, (size_t)(equals - tag.p)));
                tag = bw_str_trim(bw_str_rest(tag, (size_t)(equals - tag.p) + 1));
                quote = tag.n ? tag.p[0] : 0;
                if (quote != '"' && quote != '\'')
                        break;
                tag = bw_str_rest(tag, 1);
                end = memchr(tag.p, quote, tag.n);
                if (!end)
                        break;
                if (key.n >= n && memcmp(key.p + key.n - n, name, n) == 0 &&
                    (key.n == n || key.p[key.n - n - 1] == ' ' || key.p[key.n - n - 1] == '\n' ||
                     key.p[key.n - n - 1] == '\t'))
                        return bw_str_n(tag.p, (size_t)(end - tag.p));
                tag = bw_str_rest(tag, (size_t)(end - tag.p) + 1);
        }
        return (struct bw_str){0};
}

static void keep(char *to, size_t size, struct bw_str text)
{
        size_t n = BW_MIN(text.n, size - 1);

        memcpy(to, text.p ? text.p : "", n);
        to[n] = 0;
}

static bool is_tag(struct bw_str tag, const char *name)
{
        size_t n = strlen(name);

        return tag.n >= n && memcmp(tag.p, name, n) == 0 &&
               (tag.n == n || tag.p[n] == ' ' || tag.p[n] == '\n' || tag.p[n] == '\t' || tag.p[n] == '\r' || tag.p[n] == '/');
}

static void see_module(struct bw_updateinfo *reader, struct bw_str tag)
{
        struct bw_str name = attribute(tag, "name");
        struct bw_str stream = attribute(tag, "stream");

        (void)snprintf(reader->module, sizeof(reader->module), "%.*s:%.*s", BW_STR_ARG(name), BW_STR_ARG(stream));
}

static int see_package(struct bw_updateinfo *reader, struct bw_str tag, struct bw_error *reterr)
{
        struct bw_update update = {
                .security = reader->security,
                .id = bw_str(reader->id),
                .severity = bw_str(reader->severity),
                .module = bw_str(reader->module),
                .name = attribute(tag, "name"),
                .epoch = attribute(tag, "epoch"),
                .version = attribute(tag, "version"),
                .release = attribute(tag, "release"),
                .arch = attribute(tag, "arch"),
        };

        return update.name.n && update.version.n ? reader->each(reader->userdata, &update, reterr) : 0;
}

static void see_end(struct bw_updateinfo *reader, struct bw_str name)
{
        struct bw_str text = bw_str_trim(bw_buf_view(&reader->text));

        if (reader->in_update && is_tag(name, "id") && !reader->id[0])
                keep(reader->id, sizeof(reader->id), text);
        else if (reader->in_update && is_tag(name, "severity"))
                keep(reader->severity, sizeof(reader->severity), text);
        else if (is_tag(name, "collection"))
                reader->module[0] = 0;
        else if (is_tag(name, "update"))
                reader->in_update = false;
        reader->wants_text = false;
}

/* A tag without its brackets. */
static int see_tag(struct bw_updateinfo *reader, struct bw_str tag, struct bw_error *reterr)
{
        if (tag.n && tag.p[0] == '/') {
                see_end(reader, bw_str_rest(tag, 1));
                return 0;
        }
        bw_buf_clear(&reader->text);
        reader->wants_text = is_tag(tag, "id") || is_tag(tag, "severity");
        if (is_tag(tag, "update")) {
                reader->security = bw_str_is(attribute(tag, "type"), "security");
                reader->in_update = true;
                reader->id[0] = reader->severity[0] = reader->module[0] = 0;
        } else if (is_tag(tag, "module")) {
                see_module(reader, tag);
        } else if (is_tag(tag, "package")) {
                return see_package(reader, tag, reterr);
        }
        return 0;
}

static size_t find(struct bw_str s, struct bw_str needle)
{
        size_t at = bw_str_find(s, needle);

        return at == SIZE_MAX ? SIZE_MAX : at + needle.n;
}

/* The length of the tag, comment or CDATA section that s begins with; SIZE_MAX: its end is not in s. */
static size_t markup_length(struct bw_str s, bool *ret_is_tag)
{
        *ret_is_tag = false;
        if (bw_str_starts(s, BW_STR("<!--")))
                return find(s, BW_STR("-->"));
        if (bw_str_starts(s, BW_STR("<![CDATA[")))
                return find(s, BW_STR("]]>"));
        if (s.n < 9 && s.n >= 2 && s.p[1] == '!')
                return SIZE_MAX; /* it may become one of the above */
        *ret_is_tag = s.n > 1 && s.p[1] != '!' && s.p[1] != '?';
        return find(s, BW_STR(">"));
}

/* Takes whole texts and tags off *s. */
static int take_whole(struct bw_updateinfo *reader, struct bw_str *s, struct bw_error *reterr)
{
        int r = 0;

        while (r >= 0 && s->n) {
                const char *open = memchr(s->p, '<', s->n);
                size_t text = open ? (size_t)(open - s->p) : s->n;
                bool is_a_tag;
                size_t n;

                if (reader->wants_text && reader->text.n + text <= BW_LIMIT_XML_TAG)
                        bw_buf_put(&reader->text, s->p, text);
                *s = bw_str_rest(*s, text);
                if (!open)
                        return 0;
                n = markup_length(*s, &is_a_tag);
                if (n == SIZE_MAX)
                        return 0;
                if (is_a_tag)
                        r = see_tag(reader, bw_str_n(s->p + 1, n - 2), reterr);
                *s = bw_str_rest(*s, n);
        }
        return r;
}

int bw_updateinfo_feed(struct bw_updateinfo *reader, struct bw_str bytes, struct bw_error *reterr)
{
        struct bw_str all;
        size_t left;
        int r;

        bw_buf_str(&reader->rest, bytes);
        if (bw_buf_status(&reader->rest) < 0)
                return bw_error_nomem(reterr);
        all = bw_buf_view(&reader->rest);
        r = take_whole(reader, &all, reterr);
        if (r < 0)
                return r;
        left = all.n;
        if (left > BW_LIMIT_XML_TAG)
                return bw_error_set(reterr, -E2BIG, "a tag or comment is longer than %zu bytes", BW_LIMIT_XML_TAG);
        if (left)
                memmove(reader->rest.p, all.p, left);
        reader->rest.n = left;
        return bw_buf_status(&reader->text) < 0 ? bw_error_nomem(reterr) : 0;
}

void bw_updateinfo_done(struct bw_updateinfo *reader)
{
        bw_buf_done(&reader->rest);
        bw_buf_done(&reader->text);
}
