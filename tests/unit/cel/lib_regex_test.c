/* SPDX-License-Identifier: Apache-2.0 */
#include "lib_eval.h"

#include "cel/lib/regex.h"

static const struct eval_setup plain = {0};

/* Patterns that Go takes, and what they find in a text; NULL: refused. */
static void test_patterns(void **state)
{
        static const struct {
                const char *pattern;
                const char *text;
                bool matches;
        } cases[] = {
                {"", "", true},
                {"b", "abc", true},
                {"^b", "abc", false},
                {"c$", "abc", true},
                {"^abc$", "abc", true},
                {"^abc$", "abcd", false},
                {"^$", "", true},
                {"^$", "a", false},
                {"$", "a", true},
                {"^", "a", true},
                {"a\\.b", "a.b", true},
                {"a\\.b", "axb", false},
                {"^a\\$b", "a$b", true},
                {"a{2", "a{2", true},
                {"(?<name>a)\\b", "a", true},
                {"(?P<name>a)", "a", true},
                {"[(?<]", "<", true},
                {"\\Q(?<a\\E", "(?<a", true},
                {"\\(?<", "<", true},
                {"[]?<(]+x", "(?<x", true},
                {"[^]a]", "b", true},
                {"[[:alpha:]\\]]", "]", true},
                {"\\pL\\p{Greek}", "aα", true},
                {"(?i)straße", "STRAßE", true},
                {"(?s).", "\n", true},
                {".", "\n", false},
                {"(?m)^b$", "a\nb\nc", true},
                {"x{1000}", "", false},
                {"\\x{1F680}", "🚀", true},
                {"\\077", "?", true},
                {"\\_", "_", true},
                {"\\z", "", true},
                {"(|a)*", "", true},
                {"a++", "", false}, /* refused below */
        };

        (void)state;
        for (size_t i = 0; i + 1 < BW_ARRAY_SIZE(cases); i++) {
                bw_auto(bw_regex_free) struct bw_regex *regex = NULL;
                struct bw_error error = {0};

                if (bw_regex_new(bw_str(cases[i].pattern), &regex, &error) < 0)
                        fail_msg("%s: %s", cases[i].pattern, error.message);
                if (bw_regex_match(regex, bw_str(cases[i].text)) != cases[i].matches)
                        fail_msg("%s on %s", cases[i].pattern, cases[i].text);
        }
}

static void test_refused(void **state)
{
        static const char *const cases[] = {
                "a++",
                "a**",
                "*",
                "+a",
                "a|*",
                "(a",
                "a)",
                "[a",
                "[b-a]",
                "(?=a)",
                "(?!a)",
                "(?<=a)",
                "(?<!a)",
                "(?>a)",
                "(?#a)",
                "(?x)a",
                "\\1",
                "\\8",
                "\\Z",
                "\\C",
                "[\\C]",
                "\\G",
                "\\y",
                "a\\",
                "x{1001}",
                "x{2,1}",
                "(x{40}){40}",
                "\\p{Foo}",
                "\\pX",
                "[[:foo:]]",
                "(?P<n>a)(?P<n>b)",
                "(?P<>a)",
                "(?P<a b>c)",
                "(?<>a)",
                "\\x{110000}",
                "\\x{zz}",
                "(?i",
                "\\E",
                "a{2}{3}",
                "\\pL{1000}", /* more than BW_LIMIT_REGEX_BYTES */
                "((((((((((x{9}){9}){9}){9}){9}){9}){9}){9}){9}){9})",
        };

        (void)state;
        for (size_t i = 0; i < BW_ARRAY_SIZE(cases); i++) {
                struct bw_regex *regex = NULL;
                struct bw_error error = {0};

                if (bw_regex_new(bw_str(cases[i]), &regex, &error) != -EINVAL)
                        fail_msg("%s is taken", cases[i]);
                assert_null(regex);
                assert_true(strlen(error.message) > 0);
        }
}

static void test_functions(void **state)
{
        static const struct eval_case cases[] = {
                {"'a1b22'.find('[0-9]+')", "\"1\""},
                {"'ab'.find('[0-9]+')", "\"\""},
                {"'a1b22'.findAll('[0-9]+')", "[\"1\", \"22\"]"},
                {"'a1b22'.findAll('[0-9]', 2)", "[\"1\", \"2\"]"},
                {"'a1b22'.findAll('[0-9]', 0)", "[]"},
                {"'a1b22'.findAll('[0-9]', -5)", "[\"1\", \"2\", \"2\"]"},
                {"'abab'.findAll('ab')", "[\"ab\", \"ab\"]"},
                {"'abab'.findAll('^ab')", "[\"ab\"]"},
                {"'abab'.findAll('ab$')", "[\"ab\"]"},
                {"'é日'.findAll('')", "[\"\", \"\", \"\"]"},
                {"'baac'.findAll('a*')", "[\"\", \"aa\", \"\"]"},
                {"''.findAll('a*')", "[\"\"]"},
                {"''.findAll('a')", "[]"},
                {"'a.b.c'.findAll('\\\\.')", "[\".\", \".\"]"},
                {"'aaa'.findAll('^')", "[\"\"]"},
                {"'aaa'.findAll('$')", "[\"\"]"},
                {"matches('abc', 'b.') && 'abc'.matches('^a')", "true"},
                {"['a', 'b+', '('].exists(p, 'abbb'.matches('^a' + p + '$'))", "true"},
                {"['('].exists(p, 'a'.matches(p))", "error"},
                {"['('].map(p, 'a'.find(p))", "error"},
                {"['('].map(p, 'a'.findAll(p))", "error"},
                {"'a'.matches('(') || true", "error"},
        };

        (void)state;
        eval_cases(&plain, cases, BW_ARRAY_SIZE(cases));
}

static void test_nesting(void **state)
{
        char pattern[2 * BW_LIMIT_REGEX_NESTING + 8] = "";
        struct bw_regex *regex = NULL;

        (void)state;
        for (size_t depth = BW_LIMIT_REGEX_NESTING - 1; depth <= BW_LIMIT_REGEX_NESTING + 1; depth++) {
                int r;

                memset(pattern, '(', depth);
                memset(pattern + depth, ')', depth);
                pattern[2 * depth] = '\0';
                r = bw_regex_new(bw_str(pattern), &regex, NULL);
                assert_int_equal(r, depth > BW_LIMIT_REGEX_NESTING ? -EINVAL : 0);
                if (r == 0)
                        bw_regex_free(regex);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_patterns),
                cmocka_unit_test(test_refused),
                cmocka_unit_test(test_functions),
                cmocka_unit_test(test_nesting),
        };

        cmocka_set_message_output(CM_OUTPUT_TAP);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
