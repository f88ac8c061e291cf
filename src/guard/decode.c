/* SPDX-License-Identifier: Apache-2.0 */
#include "guard/decode_internal.h"
#include "format/go_json.h"

enum form {
        TEXT,
        BOOLEAN,
        INTEGER,
        TEXTS,        /* list of texts */
        TEXT_MAP,     /* map of texts */
        STRUCT,
        STRUCTS,      /* list of structs */
};

struct row {
        const char *type;   /* of the struct that has the field */
        const char *field;
        enum form form;
        const char *go_type; /* of the value; of lists: of an item */
};

static const struct row rows[] = {
        {"Pod", "metadata", STRUCT, "v1.ObjectMeta"},
        {"Pod", "spec", STRUCT, "v1.PodSpec"},
        {"Namespace", "metadata", STRUCT, "v1.ObjectMeta"},
        {"PodTemplate", "metadata", STRUCT, "v1.ObjectMeta"},
        {"PodTemplate", "template", STRUCT, "v1.PodTemplateSpec"},
        {"ReplicationController", "spec", STRUCT, "v1.ReplicationControllerSpec"},
        {"ReplicationControllerSpec", "template", STRUCT, "v1.PodTemplateSpec"},
        {"ReplicaSet", "spec", STRUCT, "v1.ReplicaSetSpec"},
        {"ReplicaSetSpec", "template", STRUCT, "v1.PodTemplateSpec"},
        {"Deployment", "spec", STRUCT, "v1.DeploymentSpec"},
        {"DeploymentSpec", "template", STRUCT, "v1.PodTemplateSpec"},
        {"StatefulSet", "spec", STRUCT, "v1.StatefulSetSpec"},
        {"StatefulSetSpec", "template", STRUCT, "v1.PodTemplateSpec"},
        {"DaemonSet", "spec", STRUCT, "v1.DaemonSetSpec"},
        {"DaemonSetSpec", "template", STRUCT, "v1.PodTemplateSpec"},
        {"Job", "spec", STRUCT, "v1.JobSpec"},
        {"JobSpec", "template", STRUCT, "v1.PodTemplateSpec"},
        {"CronJob", "spec", STRUCT, "v1.CronJobSpec"},
        {"CronJobSpec", "jobTemplate", STRUCT, "v1.JobTemplateSpec"},
        {"JobTemplateSpec", "spec", STRUCT, "v1.JobSpec"},
        {"PodTemplateSpec", "metadata", STRUCT, "v1.ObjectMeta"},
        {"PodTemplateSpec", "spec", STRUCT, "v1.PodSpec"},

        {"ObjectMeta", "name", TEXT, "string"},
        {"ObjectMeta", "namespace", TEXT, "string"},
        {"ObjectMeta", "labels", TEXT_MAP, "string"},
        {"ObjectMeta", "annotations", TEXT_MAP, "string"},
        {"ObjectMeta", "ownerReferences", STRUCTS, "v1.OwnerReference"},
        {"OwnerReference", "uid", TEXT, "types.UID"},
        {"OwnerReference", "controller", BOOLEAN, "bool"},

        {"PodSpec", "volumes", STRUCTS, "v1.Volume"},
        {"PodSpec", "initContainers", STRUCTS, "v1.Container"},
        {"PodSpec", "containers", STRUCTS, "v1.Container"},
        {"PodSpec", "ephemeralContainers", STRUCTS, "v1.EphemeralContainer"},
        {"PodSpec", "hostNetwork", BOOLEAN, "bool"},
        {"PodSpec", "hostPID", BOOLEAN, "bool"},
        {"PodSpec", "hostIPC", BOOLEAN, "bool"},
        {"PodSpec", "hostUsers", BOOLEAN, "bool"},
        {"PodSpec", "runtimeClassName", TEXT, "string"},
        {"PodSpec", "os", STRUCT, "v1.PodOS"},
        {"PodSpec", "securityContext", STRUCT, "v1.PodSecurityContext"},
        {"PodOS", "name", TEXT, "v1.OSName"},
        {"PodSecurityContext", "seLinuxOptions", STRUCT, "v1.SELinuxOptions"},
        {"PodSecurityContext", "windowsOptions", STRUCT, "v1.WindowsSecurityContextOptions"},
        {"PodSecurityContext", "seccompProfile", STRUCT, "v1.SeccompProfile"},
        {"PodSecurityContext", "appArmorProfile", STRUCT, "v1.AppArmorProfile"},
        {"PodSecurityContext", "runAsUser", INTEGER, "int64"},
        {"PodSecurityContext", "runAsNonRoot", BOOLEAN, "bool"},
        {"PodSecurityContext", "sysctls", STRUCTS, "v1.Sysctl"},
        {"Sysctl", "name", TEXT, "string"},
        {"SELinuxOptions", "user", TEXT, "string"},
        {"SELinuxOptions", "role", TEXT, "string"},
        {"SELinuxOptions", "type", TEXT, "string"},
        {"WindowsSecurityContextOptions", "hostProcess", BOOLEAN, "bool"},
        {"SeccompProfile", "type", TEXT, "v1.SeccompProfileType"},
        {"AppArmorProfile", "type", TEXT, "v1.AppArmorProfileType"},

        {"Container", "name", TEXT, "string"},
        {"Container", "image", TEXT, "string"},
        {"Container", "ports", STRUCTS, "v1.ContainerPort"},
        {"Container", "livenessProbe", STRUCT, "v1.Probe"},
        {"Container", "readinessProbe", STRUCT, "v1.Probe"},
        {"Container", "startupProbe", STRUCT, "v1.Probe"},
        {"Container", "lifecycle", STRUCT, "v1.Lifecycle"},
        {"Container", "securityContext", STRUCT, "v1.SecurityContext"},
        {"ContainerPort", "hostPort", INTEGER, "int32"},
        {"ContainerPort", "containerPort", INTEGER, "int32"},
        {"Lifecycle", "postStart", STRUCT, "v1.LifecycleHandler"},
        {"Lifecycle", "preStop", STRUCT, "v1.LifecycleHandler"},
        {"LifecycleHandler", "httpGet", STRUCT, "v1.HTTPGetAction"},
        {"LifecycleHandler", "tcpSocket", STRUCT, "v1.TCPSocketAction"},
        {"Probe", "httpGet", STRUCT, "v1.HTTPGetAction"},
        {"Probe", "tcpSocket", STRUCT, "v1.TCPSocketAction"},
        {"HTTPGetAction", "host", TEXT, "string"},
        {"TCPSocketAction", "host", TEXT, "string"},
        {"SecurityContext", "capabilities", STRUCT, "v1.Capabilities"},
        {"SecurityContext", "privileged", BOOLEAN, "bool"},
        {"SecurityContext", "seLinuxOptions", STRUCT, "v1.SELinuxOptions"},
        {"SecurityContext", "windowsOptions", STRUCT, "v1.WindowsSecurityContextOptions"},
        {"SecurityContext", "runAsUser", INTEGER, "int64"},
        {"SecurityContext", "runAsNonRoot", BOOLEAN, "bool"},
        {"SecurityContext", "allowPrivilegeEscalation", BOOLEAN, "bool"},
        {"SecurityContext", "procMount", TEXT, "v1.ProcMountType"},
        {"SecurityContext", "seccompProfile", STRUCT, "v1.SeccompProfile"},
        {"SecurityContext", "appArmorProfile", STRUCT, "v1.AppArmorProfile"},
        {"Capabilities", "add", TEXTS, "v1.Capability"},
        {"Capabilities", "drop", TEXTS, "v1.Capability"},
        {"Volume", "name", TEXT, "string"},
        {"Volume", "hostPath", STRUCT, "v1.HostPathVolumeSource"},
        {"Volume", "emptyDir", STRUCT, "v1.EmptyDirVolumeSource"},
        {"Volume", "configMap", STRUCT, "v1.ConfigMapVolumeSource"},
        {"Volume", "secret", STRUCT, "v1.SecretVolumeSource"},
        {"Volume", "projected", STRUCT, "v1.ProjectedVolumeSource"},
        {"Volume", "downwardAPI", STRUCT, "v1.DownwardAPIVolumeSource"},
        {"Volume", "persistentVolumeClaim", STRUCT, "v1.PersistentVolumeClaimVolumeSource"},
        {"Volume", "csi", STRUCT, "v1.CSIVolumeSource"},
        {"Volume", "ephemeral", STRUCT, "v1.EphemeralVolumeSource"},
        {"Volume", "image", STRUCT, "v1.ImageVolumeSource"},
};

