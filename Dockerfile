# syntax=docker/dockerfile:1
# One image for every process of the ledger: `evidence serve`, `evidence project`, `evidence migrate`, `evidence init`.
# Debian, not Alpine: the binary wheels that it is built from are for glibc.
FROM python:3.13-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/evidence
WORKDIR /src
# Dependencies first, by hash, so that a change of the code alone does not fetch them again.
COPY requirements.lock ./
RUN /opt/evidence/bin/python -m pip install --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY ledger ledger
COPY projections projections
COPY api api
RUN /opt/evidence/bin/python -m pip install --no-deps --no-build-isolation .

FROM python:3.13-slim-bookworm
# A fixed number, so that files on volumes and secrets can be given to it.
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /var/lib/evidence evidence \
    && install -d -o evidence -g evidence -m 0700 /var/lib/evidence
COPY --from=build /opt/evidence /opt/evidence
ENV PATH=/opt/evidence/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    EVIDENCE_DATA=/var/lib/evidence
USER 10001:10001
WORKDIR /var/lib/evidence
VOLUME /var/lib/evidence
EXPOSE 8000
STOPSIGNAL SIGTERM
ENTRYPOINT ["evidence"]
CMD ["serve", "--host", "0.0.0.0"]
