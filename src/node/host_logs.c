/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Logs of the machine: auditd with its rules, journald, and what sends logs elsewhere.
 * Source: auditctl(8), auditd.conf(5), augenrules(8), journald.conf(5), rsyslog.conf(5).
 */
#include "base/arena.h"
#include "base/limits.h"
#include "format/systemd_unit.h"
#include "node/daemons.h"
#include "node/section.h"
#include "node/survey.h"

struct logs {
        struct bw_node *node;
        struct bw_facts *facts;
        const struct bw_survey *survey;
        struct bw_error *reterr;
};

/* ---- auditd */

struct audit {
        struct logs *logs;
        struct bw_items watches;
        uint32_t n_rules;
        bool immutable;
        bool disabled;
};

static struct bw_str next_word(struct bw_str *rest)
{
        struct bw_str word = {0};

        *rest = bw_str_trim(*rest);
        if (rest->n)
                (void)bw_str_split(rest, ' ', &word);
        return bw_str_trim(word);
}

static void add_watch(struct audit *audit, struct bw_str path, struct bw_str file, uint32_t line)
{
        struct bw_evidence evidence = bw_section_evidence("file", file, line);

        while (path.n > 1 && path.p[path.n - 1] == '/')
                path.n--;
        if (!path.n || audit->watches.n >= BW_LIMIT_UNITS)
                return;
        bw_facts_evidence(audit->logs->facts, &evidence, "auditd.watches[%" PRIu32 "]", audit->watches.n);
        bw_items_text(&audit->watches, path);
}

static void read_rule(struct audit *audit, struct bw_str line, struct bw_str file, uint32_t number)
{
        struct bw_str first = next_word(&line);

        if (!first.n || first.p[0] == '#')
                return;
        if (bw_str_is(first, "-e")) {
                struct bw_str value = next_word(&line);

                audit->immutable = bw_str_is(value, "2");
                audit->disabled = bw_str_is(value, "0");
                return;
        }
        if (bw_str_is(first, "-w")) {
                audit->n_rules++;
                add_watch(audit, next_word(&line), file, number);
                return;
        }
        if (!bw_str_is(first, "-a") && !bw_str_is(first, "-A"))
                return;
        audit->n_rules++;
        while (line.n) {
                struct bw_str word = next_word(&line);

                if (bw_str_starts(word, BW_STR("path=")))
                        add_watch(audit, bw_str_rest(word, 5), file, number);
                if (bw_str_starts(word, BW_STR("dir=")))
                        add_watch(audit, bw_str_rest(word, 4), file, number);
        }
}

static void read_rules(struct audit *audit, const struct bw_section_file *file)
{
        struct bw_str rest = file->text;
        struct bw_str line;
        uint32_t number = 0;

        while (bw_str_split(&rest, '\n', &line))
                read_rule(audit, line, file->path, ++number);
}

/* augenrules makes audit.rules of the files in rules.d; where there are none, audit.rules is what people write. */
static int put_rules(struct logs *logs, struct bw_fields *out)
{
        struct audit audit = {.logs = logs, .watches = bw_items(logs->facts)};
        struct bw_section_file refused = {0};
        struct bw_section_file *files;
        struct bw_section_file one = {0};
        size_t n;
        int r = bw_section_read_dir(logs->node, "/etc/audit/rules.d", "*.rules", &files, &n, &refused, logs->reterr);

        if (r == 0 && n == 0) {
                r = bw_section_read(logs->node, "/etc/audit/audit.rules", &one, logs->reterr);
                files = &one;
                n = r == 0 && one.seen == BW_SEEN_READ;
                if (r == 0 && one.seen == BW_SEEN_UNREADABLE)
                        refused = one;
        }
        if (r < 0)
                return r;
        if (refused.path.n) {
                bw_section_unreadable(logs->facts, "auditd.watches", &refused);
                bw_section_unreadable(logs->facts, "auditd.rules", &refused);
        }
        for (size_t i = 0; i < n; i++)
                read_rules(&audit, &files[i]);
        bw_fields_int(out, "rules", audit.n_rules);
        bw_fields_bool(out, "immutable", audit.immutable);
        bw_fields_bool(out, "disabled", audit.disabled);
        bw_fields_value(out, "watches", bw_items_end(&audit.watches));
        return 0;
}

