/* SPDX-License-Identifier: Apache-2.0 */
/*
 * That the assessment of a node starts no program and no process: with a filter in the kernel that ends this process on the
 * first execve, fork or clone, this machine and every machine of tests/fixtures/nodes are judged. What is killed on the
 * way is no pass: the harness sees the signal. A child that does start a program shows that the filter works.
 */
#define BW_ALLOW_BANNED
#include <dirent.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "scan/machine.h"
#include "scan/scan.h"

static int number;

static void tell(bool ok, const char *what, const char *why)
{
        printf("%sok %d - %s%s%s\n", ok ? "" : "not ", ++number, what, *why ? ": " : "", why);
        fflush(stdout);
}

static bool forbid_programs(void)
{
        static const int calls[] = {SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(fork),
                                    SCMP_SYS(vfork),  SCMP_SYS(clone),    SCMP_SYS(clone3)};
        scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
        bool ok = filter != NULL;

        for (size_t i = 0; ok && i < BW_ARRAY_SIZE(calls); i++)
                ok = seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, calls[i], 0) == 0;
        ok = ok && seccomp_load(filter) == 0;
        seccomp_release(filter);
        return ok;
}

/* A child under the same filter that starts a program must die of it. */
static bool filter_works(void)
{
        int status = 0;
        pid_t pid = fork();

        if (pid == 0) {
                char *argv[] = {(char *)"true", NULL};

                (void)prctl(PR_SET_DUMPABLE, 0);
                if (forbid_programs())
                        execv("/bin/true", argv);
                _exit(0);
        }
        return pid > 0 && waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
}

static void judge(const char *name, const struct bw_machine_options *machine)
{
        struct bw_catalog_options catalog_options = {.kubernetes_minor = BW_KUBERNETES_NEWEST};
        bw_auto(bw_catalog_free) struct bw_catalog *catalog = NULL;
        bw_auto(bw_scan_free) struct bw_scan *result = NULL;
        struct bw_scan_options options = {.node = machine, .threads = 1, .now = machine->now, .include_passed = true};
        struct bw_error err = {0};
        int r = bw_catalog_new(&catalog_options, &catalog, &err);

        if (r == 0)
                r = bw_catalog_add_builtin(catalog, &err);
        options.catalog = catalog;
        if (r == 0)
                r = bw_scan_run(&options, &result, &err);
        if (r == 0 && bw_scan_report(result)->n_findings == 0)
                r = bw_error_set(&err, -EINVAL, "nothing was judged");
        tell(r == 0, name, err.message);
}

static void judge_fixture(const char *folder, const char *name)
{
        char root[4096], modes[4096], processes[4096];

        snprintf(root, sizeof(root), "%s/%s/root", folder, name);
        snprintf(modes, sizeof(modes), "%s/%s/modes.tsv", folder, name);
        snprintf(processes, sizeof(processes), "%s/%s/processes.tsv", folder, name);
        judge(name, &(struct bw_machine_options){
                            .root = root, .modes = modes, .processes = processes, .now = 1795000000, .kubernetes_minor = 32});
}

int main(void)
{
        const char *source = getenv("SOURCE_ROOT");
        const struct rlimit none = {0, 0};
        const struct dirent *entry;
        char folder[2048];
        DIR *dir;

        (void)setrlimit(RLIMIT_CORE, &none);
        snprintf(folder, sizeof(folder), "%s/tests/fixtures/nodes", source ? source : ".");
        dir = opendir(folder);
        if (!dir)
                return 2;
        tell(filter_works(), "the filter ends who starts a program", "");
        if (!forbid_programs()) {
                printf("1..0 # SKIP no seccomp here\n");
                return 77;
        }
        judge("this machine", &(struct bw_machine_options){.now = 1795000000, .kubernetes_minor = 32});
        while ((entry = readdir(dir)))
                if (entry->d_name[0] != '.' && !strchr(entry->d_name, '.'))
                        judge_fixture(folder, entry->d_name);
        closedir(dir);
        printf("1..%d\n", number);
        fflush(stdout);
        _exit(0); /* a sanitizer's search for leaks would clone */
}
