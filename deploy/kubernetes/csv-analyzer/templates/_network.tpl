{{- define "csva.policyHead" -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  namespace: {{ (index . 0).Release.Namespace }}
  name: {{ include "csva.name" (index . 0) }}-{{ index . 1 }}
  labels: {{- include "csva.labels" . | nindent 4 }}
spec:
  podSelector:
    matchLabels: {{- include "csva.selector" . | nindent 6 }}
{{- end }}
{{- define "csva.toNames" -}}
- to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}, podSelector: {matchLabels: {k8s-app: kube-dns}}}]
  ports: [{protocol: UDP, port: 53}, {protocol: TCP, port: 53}]
{{- end }}
{{- define "csva.toStores" -}}
{{ include "csva.toNames" . }}
{{- if .Values.postgresql.enabled }}
- to: [{podSelector: {matchLabels: {app.kubernetes.io/instance: {{ .Release.Name }}, app.kubernetes.io/component: postgresql}}}]
  ports: [{protocol: TCP, port: 5432}]
{{- else }}
- to: [{ipBlock: {cidr: {{ .Values.networkPolicy.databaseCidr }}}}]
  ports: [{protocol: TCP, port: 5432}]
{{- end }}
{{- with .Values.networkPolicy.bucketCidr }}
- to: [{ipBlock: {cidr: {{ . }}}}]
  ports: [{protocol: TCP, port: 443}]
{{- end }}
{{- if eq .Values.secrets.source "agent" }}
- to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: vault}}}]
  ports: [{protocol: TCP, port: 8200}]
{{- end }}
{{- end }}
