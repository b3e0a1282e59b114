ARG BASE
FROM ${BASE}
# The published image's account has this number.
RUN groupadd -g 999 postgres && useradd -u 999 -g 999 -d /var/lib/postgresql postgres && apt-get -qq update && apt-get -qq install -y --no-install-recommends postgresql-15 >/dev/null \
    && mkdir -p /var/lib/postgresql/data && chown postgres:postgres /var/lib/postgresql/data
COPY postgres-entrypoint.sh /usr/local/bin/
ENV PATH=/usr/lib/postgresql/15/bin:/usr/local/bin:/usr/bin:/bin
STOPSIGNAL SIGINT
USER postgres
ENTRYPOINT ["postgres-entrypoint.sh"]
