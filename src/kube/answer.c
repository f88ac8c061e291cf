/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/answer.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/time.h"
#include "doc/doc.h"

/* ---- pauses ---- */

/* "Sun, 06 Nov 1994 08:49:37 GMT": the one form that senders may write. */
static bool read_date(struct bw_str text, int64_t *ret)
{
        static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
        char plain[64];
        size_t month;

        if (text.n != 29 || memcmp(text.p + 3, ", ", 2) != 0 || memcmp(text.p + 25, " GMT", 4) != 0)
                return false;
        month = bw_str_find(bw_str(months), bw_str_n(text.p + 8, 3));
        if (month == SIZE_MAX || month % 3)
                return false;
        (void)snprintf(plain, sizeof(plain), "%.4s-%02zu-%.2sT%.8sZ", text.p + 12, month / 3 + 1, text.p + 5, text.p + 17);
        return bw_time_parse(bw_str(plain), ret) == 0;
}

int64_t bw_kube_retry_after(struct bw_str value, int64_t now)
{
        const int64_t most = BW_LIMIT_KUBE_RETRY_AFTER_MS;
        int64_t seconds;

        value = bw_str_trim(value);
        if (bw_str_to_i64(value, &seconds) < 0) {
                if (!read_date(value, &seconds))
                        return -1;
                seconds = seconds > now ? seconds - now : 0;
        }
        if (seconds < 0)
                return -1;
        return seconds > most / 1000 ? most : seconds * 1000;
}

#define PAUSE_FIRST_MS 250
#define PAUSE_MOST_MS 10000

uint64_t bw_kube_pause(unsigned n, uint64_t random)
{
        uint64_t ms = PAUSE_FIRST_MS;

        for (; n > 1 && ms < PAUSE_MOST_MS; n--)
                ms *= 2;
        ms = BW_MIN(ms, (uint64_t)PAUSE_MOST_MS);
        return ms / 2 + random % (ms + 1);
}

/* ---- a Status ---- */

#define MESSAGE_MOST 400

/* One line without control characters. */
static int clean_line(struct bw_arena *arena, struct bw_str text, struct bw_str *ret, struct bw_error *reterr)
{
        struct bw_str line = bw_str_trim(text);
        size_t n = BW_MIN(line.n, (size_t)MESSAGE_MOST);
        char *copy = bw_arena_alloc(arena, n + sizeof("…"));
        size_t at = 0;

        if (!copy)
                return bw_arena_error(arena, reterr);
        for (; n < line.n && n > 0 && ((uint8_t)line.p[n] & 0xc0) == 0x80; n--)
                ;
        for (size_t i = 0; i < n; i++)
                copy[at++] = (uint8_t)line.p[i] < ' ' || line.p[i] == 0x7f ? ' ' : line.p[i];
        if (n < line.n) {
                memcpy(copy + at, "…", sizeof("…") - 1);
                at += sizeof("…") - 1;
        }
        *ret = bw_str_n(copy, at);
        return 0;
}

static int64_t whole_number(struct bw_value v)
{
        return v.type == BW_INT ? v.i : 0;
}

static int take_status(struct bw_arena *arena, struct bw_value root, struct bw_kube_status *ret, struct bw_error *reterr)
{
        *ret = (struct bw_kube_status){
                .is_status = true,
                .code = whole_number(bw_map_get(root, BW_STR("code"))),
                .reason = bw_map_text(root, "reason"),
                .continue_token = bw_map_text(bw_map_get(root, BW_STR("metadata")), "continue"),
                .resource_version = bw_map_text(bw_map_get(root, BW_STR("metadata")), "resourceVersion"),
                .retry_after = whole_number(bw_map_walk(root, "details.retryAfterSeconds")),
        };
        return clean_line(arena, bw_map_text(root, "message"), &ret->message, reterr);
}

int bw_kube_status_read(struct bw_arena *arena, struct bw_str body, struct bw_kube_status *ret, struct bw_error *reterr)
{
        struct bw_doc doc = {0};
        struct bw_str text = bw_str_trim(body);
        size_t used;
        int r = -EINVAL;

        if (text.n && text.p[0] == '{')
                r = bw_json_read(arena, text, 1, 1, false, &doc, &used, NULL);
        if (r == -ENOMEM)
                return bw_error_nomem(reterr);
        if (r == 0 && bw_str_is(bw_map_text(doc.root, "kind"), "Status"))
                return take_status(arena, doc.root, ret, reterr);
        *ret = (struct bw_kube_status){0};
        return clean_line(arena, text, &ret->message, reterr);
}

/* ---- a page of a list ---- */

