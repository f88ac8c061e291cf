/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "analyze/pki_internal.h"

struct writing {
        struct bw_pki *pki;
        bw_doc_sink sink;
        void *userdata;
        struct bw_error *reterr;
};

/* "cp1/etc/kubernetes/pki/ca.crt", "web/data['tls.crt']"; "#2" for what comes second in it. */
static int begin(const struct writing *w, const char *kind, struct bw_str label, size_t number, struct bw_facts *facts)
{
        struct bw_str name = w->pki->options.name;
        const char *between = name.n == 0 || (label.n && label.p[0] == '/') ? "" : "/";
        struct bw_str full = bw_arena_printf(w->pki->arena, "%.*s%s%.*s", BW_STR_ARG(name), between, BW_STR_ARG(label));

        if (full.p && number)
                full = bw_arena_printf(w->pki->arena, "%.*s#%zu", BW_STR_ARG(full), number + 1);
        if (!full.p)
                return bw_arena_error(w->pki->arena, w->reterr);
        bw_facts_init(facts, w->pki->arena, kind, full);
        bw_fields_text(&facts->fields, "origin", bw_str(w->pki->options.origin));
        if (w->pki->options.distribution && w->pki->options.distribution[0])
                bw_fields_text(&facts->fields, "distribution", bw_str(w->pki->options.distribution));
        return 0;
}

static int end(const struct writing *w, struct bw_facts *facts)
{
        struct bw_doc *doc = bw_arena_zalloc(w->pki->arena, sizeof(*doc));
        int r;

        if (!doc)
                return bw_arena_error(w->pki->arena, w->reterr);
        r = bw_facts_finish(facts, doc, w->reterr);
        return r < 0 ? r : w->sink(w->userdata, doc, w->reterr);
}

static struct bw_str first_why(const struct pki_source *source)
{
        return source->n_whys ? source->whys[0] : (struct bw_str){0};
}

static void put_evidence(const struct writing *w, struct bw_facts *facts, const struct pki_source *source, uint32_t line)
{
        const struct bw_evidence evidence = {
                .type = w->pki->options.evidence,
                .text = first_why(source),
                .file = source->of.file,
                .line = source->of.file.n ? line : 0,
                .path = source->of.file.n ? (struct bw_str){0} : source->of.path,
        };

        bw_facts_evidence(facts, &evidence, "%s", "");
}

/* Why there is nothing to judge at path. */
static void put_state(struct bw_facts *facts, const struct pki_source *source, const char *path)
{
        const struct bw_evidence evidence = {
                .state = source->of.state == BW_FILE_ABSENT ? "absent" : "unreadable",
                .file = source->of.file,
                .path = source->of.file.n ? (struct bw_str){0} : source->of.path,
                .reason = source->problem,
                .help = source->of.help,
        };

        bw_facts_evidence(facts, &evidence, "%s", path);
}

static void put_roles(struct bw_facts *facts, uint64_t roles)
{
        static const struct {
                unsigned kind;
                const char *name;
        } kinds[] = {{BW_PKI_CA, "ca"}, {BW_PKI_SERVING, "serving"}, {BW_PKI_CLIENT, "client"}, {BW_PKI_TOKENS, "tokens"}};
        struct bw_items names = bw_items(facts);
        struct bw_items uses = bw_items(facts);

        for (unsigned role = 1; role < _BW_PKI_ROLE_MAX; role++)
                if (roles >> role & 1)
                        bw_items_text(&names, bw_str(bw_pki_role_name((enum bw_pki_role)role)));
        for (size_t i = 0; i < BW_ARRAY_SIZE(kinds); i++)
                if (pki_kinds(roles) & kinds[i].kind)
                        bw_items_text(&uses, bw_str(kinds[i].name));
        bw_fields_text(&facts->fields, "role", bw_str(bw_pki_role_name(pki_first_role(roles))));
        bw_fields_value(&facts->fields, "roles", bw_items_end(&names));
        bw_fields_value(&facts->fields, "uses", bw_items_end(&uses));
}

/* ---- Certificate */

static struct bw_value whys_value(struct bw_facts *facts, const struct pki_source *source)
{
        struct bw_items whys = bw_items(facts);

