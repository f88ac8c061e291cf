/* SPDX-License-Identifier: Apache-2.0 */
#include "doc/doc.h"
#include "doc/yaml_internal.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/utf8.h"

static int give_bytes(void *data, unsigned char *buffer, size_t size, size_t *size_read)
{
        struct bw_yaml_source *s = data;
        size_t left = s->shown.n - BW_MIN(s->read, s->shown.n);
        size_t n = BW_MIN(size, left);

        if (n)
                memcpy(buffer, s->shown.p + s->read, n);
        if (n < size && s->add_newline && s->read + n == s->shown.n)
                buffer[n++] = '\n';
        s->read += n;
        *size_read = n;
        return 1;
}

/* ---- libyaml's errors ---- */

/* Place of a byte, for errors of the reader, which knows no lines. */
static struct bw_mark mark_of_byte(const struct bw_yaml_source *s, uint32_t line, size_t at)
{
        struct bw_mark mark = {.line = line, .column = 1};
        const char *p = s->shown.p;
        const char *end = p + BW_MIN(at, s->shown.n);
        const char *newline;

        while (p < end && (newline = memchr(p, '\n', (size_t)(end - p))) != NULL) {
                mark.line++;
                p = newline + 1;
        }
        mark.column += (uint32_t)bw_utf8_count(bw_str_n(p, (size_t)(end - p)));
        return mark;
}

static BW_COLD int parser_error(const struct bw_yaml_composer *c, const struct bw_yaml_source *s,
                                const yaml_parser_t *parser, struct bw_error *reterr)
{
        const char *problem = parser->problem ? parser->problem : "not readable";
        struct bw_mark mark;

        switch (parser->error) {
        case YAML_MEMORY_ERROR:
                return bw_error_nomem(reterr);
        case YAML_READER_ERROR:
                mark = mark_of_byte(s, c->line, parser->problem_offset);
                return bw_error_at(reterr, -EINVAL, mark.line, mark.column, "%s", problem);
        default:
                mark = bw_yaml_mark(c, &parser->problem_mark);
                if (!parser->context)
                        return bw_error_at(reterr, -EINVAL, mark.line, mark.column, "%s", problem);
                return bw_error_at(reterr, -EINVAL, mark.line, mark.column, "%s %s that begins at line %" PRIu32,
                                   problem, parser->context, bw_yaml_mark(c, &parser->context_mark).line);
        }
}

/* ---- events ---- */

struct reading {
        struct bw_yaml_composer composer;
        struct bw_yaml_source source;
        uint32_t flow;      /* depth of flow collections */
        uint64_t flow_cost; /* libyaml looks at each open flow collection at each token */
};

static int check_version(const yaml_event_t *event, struct bw_mark mark, struct bw_error *reterr)
{
        const yaml_version_directive_t *v = event->data.document_start.version_directive;

        if (v && (v->major != 1 || v->minor != 1))
                return bw_error_at(reterr, -EINVAL, mark.line, mark.column, "YAML %d.%d: Kubernetes reads YAML 1.1",
                                   v->major, v->minor);
        return 0;
}

static BW_COLD int flow_error(struct bw_mark mark, struct bw_error *reterr)
{
        return bw_error_at(reterr, -E2BIG, mark.line, mark.column,
                           "too many values at too great a depth of brackets (limit %" PRIu64 ")", BW_LIMIT_YAML_FLOW);
}

static int on_scalar(struct reading *r, yaml_event_t *event, struct bw_mark mark, struct bw_error *reterr)
{
        int status;

        if (bw_yaml_may_need_repair(&r->source, event, r->flow)) {
                status = bw_yaml_repair_event(&r->source, event, r->flow, mark, reterr);
                if (status < 0)
                        return status;
        }
        return bw_yaml_scalar(&r->composer, event, mark, reterr);
}