enum {
        PAGE_START,
        PAGE_KEY_OR_END, /* of the object, or of metadata in it */
        PAGE_IN_KEY,
        PAGE_COLON,
        PAGE_VALUE,
        PAGE_IN_STRING,
        PAGE_IN_SCALAR, /* a number, true, false, null */
        PAGE_SKIPPED,
        PAGE_END,
};

static int broken(struct bw_error *reterr)
{
        return bw_error_set(reterr, -EPROTO, "the answer is no list in JSON");
}

static struct bw_buf *wanted(struct bw_kube_page *page)
{
        struct bw_str key = bw_str_n(page->key, page->n_key);

        if (!page->in_metadata)
                return bw_str_is(key, "kind") ? &page->kind : NULL;
        if (bw_str_is(key, "continue"))
                return &page->token;
        return bw_str_is(key, "resourceVersion") ? &page->resource_version : NULL;
}

/* Up to the quote that ends the string. True when it has come. */
static bool pass_string(struct bw_kube_page *page, struct bw_str bytes, size_t *at, size_t *ret_from)
{
        *ret_from = *at;
        for (; *at < bytes.n; (*at)++) {
                char c = bytes.p[*at];

                if (page->escaped)
                        page->escaped = false;
                else if (c == '\\')
                        page->escaped = true;
                else if (c == '"')
                        return true;
        }
        return false;
}

static void pass_key(struct bw_kube_page *page, struct bw_str bytes, size_t *at)
{
        size_t from;
        bool ends = pass_string(page, bytes, at, &from);
        size_t n = *at - from;

        /* A key that does not fit is none of ours; its place past the end says so. */
        if (page->n_key + n <= sizeof(page->key))
                memcpy(page->key + page->n_key, bytes.p + from, n);
        page->n_key = BW_MIN(page->n_key + n, sizeof(page->key) + 1);
        if (ends) {
                (*at)++;
                if (page->n_key > sizeof(page->key))
                        page->n_key = 0;
                page->state = PAGE_COLON;
        }
}

static int pass_text(struct bw_kube_page *page, struct bw_str bytes, size_t *at, struct bw_error *reterr)
{
        size_t from;
        bool ends = pass_string(page, bytes, at, &from);

        if (page->to) {
                bw_buf_put(page->to, bytes.p + from, *at - from);
                if (bw_buf_status(page->to) == -ENOMEM)
                        return bw_error_nomem(reterr);
                if (bw_buf_status(page->to) < 0)
                        return bw_error_set(reterr, -E2BIG, "the list's metadata has a text of more than %d bytes",
                                            BW_LIMIT_KUBE_CONTINUE);
        }
        if (ends) {
                (*at)++;
                page->state = PAGE_KEY_OR_END;
        }
        return 0;
}

/* Nested values, by their brackets alone. 1: the end was found. */
static int skip(struct bw_kube_page *page, struct bw_str bytes, size_t *at)
{
        size_t begin = 0;
        size_t take;
        int r;

        if (page->n_carry) {
                take = BW_MIN(sizeof(page->carry) - page->n_carry, bytes.n - *at);
                memcpy(page->carry + page->n_carry, bytes.p + *at, take);
                r = bw_bracket_scan(&page->skipped, bw_str_n(page->carry, page->n_carry + take), &begin);
                if (r == 1) {
                        *at += begin - page->n_carry;
                        page->n_carry = 0;
                        return 1;
                }
                *at += take;
                page->n_carry = begin ? 0 : page->n_carry + take;
                if (r < 0 || page->n_carry)
                        return r;
        }
        r = bw_bracket_scan(&page->skipped, bytes, at);
        if (r == 0) {
                page->n_carry = bytes.n - *at;
                memcpy(page->carry, bytes.p + *at, page->n_carry);
                *at = bytes.n;
        }
        return r;
}

static int pass_nested(struct bw_kube_page *page, struct bw_str bytes, size_t *at, struct bw_error *reterr)
{
        int r = skip(page, bytes, at);

        if (r < 0)
                return bw_error_set(reterr, r, "the list has more than %d values inside of each other", BW_LIMIT_DOC_DEPTH);
        if (r == 1)
                page->state = PAGE_KEY_OR_END;
        return 0;
}