        for (size_t i = 0; i < source->n_whys; i++)
                bw_items_text(&whys, source->whys[i]);
        return bw_items_end(&whys);
}

static void put_files(struct bw_facts *facts, const struct pki_certificate *c)
{
        struct bw_items files = bw_items(facts);
        bool in_use = false;
        bool rotated = false;

        for (size_t i = 0; i < c->n_places; i++) {
                const struct pki_source *source = c->places[i].source;
                struct bw_fields file = bw_fields(facts);

                bw_fields_text(&file, "path", source->of.label);
                bw_fields_int(&file, "position", (int64_t)c->places[i].position);
                bw_fields_value(&file, "why", whys_value(facts, source));
                bw_items_value(&files, bw_fields_end(&file));
                in_use |= source->of.in_use;
                rotated |= source->of.rotated;
        }
        bw_fields_value(&facts->fields, "files", bw_items_end(&files));
        bw_fields_bool(&facts->fields, "inUse", in_use);
        bw_fields_bool(&facts->fields, "rotated", rotated);
}

static uint32_t domains_of(uint64_t roles)
{
        uint32_t bits = 0;

        for (unsigned role = 1; role < _BW_PKI_ROLE_MAX; role++)
                if ((roles >> role & 1) && pki_role_domain((enum bw_pki_role)role))
                        bits |= UINT32_C(1) << pki_role_domain((enum bw_pki_role)role);
        return bits;
}

static struct bw_value domains_value(struct bw_facts *facts, uint64_t roles)
{
        struct bw_items items = bw_items(facts);
        uint32_t bits = domains_of(roles);

        for (unsigned d = 1; d < _BW_PKI_DOMAIN_MAX; d++)
                if (bits >> d & 1)
                        bw_items_text(&items, bw_str(pki_domain_name((enum bw_pki_domain)d)));
        return bw_items_end(&items);
}

/* The certificate at the top of the chain, as far as it is known. */
static const struct pki_certificate *top_of(const struct pki_certificate *c)
{
        for (unsigned i = 0; i < BW_LIMIT_PKI_CHAIN && c->issuer == PKI_ISSUER_FOUND; i++)
                c = c->above;
        return c;
}

/* NULL: nothing is wrong with what is known of the chain. */
static const char *chain_problem(const struct pki_certificate *c)
{
        int64_t between = 0;

        if (c->issuer == PKI_ISSUER_BROKEN)
                return "the CA of that name did not sign it";
        for (unsigned i = 0; i < BW_LIMIT_PKI_CHAIN && c->issuer == PKI_ISSUER_FOUND; i++, c = c->above) {
                if (!c->above->facts.is_ca)
                        return "it was signed by a certificate that is no CA";
                if (c->above->facts.path_length >= 0 && between > c->above->facts.path_length)
                        return "the chain is longer than a CA in it allows";
                between++;
        }
        return c->issuer == PKI_ISSUER_BROKEN ? "the CA that is named above it did not sign" : NULL;
}

static void put_authority(struct bw_facts *facts, struct bw_fields *chain, const struct pki_certificate *ca)
{
        struct bw_fields of = bw_fields(facts);

        bw_fields_text(&of, "subject", ca->facts.subject);
        bw_fields_text(&of, "fingerprint", ca->facts.fingerprint);
        bw_fields_text(&of, "file", ca->places[0].source->of.label);
        bw_fields_value(&of, "notAfter", bw_facts_time(facts, ca->facts.not_after));
        bw_fields_value(&of, "domains", domains_value(facts, top_of(ca)->roles));
        bw_fields_value(chain, "ca", bw_fields_end(&of));
}

static void put_chain(struct bw_facts *facts, const struct pki_certificate *c)
{
        static const char *const issuers[] = {
                [PKI_ISSUER_UNKNOWN] = "unknown",
                [PKI_ISSUER_SELF] = "self",
                [PKI_ISSUER_FOUND] = "found",
                [PKI_ISSUER_BROKEN] = "broken",
        };
        struct bw_fields chain = bw_fields(facts);
        const char *problem = chain_problem(c);
        enum bw_pki_domain domain = pki_role_domain(pki_first_role(c->roles));

        bw_fields_text(&chain, "issuer", bw_str(issuers[c->issuer]));
        bw_fields_bool(&chain, "verified", !problem && top_of(c)->issuer == PKI_ISSUER_SELF);
        if (problem)
                bw_fields_text(&chain, "problem", bw_str(problem));
        if (domain)
                bw_fields_text(&chain, "domain", bw_str(pki_domain_name(domain)));
        if (c->above)
                put_authority(facts, &chain, c->above);
        bw_fields_value(&facts->fields, "chain", bw_fields_end(&chain));
}

