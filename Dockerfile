# One image for the site, the worker, beat and the preparation of the database (deploy/start says which).
FROM python:3.13-slim AS build
WORKDIR /srv/partagee
ENV UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1
RUN pip install --no-cache-dir "uv>=0.9"
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-dev

FROM python:3.13-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /srv/partagee
ENV PATH=/srv/partagee/.venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PARTAGEE_ENV=production \
    XDG_CACHE_HOME=/tmp/cache \
    DOCUMENTS_ROOT=/srv/documents
COPY --from=build /srv/partagee/.venv .venv
COPY . .
# The values below serve only to collect the static files; they are not in the image's environment.
RUN export SECRET_KEY=build PARTAGEE_ENCRYPTION_KEYS=build PARTAGEE_INDEX_KEY=build \
      DATABASE_URL=postgresql://build@build/build REDIS_URL=redis://build \
 && python manage.py compile_translations \
 && python manage.py collectstatic --no-input \
 && useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin partagee \
 && install -d -o partagee -g partagee -m 0700 /srv/documents
USER partagee
EXPOSE 8000
ENTRYPOINT ["deploy/start"]
CMD ["web"]
