/* SPDX-License-Identifier: Apache-2.0 */
/* Sections of the Host document about the operating system, each from a small tree of its own. */
#define BW_ALLOW_BANNED
#include "temptree.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/table.h"
#include "node/kernel_arguments.h"
#include "node/lifecycle.h"
#include "node/registry.h"

extern const struct bw_table bw_table_os_lifecycle;
extern const struct bw_table bw_table_kernel_lifecycle;

static struct temp tree;
static struct bw_arena *arena;
static struct bw_doc doc;

static int setup(void **state BW_UNUSED)
{
        temp_begin(&tree);
        temp_dir(&tree, "r");
        arena = bw_arena_new(0);
        return arena ? 0 : -1;
}

static int teardown(void **state BW_UNUSED)
{
        bw_arena_free(arena);
        temp_end(&tree);
        return 0;
}

/* The document of one section of the machine in the tree. */
static void collect(const struct bw_host_section *section)
{
        struct bw_host_options o = {.root = temp_path(&tree, "r")};
        struct bw_host *host = NULL;
        struct bw_node *node = NULL;
        struct bw_facts facts;
        struct bw_error err = {0};
        struct bw_node_options options = {.now = 1767225600};

        if (bw_host_open(&o, &host, &err) < 0)
                fail_msg("%s: %s", err.file, err.message);
        options.host = host;
        assert_ok(bw_node_new(&options, arena, &node, NULL));
        bw_facts_init(&facts, arena, "Host", BW_STR("n"));
        if (section->collect(node, &facts, &err) < 0)
                fail_msg("%s", err.message);
        assert_ok(bw_facts_finish(&facts, &doc, NULL));
        bw_node_free(node);
        bw_host_close(host);
}

/* The value at a path as JSON; "absent: why" where there is a state in its place. */
static const char *at(const char *path)
{
        static struct bw_buf out[4];
        static unsigned turn;
        struct bw_buf *to = &out[turn++ % 4];
        struct bw_path parsed;
        struct bw_value value;

        bw_buf_done(to);
        *to = (struct bw_buf){0};
        assert_ok(bw_path_parse(arena, bw_str(path), &parsed, NULL));
        value = bw_path_get(doc.root, parsed);
        if (value.type == BW_ABSENT) {
                struct bw_value evidence = bw_evidence_find(doc.root, parsed);

                bw_buf_printf(to, "%.*s: %.*s", BW_STR_ARG(bw_map_text(evidence, "state")),
                              BW_STR_ARG(bw_map_text(evidence, "reason")));
        } else {
                bw_value_json(to, value, 0);
        }
        return to->p;
}

static const char *evidence(const char *path, const char *field)
{
        static char text[256];
        struct bw_path parsed;
        struct bw_value value;

        assert_ok(bw_path_parse(arena, bw_str(path), &parsed, NULL));
        value = bw_map_get(bw_evidence_find(doc.root, parsed), bw_str(field));
        if (value.type == BW_INT)
                (void)snprintf(text, sizeof(text), "%lld", (long long)value.i);
        else
                (void)snprintf(text, sizeof(text), "%.*s", value.type == BW_STRING ? (int)value.n : 0, value.s);
        return text;
}

static void copy_corpus(const char *name, const char *to)
{
        bw_auto_done(bw_buf_done) struct bw_buf bytes = {0};
        char path[512];
        char piece[4096];
        size_t n;
        FILE *f;

        (void)snprintf(path, sizeof(path), "%s/tests/fuzz/corpus/%s", getenv("SOURCE_ROOT"), name);
        f = fopen(path, "re");
        if (!f)
                fail_msg("%s is missing", path);
        while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
                bw_buf_put(&bytes, piece, n);
        (void)fclose(f);
        temp_bytes(&tree, to, bytes.p, bytes.n);
}

/* ---- lives */

static bool is_date(const char *s)
{
        static const char form[] = "dddd-dd-dd";

        for (size_t i = 0; i < sizeof(form) - 1; i++)
                if (form[i] == 'd' ? s[i] < '0' || s[i] > '9' : s[i] != form[i])
                        return false;
        return s[sizeof(form) - 1] == 0;
}

static void test_tables_of_lives(void **state BW_UNUSED)
{
        for (size_t i = 0; i < bw_table_os_lifecycle.n_rows; i++) {
                const char *end = bw_table_text(&bw_table_os_lifecycle, i, 2);
                const char *extended = bw_table_text(&bw_table_os_lifecycle, i, 3);

                if ((*end && !is_date(end)) || (*extended && (!is_date(extended) || strcmp(extended, end) <= 0)) ||
                    !*extended != !*bw_table_text(&bw_table_os_lifecycle, i, 4) ||
                    strncmp(bw_table_text(&bw_table_os_lifecycle, i, 5), "https://", 8) != 0)
                        fail_msg("row %zu: %s", i, bw_table_text(&bw_table_os_lifecycle, i, 0));
        }
        for (size_t i = 0; i < bw_table_kernel_lifecycle.n_rows; i++) {
                const char *end = bw_table_text(&bw_table_kernel_lifecycle, i, 1);

                assert_true(!*end || is_date(end));
        }
}

