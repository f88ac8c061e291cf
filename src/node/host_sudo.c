/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sudo: who may become root, and whether they are asked for their password.
 * Source: sudoers(5).
 */
#include "base/arena.h"
#include "base/limits.h"
#include "format/sudoers.h"
#include "node/section.h"

struct sudo {
        struct bw_node *node;
        struct bw_facts *facts;
        struct bw_fields out;
        struct bw_section_file refused;
        struct bw_error *reterr;
};

/* Defaults that matter here. */
static const char *const defaults[] = {"authenticate", "use_pty", "logfile", "log_input", "log_output", "env_reset",
                                       "secure_path", "timestamp_timeout", "timestamp_type", "targetpw", "rootpw", "requiretty",
                                       "visiblepw", "pwfeedback"};

static int include(void *userdata, struct bw_str path, bool is_dir, const struct bw_sudo_file **ret, size_t *ret_n,
                   struct bw_error *reterr)
{
        struct sudo *sudo = userdata;
        struct bw_str absolute = bw_arena_printf(sudo->node->arena, "%s%.*s", path.n && path.p[0] == '/' ? "" : "/etc/",
                                                 BW_STR_ARG(path));
        struct bw_section_file *files = NULL;
        struct bw_section_file one;
        struct bw_sudo_file *made;
        size_t n = 0;
        int r;

        if (!absolute.p)
                return bw_arena_error(sudo->node->arena, reterr);
        if (is_dir) {
                r = bw_section_read_dir(sudo->node, absolute.p, "*", &files, &n, &sudo->refused, reterr);
        } else {
                r = bw_section_read(sudo->node, absolute.p, &one, reterr);
                files = &one;
                n = r == 0 && one.seen == BW_SEEN_READ;
                if (r == 0 && one.seen == BW_SEEN_UNREADABLE)
                        sudo->refused = one;
        }
        if (r < 0)
                return r;
        made = bw_arena_array(sudo->node->arena, n + 1, sizeof(made[0]));
        if (!made)
                return bw_arena_error(sudo->node->arena, reterr);
        *ret_n = 0;
        for (size_t i = 0; i < n; i++) {
                const char *slash = strrchr(files[i].path.p, '/');

                if (!is_dir || bw_sudo_takes_name(bw_str(slash ? slash + 1 : files[i].path.p)))
                        made[(*ret_n)++] = (struct bw_sudo_file){.path = files[i].path, .text = files[i].text};
        }
        *ret = made;
        return 0;
}

static struct bw_value texts(struct sudo *sudo, struct bw_sudo_texts list)
{
        struct bw_items items = bw_items(sudo->facts);

        for (size_t i = 0; i < list.n; i++)
                bw_items_text(&items, list.items[i]);
        return bw_items_end(&items);
}

static void put_rules(struct sudo *sudo, const struct bw_sudoers *sudoers)
{
        struct bw_items items = bw_items(sudo->facts);

        for (uint32_t i = 0; i < sudoers->n_rules; i++) {
                const struct bw_sudo_rule *rule = &sudoers->rules[i];
                struct bw_fields fields = bw_fields(sudo->facts);
                struct bw_evidence evidence = bw_section_evidence("file", rule->file, rule->line);

                evidence.text = bw_arena_printf(sudo->node->arena, "%.*s%s%s%.*s", BW_STR_ARG(rule->users.n ? rule->users.items[0] : BW_STR("")),
                                                rule->users.n > 1 ? ", …" : "", rule->nopasswd ? " NOPASSWD: " : " ",
                                                BW_STR_ARG(rule->command));
                bw_fields_value(&fields, "users", texts(sudo, rule->users));
                bw_fields_value(&fields, "hosts", texts(sudo, rule->hosts));
                bw_fields_value(&fields, "runAs", texts(sudo, rule->runas));
                bw_fields_text(&fields, "command", rule->command);
                bw_fields_bool(&fields, "all", bw_str_is(rule->command, "ALL") && !rule->negated);
                bw_fields_bool(&fields, "negated", rule->negated);
                bw_fields_bool(&fields, "asRoot", rule->runs_as_root);
                bw_fields_bool(&fields, "nopasswd", rule->nopasswd);
                bw_facts_evidence(sudo->facts, &evidence, "sudo.rules[%" PRIu32 "]", i);
                bw_items_value(&items, bw_fields_end(&fields));
        }
        bw_fields_value(&sudo->out, "rules", bw_items_end(&items));
}

