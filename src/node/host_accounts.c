/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Accounts: who may log in, how their password is kept (never the password's hash itself), whose home lies open, who is in
 * a group that is as good as root.
 * Source: passwd(5), shadow(5), crypt(5) for the prefixes of hashes, login.defs(5) for UID_MIN.
 */
#include "base/arena.h"
#include "base/limits.h"
#include "node/section.h"

/* What a field of /etc/shadow says. */
static const struct {
        const char *prefix;
        const char *hash;
} hashes[] = {
        {"$y$", "yescrypt"}, {"$gy$", "gost-yescrypt"}, {"$7$", "scrypt"}, {"$6$", "sha512"}, {"$5$", "sha256"},
        {"$2", "bcrypt"},    {"$1$", "md5"},            {"$md5", "sunmd5"}, {"$sha1$", "sha1"}, {"$3$", "nthash"},
        {"_", "bsdi-des"},
};

/* Groups whose members become root without a password; where none of `there` exists, nobody listens to the group. */
static const struct root_group {
        const char *group;
        const char *why;
        const char *there; /* separated by blanks; NULL: always */
} root_groups[] = {
        {"docker", "starts containers that mount the host's file system", "/usr/bin/dockerd /usr/sbin/dockerd /usr/local/bin/dockerd /snap/docker"},
        {"containerd", "starts containers that mount the host's file system", NULL},
        {"podman", "starts containers through the system's socket", NULL},
        {"lxd", "starts containers that mount the host's file system", "/var/snap/lxd/common /var/lib/lxd"},
        {"incus-admin", "starts containers that mount the host's file system", "/var/lib/incus"},
        {"disk", "reads and writes the disks past all modes of files", NULL},
        {"shadow", "reads the hashes of passwords", NULL},
        {"kmem", "reads and writes the kernel's memory", NULL},
        {"microk8s", "is administrator of the cluster", "/snap/microk8s /var/snap/microk8s"},
};

struct account {
        struct bw_str name;
        struct bw_str home;
        struct bw_str shell;
        struct bw_str password; /* of passwd: "x" says that shadow has it */
        uint32_t uid, gid;
        uint32_t line;
};
struct accounts {
        struct bw_node *node;
        struct bw_facts *facts;
        struct account *items;
        size_t n, cap;
        int64_t first_person; /* UID_MIN */
        struct bw_error *reterr;
};

static bool number(struct bw_str text, uint32_t *ret)
{
        uint64_t value;

        if (bw_str_to_u64(text, &value) < 0 || value > UINT32_MAX)
                return false;
        *ret = (uint32_t)value;
        return true;
}

static size_t cells_of(struct bw_str line, struct bw_str *cells, size_t most)
{
        size_t n = 0;

        while (n < most && bw_str_split(&line, ':', &cells[n]))
                n++;
        return n;
}

static int read_passwd(struct accounts *a, struct bw_str text)
{
        struct bw_str line;
        uint32_t at = 0;

        while (a->n < BW_LIMIT_ACCOUNTS && bw_str_split(&text, '\n', &line)) {
                struct bw_str cells[7] = {{0}};
                struct account account = {.line = ++at};

                if (cells_of(line, cells, 7) < 4 || !cells[0].n || !number(cells[2], &account.uid) ||
                    !number(cells[3], &account.gid))
                        continue;
                account.name = cells[0];
                account.password = cells[1];
                account.home = cells[5];
                account.shell = bw_str_trim(cells[6]);
                if (bw_arena_grow(a->node->arena, &a->items, &a->cap, a->n, sizeof(a->items[0])) < 0)
                        return bw_arena_error(a->node->arena, a->reterr);
                a->items[a->n++] = account;
        }
        return 0;
}

/* A shell that lets somebody in. An empty one is /bin/sh. */
static bool lets_in(struct bw_str shell)
{
        static const char *const not[] = {"/nologin", "/false", "/sync", "/shutdown", "/halt", "/true", "/git-shell"};

        for (size_t i = 0; i < BW_ARRAY_SIZE(not); i++)
                if (bw_str_ends(shell, bw_str(not[i])))
                        return false;
        return true;
}

static void put_home(struct accounts *a, struct bw_fields *fields, const struct account *account)
{
        struct bw_str path = bw_arena_str(a->node->arena, account->home);
        struct bw_host_stat stat;

        if (!path.p || !account->home.n || account->home.p[0] != '/' || bw_str_is(account->home, "/") ||
            bw_host_stat(a->node->host, path.p, 0, &stat, NULL) < 0 || stat.kind != BW_FS_DIR)
                return;
        bw_fields_int(fields, "homeMode", stat.mode);
        bw_fields_int(fields, "homeUid", stat.uid);
}

static void put_users(struct accounts *a, struct bw_fields *out)
{
        struct bw_items items = bw_items(a->facts);

        for (uint32_t i = 0; i < a->n; i++) {
                const struct account *account = &a->items[i];
                struct bw_fields fields = bw_fields(a->facts);
                struct bw_evidence evidence = bw_section_evidence("file", BW_STR("/etc/passwd"), account->line);
                bool person = account->uid == 0 || account->uid >= (uint64_t)a->first_person;

                evidence.text = bw_arena_printf(a->node->arena, "%.*s, uid %" PRIu32 ", %.*s", BW_STR_ARG(account->name),
                                                account->uid, BW_STR_ARG(account->shell));
                bw_fields_text(&fields, "name", account->name);
                bw_fields_int(&fields, "uid", account->uid);
                bw_fields_int(&fields, "gid", account->gid);
                bw_fields_text(&fields, "shell", account->shell);
                bw_fields_text(&fields, "home", account->home);
                bw_fields_bool(&fields, "logsIn", lets_in(account->shell));
                bw_fields_bool(&fields, "system", !person || bw_str_is(account->name, "nobody"));
                if (lets_in(account->shell))
                        put_home(a, &fields, account);
                bw_facts_evidence(a->facts, &evidence, "accounts.users[%" PRIu32 "]", i);
                bw_items_value(&items, bw_fields_end(&fields));
        }
        bw_fields_value(out, "users", bw_items_end(&items));
}

/* ---- passwords */

static const char *hash_of(struct bw_str field)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(hashes); i++)
                if (bw_str_starts(field, bw_str(hashes[i].prefix)))
                        return hashes[i].hash;
        return field.n == 13 ? "des" : "unknown";
}