static void test_lives(void **state BW_UNUSED)
{
        struct bw_lifecycle life;

        assert_true(bw_lifecycle_of_os(BW_STR("rhel"), BW_STR("9.4"), &life));
        assert_string_equal(life.release, "9");
        assert_true(bw_lifecycle_of_os(BW_STR("sles"), BW_STR("15.6"), &life));
        assert_string_equal(life.release, "15.6");
        assert_true(bw_lifecycle_of_os(BW_STR("flatcar"), BW_STR("4081.2.0"), &life));
        assert_string_equal(life.release, "*");
        assert_false(bw_lifecycle_of_os(BW_STR("debian"), BW_STR("120"), &life));
        assert_false(bw_lifecycle_of_os(BW_STR("debian"), BW_STR(""), &life));
        assert_true(bw_lifecycle_of_kernel(BW_STR("6.1"), &life));
        assert_string_equal(life.extension, "longterm");
        assert_false(bw_lifecycle_of_kernel(BW_STR("6"), &life));
}

static void test_os(void **state BW_UNUSED)
{
        collect(&bw_section_os);
        assert_string_equal(at("os.id"), "absent: there is no os-release file");
        temp_file(&tree, "r/usr/lib/os-release", "ID=debian\nVERSION_ID=\"12\"\nPRETTY_NAME='Debian 12'\n");
        temp_file(&tree, "r/usr/bin/apt-get", "");
        temp_file(&tree, "r/bin/sh", "");
        collect(&bw_section_os);
        assert_string_equal(at("os.life.extension"), "\"Debian LTS\"");
        assert_string_equal(at("os.packageManagers"), "[\"apt\"]");
        assert_string_equal(at("os.shells"), "[\"/bin/sh\"]");
        assert_string_equal(at("os.minimal"), "false");
        assert_string_equal(evidence("os.name", "file"), "/usr/lib/os-release");
        temp_file(&tree, "r/etc/os-release", "ID=fedora\nVARIANT_ID=coreos\nVERSION_ID=1\n");
        collect(&bw_section_os);
        assert_string_equal(at("os.minimal"), "true");
        assert_string_equal(at("os.life"), "absent: it is not known how long this release is kept");
}

/* ---- kernels */

static void test_kernel_of_an_image(void **state BW_UNUSED)
{
        collect(&bw_section_kernel);
        assert_string_equal(at("kernel"), "absent: no kernel runs, and none is installed");
        temp_file(&tree, "r/boot/vmlinuz-5.9.1-ours", "");
        temp_file(&tree, "r/boot/vmlinuz-5.10.1-ours", "");
        temp_file(&tree, "r/boot/vmlinuz", "");
        collect(&bw_section_kernel);
        assert_string_equal(at("kernel.release"), "\"5.10.1-ours\"");
        temp_file(&tree, "r/etc/os-release", "ID=debian\n");
        temp_file(&tree, "r/lib/modules/6.1.0-9-amd64/modules.dep", "");
        temp_file(&tree, "r/lib/modules/6.1.0-30-amd64/modules.dep", "");
        temp_file(&tree, "r/lib/modules/6.1.0-31-amd64/left", "");
        collect(&bw_section_kernel);
        assert_string_equal(at("kernel.release"), "\"6.1.0-30-amd64\"");
        assert_string_equal(at("kernel.running"), "false");
        assert_string_equal(at("kernel.reboot"), "absent: the kernel is not running");
        assert_string_equal(at("kernel.life"), "notApplicable: the distribution keeps this kernel for as long as its release");
}

static void test_kernel_that_runs(void **state BW_UNUSED)
{
        temp_file(&tree, "r/etc/os-release", "ID=debian\n");
        temp_file(&tree, "r/proc/sys/kernel/osrelease", "6.1.0-9-amd64\n");
        temp_file(&tree, "r/proc/cmdline", "root=/dev/vda token=hush mitigations=off quiet selinux=1 -- nokaslr\n");
        temp_file(&tree, "r/lib/modules/6.1.0-10-cloud-amd64/modules.dep", "");
        collect(&bw_section_kernel);
        assert_string_equal(at("kernel.arguments"), "{\"mitigations\":\"off\",\"selinux\":\"1\"}");
        assert_string_equal(at("kernel.reboot.required"), "false"); /* a kernel of another kind */
        temp_file(&tree, "r/lib/modules/6.1.0-10-amd64/modules.dep", "");
        temp_file(&tree, "r/run/reboot-required.pkgs", "libc6\n\nlinux-image-6.1.0-10-amd64\n");
        collect(&bw_section_kernel);
        assert_string_equal(at("kernel.reboot"), "{\"required\":true,\"newerKernel\":true,\"asked\":false,"
                                                 "\"packages\":[\"libc6\",\"linux-image-6.1.0-10-amd64\"]}");
        temp_file(&tree, "r/proc/sys/kernel/osrelease", "6.9.1-ours\n");
        collect(&bw_section_kernel);
        assert_string_equal(at("kernel.ofDistribution"), "false");
        assert_string_equal(at("kernel.life.branch"), "\"stable\"");
}

