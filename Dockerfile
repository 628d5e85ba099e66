# Two stages: everything is built in the first; the second has the program, its files and nothing to log in to.
FROM rust:1.95-bookworm AS build
# Whatever Debian has now: these only build, and nothing of them is in the image.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends brotli nodejs npm \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
RUN make release \
    && mkdir -p /image/app/target /image/data \
    && cp Leptos.toml target/release/family-budget target/release/hash.txt /image/app/ \
    && cp -r target/site /image/app/target/site

# libc, libgcc and the user 65532, no shell.
FROM gcr.io/distroless/cc-debian12:nonroot
WORKDIR /app
COPY --from=build /image/app /app
COPY --from=build --chown=65532:65532 /image/data /data
ENV FAMILY_BUDGET_ADDR=0.0.0.0:3000 \
    FAMILY_BUDGET_LOG=json \
    DATABASE_URL=sqlite:///data/family-budget.db
VOLUME /data
EXPOSE 3000
USER 65532
# SIGTERM: every live screen is told, running requests finish.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=3s --start-period=60s CMD ["/app/family-budget", "health"]
ENTRYPOINT ["/app/family-budget"]
