/* SPDX-License-Identifier: Apache-2.0 */
#include "cel/kube_types.h"

#define FIELD(field_name, field_type)                                                                                  \
        {                                                                                                              \
                .name = {field_name, sizeof(field_name) - 1}, .type = &(field_type)                                    \
        }
#define OBJECT(type_name, table)                                                                                       \
        {                                                                                                              \
                .kind = BW_CEL_OBJECT, .name = {type_name, sizeof(type_name) - 1}, .fields = (table),                  \
                .n_fields = BW_ARRAY_SIZE(table)                                                                       \
        }

static const struct bw_cel_type *const string_param[] = {&bw_cel_string};
static const struct bw_cel_type list_string = {.kind = BW_CEL_LIST, .n_params = 1, .size = 1, .params = string_param};

static const struct bw_cel_type *const string_string[] = {&bw_cel_string, &bw_cel_string};
static const struct bw_cel_type map_string_string = {
        .kind = BW_CEL_MAP, .n_params = 2, .size = 2, .params = string_string};

static const struct bw_cel_type *const string_list[] = {&bw_cel_string, &list_string};
static const struct bw_cel_type map_string_list = {.kind = BW_CEL_MAP, .n_params = 2, .size = 3, .params = string_list};

static const struct bw_cel_field kind_fields[] = {
        FIELD("group", bw_cel_string),
        FIELD("version", bw_cel_string),
        FIELD("kind", bw_cel_string),
};
static const struct bw_cel_type group_version_kind = OBJECT("kubernetes.GroupVersionKind", kind_fields);

static const struct bw_cel_field resource_fields[] = {
        FIELD("group", bw_cel_string),
        FIELD("version", bw_cel_string),
        FIELD("resource", bw_cel_string),
};
static const struct bw_cel_type group_version_resource = OBJECT("kubernetes.GroupVersionResource", resource_fields);

static const struct bw_cel_field user_fields[] = {
        FIELD("username", bw_cel_string),
        FIELD("uid", bw_cel_string),
        FIELD("groups", list_string),
        FIELD("extra", map_string_list),
};
static const struct bw_cel_type user_info = OBJECT("kubernetes.UserInfo", user_fields);

static const struct bw_cel_field request_fields[] = {
        FIELD("kind", group_version_kind),
        FIELD("resource", group_version_resource),
        FIELD("subResource", bw_cel_string),
        FIELD("requestKind", group_version_kind),
        FIELD("requestResource", group_version_resource),
        FIELD("requestSubResource", bw_cel_string),
        FIELD("name", bw_cel_string),
        FIELD("namespace", bw_cel_string),
        FIELD("operation", bw_cel_string),
        FIELD("userInfo", user_info),
        FIELD("dryRun", bw_cel_bool),
        FIELD("options", bw_cel_dyn),
};
const struct bw_cel_type bw_cel_kube_request = OBJECT("kubernetes.AdmissionRequest", request_fields);

static const struct bw_cel_field metadata_fields[] = {
        FIELD("name", bw_cel_string),
        FIELD("generateName", bw_cel_string),
        FIELD("namespace", bw_cel_string),
        FIELD("labels", map_string_string),
        FIELD("annotations", map_string_string),
        FIELD("UID", bw_cel_string),
        FIELD("creationTimestamp", bw_cel_timestamp),
        FIELD("deletionGracePeriodSeconds", bw_cel_int),
        FIELD("deletionTimestamp", bw_cel_timestamp),
        FIELD("generation", bw_cel_int),
        FIELD("resourceVersion", bw_cel_string),
        FIELD("finalizers", list_string),
};
static const struct bw_cel_type namespace_metadata = OBJECT("kubernetes.NamespaceMetadata", metadata_fields);

static const struct bw_cel_field spec_fields[] = {FIELD("finalizers", list_string)};
static const struct bw_cel_type namespace_spec = OBJECT("kubernetes.NamespaceSpec", spec_fields);

static const struct bw_cel_field condition_fields[] = {
        FIELD("status", bw_cel_string),  FIELD("type", bw_cel_string),   FIELD("lastTransitionTime", bw_cel_timestamp),
        FIELD("message", bw_cel_string), FIELD("reason", bw_cel_string),
};
static const struct bw_cel_type namespace_condition = OBJECT("kubernetes.NamespaceCondition", condition_fields);
static const struct bw_cel_type *const condition_param[] = {&namespace_condition};
static const struct bw_cel_type list_condition = {
        .kind = BW_CEL_LIST, .n_params = 1, .size = 1, .params = condition_param};

static const struct bw_cel_field status_fields[] = {
        FIELD("conditions", list_condition),
        FIELD("phase", bw_cel_string),
};
static const struct bw_cel_type namespace_status = OBJECT("kubernetes.NamespaceStatus", status_fields);

static const struct bw_cel_field namespace_fields[] = {
        FIELD("metadata", namespace_metadata),
        FIELD("spec", namespace_spec),
        FIELD("status", namespace_status),
};
const struct bw_cel_type bw_cel_kube_namespace = OBJECT("kubernetes.Namespace", namespace_fields);
