import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { homedir, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { isLoopbackName } from '../server/access.ts';
import { DEFAULT_PORT, SERVE_SETTINGS, type ServeConfig } from '../server/config.ts';
import type { Certificate } from '../server/https-certificate.ts';
import type { RunningServer, ServeOptions } from '../server/serve.ts';
import { MISSING_PACKAGES } from '../server/server-packages.ts';
import { CliError, EXIT_CODES, oneLine, systemCode } from './cli-error.ts';
import { appOptions } from './serve-options.ts';
import { addSettings, settingsOf } from './setting-options.ts';

const LOOPBACK = '127.0.0.1';
const EVERY_ADDRESS = '0.0.0.0';

/** The `serve` command. */
export function serveCommand(): Command {
  const command = new Command('serve').description('Serve the page, the transcription API and the search.');
  addSettings(command, SERVE_SETTINGS);
  return command
    .addHelpText(
      'after',
      `
Each option can be set by the environment variable behind it instead, lists with commas; the option goes first.

Examples:
  ossicle serve                          the page at http://localhost:${DEFAULT_PORT}, for this machine only
  ossicle serve --https                  for phones on this network, with a key in the printed address
  ossicle serve --host 0.0.0.0 --keys keys.json
                                         behind a TLS proxy, for callers with a key of "ossicle keys add"
  OSSICLE_TOKEN_SECRET=... ossicle serve --host 0.0.0.0 --allow-origin https://shop.example
                                         for the pages of a site that signs tokens for them`,
    )
    .action(async (flags: Readonly<Record<string, readonly string[]>>) => {
      await runServe(settingsOf(SERVE_SETTINGS, flags, process.env));
    });
}

async function runServe(config: ServeConfig): Promise<void> {
  const isHttps = config.https;
  if (!isHttps && (config.cert !== undefined || config.keyFile !== undefined)) {
    throw new CliError('--cert and --key-file need --https.');
  }
  if ((config.cert === undefined) !== (config.keyFile === undefined)) {
    throw new CliError('--cert and --key-file go together: give both or none.');
  }
  const host = config.host ?? (isHttps ? EVERY_ADDRESS : LOOPBACK);
  const isLoopback = isLoopbackName(host);
  const asksForKeys = [...config.key, config.keys, config.tokenSecret, config.tokenKeys].some(
    (each) => each !== undefined,
  );
  if (!isLoopback && !isHttps && !asksForKeys) {
    throw new CliError(
      `--host ${host} opens the server to others: add --keys FILE, --key KEY, or --https for a phone nearby.`,
    );
  }
  // Whoever reaches the machine reaches the server: without a key of the caller's own, the address carries a random one.
  const randomKey = asksForKeys || isLoopback ? undefined : randomBytes(18).toString('base64url');
  const addresses = isLoopback ? [] : lanAddresses();
  const certificate = isHttps ? await certificateFor(config, [LOOPBACK, ...addresses]) : undefined;
  const running = await start({
    ...(await appOptions(config)),
    ...(randomKey === undefined ? {} : { keys: [randomKey] }),
    port: config.port,
    host,
    ...(certificate === undefined ? {} : { certificate }),
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
  await announce(config, running.port, isLoopback ? host : undefined, randomKey, addresses);
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
  return new CliError(MISSING_PACKAGES, EXIT_CODES.usage, { cause });
}

async function certificateFor(config: ServeConfig, addresses: readonly string[]): Promise<Certificate> {
  if (config.cert !== undefined && config.keyFile !== undefined) {
    return { cert: await readPem(config.cert, 'CERTIFICATE'), key: await readPem(config.keyFile, 'PRIVATE KEY') };
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
  config: ServeConfig,
  port: number,
  loopbackHost: string | undefined,
  randomKey: string | undefined,
  addresses: readonly string[],
): Promise<void> {
  const scheme = config.https ? 'https' : 'http';
  const write = (line: string): void => void process.stdout.write(`${line}\n`);
  if (loopbackHost !== undefined) {
    write(`Ossicle is at ${scheme}://${loopbackHost === LOOPBACK ? 'localhost' : bracketed(loopbackHost)}:${port}/`);
    return;
  }
  // A key that was given may be a lasting secret, so it is not printed; a random one lives as long as this process.
  const fragment = randomKey === undefined ? '' : `#key=${randomKey}`;
  const hostName = config.host !== undefined && config.host !== EVERY_ADDRESS ? bracketed(config.host) : addresses[0];
  const address = `${scheme}://${hostName ?? 'localhost'}:${port}/${fragment}`;
  write(`Ossicle is at ${address}`);
  if (randomKey === undefined) write('Open it once with #key=YOUR-KEY at the end.');
  if (!config.https) return;
  const { renderUnicodeCompact } = await import('uqr');
  write(`\n${renderUnicodeCompact(address)}\n`);
  if (config.cert === undefined) {
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
