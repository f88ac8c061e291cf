/* SPDX-License-Identifier: Apache-2.0 */
/* Every row of the function tables: named once, described, with a signature that can be read. */
#include "lib_eval.h"

#include "cel/library.h"

static struct bw_cel_env *env;

static int setup(void **state)
{
        const struct bw_cel_env_options options = {.libraries = BW_CEL_LIB_EXTRA | BW_CEL_LIB_SEMVER |
                                                                    BW_CEL_LIB_BULWARK};

        (void)state;
        return bw_cel_env_new(&options, &env, NULL);
}

static int teardown(void **state)
{
        (void)state;
        bw_cel_env_free(env);
        return 0;
}

static size_t times_named(const char *id)
{
        size_t n = 0;

        for (size_t i = 0; bw_cel_libraries[i]; i++)
                for (size_t j = 0; j < bw_cel_libraries[i]->n_functions; j++)
                        for (size_t k = 0; k < bw_cel_libraries[i]->functions[j].n_overloads; k++)
                                n += strcmp(bw_cel_libraries[i]->functions[j].overloads[k].id, id) == 0;
        return n;
}

static void check_function(const struct bw_cel_function *function)
{
        const struct bw_cel_function_set *set = bw_cel_env_function(env, bw_str(function->name));
        size_t length = function->doc ? strlen(function->doc) : 0;

        if (length < 2 || function->doc[length - 1] != '.' || (function->doc[0] >= 'a' && function->doc[0] <= 'z'))
                fail_msg("%s is not described by a sentence", function->name);
        assert_non_null(set);
        for (size_t i = 0; i < function->n_overloads; i++) {
                /* No expression can name what begins with an at sign: macros make such calls, the compiler knows them.
                 */
                bool runs = function->overloads[i].impl || strchr(function->name, '@');
                bool listed = false;

                for (size_t j = 0; j < set->n; j++)
                        listed = listed || set->overloads[j] == &function->overloads[i];
                if (!listed || !runs || times_named(function->overloads[i].id) != 1)
                        fail_msg("%s: not listed, without code or named twice", function->overloads[i].id);
        }
}

static void test_rows(void **state)
{
        (void)state;
        for (size_t i = 0; bw_cel_libraries[i]; i++) {
                assert_true(strlen(bw_cel_libraries[i]->name) > 0);
                for (size_t j = 0; j < bw_cel_libraries[i]->n_functions; j++)
                        check_function(&bw_cel_libraries[i]->functions[j]);
        }
}

/* What is not asked for is not there. */
static void test_flags(void **state)
{
        static const struct eval_setup plain = {0};
        static const struct eval_case cases[] = {
                {"[2, 1].sort()", "error"},  {"math.greatest(1, 2)", "error"}, {"base64.encode(b'x')", "error"},
                {"'ab'.reverse()", "error"}, {"lists.range(2)", "error"},      {"isSemver('1.0.0')", "error"},
                {"[1, 2].sum()", "3"},
        };

        (void)state;
        eval_cases(&plain, cases, BW_ARRAY_SIZE(cases));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_rows),
                cmocka_unit_test(test_flags),
        };

        cmocka_set_message_output(CM_OUTPUT_TAP);
        return cmocka_run_group_tests(tests, setup, teardown);
}
