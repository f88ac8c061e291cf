/* SPDX-License-Identifier: Apache-2.0 */
/* Configuration files of components: read, applied to settings, given on as documents. */
#include "analyze/component_internal.h"
#include "analyze/encryption.h"
#include "analyze/schema.h"
#include "base/arena.h"
#include "base/error.h"

static const struct bw_component_file *file_of(const struct component *c, const char *role)
{
        for (size_t i = 0; i < c->input->n_files; i++)
                if (strcmp(c->input->files[i].role, role) == 0)
                        return &c->input->files[i];
        return NULL;
}

static int not_known(struct component *c, struct component_config *config, const char *state, const char *what)
{
        struct bw_str reason = bw_arena_printf(c->arena, "%.*s %s", BW_STR_ARG(config->path), what);

        if (!reason.p)
                return bw_error_nomem(c->reterr);
        config->why = (struct bw_evidence){.state = state, .reason = reason, .file = config->path};
        return 0;
}

/* The first thing that the component refuses in the file. */
static int refuse(struct component *c, const char *role, struct component_config *config,
                  const struct bw_problems *problems)
{
        struct bw_evidence where = {.type = "file", .file = config->path};
        struct bw_str message = BW_STR("");

        for (size_t i = problems->n; i-- > 0;)
                if (!problems->items[i].warning) {
                        where.line = problems->items[i].mark.line;
                        where.column = problems->items[i].mark.column;
                        message = problems->items[i].message;
                }
        if (not_known(c, config, "unreadable", "is refused by the component") < 0)
                return -ENOMEM;
        return component_problem(c, "bad-file", bw_str(role), true, &where, "%.*s: %.*s", BW_STR_ARG(config->path),
                                 BW_STR_ARG(message));
}

int component_config_refused(struct component *c, const char *role, struct component_config *config,
                             const struct bw_problems *problems)
{
        return bw_problems_refuse(problems) ? refuse(c, role, config, problems) : 0;
}

static bool is_kind(const struct bw_doc *doc, const char *kind)
{
        /* The name that it had before it had a group. */
        if (kind && strcmp(kind, "EncryptionConfiguration") == 0 && bw_str_is(doc->kind, "EncryptionConfig"))
                return true;
        return !kind || bw_str_is(doc->kind, kind);
}

/* An empty file may have no text at all. */
static struct bw_str text_of(const struct bw_component_file *file)
{
        return file->text.n ? file->text : BW_STR("");
}

static int decode(struct component *c, const char *role, const char *kind, struct component_config *config)
{
        struct bw_problems problems = {.arena = c->arena};
        const struct bw_schema *schema;
        int r = bw_schema_read(c->arena, text_of(config->file), BW_SCHEMA_LENIENT, &config->doc, &problems, c->reterr);

        if (r < 0)
                return r;
        if (bw_problems_refuse(&problems))
                return refuse(c, role, config, &problems);
        config->value = config->doc.root;
        if (!kind)
                return 0;
        (void)bw_doc_identify(&config->doc);
        schema = bw_schema_find(config->doc.api_version, config->doc.kind, c->kubernetes_minor);
        if (!schema || !is_kind(&config->doc, kind)) {
                struct bw_evidence where = {.type = "file", .file = config->path, .line = 1};

                config->value = (struct bw_value){0};
                if (not_known(c, config, "unreadable", "holds no such configuration") < 0)
                        return -ENOMEM;
                return component_problem(c, "bad-file", bw_str(role), true, &where, "%.*s is no %s that %s 1.%d knows",
                                         BW_STR_ARG(config->path), kind, c->cls->name, c->kubernetes_minor);
        }
        r = bw_schema_decode(c->arena, schema, &config->doc, bw_schema_mode_of(schema), c->kubernetes_minor, &problems,
                             &config->value, c->reterr);
        if (r < 0 || !bw_problems_refuse(&problems))
                return r;
        config->value = (struct bw_value){0};
        return refuse(c, role, config, &problems);
}

int component_config_read(struct component *c, const char *role, struct bw_str path, const char *kind,
                          struct component_config *ret)
{
        struct bw_evidence where = {.type = "file", .file = path};

