/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Services that a node should not have, by their processes and by the units that are enabled.
 */
#include "base/arena.h"
#include "base/limits.h"
#include "node/daemons.h"
#include "node/section.h"
#include "node/survey.h"

struct services {
        struct bw_node *node;
        struct bw_facts *facts;
        const struct bw_survey *survey;
        struct bw_items known;
        struct bw_error *reterr;
};

static const struct bw_survey_process *running(const struct services *s, const struct bw_daemon *daemon)
{
        for (size_t i = 0; i < s->survey->n_daemons; i++)
                if (bw_daemon_lists(daemon->programs, s->survey->daemons[i]->program))
                        return s->survey->daemons[i];
        return NULL;
}

static int enabled(struct services *s, const struct bw_daemon *daemon, struct bw_str *ret_unit, struct bw_str *ret_link)
{
        struct bw_str rest = bw_str(daemon->units);
        int r = 0;

        *ret_link = (struct bw_str){0};
        while (r == 0 && !ret_link->n && bw_str_split(&rest, ' ', ret_unit))
                r = bw_section_unit_link(s->node, *ret_unit, ret_link, s->reterr);
        return r;
}

static int put_daemon(struct services *s, const struct bw_daemon *daemon)
{
        const struct bw_survey_process *process = running(s, daemon);
        struct bw_fields fields = bw_fields(s->facts);
        struct bw_evidence evidence = {0};
        struct bw_str unit = {0};
        struct bw_str link;
        int r = enabled(s, daemon, &unit, &link);

        if (r < 0 || (!process && !link.n))
                return r;
        bw_fields_text(&fields, "name", bw_str(daemon->name));
        bw_fields_text(&fields, "class", bw_str(bw_daemon_class_text(daemon->daemon_class)));
        bw_fields_bool(&fields, "running", process != NULL);
        bw_fields_bool(&fields, "enabled", link.n > 0);
        if (link.n) {
                bw_fields_text(&fields, "unit", unit);
                evidence = (struct bw_evidence){.type = "unit", .text = unit, .file = link};
        }
        if (process) {
                bw_fields_text(&fields, "program", process->program);
                bw_fields_bool(&fields, "pod", bw_str_find(process->cgroup, BW_STR("kubepods")) != SIZE_MAX);
                evidence.type = "process";
                evidence.text = bw_arena_printf(s->node->arena, "%.*s (pid %" PRIu32 ")", BW_STR_ARG(process->program), process->pid);
        }
        bw_facts_evidence(s->facts, &evidence, "services.known[%" PRIu32 "]", s->known.n);
        bw_items_value(&s->known, bw_fields_end(&fields));
        return 0;
}

/* Names of the links in one directory below /etc/systemd/system. */
static void put_links(struct services *s, const char *name, struct bw_items *items)
{
        bw_auto_done(bw_listing_done) struct bw_listing listing = {0};
        struct bw_str path = bw_arena_printf(s->node->arena, "/etc/systemd/system/%s", name);

        if (!path.p || bw_host_list(s->node->host, path.p, BW_LIMIT_UNITS, &listing, NULL) < 0)
                return;
        for (size_t i = 0; i < listing.n_entries && items->n < BW_LIMIT_UNITS; i++)
                bw_items_text(items, bw_str(bw_listing_name(&listing, i)));
}

static void put_enabled(struct services *s, struct bw_fields *out)
{
        bw_auto_done(bw_listing_done) struct bw_listing listing = {0};
        struct bw_items items = bw_items(s->facts);
        int r = bw_host_list(s->node->host, "/etc/systemd/system", BW_LIMIT_UNITS, &listing, NULL);

        if (r == -ENOENT)
                bw_facts_absent(s->facts, "services.enabled", "there is no systemd");
        for (size_t i = 0; r == 0 && i < listing.n_entries; i++)
                if (bw_str_ends(bw_str(bw_listing_name(&listing, i)), BW_STR(".wants")))
                        put_links(s, bw_listing_name(&listing, i), &items);
        bw_fields_value(out, "enabled", bw_items_end(&items));
}

static int collect(struct bw_node *node, struct bw_facts *facts, struct bw_error *reterr)
{
        struct services s = {.node = node, .facts = facts, .known = bw_items(facts), .reterr = reterr};
        struct bw_fields out = bw_fields(facts);
        int r = bw_survey_take(node, &s.survey, reterr);

        for (size_t i = 0; r == 0 && i < bw_n_daemons; i++)
                r = put_daemon(&s, &bw_daemons[i]);
        if (r < 0)
                return r;
        put_enabled(&s, &out);
        bw_fields_value(&out, "known", bw_items_end(&s.known));
        bw_fields_value(&facts->fields, "services", bw_fields_end(&out));
        return 0;
}

const struct bw_host_section bw_section_services = {.name = "services", .collect = collect};
