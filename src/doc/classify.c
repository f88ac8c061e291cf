/* SPDX-License-Identifier: Apache-2.0 */
#include "doc/classify.h"

/* A map is what the first row says all of whose keys it has, with values of these types (ABSENT: any). */
static const struct {
        enum bw_doc_class cls;
        struct {
                const char *key;
                enum bw_type type;
        } has[3];
} marks[] = {
        {BW_CLASS_OBJECT, {{"apiVersion", BW_STRING}, {"kind", BW_STRING}}},
        {BW_CLASS_HELM_CHART, {{"apiVersion", BW_STRING}, {"name", BW_STRING}, {"version", BW_ABSENT}}},
        {BW_CLASS_OPENAPI, {{"openapi", BW_ABSENT}}},
        {BW_CLASS_OPENAPI, {{"swagger", BW_ABSENT}}},
        {BW_CLASS_COMPOSE, {{"services", BW_MAP}}},
        {BW_CLASS_WORKFLOW, {{"jobs", BW_MAP}}},
        {BW_CLASS_WORKFLOW, {{"stages", BW_LIST}}},
        {BW_CLASS_KUSTOMIZATION, {{"resources", BW_LIST}}},
        {BW_CLASS_KUSTOMIZATION, {{"patches", BW_LIST}}},
        {BW_CLASS_KUSTOMIZATION, {{"configMapGenerator", BW_LIST}}},
};

static bool has_all(struct bw_value map, size_t row)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(marks[row].has) && marks[row].has[i].key; i++) {
                struct bw_value v = bw_map_get(map, bw_str(marks[row].has[i].key));

                if (v.type == BW_ABSENT || (marks[row].has[i].type != BW_ABSENT && v.type != marks[row].has[i].type))
                        return false;
        }
        return true;
}

enum bw_doc_class bw_doc_classify(const struct bw_doc *doc)
{
        if (doc->root.type == BW_NULL || doc->root.type == BW_ABSENT)
                return BW_CLASS_EMPTY;
        if (doc->root.type != BW_MAP)
                return BW_CLASS_OTHER;
        for (size_t i = 0; i < BW_ARRAY_SIZE(marks); i++)
                if (has_all(doc->root, i))
                        return marks[i].cls;
        return BW_CLASS_MAP;
}

const char *bw_class_name(enum bw_doc_class cls)
{
        static const char *const names[_BW_CLASS_MAX] = {
                [BW_CLASS_OBJECT] = "Kubernetes object",    [BW_CLASS_EMPTY] = "empty document",
                [BW_CLASS_HELM_CHART] = "Helm chart",       [BW_CLASS_KUSTOMIZATION] = "kustomization",
                [BW_CLASS_COMPOSE] = "Compose file",        [BW_CLASS_WORKFLOW] = "CI workflow",
                [BW_CLASS_OPENAPI] = "OpenAPI description", [BW_CLASS_MAP] = "settings",
                [BW_CLASS_OTHER] = "list or text",
        };

        return (unsigned)cls < _BW_CLASS_MAX ? names[cls] : "unknown";
}

/* What may follow "{{" in a template but not in YAML or JSON: a dash, a blank, a name, a dot, a comment, a block. */
static bool begins_action(struct bw_str text)
{
        static const char first[] = "-./#^&>!$*(";
        char c = text.n ? text.p[0] : '\0';

        if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
                text = bw_str_trim(text);
                c = text.n ? text.p[0] : '\0';
                return c != '\0' && c != '}';
        }
        return (c != '\0' && strchr(first, c)) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_';
}

bool bw_text_is_template(struct bw_str text)
{
        size_t open;

        while ((open = bw_str_find(text, BW_STR("{{"))) != SIZE_MAX) {
                size_t close;

                text = bw_str_n(text.p + open + 2, text.n - open - 2);
                close = bw_str_find(text, BW_STR("}}"));
                if (close == SIZE_MAX)
                        return false;
                if (begins_action(bw_str_n(text.p, close)))
                        return true;
        }
        return false;
}
