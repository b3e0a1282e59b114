ARG BASE
FROM ${BASE}
RUN apt-get -qq update && apt-get -qq install -y --no-install-recommends python3-venv >/dev/null \
    && python3 -m venv /opt/mlflow && /opt/mlflow/bin/pip install -q --no-cache-dir mlflow==3.17.2
ENV PATH=/opt/mlflow/bin:/usr/bin:/bin
