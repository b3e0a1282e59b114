{{- define "csva.workerPod" -}}
{{- $root := index . 0 -}}
{{- $arguments := index . 1 -}}
{{- $component := index . 2 -}}
serviceAccountName: {{ include "csva.name" $root }}
automountServiceAccountToken: {{ ne $root.Values.secrets.source "existing" }}
terminationGracePeriodSeconds: {{ $root.Values.worker.terminationGracePeriodSeconds }}
securityContext: {{- include "csva.podSecurity" 65532 | nindent 2 }}
{{- with $root.Values.image.pullSecrets }}
imagePullSecrets: {{- range . }}
  - name: {{ . }}
{{- end }}
{{- end }}
{{- if $root.Values.spot.enabled }}
{{ include "csva.spot" $root }}
    {{- if eq $component "worker" }}
  podAntiAffinity:
    preferredDuringSchedulingIgnoredDuringExecution:
      - weight: 50
        podAffinityTerm:
          topologyKey: kubernetes.io/hostname
          labelSelector:
            matchLabels: {{- include "csva.selector" (list $root $component) | nindent 14 }}
    {{- end }}
{{- else }}
affinity:
  podAntiAffinity:
    preferredDuringSchedulingIgnoredDuringExecution:
      - weight: 50
        podAffinityTerm:
          topologyKey: kubernetes.io/hostname
          labelSelector:
            matchLabels: {{- include "csva.selector" (list $root $component) | nindent 14 }}
{{- with $root.Values.worker.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- with $root.Values.worker.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
initContainers: {{- include "csva.migrate" (list $root dict) | nindent 2 }}
containers:
  - name: worker
    image: {{ include "csva.image" (list $root dict) }}
    imagePullPolicy: {{ $root.Values.image.pullPolicy }}
    args: {{- toYaml $arguments | nindent 6 }}
    env: {{- include "csva.environment" $root | nindent 6 }}
    securityContext: {{- include "csva.containerSecurity" $root | nindent 6 }}
    resources: {{- toYaml $root.Values.worker.resources | nindent 6 }}
    {{- if eq $component "worker" }}
    # A worker without a database waits for it and takes jobs again: not ready, but never restarted for that.
    readinessProbe:
      exec: {command: [/usr/bin/csva, health, --database]}
      periodSeconds: 30
      timeoutSeconds: 10
    {{- end }}
    volumeMounts: {{- include "csva.mounts" $root | nindent 6 }}
volumes: {{- include "csva.volumes" $root | nindent 2 }}
{{- end }}
