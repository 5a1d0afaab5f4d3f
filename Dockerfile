# Cohort in a container: the pinned packages and the bot, run by a user who owns nothing but /data.

FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/cohort
WORKDIR /source
# Which pins: run, or postgresql for what that database needs too.
ARG REQUIREMENTS=run
COPY requirements/${REQUIREMENTS}.txt requirements/
RUN /opt/cohort/bin/pip install --require-hashes --requirement requirements/${REQUIREMENTS}.txt
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY cogs cogs
COPY data data
RUN /opt/cohort/bin/pip install --no-deps --no-build-isolation .

FROM python:3.13-slim
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /data --shell /usr/sbin/nologin cohort \
    && install --directory --owner=cohort --group=cohort --mode=0700 /data
COPY --from=build /opt/cohort /opt/cohort
ENV PATH=/opt/cohort/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    COHORT_DATABASE_URL=sqlite+aiosqlite:////data/cohort.db
USER 10001:10001
WORKDIR /data
VOLUME /data
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=60s --timeout=10s --start-period=60s --retries=3 \
    CMD ["cohort", "doctor", "--alive"]
ENTRYPOINT ["cohort"]
CMD ["run"]
