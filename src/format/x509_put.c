/* SPDX-License-Identifier: Apache-2.0 */
#include "format/x509.h"

#include "base/time.h"

struct bw_value bw_facts_time(struct bw_facts *facts, int64_t seconds)
{
        char text[BW_TIME_TEXT];

        return bw_facts_text(facts, bw_str(bw_time_format(seconds, text)));
}

static void put_texts(struct bw_fields *fields, const char *key, const struct bw_texts *texts)
{
        struct bw_items items = bw_items(fields->facts);

        for (size_t i = 0; i < texts->n; i++)
                bw_items_text(&items, texts->items[i]);
        bw_fields_value(fields, key, bw_items_end(&items));
}

struct bw_value bw_key_value(struct bw_facts *facts, const struct bw_key_facts *key)
{
        struct bw_fields fields = bw_fields(facts);

        if (key->encrypted) {
                bw_fields_bool(&fields, "encrypted", true);
                return bw_fields_end(&fields);
        }
        bw_fields_text(&fields, "type", bw_str(key->type));
        bw_fields_int(&fields, "bits", key->bits);
        if (key->curve.n)
                bw_fields_text(&fields, "curve", key->curve);
        bw_fields_bool(&fields, "encrypted", false);
        bw_fields_text(&fields, "publicKeyHash", key->spki);
        return bw_fields_end(&fields);
}

void bw_x509_put(struct bw_fields *fields, const struct bw_x509_facts *facts)
{
        struct bw_facts *doc = fields->facts;

        bw_fields_text(fields, "subject", facts->subject);
        bw_fields_text(fields, "commonName", facts->common_name);
        put_texts(fields, "organizations", &facts->organizations);
        bw_fields_text(fields, "issuer", facts->issuer);
        bw_fields_text(fields, "serial", facts->serial);
        bw_fields_value(fields, "notBefore", bw_facts_time(doc, facts->not_before));
        bw_fields_value(fields, "notAfter", bw_facts_time(doc, facts->not_after));
        bw_fields_int(fields, "lifetimeHours", (facts->not_after - facts->not_before) / 3600);
        bw_fields_value(fields, "publicKey", bw_key_value(doc, &facts->key));
        bw_fields_text(fields, "signatureAlgorithm", facts->signature);
        bw_fields_text(fields, "digest", facts->digest);
        put_texts(fields, "dnsNames", &facts->dns);
        put_texts(fields, "ipAddresses", &facts->ips);
        put_texts(fields, "uris", &facts->uris);
        put_texts(fields, "emailAddresses", &facts->emails);
        if (facts->has_key_usage)
                put_texts(fields, "keyUsage", &facts->key_usage);
        if (facts->has_ext_usage)
                put_texts(fields, "extendedKeyUsage", &facts->ext_usage);
        bw_fields_bool(fields, "isCA", facts->is_ca);
        if (facts->path_length >= 0)
                bw_fields_int(fields, "pathLength", facts->path_length);
        bw_fields_text(fields, "subjectKeyId", facts->subject_key_id);
        bw_fields_text(fields, "authorityKeyId", facts->authority_key_id);
        bw_fields_text(fields, "fingerprint", facts->fingerprint);
        bw_fields_bool(fields, "selfSigned", facts->self_signed);
}
