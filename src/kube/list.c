/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists page by page. Each page goes to the sink as it arrives; a scan beside it finds what continues the list.
 * Source: k8s.io/client-go tools/pager/pager.go (what to do when a list's snapshot is gone); Kubernetes API concepts,
 *         "Retrieving large results sets in chunks".
 */
#include "base/limits.h"
#include "kube/client_internal.h"

#define PAGE 500
#define CUT_OFF 2
#define JSON "application/json"
#define JSON_METADATA "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"

void bw_kube_list_path(struct bw_buf *to, const struct bw_kube_list *list)
{
        const struct bw_kube_resource *resource = list->resource;

        bw_buf_puts(to, resource->group.n ? "/apis/" : "/api");
        if (resource->group.n)
                bw_kube_url_escape(to, resource->group);
        bw_buf_char(to, '/');
        bw_kube_url_escape(to, resource->version);
        if (list->ns.n) {
                bw_buf_puts(to, "/namespaces/");
                bw_kube_url_escape(to, list->ns);
        }
        bw_buf_char(to, '/');
        bw_kube_url_escape(to, resource->resource);
        bw_buf_char(to, '?');
        if (list->label_selector.n) {
                bw_buf_puts(to, "labelSelector=");
                bw_kube_url_escape(to, list->label_selector);
                bw_buf_char(to, '&');
        }
        if (list->field_selector.n) {
                bw_buf_puts(to, "fieldSelector=");
                bw_kube_url_escape(to, list->field_selector);
                bw_buf_char(to, '&');
        }
}

struct lister {
        struct bw_kube_client *client;
        const struct bw_kube_list *list;
        const struct bw_kube_sink *sink;
        struct bw_kube_page page;
        struct bw_buf path;
        struct bw_buf token;    /* of the page that is asked for; empty: the first one */
        uint64_t limit;
        uint64_t n_bytes;
        int64_t started;
        unsigned relists;
        unsigned cut_off;       /* pages that ended in the middle, though the connection said nothing of it */
        bool gave;              /* the sink has something of this page */
        bool is_over;           /* the whole list is too large: a smaller page does not help */
};

static int on_piece(void *userdata, struct bw_str bytes, struct bw_error *reterr)
{
        struct lister *lister = userdata;
        int r = bw_kube_page_feed(&lister->page, bytes, reterr);

        if (r < 0)
                return r;
        lister->n_bytes += bytes.n;
        lister->is_over = lister->n_bytes > BW_LIMIT_FILE_BYTES;
        if (lister->is_over)
                return bw_error_set(reterr, -E2BIG, "the list has more than %" PRIu64 " GiB", BW_LIMIT_FILE_BYTES >> 30);
        lister->gave = true;
        r = lister->sink->piece(lister->sink->userdata, bytes, false);
        return r == 0 ? 0 : bw_error_set(reterr, r < 0 ? r : -ECANCELED, "the list was not taken");
}

static int on_restart(void *userdata)
{
        struct lister *lister = userdata;

        bw_kube_page_clear(&lister->page);
        if (!lister->gave)
                return 0;
        lister->gave = false;
        return lister->sink->restart(lister->sink->userdata);
}

static int make_path(struct lister *lister, struct bw_error *reterr)
{
        bw_buf_clear(&lister->path);
        bw_kube_list_path(&lister->path, lister->list);
        bw_buf_printf(&lister->path, "limit=%" PRIu64, lister->limit);
        if (lister->token.n) {
                bw_buf_puts(&lister->path, "&continue=");
                bw_kube_url_escape(&lister->path, bw_buf_view(&lister->token));
        }
        return bw_buf_status(&lister->path) < 0 ? bw_error_nomem(reterr) : 0;
}

static int set_token(struct lister *lister, struct bw_str token, struct bw_error *reterr)
{
        bw_buf_clear(&lister->token);
        bw_buf_str(&lister->token, token);
        return bw_buf_status(&lister->token) < 0 ? bw_error_nomem(reterr) : 0;
}

/* The page has come whole: is it one, and does the list go on? */
static int end_page(struct lister *lister, struct bw_kube_listed *ret, struct bw_error *reterr)
{
        struct bw_buf *version = &lister->client->list_version;
        struct bw_str next;
        int r = bw_kube_page_end(&lister->page, reterr);

        if (r == -EPROTO && lister->cut_off++ < CUT_OFF) {
                bw_error_clear(reterr);
                r = on_restart(lister);
                return r == 0 ? 0 : bw_error_set(reterr, r < 0 ? r : -ECANCELED, "the list was not taken");
        }
        if (r < 0)
                return r;
        next = bw_buf_view(&lister->page.token);
        if (bw_str_is(bw_buf_view(&lister->page.kind), "Status"))
                return bw_error_set(reterr, -EPROTO, "the answer is a Status, not a list");
        if (next.n && bw_str_eq(next, bw_buf_view(&lister->token)))
                return bw_error_set(reterr, -EPROTO, "the list goes on where it was: the server repeats itself");
        if (++ret->pages > BW_LIMIT_KUBE_PAGES)
                return bw_error_set(reterr, -E2BIG, "the list has more than %d pages", BW_LIMIT_KUBE_PAGES);
        bw_buf_clear(version);
        bw_buf_str(version, bw_buf_view(&lister->page.resource_version));
        if (bw_buf_status(version) < 0)
                return bw_error_nomem(reterr);
        r = lister->sink->piece(lister->sink->userdata, (struct bw_str){0}, true);
        if (r != 0)
                return bw_error_set(reterr, r < 0 ? r : -ECANCELED, "the list was not taken");
        lister->gave = false;
        return set_token(lister, next, reterr);
}

/* The list's snapshot is gone: the server may offer to go on with a later one, else everything is asked for again. */
static int go_on_later(struct lister *lister, const struct bw_kube_request *request, struct bw_kube_listed *ret,
                       struct bw_error *reterr)
{
        int r;

        if (++lister->relists > BW_LIMIT_KUBE_RELISTS)
                return -ESTALE;
        if (request->token.n && lister->token.n) {
                ret->inconsistent = true;
                return set_token(lister, bw_buf_view(&request->token), reterr);
        }
        if (!lister->sink->again)
                return -ESTALE;
        ret->pages = 0;
        ret->inconsistent = false;
        r = lister->sink->again(lister->sink->userdata);
        if (r != 0)
                return bw_error_set(reterr, r < 0 ? r : -ECANCELED, "the list was not taken");
        return set_token(lister, (struct bw_str){0}, reterr);
}

/* What a page that did not come is followed by: 0: ask again, as the lister says now; else the request's own failure. */
static int after_failure(struct lister *lister, const struct bw_kube_request *request, struct bw_kube_listed *ret,
                         struct bw_error *reterr)
{
        bool is_slow = request->status_code == 504 || (request->r == -ETIMEDOUT && request->status_code != 0);
        bool is_large = request->r == -E2BIG && !lister->is_over;
        int r;

        if (request->r == -ESTALE)
                r = go_on_later(lister, request, ret, reterr);
        else
                r = (is_slow || is_large) && lister->limit > 1 ? 0 : request->r;
        if (r < 0)
                return r;
        if (is_slow || is_large)
                lister->limit = BW_MAX(lister->limit / 4, (uint64_t)1);
        r = on_restart(lister);
        return r == 0 ? 0 : bw_error_set(reterr, r < 0 ? r : -ECANCELED, "the list was not taken");
}

static int ask_page(struct lister *lister, struct bw_kube_listed *ret, struct bw_error *reterr)
{
        struct bw_kube_request request = {
                .path = lister->path.p,
                .accept = lister->list->metadata_only ? JSON_METADATA : JSON,
                .max = BW_LIMIT_KUBE_PAGE,
                .is_page = true,
                .piece = on_piece,
                .restart = on_restart,
                .userdata = lister,
        };
        struct bw_error err = {0};
        int r;

        bw_kube_page_clear(&lister->page);
        r = bw_kube_run(lister->client, &request, &err);
        if (r < 0 && request.state == BW_KUBE_DONE) {
                r = after_failure(lister, &request, ret, &err);
        } else if (r == 0) {
                r = bw_kube_check_type(&request, &err);
                if (r == 0)
                        r = end_page(lister, ret, &err);
        }
        bw_kube_request_done(lister->client, &request);
        if (r < 0 && reterr && !reterr->code)
                *reterr = err;
        return r;
}

int bw_kube_list(struct bw_kube_client *client, const struct bw_kube_list *list, const struct bw_kube_sink *sink,
                 struct bw_kube_listed *ret, struct bw_error *reterr)
{
        struct lister lister = {
                .client = client,
                .list = list,
                .sink = sink,
                .limit = list->limit ? list->limit : PAGE,
                .started = bw_kube_client_now(client),
        };
        struct bw_kube_listed listed = {0};
        int r;

        do {
                r = make_path(&lister, reterr);
                if (r == 0)
                        r = ask_page(&lister, &listed, reterr);
                if (r == 0 && bw_kube_client_now(client) - lister.started > (int64_t)BW_LIMIT_KUBE_LIST_SECONDS * 1000)
                        r = bw_error_set(reterr, -ETIMEDOUT, "no end of the list within %d s", BW_LIMIT_KUBE_LIST_SECONDS);
        } while (r == 0 && (lister.token.n || !listed.pages));
        bw_kube_page_done(&lister.page);
        bw_buf_done(&lister.path);
        bw_buf_done(&lister.token);
        if (r < 0)
                return r;
        listed.resource_version = bw_buf_view(&client->list_version);
        *ret = listed;
        return 0;
}