/* Fields on the way down, for the error: spec.containers.securityContext. */
struct trail {
        const struct trail *up;
        const char *type;
        struct bw_str field;
};

static void put_trail(struct bw_buf *out, const struct trail *t)
{
        if (t->up) {
                put_trail(out, t->up);
                bw_buf_char(out, '.');
        }
        bw_buf_str(out, t->field);
}

static bool refuse(const struct trail *t, struct bw_value v, bool list, const char *go_type, struct bw_buf *why)
{
        bw_buf_printf(why, "json: cannot unmarshal %s", bw_go_json_type(v));
        if (v.type == BW_DOUBLE && !list) {
                bw_buf_char(why, ' ');
                bw_buf_double(why, v.d);
        }
        bw_buf_printf(why, " into Go struct field %s.", t->type);
        put_trail(why, t);
        bw_buf_printf(why, " of type %s%s", list ? "[]" : "", go_type);
        return false;
}

static bool check_struct(const struct trail *up, const char *type, struct bw_value v, struct bw_buf *why);

static bool check_item(const struct trail *t, enum form form, const char *go_type, struct bw_value v, struct bw_buf *why)
{
        static const enum bw_type wanted[] = {[TEXT] = BW_STRING, [BOOLEAN] = BW_BOOL, [INTEGER] = BW_INT,
                                              [STRUCT] = BW_MAP};

        if (v.type == BW_NULL)
                return true;
        if (v.type != wanted[form])
                return refuse(t, v, false, go_type, why);
        if (form != STRUCT)
                return true;
        /* A struct that embeds another: an ephemeral container is a container. */
        return check_struct(t, strcmp(go_type, "v1.EphemeralContainer") == 0 ? "Container" : go_type + strlen("v1."), v,
                            why);
}

