/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Processes that are components: told by their program, their user and their cgroup. What a command line says is no sign:
 * an editor with a file open has the same words in it, and everybody can start a program of any name as himself.
 */
#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "node/components_internal.h"

/* Programs that hold several components, or are one by their first argument. Source: their own main packages. */
static const char *const others[] = {"k3s", "rke2", "kubelite", "hyperkube", "microshift", "k0s"};

static struct bw_str base_name(struct bw_str path)
{
        for (size_t i = path.n; i > 0; i--)
                if (path.p[i - 1] == '/')
                        return bw_str_rest(path, i);
        return path;
}

static const char *program_of(struct bw_str path)
{
        const char *component = bw_component_of_program(path);

        for (size_t i = 0; !component && i < BW_ARRAY_SIZE(others); i++)
                if (bw_str_is(base_name(path), others[i]))
                        component = others[i];
        return component;
}

/* Where the program is not shown: the kernel cuts names at 15 bytes. Only root's count, for others can take any name. */
static const char *program_of_comm(struct bw_str comm)
{
        static const char *const names[] = {"kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet",
                                            "kube-proxy", "etcd", "cloud-controller-manager", "kubelite"};

        if (bw_str_starts(comm, BW_STR("k3s-")))
                return "k3s";
        for (size_t i = 0; i < BW_ARRAY_SIZE(names); i++)
                if (bw_str_eq(comm, bw_str_n(names[i], BW_MIN(strlen(names[i]), 15))))
                        return names[i];
        return NULL;
}

static const char *program_of_process(const struct bw_process *process)
{
        if (process->exe.n)
                return program_of(process->exe);
        return process->uid == 0 && process->exe_is_refused ? program_of_comm(process->comm) : NULL;
}

static bool contains(struct bw_str text, const char *part)
{
        return bw_str_find(text, bw_str(part)) != SIZE_MAX;
}

/* Below kubepods, or a container of another runtime. */
static bool is_in_pod(struct bw_str cgroup)
{
        return contains(cgroup, "kubepods");
}

/* Seen from inside of a container, a path may begin with "/..". */
bool bw_cgroup_is_session(struct bw_str cgroup)
{
        return contains(cgroup, "/user.slice");
}

/* A cgroup that a user cannot put a process into: a service's, a container's. */
static bool is_of_system(struct bw_str cgroup)
{
        if (bw_cgroup_is_session(cgroup))
                return false;
        return is_in_pod(cgroup) || bw_str_ends(cgroup, BW_STR(".service")) || contains(cgroup, ".service/") ||
               contains(cgroup, "/docker") || contains(cgroup, "libpod") || contains(cgroup, "crio-") ||
               contains(cgroup, "cri-containerd");
}

static bool wanted(void *userdata, const struct bw_process *process)
{
        (void)userdata;
        return program_of_process(process) != NULL;
}

/* hyperkube takes the component's name as its first argument, without or with "kube-". */
static const char *of_hyperkube(const struct bw_process *p)
{
        static const char *const names[][2] = {
                {"apiserver", "kube-apiserver"}, {"controller-manager", "kube-controller-manager"},
                {"scheduler", "kube-scheduler"}, {"proxy", "kube-proxy"}, {"kubelet", "kubelet"},
        };

        for (size_t i = 0; p->n_args > 1 && i < BW_ARRAY_SIZE(names); i++)
                if (bw_str_is(p->args[1], names[i][0]) || bw_str_is(p->args[1], names[i][1]))
                        return names[i][1];
        return NULL;
}

static int copy(struct bw_finder *finder, const struct bw_process *p, const char *program, size_t skip)
{
        struct bw_str *args = bw_arena_array(finder->arena, p->n_args + 1, sizeof(*args));
        struct bw_found_process *to;

        if (!args || bw_arena_grow(finder->arena, &finder->processes, &finder->cap_processes, finder->n_processes,
                                   sizeof(*to)) < 0)
                return bw_arena_error(finder->arena, finder->reterr);
        to = &finder->processes[finder->n_processes++];
        *to = (struct bw_found_process){
                .program = program,
                .pid = p->pid,
                .uid = p->uid,
                .started = p->started,
                .comm = bw_arena_str(finder->arena, p->comm),
                .exe = bw_arena_str(finder->arena, p->exe),
                .cgroup = bw_arena_str(finder->arena, p->cgroup),
                .args = args,
                .args_cut = p->args_cut,
                .in_pod = is_in_pod(p->cgroup),
        };
        for (size_t i = skip; i < p->n_args; i++) {
                args[to->n_args] = bw_arena_str(finder->arena, p->args[i]);
                if (!args[to->n_args++].p)
                        return bw_arena_error(finder->arena, finder->reterr);
        }
        return 0;
}

static int each(void *userdata, const struct bw_process *p)
{
        struct bw_finder *finder = userdata;
        const char *program = program_of_process(p);
        bool is_multi = program && strcmp(program, "hyperkube") == 0;

        if (!program || finder->n_processes == BW_LIMIT_COMPONENTS)
                return 0;
        if (p->uid != 0 && !is_of_system(p->cgroup))
                return 0;
        if (is_multi)
                program = of_hyperkube(p);
        return program ? copy(finder, p, program, is_multi ? 2 : 1) : 0;
}

int bw_find_processes(struct bw_finder *finder)
{
        struct bw_error err = {0};
        int r = bw_host_processes(finder->host, wanted, each, finder, &err);

        /* A table or /proc that cannot be read: what it shows so far counts; bw_host_refused() tells of it. */
        return r == -ENOMEM ? bw_error_nomem(finder->reterr) : 0;
}

const struct bw_found_process *bw_found_program(const struct bw_finder *finder, const char *program, size_t i)
{
        for (size_t k = 0; k < finder->n_processes; k++)
                if (strcmp(finder->processes[k].program, program) == 0 && i-- == 0)
                        return &finder->processes[k];
        return NULL;
}
