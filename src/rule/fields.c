/* SPDX-License-Identifier: Apache-2.0 */
#include "rule/fields.h"

#include "base/arena.h"

/* name: a field of any type; name:T a field of type T; name:[T] a list of T. */
static const struct {
        const char *name;
        const char *fields;
} tables[] = {
        {"ObjectMeta",
         "annotations creationTimestamp deletionGracePeriodSeconds deletionTimestamp finalizers generateName generation "
         "labels managedFields name namespace ownerReferences:[OwnerReference] resourceVersion selfLink uid"},
        {"OwnerReference", "apiVersion blockOwnerDeletion controller kind name uid"},
        {"PodSpec",
         "activeDeadlineSeconds affinity:Affinity automountServiceAccountToken containers:[Container] dnsConfig dnsPolicy "
         "enableServiceLinks ephemeralContainers:[Container] hostAliases:[HostAlias] hostIPC hostNetwork hostPID hostUsers "
         "hostname hostnameOverride imagePullSecrets:[Reference] initContainers:[Container] nodeName nodeSelector os:PodOS "
         "overhead preemptionPolicy priority priorityClassName readinessGates resourceClaims resources:Resources "
         "restartPolicy runtimeClassName schedulerName schedulingGates securityContext:PodSecurityContext serviceAccount "
         "serviceAccountName setHostnameAsFQDN shareProcessNamespace subdomain terminationGracePeriodSeconds "
         "tolerations:[Toleration] topologySpreadConstraints volumes:[Volume]"},
        {"Affinity", "nodeAffinity podAffinity podAntiAffinity"},
        {"HostAlias", "hostnames ip"},
        {"Reference", "name"},
        {"PodOS", "name"},
        {"Toleration", "effect key operator tolerationSeconds value"},
        {"Container",
         "args command env:[EnvVar] envFrom:[EnvFrom] image imagePullPolicy lifecycle:Lifecycle livenessProbe:Probe name "
         "ports:[ContainerPort] readinessProbe:Probe resizePolicy resources:Resources restartPolicy restartPolicyRules "
         "securityContext:SecurityContext startupProbe:Probe stdin stdinOnce targetContainerName terminationMessagePath "
         "terminationMessagePolicy tty volumeDevices volumeMounts:[VolumeMount] workingDir"},
        {"EnvVar", "name value valueFrom:EnvSource"},
        {"EnvSource", "configMapKeyRef:KeyRef fieldRef fileKeyRef resourceFieldRef secretKeyRef:KeyRef"},
        {"EnvFrom", "configMapRef:OptionalRef prefix secretRef:OptionalRef"},
        {"KeyRef", "key name optional"},
        {"OptionalRef", "name optional"},
        {"ContainerPort", "containerPort hostIP hostPort name protocol"},
        {"Resources", "claims limits requests"},
        {"VolumeMount", "mountPath mountPropagation name readOnly recursiveReadOnly subPath subPathExpr"},
        {"Lifecycle", "postStart:Handler preStop:Handler stopSignal"},
        {"Handler", "exec:Exec httpGet:HTTPGet sleep tcpSocket:TCPSocket"},
        {"Probe",
         "exec:Exec failureThreshold grpc:GRPC httpGet:HTTPGet initialDelaySeconds periodSeconds successThreshold "
         "tcpSocket:TCPSocket terminationGracePeriodSeconds timeoutSeconds"},
        {"Exec", "command"},
        {"GRPC", "port service"},
        {"HTTPGet", "host httpHeaders path port scheme"},
        {"TCPSocket", "host port"},
        {"SecurityContext",
         "allowPrivilegeEscalation appArmorProfile:Profile capabilities:Capabilities privileged procMount "
         "readOnlyRootFilesystem runAsGroup runAsNonRoot runAsUser seLinuxOptions:SELinux seccompProfile:Profile "
         "windowsOptions:Windows"},
        {"PodSecurityContext",
         "appArmorProfile:Profile fsGroup fsGroupChangePolicy runAsGroup runAsNonRoot runAsUser seLinuxChangePolicy "
         "seLinuxOptions:SELinux seccompProfile:Profile supplementalGroups supplementalGroupsPolicy sysctls:[Sysctl] "
         "windowsOptions:Windows"},
        {"Profile", "localhostProfile type"},
        {"Capabilities", "add drop"},
        {"SELinux", "level role type user"},
        {"Windows", "gmsaCredentialSpec gmsaCredentialSpecName hostProcess runAsUserName"},
        {"Sysctl", "name value"},
        {"Volume",
         "awsElasticBlockStore azureDisk azureFile cephfs cinder configMap:ConfigMapSource csi:CSISource downwardAPI "
         "emptyDir:EmptyDir ephemeral fc flexVolume flocker gcePersistentDisk gitRepo glusterfs hostPath:HostPath image "
         "iscsi name nfs persistentVolumeClaim:ClaimSource photonPersistentDisk portworxVolume projected:Projected quobyte "
         "rbd scaleIO secret:SecretSource storageos vsphereVolume"},
        {"ConfigMapSource", "defaultMode items name optional"},
        {"CSISource", "driver fsType nodePublishSecretRef readOnly volumeAttributes"},
        {"EmptyDir", "medium sizeLimit"},
        {"HostPath", "path type"},
        {"ClaimSource", "claimName readOnly"},
        {"Projected", "defaultMode sources:[Projection]"},
        {"Projection", "clusterTrustBundle configMap downwardAPI podCertificate secret serviceAccountToken:TokenSource"},
        {"TokenSource", "audience expirationSeconds path"},
        {"SecretSource", "defaultMode items optional secretName"},

        {"Namespace", "apiVersion kind metadata:ObjectMeta spec status"},
        {"Secret", "apiVersion data immutable kind metadata:ObjectMeta stringData type"},
        {"ConfigMap", "apiVersion binaryData data immutable kind metadata:ObjectMeta"},
        {"ServiceAccount",
         "apiVersion automountServiceAccountToken imagePullSecrets:[Reference] kind metadata:ObjectMeta secrets"},
        {"Service", "apiVersion kind metadata:ObjectMeta spec:ServiceSpec status"},
        {"ServiceSpec",
         "allocateLoadBalancerNodePorts clusterIP clusterIPs externalIPs externalName externalTrafficPolicy "
         "healthCheckNodePort internalTrafficPolicy ipFamilies ipFamilyPolicy loadBalancerClass loadBalancerIP "
         "loadBalancerSourceRanges ports:[ServicePort] publishNotReadyAddresses selector sessionAffinity "
         "sessionAffinityConfig trafficDistribution type"},
        {"ServicePort", "appProtocol name nodePort port protocol targetPort"},
        {"Ingress", "apiVersion kind metadata:ObjectMeta spec:IngressSpec status"},
        {"IngressSpec", "backend defaultBackend ingressClassName rules:[IngressRule] tls:[IngressTLS]"},
        {"IngressRule", "host http"},
        {"IngressTLS", "hosts secretName"},
        {"NetworkPolicy", "apiVersion kind metadata:ObjectMeta spec:NetworkPolicySpec"},
        {"NetworkPolicySpec", "egress:[EgressRule] ingress:[IngressFrom] podSelector policyTypes"},
        {"EgressRule", "ports to"},
        {"IngressFrom", "from ports"},
        {"Role", "apiVersion kind metadata:ObjectMeta rules:[PolicyRule]"},
        {"ClusterRole", "aggregationRule apiVersion kind metadata:ObjectMeta rules:[PolicyRule]"},
        {"PolicyRule", "apiGroups nonResourceURLs resourceNames resources verbs"},
        {"RoleBinding", "apiVersion kind metadata:ObjectMeta roleRef:RoleRef subjects:[Subject]"},
        {"ClusterRoleBinding", "apiVersion kind metadata:ObjectMeta roleRef:RoleRef subjects:[Subject]"},
        {"RoleRef", "apiGroup kind name"},
        {"Subject", "apiGroup kind name namespace"},
};

