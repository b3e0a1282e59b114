{{- define "csva.name" -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- end }}

{{/* Labels of an object: (list $ "web") */}}
{{- define "csva.selector" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: csv-analyzer
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{- define "csva.cost" -}}
team: {{ .Values.cost.team | quote }}
cost-center: {{ .Values.cost.center | quote }}
environment: {{ .Values.cost.environment | quote }}
{{- end }}

{{- define "csva.labels" -}}
{{- $root := index . 0 -}}
{{ include "csva.selector" . }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
app.kubernetes.io/part-of: csv-analyzer
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version }}
{{ include "csva.cost" $root }}
{{- end }}

{{/* Image of ours: (list $ overrides) where overrides has tag and digest */}}
{{- define "csva.image" -}}
{{- $root := index . 0 -}}
{{- $over := index . 1 -}}
{{- $digest := $over.digest | default (ternary "" $root.Values.image.digest (ne ($over.tag | default "") "")) -}}
{{- $tag := $over.tag | default $root.Values.image.tag | default $root.Chart.AppVersion -}}
{{- if $digest -}}
{{ $root.Values.image.repository }}@{{ $digest }}
{{- else -}}
{{ $root.Values.image.repository }}:{{ $tag }}
{{- end -}}
{{- end }}

{{/* What every pod has: no root, no rights (Pod Security "restricted"). */}}
{{- define "csva.podSecurity" -}}
runAsNonRoot: true
runAsUser: {{ . }}
runAsGroup: {{ . }}
fsGroup: {{ . }}
fsGroupChangePolicy: OnRootMismatch
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "csva.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}

{{- define "csva.claim" -}}
{{- .Values.storage.existingClaim | default (printf "%s-data" (include "csva.name" .)) -}}
{{- end }}

{{- define "csva.secretFolder" -}}
{{- ternary "/vault/secrets" "/run/secrets/csva" (eq .Values.secrets.source "agent") -}}
{{- end }}

{{/* Environment of our own containers. */}}
{{- define "csva.environment" -}}
{{- $folder := include "csva.secretFolder" . -}}
- {name: CSVA_DATA_DIR, value: /data}
- {name: CSVA_DATABASE_URL_FILE, value: {{ $folder }}/database_url}
{{- range .Values.secrets.files }}
- {name: {{ . }}_FILE, value: {{ $folder }}/{{ . | trimPrefix "CSVA_" | lower }}}
{{- end }}
- {name: CSVA_JOBS_LOCAL_WORKERS, value: "0"}
- {name: CSVA_ACCOUNTS_LOOPBACK_UPLOAD, value: "false"}
{{- if .Values.mlflow.enabled }}
- {name: CSVA_MLFLOW_TRACKING_URI, value: "http://{{ include "csva.name" . }}-mlflow:5000"}
{{- end }}
{{- if .Values.ingress.enabled }}
- {name: CSVA_HTTP_PUBLIC_URL, value: "https://{{ .Values.ingress.host }}"}
- {name: CSVA_HTTP_TRUSTED_PROXIES, value: {{ join "," .Values.ingress.proxyNetworks | quote }}}
- {name: CSVA_HTTP_ALLOWED_HOSTS, value: {{ printf "%s,%s,%s-web" .Values.ingress.host (include "csva.name" .) (include "csva.name" .) | quote }}}
{{- end }}
{{- range $name, $value := .Values.settings }}
- {name: {{ $name }}, value: {{ $value | quote }}}
{{- end }}
{{- end }}

{{- define "csva.mounts" -}}
- {name: data, mountPath: /data}
- {name: tmp, mountPath: /tmp}
{{- if ne .Values.secrets.source "agent" }}
- {name: secrets, mountPath: /run/secrets/csva, readOnly: true}
{{- end }}
{{- end }}

{{- define "csva.secretVolume" -}}
{{- if eq .Values.secrets.source "existing" }}
- name: secrets
  secret: {secretName: {{ .Values.secrets.name }}, defaultMode: 0440}
{{- else if eq .Values.secrets.source "csi" }}
- name: secrets
  csi:
    driver: secrets-store.csi.k8s.io
    readOnly: true
    volumeAttributes: {secretProviderClass: {{ include "csva.name" . }}-vault}
{{- end }}
{{- end }}

{{- define "csva.volumes" -}}
- name: data
  {{- if .Values.storage.ephemeral }}
  emptyDir: {sizeLimit: 4Gi}
  {{- else }}
  persistentVolumeClaim: {claimName: {{ include "csva.claim" . }}}
  {{- end }}
- name: tmp
  emptyDir: {medium: Memory, sizeLimit: 64Mi}
{{- include "csva.secretVolume" . | nindent 0 }}
{{- end }}

{{- define "csva.podAnnotations" -}}
{{- if eq .Values.secrets.source "agent" }}
vault.hashicorp.com/agent-inject: "true"
vault.hashicorp.com/agent-init-first: "true"
vault.hashicorp.com/role: {{ .Values.secrets.vault.role | quote }}
{{- range concat (list "database_url") (include "csva.secretKeys" . | fromJsonArray) }}
vault.hashicorp.com/agent-inject-secret-{{ . }}: {{ $.Values.secrets.vault.path | quote }}
vault.hashicorp.com/agent-inject-template-{{ . }}: |
  {{ printf `{{- with secret "%s" -}}{{ .Data.data.%s }}{{- end -}}` $.Values.secrets.vault.path . }}
{{- end }}
{{- end }}
{{- end }}

{{- define "csva.secretKeys" -}}
{{- $keys := list -}}
{{- range .Values.secrets.files }}{{- $keys = append $keys (. | trimPrefix "CSVA_" | lower) -}}{{- end -}}
{{- if .Values.copyFiles.enabled }}{{- $keys = concat $keys (list "second_access_key" "second_secret_key") -}}{{- end -}}
{{- toJson $keys -}}
{{- end }}

{{/* Spot nodes: taken when there are any, never waited for. */}}
{{- define "csva.spot" -}}
tolerations:
  - {key: {{ .Values.spot.taint.key }}, operator: Equal, value: {{ .Values.spot.taint.value | quote }}, effect: {{ .Values.spot.taint.effect }}}
affinity:
  nodeAffinity:
    preferredDuringSchedulingIgnoredDuringExecution:
      - weight: 100
        preference:
          matchExpressions:
            - {key: {{ .Values.spot.label.key }}, operator: In, values: [{{ .Values.spot.label.value | quote }}]}
{{- end }}

{{/* Brings the database to this version before anything else of the pod; many at once wait for one another. */}}
{{- define "csva.migrate" -}}
{{- $root := index . 0 -}}
- name: migrate
  image: {{ include "csva.image" . }}
  imagePullPolicy: {{ $root.Values.image.pullPolicy }}
  args: [migrate]
  env: {{- include "csva.environment" $root | nindent 4 }}
  securityContext: {{- include "csva.containerSecurity" $root | nindent 4 }}
  resources:
    requests: {cpu: 50m, memory: 128Mi, ephemeral-storage: 64Mi}
    limits: {cpu: "1", memory: 256Mi, ephemeral-storage: 256Mi}
  volumeMounts: {{- include "csva.mounts" $root | nindent 4 }}
{{- end }}
