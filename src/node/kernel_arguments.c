/* SPDX-License-Identifier: Apache-2.0 */
#include "node/kernel_arguments.h"

/* What is shown, and which values turn a protection off ("" is the word alone, NULL none does). */
static const struct {
        const char *name;
        const char *bad;
} known[] = {
        {"mitigations", "off"},     {"nokaslr", ""},          {"apparmor", "0"},         {"selinux", "0"},
        {"enforcing", "0"},         {"security", NULL},       {"lsm", NULL},             {"lockdown", NULL},
        {"module.sig_enforce", "0"}, {"audit", "0 off"},      {"nopti", ""},             {"pti", "off"},
        {"nospectre_v1", ""},       {"nospectre_v2", ""},     {"spectre_v2", "off"},     {"spec_store_bypass_disable", "off"},
        {"nospec_store_bypass_disable", ""}, {"l1tf", "off"}, {"mds", "off"},            {"tsx_async_abort", "off"},
        {"kvm-intel.vmentry_l1d_flush", "never"}, {"mmio_stale_data", "off"}, {"retbleed", "off"},
        {"spec_rstack_overflow", "off"}, {"gather_data_sampling", "off"}, {"reg_file_data_sampling", "off"},
        {"srbds", "off"},           {"noexec", "off"},        {"nosmep", ""},            {"nosmap", ""},
        {"nosmt", NULL},            {"iommu", "off"},         {"intel_iommu", NULL},     {"slab_nomerge", NULL},
        {"init_on_alloc", "0"},     {"init_on_free", NULL},   {"page_alloc.shuffle", NULL}, {"randomize_kstack_offset", "0 off"},
        {"vsyscall", "native"},     {"debugfs", NULL},        {"ima_appraise", NULL},    {"efi", NULL},
        {"systemd.unified_cgroup_hierarchy", NULL}, {"cgroup_no_v1", NULL}, {"no_hash_pointers", ""}, {"hash_pointers", "never"},
};

static bool is_bad(const char *bad, struct bw_str value, bool has_value)
{
        struct bw_str list = bw_str(bad);
        struct bw_str word;

        if (!bad)
                return false;
        if (!list.n)
                return !has_value;
        while (bw_str_split(&list, ' ', &word))
                if (has_value && bw_str_eq(word, value))
                        return true;
        return false;
}

/* The kernel takes dashes and underscores in names for the same. */
static bool same_name(struct bw_str a, const char *b)
{
        if (a.n != strlen(b))
                return false;
        for (size_t i = 0; i < a.n; i++)
                if (a.p[i] != b[i] && !((a.p[i] == '-' || a.p[i] == '_') && (b[i] == '-' || b[i] == '_')))
                        return false;
        return true;
}

static size_t put(struct bw_kernel_argument *to, size_t n, size_t most, const struct bw_kernel_argument *argument)
{
        for (size_t i = 0; i < n; i++)
                if (bw_str_eq(to[i].name, argument->name)) {
                        to[i] = *argument;
                        return n;
                }
        if (n < most)
                to[n++] = *argument;
        return n;
}

size_t bw_kernel_arguments(struct bw_str line, struct bw_kernel_argument *to, size_t most)
{
        size_t n = 0;
        struct bw_str word;

        while (bw_str_split(&line, ' ', &word)) {
                struct bw_str value = word;
                struct bw_str name;
                bool has_value = word.n && memchr(word.p, '=', word.n);

                if (bw_str_is(word, "--"))
                        break;
                (void)bw_str_split(&value, '=', &name);
                for (size_t i = 0; i < BW_ARRAY_SIZE(known); i++) {
                        struct bw_kernel_argument argument = {.name = bw_str(known[i].name)};

                        if (!same_name(name, known[i].name))
                                continue;
                        argument.value = has_value ? value : (struct bw_str){0};
                        argument.weakens = is_bad(known[i].bad, value, has_value);
                        n = put(to, n, most, &argument);
                }
        }
        return n;
}
