import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { homedir, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { isLoopbackName } from '../server/access.ts';
import type { Certificate } from '../server/https-certificate.ts';
import type { RunningServer, ServeOptions } from '../server/serve.ts';
import { CliError, EXIT_CODES, oneLine, systemCode } from './cli-error.ts';

interface ServeFlags {
  readonly port: number;
  readonly host?: string;
  readonly https?: true;
  readonly cert?: string;
  readonly keyFile?: string;
  readonly key: readonly string[];
  readonly allowOrigin: readonly string[];
  readonly threads?: number;
  readonly models?: string;
  readonly app?: string;
}

const DEFAULT_PORT = 8790;
const LOOPBACK = '127.0.0.1';
const EVERY_ADDRESS = '0.0.0.0';
/** Optional peer dependencies, for `npm install`. onnxruntime-node's script would fetch GPU libraries that are not used. */
const SERVER_PACKAGES = [
  '--ignore-scripts hono@4 @hono/node-server@2 onnxruntime-node@1.30 selfsigned@5',
  'mediabunny@1 mpg123-decoder@1 opus-decoder@0.7 pino@10 prom-client@15 swagger-ui-dist@5',
].join(' ');

/** The `serve` command. */
export function serveCommand(): Command {
  return new Command('serve')
    .description('Serve the page, the transcription API and the search.')
    .option('--port <number>', 'port to listen on; 0 takes any free one', readPort, DEFAULT_PORT)
    .option('--host <address>', `address to bind; any but a loopback one needs --key or --https (default: ${LOOPBACK})`)
    .option('--https', 'serve HTTPS to this network, so that a phone may use its microphone; prints a QR code')
    .option('--cert <file>', 'with --https: your own certificate, PEM')
    .option('--key-file <file>', "with --https: your certificate's private key, PEM")
    .option('--key <key>', 'ask for this bearer key; may be given several times', collect, [])
    .option('--allow-origin <url>', 'let pages of this site call the API; may be given several times', collect, [])
    .option('--threads <count>', 'clips recognised at a time (default: one for each core)', readCount)
    .option('--models <folder>', 'folder of the recogniser weights')
    .option('--app <folder>', 'folder of the built page')
    .addHelpText(
      'after',
      `
Examples:
  ossicle serve                          the page at http://localhost:${DEFAULT_PORT}, for this machine only
  ossicle serve --https                  for phones on this network, with a key in the printed address
  ossicle serve --host 0.0.0.0 --key K   behind a TLS proxy; callers send "Authorization: Bearer K"`,
    )
    .action(runServe);
}

async function runServe(flags: ServeFlags): Promise<void> {
  const isHttps = flags.https === true;
  if (!isHttps && (flags.cert !== undefined || flags.keyFile !== undefined)) {
    throw new CliError('--cert and --key-file need --https.');
  }
  if ((flags.cert === undefined) !== (flags.keyFile === undefined)) {
    throw new CliError('--cert and --key-file go together: give both or none.');
  }
  const host = flags.host ?? (isHttps ? EVERY_ADDRESS : LOOPBACK);
  const isLoopback = isLoopbackName(host);
  if (!isLoopback && !isHttps && flags.key.length === 0) {
    throw new CliError(`--host ${host} opens the server to others: add --key KEY, or --https for a phone nearby.`);
  }
  // Whoever reaches the machine reaches the server: without a key of the caller's own, the address carries a random one.
  const keys = flags.key.length > 0 || isLoopback ? flags.key : [randomBytes(18).toString('base64url')];
  const addresses = isLoopback ? [] : lanAddresses();
  const running = await start({
    port: flags.port,
    host,
    keys,
    allowedOrigins: flags.allowOrigin,
    ...(flags.threads === undefined ? {} : { threadCount: flags.threads }),
    ...(flags.models === undefined ? {} : { modelsFolder: flags.models }),
    ...(flags.app === undefined ? {} : { appFolder: flags.app }),
    ...(isHttps ? { certificate: await certificateFor(flags, [LOOPBACK, ...addresses]) } : {}),
  });
  stopOnSignal(running);
  try {
    await running.ready;
  } catch (error) {
    await running.stop(0);
    // The recogniser's threads import their packages themselves.
    if (oneLine(error).includes('Cannot find package')) throw missingPackages(error);
    throw new CliError(oneLine(error), EXIT_CODES.failure, { cause: error });
  }
  await announce(flags, running.port, isLoopback ? host : undefined, keys, addresses);
}

async function start(options: ServeOptions): Promise<RunningServer> {
  try {
    const { serve } = await import('../server/serve.ts');
    return await serve(options);
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ERR_MODULE_NOT_FOUND') throw missingPackages(error);
    if (code === 'EADDRINUSE') {
      throw new CliError(
        `Port ${options.port} on ${options.host} is taken. Choose another, as in --port ${otherPort(options.port)}.`,
      );
    }
    if (code === 'EACCES')
      throw new CliError(`Port ${options.port} needs more rights. Choose one from 1024 up with --port.`);
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
      throw new CliError(`--host ${options.host} is no address of this machine.`);
    }
    if (error instanceof RangeError) throw new CliError(oneLine(error));
    throw error;
  }
}

