/* SPDX-License-Identifier: Apache-2.0 */
#define BW_ALLOW_BANNED
#include "check.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "cel/kube_types.h"
#include "cel/library.h"
#include "cel/types.h"

static struct bw_arena *arena;

static int setup(void **state)
{
        (void)state;
        arena = bw_arena_new(0);
        return arena ? 0 : -1;
}

static int teardown(void **state)
{
        (void)state;
        bw_arena_free(arena);
        return 0;
}

static void test_text(void **state)
{
        static const char *const cases[][2] = {
                {"dyn", "dyn"},
                {"null_type", "null_type"},
                {"list", "list(dyn)"},
                {"map", "map(dyn, dyn)"},
                {"list(map(string,dyn))", "list(map(string, dyn))"},
                {" map( int , list(A) ) ", "map(int, list(A))"},
                {"google.protobuf.Timestamp", "timestamp"},
                {"google.protobuf.Duration", "duration"},
                {"type", "type"},
                {"type(list(int))", "type(list(int))"},
                {"optional_type(V)", "optional_type(V)"},
                {"net.IP", "net.IP"},
                {"pair(int, net.IP)", "pair(int, net.IP)"},
                {"AB", "AB"},
        };
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++) {
                const struct bw_cel_type *type;
                const struct bw_cel_type *again;

                assert_ok(bw_cel_type_parse(arena, bw_str(cases[i][0]), &type, NULL));
                bw_buf_clear(&out);
                bw_cel_type_format(&out, type);
                assert_str(bw_buf_view(&out), cases[i][1]);
                assert_ok(bw_cel_type_parse(arena, bw_buf_view(&out), &again, NULL));
                assert_true(bw_cel_type_same(type, again));
                assert_int_equal(type->size, again->size);
        }
}

static void test_bad_text(void **state)
{
        static const char *const cases[] = {
                "",
                "(int)",
                "list(",
                "list(int",
                "list()",
                "list(int, int)",
                "map(int)",
                "int(int)",
                "list(int))",
                "type(int, int)",
                "list int",
                "x(,)",
                "optional_type(",
                "y(a,b,c,d,e,f,g,h,i)",
        };
        bw_auto_done(bw_buf_done) struct bw_buf deep = {0};
        const struct bw_cel_type *type = NULL;

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++) {
                struct bw_error error = {0};

                if (bw_cel_type_parse(arena, bw_str(cases[i]), &type, &error) != -EINVAL || type)
                        fail_msg("%s: parsed", cases[i]);
                assert_true(error.message[0]);
        }
        for (int i = 0; i < 100000; i++)
                bw_buf_puts(&deep, "list(");
        assert_int_equal(bw_cel_type_parse(arena, bw_buf_view(&deep), &type, NULL), -EINVAL);
}

static void test_same(void **state)
{
        const struct bw_cel_type *a;
        const struct bw_cel_type *b;

        (void)state;
        assert_true(bw_cel_type_same(&bw_cel_list_dyn, &bw_cel_list_dyn));
        assert_false(bw_cel_type_same(&bw_cel_list_dyn, &bw_cel_map_dyn));
        assert_false(bw_cel_type_same(&bw_cel_kube_request, &bw_cel_kube_namespace));
        assert_ok(bw_cel_type_parse(arena, BW_STR("A"), &a, NULL));
        assert_ok(bw_cel_type_parse(arena, BW_STR("B"), &b, NULL));
        assert_false(bw_cel_type_same(a, b));
        a = bw_cel_type_list(arena, &bw_cel_int);
        b = bw_cel_type_list(arena, &bw_cel_uint);
        assert_false(bw_cel_type_same(a, b));
        assert_true(bw_cel_type_same(a, bw_cel_type_list(arena, &bw_cel_int)));
        assert_ptr_equal(bw_cel_type_list(arena, &bw_cel_dyn), &bw_cel_list_dyn);
        assert_ptr_equal(bw_cel_type_map(arena, &bw_cel_string, &bw_cel_dyn), &bw_cel_map_string_dyn);
}

