ARG BASE
FROM ${BASE}
RUN apt-get -qq update && apt-get -qq install -y --no-install-recommends nginx-light curl >/dev/null \
    && ln -sf /dev/stdout /var/log/nginx/access.log && ln -sf /dev/stderr /var/log/nginx/error.log
USER www-data
ENTRYPOINT ["nginx", "-g", "daemon off;"]
