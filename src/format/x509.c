/* SPDX-License-Identifier: Apache-2.0 */
#include "format/x509.h"

#include <arpa/inet.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "format/x509_internal.h"

#define POINT_UNCOMPRESSED 4 /* SEC 1, 2.3.3 */

static void free_bio(BIO *bio)
{
        (void)BIO_free(bio);
}
BW_DEFINE_AUTO(BIO *, free_bio);
BW_DEFINE_AUTO(GENERAL_NAMES *, GENERAL_NAMES_free);
BW_DEFINE_AUTO(EXTENDED_KEY_USAGE *, EXTENDED_KEY_USAGE_free);

static X509 *of(const struct bw_x509 *certificate)
{
        return (X509 *)(uintptr_t)certificate;
}

struct bw_str bw_x509_fingerprint(struct bw_arena *arena, struct bw_str der)
{
        bw_crypto_begin();
        return bw_sha256_hex(arena, (const unsigned char *)der.p, der.n);
}

int bw_x509_read(struct bw_str der, struct bw_x509 **ret, struct bw_error *reterr)
{
        const unsigned char *at = (const unsigned char *)der.p;
        X509 *x;

        if (der.n > BW_LIMIT_X509_BYTES)
                return bw_error_set(reterr, -E2BIG, "a certificate of more than %zu bytes", (size_t)BW_LIMIT_X509_BYTES);
        bw_crypto_begin();
        x = d2i_X509(NULL, &at, (long)der.n);
        ERR_clear_error();
        if (!x || at != (const unsigned char *)der.p + der.n) {
                X509_free(x);
                return bw_error_set(reterr, -EINVAL, "the block is no X.509 certificate");
        }
        *ret = (struct bw_x509 *)x;
        return 0;
}

void bw_x509_free(struct bw_x509 *certificate)
{
        X509_free((X509 *)certificate);
}

/* ---- texts */

static struct bw_str copied(struct bw_arena *arena, const void *p, size_t n)
{
        return bw_arena_str(arena, bw_str_n(p, n));
}

static int add_text(struct bw_arena *arena, struct bw_texts *texts, struct bw_str text)
{
        struct bw_str copy = bw_arena_str(arena, text);

        if (!copy.p)
                return -ENOMEM;
        texts->items[texts->n++] = copy;
        return 0;
}

/* Room for n texts, within the limit. */
static int room(struct bw_arena *arena, struct bw_texts *texts, int n)
{
        size_t most = BW_MIN((size_t)BW_MAX(n, 0), (size_t)BW_LIMIT_X509_NAMES);

        texts->items = bw_arena_array(arena, most + 1, sizeof(texts->items[0]));
        return texts->items ? 0 : -ENOMEM;
}

static struct bw_str name_text(struct bw_arena *arena, const X509_NAME *name)
{
        bw_auto(free_bio) BIO *bio = BIO_new(BIO_s_mem());
        char *p = NULL;
        long n;

        if (!bio || X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB) < 0)
                return bw_arena_str(arena, BW_STR(""));
        n = BIO_get_mem_data(bio, &p);
        return copied(arena, p ? p : "", n > 0 ? (size_t)n : 0);
}

/* An attribute as UTF-8. */
static struct bw_str attribute_text(struct bw_arena *arena, const X509_NAME *name, int at)
{
        const ASN1_STRING *data = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at));
        unsigned char *utf8 = NULL;
        int n = ASN1_STRING_to_UTF8(&utf8, data);
        struct bw_str text;

        if (n < 0)
                return copied(arena, ASN1_STRING_get0_data(data), (size_t)ASN1_STRING_length(data));
        text = copied(arena, utf8, (size_t)n);
        OPENSSL_free(utf8);
        return text;
}

static int read_subject(struct bw_arena *arena, const X509_NAME *name, struct bw_x509_facts *ret)
{
        int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);

        if (at >= 0)
                ret->common_name = attribute_text(arena, name, at);
        if (room(arena, &ret->organizations, X509_NAME_entry_count(name)) < 0)
                return -ENOMEM;
        at = -1;
        while ((at = X509_NAME_get_index_by_NID(name, NID_organizationName, at)) >= 0 &&
               ret->organizations.n < BW_LIMIT_X509_NAMES)
                ret->organizations.items[ret->organizations.n++] = attribute_text(arena, name, at);
        return 0;
}