/* type(x) of a value and the name of its static type are one text. */
static void test_values(void **state)
{
        static const struct {
                const struct bw_cel_type *type;
                enum bw_type value;
        } cases[] = {
                {&bw_cel_null, BW_NULL},
                {&bw_cel_bool, BW_BOOL},
                {&bw_cel_int, BW_INT},
                {&bw_cel_uint, BW_UINT},
                {&bw_cel_double, BW_DOUBLE},
                {&bw_cel_string, BW_STRING},
                {&bw_cel_bytes, BW_BYTES},
                {&bw_cel_list_dyn, BW_LIST},
                {&bw_cel_map_dyn, BW_MAP},
                {&bw_cel_type_type, BW_TYPE},
                {&bw_cel_timestamp, BW_TIMESTAMP},
                {&bw_cel_duration, BW_DURATION},
                {&bw_cel_optional_dyn, BW_OPTIONAL},
        };

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++) {
                struct bw_value name = bw_cel_type_value(cases[i].type);
                struct bw_value v = {.type = (uint8_t)cases[i].value};

                assert_int_equal(name.type, BW_TYPE);
                assert_true(bw_str_eq(bw_value_text(name), bw_cel_runtime_type_name(v)));
        }
}

/* Every row of every function table: a name, a line for people, an id of its own, a signature that reads. */
static void test_libraries(void **state)
{
        struct bw_cel_env *env;
        struct bw_error error = {0};

        (void)state;
        if (bw_cel_env_new(&(struct bw_cel_env_options){.libraries = ~0u}, &env, &error) < 0)
                fail_msg("%s", error.message);
        for (size_t i = 0; bw_cel_libraries[i]; i++) {
                const struct bw_cel_library *library = bw_cel_libraries[i];

                assert_true(library->name[0]);
                for (size_t k = 0; k < library->n_functions; k++) {
                        const struct bw_cel_function *f = &library->functions[k];
                        const struct bw_cel_function_set *set = bw_cel_env_function(env, bw_str(f->name));

                        if (!f->doc || !f->doc[0])
                                fail_msg("%s: no line of documentation", f->name);
                        assert_non_null(set);
                        for (size_t a = 0; a < set->n; a++)
                                for (size_t b = 0; b < a; b++)
                                        if (strcmp(set->overloads[a]->id, set->overloads[b]->id) == 0)
                                                fail_msg("%s: overload %s twice", f->name, set->overloads[a]->id);
                }
        }
        assert_null(bw_cel_env_function(env, BW_STR("nope")));
        bw_cel_env_free(env);
}

static void test_signatures(void **state)
{
        static const struct {
                const char *function;
                const char *overload;
                bool member;
                uint32_t n_args;
                uint32_t n_params;
                const char *result;
        } cases[] = {
                {"_?_:_", "conditional", false, 3, 1, "T"},
                {"startsWith", "starts_with_string", true, 2, 0, "bool"},
                {"optional.none", "optional_none", false, 0, 1, "optional_type(V)"},
                {"cel.@mapInsert", "@mapInsert_map_key_value", false, 3, 2, "map(K, V)"},
        };
        struct bw_cel_env *env;

        (void)state;
        assert_ok(bw_cel_env_new(&(struct bw_cel_env_options){0}, &env, NULL));
        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++) {
                const struct bw_cel_function_set *set = bw_cel_env_function(env, bw_str(cases[i].function));
                bw_auto_done(bw_buf_done) struct bw_buf out = {0};
                size_t k = 0;

                assert_non_null(set);
                while (k < set->n && strcmp(set->overloads[k]->id, cases[i].overload) != 0)
                        k++;
                if (k == set->n)
                        fail_msg("%s has no overload %s", cases[i].function, cases[i].overload);
                assert_int_equal(set->signatures[k].member, cases[i].member);
                assert_int_equal(set->signatures[k].n_args, cases[i].n_args);
                assert_int_equal(set->signatures[k].n_params, cases[i].n_params);
                bw_cel_type_format(&out, set->signatures[k].result);
                assert_str(bw_buf_view(&out), cases[i].result);
        }
        bw_cel_env_free(env);
}

