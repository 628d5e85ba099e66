# Two stages: everything is built in the first; the second has only the program and its files, without a shell.
FROM rust:1.95-bookworm AS build
# Any version will do: these are only used to build, and are not in the image.
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
# On SIGTERM the program closes the live screens with a notice and finishes running requests.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=3s --start-period=60s CMD ["/app/family-budget", "health"]
ENTRYPOINT ["/app/family-budget"]