/* A value begins with c, which is used up unless a nested value is skipped from it. */
static void begin_value(struct bw_kube_page *page, char c, size_t *at)
{
        page->to = wanted(page);
        if (page->to) {
                bw_buf_clear(page->to);
                page->to->ceiling = BW_LIMIT_KUBE_CONTINUE;
        }
        if (c == '"') {
                page->state = PAGE_IN_STRING;
        } else if (c == '{' && !page->in_metadata && bw_str_is(bw_str_n(page->key, page->n_key), "metadata")) {
                page->in_metadata = true;
                page->state = PAGE_KEY_OR_END;
        } else if (c == '{' || c == '[') {
                page->skipped = (struct bw_bracket_scan){0};
                page->n_carry = 0;
                page->state = PAGE_SKIPPED;
                return;
        } else {
                page->state = PAGE_IN_SCALAR;
        }
        (*at)++;
}

/* Bytes between keys, values and brackets. */
static int pass_mark(struct bw_kube_page *page, char c, size_t *at, struct bw_error *reterr)
{
        bool blank = c == ' ' || c == '\n' || c == '\r' || c == '\t';

        if (blank && page->state != PAGE_IN_SCALAR) {
                (*at)++;
                return 0;
        }
        switch (page->state) {
        case PAGE_START:
                page->state = PAGE_KEY_OR_END;
                (*at)++;
                return c == '{' ? 0 : broken(reterr);
        case PAGE_COLON:
                page->state = PAGE_VALUE;
                (*at)++;
                return c == ':' ? 0 : broken(reterr);
        case PAGE_VALUE:
                begin_value(page, c, at);
                return c == ',' || c == '}' || c == ']' || c == ':' ? broken(reterr) : 0;
        case PAGE_IN_SCALAR:
                if (c == ',' || c == '}' || blank)
                        page->state = PAGE_KEY_OR_END;
                else
                        (*at)++;
                return c == '"' || c == '{' || c == '[' || c == ']' || c == ':' ? broken(reterr) : 0;
        case PAGE_KEY_OR_END:
                (*at)++;
                if (c == '"') {
                        page->n_key = 0;
                        page->state = PAGE_IN_KEY;
                } else if (c == '}') {
                        if (!page->in_metadata)
                                page->state = PAGE_END;
                        page->in_metadata = false;
                } else if (c != ',') {
                        return broken(reterr);
                }
                return 0;
        default:
                return broken(reterr); /* something behind the end */
        }
}

int bw_kube_page_feed(struct bw_kube_page *page, struct bw_str bytes, struct bw_error *reterr)
{
        size_t at = 0;
        int r = 0;

        while (r == 0 && at < bytes.n) {
                switch (page->state) {
                case PAGE_IN_KEY:
                        pass_key(page, bytes, &at);
                        break;
                case PAGE_IN_STRING:
                        r = pass_text(page, bytes, &at, reterr);
                        break;
                case PAGE_SKIPPED:
                        r = pass_nested(page, bytes, &at, reterr);
                        break;
                default:
                        r = pass_mark(page, bytes.p[at], &at, reterr);
                }
        }
        return r;
}

/* Escapes in texts that hardly ever have any. */
static int unescape(struct bw_buf *text, struct bw_error *reterr)
{
        bw_auto_done(bw_buf_done) struct bw_buf quoted = {0};
        bw_auto(bw_arena_free) struct bw_arena *arena = NULL;
        struct bw_doc doc = {0};
        size_t used;
        int r;

        if (!text->n || !memchr(text->p, '\\', text->n))
                return 0;
        arena = bw_arena_new(0);
        bw_buf_puts(&quoted, "[\"");
        bw_buf_str(&quoted, bw_buf_view(text));
        bw_buf_puts(&quoted, "\"]");
        if (!arena || bw_buf_status(&quoted) < 0)
                return bw_error_nomem(reterr);
        r = bw_json_read(arena, bw_buf_view(&quoted), 1, 1, false, &doc, &used, NULL);
        if (r < 0)
                return r == -ENOMEM ? bw_error_nomem(reterr) : broken(reterr);
        bw_buf_clear(text);
        if (bw_value_is(bw_list_get(doc.root, 0), BW_STRING))
                bw_buf_str(text, bw_value_text(bw_list_get(doc.root, 0)));
        return bw_buf_status(text) < 0 ? bw_error_nomem(reterr) : 0;
}

int bw_kube_page_end(struct bw_kube_page *page, struct bw_error *reterr)
{
        int r;

        if (page->state != PAGE_END)
                return bw_error_set(reterr, -EPROTO, "the answer ends in the middle of the list");
        r = unescape(&page->kind, reterr);
        if (r == 0)
                r = unescape(&page->resource_version, reterr);
        return r == 0 ? unescape(&page->token, reterr) : r;
}

void bw_kube_page_clear(struct bw_kube_page *page)
{
        struct bw_kube_page empty = {.kind = page->kind, .resource_version = page->resource_version, .token = page->token};

        bw_buf_clear(&empty.kind);
        bw_buf_clear(&empty.resource_version);
        bw_buf_clear(&empty.token);
        *page = empty;
}