static void check_fields(const struct bw_cel_type *type, unsigned depth)
{
        assert_true(depth < 8 && type->n_fields > 0);
        for (uint32_t i = 0; i < type->n_fields; i++) {
                const struct bw_cel_type *field = type->fields[i].type;

                assert_true(type->fields[i].name.n > 0);
                if (field->kind == BW_CEL_LIST)
                        field = field->params[0];
                if (field->kind == BW_CEL_OBJECT)
                        check_fields(field, depth + 1);
        }
}

static void test_kube_types(void **state)
{
        (void)state;
        check_fields(&bw_cel_kube_request, 0);
        check_fields(&bw_cel_kube_namespace, 0);
}

static void test_excerpts(void **state)
{
        static const char source[] =
                "0123456789012345678901234567890123456789012345678901234567890123456789 \xc3\xa9 ? "
                "0123456789012345678901234567890123456789012345678901234567890123456789";
        const struct bw_cel_issue items[] = {
                {.line = 1, .column = 75, .message = BW_STR("here\n")},
                {.line = 9, .column = 1, .message = BW_STR("no such line")},
        };
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};

        (void)state;
        bw_cel_issues_format(&out, (struct bw_str){0}, bw_str(source),
                             &(struct bw_cel_issues){.n = 2, .n_more = 3, .items = items});
        assert_str(bw_buf_view(&out), "1:75: here\\x0a\n"
                                      " | \xe2\x80\xa6"
                                      "5678901234567890123456789012345678901234567890123456789 \xc3\xa9 ? "
                                      "012345678901234567890123456789012345678901234567890123456789\xe2\x80\xa6\n"
                                      " | ............................................................^\n"
                                      "9:1: no such line\n"
                                      " | \n"
                                      " | ^\n"
                                      "3 more\n");
}

static void test_formats(void **state)
{
        const struct bw_value optional = bw_value_int(1);
        const struct {
                struct bw_value value;
                const char *text;
        } cases[] = {
                {bw_value_double(1), "1.0"},
                {bw_value_double(1e300), "1e+300"},
                {bw_value_double(-__builtin_inf()), "double(\"-Infinity\")"},
                {bw_value_double(__builtin_nan("")), "double(\"NaN\")"},
                {bw_value_bytes(BW_STR("\xff"
                                       "a\"")),
                 "b\"\\xffa\\\"\""},
                {bw_value_str(BW_STR("\xc3\xa9\n\x01")), "\"\xc3\xa9\\n\\x01\""},
                {{.type = BW_DURATION, .i = -1500000000}, "duration(\"-1.5s\")"},
                {{.type = BW_DURATION, .i = INT64_MIN}, "duration(\"-9223372036.854775808s\")"},
                {{.type = BW_TIMESTAMP, .i = 951782400, .n = 1000}, "timestamp(\"2000-02-29T00:00:00.000001Z\")"},
                {{.type = BW_TIMESTAMP, .i = -62135596800}, "timestamp(\"0001-01-01T00:00:00Z\")"},
                {{.type = BW_TIMESTAMP, .i = 253402300799}, "timestamp(\"9999-12-31T23:59:59Z\")"},
                {{.type = BW_TIMESTAMP, .i = -1}, "timestamp(\"1969-12-31T23:59:59Z\")"},
                {{.type = BW_OPTIONAL, .opt = &optional}, "optional.of(1)"},
                {{.type = BW_OPTIONAL}, "optional.none()"},
                {{.type = BW_ABSENT}, "<absent>"},
                {bw_cel_type_value(&bw_cel_timestamp), "google.protobuf.Timestamp"},
        };
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++) {
                bw_buf_clear(&out);
                bw_cel_format_value(&out, cases[i].value);
                assert_str(bw_buf_view(&out), cases[i].text);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_text),       cmocka_unit_test(test_bad_text),  cmocka_unit_test(test_same),
                cmocka_unit_test(test_values),     cmocka_unit_test(test_libraries), cmocka_unit_test(test_signatures),
                cmocka_unit_test(test_kube_types), cmocka_unit_test(test_excerpts),  cmocka_unit_test(test_formats),
        };

        cmocka_set_message_output(CM_OUTPUT_TAP);
        return cmocka_run_group_tests(tests, setup, teardown);
}
