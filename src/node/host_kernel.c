/* SPDX-License-Identifier: Apache-2.0 */
/* Host section "kernel": which one runs, who keeps it, what it was started with, whether a newer one waits. */
#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "format/package_version.h"
#include "node/kernel_arguments.h"
#include "node/lifecycle.h"
#include "node/registry.h"
#include "node/system.h"

/*
 * What distributions' own kernels have in their release's name. A kernel of another name on such a system is built by
 * somebody else, and kernel.org's dates count for it.
 */
static const struct {
        const char *id;
        const char *marks; /* any of them; "": every kernel is the distribution's */
} own_kernels[] = {
        {"debian", "-amd64 -arm64 -cloud-amd64 -cloud-arm64 -rt-amd64 -686 -686-pae -armmp -powerpc64le -s390x -riscv64"},
        {"ubuntu", "-generic -aws -azure -gcp -gke -gkeop -oracle -kvm -lowlatency -ibm -nvidia -virtual -raspi -fde -realtime"},
        {"rhel", ".el"},        {"rocky", ".el"},   {"almalinux", ".el"}, {"centos", ".el"},  {"ol", ".el uek"},
        {"rhcos", ".el"},       {"scos", ".el"},    {"fedora", ".fc"},    {"amzn", ".amzn"},
        {"sles", "-default -azure -rt"},            {"sle-micro", "-default -rt"}, {"sl-micro", "-default -rt"},
        {"suse-microos", "-default"},               {"opensuse-leap", "-default"}, {"opensuse-tumbleweed", "-default"},
        {"opensuse-microos", "-default"},           {"alpine", "-lts -virt -edge -rpi"},
        {"photon", ".ph"},      {"mariner", ".cm"}, {"azurelinux", ".azl"}, {"arch", "-arch -lts -hardened -zen"},
        {"flatcar", ""},        {"bottlerocket", ""}, {"talos", ""},      {"cos", ""},
};

static bool is_own(struct bw_str id, struct bw_str release)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(own_kernels); i++) {
                struct bw_str marks = bw_str(own_kernels[i].marks);
                struct bw_str mark;

                if (!bw_str_is(id, own_kernels[i].id))
                        continue;
                if (!marks.n)
                        return true;
                while (bw_str_split(&marks, ' ', &mark))
                        if (bw_str_find(release, mark) != SIZE_MAX)
                                return true;
                return false;
        }
        return true; /* an unknown distribution has whatever kernel it has */
}

/* "6.1" of "6.1.0-30-amd64"; empty when the release does not begin so. */
static struct bw_str branch(struct bw_str release)
{
        size_t dots = 0;

        for (size_t i = 0; i < release.n; i++) {
                char c = release.p[i];

                if (c == '.' && ++dots == 1)
                        continue;
                if (c < '0' || c > '9')
                        return dots ? bw_str_n(release.p, i) : (struct bw_str){0};
        }
        return dots ? release : (struct bw_str){0};
}

/* The letters and dashes behind a release's number: "amd" of "6.1.0-9-amd64", "elx" of "5.14.0-427.el9_4.x86_64". */
static size_t flavor(struct bw_str release, char *to, size_t size)
{
        size_t n = 0;
        bool named = false;

        for (size_t i = 0; i < release.n && n < size; i++) {
                char c = release.p[i];
                bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

                named |= letter;
                if (letter || (named && c == '-'))
                        to[n++] = c;
        }
        return n;
}

/* Kernels of one kind: "6.1.0-9-amd64" and "6.1.0-10-cloud-amd64" are not. */
static bool same_flavor(struct bw_str a, struct bw_str b)
{
        char of_a[64];
        char of_b[64];
        size_t n_a = flavor(a, of_a, sizeof(of_a));
        size_t n_b = flavor(b, of_b, sizeof(of_b));

        return bw_str_eq(bw_str_n(of_a, n_a), bw_str_n(of_b, n_b));
}

