#!/usr/bin/env bash
# The chart against a real kube-apiserver: every object of every file of values by server-side dry-run under Pod Security "restricted", what
# must be refused, install, upgrade and rollback; with the real controller-manager and scheduler, and kwok's make-believe nodes and
# pods: a rolling update, an eviction that the PodDisruptionBudget refuses, Jobs from the CronJobs' templates. No container runs.
set -euo pipefail
PATH=$PATH:$OPS_DIR/bin
# shellcheck source=tests/ops/cluster.sh
source tests/ops/cluster.sh
for name in kube-apiserver etcd kubectl; do
    command -v $name >/dev/null || { echo "$name is not here: the whole part is left out"; exit 0; }
done
work=$(mktemp -d /var/tmp/csva-cluster.XXXXXX)
running=()
# Nothing of it is kept, so nobody needs time to end well.
trap '{ kill -9 "${running[@]}"; wait; } 2>/dev/null; rm -rf "$work"' EXIT
export KUBECONFIG=$work/kubeconfig
start() { local log=$1; shift; "$@" >"$work/$log.log" 2>&1 & running+=($!); }

openssl genrsa -out "$work/sa.key" 2048 2>/dev/null
token=$(openssl rand -hex 16)
echo "$token,admin,admin,system:masters" >"$work/tokens.csv"
printf 'apiVersion: v1\nkind: Config\nclusters: [{name: c, cluster: {server: "https://127.0.0.1:16443", insecure-skip-tls-verify: true}}]\nusers: [{name: u, user: {token: %s}}]\ncontexts: [{name: x, context: {cluster: c, user: u}}]\ncurrent-context: x\n' "$token" >"$KUBECONFIG"
start etcd etcd --data-dir "$work/etcd" --listen-client-urls http://127.0.0.1:12379 --advertise-client-urls http://127.0.0.1:12379 \
    --listen-peer-urls http://127.0.0.1:12380 --initial-advertise-peer-urls http://127.0.0.1:12380 --initial-cluster default=http://127.0.0.1:12380
# Debian's etcd lacks what streamed lists need: with them kwok's watches break, and it looks after its pods once a minute.
start api kube-apiserver --etcd-servers=http://127.0.0.1:12379 --bind-address=127.0.0.1 --advertise-address=127.0.0.1 --secure-port=16443 \
    --cert-dir="$work/certs" --service-account-issuer=https://kubernetes.default.svc --service-account-key-file="$work/sa.key" \
    --service-account-signing-key-file="$work/sa.key" --service-cluster-ip-range=10.96.0.0/16 --authorization-mode=RBAC \
    --token-auth-file="$work/tokens.csv" --endpoint-reconciler-type=none --audit-policy-file=deploy/kubernetes/audit/policy.yaml \
    --audit-log-path="$work/audit.log" --feature-gates=WatchList=false
began=$SECONDS
for _ in $(seq 300); do kubectl get --raw /readyz >/dev/null 2>&1 && break; sleep 0.2; done
echo "kube-apiserver $(kubectl version -o json | jq -r .serverVersion.gitVersion) ready after $((SECONDS - began)) s, with deploy/kubernetes/audit/policy.yaml"
mapfile -t files < <(crds)
for file in "${files[@]}"; do kubectl apply --server-side -f "$file" >/dev/null; done
kubectl create namespace csva >/dev/null
kubectl label namespace csva pod-security.kubernetes.io/enforce=restricted pod-security.kubernetes.io/warn=restricted >/dev/null
kubectl wait --for condition=established --timeout=60s crd --all >/dev/null

