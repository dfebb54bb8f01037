# The bot as an image: docker build -t worthwhile .
# The tag below moves with Python's and Debian's security fixes. To pin what you have checked, look its digest up with
# `docker buildx imagetools inspect python:3.12-slim` and build with --build-arg PYTHON=python:3.12-slim@sha256:...
ARG PYTHON=python:3.12-slim

FROM ${PYTHON} AS builder
RUN apt-get update \
    && apt-get install --yes --no-install-recommends binutils \
    && rm -rf /var/lib/apt/lists/*
COPY requirements.lock deploy/slim.sh /build/
# Wheels alone, each compared with its hash; the environment has no pip of its own.
RUN python -m venv --without-pip /opt/venv \
    && python -m pip --python /opt/venv/bin/python install --no-cache-dir --no-compile --only-binary :all: \
        --require-hashes --requirement /build/requirements.lock \
    && /build/slim.sh /opt/venv
COPY manifest.yml /app/
COPY bot /app/bot
COPY handlers /app/handlers
COPY storage /app/storage
COPY deploy/erase_again.py /app/deploy/
RUN echo /app >"$(echo /opt/venv/lib/python3.*/site-packages)/worthwhile.pth" \
    && printf '#!/opt/venv/bin/python\nimport sys\n\nfrom bot.cli import main\n\nsys.exit(main())\n' >/opt/venv/bin/worthwhile \
    && chmod 755 /opt/venv/bin/worthwhile
# What a start loads is compiled here: at run time nothing of this can be written.
RUN DATABASE_URL=sqlite:////tmp/start.db /opt/venv/bin/worthwhile db upgrade \
    && /opt/venv/bin/python -c "import bot.app, psycopg, sqlalchemy.dialects.postgresql.psycopg" \
    && rm -f /tmp/start.db*

FROM ${PYTHON}
RUN install --directory --mode 700 --owner 10001 --group 10001 /data
COPY --from=builder /opt/venv /opt/venv
COPY --from=builder /app /app
# Slack's library asks for a home when it is imported, and a bare number has none.
ENV PATH=/opt/venv/bin:/usr/local/bin:/usr/bin:/bin \
    HOME=/tmp \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DATABASE_URL=sqlite:////data/worthwhile.db \
    WEB_HOST=0.0.0.0 \
    WEB_PORT=8080 \
    LOG_FORMAT=json
# A number, so that a cluster can see that it is not root. It writes to /data (with SQLite) and /tmp, and nowhere else.
USER 10001:10001
WORKDIR /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f\"http://127.0.0.1:{os.environ['WEB_PORT']}/healthz\", timeout=4)"]
# No shell in between: SIGTERM reaches the bot, which gives the answers in hand and stops within ten seconds.
STOPSIGNAL SIGTERM
ENTRYPOINT ["worthwhile"]
CMD ["run"]