static const struct pki_key *key_in(const struct bw_pki *pki, const struct pki_source *source)
{
        for (size_t i = 0; i < pki->n_keys; i++)
                if (pki->keys[i]->source == source)
                        return pki->keys[i];
        return NULL;
}

/* The source that should hold the key of the certificate that comes first in a file. */
static struct pki_source *key_source(struct bw_pki *pki, const struct pki_certificate *c)
{
        for (size_t i = 0; i < c->n_places; i++) {
                struct pki_source *source = c->places[i].source;

                if (c->places[i].position)
                        continue;
                if (source->pair.n && pki_find_source(pki, source->pair))
                        return pki_find_source(pki, source->pair);
                if (source->n_keys)
                        return source;
        }
        return NULL;
}

static const struct pki_key *key_of(const struct bw_pki *pki, struct bw_str spki)
{
        for (size_t i = 0; spki.n && i < pki->n_keys; i++)
                if (bw_str_eq(pki->keys[i]->facts.spki, spki))
                        return pki->keys[i];
        return NULL;
}

static void put_key(struct bw_pki *pki, struct bw_facts *facts, const struct pki_certificate *c)
{
        struct bw_fields of = bw_fields(facts);
        struct pki_source *source = key_source(pki, c);
        const struct pki_key *key = source ? key_in(pki, source) : key_of(pki, c->facts.key.spki);

        if (!source && !key)
                return;
        if (!source)
                source = key->source;
        bw_fields_text(&of, "file", source->of.label);
        if (!key)
                put_state(facts, source, "key.matches");
        else if (key->facts.encrypted)
                bw_fields_bool(&of, "encrypted", true);
        else
                bw_fields_bool(&of, "matches", bw_str_eq(key->facts.spki, c->facts.key.spki));
        bw_fields_value(&facts->fields, "key", bw_fields_end(&of));
}

/* Names by which the server is asked and that the certificate does not have. */
static void put_missing_names(struct bw_pki *pki, struct bw_facts *facts, const struct pki_certificate *c)
{
        struct bw_items missing = bw_items(facts);
        bool in_use = false;

        for (size_t i = 0; i < c->n_places; i++)
                in_use |= c->places[i].source->of.in_use && c->places[i].position == 0;
        if (!in_use)
                return;
        for (const struct pki_expected *e = pki->expected; e; e = e->next) {
                struct bw_fields name;

                if (!(c->roles >> e->role & 1) || bw_x509_is_for(&c->facts, e->name))
                        continue;
                name = bw_fields(facts);
                bw_fields_text(&name, "name", e->name);
                bw_fields_text(&name, "why", e->why);
                bw_items_value(&missing, bw_fields_end(&name));
        }
        bw_fields_value(&facts->fields, "missingNames", bw_items_end(&missing));
}

static int put_certificate(const struct writing *w, const struct pki_certificate *c)
{
        const struct pki_place *first = &c->places[0];
        struct bw_facts facts;
        int r = begin(w, "Certificate", first->source->of.label, first->position, &facts);

        if (r < 0)
                return r;
        put_roles(&facts, c->roles);
        put_files(&facts, c);
        bw_x509_put(&facts.fields, &c->facts);
        if (pki_kinds(c->roles) & BW_PKI_CA)
                bw_fields_value(&facts.fields, "domains", domains_value(&facts, c->roles));
        put_chain(&facts, c);
        put_evidence(w, &facts, first->source, first->line);
        put_key(w->pki, &facts, c);
        put_missing_names(w->pki, &facts, c);
        return end(w, &facts);
}

/* ---- PrivateKey */