/* Lines "name = value" in the order in which auditd reads them: the last one counts. */
static int put_audit_config(struct logs *logs, struct bw_fields *out)
{
        struct bw_fields fields = bw_fields(logs->facts);
        struct bw_section_file file;
        struct bw_str line;
        uint32_t number = 0;
        int r = bw_section_read(logs->node, "/etc/audit/auditd.conf", &file, logs->reterr);

        if (r < 0)
                return r;
        if (file.seen == BW_SEEN_UNREADABLE)
                bw_section_unreadable(logs->facts, "auditd.config", &file);
        while (number < BW_LIMIT_UNITS && bw_str_split(&file.text, '\n', &line)) {
                struct bw_evidence evidence = bw_section_evidence("file", file.path, ++number);
                struct bw_str key;
                struct bw_str value = bw_str_trim(line);

                evidence.text = value;
                if (!value.n || value.p[0] == '#' || !bw_str_split(&value, '=', &key) || !value.p)
                        continue;
                key = bw_str_trim(key);
                bw_fields_value_at(&fields, key, bw_facts_text(logs->facts, bw_str_trim(value)));
                bw_facts_evidence_of(logs->facts, &evidence, "auditd.config", key);
        }
        bw_fields_value(out, "config", bw_fields_end(&fields));
        return 0;
}

static int collect_auditd(struct bw_node *node, struct bw_facts *facts, struct bw_error *reterr)
{
        struct logs logs = {.node = node, .facts = facts, .reterr = reterr};
        struct bw_fields out = bw_fields(facts);
        bool installed = bw_host_exists(node->host, "/usr/sbin/auditd") || bw_host_exists(node->host, "/sbin/auditd");
        struct bw_str link;
        int r = bw_survey_take(node, &logs.survey, reterr);

        if (r == 0)
                r = bw_section_unit_link(node, BW_STR("auditd.service"), &link, reterr);
        if (r < 0)
                return r;
        installed |= bw_survey_daemon(logs.survey, "auditd") != NULL;
        bw_fields_bool(&out, "installed", installed);
        bw_fields_bool(&out, "enabled", link.n > 0);
        if (logs.survey->processes.known)
                bw_fields_bool(&out, "running", bw_survey_daemon(logs.survey, "auditd") != NULL);
        else
                bw_survey_put_state(facts, "auditd.running", &logs.survey->processes);
        if (installed) {
                r = put_rules(&logs, &out);
                if (r == 0)
                        r = put_audit_config(&logs, &out);
        } else {
                bw_facts_absent(facts, "auditd.rules", "auditd is not installed");
                bw_facts_absent(facts, "auditd.watches", "auditd is not installed");
                bw_facts_absent(facts, "auditd.config", "auditd is not installed");
        }
        bw_fields_value(&facts->fields, "auditd", bw_fields_end(&out));
        return r;
}

const struct bw_host_section bw_section_auditd = {.name = "auditd", .collect = collect_auditd};

/* ---- journald */

static const struct {
        const char *key;
        const char *otherwise; /* systemd's default; NULL: none that is fixed */
} journal_keys[] = {
        {"Storage", "auto"},   {"Compress", "yes"},        {"Seal", "yes"},          {"ForwardToSyslog", NULL},
        {"Audit", NULL},       {"SystemMaxUse", NULL},     {"SystemKeepFree", NULL}, {"MaxRetentionSec", NULL},
        {"RateLimitBurst", NULL}, {"RateLimitIntervalSec", NULL},
};

