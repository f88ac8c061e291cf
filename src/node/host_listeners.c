/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What listens on the machine, whose it is, and whether the role's table of ports knows it.
 */
#include "base/arena.h"
#include "node/ports.h"
#include "node/section.h"
#include "node/survey.h"

static struct bw_evidence evidence_of(struct bw_arena *arena, const struct bw_survey_socket *listener, struct bw_str address)
{
        struct bw_evidence evidence = {.type = "kernel"};
        const struct bw_survey_process *process = listener->process;

        if (process)
                evidence.text = bw_arena_printf(arena, "%.*s (pid %" PRIu32 ") on %.*s, %s port %u", BW_STR_ARG(process->program),
                                                process->pid, BW_STR_ARG(address), listener->socket.protocol,
                                                (unsigned)listener->socket.port);
        else
                evidence.text = bw_arena_printf(arena, "%.*s, %s port %u", BW_STR_ARG(address), listener->socket.protocol,
                                                (unsigned)listener->socket.port);
        return evidence;
}

/* unseen: some processes may not be looked into, and it may be one of theirs. */
static struct bw_value value_of(struct bw_node *node, struct bw_facts *facts, const struct bw_survey_socket *listener,
                                struct bw_str address, bool unseen)
{
        const struct bw_socket *socket = &listener->socket;
        const struct bw_survey_process *process = listener->process;
        struct bw_fields fields = bw_fields(facts);
        struct bw_port_info info;
        /* What must not be open is told by its program: another one may have taken the port. */
        bool known = !unseen &&
                     bw_port_find(socket->protocol, socket->port, process ? process->program : (struct bw_str){0},
                                  node->identity.roles, &info);

        bw_fields_text(&fields, "protocol", bw_str(socket->protocol));
        bw_fields_text(&fields, "address", address);
        bw_fields_int(&fields, "port", socket->port);
        bw_fields_bool(&fields, "loopback", bw_address_is_loopback(socket->family, socket->address));
        bw_fields_bool(&fields, "everywhere", bw_address_is_any(socket->family, socket->address));
        bw_fields_text(&fields, "service", bw_str(known ? info.name : ""));
        bw_fields_text(&fields, "exposure", bw_str(known ? info.exposure : ""));
        if (process || !unseen)
                bw_fields_bool(&fields, "owned", process != NULL);
        if (process) {
                bw_fields_text(&fields, "program", process->program);
                bw_fields_int(&fields, "pid", process->pid);
                bw_fields_int(&fields, "uid", process->uid);
                bw_fields_bool(&fields, "pod", bw_str_find(process->cgroup, BW_STR("kubepods")) != SIZE_MAX);
        }
        return bw_fields_end(&fields);
}

static int collect(struct bw_node *node, struct bw_facts *facts, struct bw_error *reterr)
{
        static const struct bw_evidence hidden = {
                .state = "unreadable",
                .reason = {.p = "whose socket it is may not be seen", .n = 34},
                .help = {.p = "run as root, or with CAP_SYS_PTRACE", .n = 35},
        };
        struct bw_items items = bw_items(facts);
        const struct bw_survey *survey;
        int r = bw_survey_take(node, &survey, reterr);

        if (r < 0)
                return r;
        if (!survey->sockets.known)
                bw_survey_put_state(facts, "listeners", &survey->sockets);
        for (uint32_t i = 0; i < survey->n_listeners; i++) {
                const struct bw_survey_socket *listener = &survey->listeners[i];
                struct bw_str address = bw_address_text(node->arena, listener->socket.family, listener->socket.address);
                struct bw_evidence evidence = evidence_of(node->arena, listener, address);

                bool unseen = survey->owners_cut && !listener->process && listener->socket.inode;

                bw_items_value(&items, value_of(node, facts, listener, address, unseen));
                bw_facts_evidence(facts, &evidence, "listeners[%" PRIu32 "]", i);
                if (unseen) {
                        bw_facts_evidence(facts, &hidden, "listeners[%" PRIu32 "].owned", i);
                        bw_facts_evidence(facts, &hidden, "listeners[%" PRIu32 "].port", i);
                }
        }
        bw_fields_value(&facts->fields, "listeners", bw_items_end(&items));
        return 0;
}

const struct bw_host_section bw_section_listeners = {.name = "listeners", .collect = collect};
