/* SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "analyze/pki_internal.h"
#include "format/pem.h"

int bw_pki_new(const struct bw_pki_options *options, struct bw_arena *arena, struct bw_pki **ret,
               struct bw_error *reterr)
{
        struct bw_pki *pki = bw_zalloc(sizeof(*pki));

        if (!pki)
                return bw_error_nomem(reterr);
        pki->options = *options;
        pki->arena = arena;
        pki->kubeconfigs_end = &pki->kubeconfigs;
        *ret = pki;
        return 0;
}

void bw_pki_free(struct bw_pki *pki)
{
        if (!pki)
                return;
        for (size_t i = 0; i < pki->n_certificates; i++)
                bw_x509_free(pki->certificates[i]->x509);
        bw_free(pki->sources);
        bw_free(pki->certificates);
        bw_free(pki->keys);
        bw_free(pki);
}

struct pki_source *pki_find_source(struct bw_pki *pki, struct bw_str label)
{
        for (size_t i = 0; i < pki->n_sources; i++)
                if (bw_str_eq(pki->sources[i]->of.label, label))
                        return pki->sources[i];
        return NULL;
}

static bool has_why(const struct pki_source *source, struct bw_str why)
{
        for (size_t i = 0; i < source->n_whys; i++)
                if (bw_str_eq(source->whys[i], why))
                        return true;
        return why.n == 0;
}

/* One reason more; the array is as long as it must be: there are few. Without memory the first ones stay. */
static void add_why(struct bw_pki *pki, struct pki_source *source, struct bw_str why)
{
        struct bw_str *whys = has_why(source, why) ? NULL : bw_arena_array(pki->arena, source->n_whys + 1, sizeof(*whys));

        if (!whys)
                return;
        if (source->n_whys)
                memcpy(whys, source->whys, source->n_whys * sizeof(*whys));
        whys[source->n_whys] = bw_arena_str(pki->arena, why);
        source->whys = whys;
        source->n_whys += whys[source->n_whys].p != NULL;
}

bool bw_pki_again(struct bw_pki *pki, struct bw_str label, enum bw_pki_role role, struct bw_str why, bool in_use)
{
        struct pki_source *source = pki_find_source(pki, label);

        if (!source)
                return false;
        if (role)
                source->roles |= (uint64_t)1 << role;
        source->of.in_use |= in_use;
        add_why(pki, source, why);
        return true;
}

/* ---- what a text holds */

static struct pki_certificate *find_certificate(struct bw_pki *pki, struct bw_str fingerprint)
{
        for (size_t i = 0; i < pki->n_certificates; i++)
                if (bw_str_eq(pki->certificates[i]->facts.fingerprint, fingerprint))
                        return pki->certificates[i];
        return NULL;
}

static int add_place(struct bw_pki *pki, struct pki_certificate *c, struct pki_source *source, uint32_t line)
{
        struct pki_place *places = bw_arena_array(pki->arena, c->n_places + 1, sizeof(*places));

        if (!places)
                return -ENOMEM;
        if (c->n_places)
                memcpy(places, c->places, c->n_places * sizeof(*places));
        places[c->n_places] = (struct pki_place){.source = source, .position = source->n_certificates++, .line = line};
        c->places = places;
        c->n_places++;
        return 0;
}

/* Takes over x509. */
static int new_certificate(struct bw_pki *pki, struct bw_x509 *x509, const struct bw_x509_facts *facts,
                           struct pki_certificate **ret)
{
        struct pki_certificate *c = bw_arena_zalloc(pki->arena, sizeof(*c));

        if (!c || bw_grow(&pki->certificates, &pki->cap_certificates, pki->n_certificates + 1,
                          sizeof(pki->certificates[0])) < 0) {
                bw_x509_free(x509);
                return -ENOMEM;
        }
        c->x509 = x509;
        c->facts = *facts;
        pki->certificates[pki->n_certificates++] = c;
        *ret = c;
        return 0;
}

static int take_certificate(struct bw_pki *pki, struct pki_source *source, struct bw_str der, uint32_t line,
                            struct bw_error *reterr)
{
        struct bw_str fingerprint = bw_x509_fingerprint(pki->arena, der);
        struct pki_certificate *c = find_certificate(pki, fingerprint);
        struct bw_x509 *x509 = NULL;
        struct bw_x509_facts facts;
        int r;

        if (!fingerprint.p)
                return bw_arena_error(pki->arena, reterr);
        if (!c && pki->n_certificates >= BW_LIMIT_PKI_ITEMS)
                return 0;
        if (!c) {
                r = bw_x509_read(der, &x509, reterr);
                if (r < 0)
                        return r;
                r = bw_x509_facts(pki->arena, x509, &facts, reterr);
                if (r < 0) {
                        bw_x509_free(x509);
                        return r;
                }
                r = new_certificate(pki, x509, &facts, &c);
                if (r < 0)
                        return bw_error_nomem(reterr);
        }
        return add_place(pki, c, source, line) < 0 ? bw_error_nomem(reterr) : 0;
}

