/* SPDX-License-Identifier: Apache-2.0 */
/* The settings file and the baseline of a scan: found, read and held against the catalog before anything is scanned. */
#include "base/alloc.h"
#include "base/arena.h"
#include "base/limits.h"
#include "cli/rules_internal.h"
#include "cli/scan_internal.h"
#include "os/fs.h"

void bw_scan_settings_done(struct bw_scan_settings *s)
{
        bw_exceptions_free(s->exceptions);
        bw_baseline_free(s->baseline);
        bw_arena_free(s->arena);
        *s = (struct bw_scan_settings){0};
}

/* NULL without an error: there is none. */
static const char *find_file(const struct bw_args *args, struct bw_error *reterr)
{
        const char *path = bw_args_value(args, BW_OPT_CONFIG, NULL);
        struct bw_fs_stat stat;
        struct bw_error error = {0};

        if (path || bw_args_has(args, BW_OPT_NO_CONFIG))
                return path;
        if (bw_fs_stat(AT_FDCWD, BW_SETTINGS_FILE, 0, &stat, &error) == 0)
                return BW_SETTINGS_FILE;
        if (error.code != -ENOENT) {
                bw_error_in_file(&error, BW_STR(BW_SETTINGS_FILE));
                *reterr = error;
        }
        return NULL;
}

static int read_file(struct bw_scan_settings *s, const char *path, struct bw_error *reterr)
{
        struct bw_str text;
        int r = bw_file_load(s->arena, path, BW_LIMIT_SETTINGS_BYTES, &text, reterr);

        return r < 0 ? r : bw_settings_read(s->arena, bw_str(path), text, &s->settings, reterr);
}

static int read_baseline(struct bw_scan_settings *s, const char *path, struct bw_error *reterr)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_str text;
        int r = arena ? bw_file_load(arena, path, BW_LIMIT_BASELINE_BYTES, &text, reterr) : bw_error_nomem(reterr);

        return r < 0 ? r : bw_baseline_load(bw_str(path), text, &s->baseline, reterr);
}

/* What the catalog takes: lists of plain texts. */
static int make_lists(struct bw_scan_settings *s, struct bw_error *reterr)
{
        const struct bw_settings *from = &s->settings;

        s->frameworks = bw_arena_array(s->arena, from->frameworks.n + 1, sizeof(*s->frameworks));
        s->disabled = bw_arena_array(s->arena, from->disabled.n + 1, sizeof(*s->disabled));
        if (!s->frameworks || !s->disabled)
                return bw_error_nomem(reterr);
        for (size_t i = 0; i < from->frameworks.n; i++)
                s->frameworks[i] = from->frameworks.items[i].text;
        for (size_t i = 0; i < from->disabled.n; i++)
                s->disabled[i] = from->disabled.items[i].rule.text;
        return 0;
}

int bw_scan_settings_load(struct bw_scan_settings *s, const struct bw_args *args, struct bw_error *reterr)
{
        const char *baseline = bw_args_value(args, BW_OPT_BASELINE, NULL);
        const char *path = find_file(args, reterr);
        int r;

        if (!path && reterr->code)
                return reterr->code;
        s->settings.fail_on = s->settings.kubernetes_minor = -1;
        s->arena = bw_arena_new(BW_LIMIT_DOC_ARENA);
        if (!s->arena)
                return bw_error_nomem(reterr);
        r = path ? read_file(s, path, reterr) : 0;
        if (r == 0)
                r = make_lists(s, reterr);
        if (r == 0)
                r = bw_exceptions_new(&s->exceptions, reterr);
        if (r == 0)
                r = bw_exceptions_add(s->exceptions, &s->settings, reterr);
        if (r == 0 && baseline)
                r = read_baseline(s, baseline, reterr);
        return r;
}

/* An error of what the settings name gets their place. */
static int place_error(const struct bw_scan_settings *s, const struct bw_setting *at, const struct bw_error *err,
                       struct bw_error *reterr)
{
        (void)bw_error_at(reterr, err->code, at->mark.line, at->mark.column, "%s%s%s", err->file,
                          err->file[0] ? ": " : "", err->message);
        bw_error_in_file(reterr, s->settings.file);
        return err->code;
}

int bw_scan_settings_add_rules(struct bw_scan_settings *s, struct bw_files *files, struct bw_error *reterr)
{
        const struct bw_setting_list *rules = &s->settings.rules;
        struct bw_str folder = s->settings.file;

        while (folder.n && folder.p[folder.n - 1] != '/')
                folder.n--;
        for (size_t i = 0; i < rules->n; i++) {
                struct bw_str text = rules->items[i].text;
                struct bw_error error = {0};
                struct bw_str path;
                int r;

                path = bw_arena_printf(s->arena, "%.*s%.*s",
                                       BW_STR_ARG(bw_str_starts(text, BW_STR("/")) ? (struct bw_str){0} : folder),
                                       BW_STR_ARG(text));
                if (!path.p)
                        return bw_arena_error(s->arena, reterr);
                r = bw_files_add(files, path.p, &error);
                if (r < 0)
                        return place_error(s, &rules->items[i], &error, reterr);
        }
        return 0;
}

int bw_scan_settings_check(const struct bw_scan_settings *s, struct bw_catalog *catalog, struct bw_error *reterr)
{
        const struct bw_setting_list *frameworks = &s->settings.frameworks;

        for (size_t i = 0; i < frameworks->n; i++) {
                struct bw_error error = {0};

                if (bw_framework_check(catalog, frameworks->items[i].text, &error) < 0)
                        return place_error(s, &frameworks->items[i], &error, reterr);
        }
        return s->settings.file.p ? bw_catalog_check_settings(catalog, &s->settings, reterr) : 0;
}

void bw_scan_tell_notices(struct bw_cli *cli, const struct bw_report *report)
{
        for (size_t i = 0; i < report->n_notices; i++) {
                const struct bw_notice *n = &report->notices[i];
                struct bw_error error = {.code = -EINVAL, .line = n->line, .column = n->column};

                bw_error_in_file(&error, n->file);
                (void)snprintf(error.message, sizeof(error.message), "warning: %.*s", BW_STR_ARG(n->message));
                (void)bw_cli_fail(cli, &error);
        }
}