static void test_kernel_arguments(void **state BW_UNUSED)
{
        struct bw_kernel_argument a[8];

        assert_int_equal(bw_kernel_arguments(BW_STR("nokaslr mitigations=auto mitigations=off audit=1 vsyscall=none secret=x "
                                                    "kvm_intel.vmentry_l1d_flush=never"),
                                             a, BW_ARRAY_SIZE(a)),
                         5);
        assert_true(a[0].weakens);
        assert_str(a[1].value, "off");
        assert_true(a[1].weakens);
        assert_false(a[2].weakens);
        assert_false(a[3].weakens);
        assert_true(a[4].weakens);
        assert_int_equal(bw_kernel_arguments(BW_STR("nokaslr nopti nosmep nosmap"), a, 2), 2);
}

static void test_boot(void **state BW_UNUSED)
{
        static const char guid[] = "8be4df61-93ca-11d2-aa0d-00e098032b8c";
        char path[160];

        collect(&bw_section_boot);
        assert_string_equal(at("boot.secureBoot"), "absent: the kernel is not running");
        temp_file(&tree, "r/sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
        temp_file(&tree, "r/proc/sys/kernel/osrelease", "6.1.0-9-amd64\n");
        temp_file(&tree, "r/proc/modules", "");
        temp_file(&tree, "r/boot/config-6.1.0-9-amd64", "CONFIG_A=y\nCONFIG_MODULE_SIG_FORCE=y\n");
        temp_file(&tree, "r/proc/cmdline", "apparmor=0 x\n");
        collect(&bw_section_boot);
        assert_string_equal(at("boot.secureBoot"), "absent: the machine did not start by EFI");
        assert_string_equal(at("boot.lockdown"), "\"integrity\"");
        assert_string_equal(at("boot.moduleSignatures"), "true");
        assert_string_equal(at("boot.weakArguments"), "[\"apparmor=0\"]");
        (void)snprintf(path, sizeof(path), "r/sys/firmware/efi/efivars/SecureBoot-%s", guid);
        temp_bytes(&tree, path, "\6\0\0\0\1", 5);
        (void)snprintf(path, sizeof(path), "r/sys/firmware/efi/efivars/SetupMode-%s", guid);
        temp_bytes(&tree, path, "\6\0\0", 3);
        temp_file(&tree, "r/sys/module/module/parameters/sig_enforce", "N\n");
        collect(&bw_section_boot);
        assert_string_equal(at("boot.secureBoot"), "true");
        assert_string_equal(at("boot.setupMode"), "unreadable: is shorter than such a variable is");
        assert_string_equal(at("boot.moduleSignatures"), "false");
}

/* ---- packages */

static const char status[] = "Package: openssl\nStatus: install ok installed\nArchitecture: amd64\nVersion: 3.0.15-1~deb12u1\n\n"
                             "Package: gone\nStatus: deinstall ok config-files\nArchitecture: amd64\nVersion: 1\n\n"
                             "Package: kubelet\nStatus: hold ok installed\nArchitecture: amd64\nVersion: 1.32.0-1\n\n"
                             "Package: unattended-upgrades\nStatus: install ok installed\nArchitecture: all\nVersion: 2\n";

static void test_dpkg(void **state BW_UNUSED)
{
        static const char list[] = "r/var/lib/apt/lists/h_debian-security_dists_bookworm-security_";
        char path[160];

        collect(&bw_section_packages);
        assert_string_equal(at("packages"), "absent: no database of packages is here");
        temp_file(&tree, "r/etc/os-release", "ID=debian\nVERSION_ID=12\nVERSION_CODENAME=bookworm\n");
        temp_file(&tree, "r/var/lib/dpkg/status", status);
        /* Another release's fixes, and a suite that is not for security. */
        temp_file(&tree, "r/var/lib/apt/lists/h_debian-security_dists_trixie-security_main_binary-amd64_Packages",
                  "Package: openssl\nArchitecture: amd64\nVersion: 9\n");
        temp_file(&tree, "r/var/lib/apt/lists/h_debian_dists_bookworm_main_binary-amd64_Packages",
                  "Package: openssl\nArchitecture: amd64\nVersion: 8\n");
        collect(&bw_section_packages);
        assert_string_equal(at("packages.installed"), "3");
        assert_non_null(strstr(at("packages.pendingSecurity"), "absent: apt has no list of a security suite"));
        assert_string_equal(at("packages.unattended"), "false");
        (void)snprintf(path, sizeof(path), "%smain_binary-amd64_Packages", list);
        temp_file(&tree, path,
                  "Package: openssl\nArchitecture: arm64\nVersion: 7\n\nPackage: openssl\nArchitecture: amd64\n"
                  "Version: 3.0.15-1~deb12u2\n\nPackage: openssl\nArchitecture: amd64\nVersion: 3.0.15-1~deb12u1\n\n"
                  "Package: kubelet\nArchitecture: all\nVersion: 1.32.1-1\n\nPackage: gone\nArchitecture: amd64\nVersion: 2\n");
        (void)snprintf(path, sizeof(path), "%sInRelease", list);
        temp_file(&tree, path, "-----BEGIN\nSuite: x\nDate: Fri, 20 Nov 2026 00:12:41 UTC\n");
        temp_file(&tree, "r/etc/apt/apt.conf.d/20auto-upgrades", "APT::Periodic::Unattended-Upgrade \"1\";\n");
        collect(&bw_section_packages);
        assert_string_equal(at("packages.pendingSecurity"),
                            "[{\"name\":\"kubelet\",\"installed\":\"1.32.0-1\",\"available\":\"1.32.1-1\","
                            "\"source\":\"bookworm-security\",\"held\":true},"
                            "{\"name\":\"openssl\",\"installed\":\"3.0.15-1~deb12u1\",\"available\":\"3.0.15-1~deb12u2\","
                            "\"source\":\"bookworm-security\",\"held\":false}]");
        assert_string_equal(at("packages.index.date"), "\"2026-11-20T00:12:41Z\"");
        assert_string_equal(at("packages.unattended"), "true");
        temp_file(&tree, "r/etc/apt/apt.conf.d/99off", "APT::Periodic::Unattended-Upgrade \"0\";\n");
        collect(&bw_section_packages);
        assert_string_equal(at("packages.unattended"), "false");
        assert_string_equal(evidence("packages.unattended", "file"), "/etc/apt/apt.conf.d/99off");
        temp_file(&tree, "r/etc/apt/apt.conf.d/99off", "");
        temp_file(&tree, "r/usr/lib/systemd/systemd", "");
        temp_file(&tree, "r/usr/lib/systemd/system/apt-daily-upgrade.timer", "");
        collect(&bw_section_packages);
        assert_string_equal(at("packages.unattended"), "false"); /* nothing starts it */
        temp_file(&tree, "r/etc/systemd/system/timers.target.wants/apt-daily-upgrade.timer", "");
        collect(&bw_section_packages);
        assert_string_equal(at("packages.unattended"), "true");
}

static void test_packed_lists(void **state BW_UNUSED)
{
        static const char list[] = "r/var/lib/apt/lists/h_dists_noble-security_main_binary-amd64_Packages";
        char path[160];

        temp_file(&tree, "r/etc/os-release", "ID=ubuntu\nVERSION_CODENAME=noble\n");
        temp_file(&tree, "r/var/lib/dpkg/status", "Package: a\nStatus: install ok installed\nVersion: 0.5\n");
        (void)snprintf(path, sizeof(path), "%s.xz", list);
        temp_bytes(&tree, path, "\xfd" "7zXZ\0\0\4", 8);
        collect(&bw_section_packages);
        assert_non_null(strstr(at("packages.pendingSecurity"), "unreadable: "));
        assert_non_null(strstr(at("packages.index"), "packed with xz, which is not read"));
        (void)snprintf(path, sizeof(path), "%s.lz4", list);
        copy_corpus("lz4/frame", path); /* 5,000 times package a, version 1, and rubbish behind it */
        collect(&bw_section_packages);
        assert_string_equal(at("packages.pendingSecurity[0].available"), "\"1\"");
        assert_string_equal(at("packages.pending"), "1");
        assert_non_null(strstr(at("packages.index.skipped"), "xz"));
}

static void test_rpm(void **state BW_UNUSED)
{
        copy_corpus("rpm_database/packages.sqlite", "r/var/lib/rpm/rpmdb.sqlite");
        collect(&bw_section_packages);
        assert_string_equal(at("packages.installed"), "24"); /* without the key */
        assert_non_null(strstr(at("packages.pendingSecurity"), "absent: no repository's advisories"));
        temp_file(&tree, "r/var/cache/dnf/baseos-1/repodata/ab-updateinfo.xml",
                  "<updates><update type=\"security\"><id>EX-1</id><pkglist><collection>"
                  "<package name=\"openssl-libs\" version=\"3.0.7\" release=\"28.el9\" epoch=\"1\" arch=\"x86_64\"/>"
                  "<package name=\"openssl-libs\" version=\"3.0.7\" release=\"28.el9\" epoch=\"1\" arch=\"i686\"/>"
                  "<package name=\"nodejs\" version=\"99\" release=\"1\" epoch=\"1\" arch=\"x86_64\"/>"
                  "</collection></pkglist></update>"
                  "<update type=\"bugfix\"><id>EX-2</id><pkglist><collection>"
                  "<package name=\"bash\" version=\"9\" release=\"1\" epoch=\"0\" arch=\"x86_64\"/>"
                  "</collection></pkglist></update>"
                  "<update type=\"security\"><id>EX-3</id><pkglist><collection><module name=\"nodejs\" stream=\"20\"/>"
                  "<package name=\"nodejs\" version=\"20\" release=\"1\" epoch=\"1\" arch=\"x86_64\"/></collection>"
                  "<collection><module name=\"nodejs\" stream=\"18\"/>"
                  "<package name=\"nodejs\" version=\"18.20.0\" release=\"1\" epoch=\"1\" arch=\"x86_64\"/></collection>"
                  "</pkglist></update></updates>");
        collect(&bw_section_packages);
        assert_string_equal(at("packages.pending"), "2");
        assert_string_equal(at("packages.pendingSecurity[0].available"), "\"1:18.20.0-1\"");
        assert_string_equal(at("packages.pendingSecurity[0].advisory"), "\"EX-3\"");
        assert_string_equal(at("packages.pendingSecurity[1].installed"), "\"1:3.0.7-27.el9\"");
        assert_string_equal(at("packages.unattended"), "false");
        temp_file(&tree, "r/etc/dnf/automatic.conf", "[commands]\napply_updates = yes\n");
        temp_file(&tree, "r/usr/lib/systemd/system/dnf-automatic.timer", "[Timer]\n");
        temp_file(&tree, "r/etc/systemd/system/timers.target.wants/dnf-automatic.timer", "");
        collect(&bw_section_packages);
        assert_string_equal(at("packages.unattended"), "true");
}

static void test_rpm_of_old(void **state BW_UNUSED)
{
        copy_corpus("rpm_database/berkeley", "r/var/lib/rpm/Packages");
        collect(&bw_section_packages);
        assert_string_equal(at("packages.installed"), "4");
        temp_file(&tree, "r/var/lib/rpm/Packages", "no database of any kind");
        collect(&bw_section_packages);
        assert_string_equal(at("packages"), "unreadable: it is no database of rpm's");
}

static void test_apk(void **state BW_UNUSED)
{
        temp_file(&tree, "r/lib/apk/db/installed", "C:Q1\nP:musl\nV:1.2.5-r0\nA:x86_64\n\nP:busybox\nV:1.36.1-r29\nA:x86_64\n\n");
        collect(&bw_section_packages);
        assert_non_null(strstr(at("packages.pendingUpdates"), "absent: apk keeps no index here"));
        copy_corpus("tar_member/APKINDEX.tar.gz", "r/var/cache/apk/APKINDEX.0a1b.tar.gz");
        collect(&bw_section_packages);
        assert_string_equal(at("packages.pendingUpdates[0].available"), "\"1.2.5-r1\"");
        assert_string_equal(at("packages.pending"), "1");
        assert_string_equal(at("packages.unattended"), "absent: it is not known how this distribution does it");
        temp_file(&tree, "r/var/cache/apk/APKINDEX.0a1b.tar.gz", "no archive");
        collect(&bw_section_packages);
        assert_non_null(strstr(at("packages.pendingUpdates"), "unreadable: "));
}

/* ---- sysctls, modules */

static void test_sysctls_of_an_image(void **state BW_UNUSED)
{
        temp_file(&tree, "r/usr/lib/systemd/systemd", "");
        temp_file(&tree, "r/usr/lib/sysctl.d/50-default.conf",
                  "kernel.sysrq = 16\nnet.ipv4.conf.*.rp_filter = 2\n-net.ipv4.conf.all.rp_filter\n");
        temp_file(&tree, "r/usr/lib/sysctl.d/60-off.conf", "kernel.kptr_restrict = 2\n");
        temp_file(&tree, "r/etc/sysctl.d/70-net.conf", "net/ipv4/ip_forward=1\nnet.ipv4.conf.default.*=0\n");
        temp_file(&tree, "r/etc/sysctl.d/40-early.conf", "kernel.sysrq = 1\nnet.ipv4.conf.default.rp_filter = 1\n");
        temp_link(&tree, "r/etc/sysctl.d/60-off.conf", "/dev/null");
        temp_file(&tree, "r/etc/sysctl.conf", "kernel.dmesg_restrict = 1\n");
        collect(&bw_section_sysctls);
        assert_string_equal(at("sysctls['kernel.sysrq'].value"), "\"16\"");
        assert_string_equal(at("sysctls['kernel.sysrq'].number"), "16");
        assert_string_equal(at("sysctls['net.ipv4.ip_forward'].persisted"), "\"1\"");
        assert_string_equal(evidence("sysctls['net.ipv4.ip_forward']", "file"), "/etc/sysctl.d/70-net.conf");
        /* Excluded from the pattern; an exact line goes before a pattern. */
        assert_string_equal(at("sysctls['net.ipv4.conf.all.rp_filter']"),
                            "absent: no file sets it, and the kernel is not running");
        assert_string_equal(at("sysctls['net.ipv4.conf.default.rp_filter'].value"), "\"1\"");
        assert_string_equal(at("sysctls['net.ipv4.conf.default.accept_redirects'].value"), "\"0\"");
        assert_string_equal(at("sysctls['kernel.dmesg_restrict']"), "absent: no file sets it, and the kernel is not running");
        temp_link(&tree, "r/etc/sysctl.d/99-sysctl.conf", "../sysctl.conf");
        collect(&bw_section_sysctls);
        assert_string_equal(at("sysctls['kernel.dmesg_restrict'].value"), "\"1\"");
}

static void test_sysctls_that_run(void **state BW_UNUSED)
{
        temp_file(&tree, "r/proc/sys/kernel/sysrq", "438\n");
        temp_file(&tree, "r/proc/sys/kernel/core_pattern", "|/x  %p\n");
        temp_file(&tree, "r/etc/sysctl.d/a.conf", "# c\nkernel.sysrq=0\n");
        temp_file(&tree, "r/etc/sysctl.conf", "kernel.core_pattern=core\n");
        collect(&bw_section_sysctls);
        assert_string_equal(at("sysctls['kernel.sysrq']"),
                            "{\"value\":\"438\",\"number\":438,\"runs\":true,\"persisted\":\"0\","
                            "\"file\":\"/etc/sysctl.d/a.conf\",\"line\":2}");
        assert_string_equal(evidence("sysctls['kernel.sysrq'].number", "file"), "/proc/sys/kernel/sysrq");
        assert_string_equal(evidence("sysctls['kernel.sysrq'].persisted", "line"), "2");
        assert_string_equal(at("sysctls['kernel.core_pattern'].value"), "\"|/x %p\"");
        assert_string_equal(at("sysctls['kernel.core_pattern'].persisted"), "\"core\"");
        assert_string_equal(at("sysctls['kernel.panic']"), "absent: the kernel has no such setting");
}

static void test_modules(void **state BW_UNUSED)
{
        temp_file(&tree, "r/proc/modules", "tipc 1 2 - Live 0x0\nbr_netfilter 3 0 - Live 0x0\n");
        temp_file(&tree, "r/proc/sys/kernel/osrelease", "6.1.0-9-amd64\n");
        temp_file(&tree, "r/lib/modules/6.1.0-9-amd64/modules.dep",
                  "kernel/fs/udf/udf.ko: x\nkernel/net/dccp/dccp.ko.xz:\nkernel/net/rds/rds_tcp.ko: kernel/net/rds/rds.ko\n");
        temp_file(&tree, "r/etc/modprobe.d/a.conf", "blacklist dccp\ninstall usb-storage /bin/false\ninstall rds /bin/x\n");
        collect(&bw_section_modules);
        assert_string_equal(at("modules.loaded"), "[\"tipc\",\"br_netfilter\"]");
        assert_string_equal(at("modules.uncommon.tipc.loaded"), "true");
        assert_string_equal(at("modules.uncommon.dccp"), "{\"kind\":\"protocol\",\"loaded\":false,\"available\":true,"
                                                         "\"blacklisted\":true,\"refused\":false}");
        assert_string_equal(at("modules.uncommon.usb_storage.refused"), "true");
        assert_string_equal(evidence("modules.uncommon.usb_storage.refused", "line"), "2");
        assert_string_equal(at("modules.uncommon.rds.refused"), "false");
        assert_string_equal(at("modules.uncommon.rds.available"), "false");
        assert_string_equal(at("modules.uncommon.udf.available"), "true");
}

/* ---- security modules */

static void add_container(const char *name, const char *pid, const char *comm, const char *label)
{
        char path[256];

        (void)snprintf(path, sizeof(path), "r/sys/fs/cgroup/kubepods.slice/%s.slice/cri.scope/cgroup.procs", name);
        temp_file(&tree, path, pid);
        (void)snprintf(path, sizeof(path), "r/proc/%s/comm", pid);
        temp_file(&tree, path, comm);
        (void)snprintf(path, sizeof(path), "r/proc/%s/attr/current", pid);
        if (label)
                temp_file(&tree, path, label);
}

static void test_lsm(void **state BW_UNUSED)
{
        collect(&bw_section_lsm);
        assert_string_equal(at("lsm.apparmor"), "absent: the kernel is not running");
        assert_string_equal(at("lsm.selinux.mode"), "absent: SELinux is not installed");
        temp_file(&tree, "r/sys/kernel/security/lsm", "capability,yama,apparmor\n");
        temp_file(&tree, "r/sys/module/apparmor/parameters/enabled", "Y\n");
        temp_file(&tree, "r/sys/kernel/security/apparmor/profiles",
                  "cri-containerd.apparmor.d (enforce)\n/usr/bin/man (complain)\nlsb_release (enforce)\n");
        temp_file(&tree, "r/etc/selinux/config", "# SELINUX=disabled\nSELINUX=permissive\nSELINUXTYPE=targeted\n");
        collect(&bw_section_lsm);
        assert_string_equal(at("lsm.active"), "[\"capability\",\"yama\",\"apparmor\"]");
        assert_string_equal(at("lsm.apparmor"),
                            "{\"enabled\":true,\"profiles\":3,\"enforce\":2,\"complain\":1,\"runtimeProfile\":true}");
        assert_string_equal(at("lsm.selinux"), "{\"installed\":true,\"configured\":\"permissive\",\"mode\":\"disabled\"}");
        assert_string_equal(evidence("lsm.selinux.configured", "line"), "2");
        assert_string_equal(at("lsm.containers"), "absent: no container of Kubernetes runs");
}

static void test_containers(void **state BW_UNUSED)
{
        add_container("a", "11", "nginx\n", "cri-containerd.apparmor.d (enforce)\n");
        add_container("b", "12", "pause\n", "unconfined\n");
        add_container("c", "13", "kube-proxy\n", "unconfined\n");
        add_container("d", "14", "etcd\n", "system_u:system_r:container_t:s0:c1,c2");
        add_container("e", "15", "csi\n", "system_u:system_r:spc_t:s0");
        add_container("f", "16", "x\n", NULL);
        add_container("g", "17", "y\n", "something (complain)\n");
        collect(&bw_section_lsm);
        assert_string_equal(at("lsm.containers"),
                            "{\"confined\":2,\"unconfined\":3,\"unconfinedPrograms\":[\"kube-proxy\",\"csi\",\"y\"]}");
}

/* ---- mounts, swap, cgroups */

static void test_mounts_of_an_image(void **state BW_UNUSED)
{
        collect(&bw_section_mounts);
        assert_string_equal(at("mounts"), "absent: nothing is mounted, and there is no /etc/fstab");
        temp_file(&tree, "r/etc/fstab", "UUID=1 / ext4 defaults 0 1\nUUID=2 /var/lib/etcd xfs nodev,nosuid 0 2\n"
                                        "UUID=3 none swap sw 0 0\n/x none swap noauto 0 0\n");
        collect(&bw_section_mounts);
        assert_string_equal(at("mounts['/var/lib/etcd'].ownDevice"), "true");
        assert_string_equal(at("mounts['/var/lib/etcd'].nodev"), "true");
        assert_string_equal(evidence("mounts['/var/lib/etcd'].nodev", "line"), "2");
        assert_string_equal(at("mounts['/tmp']"), "absent: there is no such folder");
        collect(&bw_section_swap);
        assert_string_equal(at("swap.configured"), "[\"UUID=3\"]");
        assert_string_equal(at("swap.active"), "absent: the kernel is not running");
        collect(&bw_section_cgroup);
        assert_string_equal(at("cgroup"), "absent: the kernel is not running");
}

static void test_mounts_that_run(void **state BW_UNUSED)
{
        temp_file(&tree, "r/tmp/x", "");
        temp_file(&tree, "r/var/lib/etcd/x", "");
        temp_file(&tree, "r/proc/self/mountinfo",
                  "1 0 8:1 / / rw shared:1 - ext4 /dev/sda1 rw\n2 1 0:5 / /tmp rw - tmpfs a rw\n"
                  "3 1 0:6 / /tmp rw,nosuid,nodev - tmpfs b rw\n4 1 8:1 /e /var/lib/etcd rw - ext4 /dev/sda1 rw\n"
                  "5 1 0:7 / /proc rw,noexec - proc proc rw,hidepid=invisible\n"
                  "6 1 0:8 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
        temp_file(&tree, "r/proc/swaps", "Filename Type Size Used Priority\n/dev/zram0 partition 1024 0 100\n"
                                         "/dev/dm-1 partition 2048 0 -2\n/dev/sda2\tpartition\t4096\t0\t-3\n");
        temp_file(&tree, "r/sys/class/block/dm-1/dm/uuid", "CRYPT-PLAIN-swap\n");
        collect(&bw_section_mounts);
        assert_string_equal(at("mounts['/tmp'].nosuid"), "true"); /* the last one hides the first */
        assert_string_equal(at("mounts['/var/lib/etcd'].separate"), "true");
        assert_string_equal(at("mounts['/var/lib/etcd'].ownDevice"), "false"); /* bound to itself */
        assert_string_equal(at("mounts['/proc'].hidepid"), "\"invisible\"");
        assert_string_equal(at("mounts['/'].propagation"), "\"shared\"");
        collect(&bw_section_swap);
        assert_string_equal(at("swap.active[0].protection"), "\"memory\"");
        assert_string_equal(at("swap.active[1].protection"), "\"encrypted\"");
        assert_string_equal(at("swap.active[2]"),
                            "{\"device\":\"/dev/sda2\",\"type\":\"partition\",\"kibibytes\":4096,\"protection\":\"none\"}");
        assert_string_equal(at("swap.readable"), "true");
        collect(&bw_section_cgroup);
        assert_string_equal(at("cgroup"), "{\"version\":2,\"hybrid\":false}");
}

/* What is there and cannot be read is no absence. */
static void test_odd_files(void **state BW_UNUSED)
{
        temp_dir(&tree, "r/proc");
        temp_dir(&tree, "r/proc/self");
        assert_int_equal(mkfifo(temp_path(&tree, "r/proc/self/mountinfo"), 0600), 0);
        assert_int_equal(mkfifo(temp_path(&tree, "r/proc/swaps"), 0600), 0);
        assert_int_equal(mkfifo(temp_path(&tree, "r/proc/modules"), 0600), 0);
        collect(&bw_section_mounts);
        assert_non_null(strstr(at("mounts"), "unreadable: "));
        collect(&bw_section_cgroup);
        assert_non_null(strstr(at("cgroup"), "unreadable: "));
        collect(&bw_section_swap);
        assert_non_null(strstr(at("swap.active"), "unreadable: "));
        collect(&bw_section_modules);
        assert_non_null(strstr(at("modules.loaded"), "unreadable: "));
}

/* ---- time, core dumps */

static void test_time(void **state BW_UNUSED)
{
        temp_file(&tree, "r/usr/lib/systemd/systemd", "");
        collect(&bw_section_time);
        assert_string_equal(at("time"), "{\"keepers\":[],\"kept\":false}");
        temp_file(&tree, "r/usr/lib/systemd/system/chrony.service", "[Unit]\n");
        temp_file(&tree, "r/etc/systemd/system/multi-user.target.wants/chrony.service", "");
        collect(&bw_section_time);
        assert_string_equal(at("time.kept"), "true");
        assert_string_equal(at("time.keepers[0].name"), "\"chrony\"");
        /* Masked: the link is left, and it does not start. */
        temp_link(&tree, "r/etc/systemd/system/chrony.service", "/dev/null");
        collect(&bw_section_time);
        assert_string_equal(at("time.kept"), "false");
}

static void test_coredump(void **state BW_UNUSED)
{
        collect(&bw_section_coredump);
        assert_string_equal(at("coredump.handler"), "absent: the kernel is not running");
        assert_string_equal(at("coredump.storage"), "\"external\"");
        temp_file(&tree, "r/proc/sys/kernel/core_pattern", "|/usr/lib/systemd/systemd-coredump %P\n");
        temp_file(&tree, "r/etc/systemd/coredump.conf", "[Coredump]\nStorage=journal\n");
        temp_file(&tree, "r/etc/systemd/coredump.conf.d/a.conf", "[Coredump]\nStorage=none\n");
        temp_file(&tree, "r/etc/security/limits.d/a.conf", "# x\n* hard core 0\n");
        collect(&bw_section_coredump);
        assert_string_equal(at("coredump.handler"), "\"systemd-coredump\"");
        assert_string_equal(at("coredump.storage"), "\"none\"");
        assert_string_equal(evidence("coredump.storage", "file"), "/etc/systemd/coredump.conf.d/a.conf");
        assert_string_equal(at("coredump.limited"), "true");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_tables_of_lives),
                cmocka_unit_test(test_lives),
                TEST(test_os),
                TEST(test_kernel_of_an_image),
                TEST(test_kernel_that_runs),
                cmocka_unit_test(test_kernel_arguments),
                TEST(test_boot),
                TEST(test_dpkg),
                TEST(test_packed_lists),
                TEST(test_rpm),
                TEST(test_rpm_of_old),
                TEST(test_apk),
                TEST(test_sysctls_of_an_image),
                TEST(test_sysctls_that_run),
                TEST(test_modules),
                TEST(test_lsm),
                TEST(test_containers),
                TEST(test_mounts_of_an_image),
                TEST(test_mounts_that_run),
                TEST(test_odd_files),
                TEST(test_time),
                TEST(test_coredump),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
