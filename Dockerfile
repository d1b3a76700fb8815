# docker build -t calsvc .
# docker run -p 8000:8000 --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges \
#     -v calsvc-keys:/var/lib/calsvc -e CALSVC_PUBLIC_URL=https://... calsvc

FROM python:3.13-slim AS build
WORKDIR /src
COPY .ci/requirements-run.txt .ci/
RUN python -m venv /opt/calsvc && \
    /opt/calsvc/bin/pip install --no-cache-dir --require-hashes --no-deps -r .ci/requirements-run.txt
COPY pyproject.toml README.md LICENSE ./
COPY calsvc calsvc
RUN /opt/calsvc/bin/pip install --no-cache-dir --no-deps --no-build-isolation . && \
    /opt/calsvc/bin/pip uninstall --yes \
        hatchling editables pathspec pluggy tomlkit trove-classifiers pip

FROM python:3.13-slim
# The base image's pip is removed too, because the running image installs nothing.
RUN python -m pip uninstall --yes --root-user-action=ignore pip && \
    rm -rf /usr/local/lib/python3.*/ensurepip && \
    useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin calsvc && \
    install -d -m 700 -o calsvc /var/lib/calsvc
COPY --from=build /opt/calsvc /opt/calsvc
USER 10001
WORKDIR /var/lib/calsvc
ENV PATH=/opt/calsvc/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    CALSVC_HOST=0.0.0.0 CALSVC_PORT=8000 CALSVC_KEY_FILE=/var/lib/calsvc/keys \
    CALSVC_STATE_DIR=/var/lib/calsvc
# Without CALSVC_KEYS the first start writes a key here. If it is lost, no link opens any more.
VOLUME /var/lib/calsvc
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=4s --start-period=20s CMD ["python", "-c", \
    "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=3)"]
CMD ["calsvc", "serve"]
