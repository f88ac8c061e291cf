/* SPDX-License-Identifier: Apache-2.0 */
/* Host section "sysctls": the kernel's settings as they run, and as files set them at the next start. */
#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "format/sysctl_conf.h"
#include "node/registry.h"
#include "node/system.h"

/* The settings that are looked at. Pattern lines of files count for them; what the kernel does not have is left out. */
static const char *const keys[] = {
        /* needed by Kubernetes and its networks */
        "net/ipv4/ip_forward", "net/ipv6/conf/all/forwarding", "net/bridge/bridge-nf-call-iptables",
        "net/bridge/bridge-nf-call-ip6tables", "vm/overcommit_memory", "vm/panic_on_oom", "kernel/panic",
        "kernel/panic_on_oops", "kernel/keys/root_maxkeys", "kernel/keys/root_maxbytes", "user/max_user_namespaces",
        "kernel/unprivileged_userns_clone", "kernel/apparmor_restrict_unprivileged_userns",
        "fs/inotify/max_user_instances", "fs/inotify/max_user_watches", "kernel/pid_max",
        /* hardening */
        "kernel/kptr_restrict", "kernel/dmesg_restrict", "kernel/unprivileged_bpf_disabled", "net/core/bpf_jit_harden",
        "kernel/yama/ptrace_scope", "kernel/randomize_va_space", "kernel/kexec_load_disabled",
        "kernel/perf_event_paranoid", "kernel/sysrq", "kernel/modules_disabled", "kernel/core_pattern",
        "kernel/core_uses_pid", "kernel/io_uring_disabled", "dev/tty/ldisc_autoload", "vm/unprivileged_userfaultfd",
        "vm/mmap_min_addr", "fs/protected_hardlinks", "fs/protected_symlinks", "fs/protected_fifos",
        "fs/protected_regular", "fs/suid_dumpable",
        /* networks */
        "net/ipv4/conf/all/rp_filter", "net/ipv4/conf/default/rp_filter", "net/ipv4/conf/all/accept_redirects",
        "net/ipv4/conf/default/accept_redirects", "net/ipv4/conf/all/secure_redirects",
        "net/ipv4/conf/all/send_redirects", "net/ipv4/conf/default/send_redirects",
        "net/ipv4/conf/all/accept_source_route", "net/ipv4/conf/default/accept_source_route",
        "net/ipv4/conf/all/log_martians", "net/ipv4/icmp_echo_ignore_broadcasts",
        "net/ipv4/icmp_ignore_bogus_error_responses", "net/ipv4/tcp_syncookies", "net/ipv6/conf/all/accept_redirects",
        "net/ipv6/conf/default/accept_redirects", "net/ipv6/conf/all/accept_source_route",
        "net/ipv6/conf/default/accept_source_route", "net/ipv6/conf/all/accept_ra",
};
enum { N_KEYS = BW_ARRAY_SIZE(keys) };

static const char *const dirs[] = {"/etc/sysctl.d", "/run/sysctl.d", "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d",
                                   "/lib/sysctl.d"};

/* What files set: an exact line beats every pattern, else the last one counts. */
struct persisted {
        struct bw_str value;
        struct bw_str file;
        uint32_t line;
        bool set;
        bool exact;
        bool excluded; /* from patterns */
};
struct merge {
        struct persisted keys[N_KEYS];
        struct bw_str file;
};

static int see_line(void *userdata, const struct bw_sysctl_line *line, struct bw_error *reterr)
{
        struct merge *merge = userdata;

        (void)reterr;
        for (size_t i = 0; i < N_KEYS; i++) {
                struct persisted *p = &merge->keys[i];

                if (line->is_pattern ? !bw_path_pattern_matches(line->key, bw_str(keys[i])) : !bw_str_is(line->key, keys[i]))
                        continue;
                if (line->excludes) {
                        p->excluded = true;
                } else if (!line->is_pattern || !p->exact) {
                        p->value = line->value;
                        p->file = merge->file;
                        p->line = line->line;
                        p->set = true;
                        p->exact = !line->is_pattern;
                }
        }
        return 0;
}

static int merge_file(struct bw_node *node, struct merge *merge, const char *path, struct bw_facts *facts,
                      struct bw_error *reterr)
{
        struct bw_str text;
        struct bw_error err = {0};
        int r = bw_system_read(node, path, &text, &err);

        if (r == -EACCES)
                bw_facts_unreadable(facts, "sysctls", bw_str(path), &err);
        if (r < 0)
                return 0;
        merge->file = bw_str(path);
        return bw_sysctl_conf_read(node->arena, text, see_line, merge, reterr);
}

/* /etc/sysctl.conf counts where a link in sysctl.d leads to it, and where no systemd reads them (sysctl -p then does). */
static int merge_all(struct bw_node *node, struct merge *merge, struct bw_facts *facts, struct bw_error *reterr)
{
        const char *const *paths;
        size_t n;
        int r = bw_system_dropins(node, dirs, BW_ARRAY_SIZE(dirs), ".conf", &paths, &n, reterr);

        for (size_t i = 0; r == 0 && i < n; i++)
                r = merge_file(node, merge, paths[i], facts, reterr);
        if (r == 0 && !bw_system_has_systemd(node))
                r = merge_file(node, merge, "/etc/sysctl.conf", facts, reterr);
        return r;
}

