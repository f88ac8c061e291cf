/* SPDX-License-Identifier: Apache-2.0 */
#include "node/survey.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "node/daemons.h"

/* Sockets by inode, while their processes are looked for. */
struct by_inode {
        uint64_t inode;
        size_t at; /* in survey->listeners */
};
/* A program whose processes were looked into for sockets, and had none of those wanted. */
struct looked_at {
        uint64_t hash; /* of its path; 0: a free row */
        uint32_t n;
};
struct taker {
        struct bw_node *node;
        struct bw_arena *arena;
        struct bw_survey *survey;
        struct by_inode *wanted; /* sorted by inode */
        size_t n_wanted;
        size_t n_open;           /* whose process is not known yet */
        uint32_t pid;            /* whose sockets are being looked at */
        bool owns;               /* it has one of those wanted */
        struct looked_at programs[256];
        struct bw_error *reterr;
};

static void set_unknown(struct bw_survey_state *state, const char *what, const struct bw_error *err, struct bw_arena *arena)
{
        bool refused = err->code == -EACCES || err->code == -EPERM;
        struct bw_str reason = bw_arena_str(arena, bw_str(err->message));

        *state = (struct bw_survey_state){
                .state = refused || !what ? "unreadable" : what,
                .reason = reason.p ? reason : BW_STR("cannot be read"),
                .help = refused ? BW_STR("run as root") : (struct bw_str){0},
        };
}

static struct bw_str base_name(struct bw_str path)
{
        size_t n = path.n;

        while (n && path.p[n - 1] != '/')
                n--;
        return bw_str_rest(path, n);
}

/* ---- listening sockets */

static int copy_sockets(struct taker *t, const struct bw_sockets *sockets)
{
        struct bw_survey *s = t->survey;

        s->listeners = bw_arena_array(t->arena, sockets->n + 1, sizeof(s->listeners[0]));
        if (!s->listeners)
                return bw_arena_error(t->arena, t->reterr);
        for (size_t i = 0; i < sockets->n; i++)
                s->listeners[s->n_listeners++] = (struct bw_survey_socket){.socket = sockets->items[i]};
        return 0;
}

/* /proc/net of this process's network. A table that is not there is a protocol that the kernel has not. */
static int read_live(struct taker *t)
{
        struct bw_sockets sockets = {0};
        bool seen = false;

        for (int table = 0; table < _BW_SOCKETS_MAX; table++) {
                struct bw_error err = {0};
                struct bw_str text;
                char path[48];
                int r;

                (void)snprintf(path, sizeof(path), "/proc/net/%s", bw_socket_table_name((enum bw_socket_table)table));
                r = bw_host_read(t->node->host, t->arena, path, BW_LIMIT_NET_TABLE, &text, &err);
                if (r == -ENOMEM)
                        return bw_error_nomem(t->reterr);
                if (r == 0)
                        r = bw_sockets_read(t->arena, (enum bw_socket_table)table, text, &sockets, &err);
                if (r < 0 && r != -ENOENT && r != -ENOTDIR) {
                        set_unknown(&t->survey->sockets, NULL, &err, t->arena);
                        return 0;
                }
                seen |= r == 0;
        }
        t->survey->sockets = (struct bw_survey_state){
                .known = seen, .state = "absent", .reason = BW_STR("the kernel's tables of sockets are not there")};
        return copy_sockets(t, &sockets);
}

/* A fixture's line: protocol, address, port, pid. The pid stands where the inode would. */
static bool read_row(struct bw_str line, struct bw_socket *socket)
{
        static const char *const protocols[] = {"tcp", "udp", "sctp"};
        struct bw_str cells[4] = {{0}};
        uint64_t port;

        for (size_t i = 0; i < BW_ARRAY_SIZE(cells); i++)
                if (!bw_str_split(&line, '\t', &cells[i]))
                        return false;
        for (size_t i = 0; i < BW_ARRAY_SIZE(protocols); i++)
                if (bw_str_is(cells[0], protocols[i]))
                        socket->protocol = protocols[i];
        socket->family = bw_address_read(cells[1], socket->address);
        if (!socket->protocol || !socket->family || bw_str_to_u64(cells[2], &port) < 0 || port > UINT16_MAX)
                return false;
        socket->port = (uint16_t)port;
        return bw_str_to_u64(bw_str_trim(cells[3]), &socket->inode) == 0;
}

