/** Optional peer dependencies that only some settings need, for `npm install`. */
export const OPTIONAL_PACKAGES = {
  log: 'pino@10',
  metrics: 'prom-client@15',
  telemetry: 'libsql@0.5',
  tokens: 'jose@6',
  nats: '@nats-io/transport-node@3.3 @nats-io/jetstream@3.3 @nats-io/kv@3.3',
} as const;

/** All of them, for `npm install`. onnxruntime-node's script would fetch GPU libraries that are not used. */
const SERVER_PACKAGES = [
  '--ignore-scripts hono@4 @hono/node-server@2 onnxruntime-node@1.30 rate-limiter-flexible@11 selfsigned@5',
  'mediabunny@1 mpg123-decoder@1 opus-decoder@0.7 swagger-ui-dist@5',
  ...Object.values(OPTIONAL_PACKAGES),
].join(' ');

/** What to do where the packages that only the server needs are not installed. */
export const MISSING_PACKAGES: string = `The server's packages are missing. Run: npm install ${SERVER_PACKAGES}`;