        *ret = (struct component_config){.file = file_of(c, role), .path = path};
        if (!ret->file || ret->file->state == BW_FILE_UNKNOWN)
                return not_known(c, ret, "absent", "was not looked at");
        if (ret->file->state == BW_FILE_UNREADABLE) {
                ret->why = (struct bw_evidence){.state = "unreadable", .reason = ret->file->reason, .file = path};
                return 0;
        }
        if (ret->file->state == BW_FILE_READ)
                return decode(c, role, kind, ret);
        if (not_known(c, ret, "absent", "is not there") < 0)
                return -ENOMEM;
        return component_problem(c, "missing-file", bw_str(role), true, &where, "%.*s is not there", BW_STR_ARG(path));
}

int component_config_where(struct component *c, struct component_config *config, const char *path,
                           struct bw_evidence *ret)
{
        struct bw_path parsed;
        struct bw_mark mark;
        int r = bw_path_parse(c->arena, bw_str(path), &parsed, c->reterr);

        if (r < 0)
                return r;
        mark = bw_doc_mark(&config->doc, c->arena, parsed, true);
        *ret = (struct bw_evidence){.type = "file", .file = config->path, .line = mark.line, .column = mark.column};
        ret->text = bw_arena_printf(c->arena, "%.*s:%u", BW_STR_ARG(config->path), (unsigned)mark.line);
        return ret->text.p ? 0 : bw_error_nomem(c->reterr);
}

/* Keys stay in the file. */
static int without_keys(struct component *c, struct component_config *config)
{
        if (!bw_str_starts(config->doc.kind, BW_STR("EncryptionConfig")))
                return 0;
        return bw_encryption_redacted(c->arena, config->value, &config->value, c->reterr);
}

int component_config_document(struct component *c, struct component_config *config)
{
        struct bw_facts facts;
        struct bw_str version;

        if (config->value.type != BW_MAP)
                return 0;
        if (without_keys(c, config) < 0)
                return -ENOMEM;
        version = bw_arena_str(c->arena, config->doc.api_version);
        if (!version.p || bw_arena_grow(c->arena, &c->docs, &c->cap_docs, c->n_docs, sizeof(c->docs[0])) < 0)
                return bw_error_nomem(c->reterr);
        bw_facts_init(&facts, c->arena, "", c->name);
        facts.kind = config->doc.kind;
        for (uint32_t i = 0; i < config->value.n; i++) {
                struct bw_str key = bw_value_text(config->value.map->entries[i].key);

                if (!bw_str_is(key, "apiVersion") && !bw_str_is(key, "kind") && !bw_str_is(key, "metadata"))
                        bw_fields_value_at(&facts.fields, key, config->value.map->entries[i].value);
        }
        bw_facts_evidence_of_doc(&facts, "file", config->path, &config->doc, "");
        return bw_facts_finish_as(&facts, version.p, &c->docs[c->n_docs++], c->reterr);
}

/* ---- fields in flags' places */

static int ignored(struct component *c, const struct component_setting *s)
{
        return component_problem(c, "ignored-flag", s->name, false, &s->evidence,
                                 "--%.*s is ignored: %s has a configuration file", BW_STR_ARG(s->name), c->cls->name);
}

/* An empty text in a file is as one that is not there: the default is filled in. */
static bool is_given(struct bw_value value)
{
        return value.type != BW_ABSENT && value.type != BW_NULL && !(value.type == BW_STRING && value.n == 0);
}

static int apply(struct component *c, struct component_config *config, const struct component_field *field)
{
        struct component_setting *s = component_find(c, field->flag);
        struct bw_value value = bw_map_walk(config->value, field->field);
        struct bw_evidence where;
        int r;

        if (!s || (s->is_set && field->flag_wins))
                return 0;
        r = s->is_set ? ignored(c, s) : 0;
        if (r == 0 && config->value.type == BW_ABSENT)
                return component_forget(c, field->flag, &config->why);
        if (r == 0)
                r = component_default(c, s);
        if (r < 0 || !is_given(value))
                return r;
        r = component_config_where(c, config, field->field, &where);
        return r < 0 ? r : component_put(c, field->flag, value, &where);
}

int component_config_apply(struct component *c, struct component_config *config, const struct component_field *fields)
{
        int r = 0;

        for (size_t i = 0; r == 0 && fields[i].flag; i++)
                r = apply(c, config, &fields[i]);
        return r;
}
