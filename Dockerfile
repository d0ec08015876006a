# One image for every node, for the control plane and the console, and for the two containers that run once before them.
FROM node:24.13.0-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund
COPY services services
COPY faults faults
COPY otel otel
COPY console console
COPY dashboards dashboards
COPY cluster cluster
# The console shows its runbooks.
COPY README.md ./
RUN node cluster/bin/build.js --image

FROM node:24.13.0-bookworm-slim
WORKDIR /app
# Native code is all that the bundles leave outside.
COPY --from=build /app/node_modules/@node-rs node_modules/@node-rs
COPY --from=build /app/package.json package.json
COPY --from=build /app/dist dist
COPY --from=build /app/services/media/pages services/media/pages
COPY --from=build /app/cluster/container/healthy /app/cluster/container/faultline /usr/local/bin/
# Fresh volumes take over the owner of the folder that they are mounted on.
RUN for folder in run/faultline/token run/faultline/passwords run/faultline/postgres var/lib/faultline/media var/lib/faultline/ledger \
    var/lib/faultline/control; \
    do install -d -o node -g node "/$folder"; done
USER node
# As cluster/supervisor/frugality.ts and cluster/bin/node-flags.js have them: the code cache in dist/ is of use with the same flags only.
ENV NODE_ENV=production MALLOC_ARENA_MAX=1 MALLOC_TRIM_THRESHOLD_=131072 FAULTLINE_DATA=/var/lib/faultline/control
ENTRYPOINT ["node", "--max-semi-space-size=1", "--max-old-space-size=128", "--v8-pool-size=1"]
CMD ["dist/start-node.cjs"]
