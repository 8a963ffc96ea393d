# syntax=docker/dockerfile:1
# One image for the web server, the workers and the sweeper; compose.yaml shows which command is which.

FROM node:22-slim AS packages
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

# Debian's release is named: its pg_dump has to be of the version that compose.yaml's database is.
FROM python:3.11-slim-trixie AS client
RUN apt-get update && apt-get install --yes --no-install-recommends postgresql-client-17

FROM python:3.11-slim-trixie AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
COPY requirements/runtime.txt /build/
RUN /opt/venv/bin/python -m pip install --no-deps --require-hashes --only-binary :all: -r /build/runtime.txt
# What only building needs stays here.
COPY requirements/build.txt /build/
RUN python -m venv /opt/tools \
    && /opt/tools/bin/python -m pip install --no-deps --require-hashes --only-binary :all: -r /build/build.txt
WORKDIR /srv/portal
COPY manage.py ./
COPY rewards_portal rewards_portal
COPY allocations allocations
COPY templates templates
COPY static static
COPY locale locale
COPY --from=packages /build/node_modules node_modules
RUN /opt/tools/bin/pybabel --quiet compile --directory locale --domain django
# Collecting needs settings and none of their values; these reach no layer that runs.
RUN ENKASH_ENVIRONMENT=uat ENKASH_API_URL=build ENKASH_TOKEN_URL=build ENKASH_PARTNER_ID=build \
    ENKASH_USERNAME=build ENKASH_PASSWORD=build ENKASH_CLIENT_ID=build ENKASH_CLIENT_SECRET=build \
    SECRET_KEY=build DATA_KEY=build ALLOWED_HOSTS=build DATABASE_URL=postgresql:///build REDIS_URL=redis://build \
    /opt/venv/bin/python manage.py collectstatic --noinput --skip-checks \
    && rm -rf node_modules static

FROM python:3.11-slim-trixie
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PORT=8000 \
    MEDIA_ROOT=/var/lib/portal/uploads SPOOL_ROOT=/var/lib/portal/spool
# The folder begins empty, without a home's files: a backup is restored into an empty one only.
RUN useradd --system --uid 10001 --home-dir /var/lib/portal --no-create-home portal \
    && install --directory --mode 700 --owner portal --group portal /var/lib/portal
# What back_up and restore_backup call, without the Perl that Debian wraps around it. They are run to see their libraries.
COPY --from=client /usr/lib/postgresql/17/bin/pg_dump /usr/lib/postgresql/17/bin/pg_restore /usr/local/bin/
RUN apt-get update && apt-get install --yes --no-install-recommends libpq5 && rm -rf /var/lib/apt/lists/* \
    && pg_dump --version && pg_restore --version
COPY --from=build /opt/venv /opt/venv
COPY --from=build /srv/portal /srv/portal
WORKDIR /srv/portal
# STATICFILES_DIRS names the folder whose files are already collected.
RUN mkdir static
USER portal
VOLUME /var/lib/portal
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD ["python", "-m", "rewards_portal.probe"]
CMD ["sh", "-c", "exec gunicorn --bind 0.0.0.0:$PORT --worker-class gthread --workers 2 --threads 8 --no-control-socket --worker-tmp-dir /dev/shm rewards_portal.wsgi"]
