/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/scan_internal.h"

static int unknown_format(struct bw_str name, struct bw_error *reterr)
{
        struct bw_nearest nearest = {0};

        for (size_t i = 0; bw_reporters[i]; i++)
                bw_nearest_try(&nearest, name, bw_str(bw_reporters[i]->name));
        if (bw_nearest_is_near(&nearest, name))
                return bw_error_set(reterr, -EINVAL, "no output format \"%.*s\"; did you mean \"%s\"?",
                                    BW_STR_ARG(name), nearest.best);
        return bw_error_set(reterr, -EINVAL, "no output format \"%.*s\"; \"bulwark help scan\" lists them",
                            BW_STR_ARG(name));
}

int bw_sink_open(struct bw_sink *sink, struct bw_cli *cli, const char *spec, struct bw_error *reterr)
{
        struct bw_str rest = bw_str(spec);
        struct bw_str name = {0};

        *sink = (struct bw_sink){.cli = cli, .output = {.fd = -1}};
        (void)bw_str_split(&rest, '=', &name);
        sink->reporter = bw_reporter_find(name);
        if (!sink->reporter)
                return unknown_format(name, reterr);
        if (name.n == strlen(spec))
                return 0;
        if (rest.n == 0)
                return bw_error_set(reterr, -EINVAL, "-o %s names no file", spec);
        /* "-" is what a shell's users write for it. */
        if (bw_str_is(rest, "-"))
                return 0;
        sink->file = rest.p;
        return bw_output_begin(&sink->output, sink->file, reterr);
}

static int flush_sink(void *userdata, struct bw_str bytes)
{
        struct bw_sink *sink = userdata;

        return sink->file ? bw_output_write(&sink->output, bytes) : bw_term_write(&sink->cli->out, bytes);
}

int bw_sink_write(struct bw_sink *sink, const struct bw_report *report, const struct bw_report_options *options,
                  struct bw_error *reterr)
{
        struct bw_report_options mine = *options;
        int r;

        mine.flush = flush_sink;
        mine.flush_userdata = sink;
        if (sink->file) {
                mine.color = false;
                mine.width = 0;
        }
        r = sink->reporter->write(report, &mine, reterr);
        /* A reader of standard output that has seen enough is no error. */
        if (r == -EPIPE && !sink->file)
                return 0;
        if (r < 0) {
                (void)bw_error_set(reterr, r, "cannot be written: %s", bw_cli_write_problem(r));
                if (reterr)
                        bw_error_in_file(reterr, sink->file ? bw_str(sink->file) : BW_STR("<stdout>"));
                return r;
        }
        return sink->file ? bw_output_finish(&sink->output, reterr) : 0;
}

void bw_sink_done(struct bw_sink *sink)
{
        bw_output_done(&sink->output);
}
