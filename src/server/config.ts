import { AUTOMATION_LEVELS, type AutomationLevel } from '../protocol/session.ts';
import type { Ms } from '../units.ts';
import { SECRET_LEAST_BYTES } from './browser-tokens.ts';
import { METRIC_PROFILES, type MetricProfile } from './metric-store/metric-profile.ts';
import { METRICS_ACCESSES, type MetricsAccess } from './routes/metrics.ts';
import type { SettingTable } from './setting.ts';
import { bearerKey, count, flag, listOf, network, oneOf, origin, share, single, text } from './setting-readers.ts';
import { LOG_LEVELS, type LogLevel } from './telemetry.ts';

/** Everything that `ossicle serve` can be told. */
export interface ServeConfig {
  readonly port: number;
  /** Undefined: loopback, or every address with `https`. */
  readonly host: string | undefined;
  readonly https: boolean;
  /** Path of a PEM certificate. */
  readonly cert: string | undefined;
  /** Path of the certificate's private key. */
  readonly keyFile: string | undefined;
  /** Bearer keys, in clear. */
  readonly key: readonly string[];
  /** Path of the file that `ossicle keys` keeps. */
  readonly keys: string | undefined;
  /** Origins of the sites whose pages may call. */
  readonly allowOrigin: readonly string[];
  /** Secret with which sites sign browser tokens (HS256). */
  readonly tokenSecret: string | undefined;
  /** Public keys of sites that sign browser tokens: a path, or the https URL of a JWKS. */
  readonly tokenKeys: string | undefined;
  readonly tokenAudience: string;
  /** Calls a minute for each key or token subject; 0: no limit. */
  readonly ratePerKey: number;
  /** Calls a minute from each address; 0: no limit. */
  readonly ratePerAddress: number;
  /** Addresses and networks of proxies whose `X-Forwarded-For` is believed. */
  readonly trustProxy: readonly string[];
  /** `memory`, `off`, or a `nats://` or `tls://` URL. */
  readonly idempotency: string;
  readonly automationLevel: AutomationLevel;
  /** Confidence, 0..1. */
  readonly tau: number;
  /** Clips recognised at a time; undefined: one for each core. */
  readonly threads: number | undefined;
  /** Clips that may wait; undefined: four for each thread. */
  readonly queue: number | undefined;
  readonly deadlineMs: Ms;
  /** Whom `/metrics` answers without a key. */
  readonly metrics: MetricsAccess;
  /** Whose metrics are taken in; undefined: of this machine on loopback, of many people elsewhere. */
  readonly telemetry: MetricProfile | 'off' | undefined;
  /** Path of the database that keeps them; undefined: in memory. */
  readonly telemetryStore: string | undefined;
  /** Undefined: faults of the server only, where pino is installed. */
  readonly logLevel: LogLevel | undefined;
  readonly logAddresses: boolean;
  readonly models: string | undefined;
  readonly app: string | undefined;
}

/** The port of `ossicle serve`. */
export const DEFAULT_PORT = 8790;

