/* SPDX-License-Identifier: Apache-2.0 */
#include "doc/pod.h"
#include "value/selector.h"
#include "exception/exception_internal.h"
#include "exception/glob.h"

static bool is_any(struct bw_str pattern, struct bw_str text)
{
        return pattern.n == 0 || bw_glob_match(pattern, text);
}

static bool list_matches(struct bw_setting_list list, struct bw_str text)
{
        for (size_t i = 0; i < list.n; i++)
                if (bw_glob_match(list.items[i].text, text))
                        return true;
        return list.n == 0;
}

/* "Deployment" is that kind of any group, "apps/Deployment" of one. */
bool exception_kind_matches(struct bw_str pattern, const struct bw_doc *doc)
{
        struct bw_str kind = pattern;
        struct bw_str group = {0};

        if (!pattern.n || !memchr(pattern.p, '/', pattern.n))
                return is_any(pattern, doc->kind);
        (void)bw_str_split(&kind, '/', &group);
        return bw_glob_match(group, doc->group) && bw_glob_match(kind, doc->kind);
}

static struct bw_str without_dot(struct bw_str path)
{
        return bw_str_starts(path, BW_STR("./")) ? bw_str_rest(path, 2) : path;
}

/* A pattern without a slash is about the file's own name. */
bool exception_file_matches(struct bw_str pattern, struct bw_str file)
{
        struct bw_str rest = file;

        pattern = without_dot(pattern);
        if (!memchr(pattern.p, '/', pattern.n)) {
                while (bw_str_split(&rest, '/', &file))
                        ;
                return bw_glob_match(pattern, file);
        }
        return bw_glob_match(pattern, without_dot(file));
}

static bool files_match(struct bw_setting_list files, struct bw_str file)
{
        for (size_t i = 0; i < files.n; i++)
                if (exception_file_matches(files.items[i].text, file))
                        return true;
        return files.n == 0;
}

static bool is_container_list(struct bw_str name)
{
        for (int i = 0; i < _BW_CONTAINERS_MAX; i++)
                if (bw_str_eq(name, bw_container_list_name((enum bw_container_list)i)))
                        return true;
        return false;
}

/* The path as segments, and the container that it leads through. */
static void take_path(struct subject *subject)
{
        struct bw_value at = subject->doc->root;
        bool in_list = false;
        int r;

        if (subject->has_path)
                return;
        subject->has_path = true;
        r = bw_path_parse(subject->arena, subject->finding->location.path, &subject->path, NULL);
        subject->nomem = r == -ENOMEM;
        if (r < 0)
                subject->path = (struct bw_path){0};
        for (size_t i = 0; i < subject->path.n; i++) {
                const struct bw_segment *s = &subject->path.segments[i];

                if (s->kind == BW_SEGMENT_KEY) {
                        at = bw_map_get(at, bw_value_text(s->key));
                        in_list = is_container_list(bw_value_text(s->key));
                } else {
                        at = bw_list_get(at, s->index);
                        if (in_list) {
                                subject->container = bw_map_text(at, "name");
                                return;
                        }
                        in_list = false;
                }
        }
}

static bool containers_match(struct bw_setting_list containers, struct subject *subject)
{
        if (containers.n == 0)
                return true;
        take_path(subject);
        return subject->container.n && list_matches(containers, subject->container);
}

static bool segment_matches(const struct bw_segment *pattern, const struct bw_segment *segment)
{
        if (pattern->kind == BW_SEGMENT_EACH)
                return true;
        if (pattern->kind != segment->kind)
                return false;
        if (pattern->kind == BW_SEGMENT_INDEX)
                return pattern->index == segment->index;
        return bw_str_eq(bw_value_text(pattern->key), bw_value_text(segment->key));
}

/* Whether a path, from its segment `from` on, begins with the pattern. */
static bool path_begins(struct bw_path path, size_t from, struct bw_path pattern)
{
        if (path.n < from + pattern.n)
                return false;
        for (size_t i = 0; i < pattern.n; i++)
                if (!segment_matches(&pattern.segments[i], &path.segments[from + i]))
                        return false;
        return true;
}

static bool paths_match(struct bw_setting_paths paths, struct subject *subject)
{
        struct bw_pod pod = {0};
        size_t spec = SIZE_MAX;

        if (paths.n == 0)
                return true;
        take_path(subject);
        if (bw_pod_find(subject->doc, &pod) && path_begins(subject->path, 0, pod.spec_path))
                spec = pod.spec_path.n;
        for (size_t i = 0; i < paths.n; i++)
                if (path_begins(subject->path, 0, paths.items[i]) ||
                    (spec != SIZE_MAX && path_begins(subject->path, spec, paths.items[i])))
                        return true;
        return false;
}

static bool resource_matches(const struct bw_excepted_resource *r, const struct bw_doc *doc)
{
        return is_any(r->name, doc->name) && is_any(r->ns, doc->ns) && exception_kind_matches(r->kind, doc);
}

bool exception_matches(const struct bw_setting_exception *e, const struct bw_excepted_resource *resource,
                       struct subject *subject)
{
        const struct bw_doc *doc = subject->doc;

        if (resource && !resource_matches(resource, doc))
                return false;
        if (!list_matches(e->namespaces, doc->ns) || !files_match(e->files, subject->finding->location.file))
                return false;
        if (e->labels.type != BW_ABSENT &&
            bw_selector_match(e->labels, bw_map_walk(doc->root, "metadata.labels")) != BW_SELECTED_YES)
                return false;
        return containers_match(e->containers, subject) && paths_match(e->paths, subject);
}
