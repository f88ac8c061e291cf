/* SPDX-License-Identifier: Apache-2.0 */
/* Databases of packages and indexes of repositories: from files of the corpora, whole and byte by byte. */
#define BW_ALLOW_BANNED
#include "check.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/limits.h"
#include "format/lz4.h"
#include "format/rpm_database.h"
#include "format/stanzas.h"
#include "format/updateinfo.h"

static struct bw_arena *arena;

static int setup(void **state BW_UNUSED)
{
        arena = bw_arena_new(0);
        return arena ? 0 : -1;
}

static int teardown(void **state BW_UNUSED)
{
        bw_arena_free(arena);
        return 0;
}

static void read_corpus(struct bw_buf *to, const char *name)
{
        char path[512];
        char bytes[4096];
        FILE *f;
        size_t n;

        (void)snprintf(path, sizeof(path), "%s/tests/fuzz/corpus/%s", getenv("SOURCE_ROOT"), name);
        f = fopen(path, "re");
        if (!f)
                fail_msg("%s is missing", path);
        while ((n = fread(bytes, 1, sizeof(bytes), f)) > 0)
                bw_buf_put(to, bytes, n);
        (void)fclose(f);
}

/* ---- stanzas */

static int put_stanza(void *userdata, struct bw_str stanza, struct bw_error *reterr BW_UNUSED)
{
        struct bw_str package = {0};
        struct bw_str version = {0};

        (void)bw_stanza_field(stanza, BW_STR("Package"), &package);
        (void)bw_stanza_field(stanza, BW_STR("Version"), &version);
        bw_buf_printf(userdata, "%.*s %.*s;", BW_STR_ARG(package), BW_STR_ARG(version));
        return 0;
}

static void test_stanzas(void **state BW_UNUSED)
{
        struct bw_str text = BW_STR("\n\nPackage: a\nSub-Version: 9\nVersion:  1:1.0 \nDescription: x\n Version: no\n\n\n\n"
                                    "Package: b\nVersion: 2\n\nPackage: c\nVersion: 3");

        for (size_t piece = 1; piece <= text.n; piece++) {
                bw_auto_done(bw_buf_done) struct bw_buf out = {0};
                bw_auto_done(bw_stanzas_done) struct bw_stanzas stanzas = {.each = put_stanza, .userdata = &out};

                for (size_t at = 0; at < text.n; at += piece) {
                        struct bw_str part = bw_str_n(text.p + at, BW_MIN(piece, text.n - at));

                        assert_ok(bw_stanzas_feed(&stanzas, part, at + piece >= text.n, NULL));
                }
                assert_str(bw_buf_view(&out), "a 1:1.0;b 2;c 3;");
        }
}

/* A record may have as many bytes as the limit says, and no more, whether it comes in one piece or in many. */
static void test_a_long_stanza(void **state BW_UNUSED)
{
        for (size_t piece = 65536; piece <= 2 * BW_LIMIT_STANZA; piece *= 32) {
                bw_auto_done(bw_buf_done) struct bw_buf out = {0};
                bw_auto_done(bw_buf_done) struct bw_buf text = {0};
                bw_auto_done(bw_stanzas_done) struct bw_stanzas stanzas = {.each = put_stanza, .userdata = &out};
                int r = 0;

                bw_buf_fill(&text, 'x', 2 * BW_LIMIT_STANZA + 65536);
                for (size_t at = 0; r == 0 && at < text.n; at += piece)
                        r = bw_stanzas_feed(&stanzas, bw_str_n(text.p + at, BW_MIN(piece, text.n - at)), false, NULL);
                assert_int_equal(r, -E2BIG);
        }
}

/* ---- rpm */

static int read_at(void *userdata, uint64_t at, void *to, size_t n, struct bw_error *reterr BW_UNUSED)
{
        const struct bw_buf *buf = userdata;

        assert_true(at <= buf->n && n <= buf->n - at);
        memcpy(to, buf->p + at, n);
        return 0;
}

static int put_package(void *userdata, const struct bw_rpm_package *p, struct bw_error *reterr BW_UNUSED)
{
        bw_buf_printf(userdata, "%.*s %u:%.*s-%.*s.%.*s %.*s;", BW_STR_ARG(p->name), p->epoch, BW_STR_ARG(p->version),
                      BW_STR_ARG(p->release), BW_STR_ARG(p->arch), BW_STR_ARG(p->module));
        return 0;
}

static const char five[] = "bash 0:5.1.8-9.el9.x86_64 ;openssl-libs 1:3.0.7-27.el9.x86_64 ;"
                           "kernel-core 0:5.14.0-427.el9.x86_64 ;"
                           "nodejs 1:18.19.0-1.module+el9.x86_64 nodejs:18:9030020240301111035:rhel9;"
                           "gpg-pubkey 0:fd431d51-4ae0493b. ;";

static int read_database(const char *name, struct bw_buf *out, struct bw_error *err)
{
        bw_auto_done(bw_buf_done) struct bw_buf file = {0};
        struct bw_reader_at reader = {.read = read_at, .userdata = &file};

        read_corpus(&file, name);
        reader.size = file.n;
        return bw_rpm_database_read(arena, &reader, put_package, out, err);
}

static void test_sqlite(void **state BW_UNUSED)
{
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};

        assert_ok(read_database("rpm_database/packages.sqlite", &out, NULL));
        assert_true(bw_str_starts(bw_buf_view(&out), bw_str(five)));
        assert_true(bw_str_ends(bw_buf_view(&out), BW_STR("lib19 0:1.19-1.x86_64 ;")));
}