/* 1 at the end of the document (or of a text without one). */
static inline int on_event(struct reading *r, yaml_event_t *event, struct bw_error *reterr)
{
        struct bw_mark mark = bw_yaml_mark(&r->composer, &event->start_mark);

        r->flow_cost += r->flow;
        if (BW_UNLIKELY(r->flow_cost > BW_LIMIT_YAML_FLOW))
                return flow_error(mark, reterr);
        switch (event->type) {
        case YAML_SCALAR_EVENT:
                return on_scalar(r, event, mark, reterr);
        case YAML_ALIAS_EVENT:
                return bw_yaml_alias(&r->composer, event, mark, reterr);
        case YAML_SEQUENCE_START_EVENT:
                r->flow += r->flow || event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
                return bw_yaml_begin(&r->composer, false, event->data.sequence_start.anchor, mark, reterr);
        case YAML_MAPPING_START_EVENT:
                r->flow += r->flow || event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE;
                return bw_yaml_begin(&r->composer, true, event->data.mapping_start.anchor, mark, reterr);
        case YAML_SEQUENCE_END_EVENT:
        case YAML_MAPPING_END_EVENT:
                r->flow -= r->flow > 0;
                return bw_yaml_end(&r->composer, reterr);
        case YAML_STREAM_START_EVENT:
                return 0;
        case YAML_DOCUMENT_START_EVENT:
                return check_version(event, mark, reterr);
        default: /* the end of the document, or of a text without one */
                return 1;
        }
}

static int read_events(struct reading *r, yaml_parser_t *parser, struct bw_error *reterr)
{
        int status = 0;

        while (status == 0) {
                yaml_event_t event;

                if (!yaml_parser_parse(parser, &event)) {
                        status = bw_yaml_repair_error(&r->source, parser, reterr);
                        return status < 0 ? status : parser_error(&r->composer, &r->source, parser, reterr);
                }
                status = on_event(r, &event, reterr);
                yaml_event_delete(&event);
        }
        return status < 0 ? status : bw_yaml_compose_end(&r->composer, reterr);
}

static int read_once(struct reading *r, struct bw_error *reterr)
{
        yaml_parser_t parser;
        int status;

        if (!yaml_parser_initialize(&parser))
                return bw_error_nomem(reterr);
        yaml_parser_set_input(&parser, give_bytes, &r->source);
        status = read_events(r, &parser, reterr);
        yaml_parser_delete(&parser);
        return status;
}

static struct bw_doc make_doc(const struct bw_yaml_composer *c, struct bw_str text, uint32_t first_line)
{
        return (struct bw_doc){
                .root = c->done ? c->root : bw_value_null(),
                .text = text,
                .line = first_line,
                .column = 1,
                .format = BW_FORMAT_YAML,
                .mark = c->done ? c->root_mark : (struct bw_mark){first_line, 1},
        };
}

int bw_yaml_read_events(struct bw_arena *arena, struct bw_str text, bool stream, uint32_t first_line, bool strict,
                        struct bw_doc *ret_doc, struct bw_error *reterr)
{
        struct bw_arena_mark start = bw_arena_save(arena);
        struct bw_yaml_room room;
        struct reading r = {0};
        int status = bw_yaml_source_init(&r.source, text, stream, first_line, reterr);

        if (status == 0)
                status = -EAGAIN;
        while (status == -EAGAIN) {
                bw_arena_restore(arena, start);
                bw_yaml_source_rewind(&r.source);
                r.flow = 0;
                r.flow_cost = 0;
                bw_yaml_composer_init(&r.composer, arena, &room, strict, first_line);
                status = read_once(&r, reterr);
                bw_yaml_composer_done(&r.composer);
        }
        bw_yaml_source_done(&r.source);
        if (status < 0)
                return status;
        *ret_doc = make_doc(&r.composer, text, first_line);
        return 0;
}

int bw_yaml_read_text(struct bw_arena *arena, struct bw_str text, bool stream, uint32_t first_line, bool strict,
                      struct bw_doc *ret_doc, struct bw_error *reterr)
{
        struct bw_arena_mark start = bw_arena_save(arena);
        struct bw_yaml_composer composer;
        struct bw_yaml_room room;
        int status;

        bw_yaml_composer_init(&composer, arena, &room, strict, first_line);
        status = bw_yaml_quick(&composer, text, stream);
        bw_yaml_composer_done(&composer);
        if (status == 0) {
                *ret_doc = make_doc(&composer, text, first_line);
                return 0;
        }
        bw_arena_restore(arena, start);
        return bw_yaml_read_events(arena, text, stream, first_line, strict, ret_doc, reterr);
}

int bw_yaml_read(struct bw_arena *arena, struct bw_str text, uint32_t first_line, bool strict, struct bw_doc *ret_doc,
                 struct bw_error *reterr)
{
        return bw_yaml_read_text(arena, text, false, first_line, strict, ret_doc, reterr);
}