static void put_defaults(struct sudo *sudo, const struct bw_sudoers *sudoers)
{
        struct bw_fields fields = bw_fields(sudo->facts);

        for (size_t i = 0; i < BW_ARRAY_SIZE(defaults); i++) {
                const struct bw_sudo_default *set = bw_sudo_default_find(sudoers, defaults[i]);
                struct bw_evidence evidence;

                if (!set)
                        continue;
                evidence = bw_section_evidence("file", set->file, set->line);
                evidence.text = bw_arena_printf(sudo->node->arena, "Defaults %s%s", bw_str_is(set->value, "false") ? "!" : "",
                                                defaults[i]);
                if (bw_str_is(set->value, "true") || bw_str_is(set->value, "false"))
                        bw_fields_bool(&fields, defaults[i], bw_str_is(set->value, "true"));
                else
                        bw_fields_text(&fields, defaults[i], set->value);
                bw_facts_evidence(sudo->facts, &evidence, "sudo.defaults.%s", defaults[i]);
        }
        bw_fields_value(&sudo->out, "defaults", bw_fields_end(&fields));
}

static void put_problems(struct sudo *sudo, const struct bw_sudoers *sudoers)
{
        struct bw_items items = bw_items(sudo->facts);

        for (uint32_t i = 0; i < sudoers->n_problems; i++) {
                struct bw_evidence evidence =
                        bw_section_evidence("file", sudoers->problems[i].file, sudoers->problems[i].line);

                bw_items_text(&items, bw_str(sudoers->problems[i].text));
                bw_facts_evidence(sudo->facts, &evidence, "sudo.problems[%" PRIu32 "]", i);
        }
        bw_fields_value(&sudo->out, "problems", bw_items_end(&items));
}

static int collect(struct bw_node *node, struct bw_facts *facts, struct bw_error *reterr)
{
        struct sudo sudo = {.node = node, .facts = facts, .out = bw_fields(facts), .reterr = reterr};
        struct bw_section_file file;
        struct bw_sudoers sudoers = {0};
        int r = bw_section_read(node, "/etc/sudoers", &file, reterr);

        if (r == 0 && file.seen == BW_SEEN_ABSENT) /* where distributions keep what their package brings */
                r = bw_section_read(node, "/usr/etc/sudoers", &file, reterr);
        if (r < 0)
                return r;
        bw_fields_bool(&sudo.out, "installed", file.seen != BW_SEEN_ABSENT);
        if (file.seen == BW_SEEN_ABSENT)
                bw_facts_absent(facts, "sudo", "sudo is not installed");
        if (file.seen == BW_SEEN_READ) {
                struct bw_sudo_file first = {.path = file.path, .text = file.text};

                r = bw_sudoers_read(node->arena, &first, include, &sudo, &sudoers, reterr);
                if (r < 0)
                        return r;
                put_rules(&sudo, &sudoers);
                put_defaults(&sudo, &sudoers);
                put_problems(&sudo, &sudoers);
        }
        if (file.seen == BW_SEEN_UNREADABLE || sudo.refused.path.n) {
                bw_section_unreadable(facts, "sudo.rules", file.seen == BW_SEEN_UNREADABLE ? &file : &sudo.refused);
                bw_section_unreadable(facts, "sudo.defaults", file.seen == BW_SEEN_UNREADABLE ? &file : &sudo.refused);
        }
        bw_fields_value(&facts->fields, "sudo", bw_fields_end(&sudo.out));
        return 0;
}

const struct bw_host_section bw_section_sudo = {.name = "sudo", .collect = collect};
