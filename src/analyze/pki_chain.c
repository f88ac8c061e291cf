/* SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "base/limits.h"
#include "analyze/pki_internal.h"

/* Certificates by subject, so that an issuer's name is looked up, not searched. */
static int by_subject(const void *a, const void *b)
{
        const struct pki_certificate *const *x = a;
        const struct pki_certificate *const *y = b;
        int order = bw_str_cmp((*x)->facts.subject, (*y)->facts.subject);

        return order ? order : (*x)->number < (*y)->number ? -1 : 1;
}

static size_t first_named(struct pki_certificate *const *sorted, size_t n, struct bw_str subject)
{
        size_t from = 0;

        while (n > from) {
                size_t middle = from + (n - from) / 2;

                if (bw_str_cmp(sorted[middle]->facts.subject, subject) < 0)
                        from = middle + 1;
                else
                        n = middle;
        }
        return from;
}

static bool has_signed(struct bw_pki *pki, const struct pki_certificate *c, const struct pki_certificate *issuer)
{
        return pki->n_signatures++ < BW_LIMIT_PKI_SIGNATURES && bw_x509_is_signed_by(c->x509, issuer->x509);
}

static enum bw_pki_domain domain_of(const struct pki_certificate *c)
{
        return pki_role_domain(pki_first_role(c->roles));
}

/*
 * A CA of the issuer's name that did not sign: a mistake if it says that it is the one (key identifiers), or if it is the one
 * that the certificate's peers trust. Else it is another cluster's, of the same name.
 */
static bool should_have_signed(const struct pki_certificate *c, const struct pki_certificate *ca)
{
        if (c->facts.authority_key_id.n && ca->facts.subject_key_id.n &&
            bw_str_eq(c->facts.authority_key_id, ca->facts.subject_key_id))
                return true;
        return ca->facts.is_ca && domain_of(c) != BW_PKI_NO_DOMAIN && domain_of(c) == domain_of(ca);
}

static void link_one(struct bw_pki *pki, struct pki_certificate *const *sorted, struct pki_certificate *c)
{
        size_t n = pki->n_certificates;

        if (c->facts.self_signed) {
                c->issuer = PKI_ISSUER_SELF;
                return;
        }
        for (size_t i = first_named(sorted, n, c->facts.issuer);
             i < n && bw_str_eq(sorted[i]->facts.subject, c->facts.issuer); i++) {
                if (sorted[i] == c)
                        continue;
                if (bw_x509_names_issuer(c->x509, sorted[i]->x509) && has_signed(pki, c, sorted[i])) {
                        c->issuer = PKI_ISSUER_FOUND;
                        c->above = sorted[i];
                        return;
                }
                if (c->issuer == PKI_ISSUER_UNKNOWN && pki->n_signatures < BW_LIMIT_PKI_SIGNATURES &&
                    should_have_signed(c, sorted[i])) {
                        c->issuer = PKI_ISSUER_BROKEN;
                        c->above = sorted[i];
                }
        }
}

/* Roles of a certificate: those of the files where it comes first, of every file for a CA; else what it looks like. */
static void assign_roles(struct pki_certificate *c)
{
        for (size_t i = 0; i < c->n_places; i++) {
                uint64_t roles = c->places[i].source->roles;

                for (unsigned role = 1; role < _BW_PKI_ROLE_MAX; role++)
                        if ((roles >> role & 1) &&
                            (c->places[i].position == 0 || bw_pki_role_kind((enum bw_pki_role)role) & BW_PKI_CA))
                                c->roles |= (uint64_t)1 << role;
        }
        if (c->roles == 0)
                c->roles = (uint64_t)1 << pki_guess_role(&c->facts);
}

int pki_link(struct bw_pki *pki)
{
        struct pki_certificate **sorted = bw_reallocarray(NULL, pki->n_certificates + 1, sizeof(*sorted));

        if (!sorted)
                return -ENOMEM;
        for (size_t i = 0; i < pki->n_certificates; i++) {
                pki->certificates[i]->number = (uint32_t)i;
                assign_roles(pki->certificates[i]);
                sorted[i] = pki->certificates[i];
        }
        if (pki->n_certificates)
                qsort(sorted, pki->n_certificates, sizeof(*sorted), by_subject);
        for (size_t i = 0; i < pki->n_certificates; i++)
                link_one(pki, sorted, pki->certificates[i]);
        bw_free(sorted);
        return 0;
}