static const struct pki_certificate *certificate_of(const struct bw_pki *pki, struct bw_str spki)
{
        for (size_t i = 0; spki.n && i < pki->n_certificates; i++)
                if (bw_str_eq(pki->certificates[i]->facts.key.spki, spki))
                        return pki->certificates[i];
        return NULL;
}

static uint64_t key_roles(const struct bw_pki *pki, const struct pki_key *key)
{
        uint64_t roles = key->source->roles;

        for (size_t i = 0; key->facts.spki.n && i < pki->n_certificates; i++)
                if (bw_str_eq(pki->certificates[i]->facts.key.spki, key->facts.spki))
                        roles |= pki->certificates[i]->roles;
        return roles ? roles : (uint64_t)1 << BW_PKI_ROLE_UNKNOWN;
}

/* Who has the key, of those that a role names. */
static void put_holders(struct bw_pki *pki, struct bw_facts *facts, const struct pki_key *key)
{
        struct bw_items holders = bw_items(facts);
        struct bw_items also = bw_items(facts);
        uint64_t roles = key_roles(pki, key);
        const char *told[_BW_PKI_ROLE_MAX];
        size_t n = 0;

        for (size_t i = 0; key->facts.spki.n && i < pki->n_keys; i++) {
                if (pki->keys[i] == key || !bw_str_eq(pki->keys[i]->facts.spki, key->facts.spki))
                        continue;
                roles |= pki->keys[i]->source->roles;
                bw_items_text(&also, pki->keys[i]->source->of.label);
        }
        for (unsigned role = 1; role < BW_PKI_ROLE_WEBHOOK_CA; role++) {
                bool is_new = roles >> role & 1;

                for (size_t i = 0; i < n; i++)
                        is_new = is_new && strcmp(told[i], pki_role_holder((enum bw_pki_role)role)) != 0;
                if (!is_new)
                        continue;
                told[n] = pki_role_holder((enum bw_pki_role)role);
                bw_items_text(&holders, bw_str(told[n++]));
        }
        bw_fields_value(&facts->fields, "holders", bw_items_end(&holders));
        bw_fields_value(&facts->fields, "sameKeyIn", bw_items_end(&also));
}

static void put_owner(struct bw_facts *facts, const struct bw_pki_file *file)
{
        struct bw_fields reach = bw_fields(facts);
        char mode[8];

        if (!file->is_known)
                return;
        (void)snprintf(mode, sizeof(mode), "%04o", (unsigned)file->mode & 07777);
        bw_fields_int(&facts->fields, "mode", file->mode);
        bw_fields_text(&facts->fields, "modeText", bw_str(mode));
        bw_fields_int(&facts->fields, "uid", file->uid);
        bw_fields_int(&facts->fields, "gid", file->gid);
        bw_fields_text(&facts->fields, "owner", file->owner);
        bw_fields_text(&facts->fields, "group", file->group);
        bw_fields_bool(&reach, "group", file->group_reaches);
        bw_fields_bool(&reach, "others", file->others_reach);
        bw_fields_text(&reach, "closedBy", file->closed_by);
        bw_fields_value(&facts->fields, "reach", bw_fields_end(&reach));
}

static void put_place(const struct bw_pki *pki, struct bw_facts *facts, const struct pki_source *source)
{
        bw_fields_text(&facts->fields, "file", source->of.file.n ? source->of.file : source->of.label);
        bw_fields_value(&facts->fields, "why", whys_value(facts, source));
        bw_fields_bool(&facts->fields, "inUse", source->of.in_use);
        put_owner(facts, &source->of.owner);
        if (pki->options.knows_control_plane)
                bw_fields_bool(&facts->fields, "controlPlane", pki->options.is_control_plane);
}

static int put_private_key(const struct writing *w, const struct pki_key *key, size_t number)
{
        const struct pki_certificate *c = certificate_of(w->pki, key->facts.spki);
        uint64_t roles = key_roles(w->pki, key);
        struct bw_facts facts;
        int r = begin(w, "PrivateKey", key->source->of.label, number, &facts);

        if (r < 0)
                return r;
        put_roles(&facts, roles);
        put_place(w->pki, &facts, key->source);
        bw_fields_value(&facts.fields, "key", bw_key_value(&facts, &key->facts));
        put_holders(w->pki, &facts, key);
        bw_fields_bool(&facts.fields, "isCAKey", (pki_kinds(roles) & BW_PKI_CA) || (c && c->facts.is_ca));
        if (c)
                bw_fields_text(&facts.fields, "certificate", c->facts.subject);
        put_evidence(w, &facts, key->source, key->line);
        return end(w, &facts);
}