/* A kernel without modules of its own: /boot/vmlinuz-RELEASE. */
static struct bw_str newest_in_boot(struct bw_node *node, struct bw_str running)
{
        static const struct bw_str prefix = BW_STR("vmlinuz-");
        bw_auto_done(bw_listing_done) struct bw_listing names = {0};
        struct bw_str newest = {0};

        if (bw_host_list(node->host, "/boot", BW_LIMIT_SYSTEM_DROPINS, &names, NULL) < 0)
                return newest;
        for (size_t i = 0; i < names.n_entries; i++) {
                struct bw_str name = bw_str(bw_listing_name(&names, i));
                struct bw_str release = bw_str_starts(name, prefix) ? bw_str_rest(name, prefix.n) : (struct bw_str){0};

                if (!branch(release).n || (running.n && !same_flavor(release, running)))
                        continue;
                if (!newest.n || bw_version_rpm_part(release, newest) > 0)
                        newest = bw_arena_str(node->arena, release);
        }
        return newest;
}

/* The newest kernel whose modules are installed, of the running one's kind. */
static struct bw_str newest_installed(struct bw_node *node, struct bw_str running)
{
        static const char *const dirs[] = {"/lib/modules", "/usr/lib/modules"};
        struct bw_str newest = {0};

        for (size_t d = 0; d < BW_ARRAY_SIZE(dirs); d++) {
                bw_auto_done(bw_listing_done) struct bw_listing names = {0};

                if (bw_host_list(node->host, dirs[d], BW_LIMIT_SYSTEM_DROPINS, &names, NULL) < 0)
                        continue;
                for (size_t i = 0; i < names.n_entries; i++) {
                        struct bw_str name = bw_str(bw_listing_name(&names, i));
                        char path[300];

                        /* Folders of kernels that were removed may stay; modules.dep is made for each that is installed. */
                        if (snprintf(path, sizeof(path), "%s/%.*s/modules.dep", dirs[d], BW_STR_ARG(name)) >= (int)sizeof(path) ||
                            !branch(name).n || (running.n && !same_flavor(name, running)) ||
                            !bw_host_exists(node->host, path))
                                continue;
                        if (!newest.n || bw_version_rpm_part(name, newest) > 0)
                                newest = bw_arena_str(node->arena, name);
                }
        }
        return newest.n ? newest : newest_in_boot(node, running);
}

static void put_life(struct bw_fields *kernel, struct bw_str release, bool own)
{
        struct bw_fields life = bw_fields(kernel->facts);
        struct bw_evidence keeps = {.state = "notApplicable",
                                    .reason = BW_STR("the distribution keeps this kernel for as long as its release")};
        struct bw_lifecycle cycle;

        if (own) {
                bw_facts_evidence(kernel->facts, &keeps, "kernel.life");
                return;
        }
        if (!bw_lifecycle_of_kernel(branch(release), &cycle)) {
                bw_facts_absent(kernel->facts, "kernel.life", "it is not known how long this branch is kept");
                return;
        }
        bw_fields_text(&life, "release", bw_str(cycle.release));
        bw_fields_text(&life, "branch", bw_str(cycle.extension));
        if (cycle.end[0])
                bw_fields_text(&life, "end", bw_str(cycle.end));
        bw_fields_text(&life, "source", bw_str(cycle.source));
        bw_fields_value(kernel, "life", bw_fields_end(&life));
}

