{{/* MLflow, Prometheus, Alertmanager and Grafana: one Deployment, Service and claim each. */}}
{{- define "csva.companion" -}}
{{- $root := index . 0 -}}
{{- $part := index . 1 -}}
{{- $of := index . 2 -}}
{{- $values := index $root.Values $part -}}
{{- $name := printf "%s-%s" (include "csva.name" $root) $part -}}
apiVersion: v1
kind: Service
metadata:
  namespace: {{ $root.Release.Namespace }}
  name: {{ $name }}
  labels: {{- include "csva.labels" (list $root $part) | nindent 4 }}
spec:
  selector: {{- include "csva.selector" (list $root $part) | nindent 4 }}
  ports:
    - {name: http, port: {{ $of.port }}, targetPort: http, protocol: TCP}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  namespace: {{ $root.Release.Namespace }}
  name: {{ $name }}
  labels: {{- include "csva.labels" (list $root $part) | nindent 4 }}
spec:
  accessModes: [ReadWriteOnce]
  {{- with $values.class }}
  storageClassName: {{ . }}
  {{- end }}
  resources:
    requests: {storage: {{ $values.size }}}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  namespace: {{ $root.Release.Namespace }}
  name: {{ $name }}
  labels: {{- include "csva.labels" (list $root $part) | nindent 4 }}
spec:
  replicas: 1
  # One volume, one writer.
  strategy: {type: Recreate}
  selector:
    matchLabels: {{- include "csva.selector" (list $root $part) | nindent 6 }}
  template:
    metadata:
      labels: {{- include "csva.labels" (list $root $part) | nindent 8 }}
      annotations:
        csva/configuration: {{ $of.mark | default "none" | sha256sum | trunc 16 | quote }}
    spec:
      automountServiceAccountToken: false
      securityContext: {{- include "csva.podSecurity" $of.user | nindent 8 }}
      containers:
        - name: {{ $part }}
          image: {{ $values.image }}
          imagePullPolicy: {{ $root.Values.image.pullPolicy }}
          {{- with $of.command }}
          command: {{- toYaml . | nindent 12 }}
          {{- end }}
          {{- with $of.args }}
          args: {{- toYaml . | nindent 12 }}
          {{- end }}
          {{- with $of.env }}
          env: {{- toYaml . | nindent 12 }}
          {{- end }}
          ports:
            - {name: http, containerPort: {{ $of.port }}, protocol: TCP}
          securityContext: {{- include "csva.containerSecurity" $root | nindent 12 }}
          resources: {{- toYaml $values.resources | nindent 12 }}
          startupProbe:
            httpGet: {path: {{ $of.health }}, port: http}
            periodSeconds: 5
            failureThreshold: 36
          readinessProbe:
            httpGet: {path: {{ $of.health }}, port: http}
            periodSeconds: 10
          livenessProbe:
            tcpSocket: {port: http}
            periodSeconds: 30
            failureThreshold: 4
          volumeMounts:
            - {name: data, mountPath: {{ $of.data }}}
            - {name: tmp, mountPath: /tmp}
            {{- range $of.mounts }}
            - {{- toYaml . | nindent 14 }}
            {{- end }}
      volumes:
        - {name: data, persistentVolumeClaim: {claimName: {{ $name }}}}
        - {name: tmp, emptyDir: {sizeLimit: 512Mi}}
        {{- range $of.volumes }}
        - {{- toYaml . | nindent 10 }}
        {{- end }}
{{- end }}
