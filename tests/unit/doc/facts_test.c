/* SPDX-License-Identifier: Apache-2.0 */
/* Documents of bulwark's own kinds, and the evidence beside their values. */
#define BW_ALLOW_BANNED
#include "check.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "doc/facts.h"

static void assert_json(struct bw_value value, const char *json)
{
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};

        bw_value_json(&out, value, 0);
        assert_str(bw_buf_view(&out), json);
}

static void test_document(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_evidence flag = {.type = "flag", .text = BW_STR("--a.b=1"), .line = 3};
        struct bw_facts facts;
        struct bw_fields settings;
        struct bw_items list;
        struct bw_doc doc;

        (void)state;
        bw_facts_init(&facts, arena, "Component", BW_STR("cp1"));
        settings = bw_fields(&facts);
        bw_fields_int(&settings, "a.b", 1);
        bw_fields_bool(&settings, "c", true);
        bw_fields_value(&facts.fields, "settings", bw_fields_end(&settings));
        list = bw_items(&facts);
        bw_items_text(&list, bw_str("bad \xff byte"));
        bw_fields_value(&facts.fields, "list", bw_items_end(&list));
        bw_facts_evidence_of(&facts, &flag, "settings", BW_STR("a.b"));
        bw_facts_absent(&facts, "ssh", "no SSH server");
        assert_ok(bw_facts_finish(&facts, &doc, NULL));
        assert_str(doc.kind, "Component");
        assert_str(doc.group, "bulwark.dev");
        assert_str(doc.name, "cp1");
        assert_json(doc.root, "{\"apiVersion\":\"bulwark.dev/v1\",\"kind\":\"Component\",\"metadata\":{\"name\":\"cp1\"},"
                              "\"settings\":{\"a.b\":1,\"c\":true},\"list\":[\"bad \xef\xbf\xbd byte\"],"
                              "\"evidence\":{\"settings['a.b']\":{\"type\":\"flag\",\"text\":\"--a.b=1\",\"line\":3},"
                              "\"ssh\":{\"state\":\"absent\",\"reason\":\"no SSH server\"}}}");
}

static struct bw_value find(struct bw_arena *arena, struct bw_value root, const char *path)
{
        struct bw_path parsed;

        assert_ok(bw_path_parse(arena, bw_str(path), &parsed, NULL));
        return bw_evidence_find(root, parsed);
}

static void test_find(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_evidence whole = {.type = "process", .text = BW_STR("pid 7")};
        struct bw_facts facts;
        struct bw_doc doc;

        (void)state;
        bw_facts_init(&facts, arena, "Host", BW_STR("n"));
        bw_facts_absent(&facts, "ssh", "none");
        assert_ok(bw_facts_finish(&facts, &doc, NULL));
        assert_json(find(arena, doc.root, "ssh.ports[0].number"), "{\"state\":\"absent\",\"reason\":\"none\"}");
        assert_int_equal(find(arena, doc.root, "sshd").type, BW_ABSENT);
        bw_facts_init(&facts, arena, "Host", BW_STR("n"));
        bw_facts_evidence(&facts, &whole, "%s", "");
        assert_ok(bw_facts_finish(&facts, &doc, NULL));
        assert_json(find(arena, doc.root, "anything"), "{\"type\":\"process\",\"text\":\"pid 7\"}");
        assert_int_equal(find(arena, bw_value_null(), "a").type, BW_ABSENT);
}

static void test_of_document(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(0);
        struct bw_facts facts;
        struct bw_doc config;
        struct bw_doc doc;

        (void)state;
        assert_ok(bw_yaml_read(arena, BW_STR("a:\n  b:\n  - x\n"), 1, false, &config, NULL));
        bw_facts_init(&facts, arena, "Component", BW_STR("n"));
        bw_fields_value(&facts.fields, "config", config.root);
        bw_facts_evidence_of_doc(&facts, "file", BW_STR("/etc/x"), &config, "config");
        assert_ok(bw_facts_finish(&facts, &doc, NULL));
        assert_json(find(arena, doc.root, "config.a.b[0]"),
                    "{\"type\":\"file\",\"file\":\"/etc/x\",\"line\":3,\"column\":5}");
        assert_json(find(arena, doc.root, "config.a.other"),
                    "{\"type\":\"file\",\"file\":\"/etc/x\",\"line\":2,\"column\":3}");
}

static void test_out_of_memory(void **state)
{
        bw_auto(bw_arena_free) struct bw_arena *arena = bw_arena_new(4096);
        struct bw_facts facts;
        struct bw_doc doc;

        (void)state;
        bw_facts_init(&facts, arena, "Host", BW_STR("n"));
        for (int i = 0; i < 1000; i++)
                bw_fields_text(&facts.fields, "key", BW_STR("value"));
        assert_int_equal(bw_facts_finish(&facts, &doc, NULL), -ENOMEM);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_document),
                cmocka_unit_test(test_find),
                cmocka_unit_test(test_of_document),
                cmocka_unit_test(test_out_of_memory),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