/* Kinds whose type has their own name, by group. */
static const struct {
        const char *group;
        const char *kinds;
} kind_groups[] = {
        {"", "Namespace Secret ConfigMap ServiceAccount Service"},
        {"networking.k8s.io", "Ingress NetworkPolicy"},
        {"rbac.authorization.k8s.io", "Role ClusterRole RoleBinding ClusterRoleBinding"},
};

struct bw_rule_fields {
        struct bw_cel_type types[BW_ARRAY_SIZE(tables)];
};

const struct bw_cel_type *bw_rule_fields_type(const struct bw_rule_fields *fields, struct bw_str name)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(tables); i++)
                if (bw_str_eq(fields->types[i].name, name))
                        return &fields->types[i];
        return NULL;
}

/* The type behind the colon. */
static const struct bw_cel_type *field_type(struct bw_arena *arena, const struct bw_rule_fields *fields,
                                            struct bw_str text)
{
        const struct bw_cel_type *type;

        if (text.n == 0)
                return &bw_cel_dyn;
        if (text.p[0] != '[')
                return bw_rule_fields_type(fields, text);
        type = bw_rule_fields_type(fields, bw_str_n(text.p + 1, text.n - 2));
        return type ? bw_cel_type_list(arena, type) : NULL;
}

static int fill_type(struct bw_arena *arena, const struct bw_rule_fields *fields, struct bw_cel_type *type,
                     struct bw_str text)
{
        struct bw_cel_field *list;
        struct bw_str part;
        uint32_t n = 1;