/* ---- what could not be read */

static int put_unreadable(const struct writing *w, const struct pki_source *source)
{
        struct bw_facts facts;
        int r = 0;

        if (source->of.wants_certificate && source->n_certificates == 0) {
                r = begin(w, "Certificate", source->of.label, 0, &facts);
                if (r < 0)
                        return r;
                put_state(&facts, source, "");
                r = end(w, &facts);
        }
        if (r == 0 && source->of.wants_kubeconfig) {
                r = begin(w, "Kubeconfig", source->of.label, 0, &facts);
                if (r < 0)
                        return r;
                put_place(w->pki, &facts, source);
                put_state(&facts, source, "");
                r = end(w, &facts);
        }
        if (r < 0 || !source->of.wants_key || source->n_keys)
                return r;
        r = begin(w, "PrivateKey", source->of.label, 0, &facts);
        if (r < 0)
                return r;
        put_roles(&facts, source->roles ? source->roles : (uint64_t)1 << BW_PKI_ROLE_UNKNOWN);
        put_place(w->pki, &facts, source);
        bw_fields_bool(&facts.fields, "isCAKey", (pki_kinds(source->roles) & BW_PKI_CA) != 0);
        put_evidence(w, &facts, source, 0);
        put_state(&facts, source, source->of.state == BW_FILE_ABSENT ? "" : "key");
        return end(w, &facts);
}

/* ---- Kubeconfig */

static void put_cluster(struct bw_facts *facts, struct bw_items *to, const struct pki_kubeconfig *k,
                        const struct bw_kubeconfig_cluster *c)
{
        struct bw_fields of = bw_fields(facts);
        struct bw_str host = bw_url_host(c->server);

        bw_fields_text(&of, "name", c->name);
        bw_fields_text(&of, "server", c->server);
        bw_fields_text(&of, "host", host);
        bw_fields_bool(&of, "plainHTTP", bw_str_starts(c->server, BW_STR("http://")));
        bw_fields_bool(&of, "insecureSkipTLSVerify", c->insecure);
        bw_fields_bool(&of, "hasCertificateAuthority", c->ca.is_there || c->ca_file.n > 0);
        bw_fields_bool(&of, "current", c->name.n && bw_str_eq(c->name, k->config.current_cluster));
        bw_items_value(to, bw_fields_end(&of));
}

static void put_token(struct bw_facts *facts, struct bw_fields *to, const struct bw_token_facts *token)
{
        static const char *const kinds[] = {[BW_TOKEN_NONE] = "none", [BW_TOKEN_JWT] = "jwt",
                                            [BW_TOKEN_BOOTSTRAP] = "bootstrap", [BW_TOKEN_OPAQUE] = "opaque"};
        struct bw_fields of = bw_fields(facts);

        if (token->kind == BW_TOKEN_NONE)
                return;
        bw_fields_text(&of, "kind", bw_str(kinds[token->kind]));
        bw_fields_bool(&of, "expires", token->has_expiry);
        if (token->has_expiry)
                bw_fields_value(&of, "notAfter", bw_facts_time(facts, BW_MIN(token->expires, INT64_C(253402300799))));
        if (token->has_expiry && token->issued > 0 && token->expires > token->issued)
                bw_fields_int(&of, "lifetimeHours", (token->expires - token->issued) / 3600);
        bw_fields_text(&of, "subject", token->subject);
        bw_fields_text(&of, "issuer", token->issuer);
        bw_fields_value(to, "token", bw_fields_end(&of));
}

