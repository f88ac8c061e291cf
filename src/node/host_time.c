/* SPDX-License-Identifier: Apache-2.0 */
/* Host section "time": who keeps the clock right. How far it is off is not measured: that would take packets. */
#include "base/arena.h"
#include "base/error.h"
#include "node/registry.h"
#include "node/survey.h"
#include "node/system.h"

static const struct {
        const char *name;
        const char *program;
        const char *units[3];
} keepers[] = {
        {"chrony", "chronyd", {"chronyd.service", "chrony.service"}},
        {"systemd-timesyncd", "systemd-timesyncd", {"systemd-timesyncd.service"}},
        {"ntpd", "ntpd", {"ntpd.service", "ntp.service", "ntpsec.service"}},
        {"openntpd", "openntpd", {"openntpd.service"}},
        {"ntpd-rs", "ntp-daemon", {"ntpd-rs.service"}},
        {"ptp", "phc2sys", {"phc2sys.service"}},
};

static bool is_enabled(struct bw_node *node, size_t i, struct bw_str *ret_link)
{
        for (size_t k = 0; k < BW_ARRAY_SIZE(keepers[i].units) && keepers[i].units[k]; k++)
                if (bw_system_unit_enabled(node, keepers[i].units[k], ret_link))
                        return true;
        return false;
}

static int collect(struct bw_node *node, struct bw_facts *facts, struct bw_error *reterr)
{
        struct bw_fields time = bw_fields(facts);
        struct bw_items found = bw_items(facts);
        const struct bw_survey *survey;
        bool kept = false;
        size_t n = 0;
        int r = bw_survey_take(node, &survey, reterr);

        if (r < 0)
                return r;
        for (size_t i = 0; i < BW_ARRAY_SIZE(keepers); i++) {
                struct bw_fields one = bw_fields(facts);
                struct bw_str link = {0};
                bool enabled = is_enabled(node, i, &link);
                bool running = bw_survey_daemon(survey, keepers[i].program) != NULL;

                if (!enabled && !running)
                        continue;
                n++;
                kept |= survey->processes.known ? running : enabled;
                bw_fields_text(&one, "name", bw_str(keepers[i].name));
                bw_fields_bool(&one, "enabled", enabled);
                bw_fields_bool(&one, "running", running);
                bw_items_value(&found, bw_fields_end(&one));
                if (enabled)
                        bw_system_from_file(facts, "time", link, 0, bw_str(keepers[i].name));
        }
        if (!survey->processes.known && !n && !bw_system_has_systemd(node)) {
                bw_facts_absent(facts, "time", "nobody can say what runs, and there are no units");
                return 0;
        }
        bw_fields_value(&time, "keepers", bw_items_end(&found));
        bw_fields_bool(&time, "kept", kept);
        bw_fields_value(&facts->fields, "time", bw_fields_end(&time));
        return 0;
}

const struct bw_host_section bw_section_time = {.name = "time", .collect = collect};
