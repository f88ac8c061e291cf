/* SPDX-License-Identifier: Apache-2.0 */
#include "rule/fields_internal.h"

const struct rule_field_table rule_field_tables[] = {
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
        {"Pod", "apiVersion kind metadata:ObjectMeta spec:PodSpec status"},
        {"PodTemplateSpec", "metadata:ObjectMeta spec:PodSpec"},
        {"PodTemplate", "apiVersion kind metadata:ObjectMeta template:PodTemplateSpec"},
        {"ReplicationController", "apiVersion kind metadata:ObjectMeta spec:ReplicationControllerSpec status"},
        {"ReplicationControllerSpec", "minReadySeconds replicas selector template:PodTemplateSpec"},
        {"LimitRange", "apiVersion kind metadata:ObjectMeta spec:LimitRangeSpec"},
        {"LimitRangeSpec", "limits:[LimitRangeItem]"},
        {"LimitRangeItem", "default defaultRequest max maxLimitRequestRatio min type"},
        {"ResourceQuota", "apiVersion kind metadata:ObjectMeta spec:ResourceQuotaSpec status"},
        {"ResourceQuotaSpec", "hard scopeSelector scopes"},
        {"PersistentVolume", "apiVersion kind metadata:ObjectMeta spec:PersistentVolumeSpec status"},
        {"PersistentVolumeSpec",
         "accessModes awsElasticBlockStore azureDisk azureFile capacity cephfs cinder claimRef csi fc flexVolume "
         "flocker gcePersistentDisk glusterfs hostPath:HostPath iscsi local mountOptions nfs nodeAffinity "
         "persistentVolumeReclaimPolicy photonPersistentDisk portworxVolume quobyte rbd scaleIO storageClassName "
         "storageos volumeAttributesClassName volumeMode vsphereVolume"},
        {"PersistentVolumeClaim", "apiVersion kind metadata:ObjectMeta spec:PersistentVolumeClaimSpec status"},
        {"PersistentVolumeClaimSpec",
         "accessModes dataSource dataSourceRef resources:ClaimResources selector storageClassName "
         "volumeAttributesClassName volumeMode volumeName"},
        {"ClaimResources", "limits requests"},
        {"Node", "apiVersion kind metadata:ObjectMeta spec:NodeSpec status"},
        {"NodeSpec", "configSource externalID podCIDR podCIDRs podPreemptionPolicy providerID taints unschedulable"},
        {"Endpoints", "apiVersion kind metadata:ObjectMeta subsets:[EndpointSubset]"},
        {"EndpointSubset", "addresses notReadyAddresses ports"},

        {"Deployment", "apiVersion kind metadata:ObjectMeta spec:DeploymentSpec status"},
        {"DeploymentSpec",
         "minReadySeconds paused progressDeadlineSeconds replicas revisionHistoryLimit rollbackTo selector "
         "strategy:UpdateStrategy template:PodTemplateSpec"},
        {"UpdateStrategy", "rollingUpdate type"},
        {"StatefulSet", "apiVersion kind metadata:ObjectMeta spec:StatefulSetSpec status"},
        {"StatefulSetSpec",
         "minReadySeconds ordinals persistentVolumeClaimRetentionPolicy podManagementPolicy replicas "
         "revisionHistoryLimit selector serviceName template:PodTemplateSpec updateStrategy:UpdateStrategy "
         "volumeClaimTemplates:[PersistentVolumeClaim]"},
        {"DaemonSet", "apiVersion kind metadata:ObjectMeta spec:DaemonSetSpec status"},
        {"DaemonSetSpec",
         "minReadySeconds revisionHistoryLimit selector template:PodTemplateSpec templateGeneration "
         "updateStrategy:UpdateStrategy"},
        {"ReplicaSet", "apiVersion kind metadata:ObjectMeta spec:ReplicaSetSpec status"},
        {"ReplicaSetSpec", "minReadySeconds replicas selector template:PodTemplateSpec"},
        {"Job", "apiVersion kind metadata:ObjectMeta spec:JobSpec status"},
        {"JobSpec",
         "activeDeadlineSeconds backoffLimit backoffLimitPerIndex completionMode completions managedBy "
         "manualSelector maxFailedIndexes parallelism podFailurePolicy podReplacementPolicy scheduling selector "
         "successPolicy suspend template:PodTemplateSpec ttlSecondsAfterFinished"},
        {"CronJob", "apiVersion kind metadata:ObjectMeta spec:CronJobSpec status"},
        {"CronJobSpec",
         "concurrencyPolicy failedJobsHistoryLimit jobTemplate:JobTemplateSpec schedule startingDeadlineSeconds "
         "successfulJobsHistoryLimit suspend timeZone"},
        {"JobTemplateSpec", "metadata:ObjectMeta spec:JobSpec"},
        {"HorizontalPodAutoscaler", "apiVersion kind metadata:ObjectMeta spec:HorizontalPodAutoscalerSpec status"},
        {"HorizontalPodAutoscalerSpec",
         "behavior maxReplicas metrics minReplicas scaleTargetRef:ScaleTargetRef targetCPUUtilizationPercentage"},
        {"ScaleTargetRef", "apiVersion kind name"},
        {"PodDisruptionBudget", "apiVersion kind metadata:ObjectMeta spec:PodDisruptionBudgetSpec status"},
        {"PodDisruptionBudgetSpec", "maxUnavailable minAvailable selector unhealthyPodEvictionPolicy"},
        {"PodSecurityPolicy", "apiVersion kind metadata:ObjectMeta spec:PodSecurityPolicySpec"},
        {"PodSecurityPolicySpec",
         "allowPrivilegeEscalation allowedCSIDrivers allowedCapabilities allowedFlexVolumes "
         "allowedHostPaths:[AllowedHostPath] allowedProcMountTypes allowedUnsafeSysctls defaultAddCapabilities "
         "defaultAllowPrivilegeEscalation forbiddenSysctls fsGroup:IDStrategy hostIPC hostNetwork hostPID hostPorts "
         "privileged readOnlyRootFilesystem requiredDropCapabilities runAsGroup:IDStrategy runAsUser:IDStrategy "
         "runtimeClass seLinux supplementalGroups:IDStrategy volumes"},
        {"AllowedHostPath", "pathPrefix readOnly"},
        {"IDStrategy", "ranges rule"},

        {"Ingress", "apiVersion kind metadata:ObjectMeta spec:IngressSpec status"},
        {"IngressSpec",
         "backend:IngressBackend defaultBackend:IngressBackend ingressClassName rules:[IngressRule] "
         "tls:[IngressTLS]"},
        {"IngressRule", "host http:IngressHTTP"},
        {"IngressHTTP", "paths:[IngressPath]"},
        {"IngressPath", "backend:IngressBackend path pathType"},
        {"IngressBackend", "resource service:IngressService serviceName servicePort"},
        {"IngressService", "name port"},
        {"IngressTLS", "hosts secretName"},
        {"IngressClass", "apiVersion kind metadata:ObjectMeta spec:IngressClassSpec"},
        {"IngressClassSpec", "controller parameters"},
        {"NetworkPolicy", "apiVersion kind metadata:ObjectMeta spec:NetworkPolicySpec status"},
        {"NetworkPolicySpec", "egress:[EgressRule] ingress:[IngressFrom] podSelector policyTypes"},
        {"EgressRule", "ports:[PolicyPort] to:[PolicyPeer]"},
        {"IngressFrom", "from:[PolicyPeer] ports:[PolicyPort]"},
        {"PolicyPeer", "ipBlock:IPBlock namespaceSelector podSelector"},
        {"IPBlock", "cidr except"},
        {"PolicyPort", "endPort port protocol"},
        {"EndpointSlice", "addressType apiVersion endpoints:[Endpoint] kind metadata:ObjectMeta ports"},
        {"Endpoint", "addresses conditions deprecatedTopology hints hostname nodeName targetRef zone"},
        {"Gateway", "apiVersion kind metadata:ObjectMeta spec:GatewaySpec status"},
        {"GatewaySpec",
         "addresses allowedListeners backendTLS defaultScope gatewayClassName infrastructure "
         "listeners:[GatewayListener] tls"},
        {"GatewayListener", "allowedRoutes hostname name port protocol tls:GatewayTLS"},
        {"GatewayTLS", "certificateRefs frontendValidation mode options"},
        {"HTTPRoute", "apiVersion kind metadata:ObjectMeta spec:HTTPRouteSpec status"},
        {"HTTPRouteSpec", "hostnames parentRefs rules:[HTTPRouteRule] useDefaultGateways"},
        {"HTTPRouteRule", "backendRefs filters matches name retry sessionPersistence timeouts"},

        {"Role", "apiVersion kind metadata:ObjectMeta rules:[PolicyRule]"},
        {"ClusterRole", "aggregationRule apiVersion kind metadata:ObjectMeta rules:[PolicyRule]"},
        {"PolicyRule", "apiGroups nonResourceURLs resourceNames resources verbs"},
        {"RoleBinding", "apiVersion kind metadata:ObjectMeta roleRef:RoleRef subjects:[Subject]"},
        {"ClusterRoleBinding", "apiVersion kind metadata:ObjectMeta roleRef:RoleRef subjects:[Subject]"},
        {"RoleRef", "apiGroup kind name"},
        {"Subject", "apiGroup kind name namespace"},

        {"ValidatingWebhookConfiguration", "apiVersion kind metadata:ObjectMeta webhooks:[Webhook]"},
        {"MutatingWebhookConfiguration", "apiVersion kind metadata:ObjectMeta webhooks:[Webhook]"},
        {"Webhook",
         "admissionReviewVersions clientConfig:WebhookClient failurePolicy matchConditions matchPolicy name "
         "namespaceSelector objectSelector reinvocationPolicy rules:[WebhookRule] sideEffects timeoutSeconds"},
        {"WebhookClient", "caBundle service:ServiceReference url"},
        {"ServiceReference", "name namespace path port"},
        {"WebhookRule", "apiGroups apiVersions operations resources scope"},
        {"ValidatingAdmissionPolicy", "apiVersion kind metadata:ObjectMeta spec:ValidatingAdmissionPolicySpec status"},
        {"ValidatingAdmissionPolicySpec",
         "auditAnnotations failurePolicy matchConditions matchConstraints:MatchResources paramKind "
         "validations:[Validation] variables"},
        {"Validation", "expression message messageExpression reason"},
        {"MatchResources",
         "excludeResourceRules:[NamedRule] matchPolicy namespaceSelector objectSelector resourceRules:[NamedRule]"},
        {"NamedRule", "apiGroups apiVersions operations resourceNames resources scope"},
        {"ValidatingAdmissionPolicyBinding",
         "apiVersion kind metadata:ObjectMeta spec:ValidatingAdmissionPolicyBindingSpec status"},
        {"ValidatingAdmissionPolicyBindingSpec", "matchResources:MatchResources paramRef policyName validationActions"},
        {"APIService", "apiVersion kind metadata:ObjectMeta spec:APIServiceSpec status"},
        {"APIServiceSpec",
         "caBundle group groupPriorityMinimum insecureSkipTLSVerify service:ServiceReference version "
         "versionPriority"},
        {"CustomResourceDefinition", "apiVersion kind metadata:ObjectMeta spec:CustomResourceDefinitionSpec status"},
        {"CustomResourceDefinitionSpec",
         "additionalPrinterColumns conversion group names preserveUnknownFields scope subresources validation "
         "version versions"},
        {"StorageClass",
         "allowVolumeExpansion allowedTopologies apiVersion kind metadata:ObjectMeta mountOptions parameters "
         "provisioner reclaimPolicy volumeBindingMode"},
        {"PriorityClass", "apiVersion description globalDefault kind metadata:ObjectMeta preemptionPolicy value"},
        {"RuntimeClass", "apiVersion handler kind metadata:ObjectMeta overhead scheduling spec"},
        {"CertificateSigningRequest", "apiVersion kind metadata:ObjectMeta spec:CertificateSigningRequestSpec status"},
        {"CertificateSigningRequestSpec", "expirationSeconds extra groups request signerName uid usages username"},
};
const size_t rule_n_field_tables = BW_ARRAY_SIZE(rule_field_tables);