static int read_journal_files(struct logs *logs, struct bw_unit *unit)
{
        static const char *const main_files[] = {"/etc/systemd/journald.conf", "/run/systemd/journald.conf",
                                                 "/usr/lib/systemd/journald.conf"};
        static const char *const folders[] = {"/usr/lib/systemd/journald.conf.d", "/run/systemd/journald.conf.d",
                                              "/etc/systemd/journald.conf.d"};
        struct bw_section_file file = {.seen = BW_SEEN_ABSENT};
        int r = 0;

        for (size_t i = 0; r == 0 && i < BW_ARRAY_SIZE(main_files) && file.seen == BW_SEEN_ABSENT; i++)
                r = bw_section_read(logs->node, main_files[i], &file, logs->reterr);
        if (r == 0 && file.seen == BW_SEEN_UNREADABLE)
                bw_section_unreadable(logs->facts, "journald.settings", &file);
        if (r == 0 && file.seen == BW_SEEN_READ)
                r = bw_unit_read(unit, file.path, file.text, logs->reterr);
        for (size_t i = 0; r == 0 && i < BW_ARRAY_SIZE(folders); i++) {
                struct bw_section_file *files = NULL;
                size_t n = 0;

                r = bw_section_read_dir(logs->node, folders[i], "*.conf", &files, &n, NULL, logs->reterr);
                for (size_t k = 0; r == 0 && k < n; k++)
                        r = bw_unit_read(unit, files[k].path, files[k].text, logs->reterr);
        }
        return r;
}

static const struct bw_unit_setting *last_setting(const struct bw_unit *unit, const char *key)
{
        const struct bw_unit_setting *last = NULL;
        const struct bw_unit_setting *next;
        size_t at = 0;

        while ((next = bw_unit_next(unit, "Journal", key, &at)))
                last = next;
        return last;
}

static int put_journal(struct logs *logs, struct bw_fields *out)
{
        struct bw_unit unit = {.arena = logs->node->arena};
        struct bw_fields fields = bw_fields(logs->facts);
        struct bw_str storage = BW_STR("auto");
        int r = read_journal_files(logs, &unit);

        if (r < 0)
                return r;
        for (size_t i = 0; i < BW_ARRAY_SIZE(journal_keys); i++) {
                const struct bw_unit_setting *set = last_setting(&unit, journal_keys[i].key);
                struct bw_evidence evidence = {.type = "default", .text = BW_STR("default of systemd")};

                if (!set && !journal_keys[i].otherwise)
                        continue;
                if (set) {
                        evidence = bw_section_evidence("file", set->file, set->line);
                        evidence.text = bw_arena_printf(logs->node->arena, "%s=%.*s", journal_keys[i].key, BW_STR_ARG(set->value));
                }
                if (set && i == 0)
                        storage = set->value;
                bw_fields_text(&fields, journal_keys[i].key, set ? set->value : bw_str(journal_keys[i].otherwise));
                bw_facts_evidence(logs->facts, &evidence, "journald.settings.%s", journal_keys[i].key);
                if (i == 0)
                        bw_facts_evidence(logs->facts, &evidence, "journald.persistent");
        }
        bw_fields_bool(out, "persistent", bw_str_is(storage, "persistent") ||
                                                  (bw_str_is(storage, "auto") && bw_host_exists(logs->node->host, "/var/log/journal")));
        bw_fields_value(out, "settings", bw_fields_end(&fields));
        return 0;
}

/* ---- who sends logs elsewhere */

static void put_sender(struct logs *logs, struct bw_items *items, const char *by, const struct bw_evidence *evidence)
{
        bw_facts_evidence(logs->facts, evidence, "journald.forwarding[%" PRIu32 "]", items->n);
        bw_items_text(items, bw_str(by));
}

/* A line of rsyslog that sends to another machine: "*.* @host", "@@host", or one of its modules for that. */
static bool sends(struct bw_str line)
{
        static const char *const modules[] = {"omfwd", "omrelp", "omelasticsearch", "omkafka", "omhttp", "omgssapi"};

        line = bw_str_trim(line);
        if (!line.n || line.p[0] == '#')
                return false;
        for (size_t i = 0; i < BW_ARRAY_SIZE(modules); i++)
                if (bw_str_find(line, bw_str(modules[i])) != SIZE_MAX)
                        return true;
        for (size_t i = 1; i + 1 < line.n; i++)
                if (line.p[i] == '@' && (line.p[i - 1] == ' ' || line.p[i - 1] == '\t'))
                        return true;
        return false;
}