static int read_fixture(struct taker *t)
{
        struct bw_sockets sockets = {0};
        struct bw_error err = {0};
        struct bw_str text;
        struct bw_str line;
        uint32_t number = 0;
        int r = bw_host_beside(t->node->host, t->arena, "listeners.tsv", BW_LIMIT_NET_TABLE, &text, &err);

        if (r < 0) {
                set_unknown(&t->survey->sockets, "absent", &err, t->arena);
                t->survey->sockets.reason = BW_STR("nobody looked what listens there");
                return r == -ENOMEM ? bw_error_nomem(t->reterr) : 0;
        }
        while (bw_str_split(&text, '\n', &line)) {
                number++;
                if (!bw_str_trim(line).n || line.p[0] == '#')
                        continue;
                if (bw_arena_grow(t->arena, &sockets.items, &sockets.cap, sockets.n, sizeof(sockets.items[0])) < 0)
                        return bw_arena_error(t->arena, t->reterr);
                sockets.items[sockets.n] = (struct bw_socket){0};
                if (!read_row(line, &sockets.items[sockets.n++]))
                        return bw_error_at(t->reterr, -EINVAL, number, 0, "listeners.tsv: protocol, address, port, pid expected");
        }
        t->survey->sockets.known = true;
        return copy_sockets(t, &sockets);
}

static int compare_inodes(const void *a, const void *b)
{
        const struct by_inode *x = a;
        const struct by_inode *y = b;

        return (x->inode > y->inode) - (x->inode < y->inode);
}

static int index_sockets(struct taker *t)
{
        struct bw_survey *s = t->survey;

        t->wanted = bw_arena_array(t->arena, s->n_listeners + 1, sizeof(t->wanted[0]));
        if (!t->wanted)
                return bw_arena_error(t->arena, t->reterr);
        for (size_t i = 0; i < s->n_listeners; i++)
                if (s->listeners[i].socket.inode)
                        t->wanted[t->n_wanted++] = (struct by_inode){s->listeners[i].socket.inode, i};
        qsort(t->wanted, t->n_wanted, sizeof(t->wanted[0]), compare_inodes);
        t->n_open = t->n_wanted;
        return 0;
}

/* ---- processes */

static const struct by_inode *find_inode(const struct taker *t, uint64_t inode)
{
        struct by_inode key = {.inode = inode};

        return t->n_wanted ? bsearch(&key, t->wanted, t->n_wanted, sizeof(key), compare_inodes) : NULL;
}

static int see_socket(void *userdata, uint64_t inode)
{
        struct taker *t = userdata;
        const struct by_inode *found = find_inode(t, inode);

        if (found && !t->survey->listeners[found->at].process)
                t->owns = true;
        return t->owns;
}

static uint64_t hash_of(struct bw_str text)
{
        uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a */

        for (size_t i = 0; i < text.n; i++)
                hash = (hash ^ (uint8_t)text.p[i]) * 0x100000001b3u;
        return hash | 1;
}

/*
 * A node may run thousands of processes of one program (pause, sleep, workers of a server): when the first of them have no
 * socket that is looked for, the others are believed to have none.
 */
static struct looked_at *program_row(struct taker *t, struct bw_str exe)
{
        uint64_t hash = hash_of(exe);

        for (size_t i = 0; i < BW_ARRAY_SIZE(t->programs); i++) {
                if (t->programs[i].hash == 0)
                        t->programs[i].hash = hash;
                if (t->programs[i].hash == hash)
                        return &t->programs[i];
        }
        return NULL;
}

static bool is_fixture(const struct taker *t)
{
        return !bw_host_is_live(t->node->host);
}

/* What is worth reading whole: daemons of the table, and whoever listens. Descriptors are looked at while any socket's
 * process is missing. */
static bool wants(void *userdata, const struct bw_process *process)
{
        struct taker *t = userdata;
        struct bw_error err = {0};
        struct looked_at *row;

        t->owns = false;
        if (bw_daemon_of_program(process->exe.n ? base_name(process->exe) : process->comm))
                return true;
        if (is_fixture(t))
                return find_inode(t, process->pid) != NULL;
        if (!t->n_open || (!process->exe.n && !process->exe_is_refused))
                return false;
        row = program_row(t, process->exe.n ? process->exe : process->comm);
        if (row && row->n >= BW_LIMIT_SAME_PROGRAM)
                return false;
        if (bw_host_sockets(t->node->host, process->pid, see_socket, t, &err) == -EACCES)
                t->survey->owners_cut = true;
        else if (row && !t->owns)
                row->n++;
        return t->owns;
}

static int give_socket(void *userdata, uint64_t inode)
{
        struct taker *t = userdata;
        struct bw_survey_process *process = t->survey->daemons[t->survey->n_daemons - 1];
        const struct by_inode *found = find_inode(t, inode);

        if (!found)
                return 0;
        /* Several rows may have one inode in a fixture, where it is the pid. */
        while (found > t->wanted && found[-1].inode == inode)
                found--;
        for (; found < t->wanted + t->n_wanted && found->inode == inode; found++)
                if (!t->survey->listeners[found->at].process) {
                        t->survey->listeners[found->at].process = process;
                        t->n_open--;
                }
        return 0;
}

static struct bw_str copied(struct taker *t, struct bw_str text)
{
        return text.n ? bw_arena_str(t->arena, text) : (struct bw_str){0};
}