/* "4	4	1	7" and "4 4 1 7" are one. */
static struct bw_str plain(struct bw_arena *arena, struct bw_str value)
{
        char *to = bw_arena_alloc(arena, value.n + 1);
        size_t n = 0;

        for (size_t i = 0; to && i < value.n; i++) {
                bool blank = value.p[i] == ' ' || value.p[i] == '\t';

                if (!blank || (n && to[n - 1] != ' '))
                        to[n++] = blank ? ' ' : value.p[i];
        }
        return to ? bw_str_n(to, n) : value;
}

/* The name that people use: dots. */
static struct bw_str dotted(struct bw_arena *arena, const char *key)
{
        struct bw_str copy = bw_arena_str(arena, bw_str(key));
        char *to = (char *)copy.p; /* the arena's copy is ours to change */

        for (size_t i = 0; i < copy.n; i++)
                if (to[i] == '/')
                        to[i] = '.';
        return copy;
}

static void put_evidence(struct bw_facts *facts, struct bw_str name, const char *path, struct bw_str running,
                         const struct persisted *p)
{
        struct bw_evidence evidence = {.type = "kernel", .file = bw_str(path), .text = running};

        if (!running.p)
                evidence = (struct bw_evidence){.type = "file", .file = p->file, .line = p->line, .text = p->value};
        bw_facts_evidence_of(facts, &evidence, "sysctls", name);
        if (p->set && running.p) {
                evidence = (struct bw_evidence){.type = "file", .file = p->file, .line = p->line, .text = p->value};
                bw_facts_evidence(facts, &evidence, "sysctls['%.*s'].persisted", BW_STR_ARG(name));
        }
}

static void put_unknown(struct bw_facts *facts, struct bw_str name, int code, const char *path, const struct bw_error *err,
                        bool live)
{
        struct bw_evidence evidence = {.state = "absent", .reason = BW_STR("no file sets it, and the kernel is not running")};

        if (live)
                evidence.reason = BW_STR("the kernel has no such setting");
        if (code == -EACCES)
                evidence = (struct bw_evidence){.state = "unreadable", .file = bw_str(path), .reason = bw_str(err->message),
                                                .help = BW_STR("run as root")};
        bw_facts_evidence_of(facts, &evidence, "sysctls", name);
}

static int put_key(struct bw_node *node, struct bw_fields *all, size_t i, const struct persisted *p, bool live,
                   struct bw_error *reterr)
{
        struct bw_arena *arena = node->arena;
        struct bw_str name = dotted(arena, keys[i]);
        struct bw_str path = bw_arena_printf(arena, "/proc/sys/%s", keys[i]);
        struct bw_fields fields = bw_fields(all->facts);
        struct bw_str running = {0};
        struct bw_error err = {0};
        bool set = p->set && (p->exact || !p->excluded);
        int64_t number;
        int r;

        if (!name.p || !path.p)
                return bw_arena_error(arena, reterr);
        r = bw_system_read(node, path.p, &running, &err);
        if (r == 0)
                running = plain(arena, bw_str_trim(running));
        if (r < 0 && (!set || live)) {
                put_unknown(all->facts, name, r, path.p, &err, live);
                return 0;
        }
        bw_fields_text(&fields, "value", r == 0 ? running : plain(arena, p->value));
        if (bw_str_to_i64(r == 0 ? running : p->value, &number) == 0)
                bw_fields_int(&fields, "number", number);
        bw_fields_bool(&fields, "runs", r == 0);
        if (set) {
                bw_fields_text(&fields, "persisted", plain(arena, p->value));
                bw_fields_text(&fields, "file", p->file);
                bw_fields_int(&fields, "line", p->line);
        }
        bw_fields_value_at(all, name, bw_fields_end(&fields));
        put_evidence(all->facts, name, path.p, running, p);
        return 0;
}

static int collect(struct bw_node *node, struct bw_facts *facts, struct bw_error *reterr)
{
        struct bw_fields all = bw_fields(facts);
        struct merge *merge = bw_arena_zalloc(node->arena, sizeof(*merge));
        bool live = bw_host_exists(node->host, "/proc/sys/kernel");
        int r = merge ? merge_all(node, merge, facts, reterr) : bw_arena_error(node->arena, reterr);

        for (size_t i = 0; r == 0 && i < N_KEYS; i++)
                r = put_key(node, &all, i, &merge->keys[i], live, reterr);
        if (r < 0)
                return r;
        bw_fields_value(&facts->fields, "sysctls", bw_fields_end(&all));
        return 0;
}

const struct bw_host_section bw_section_sysctls = {.name = "sysctls", .collect = collect};