static void test_ndb(void **state BW_UNUSED)
{
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};

        assert_ok(read_database("rpm_database/Packages.db", &out, NULL));
        assert_str(bw_buf_view(&out), five);
}

static void test_berkeley(void **state BW_UNUSED)
{
        static const char *const names[] = {"rpm_database/berkeley", "rpm_database/berkeley-big"};

        for (size_t i = 0; i < BW_ARRAY_SIZE(names); i++) {
                bw_auto_done(bw_buf_done) struct bw_buf out = {0};

                assert_ok(read_database(names[i], &out, NULL));
                assert_str(bw_buf_view(&out), five);
        }
}

/* Any file that is cut off, or has one byte changed, is read or refused, but never past its end (read_at checks). */
static void test_broken_databases(void **state BW_UNUSED)
{
        static const char *const names[] = {"rpm_database/packages.sqlite", "rpm_database/Packages.db",
                                            "rpm_database/berkeley"};

        for (size_t i = 0; i < BW_ARRAY_SIZE(names); i++) {
                bw_auto_done(bw_buf_done) struct bw_buf file = {0};
                struct bw_reader_at reader = {.read = read_at, .userdata = &file};

                read_corpus(&file, names[i]);
                for (size_t at = 0; at < file.n; at += 7) {
                        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
                        char was = file.p[at];

                        file.p[at] = (char)0xff;
                        reader.size = file.n;
                        (void)!bw_rpm_database_read(arena, &reader, put_package, &out, NULL);
                        file.p[at] = was;
                        reader.size = at;
                        (void)!bw_rpm_database_read(arena, &reader, put_package, &out, NULL);
                }
        }
}

/* ---- lz4 */

static int put_bytes(void *userdata, struct bw_str bytes, struct bw_error *reterr BW_UNUSED)
{
        bw_buf_str(userdata, bytes);
        return 0;
}

static void test_lz4(void **state BW_UNUSED)
{
        bw_auto_done(bw_buf_done) struct bw_buf packed = {0};
        bw_auto_done(bw_buf_done) struct bw_buf expected = {0};

        read_corpus(&packed, "lz4/frame");
        for (int i = 0; i < 5000; i++)
                bw_buf_puts(&expected, "Package: a\nVersion: 1\n\n");
        for (int i = 0; i < 70000; i++)
                bw_buf_char(&expected, (char)(i * 7919 >> 3 & 255));
        bw_buf_puts(&expected, "end");
        assert_true(bw_lz4_knows(bw_buf_view(&packed)));
        for (size_t piece = 1; piece <= packed.n; piece += 331) {
                bw_auto_done(bw_buf_done) struct bw_buf out = {0};
                bw_auto_done(bw_lz4_done) struct bw_lz4 lz4 = {0};
                bool end = false;

                for (size_t at = 0; at < packed.n; at += piece)
                        assert_ok(bw_lz4_feed(&lz4, bw_str_n(packed.p + at, BW_MIN(piece, packed.n - at)), put_bytes,
                                              &out, &end, NULL));
                assert_true(end);
                assert_true(bw_str_eq(bw_buf_view(&out), bw_buf_view(&expected)));
        }
}

static void test_lz4_cut_off(void **state BW_UNUSED)
{
        bw_auto_done(bw_buf_done) struct bw_buf packed = {0};
        bw_auto_done(bw_buf_done) struct bw_buf out = {0};
        bw_auto_done(bw_lz4_done) struct bw_lz4 lz4 = {0};
        bool end = true;

        read_corpus(&packed, "lz4/small");
        assert_ok(bw_lz4_feed(&lz4, bw_str_n(packed.p, packed.n - 6), put_bytes, &out, &end, NULL));
        assert_false(end);
}

/* ---- updateinfo */

static int put_update(void *userdata, const struct bw_update *u, struct bw_error *reterr BW_UNUSED)
{
        bw_buf_printf(userdata, "%.*s %d %.*s %.*s %.*s %.*s:%.*s-%.*s.%.*s;", BW_STR_ARG(u->id), u->security,
                      BW_STR_ARG(u->severity), BW_STR_ARG(u->module), BW_STR_ARG(u->name), BW_STR_ARG(u->epoch),
                      BW_STR_ARG(u->version), BW_STR_ARG(u->release), BW_STR_ARG(u->arch));
        return 0;
}

static void test_updateinfo(void **state BW_UNUSED)
{
        bw_auto_done(bw_buf_done) struct bw_buf file = {0};

        read_corpus(&file, "updateinfo/security");
        for (size_t piece = 1; piece <= file.n; piece += 13) {
                bw_auto_done(bw_buf_done) struct bw_buf out = {0};
                bw_auto_done(bw_updateinfo_done) struct bw_updateinfo reader = {.each = put_update, .userdata = &out};

                for (size_t at = 0; at < file.n; at += piece)
                        assert_ok(bw_updateinfo_feed(&reader, bw_str_n(file.p + at, BW_MIN(piece, file.n - at)), NULL));
                assert_str(bw_buf_view(&out), "EX-2026:0001 1 Important nodejs:18 nodejs 1:18.20.0-1.x86_64;"
                                              "EX-2026:0002 0   bash :5.2-1.x86_64;");
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_stanzas),    cmocka_unit_test(test_a_long_stanza),
                cmocka_unit_test(test_sqlite),     cmocka_unit_test(test_ndb),
                cmocka_unit_test(test_berkeley),   cmocka_unit_test(test_broken_databases),
                cmocka_unit_test(test_lz4),        cmocka_unit_test(test_lz4_cut_off),
                cmocka_unit_test(test_updateinfo),
        };

        return cmocka_run_group_tests(tests, setup, teardown);
}