static struct bw_str hex(struct bw_arena *arena, const unsigned char *p, size_t n)
{
        static const char digits[] = "0123456789abcdef";
        char *to = bw_arena_alloc(arena, n * 2 + 1);

        if (!to)
                return (struct bw_str){0};
        for (size_t i = 0; i < n; i++) {
                to[i * 2] = digits[p[i] >> 4];
                to[i * 2 + 1] = digits[p[i] & 15];
        }
        to[n * 2] = 0;
        return bw_str_n(to, n * 2);
}

struct bw_str bw_sha256_hex(struct bw_arena *arena, const unsigned char *p, size_t n)
{
        unsigned char digest[EVP_MAX_MD_SIZE];
        unsigned int size = 0;

        if (EVP_Digest(p, n, digest, &size, EVP_sha256(), NULL) != 1)
                return (struct bw_str){0};
        return hex(arena, digest, size);
}

static struct bw_str octets(struct bw_arena *arena, const ASN1_OCTET_STRING *string)
{
        return string ? hex(arena, ASN1_STRING_get0_data(string), (size_t)ASN1_STRING_length(string)) : (struct bw_str){0};
}

static struct bw_str serial_text(struct bw_arena *arena, const ASN1_INTEGER *serial)
{
        return serial ? hex(arena, ASN1_STRING_get0_data(serial), (size_t)ASN1_STRING_length(serial))
                      : (struct bw_str){0};
}

/* ---- times */

/* What begins before 1970 begins in 1970: it is long ago. */
static int read_time(const ASN1_TIME *time, int64_t *ret)
{
        struct tm tm;

        if (!time || ASN1_TIME_to_tm(time, &tm) != 1)
                return -EINVAL;
        *ret = BW_MAX((int64_t)timegm(&tm), (int64_t)0);
        return 0;
}

/* ---- extensions */

/* An address of 4 or 16 bytes; other lengths are shown as they are, in hex. */
static struct bw_str address_text(struct bw_arena *arena, const ASN1_OCTET_STRING *ip)
{
        char text[INET6_ADDRSTRLEN];
        int family = ASN1_STRING_length(ip) == 4 ? AF_INET : AF_INET6;

        if (ASN1_STRING_length(ip) != 4 && ASN1_STRING_length(ip) != 16)
                return octets(arena, ip);
        if (!inet_ntop(family, ASN1_STRING_get0_data(ip), text, sizeof(text)))
                return (struct bw_str){0};
        return bw_arena_str(arena, bw_str(text));
}

static int add_name(struct bw_arena *arena, const GENERAL_NAME *name, struct bw_x509_facts *ret)
{
        struct bw_texts *to = name->type == GEN_DNS     ? &ret->dns
                              : name->type == GEN_URI   ? &ret->uris
                              : name->type == GEN_EMAIL ? &ret->emails
                                                        : NULL;

        if (name->type == GEN_IPADD) {
                ret->ips.items[ret->ips.n] = address_text(arena, name->d.iPAddress);
                return ret->ips.items[ret->ips.n++].p ? 0 : -ENOMEM;
        }
        if (!to)
                return 0;
        return add_text(arena, to, bw_str_n((const char *)ASN1_STRING_get0_data(name->d.ia5),
                                            (size_t)ASN1_STRING_length(name->d.ia5)));
}

static int read_names(struct bw_arena *arena, const X509 *x, struct bw_x509_facts *ret)
{
        bw_auto(GENERAL_NAMES_free) GENERAL_NAMES *names = X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
        int n = names ? sk_GENERAL_NAME_num(names) : 0;

        n = BW_MIN(n, BW_LIMIT_X509_NAMES);
        if (room(arena, &ret->dns, n) < 0 || room(arena, &ret->ips, n) < 0 || room(arena, &ret->uris, n) < 0 ||
            room(arena, &ret->emails, n) < 0)
                return -ENOMEM;
        for (int i = 0; i < n; i++)
                if (add_name(arena, sk_GENERAL_NAME_value(names, i), ret) < 0)
                        return -ENOMEM;
        return 0;
}