static void put_password(struct accounts *a, struct bw_items *items, struct bw_str name, struct bw_str field,
                         struct bw_str file, uint32_t line)
{
        struct bw_fields fields = bw_fields(a->facts);
        struct bw_evidence evidence = bw_section_evidence("file", file, line);
        bool locked = field.n && (field.p[0] == '!' || field.p[0] == '*');
        const char *state = !field.n ? "empty" : locked ? "locked" : "set";

        bw_fields_text(&fields, "name", name);
        bw_fields_text(&fields, "state", bw_str(state));
        if (field.n && !locked)
                bw_fields_text(&fields, "hash", bw_str(hash_of(field)));
        evidence.text = bw_arena_printf(a->node->arena, "%.*s: password %s", BW_STR_ARG(name), state);
        bw_facts_evidence(a->facts, &evidence, "accounts.passwords[%" PRIu32 "]", items->n);
        bw_items_value(items, bw_fields_end(&fields));
}

/* What stands in passwd itself: "x" (shadow has it) and "*" are none. */
static void put_old_passwords(struct accounts *a, struct bw_items *items)
{
        for (size_t i = 0; i < a->n; i++)
                if (!bw_str_is(a->items[i].password, "x") && !bw_str_is(a->items[i].password, "*"))
                        put_password(a, items, a->items[i].name, a->items[i].password, BW_STR("/etc/passwd"), a->items[i].line);
}

static int put_passwords(struct accounts *a, struct bw_fields *out)
{
        struct bw_items items = bw_items(a->facts);
        struct bw_section_file file;
        struct bw_str line;
        uint32_t at = 0;
        int r = bw_section_read(a->node, "/etc/shadow", &file, a->reterr);

        if (r < 0)
                return r;
        put_old_passwords(a, &items);
        if (file.seen == BW_SEEN_ABSENT)
                bw_facts_absent(a->facts, "accounts.passwords", "there is no /etc/shadow");
        if (file.seen == BW_SEEN_UNREADABLE)
                bw_section_unreadable(a->facts, "accounts.passwords", &file);
        while (items.n < BW_LIMIT_ACCOUNTS && bw_str_split(&file.text, '\n', &line)) {
                struct bw_str cells[2] = {{0}};

                at++;
                if (cells_of(line, cells, 2) == 2 && cells[0].n)
                        put_password(a, &items, cells[0], cells[1], file.path, at);
        }
        bw_fields_value(out, "passwords", bw_items_end(&items));
        return 0;
}

/* ---- groups */

static bool is_there(struct bw_node *node, const char *paths)
{
        struct bw_str rest = bw_str(paths);
        struct bw_str path;

        while (paths && bw_str_split(&rest, ' ', &path)) {
                struct bw_str ended = bw_arena_str(node->arena, path);

                if (ended.p && bw_host_exists(node->host, ended.p))
                        return true;
        }
        return !paths;
}

static const char *root_group(struct bw_node *node, struct bw_str name)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(root_groups); i++)
                if (bw_str_is(name, root_groups[i].group) && is_there(node, root_groups[i].there))
                        return root_groups[i].why;
        return NULL;
}

