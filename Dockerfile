FROM python:3.12-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /build

# What builds is locked by hash like what runs, and stays behind in this stage.
COPY requirements-build.txt ./
RUN python -m venv /opt/builder \
 && /opt/builder/bin/python -m pip install --require-hashes --only-binary :all: -r requirements-build.txt

# The dependencies alone first: they change seldom, and the layer is kept.
COPY requirements.txt ./
RUN /opt/builder/bin/python -m pip wheel --require-hashes --no-build-isolation --use-pep517 -r requirements.txt -w /build/wheels \
 && python -m venv --without-pip /opt/aggregator \
 && /opt/builder/bin/python -m pip --python /opt/aggregator/bin/python install --no-index --no-deps /build/wheels/*.whl

COPY pyproject.toml README.md LICENSE ./
COPY config ./config
COPY aggregator ./aggregator
RUN /opt/builder/bin/python -m hatchling build -t wheel -d /build/dist \
 && /opt/builder/bin/python -m pip --python /opt/aggregator/bin/python install --no-index --no-deps /build/dist/*.whl \
 && /opt/aggregator/bin/python -m compileall -q -j 0 /opt/aggregator/lib



FROM python:3.12-slim
LABEL org.opencontainers.image.title="aggregator" \
      org.opencontainers.image.description="News feeds in, clean feeds out: by section, by correspondent, by any question" \
      org.opencontainers.image.licenses="MIT"

# 1000 is the first user of most Linux machines: a folder of theirs, mounted here, is readable and writable.
RUN groupadd --gid 1000 aggregator \
 && useradd --uid 1000 --gid 1000 --no-create-home --home-dir /data --shell /usr/sbin/nologin aggregator \
 && install -d -o aggregator -g aggregator /data /config /site \
 && rm -rf /usr/local/bin/pip* /usr/local/lib/python3.*/site-packages/pip*
COPY --from=build /opt/aggregator /opt/aggregator
COPY --chmod=755 docker/entrypoint /usr/local/bin/entrypoint

ENV PATH=/opt/aggregator/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    AGGREGATOR_HOST=0.0.0.0 \
    AGGREGATOR_DATABASE_URL=sqlite:////data/aggregator.db \
    AGGREGATOR_CONFIG=/config \
    AGGREGATOR_LOG_FORMAT=json

USER 1000:1000
WORKDIR /data
VOLUME ["/data", "/config"]
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=4 CMD ["aggregator", "health"]
ENTRYPOINT ["/usr/local/bin/entrypoint"]
CMD ["run"]