/* Names as RFC 5280 has them. */
static const struct {
        uint32_t bit;
        const char *name;
} usages[] = {
        {KU_DIGITAL_SIGNATURE, "digitalSignature"},
        {KU_NON_REPUDIATION, "nonRepudiation"},
        {KU_KEY_ENCIPHERMENT, "keyEncipherment"},
        {KU_DATA_ENCIPHERMENT, "dataEncipherment"},
        {KU_KEY_AGREEMENT, "keyAgreement"},
        {KU_KEY_CERT_SIGN, "keyCertSign"},
        {KU_CRL_SIGN, "cRLSign"},
        {KU_ENCIPHER_ONLY, "encipherOnly"},
        {KU_DECIPHER_ONLY, "decipherOnly"},
};

static int read_key_usage(struct bw_arena *arena, X509 *x, struct bw_x509_facts *ret)
{
        uint32_t bits = X509_get_key_usage(x);

        if (room(arena, &ret->key_usage, BW_ARRAY_SIZE(usages)) < 0)
                return -ENOMEM;
        ret->has_key_usage = X509_get_ext_by_NID(x, NID_key_usage, -1) >= 0;
        for (size_t i = 0; ret->has_key_usage && i < BW_ARRAY_SIZE(usages); i++)
                if ((bits & usages[i].bit) && add_text(arena, &ret->key_usage, bw_str(usages[i].name)) < 0)
                        return -ENOMEM;
        return 0;
}

static struct bw_str usage_text(const ASN1_OBJECT *object, char *number, int size)
{
        int nid = OBJ_obj2nid(object);

        if (nid == NID_anyExtendedKeyUsage)
                return BW_STR("any");
        if (nid != NID_undef && OBJ_nid2sn(nid))
                return bw_str(OBJ_nid2sn(nid));
        return OBJ_obj2txt(number, size, object, 1) > 0 ? bw_str(number) : BW_STR("?");
}

static int read_ext_usage(struct bw_arena *arena, const X509 *x, struct bw_x509_facts *ret)
{
        bw_auto(EXTENDED_KEY_USAGE_free) EXTENDED_KEY_USAGE *list = X509_get_ext_d2i(x, NID_ext_key_usage, NULL, NULL);
        int n = BW_MIN(list ? sk_ASN1_OBJECT_num(list) : 0, BW_LIMIT_X509_NAMES);

        if (room(arena, &ret->ext_usage, n) < 0)
                return -ENOMEM;
        ret->has_ext_usage = list != NULL;
        for (int i = 0; i < n; i++) {
                char number[80] = "";
                struct bw_str text = usage_text(sk_ASN1_OBJECT_value(list, i), number, sizeof(number));

                if (add_text(arena, &ret->ext_usage, text) < 0)
                        return -ENOMEM;
        }
        return 0;
}

static int read_extensions(struct bw_arena *arena, X509 *x, struct bw_x509_facts *ret)
{
        ret->is_ca = (X509_get_extension_flags(x) & EXFLAG_CA) != 0;
        ret->path_length = ret->is_ca ? X509_get_pathlen(x) : -1;
        ret->subject_key_id = octets(arena, X509_get0_subject_key_id(x));
        ret->authority_key_id = octets(arena, X509_get0_authority_key_id(x));
        if (read_names(arena, x, ret) < 0 || read_key_usage(arena, x, ret) < 0 || read_ext_usage(arena, x, ret) < 0)
                return -ENOMEM;
        return 0;
}

/* ---- the whole */

static struct bw_str fingerprint(struct bw_arena *arena, const X509 *x)
{
        unsigned char digest[EVP_MAX_MD_SIZE];
        unsigned int n = 0;

        if (X509_digest(x, EVP_sha256(), digest, &n) != 1)
                return (struct bw_str){0};
        return hex(arena, digest, n);
}

/* As the certificate has it, which costs little; an EC point in short form is written in full first, as keys are. */
static struct bw_str spki_of(struct bw_arena *arena, X509 *x)
{
        EVP_PKEY *key = X509_get0_pubkey(x);
        const unsigned char *point;
        unsigned char *bytes = NULL;
        struct bw_str spki = {0};
        int n;

        if (X509_PUBKEY_get0_param(NULL, &point, &n, NULL, X509_get_X509_PUBKEY(x)) == 1 && n > 0 && key &&
            EVP_PKEY_is_a(key, "EC") && point[0] != POINT_UNCOMPRESSED)
                return bw_key_spki(arena, key);
        n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &bytes);
        if (n > 0)
                spki = bw_sha256_hex(arena, bytes, (size_t)n);
        OPENSSL_free(bytes);
        return spki;
}

