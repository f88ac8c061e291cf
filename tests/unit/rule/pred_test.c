/* SPDX-License-Identifier: Apache-2.0 */
/* Where the quick predicate answers, CEL gives the same answer. */
#define BW_ALLOW_BANNED
#include "check.h"

#include "base/arena.h"
#include "base/error.h"
#include "rule/pred_internal.h"
#include "rule/rule_internal.h"

static const char *const plain[] = {
        "value == null", "value != null", "value == 'a'", "value != 1", "value == 1.0", "value == true", "value == ''",
        "value in ['a', 'b']", "value in [1, 2]", "value in [null]", "value in []", "!(value in ['a', 'z'])", "'a' in value", "value.type in ['a', 'x']",
        "has(value.type)", "has(value.type) && value.type == 'x'", "value == null || (has(value.a.b) && value.a.b != 'c')",
        "value.contains('b')", "value.startsWith('a') || value.endsWith('z')", "value.lastIndexOf(':') > value.lastIndexOf('/')",
        "value.type == 'x' || true", "false && value.type == 'x'", "value.type == 'x' && false", "!(value.type == 'x')",
        "value.contains('b') || value == 1", "value == 1 || value.contains('b')", "true", "!false",
        "type(value) == string", "type(value) != int || value > 0", "type(value) == map && type(value.a) == list",
        "type(value) == bool || type(value.a) == string", "type(value) != string || value.matches('a')",
        "has(value.a) && value.a.matches('a')", "value.matches('a') || type(value) == list",
        "repeated(value, 'type') == []", "repeated(value.a, 'b') != []",
        "value.a == value.type", "value.a.b != value.a.b", "!has(value.a) || !has(value.type) || value.a != value.type",
};
/* Not plain: what has other variables, functions or constants that are computed. */
static const char *const others[] = {
        "value == each", "size(value) > 1", "value == params.x", "value in params.list", "value.exists(v, v == 1)",
        "value < 'b'", "value[0] == 'a'", "value.?a.orValue('') == 'x'", "'a' in ['a']", "value == 'a' + 'b'", "1 in value",
};
static const char values[] =
        "[null, true, false, 0, 1, 1.0, 1.5, '', a, b, abc, z, 'x:1', 'r:5/x', 'r:5/x:1', '\\u00e4:/', [], [a], [1, null], "
        "{}, {type: x}, {type: null}, {type: 1}, {a: {b: c}}, {a: {b: d}}, {a: null}, {a: 1}, {a: 1, type: 1}, {a: {b: null}, type: {}}, {a: {b: 1}, type: {b: 2}}, {a: [null], type: [1]}, "
        "[{type: x}, {type: y}, {type: z}, {type: null}, {type: null}, {}, 1], [{type: x}, {type: x}], {a: [{b: c}, {b: c}]}]";

static struct bw_cel_ast *parse(struct bw_arena *arena, const struct bw_cel_env *env, const char *source)
{
        const struct bw_cel_type *type;
        struct bw_cel_ast *ast;
        struct bw_error err = {0};

        if (bw_cel_parse(arena, env, bw_str(source), &ast, NULL, &err) < 0 ||
            bw_cel_check(arena, env, ast, &type, NULL, &err) < 0)
                fail_msg("%s: %s", source, err.message);
        return ast;
}

static void compare(struct bw_arena *arena, const struct bw_cel_env *env, const char *source, struct bw_value list)
{
        struct bw_cel_ast *ast = parse(arena, env, source);
        struct bw_cel_program *program;
        struct bw_value slots[RULE_MAX_SLOTS] = {0};
        struct bw_cel_eval_options options = {.slots = slots, .arena = arena};
        struct pred *pred;

        assert_ok(bw_cel_compile(arena, env, ast, &program, NULL));
        assert_ok(pred_new(arena, ast, &pred));
        if (!pred)
                fail_msg("%s is not taken for plain", source);
        for (uint32_t i = 0; i < list.n; i++) {
                enum pred_answer quick = pred_ask(pred, list.list->items[i]);
                struct bw_value slow;

                slots[SLOT_VALUE] = rule_without_nulls(arena, list.list->items[i]);
                slow = bw_cel_run(program, &options);
                if (quick != PRED_UNKNOWN && (slow.type != BW_BOOL || slow.b != (quick == PRED_YES)))
                        fail_msg("%s, value %u: quick answer %d, CEL gives a %s", source, i, quick, bw_type_name(slow.type));
                if (quick == PRED_UNKNOWN && slow.type == BW_BOOL && slow.b)
                        print_message("# %s, value %u: unknown, though it holds\n", source, i);
        }
        bw_cel_program_done(program);
}

static void answers_are_cels(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        bw_auto(bw_cel_env_free) struct bw_cel_env *env = NULL;
        const struct bw_catalog_options options = {0};
        struct bw_doc doc;

        (void)state;
        assert_ok(rule_env_new(&options, NULL, false, NULL, 0, NULL, &env, NULL));
        assert_ok(bw_yaml_read(arena, bw_str(values), 1, false, &doc, NULL));
        assert_int_equal(doc.root.n, 34);
        for (size_t i = 0; i < BW_ARRAY_SIZE(plain); i++)
                compare(arena, env, plain[i], doc.root);
}

static void other_expressions_are_left_to_cel(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        bw_auto(bw_cel_env_free) struct bw_cel_env *env = NULL;
        const struct bw_catalog_options options = {0};

        (void)state;
        assert_ok(rule_env_new(&options, NULL, false, NULL, 0, NULL, &env, NULL));
        for (size_t i = 0; i < BW_ARRAY_SIZE(others); i++) {
                struct pred *pred;

                assert_ok(pred_new(arena, parse(arena, env, others[i]), &pred));
                if (pred)
                        fail_msg("%s is taken for plain", others[i]);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(answers_are_cels),
                cmocka_unit_test(other_expressions_are_left_to_cel),
        };

        cmocka_set_message_output(CM_OUTPUT_TAP);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
