/* SPDX-License-Identifier: Apache-2.0 */
#include "report/report_internal.h"

const struct bw_reporter *const bw_reporters[] = {
        &bw_reporter_text,  &bw_reporter_wide,     &bw_reporter_json, &bw_reporter_yaml,   &bw_reporter_sarif,
        &bw_reporter_junit, &bw_reporter_markdown, &bw_reporter_csv,  &bw_reporter_github,
        &bw_reporter_controls, &bw_reporter_controls_json, NULL,
};

const struct bw_reporter *bw_reporter_find(struct bw_str name)
{
        for (size_t i = 0; bw_reporters[i]; i++)
                if (bw_str_is(name, bw_reporters[i]->name))
                        return bw_reporters[i];
        return NULL;
}