static void put_user(struct bw_facts *facts, struct bw_items *to, const struct pki_kubeconfig *k,
                     const struct bw_kubeconfig_user *u)
{
        struct bw_fields of = bw_fields(facts);
        struct bw_items methods = bw_items(facts);
        const struct {
                bool has;
                const char *name;
        } ways[] = {
                {u->cert.is_there || u->cert_file.n, "certificate"},
                {u->token.kind != BW_TOKEN_NONE, "token"},
                {u->token_file.n > 0, "tokenFile"},
                {u->exec.n > 0, "exec"},
                {u->auth_provider.n > 0, "authProvider"},
                {u->has_password, "password"},
        };

        for (size_t i = 0; i < BW_ARRAY_SIZE(ways); i++)
                if (ways[i].has)
                        bw_items_text(&methods, bw_str(ways[i].name));
        bw_fields_text(&of, "name", u->name);
        bw_fields_value(&of, "methods", bw_items_end(&methods));
        bw_fields_bool(&of, "embeddedKey", u->key.is_there);
        put_token(facts, &of, &u->token);
        if (u->exec.n)
                bw_fields_text(&of, "exec", u->exec);
        bw_fields_bool(&of, "current", u->name.n && bw_str_eq(u->name, k->config.current_user));
        bw_items_value(to, bw_fields_end(&of));
}

/* Where the fields of an entry stand in the kubeconfig itself. */
static void put_entry_evidence(const struct writing *w, struct bw_facts *facts, const struct pki_kubeconfig *k,
                               const char *list, uint32_t index, const char *field)
{
        struct bw_str path = bw_arena_printf(w->pki->arena, "%s[%" PRIu32 "].%s", list, index, field);
        const struct bw_evidence evidence = {
                .type = w->pki->options.evidence,
                .text = first_why(k->source),
                .file = k->source->of.file,
                .path = k->source->of.file.n ? (struct bw_str){0} : path,
        };

        if (path.p)
                bw_facts_evidence(facts, &evidence, "%s[%" PRIu32 "]", list, index);
}

static int put_kubeconfig(const struct writing *w, const struct pki_kubeconfig *k)
{
        struct bw_items clusters;
        struct bw_items users;
        struct bw_facts facts;
        int r = begin(w, "Kubeconfig", k->source->of.label, 0, &facts);

        if (r < 0)
                return r;
        clusters = bw_items(&facts);
        users = bw_items(&facts);
        put_place(w->pki, &facts, k->source);
        put_evidence(w, &facts, k->source, 0);
        for (size_t i = 0; i < k->config.n_clusters; i++) {
                put_cluster(&facts, &clusters, k, &k->config.clusters[i]);
                put_entry_evidence(w, &facts, k, "clusters", k->config.clusters[i].index, "cluster");
        }
        for (size_t i = 0; i < k->config.n_users; i++) {
                put_user(&facts, &users, k, &k->config.users[i]);
                put_entry_evidence(w, &facts, k, "users", k->config.users[i].index, "user");
        }
        bw_fields_value(&facts.fields, "clusters", bw_items_end(&clusters));
        bw_fields_value(&facts.fields, "users", bw_items_end(&users));
        return end(w, &facts);
}

/* ---- all */

static int put_keys(const struct writing *w)
{
        int r = 0;

        for (size_t i = 0; r == 0 && i < w->pki->n_keys; i++) {
                const struct pki_key *key = w->pki->keys[i];
                size_t number = 0;

                for (size_t before = i; before > 0 && w->pki->keys[before - 1]->source == key->source; before--)
                        number++;
                r = put_private_key(w, key, number);
        }
        return r;
}

int bw_pki_finish(struct bw_pki *pki, bw_doc_sink sink, void *userdata, struct bw_error *reterr)
{
        const struct writing w = {.pki = pki, .sink = sink, .userdata = userdata, .reterr = reterr};
        int r = 0;

        if (pki_link(pki) < 0)
                return bw_error_nomem(reterr);
        for (size_t i = 0; r == 0 && i < pki->n_certificates; i++)
                r = put_certificate(&w, pki->certificates[i]);
        if (r == 0)
                r = put_keys(&w);
        for (size_t i = 0; r == 0 && i < pki->n_sources; i++)
                if (pki->sources[i]->problem.n)
                        r = put_unreadable(&w, pki->sources[i]);
        for (const struct pki_kubeconfig *k = pki->kubeconfigs; r == 0 && k; k = k->next)
                r = put_kubeconfig(&w, k);
        return r;
}