function missingPackages(cause: unknown): CliError {
  return new CliError(`The server's packages are missing. Run: npm install ${SERVER_PACKAGES}`, EXIT_CODES.usage, {
    cause,
  });
}

async function certificateFor(flags: ServeFlags, addresses: readonly string[]): Promise<Certificate> {
  if (flags.cert !== undefined && flags.keyFile !== undefined) {
    return { cert: await readPem(flags.cert, 'CERTIFICATE'), key: await readPem(flags.keyFile, 'PRIVATE KEY') };
  }
  try {
    const { selfSignedCertificate } = await import('../server/https-certificate.ts');
    return await selfSignedCertificate(join(homedir(), '.cache', 'ossicle'), addresses, new Date());
  } catch (error) {
    if (systemCode(error) === 'ERR_MODULE_NOT_FOUND') throw missingPackages(error);
    throw new CliError(`No certificate could be made: ${oneLine(error)}`, EXIT_CODES.failure, { cause: error });
  }
}

async function readPem(path: string, label: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new CliError(`${path}: cannot be read (${systemCode(cause) ?? 'unknown error'}).`, EXIT_CODES.usage, {
      cause,
    });
  }
  if (!text.includes(`${label}-----`)) throw new CliError(`${path}: holds no PEM "${label}".`);
  return text;
}

function stopOnSignal(running: RunningServer): void {
  const stop = (): void => {
    process.stderr.write('Stopping: finishing what runs.\n');
    running.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`ossicle: ${oneLine(error)}\n`);
        process.exit(EXIT_CODES.failure);
      },
    );
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

async function announce(
  flags: ServeFlags,
  port: number,
  loopbackHost: string | undefined,
  keys: readonly string[],
  addresses: readonly string[],
): Promise<void> {
  const scheme = flags.https === true ? 'https' : 'http';
  const write = (line: string): void => void process.stdout.write(`${line}\n`);
  if (loopbackHost !== undefined) {
    write(`Ossicle is at ${scheme}://${loopbackHost === LOOPBACK ? 'localhost' : bracketed(loopbackHost)}:${port}/`);
    return;
  }
  const ownKey = flags.key.length > 0;
  // A key that was given may be a lasting secret, so it is not printed; a random one lives as long as this process.
  const fragment = ownKey ? '' : `#key=${keys[0] ?? ''}`;
  const hostName = flags.host !== undefined && flags.host !== EVERY_ADDRESS ? bracketed(flags.host) : addresses[0];
  const address = `${scheme}://${hostName ?? 'localhost'}:${port}/${fragment}`;
  write(`Ossicle is at ${address}`);
  if (ownKey) write('Open it once with #key=YOUR-KEY at the end.');
  if (flags.https !== true) return;
  const { renderUnicodeCompact } = await import('uqr');
  write(`\n${renderUnicodeCompact(address)}\n`);
  if (flags.cert === undefined) {
    write(
      'The certificate is self-signed: the phone warns once. Choose "Advanced", then "Proceed" ("visit this website").',
    );
  }
}

/** This machine's addresses on its networks, IPv4 first. */
function lanAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4')
    .map(({ address }) => address);
}

function bracketed(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}

function otherPort(port: number): number {
  return port < 65_535 ? port + 1 : DEFAULT_PORT;
}

function readPort(value: string): number {
  if (/^\d{1,5}$/.test(value) && Number(value) <= 65_535) return Number(value);
  throw new InvalidArgumentError('It must be a whole number from 0 to 65535.');
}

function readCount(value: string): number {
  if (/^\d{1,3}$/.test(value) && Number(value) >= 1) return Number(value);
  throw new InvalidArgumentError('It must be a whole number, 1 or more.');
}

function collect(value: string, earlier: readonly string[]): readonly string[] {
  return [...earlier, value];
}