static int take_key(struct bw_pki *pki, struct pki_source *source, const struct bw_pem_block *block, struct bw_str der,
                    uint32_t line, struct bw_error *reterr)
{
        struct pki_key *key;
        int r;

        if (pki->n_keys >= BW_LIMIT_PKI_ITEMS)
                return 0;
        key = bw_arena_zalloc(pki->arena, sizeof(*key));
        if (!key || bw_grow(&pki->keys, &pki->cap_keys, pki->n_keys + 1, sizeof(pki->keys[0])) < 0)
                return bw_error_nomem(reterr);
        r = bw_key_read(pki->arena, block->label, der, block->encrypted, &key->facts, reterr);
        if (r < 0)
                return r;
        key->source = source;
        key->line = line;
        source->n_keys++;
        pki->keys[pki->n_keys++] = key;
        return 0;
}

/* A block that cannot be read makes its file broken, and the others are read all the same. */
static int take_block(struct bw_pki *pki, struct pki_source *source, const struct bw_pem_block *block,
                      struct bw_error *reterr)
{
        enum bw_pem_kind kind = bw_pem_kind(block->label);
        uint32_t line = (source->of.line ? source->of.line - 1 : 0) + block->line;
        struct bw_str der = {0};
        int r = 0;

        if (kind != BW_PEM_CERTIFICATE && kind != BW_PEM_PRIVATE_KEY)
                return 0;
        if (!(kind == BW_PEM_PRIVATE_KEY && block->encrypted))
                r = bw_pem_decode(pki->arena, block, &der, reterr);
        if (r == 0)
                r = kind == BW_PEM_CERTIFICATE ? take_certificate(pki, source, der, line, reterr)
                                               : take_key(pki, source, block, der, line, reterr);
        if (kind == BW_PEM_PRIVATE_KEY)
                bw_secret_wipe(der);
        return r;
}

static void set_problem(struct bw_pki *pki, struct pki_source *source, struct bw_str problem)
{
        if (source->problem.n == 0)
                source->problem = bw_arena_str(pki->arena, problem);
}

static int take_text(struct bw_pki *pki, struct pki_source *source, struct bw_str text, struct bw_error *reterr)
{
        struct bw_pem_reader reader = bw_pem_reader(text);
        struct bw_pem_block block;

        while (bw_pem_next(&reader, &block)) {
                struct bw_error err = {0};
                int r = take_block(pki, source, &block, &err);

                if (r == -ENOMEM)
                        return bw_error_nomem(reterr);
                if (r < 0)
                        set_problem(pki, source, bw_str(err.message));
        }
        if (source->of.wants_certificate && source->n_certificates == 0)
                set_problem(pki, source, BW_STR("no certificate in PEM form"));
        if (source->of.wants_key && source->n_keys == 0)
                set_problem(pki, source, BW_STR("no private key in PEM form"));
        return 0;
}

static int copy_text(struct bw_pki *pki, struct bw_str *text)
{
        *text = bw_arena_str(pki->arena, *text);
        return text->p ? 0 : -ENOMEM;
}

static int new_source(struct bw_pki *pki, const struct bw_pki_source *from, struct pki_source **ret,
                      struct bw_error *reterr)
{
        struct pki_source *source = bw_arena_zalloc(pki->arena, sizeof(*source));

        if (!source || bw_grow(&pki->sources, &pki->cap_sources, pki->n_sources + 1, sizeof(pki->sources[0])) < 0)
                return bw_error_nomem(reterr);
        source->of = *from;
        source->of.text = (struct bw_str){0};
        if (copy_text(pki, &source->of.label) < 0 || copy_text(pki, &source->of.file) < 0 ||
            copy_text(pki, &source->of.path) < 0 || copy_text(pki, &source->of.reason) < 0 ||
            copy_text(pki, &source->of.help) < 0 || copy_text(pki, &source->of.owner.owner) < 0 ||
            copy_text(pki, &source->of.owner.group) < 0 || copy_text(pki, &source->of.owner.closed_by) < 0)
                return bw_error_nomem(reterr);
        if (from->role)
                source->roles = (uint64_t)1 << from->role;
        add_why(pki, source, from->why);
        pki->sources[pki->n_sources++] = source;
        *ret = source;
        return 0;
}

int bw_pki_add(struct bw_pki *pki, const struct bw_pki_source *source, struct bw_error *reterr)
{
        struct pki_source *mine;
        int r;

        if (bw_pki_again(pki, source->label, source->role, source->why, source->in_use) ||
            pki->n_sources >= BW_LIMIT_PKI_ITEMS)
                return 0;
        r = new_source(pki, source, &mine, reterr);
        if (r < 0)
                return r;
        if (source->state == BW_FILE_READ)
                return take_text(pki, mine, source->text, reterr);
        set_problem(pki, mine, source->reason.n ? source->reason : BW_STR("it cannot be read"));
        return 0;
}

int bw_pki_pair(struct bw_pki *pki, struct bw_str certificate, struct bw_str key, struct bw_error *reterr)
{
        struct pki_source *source = pki_find_source(pki, certificate);

        if (!source || source->pair.n)
                return 0;
        source->pair = bw_arena_str(pki->arena, key);
        return source->pair.p ? 0 : bw_error_nomem(reterr);
}