/* Their arguments may hold credentials: only those are kept of which known flags alone are looked at. */
static int copy_args(struct taker *t, const struct bw_process *from, struct bw_survey_process *to)
{
        struct bw_str *args;

        if (!bw_daemon_lists("sshd containerd crio dockerd", to->program))
                return 0;
        args = bw_arena_array(t->arena, from->n_args + 1, sizeof(args[0]));
        if (!args)
                return bw_arena_error(t->arena, t->reterr);
        for (size_t i = 0; i < from->n_args; i++)
                args[i] = copied(t, from->args[i]);
        to->args = args;
        to->n_args = from->n_args;
        return 0;
}

static int keep(void *userdata, const struct bw_process *process)
{
        struct taker *t = userdata;
        struct bw_survey *s = t->survey;
        struct bw_survey_process *made = bw_arena_zalloc(t->arena, sizeof(*made));
        struct bw_error err = {0};
        int r;

        if (!made || bw_arena_grow(t->arena, &s->daemons, &s->daemons_cap, s->n_daemons, sizeof(s->daemons[0])) < 0)
                return bw_arena_error(t->arena, t->reterr);
        made->pid = process->pid;
        made->uid = process->uid;
        made->comm = copied(t, process->comm);
        made->exe = copied(t, process->exe);
        made->program = made->exe.n ? base_name(made->exe) : made->comm;
        made->cgroup = copied(t, process->cgroup);
        made->is_daemon = bw_daemon_of_program(made->program) != NULL;
        r = copy_args(t, process, made);
        if (r < 0)
                return r;
        s->daemons[s->n_daemons++] = made;
        if (is_fixture(t))
                return give_socket(t, process->pid);
        if (t->n_open && bw_host_sockets(t->node->host, process->pid, give_socket, t, &err) == -EACCES)
                s->owners_cut = true;
        return 0;
}

static int read_processes(struct taker *t)
{
        struct bw_error err = {0};
        int r;

        if (!bw_host_knows_processes(t->node->host)) {
                t->survey->processes = (struct bw_survey_state){
                        .state = "absent", .reason = BW_STR("nobody can say what runs on a machine that is not running")};
                return 0;
        }
        r = bw_host_processes(t->node->host, wants, keep, t, &err);
        if (r == -ENOMEM)
                return bw_error_nomem(t->reterr);
        if (r < 0)
                set_unknown(&t->survey->processes, NULL, &err, t->arena);
        else
                t->survey->processes.known = true;
        return 0;
}

/* ---- the whole */

static int read_firewall(struct taker *t)
{
        struct bw_error err = {0};
        int r = bw_firewall_load(t->node, &t->survey->ruleset, &err);

        if (r == -ENOMEM)
                return bw_error_nomem(t->reterr);
        if (r < 0)
                set_unknown(&t->survey->firewall, r == -ENOENT ? "absent" : NULL, &err, t->arena);
        else
                t->survey->firewall.known = true;
        return 0;
}

int bw_survey_take(struct bw_node *node, const struct bw_survey **ret, struct bw_error *reterr)
{
        struct taker t = {.node = node, .arena = node->arena, .reterr = reterr};
        int r;

        if (node->prepared[BW_PREPARED_SURVEY]) {
                *ret = node->prepared[BW_PREPARED_SURVEY];
                return 0;
        }
        t.survey = bw_arena_zalloc(node->arena, sizeof(*t.survey));
        if (!t.survey)
                return bw_arena_error(node->arena, reterr);
        r = bw_host_is_live(node->host) ? read_live(&t) : read_fixture(&t);
        if (r == 0)
                r = index_sockets(&t);
        if (r == 0)
                r = read_processes(&t);
        if (r == 0)
                r = read_firewall(&t);
        if (r < 0)
                return r;
        node->prepared[BW_PREPARED_SURVEY] = t.survey;
        *ret = t.survey;
        return 0;
}

const struct bw_survey_process *bw_survey_daemon(const struct bw_survey *survey, const char *program)
{
        for (size_t i = 0; i < survey->n_daemons; i++)
                if (bw_str_is(survey->daemons[i]->program, program))
                        return survey->daemons[i];
        return NULL;
}

void bw_survey_put_state(struct bw_facts *facts, const char *path, const struct bw_survey_state *state)
{
        struct bw_evidence evidence = {.state = state->state, .reason = state->reason, .help = state->help};

        bw_facts_evidence(facts, &evidence, "%s", path);
}

static int prepare(struct bw_node *node, struct bw_error *reterr)
{
        const struct bw_survey *survey;

        return bw_survey_take(node, &survey, reterr);
}

static int collect(struct bw_node *node BW_UNUSED, bw_doc_sink sink BW_UNUSED, void *userdata BW_UNUSED,
                   struct bw_error *reterr BW_UNUSED)
{
        return 0; /* what was seen goes into the Host document */
}

const struct bw_collector bw_collector_survey = {.name = "survey", .prepare = prepare, .collect = collect};
