/* SPDX-License-Identifier: Apache-2.0 */
/*
 * node_bench: what looking at a machine takes at the least, and a machine with much on it.
 *   node_bench files DIR…           reads every regular file below the directories (a fixture), or of /proc the program of
 *                                   every process; prints seconds, the best of 5
 *   node_bench crowd N PROGRAM…     starts N sleeping processes, then the program, output thrown away; prints its seconds,
 *                                   its peak in KiB and its exit status
 */
#define BW_ALLOW_BANNED
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 5, MOST = 20000 };

static double now(void)
{
        struct timespec ts;

        clock_gettime(CLOCK_MONOTONIC, &ts);
        return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static int read_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
        static char bytes[65536];
        int fd = type == FTW_F ? open(path, O_RDONLY | O_CLOEXEC) : -1;

        (void)st;
        (void)ftw;
        while (fd >= 0 && read(fd, bytes, sizeof(bytes)) > 0)
                ;
        if (fd >= 0)
                close(fd);
        return 0;
}

static void look_at_processes(void)
{
        DIR *proc = opendir("/proc");
        struct dirent *e;
        char path[300];
        char exe[4096];

        while (proc && (e = readdir(proc))) {
                if (e->d_name[0] < '0' || e->d_name[0] > '9')
                        continue;
                snprintf(path, sizeof(path), "/proc/%s/exe", e->d_name);
                if (readlink(path, exe, sizeof(exe)) < 0)
                        continue;
        }
        if (proc)
                closedir(proc);
}

static int files(char **dirs)
{
        double best = 1e9;

        for (int round = 0; round < ROUNDS; round++) {
                double start = now();

                for (char **dir = dirs; *dir; dir++) {
                        if (strcmp(*dir, "/proc") == 0)
                                look_at_processes();
                        else
                                nftw(*dir, read_one, 16, FTW_PHYS);
                }
                if (now() - start < best)
                        best = now() - start;
        }
        printf("%.6f\n", best);
        return 0;
}

static int run_program(char **argv)
{
        double start = now();
        struct rusage usage;
        int status = 0;
        pid_t pid = fork();

        if (pid == 0) {
                int null = open("/dev/null", O_WRONLY);

                if (null >= 0 && dup2(null, 1) >= 0 && dup2(null, 2) >= 0)
                        execv(argv[0], argv);
                _exit(127);
        }
        if (pid < 0 || wait4(pid, &status, 0, &usage) < 0) {
                perror("run");
                return 2;
        }
        printf("%.6f %ld %d\n", now() - start, usage.ru_maxrss, WIFEXITED(status) ? WEXITSTATUS(status) : 128);
        return 0;
}

static int crowd(long n, char **argv)
{
        static pid_t children[MOST];
        long started = 0;
        int r;

        for (; started < n && started < MOST; started++) {
                children[started] = fork();
                if (children[started] == 0) {
                        pause();
                        _exit(0);
                }
                if (children[started] < 0) {
                        perror("fork");
                        break;
                }
        }
        r = started == n ? run_program(argv) : 2;
        for (long i = 0; i < started; i++)
                kill(children[i], SIGKILL);
        for (long i = 0; i < started; i++)
                waitpid(children[i], NULL, 0);
        return r;
}

int main(int argc, char **argv)
{
        if (argc > 2 && strcmp(argv[1], "files") == 0)
                return files(argv + 2);
        if (argc > 3 && strcmp(argv[1], "crowd") == 0)
                return crowd(strtol(argv[2], NULL, 10), argv + 3);
        fprintf(stderr, "usage: node_bench files DIR...\n       node_bench crowd N PROGRAM...\n");
        return 2;
}