/** The settings of `ossicle serve`: the one place that knows their flags, variables, values and limits. */
export const SERVE_SETTINGS: SettingTable<ServeConfig> = {
  port: {
    flag: '--port <number>',
    help: 'port to listen on; 0 takes any free one',
    initial: DEFAULT_PORT,
    read: single(count(0, 65_535)),
  },
  host: {
    flag: '--host <address>',
    help: 'address to bind; any but a loopback one needs keys or --https',
    initial: undefined,
    initialHelp: '127.0.0.1',
    read: single(text),
  },
  https: {
    flag: '--https',
    help: 'serve HTTPS to this network, so that a phone may use its microphone; prints a QR code',
    initial: false,
    read: single(flag),
  },
  cert: {
    flag: '--cert <file>',
    help: 'with --https: your own certificate, PEM',
    initial: undefined,
    read: single(text),
  },
  keyFile: {
    flag: '--key-file <file>',
    help: "with --https: your certificate's private key, PEM",
    initial: undefined,
    read: single(text),
  },
  key: {
    flag: '--key <key>',
    help: 'ask for this bearer key; may be given several times',
    initial: [],
    initialHelp: '',
    read: listOf(bearerKey),
  },
  keys: {
    flag: '--keys <file>',
    help: 'ask for one of the keys that "ossicle keys" keeps in this file; read again whenever it changes',
    initial: undefined,
    read: single(text),
  },
  allowOrigin: {
    flag: '--allow-origin <url>',
    help: 'let pages of this site call the API; may be given several times',
    initial: [],
    initialHelp: '',
    read: listOf(origin),
  },
  tokenSecret: {
    flag: '--token-secret <secret>',
    help: `take browser tokens that a site signs with this secret (HS256), ${SECRET_LEAST_BYTES} bytes or more; the variable keeps it out of the list of processes`,
    initial: undefined,
    read: single(tokenSecret),
  },
  tokenKeys: {
    flag: '--token-keys <file-or-url>',
    help: 'take browser tokens that a site signs with a private key: its public key as PEM, JWK or JWKS, or the https URL of its JWKS',
    initial: undefined,
    read: single(text),
  },
  tokenAudience: {
    flag: '--token-audience <name>',
    help: 'what browser tokens must name as their audience ("aud")',
    initial: 'ossicle',
    read: single(text),
  },
  ratePerKey: {
    flag: '--rate-per-key <count>',
    help: 'calls a minute for each key or token subject; 0: no limit',
    initial: 1200,
    read: single(count(0, 1_000_000)),
  },
  ratePerAddress: {
    flag: '--rate-per-address <count>',
    help: 'calls a minute from each address but this machine; 0: no limit',
    initial: 300,
    read: single(count(0, 1_000_000)),
  },
  trustProxy: {
    flag: '--trust-proxy <address>',
    help: 'believe the X-Forwarded-For of this proxy or network (10.0.0.0/8); may be given several times',
    initial: [],
    initialHelp: '',
    read: listOf(network),
  },
  idempotency: {
    flag: '--idempotency <store>',
    help: 'where answers wait for repeats of a request: memory, off, or nats://host:port when several servers share them',
    initial: 'memory',
    read: single(idempotencyStore),
  },
  automationLevel: {
    flag: '--automation-level <level>',
    help: `how much pages do by themselves with a text: ${AUTOMATION_LEVELS.join(', ')}`,
    initial: 'L4',
    read: single(oneOf(AUTOMATION_LEVELS)),
  },
  tau: {
    flag: '--tau <confidence>',
    help: 'at level L3, the confidence from which pages go on by themselves, 0 to 1',
    initial: 0,
    read: single(share),
  },
  threads: {
    flag: '--threads <count>',
    help: 'clips recognised at a time',
    initial: undefined,
    initialHelp: 'one for each core',
    read: single(count(1, 999)),
  },
  queue: {
    flag: '--queue <count>',
    help: 'clips that may wait; more are answered 429',
    initial: undefined,
    initialHelp: 'four for each thread',
    read: single(count(0, 100_000)),
  },
  deadlineMs: {
    flag: '--deadline-ms <milliseconds>',
    help: 'longest time that a clip may take',
    initial: 60_000,
    read: single(count(1, 3_600_000)),
  },
  metrics: {
    flag: '--metrics <who>',
    help: 'whom GET /metrics answers: private (this machine and holders of a key), open (all who reach the server), off',
    initial: 'private',
    read: single(oneOf(METRICS_ACCESSES)),
  },
  telemetry: {
    flag: '--telemetry <profile>',
    help: `metrics that devices send with their people's consent: ${METRIC_PROFILES.join(', ')} or off; production tells no figure of fewer than 20 sessions`,
    initial: undefined,
    initialHelp: 'local for this machine only, else production',
    read: single(oneOf([...METRIC_PROFILES, 'off'])),
  },
  telemetryStore: {
    flag: '--telemetry-store <file>',
    help: 'SQLite database that keeps them',
    initial: undefined,
    initialHelp: 'in memory',
    read: single(text),
  },
  logLevel: {
    flag: '--log-level <level>',
    help: `lines of JSON on standard error: ${LOG_LEVELS.join(', ')}; info tells every request, warn those refused`,
    initial: undefined,
    initialHelp: 'error',
    read: single(oneOf(LOG_LEVELS)),
  },
  logAddresses: {
    flag: '--log-addresses',
    help: "let the log hold the callers' addresses",
    initial: false,
    read: single(flag),
  },
  models: {
    flag: '--models <folder>',
    help: 'folder of the recogniser weights',
    initial: undefined,
    read: single(text),
  },
  app: { flag: '--app <folder>', help: 'folder of the built page', initial: undefined, read: single(text) },
};

/** The value stays out of the message: it is a secret. */
function tokenSecret(value: string): string {
  if (new TextEncoder().encode(value).length >= SECRET_LEAST_BYTES) return value;
  throw new RangeError(
    `It must have ${SECRET_LEAST_BYTES} bytes or more (RFC 7518, 3.2). "openssl rand -base64 48" makes one.`,
  );
}

function idempotencyStore(value: string): string {
  if (/^(memory|off)$/.test(value) || (/^(nats|tls):\/\//.test(value) && URL.canParse(value))) return value;
  // The value stays out of the message: the address of a store may hold a password.
  throw new RangeError('It must be memory, off, or an address as nats://host:4222.');
}
