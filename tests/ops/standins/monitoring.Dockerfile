ARG BASE
FROM ${BASE} AS base
RUN apt-get -qq update && apt-get -qq install -y --no-install-recommends wget prometheus prometheus-alertmanager \
    prometheus-node-exporter prometheus-postgres-exporter >/dev/null \
    && mkdir -p /prometheus /alertmanager && chown nobody:nogroup /prometheus /alertmanager
USER nobody
FROM base AS prometheus
ENTRYPOINT ["prometheus"]
FROM base AS alertmanager
ENTRYPOINT ["prometheus-alertmanager"]
FROM base AS node-exporter
ENTRYPOINT ["prometheus-node-exporter"]
FROM base AS postgres-exporter
ENTRYPOINT ["prometheus-postgres-exporter"]