static void read_signature(X509 *x, struct bw_x509_facts *ret)
{
        int digest = NID_undef;

        ret->signature = bw_str(OBJ_nid2ln(X509_get_signature_nid(x)));
        if (X509_get_signature_info(x, &digest, NULL, NULL, NULL) == 1 && digest != NID_undef)
                ret->digest = bw_str(OBJ_nid2sn(digest));
}

int bw_x509_facts(struct bw_arena *arena, const struct bw_x509 *certificate, struct bw_x509_facts *ret,
                  struct bw_error *reterr)
{
        X509 *x = of(certificate);

        *ret = (struct bw_x509_facts){
                .subject = name_text(arena, X509_get_subject_name(x)),
                .issuer = name_text(arena, X509_get_issuer_name(x)),
                .serial = serial_text(arena, X509_get0_serialNumber(x)),
                .fingerprint = fingerprint(arena, x),
                .self_signed = X509_self_signed(x, 1) == 1,
        };
        read_signature(x, ret);
        if (read_time(X509_get0_notBefore(x), &ret->not_before) < 0 ||
            read_time(X509_get0_notAfter(x), &ret->not_after) < 0) {
                ERR_clear_error();
                return bw_error_set(reterr, -EINVAL, "the certificate's times cannot be read");
        }
        bw_key_of(arena, X509_get0_pubkey(x), &ret->key);
        ret->key.spki = spki_of(arena, x);
        if (!ret->subject.p || !ret->issuer.p || !ret->fingerprint.p ||
            read_subject(arena, X509_get_subject_name(x), ret) < 0 || read_extensions(arena, x, ret) < 0) {
                ERR_clear_error();
                return bw_arena_error(arena, reterr);
        }
        ERR_clear_error();
        return 0;
}

bool bw_x509_names_issuer(const struct bw_x509 *certificate, const struct bw_x509 *issuer)
{
        return X509_check_issued(of(issuer), of(certificate)) == X509_V_OK;
}

bool bw_x509_is_signed_by(const struct bw_x509 *certificate, const struct bw_x509 *issuer)
{
        EVP_PKEY *key = X509_get0_pubkey(of(issuer));
        bool is = key && X509_verify(of(certificate), key) == 1;

        ERR_clear_error();
        return is;
}

/* ---- names */

static char lower(char c)
{
        return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool same_name(struct bw_str a, struct bw_str b)
{
        if (a.n != b.n)
                return false;
        for (size_t i = 0; i < a.n; i++)
                if (lower(a.p[i]) != lower(b.p[i]))
                        return false;
        return true;
}

/* "*.example.org" stands for one label. */
static bool pattern_matches(struct bw_str pattern, struct bw_str name)
{
        size_t dot = bw_str_find(name, BW_STR("."));

        if (same_name(pattern, name))
                return true;
        return bw_str_starts(pattern, BW_STR("*.")) && dot != SIZE_MAX && dot > 0 &&
               same_name(bw_str_rest(pattern, 1), bw_str_rest(name, dot));
}

/* The bytes of an address; 0: it is none. */
static size_t address_of(struct bw_str text, unsigned char to[16])
{
        char copy[INET6_ADDRSTRLEN + 1];

        if (text.n == 0 || text.n >= sizeof(copy))
                return 0;
        memcpy(copy, text.p, text.n);
        copy[text.n] = 0;
        if (inet_pton(AF_INET, copy, to) == 1)
                return 4;
        return inet_pton(AF_INET6, copy, to) == 1 ? 16 : 0;
}

bool bw_x509_is_for(const struct bw_x509_facts *facts, struct bw_str name)
{
        unsigned char wanted[16];
        unsigned char has[16];
        size_t n = address_of(name, wanted);

        for (size_t i = 0; n && i < facts->ips.n; i++)
                if (address_of(facts->ips.items[i], has) == n && memcmp(has, wanted, n) == 0)
                        return true;
        for (size_t i = 0; n == 0 && i < facts->dns.n; i++)
                if (pattern_matches(facts->dns.items[i], name))
                        return true;
        return false;
}