static bool check_field(const struct trail *t, const struct row *row, struct bw_value v, struct bw_buf *why)
{
        enum form item = row->form == TEXTS || row->form == TEXT_MAP ? TEXT : row->form == STRUCTS ? STRUCT : row->form;

        if (v.type == BW_NULL || row->form == item)
                return check_item(t, item, row->go_type, v, why);
        if (row->form == TEXT_MAP && v.type != BW_MAP)
                return refuse(t, v, false, "map[string]string", why);
        if (row->form != TEXT_MAP && v.type != BW_LIST)
                return refuse(t, v, true, row->go_type, why);
        for (uint32_t i = 0; i < v.n; i++)
                if (!check_item(t, item, row->go_type, v.type == BW_LIST ? v.list->items[i] : v.map->entries[i].value, why))
                        return false;
        return true;
}

/* Recursion is as deep as the types are. */
static bool check_struct(const struct trail *up, const char *type, struct bw_value v, struct bw_buf *why)
{
        for (uint32_t i = 0; i < v.n; i++) {
                struct bw_str key = bw_value_text(v.map->entries[i].key);

                for (size_t k = 0; k < BW_ARRAY_SIZE(rows); k++) {
                        const struct trail here = {.up = up, .type = type, .field = key};

                        if (strcmp(rows[k].type, type) == 0 && bw_str_is(key, rows[k].field) &&
                            !check_field(&here, &rows[k], v.map->entries[i].value, why))
                                return false;
                }
        }
        return true;
}

bool decode_check(struct bw_str kind, struct bw_value root, struct bw_buf *why)
{
        for (size_t k = 0; k < BW_ARRAY_SIZE(rows); k++)
                if (bw_str_is(kind, rows[k].type))
                        return root.type != BW_MAP || check_struct(NULL, rows[k].type, root, why);
        return true;
}