/* Groups that sudo's usual rules make administrators: asked for a password, unlike those above. */
static bool is_administrators(struct bw_str name)
{
        return bw_str_is(name, "sudo") || bw_str_is(name, "wheel") || bw_str_is(name, "admin");
}

static void put_member(struct accounts *a, struct bw_items *items, const char *field, struct bw_str user, struct bw_str group,
                       const char *why, uint32_t line)
{
        struct bw_fields fields = bw_fields(a->facts);
        struct bw_evidence evidence = bw_section_evidence("file", BW_STR("/etc/group"), line);

        bw_fields_text(&fields, "user", user);
        bw_fields_text(&fields, "group", group);
        if (why)
                bw_fields_text(&fields, "why", bw_str(why));
        evidence.text = bw_arena_printf(a->node->arena, "%.*s is in %.*s", BW_STR_ARG(user), BW_STR_ARG(group));
        bw_facts_evidence(a->facts, &evidence, "accounts.%s[%" PRIu32 "]", field, items->n);
        bw_items_value(items, bw_fields_end(&fields));
}

/* One line of /etc/group: those named there, and those whose first group it is. */
static void put_members(struct accounts *a, struct bw_items *items, const char *field, const struct bw_str *cells, uint32_t gid,
                        const char *why, uint32_t line)
{
        struct bw_str rest = cells[3];
        struct bw_str member;

        while (items->n < BW_LIMIT_ACCOUNTS && bw_str_split(&rest, ',', &member))
                if (bw_str_trim(member).n)
                        put_member(a, items, field, bw_str_trim(member), cells[0], why, line);
        for (size_t i = 0; i < a->n && items->n < BW_LIMIT_ACCOUNTS; i++)
                if (a->items[i].gid == gid && a->items[i].uid != 0 && lets_in(a->items[i].shell))
                        put_member(a, items, field, a->items[i].name, cells[0], why, line);
}

static int put_groups(struct accounts *a, struct bw_fields *out)
{
        struct bw_items items = bw_items(a->facts);
        struct bw_items administrators = bw_items(a->facts);
        struct bw_section_file file;
        struct bw_str line;
        uint32_t at = 0;
        int r = bw_section_read(a->node, "/etc/group", &file, a->reterr);

        if (r < 0)
                return r;
        if (file.seen == BW_SEEN_UNREADABLE)
                bw_section_unreadable(a->facts, "accounts.asGoodAsRoot", &file);
        while (at < BW_LIMIT_ACCOUNTS && bw_str_split(&file.text, '\n', &line)) {
                struct bw_str cells[4] = {{0}};
                const char *why;
                uint32_t gid;

                at++;
                if (cells_of(line, cells, 4) < 3 || !number(cells[2], &gid))
                        continue;
                why = root_group(a->node, cells[0]);
                if (why)
                        put_members(a, &items, "asGoodAsRoot", cells, gid, why, at);
                else if (is_administrators(cells[0]))
                        put_members(a, &administrators, "administrators", cells, gid, NULL, at);
        }
        bw_fields_value(out, "administrators", bw_items_end(&administrators));
        bw_fields_value(out, "asGoodAsRoot", bw_items_end(&items));
        return 0;
}

/* UID_MIN of login.defs: people's accounts begin there. */
static int read_first_person(struct accounts *a)
{
        struct bw_section_file file;
        struct bw_str line;
        int r = bw_section_read(a->node, "/etc/login.defs", &file, a->reterr);

        a->first_person = 1000;
        while (r == 0 && bw_str_split(&file.text, '\n', &line)) {
                int64_t value;

                if (bw_str_starts(line, BW_STR("UID_MIN")) && bw_str_to_i64(bw_str_trim(bw_str_rest(line, 7)), &value) == 0)
                        a->first_person = value;
        }
        return r;
}

static int collect(struct bw_node *node, struct bw_facts *facts, struct bw_error *reterr)
{
        struct accounts a = {.node = node, .facts = facts, .reterr = reterr};
        struct bw_fields out = bw_fields(facts);
        struct bw_section_file passwd;
        int r = bw_section_read(node, "/etc/passwd", &passwd, reterr);

        if (r == 0 && passwd.seen == BW_SEEN_ABSENT)
                bw_facts_absent(facts, "accounts", "there is no /etc/passwd");
        if (r == 0 && passwd.seen == BW_SEEN_UNREADABLE)
                bw_section_unreadable(facts, "accounts", &passwd);
        if (r == 0)
                r = read_first_person(&a);
        if (r == 0)
                r = read_passwd(&a, passwd.text);
        if (r < 0)
                return r;
        put_users(&a, &out);
        r = put_passwords(&a, &out);
        if (r == 0)
                r = put_groups(&a, &out);
        bw_fields_value(&facts->fields, "accounts", bw_fields_end(&out));
        return r;
}

const struct bw_host_section bw_section_accounts = {.name = "accounts", .collect = collect};