for values in "$CHART"/ci/*-values.yaml; do
    name=$(basename "$values" -values.yaml)
    render "$values" "$work/$name.yaml"
    kubectl apply --server-side --dry-run=server --validate=strict -n csva -f "$work/$name.yaml" >"$work/said" 2>"$work/warned" || { cat "$work/warned"; exit 1; }
    if grep -i warning "$work/warned"; then echo "$name: warnings" && exit 1; fi
    echo "dry-run by the server: $name, $(wc -l <"$work/said") objects, no warning of Pod Security restricted"
done
refused() {
    local why=$1
    if kubectl apply --server-side --dry-run=server --validate=strict -n csva -f - >"$work/said" 2>&1; then cat "$work/said" && echo "not refused: $why" && exit 1; fi
    echo "refused by the server: $why"
}
sed 's/minReplicas/minReplica/' "$work/everything.yaml" | refused "a field misspelt (minReplica)"
sed '0,/^kind: ServiceMonitor/!{0,/  endpoints:/s/  endpoints:/  endpoint:/}' "$work/everything.yaml" | refused "a field misspelt in a ServiceMonitor"
refused "a privileged pod, by Pod Security" <<'YAML'
apiVersion: v1
kind: Pod
metadata: {name: bad}
spec: {containers: [{name: a, image: "a:1", securityContext: {privileged: true}}]}
YAML
[ "$(kubectl auth can-i --list -n csva --as=system:serviceaccount:csva:csva -o name 2>/dev/null | grep -c -i secrets || true)" = 0 ]
for verb in get list watch create; do
    [ "$(kubectl auth can-i $verb secrets -n csva --as=system:serviceaccount:csva:csva 2>/dev/null || true)" = no ] ||
        { echo "the account of the pods may $verb secrets" && exit 1; }
done
echo "the account of the pods may not get, list, watch or create secrets"

for name in kube-controller-manager kube-scheduler kwok; do
    command -v $name >/dev/null || { echo "$name is not here: install, upgrade and what follows are left out"; exit 0; }
done
start manager kube-controller-manager --kubeconfig="$KUBECONFIG" --service-account-private-key-file="$work/sa.key" \
    --use-service-account-credentials=false --leader-elect=false --bind-address=127.0.0.1 --secure-port=16457 --cert-dir="$work/manager"
start scheduler kube-scheduler --kubeconfig="$KUBECONFIG" --leader-elect=false --bind-address=127.0.0.1 --secure-port=16459 --cert-dir="$work/scheduler"
for node in steady-1 steady-2 spot-1; do
    taints='[]'
    [ $node != spot-1 ] || taints='[{key: spot, value: "true", effect: NoSchedule}]'
    kubectl apply -f - >/dev/null <<YAML
apiVersion: v1
kind: Node
metadata: {name: $node, annotations: {kwok.x-k8s.io/node: fake}, labels: {kubernetes.io/hostname: $node, node.kubernetes.io/lifecycle: ${node%-*}}}
spec: {taints: $taints}
status: {allocatable: {cpu: "16", memory: 64Gi, pods: "110", ephemeral-storage: 500Gi}, capacity: {cpu: "16", memory: 64Gi, pods: "110", ephemeral-storage: 500Gi}}
YAML
done
stages=$(module sigs.k8s.io/kwok@v0.8.0)/kustomize/stage
for file in "$stages"/node/fast/node-initialize.yaml "$stages"/pod/fast/pod-{ready,complete,delete}.yaml; do echo ---; cat "$file"; done >"$work/stages.yaml"
start kwok kwok --config "$work/stages.yaml" --node-lease-duration-seconds=40 --kubeconfig="$KUBECONFIG" --manage-all-nodes=false \
    --manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake --node-ip=127.0.0.1
for _ in $(seq 200); do [ "$(kubectl get nodes --no-headers 2>/dev/null | grep -c ' Ready')" = 3 ] && break; sleep 0.5; done
echo "3 make-believe nodes ready, one of them spot"
# A volume for the backups, which no provisioner brings here.
kubectl apply -f - >/dev/null <<YAML
apiVersion: v1
kind: PersistentVolume
metadata: {name: backups}
spec: {capacity: {storage: 50Gi}, accessModes: [ReadWriteOnce], hostPath: {path: /nowhere}}
YAML
values=(-n csva --wait --timeout 240s --set storage.ephemeral=true --set 'secrets.files={CSVA_JOURNAL_KEY}' --set web.autoscaling.enabled=false --set worker.autoscaling.enabled=false
    --set spot.enabled=true --set batch.enabled=true --set backup.enabled=true --set worker.replicas=2
    --set copyFiles.enabled=true --set copyFiles.endpoint=https://second.example.org)
helm_() { helm "$@" 2> >(grep -v 'symbolic link' >&2); }
helm_ upgrade --install csva "$CHART" "${values[@]}" | grep -E 'STATUS|REVISION' | tr '\n' ' '
echo
kubectl get pods -n csva -o custom-columns=COMPONENT:.metadata.labels.app\\.kubernetes\\.io/component,NODE:.spec.nodeName,PHASE:.status.phase --no-headers | sort | uniq -c
began=$SECONDS
helm_ upgrade csva "$CHART" "${values[@]}" --set image.tag=0.1.1 | grep -E 'STATUS|REVISION' | tr '\n' ' '
kubectl -n csva rollout status deployment csva-web --timeout=240s | tail -n 1
echo "rolling update in $((SECONDS - began)) s: $(kubectl -n csva get deployment csva-web -o jsonpath='{.spec.template.spec.containers[0].image}')"
helm_ rollback csva 1 -n csva --wait --timeout 240s
echo "rolled back: $(kubectl -n csva get deployment csva-web -o jsonpath='{.spec.template.spec.containers[0].image}')"
helm history csva -n csva 2>/dev/null | tail -n +2 | awk -F'\t' '{print "  revision" $1 "," $3 "," $6}'

# The deploy workflow's step as it is, with a real Alertmanager: first a tenth of the requests, then all; while an alert fires it goes back.
if command -v prometheus-alertmanager >/dev/null; then
    printf 'route: {receiver: none}\nreceivers: [{name: none}]\n' >"$work/alertmanager.yml"
    start alertmanager prometheus-alertmanager --config.file="$work/alertmanager.yml" --storage.path="$work/alertmanager" --cluster.listen-address= \
        --web.listen-address=127.0.0.1:15094
    export ALERTMANAGER_URL=http://127.0.0.1:15094 WATCH_S=2 WATCH_EVERY_S=1 TIMEOUT=240s IMAGE=ghcr.io/csv-analyzer/csva
    for _ in $(seq 50); do curl -fs $ALERTMANAGER_URL/-/ready >/dev/null && break; sleep 0.2; done
    state() { kubectl get nodes -o wide; kubectl -n csva get deployments,replicasets,pods -o wide; kubectl -n csva get events | tail -n 30; tail -n 3 "$work"/{manager,scheduler,kwok}.log; }
    deploy() { DIGEST=$(printf 'sha256:%064d' "$2") tools/ci/deploy.sh "$1" 2>"$work/said" | tail -n 1; }
    # shellcheck disable=SC2016
    run_by() { kubectl -n csva get deployments -o json | jq -r '.items[] | select(.metadata.name | startswith("csva-web")) | .metadata.name + " " + (.spec.template.spec.containers[0].image | sub("0{60}"; "..."))' | sort | paste -sd ';'; }
    deploy canary 1
    echo "  $(run_by)"
    deploy all 1
    echo "  $(run_by)"
    deploy canary 2
    echo "  $(run_by)"
    alert() { amtool --alertmanager.url=$ALERTMANAGER_URL alert add CsvaServerErrors severity=critical job=csva "$@"; }
    went_back() {
        grep -v 'symbolic link' "$work/said" | sed "s/^/$1: /"
        echo "  $(run_by); workers $(kubectl -n csva get deployment csva-worker -o jsonpath='{.spec.template.spec.containers[0].image}' | sed -E 's/0{60}/.../')"
        [ "$(run_by)" = "csva-web $IMAGE@sha256:...0001" ] || { echo "the bad version still serves" && state && exit 1; }
        kubectl -n csva get deployment csva-worker -o jsonpath='{.spec.template.spec.containers[0].image}' | grep -q '0001$'
        [ "$(kubectl -n csva get all,ingresses -l track=canary -o name)" = "" ]
        [ "$(helm history csva -n csva -o json 2>/dev/null | jq -r '.[-1] | .status')" = deployed ]
    }
    # First with the bad version as the canary already, then without any.
    alert
    for step in all canary; do
        if deploy $step 2; then echo "an alert was not seen" && exit 1; fi
        went_back $step
    done
    alert --end="$(date -u +%FT%TZ)"
    # Nodes that take no pod any more: the former version is not ready in time, which must not keep the bad one in place.
    deploy canary 2
    (if TIMEOUT=60s WATCH_S=300 deploy all 2; then echo "it did not end with an error" >"$work/ended"; fi) &
    deploying=$!
    for _ in $(seq 240); do [ "$(run_by)" = "csva-web $IMAGE@sha256:...0002" ] && helm status csva -n csva -o json 2>/dev/null | jq -e '.info.status == "deployed"' >/dev/null && break; sleep 0.5; done
    kubectl cordon steady-1 steady-2 spot-1 >/dev/null
    alert
    wait $deploying
    [ ! -e "$work/ended" ] || { cat "$work/ended"; exit 1; }
    went_back "all, without room"
    kubectl uncordon steady-1 steady-2 spot-1 >/dev/null
    kubectl -n csva rollout status deployment csva-web --timeout=120s | tail -n 1
fi

evict() { kubectl create --raw "/api/v1/namespaces/csva/pods/$1/eviction" -f - <<<"{\"apiVersion\":\"policy/v1\",\"kind\":\"Eviction\",\"metadata\":{\"name\":\"$1\",\"namespace\":\"csva\"}}" 2>&1; }
kubectl -n csva scale deployment csva-web --replicas=1 >/dev/null
staying() { kubectl -n csva get pods -l app.kubernetes.io/component=web -o json | jq -r '.items[] | select(.metadata.deletionTimestamp == null) | .metadata.name'; }
for _ in $(seq 120); do [ "$(staying | wc -l)" = 1 ] && break; sleep 0.5; done
for _ in $(seq 60); do [ "$(kubectl -n csva get pdb csva-web -o jsonpath='{.status.currentHealthy}')" = 1 ] && break; sleep 0.5; done
if evict "$(staying)" >"$work/said"; then echo "the eviction was not refused" && exit 1; fi
grep 'disruption budget' "$work/said"

for job in batch backup retention restore-test copy-files; do kubectl -n csva create job --from=cronjob/csva-$job "try-$job" >/dev/null; done
for _ in $(seq 120); do
    pods=$(kubectl -n csva get pods --no-headers | grep '^try-' || true)
    [ "$(wc -l <<<"$pods")" -ge 6 ] && ! grep -q Pending <<<"$pods" && break
    sleep 1
done
kubectl -n csva wait --for=condition=complete --timeout=120s job/try-backup job/try-retention job/try-restore-test job/try-copy-files >/dev/null
for job in batch backup retention restore-test copy-files; do
    echo "Job of CronJob $job: $(kubectl -n csva get pods -l job-name=try-$job -o custom-columns=NODE:.spec.nodeName,PHASE:.status.phase --no-headers | sort | uniq -c | tr -s ' ' | tr '\n' ';')"
done
# The controller itself makes Jobs when the time comes: each minute, for once. What kubectl made bears a mark.
for job in batch backup retention restore-test copy-files; do kubectl -n csva patch cronjob "csva-$job" -p '{"spec":{"schedule":"* * * * *"}}' >/dev/null; done
made_by() { kubectl -n csva get jobs -o json | jq -r --arg cron "csva-$1" '[.items[] | select(.metadata.annotations["cronjob.kubernetes.io/instantiate"] != "manual")
    | select(any(.metadata.ownerReferences[]?; .kind == "CronJob" and .name == $cron))] | length'; }
began=$SECONDS
for job in batch backup retention restore-test copy-files; do
    for _ in $(seq 150); do [ "$(made_by $job)" -gt 0 ] && break; sleep 1; done
    [ "$(made_by $job)" -gt 0 ] || { echo "CronJob $job made no Job by itself"; exit 1; }
    echo "CronJob $job, each minute: the controller made its Job by itself within $((SECONDS - began)) s"
done
echo "audit log: $(jq -r 'select(.objectRef.resource == "secrets") | .level' "$work/audit.log" | sort -u | tr '\n' ' ')for secrets, of $(wc -l <"$work/audit.log") entries; with a secret's data: $(jq -r 'select(.objectRef.resource == "secrets") | .requestObject // empty | tostring' "$work/audit.log" | wc -l)"
