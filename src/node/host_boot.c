/* SPDX-License-Identifier: Apache-2.0 */
/* Host section "boot": Secure Boot, lockdown, signed modules, kexec, and what the command line weakens. */
#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "node/kernel_arguments.h"
#include "node/registry.h"
#include "node/system.h"

/* The GUID of the variables that the firmware itself defines (UEFI, "Globally Defined Variables"). */
#define EFI_GLOBAL "8be4df61-93ca-11d2-aa0d-00e098032b8c"
#define EFI_FOLDER "/sys/firmware/efi/efivars"

/* A variable of one byte behind four bytes of attributes. */
static int efi_flag(struct bw_node *node, const char *name, bool *ret, struct bw_error *reterr)
{
        struct bw_str bytes;
        char path[160];
        int r;

        (void)snprintf(path, sizeof(path), EFI_FOLDER "/%s-" EFI_GLOBAL, name);
        r = bw_host_read(node->host, node->arena, path, 64, &bytes, reterr);
        if (r < 0)
                return r;
        if (bytes.n < 5)
                return bw_error_set(reterr, -EINVAL, "is shorter than such a variable is");
        *ret = bytes.p[4] == 1;
        return 0;
}

static void put_flag(struct bw_node *node, struct bw_fields *boot, const char *field, const char *variable)
{
        struct bw_error err = {0};
        char path[64];
        bool flag = false;
        int r = efi_flag(node, variable, &flag, &err);

        (void)snprintf(path, sizeof(path), "boot.%s", field);
        if (r < 0) {
                bw_system_failed(boot->facts, path, EFI_FOLDER, r, &err, "the firmware has no such variable");
                return;
        }
        bw_fields_bool(boot, field, flag);
        bw_system_from_kernel(boot->facts, path, EFI_FOLDER, bw_str(flag ? "1" : "0"));
}

static void put_firmware(struct bw_node *node, struct bw_fields *boot)
{
        bool efi = bw_host_exists(node->host, "/sys/firmware/efi");

        if (!bw_host_exists(node->host, "/sys/kernel")) {
                bw_facts_absent(boot->facts, "boot.efi", "the kernel is not running");
                bw_facts_absent(boot->facts, "boot.secureBoot", "the kernel is not running");
                bw_facts_absent(boot->facts, "boot.setupMode", "the kernel is not running");
                return;
        }
        bw_fields_bool(boot, "efi", efi);
        if (efi) {
                put_flag(node, boot, "secureBoot", "SecureBoot");
                put_flag(node, boot, "setupMode", "SetupMode");
        } else {
                bw_facts_absent(boot->facts, "boot.secureBoot", "the machine did not start by EFI");
                bw_facts_absent(boot->facts, "boot.setupMode", "the machine did not start by EFI");
        }
}

/* "none [integrity] confidentiality" */
static void put_lockdown(struct bw_node *node, struct bw_fields *boot)
{
        static const char path[] = "/sys/kernel/security/lockdown";
        struct bw_str text;
        struct bw_str chosen;
        struct bw_error err = {0};
        int r = bw_system_read(node, path, &text, &err);

        if (r < 0) {
                bw_system_failed(boot->facts, "boot.lockdown", path, r, &err, "the kernel has no lockdown, or does not run");
                return;
        }
        chosen = bw_str_trim(text);
        while (bw_str_split(&text, ' ', &chosen))
                if (chosen.n > 2 && chosen.p[0] == '[')
                        break;
        chosen = bw_str_trim(chosen);
        if (chosen.n > 2 && chosen.p[0] == '[' && chosen.p[chosen.n - 1] == ']')
                chosen = bw_str_n(chosen.p + 1, chosen.n - 2);
        bw_fields_text(boot, "lockdown", chosen);
        bw_system_from_kernel(boot->facts, "boot.lockdown", path, chosen);
}

