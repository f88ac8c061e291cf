/* SPDX-License-Identifier: Apache-2.0 */
/* rules functions: what expressions of rules may call, from the tables that the checker reads. */
#include "cel/library.h"
#include "cli/rules_internal.h"
#include "cli/verbs.h"

/* Operators and what macros call have names that nobody can write. */
static bool is_callable(const struct bw_cel_function *f)
{
        return (f->name[0] >= 'a' && f->name[0] <= 'z') && !strchr(f->name, '@');
}

static bool is_of_rules(const struct bw_cel_library *library)
{
        return (library->flag & ~(BW_CEL_LIB_SEMVER | BW_CEL_LIB_BULWARK)) == 0;
}

static void put_text(struct bw_emit *e, const struct bw_cel_library *library, const struct bw_cel_function *f)
{
        (void)library;
        for (size_t i = 0; i < f->n_overloads; i++)
                bw_buf_printf(&e->buf, "%s\n", f->overloads[i].signature);
        bw_buf_printf(&e->buf, "    %s\n", f->doc);
}

static void put_data(struct bw_emit *e, const struct bw_cel_library *library, const struct bw_cel_function *f)
{
        bw_emit_map(e);
        bw_emit_key_str(e, "name", bw_str(f->name));
        bw_emit_key_str(e, "library", bw_str(library->name));
        bw_emit_key(e, "kubernetes");
        bw_emit_bool(e, library->flag == 0);
        bw_emit_key_str(e, "text", bw_str(f->doc));
        bw_emit_key(e, "signatures");
        bw_emit_list(e);
        for (size_t i = 0; i < f->n_overloads; i++)
                bw_emit_str(e, bw_str(f->overloads[i].signature));
        bw_emit_end(e);
        bw_emit_end(e);
}

static void each_function(struct bw_emit *e, void (*put)(struct bw_emit *e, const struct bw_cel_library *library,
                                                         const struct bw_cel_function *f))
{
        for (size_t i = 0; bw_cel_libraries[i]; i++)
                for (size_t k = 0; k < bw_cel_libraries[i]->n_functions && is_of_rules(bw_cel_libraries[i]); k++)
                        if (is_callable(&bw_cel_libraries[i]->functions[k]))
                                put(e, bw_cel_libraries[i], &bw_cel_libraries[i]->functions[k]);
}

static int run(struct bw_cli *cli, const struct bw_args *args)
{
        const char *format = bw_args_value(args, BW_OPT_OUTPUT, "text");
        bw_auto_done(bw_emit_done) struct bw_emit e;
        struct bw_error error = {0};

        bw_emit_init(&e, bw_syntax_of(format), NULL);
        if (strcmp(format, "text") == 0) {
                each_function(&e, put_text);
                return bw_cli_print(cli, &e.buf);
        }
        bw_emit_map(&e);
        bw_emit_key_str(&e, "apiVersion", BW_STR("bulwark.dev/v1"));
        bw_emit_key_str(&e, "kind", BW_STR("FunctionList"));
        bw_emit_key(&e, "items");
        bw_emit_list(&e);
        each_function(&e, put_data);
        bw_emit_end(&e);
        bw_emit_end(&e);
        return bw_emit_close(&e, &error) < 0 ? bw_cli_fail(cli, &error) : bw_cli_print(cli, &e.buf);
}

static const struct bw_option options[] = {
        BW_OPTION_DATA_OUTPUT,
        BW_OPTION_HELP,
        {0},
};

static const struct bw_example examples[] = {
        {"What there is for images", "bulwark rules functions | grep -A1 image"},
        {0},
};

const struct bw_verb bw_verb_rules_functions = {
        .name = "rules functions",
        .summary = "list the functions that expressions of rules may call",
        .args = "",
        .text = "Each with its signatures and what it gives. Operators and macros (all, exists, map, ...) are those of CEL.",
        .options = options,
        .examples = examples,
        .run = run,
};
