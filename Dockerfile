# docker build -t calsvc .
# docker run -p 8000:8000 -v calsvc-keys:/var/lib/calsvc -e CALSVC_PUBLIC_URL=https://... calsvc

FROM python:3.13-slim AS build
WORKDIR /src
COPY .ci/requirements-run.txt .ci/
RUN python -m venv /opt/calsvc && \
    /opt/calsvc/bin/pip install --no-cache-dir --require-hashes -r .ci/requirements-run.txt
COPY pyproject.toml README.md LICENSE ./
COPY calsvc calsvc
RUN /opt/calsvc/bin/pip install --no-cache-dir --no-deps --no-build-isolation . && \
    /opt/calsvc/bin/pip uninstall --yes hatchling editables pip

FROM python:3.13-slim
RUN useradd --uid 10001 calsvc && install -d -m 700 -o calsvc /var/lib/calsvc
COPY --from=build /opt/calsvc /opt/calsvc
USER 10001
ENV PATH=/opt/calsvc/bin:$PATH PYTHONUNBUFFERED=1 CALSVC_KEY_FILE=/var/lib/calsvc/keys
# Without CALSVC_KEYS a key is made here on the first run; lost, no link opens any more.
VOLUME /var/lib/calsvc
EXPOSE 8000
HEALTHCHECK CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=3)"]
CMD ["calsvc", "serve", "--host", "0.0.0.0", "--port", "8000"]
