# Ossicle's server: the page, the API and the recogniser. docs/deployment.md says how to run it.

FROM node:20-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm run -s build:site
RUN node src/build/server-packages.mjs && npm prune --ignore-scripts
# Where "ossicle keys" keeps its file: a volume takes its owner from here.
RUN mkdir keys

FROM node:20-bookworm-slim
WORKDIR /app
COPY --from=build /build/package.json ./
COPY --from=build /build/node_modules ./node_modules
COPY --from=build /build/dist ./dist
COPY --from=build /build/models ./models
COPY --from=build --chown=node:node /build/keys /keys
ENV NODE_ENV=production OSSICLE_HOST=0.0.0.0 OSSICLE_PORT=8790
USER node
EXPOSE 8790
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.OSSICLE_PORT}/readyz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/node/ossicle.js"]
CMD ["serve"]
