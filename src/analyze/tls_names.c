/* SPDX-License-Identifier: Apache-2.0 */
#include "analyze/tls_names.h"

static const struct {
        const char *name;
        bool insecure;
} suites[] = {
        {"TLS_AES_128_GCM_SHA256", false},
        {"TLS_AES_256_GCM_SHA384", false},
        {"TLS_CHACHA20_POLY1305_SHA256", false},
        {"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", false},
        {"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", true},
        {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", false},
        {"TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", false},
        {"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", false},
        {"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305", false},
        {"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", false},
        {"TLS_ECDHE_ECDSA_WITH_RC4_128_SHA", true},
        {"TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA", true},
        {"TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", false},
        {"TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256", true},
        {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", false},
        {"TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", false},
        {"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", false},
        {"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305", false},
        {"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", false},
        {"TLS_ECDHE_RSA_WITH_RC4_128_SHA", true},
        {"TLS_RSA_WITH_3DES_EDE_CBC_SHA", true},
        {"TLS_RSA_WITH_AES_128_CBC_SHA", true},
        {"TLS_RSA_WITH_AES_128_CBC_SHA256", true},
        {"TLS_RSA_WITH_AES_128_GCM_SHA256", true},
        {"TLS_RSA_WITH_AES_256_CBC_SHA", true},
        {"TLS_RSA_WITH_AES_256_GCM_SHA384", true},
        {"TLS_RSA_WITH_RC4_128_SHA", true},
};

static const char *const versions[] = {"VersionTLS10", "VersionTLS11", "VersionTLS12", "VersionTLS13"};

bool bw_tls_suite(struct bw_str name, bool *ret_insecure)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(suites); i++) {
                if (bw_str_is(name, suites[i].name)) {
                        *ret_insecure = suites[i].insecure;
                        return true;
                }
        }
        return false;
}

bool bw_tls_version(struct bw_str name)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(versions); i++)
                if (bw_str_is(name, versions[i]))
                        return true;
        return false;
}