        for (size_t i = 0; i < text.n; i++)
                n += text.p[i] == ' ';
        list = bw_arena_array(arena, n, sizeof(*list));
        if (!list)
                return -ENOMEM;
        for (uint32_t i = 0; bw_str_split(&text, ' ', &part); i++) {
                struct bw_str name = part;

                if (bw_str_find(part, BW_STR(":")) != SIZE_MAX)
                        (void)bw_str_split(&part, ':', &name);
                else
                        part = (struct bw_str){0};
                list[i] = (struct bw_cel_field){.name = name, .type = field_type(arena, fields, part)};
                if (!list[i].type)
                        return -ENOMEM;
        }
        type->fields = list;
        type->n_fields = n;
        return 0;
}

int bw_rule_fields_new(struct bw_arena *arena, const struct bw_rule_fields **ret)
{
        struct bw_rule_fields *fields = bw_arena_zalloc(arena, sizeof(*fields));

        if (!fields)
                return -ENOMEM;
        for (size_t i = 0; i < BW_ARRAY_SIZE(tables); i++)
                fields->types[i] = (struct bw_cel_type){.kind = BW_CEL_OBJECT, .name = bw_str(tables[i].name)};
        for (size_t i = 0; i < BW_ARRAY_SIZE(tables); i++)
                if (fill_type(arena, fields, &fields->types[i], bw_str(tables[i].fields)) < 0)
                        return -ENOMEM;
        *ret = fields;
        return 0;
}

const struct bw_cel_type *bw_rule_fields_kind(const struct bw_rule_fields *fields, struct bw_str group,
                                              struct bw_str kind)
{
        for (size_t i = 0; i < BW_ARRAY_SIZE(kind_groups); i++) {
                struct bw_str kinds = bw_str(kind_groups[i].kinds);
                struct bw_str name;

                if (!bw_str_is(group, kind_groups[i].group))
                        continue;
                while (bw_str_split(&kinds, ' ', &name))
                        if (bw_str_eq(name, kind))
                                return bw_rule_fields_type(fields, kind);
        }
        return &bw_cel_dyn;
}

const struct bw_cel_type *bw_rule_fields_at(const struct bw_cel_type *type, struct bw_path path, size_t *ret_at)
{
        for (size_t i = 0; i < path.n; i++) {
                const struct bw_segment *s = &path.segments[i];
                const struct bw_cel_type *next = NULL;

                if (type->kind != BW_CEL_OBJECT && type->kind != BW_CEL_LIST)
                        return &bw_cel_dyn;
                if (type->kind == BW_CEL_LIST && s->kind != BW_SEGMENT_KEY)
                        next = type->params[0];
                for (uint32_t k = 0; type->kind == BW_CEL_OBJECT && s->kind == BW_SEGMENT_KEY && k < type->n_fields; k++)
                        if (bw_str_eq(type->fields[k].name, bw_value_text(s->key)))
                                next = type->fields[k].type;
                if (!next) {
                        *ret_at = i;
                        return NULL;
                }
                type = next;
        }
        return type;
}