void bw_kube_page_done(struct bw_kube_page *page)
{
        bw_buf_done(&page->kind);
        bw_buf_done(&page->resource_version);
        bw_buf_done(&page->token);
        *page = (struct bw_kube_page){0};
}

/* ---- a stream of objects ---- */

static bool is_blank(char c)
{
        return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* Moves *from behind blanks. -EPROTO: no object begins there. */
static int begin_object(struct bw_str all, size_t *from, struct bw_error *reterr)
{
        while (*from < all.n && is_blank(all.p[*from]))
                (*from)++;
        if (*from < all.n && all.p[*from] != '{')
                return bw_error_set(reterr, -EPROTO, "the watch sends something that is no event");
        return 0;
}

int bw_kube_frames_feed(struct bw_kube_frames *frames, struct bw_str bytes,
                        int (*each)(void *userdata, struct bw_str json), void *userdata, struct bw_error *reterr)
{
        struct bw_str all;
        size_t from = 0;
        int r;

        if (frames->bytes.n + bytes.n > BW_LIMIT_KUBE_EVENT)
                return bw_error_set(reterr, -E2BIG, "the watch sends an event of more than %zu MiB",
                                    BW_LIMIT_KUBE_EVENT / BW_MIB);
        bw_buf_str(&frames->bytes, bytes);
        if (bw_buf_status(&frames->bytes) < 0)
                return bw_error_nomem(reterr);
        all = bw_buf_view(&frames->bytes);
        for (;;) {
                if (frames->at == from) {
                        r = begin_object(all, &from, reterr);
                        frames->at = from;
                        frames->scan = (struct bw_bracket_scan){0};
                        if (r < 0)
                                return r;
                }
                r = bw_bracket_scan(&frames->scan, all, &frames->at);
                if (r < 0)
                        return bw_error_set(reterr, r, "the watch sends an event with more than %d values inside of each "
                                                       "other",
                                            BW_LIMIT_DOC_DEPTH);
                if (r == 0)
                        break;
                r = each(userdata, bw_str_n(all.p + from, frames->at - from));
                if (r != 0)
                        return r;
                from = frames->at;
        }
        if (from) {
                memmove(frames->bytes.p, frames->bytes.p + from, frames->bytes.n - from);
                frames->bytes.n -= from;
                frames->at -= from;
        }
        return 0;
}

void bw_kube_frames_clear(struct bw_kube_frames *frames)
{
        bw_buf_clear(&frames->bytes);
        frames->scan = (struct bw_bracket_scan){0};
        frames->at = 0;
}

void bw_kube_frames_done(struct bw_kube_frames *frames)
{
        bw_buf_done(&frames->bytes);
        *frames = (struct bw_kube_frames){0};
}

static const struct {
        const char *name;
        enum bw_kube_event_type type;
} event_types[] = {
        {"ADDED", BW_KUBE_EVENT_OBJECT},
        {"MODIFIED", BW_KUBE_EVENT_OBJECT},
        {"DELETED", BW_KUBE_EVENT_OBJECT},
        {"BOOKMARK", BW_KUBE_EVENT_BOOKMARK},
        {"ERROR", BW_KUBE_EVENT_ERROR},
};

int bw_kube_event_read(struct bw_arena *arena, struct bw_str json, struct bw_kube_event *ret, struct bw_error *reterr)
{
        struct bw_doc doc = {0};
        struct bw_value object;
        struct bw_str type;
        size_t used;
        int r = bw_json_read(arena, json, 1, 1, false, &doc, &used, NULL);

        if (r < 0)
                return r == -ENOMEM ? bw_error_nomem(reterr)
                                    : bw_error_set(reterr, r == -E2BIG ? r : -EPROTO, "the watch sends an event that cannot "
                                                                                      "be read");
        object = bw_map_get(doc.root, BW_STR("object"));
        type = bw_map_text(doc.root, "type");
        for (size_t i = 0; object.type == BW_MAP && i < BW_ARRAY_SIZE(event_types); i++) {
                if (!bw_str_is(type, event_types[i].name))
                        continue;
                *ret = (struct bw_kube_event){
                        .type = event_types[i].type,
                        .resource_version = bw_map_text(bw_map_get(object, BW_STR("metadata")), "resourceVersion"),
                };
                return ret->type == BW_KUBE_EVENT_ERROR ? take_status(arena, object, &ret->status, reterr) : 0;
        }
        return bw_error_set(reterr, -EPROTO, "the watch sends an event of a type that is not known");
}
