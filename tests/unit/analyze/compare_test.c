/* SPDX-License-Identifier: Apache-2.0 */
/* What differs between two machines, or one at two times. */
#define BW_ALLOW_BANNED
#include "check.h"

#include "analyze/compare.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"

struct side {
        struct bw_doc docs[8];
        struct bw_doc *pointers[8];
        struct bw_collection collection;
};

static void add(struct side *side, struct bw_arena *arena, const char *text)
{
        size_t n = side->collection.n_docs++;

        assert_ok(bw_yaml_read(arena, bw_str(text), 1, false, &side->docs[n], NULL));
        assert_true(bw_doc_identify(&side->docs[n]));
        side->pointers[n] = &side->docs[n];
        side->collection.docs = side->pointers;
}

/* "DOC PATH: OLD -> NEW" of each change, a line each. */
static void expect(struct bw_arena *arena, const struct side *a, const struct side *b, bool members, const char *wanted)
{
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        struct bw_fact_change *changes;
        size_t n;

        assert_ok(bw_compare(arena, &a->collection, &b->collection, members, &changes, &n, NULL));
        for (size_t i = 0; i < n; i++) {
                const struct bw_fact *fact = changes[i].after ? changes[i].after : changes[i].before;

                bw_buf_printf(&out, "%.*s %.*s: ", BW_STR_ARG(fact->doc), BW_STR_ARG(changes[i].whole ? BW_STR("*") : fact->path));
                if (changes[i].before)
                        bw_value_json(&out, changes[i].before->value, 0);
                bw_buf_puts(&out, " -> ");
                if (changes[i].after)
                        bw_value_json(&out, changes[i].after->value, 0);
                bw_buf_char(&out, '\n');
        }
        bw_buf_char(&out, 0);
        assert_string_equal(out.p, wanted);
}

#define COMPONENT(machine, name) "apiVersion: bulwark.dev/v1\nkind: Component\ncomponent: " name "\nmetadata: {name: " machine "/" name "}\n"

static void one_machine_at_two_times(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct side a = {.collection = {.name = BW_STR("m")}};
        struct side b = {.collection = {.name = BW_STR("m")}};

        (void)state;
        add(&a, arena, COMPONENT("m", "etcd") "process: {pid: 7}\nsettings: {a: 1, name: x}\n");
        add(&a, arena, "apiVersion: bulwark.dev/v1\nkind: HostFiles\nmetadata: {name: m/r}\nfiles: [{path: /a, mode: 1}, {path: /b, mode: 2}]\n");
        add(&a, arena, "apiVersion: bulwark.dev/v1\nkind: Probe\nmetadata: {name: m/p}\nx: 1\nw: 2\n");
        add(&b, arena, COMPONENT("m", "etcd") "process: {pid: 8}\nsettings: {a: 2, name: z, list: [q]}\n");
        add(&b, arena, "apiVersion: bulwark.dev/v1\nkind: HostFiles\nmetadata: {name: m/r}\nfiles: [{path: /b, mode: 3}]\n");
        expect(arena, &a, &a, false, "");
        expect(arena, &a, &b, false,
               "Component etcd settings.a: 1 -> 2\n"
               "Component etcd settings.list:  -> [\"q\"]\n"
               "Component etcd settings.name: \"x\" -> \"z\"\n"
               "HostFiles r files[/a].mode: 1 -> \n"
               "HostFiles r files[/a].path: \"/a\" -> \n"
               "HostFiles r files[/b].mode: 2 -> 3\n"
               "Probe p *: 2 -> \n");
}

static void members_differ_in_what_should_be_the_same(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct side a = {.collection = {.name = BW_STR("cp1")}};
        struct side b = {.collection = {.name = BW_STR("cp2")}};

        (void)state;
        add(&a, arena, COMPONENT("cp1", "kube-apiserver") "running: true\nsettings: {advertise-address: 192.0.2.1, profiling: true}\n");
        add(&a, arena, "apiVersion: bulwark.dev/v1\nkind: Host\nmetadata: {name: cp1}\nswap: {on: true}\n");
        add(&b, arena, COMPONENT("cp2", "kube-apiserver") "running: false\nsettings: {advertise-address: 192.0.2.2, profiling: false}\n");
        add(&b, arena, "apiVersion: bulwark.dev/v1\nkind: Host\nmetadata: {name: cp2}\nswap: {on: false}\n");
        expect(arena, &a, &b, true, "Component kube-apiserver settings.profiling: true -> false\n");
}

static void names_lose_the_machines(void **state)
{
        (void)state;
        assert_str(bw_name_on(BW_STR("cp1/etcd"), BW_STR("cp1")), "etcd");
        assert_str(bw_name_on(BW_STR("cp1"), BW_STR("cp1")), "");
        assert_str(bw_name_on(BW_STR("cp10/etcd"), BW_STR("cp1")), "cp10/etcd");
        assert_str(bw_name_on(BW_STR("etcd"), BW_STR("cp1")), "etcd");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(one_machine_at_two_times),
                cmocka_unit_test(members_differ_in_what_should_be_the_same),
                cmocka_unit_test(names_lose_the_machines),
        };

        cmocka_set_message_output(CM_OUTPUT_TAP);
        return cmocka_run_group_tests_name("compare", tests, NULL, NULL);
}
