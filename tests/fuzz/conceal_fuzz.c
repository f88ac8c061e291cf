/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Texts in place of secrets: whatever a text is, what stands in its place answers the questions of rules as it does: is it empty,
 * a credential, several lines.
 */
#define BW_ALLOW_BANNED
#include "cel/lib/credential.h"
#include "scan/slim.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Of two credentials in one text the other may come to be seen first; that there is one stays. */
static bool same_kind(const char *a, const char *b)
{
        return (a != NULL) == (b != NULL);
}

static void check_credential(struct bw_str text)
{
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        const char *kind = bw_credential_kind(text);

        if (bw_credential_conceal(text, &out) != (kind != NULL))
                abort();
        if (kind && !same_kind(kind, bw_credential_kind(bw_buf_view(&out))))
                abort();
}

static void check_all(struct bw_str text)
{
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        struct bw_str made;

        if (bw_conceal_all(text, &out) != (text.n > 0))
                abort();
        made = bw_buf_view(&out);
        if ((made.n > 0) != (text.n > 0) || !same_kind(bw_credential_kind(text), bw_credential_kind(made)))
                abort();
        if (text.n && !memchr(text.p, '\n', text.n) && memchr(made.p, '\n', made.n))
                abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct bw_str text = bw_str_n((const char *)data, size);
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        bw_auto_done(bw_buf_done) struct bw_buf named = {0};

        check_credential(text);
        check_all(text);
        if (!bw_conceal_text(text, &out) && out.n)
                abort();
        if (!bw_conceal_named(text, &named) && named.n)
                abort();
        return 0;
}