/* Where distributions put the configuration that a kernel was built with. */
static const struct {
        const char *before;
        const char *after;
} places[] = {{"/boot/config-", ""}, {"/lib/modules/", "/config"}, {"/usr/lib/modules/", "/config"}};

/* True if the kernel's configuration says CONFIG_name=y. *found: there is such a file. */
static bool kernel_config_has(struct bw_node *node, struct bw_str release, const char *option, bool *found)
{
        char wanted[96];

        *found = false;
        (void)snprintf(wanted, sizeof(wanted), "\nCONFIG_%s=y\n", option);
        for (size_t i = 0; i < BW_ARRAY_SIZE(places) && release.n && release.n < 128; i++) {
                struct bw_str text;
                char path[256];

                (void)snprintf(path, sizeof(path), "%s%.*s%s", places[i].before, BW_STR_ARG(release), places[i].after);
                if (bw_system_read(node, path, &text, NULL) == 0) {
                        *found = true;
                        return bw_str_find(text, bw_str(wanted)) != SIZE_MAX;
                }
        }
        return false;
}

static void put_signatures(struct bw_node *node, struct bw_fields *boot, struct bw_str release)
{
        static const char parameter[] = "/sys/module/module/parameters/sig_enforce";
        struct bw_str line;
        bool found;
        bool forced;

        if (bw_system_line(node, parameter, &line)) {
                bw_fields_bool(boot, "moduleSignatures", bw_str_is(line, "Y") || bw_str_is(line, "1"));
                bw_system_from_kernel(boot->facts, "boot.moduleSignatures", parameter, line);
                return;
        }
        if (bw_host_exists(node->host, "/sys/kernel") && !bw_host_exists(node->host, "/proc/modules")) {
                bw_facts_absent(boot->facts, "boot.moduleSignatures", "the kernel does not load modules");
                return;
        }
        forced = kernel_config_has(node, release, "MODULE_SIG_FORCE", &found);
        if (!found) {
                bw_facts_absent(boot->facts, "boot.moduleSignatures",
                                "the kernel does not say so, and its configuration is not here");
                return;
        }
        bw_fields_bool(boot, "moduleSignatures", forced);
        bw_system_from_kernel(boot->facts, "boot.moduleSignatures", "/boot", BW_STR("the kernel's configuration"));
}

static void put_weak(struct bw_node *node, struct bw_fields *boot)
{
        struct bw_items weak = bw_items(boot->facts);
        struct bw_kernel_argument list[64];
        struct bw_str line;
        size_t n;

        if (!bw_system_line(node, "/proc/cmdline", &line)) {
                bw_facts_absent(boot->facts, "boot.weakArguments", "the kernel is not running");
                return;
        }
        n = bw_kernel_arguments(line, list, BW_ARRAY_SIZE(list));
        for (size_t i = 0; i < n; i++) {
                char text[128];

                if (!list[i].weakens)
                        continue;
                (void)snprintf(text, sizeof(text), "%.*s%s%.*s", BW_STR_ARG(list[i].name), list[i].value.n ? "=" : "",
                               BW_STR_ARG(list[i].value));
                bw_items_text(&weak, bw_str(text));
        }
        bw_fields_value(boot, "weakArguments", bw_items_end(&weak));
        bw_system_from_kernel(boot->facts, "boot.weakArguments", "/proc/cmdline", (struct bw_str){0});
}

static int collect(struct bw_node *node, struct bw_facts *facts, struct bw_error *reterr)
{
        struct bw_fields boot = bw_fields(facts);
        struct bw_str release = {0};

        (void)reterr;
        (void)bw_system_line(node, "/proc/sys/kernel/osrelease", &release);
        put_firmware(node, &boot);
        put_lockdown(node, &boot);
        put_signatures(node, &boot, release);
        put_weak(node, &boot);
        bw_fields_value(&facts->fields, "boot", bw_fields_end(&boot));
        return 0;
}

const struct bw_host_section bw_section_boot = {.name = "boot", .collect = collect};