const struct rule_kind_names rule_kind_names[] = {
        {"", "ConfigMap Endpoints LimitRange Namespace Node PersistentVolume PersistentVolumeClaim Pod PodTemplate "
             "ReplicationController ResourceQuota Secret Service ServiceAccount"},
        {"admissionregistration.k8s.io", "MutatingWebhookConfiguration ValidatingAdmissionPolicy "
                                         "ValidatingAdmissionPolicyBinding ValidatingWebhookConfiguration"},
        {"apiextensions.k8s.io", "CustomResourceDefinition"},
        {"apiregistration.k8s.io", "APIService"},
        {"apps", "DaemonSet Deployment ReplicaSet StatefulSet"},
        {"autoscaling", "HorizontalPodAutoscaler"},
        {"batch", "CronJob Job"},
        {"certificates.k8s.io", "CertificateSigningRequest"},
        {"discovery.k8s.io", "EndpointSlice"},
        {"extensions", "DaemonSet Deployment Ingress NetworkPolicy PodSecurityPolicy ReplicaSet"},
        {"gateway.networking.k8s.io", "Gateway HTTPRoute"},
        {"networking.k8s.io", "Ingress IngressClass NetworkPolicy"},
        {"node.k8s.io", "RuntimeClass"},
        {"policy", "PodDisruptionBudget PodSecurityPolicy"},
        {"rbac.authorization.k8s.io", "ClusterRole ClusterRoleBinding Role RoleBinding"},
        {"scheduling.k8s.io", "PriorityClass"},
        {"storage.k8s.io", "StorageClass"},
};
const size_t rule_n_kind_names = BW_ARRAY_SIZE(rule_kind_names);