int bw_pki_expect(struct bw_pki *pki, enum bw_pki_role role, struct bw_str name, struct bw_str why,
                  struct bw_error *reterr)
{
        struct pki_expected *e = bw_arena_zalloc(pki->arena, sizeof(*e));

        for (struct pki_expected *at = pki->expected; at; at = at->next)
                if (at->role == role && bw_str_eq(at->name, name))
                        return 0;
        if (!e)
                return bw_error_nomem(reterr);
        *e = (struct pki_expected){.role = role, .name = name, .why = why, .next = pki->expected};
        if (copy_text(pki, &e->name) < 0 || copy_text(pki, &e->why) < 0)
                return bw_error_nomem(reterr);
        pki->expected = e;
        return 0;
}

/* ---- kubeconfigs */

struct embedded {
        const struct bw_pki_source *file;
        const char *list;             /* "users" */
        const char *field;            /* "user.client-certificate-data" */
        struct bw_str entry;          /* the entry's name */
        uint32_t index;
        enum bw_pki_role role;
        bool is_key;
};

static struct bw_str embedded_label(struct bw_pki *pki, const struct embedded *e, const char *field)
{
        return bw_arena_printf(pki->arena, "%.*s#%s[%" PRIu32 "].%s", BW_STR_ARG(e->file->label), e->list, e->index,
                               field);
}

static int add_embedded(struct bw_pki *pki, const struct embedded *e, const struct bw_kubeconfig_data *data,
                        struct bw_error *reterr)
{
        struct bw_pki_source source = *e->file;

        if (!data->is_there)
                return 0;
        source.label = embedded_label(pki, e, e->field);
        source.path = bw_arena_printf(pki->arena, "%s[%" PRIu32 "].%s", e->list, e->index, e->field);
        source.why = bw_arena_printf(pki->arena, "%s %.*s of a kubeconfig", strcmp(e->list, "users") ? "cluster" : "user",
                                     BW_STR_ARG(e->entry));
        if (!source.label.p || !source.path.p || !source.why.p)
                return bw_error_nomem(reterr);
        source.role = e->role;
        source.wants_certificate = !e->is_key;
        source.wants_key = e->is_key;
        source.line = data->line;
        source.text = data->bytes;
        source.state = data->problem.n ? BW_FILE_UNREADABLE : BW_FILE_READ;
        source.reason = data->problem;
        return bw_pki_add(pki, &source, reterr);
}

static int add_clusters(struct bw_pki *pki, const struct bw_pki_source *file, const struct bw_kubeconfig *config,
                        struct bw_error *reterr)
{
        int r = 0;

        for (size_t i = 0; r == 0 && i < config->n_clusters; i++) {
                const struct bw_kubeconfig_cluster *c = &config->clusters[i];
                const struct embedded e = {.file = file, .list = "clusters", .entry = c->name, .index = c->index,
                                           .field = "cluster.certificate-authority-data", .role = file->role};

                r = add_embedded(pki, &e, &c->ca, reterr);
        }
        return r;
}

static int add_users(struct bw_pki *pki, const struct bw_pki_source *file, const struct bw_kubeconfig *config,
                     struct bw_error *reterr)
{
        int r = 0;

        for (size_t i = 0; r == 0 && i < config->n_users; i++) {
                const struct bw_kubeconfig_user *u = &config->users[i];
                struct embedded e = {.file = file, .list = "users", .entry = u->name, .index = u->index,
                                     .field = "user.client-certificate-data"};
                struct bw_str certificate = embedded_label(pki, &e, "user.client-certificate-data");
                struct bw_str key = embedded_label(pki, &e, "user.client-key-data");

                if (!certificate.p || !key.p)
                        return bw_error_nomem(reterr);
                r = add_embedded(pki, &e, &u->cert, reterr);
                e.field = "user.client-key-data";
                e.is_key = true;
                if (r == 0)
                        r = add_embedded(pki, &e, &u->key, reterr);
                if (r == 0 && u->cert.is_there && u->key.is_there)
                        r = bw_pki_pair(pki, certificate, key, reterr);
        }
        return r;
}

int bw_pki_add_kubeconfig(struct bw_pki *pki, const struct bw_pki_source *source, const struct bw_kubeconfig *config,
                          struct bw_error *reterr)
{
        struct pki_kubeconfig *k = bw_arena_zalloc(pki->arena, sizeof(*k));
        struct bw_pki_source alone = *source;
        int r;

        if (!k)
                return bw_error_nomem(reterr);
        alone.wants_certificate = alone.wants_key = false;
        r = new_source(pki, &alone, &k->source, reterr);
        if (r == 0)
                r = add_clusters(pki, source, config, reterr);
        if (r == 0)
                r = add_users(pki, source, config, reterr);
        if (r < 0)
                return r;
        k->config = *config;
        *pki->kubeconfigs_end = k;
        pki->kubeconfigs_end = &k->next;
        return 0;
}