static bool put_rsyslog_file(struct logs *logs, struct bw_items *items, const struct bw_section_file *file)
{
        struct bw_str rest = file->text;
        struct bw_str line;
        uint32_t number = 0;

        while (bw_str_split(&rest, '\n', &line)) {
                struct bw_evidence evidence = bw_section_evidence("file", file->path, ++number);

                if (!sends(line))
                        continue;
                put_sender(logs, items, "rsyslog", &evidence);
                return true;
        }
        return false;
}

static int put_rsyslog(struct logs *logs, struct bw_items *items)
{
        struct bw_section_file *files = NULL;
        struct bw_section_file one = {0};
        size_t n = 0;
        int r = bw_section_read(logs->node, "/etc/rsyslog.conf", &one, logs->reterr);

        if (r == 0)
                r = bw_section_read_dir(logs->node, "/etc/rsyslog.d", "*.conf", &files, &n, NULL, logs->reterr);
        if (r < 0 || (one.seen == BW_SEEN_READ && put_rsyslog_file(logs, items, &one)))
                return r;
        for (size_t i = 0; i < n; i++)
                if (put_rsyslog_file(logs, items, &files[i]))
                        return 0;
        return 0;
}

static int put_loggers(struct logs *logs, struct bw_items *items)
{
        for (size_t i = 0; i < bw_n_daemons; i++) {
                const struct bw_daemon *daemon = &bw_daemons[i];
                struct bw_str rest = bw_str(daemon->programs);
                struct bw_str program;

                if (daemon->daemon_class != BW_DAEMON_LOGGER && strcmp(daemon->name, "syslog-ng") != 0)
                        continue;
                while (bw_str_split(&rest, ' ', &program))
                        for (size_t k = 0; k < logs->survey->n_daemons; k++)
                                if (bw_str_eq(logs->survey->daemons[k]->program, program)) {
                                        struct bw_evidence evidence = {.type = "process", .text = program};

                                        put_sender(logs, items, daemon->name, &evidence);
                                }
        }
        return 0;
}

static int collect_journald(struct bw_node *node, struct bw_facts *facts, struct bw_error *reterr)
{
        struct logs logs = {.node = node, .facts = facts, .reterr = reterr};
        struct bw_fields out = bw_fields(facts);
        struct bw_items senders = bw_items(facts);
        bool installed = bw_host_exists(node->host, "/usr/lib/systemd/systemd-journald") ||
                         bw_host_exists(node->host, "/lib/systemd/systemd-journald") ||
                         bw_host_exists(node->host, "/etc/systemd/journald.conf");
        int r = bw_survey_take(node, &logs.survey, reterr);

        installed |= r == 0 && bw_survey_daemon(logs.survey, "systemd-journald") != NULL;
        bw_fields_bool(&out, "installed", installed);
        if (r == 0 && installed)
                r = put_journal(&logs, &out);
        if (r == 0 && !installed) {
                bw_facts_absent(facts, "journald.settings", "there is no journald");
                bw_facts_absent(facts, "journald.persistent", "there is no journald");
        }
        if (r == 0)
                r = put_rsyslog(&logs, &senders);
        if (r == 0)
                r = put_loggers(&logs, &senders);
        if (r < 0)
                return r;
        if (!senders.n && !logs.survey->processes.known)
                bw_survey_put_state(facts, "journald.forwarding", &logs.survey->processes);
        bw_fields_value(&out, "forwarding", bw_items_end(&senders));
        bw_fields_value(&facts->fields, "journald", bw_fields_end(&out));
        return 0;
}

const struct bw_host_section bw_section_journald = {.name = "journald", .collect = collect_journald};