/* Only arguments of a list are shown: what else stands there may be somebody's token. */
static void put_arguments(struct bw_node *node, struct bw_fields *kernel)
{
        struct bw_fields arguments = bw_fields(kernel->facts);
        struct bw_kernel_argument list[64];
        size_t n;
        struct bw_str line;

        if (!bw_system_line(node, "/proc/cmdline", &line)) {
                bw_facts_absent(kernel->facts, "kernel.arguments", "the kernel is not running");
                return;
        }
        n = bw_kernel_arguments(line, list, BW_ARRAY_SIZE(list));
        for (size_t i = 0; i < n; i++)
                bw_fields_value_at(&arguments, list[i].name, bw_facts_text(kernel->facts, list[i].value));
        bw_fields_value(kernel, "arguments", bw_fields_end(&arguments));
        bw_system_from_kernel(kernel->facts, "kernel.arguments", "/proc/cmdline", (struct bw_str){0});
}

/* ---- whether it has to be started again */

static void put_packages(struct bw_node *node, struct bw_fields *reboot)
{
        static const char *const paths[] = {"/run/reboot-required.pkgs", "/var/run/reboot-required.pkgs"};
        struct bw_items packages = bw_items(reboot->facts);
        struct bw_str text;
        struct bw_str line;
        size_t n = 0;

        for (size_t i = 0; i < BW_ARRAY_SIZE(paths); i++) {
                if (bw_system_read(node, paths[i], &text, NULL) < 0)
                        continue;
                while (n < BW_LIMIT_PENDING_LISTED && bw_str_split(&text, '\n', &line))
                        if (bw_str_trim(line).n && ++n)
                                bw_items_text(&packages, bw_str_trim(line));
                break;
        }
        bw_fields_value(reboot, "packages", bw_items_end(&packages));
}

static void put_reboot(struct bw_node *node, struct bw_fields *kernel, struct bw_str running, struct bw_str newest)
{
        struct bw_fields reboot = bw_fields(kernel->facts);
        bool flag = bw_host_exists(node->host, "/run/reboot-required") ||
                    bw_host_exists(node->host, "/var/run/reboot-required");
        bool newer = running.n && newest.n && bw_version_rpm_part(newest, running) > 0;

        bw_fields_bool(&reboot, "required", flag || newer);
        bw_fields_bool(&reboot, "newerKernel", newer);
        bw_fields_bool(&reboot, "asked", flag);
        put_packages(node, &reboot);
        bw_fields_value(kernel, "reboot", bw_fields_end(&reboot));
        if (flag)
                bw_system_from_file(kernel->facts, "kernel.reboot", BW_STR("/run/reboot-required"), 0, (struct bw_str){0});
        else
                bw_system_from_kernel(kernel->facts, "kernel.reboot", "/proc/sys/kernel/osrelease", running);
}

static int collect(struct bw_node *node, struct bw_facts *facts, struct bw_error *reterr)
{
        struct bw_fields kernel = bw_fields(facts);
        struct bw_str running = {0};
        struct bw_str newest;
        struct bw_os_release os;
        struct bw_str release;
        bool own;
        int r = bw_system_os_release(node, &os, NULL, reterr);

        if (r < 0)
                return r;
        (void)bw_system_line(node, "/proc/sys/kernel/osrelease", &running);
        newest = newest_installed(node, running);
        release = running.n ? running : newest;
        if (!release.n) {
                bw_facts_absent(facts, "kernel", "no kernel runs, and none is installed");
                return 0;
        }
        own = is_own(os.id, release);
        bw_fields_text(&kernel, "release", release);
        bw_fields_bool(&kernel, "running", running.n > 0);
        bw_fields_text(&kernel, "newestInstalled", newest);
        bw_fields_bool(&kernel, "ofDistribution", own);
        bw_system_from_kernel(facts, "kernel", running.n ? "/proc/sys/kernel/osrelease" : "/lib/modules", release);
        put_life(&kernel, release, own);
        put_arguments(node, &kernel);
        if (running.n)
                put_reboot(node, &kernel, running, newest);
        else
                bw_facts_absent(facts, "kernel.reboot", "the kernel is not running");
        bw_fields_value(&facts->fields, "kernel", bw_fields_end(&kernel));
        return 0;
}

const struct bw_host_section bw_section_kernel = {.name = "kernel", .collect = collect};
