import type { KV } from '@nats-io/kv';
import type { Ms } from '../units.ts';

/** A bucket on a NATS server. */
export interface NatsBucket {
  /**
   * The bucket; made again after the server was away, as it may have lost its memory.
   *
   * @throws Error while there is no connection, at once.
   */
  open(): Promise<KV>;
  close(): Promise<void>;
}

/** Which bucket, where. */
export interface NatsBucketOptions {
  readonly url: string;
  readonly name: string;
  /** How long an entry lives after it was last written. */
  readonly ttlMs: Ms;
}

const CONNECT_TIMEOUT_MS: Ms = 3000;
/** A step of the store may cost a request this much, not more. */
const STEP_TIMEOUT_MS: Ms = 1000;
const RECONNECT_WAIT_MS: Ms = 250;
/** Some 60,000 ordinary answers; when they are exceeded, answers are not kept until older ones are forgotten. */
const MAX_BYTES: number = 64 * 1024 * 1024;

/**
 * Connects and makes the bucket where there is none.
 *
 * @throws Error naming host and port when the server cannot be reached or has no JetStream.
 */
export async function openNatsBucket({ url, name, ttlMs }: NatsBucketOptions): Promise<NatsBucket> {
  const [{ connect }, { jetstream, StorageType }, { Kvm }] = await Promise.all([
    import('@nats-io/transport-node'),
    import('@nats-io/jetstream'),
    import('@nats-io/kv'),
  ]);
  const { server, credentials } = readUrl(url);
  let connection: Awaited<ReturnType<typeof connect>>;
  try {
    connection = await connect({
      ...credentials,
      servers: server,
      name: 'ossicle',
      timeout: CONNECT_TIMEOUT_MS,
      maxReconnectAttempts: -1,
      reconnectTimeWait: RECONNECT_WAIT_MS,
    });
  } catch (cause) {
    throw new Error(`The NATS server at ${server} cannot be reached: ${messageOf(cause)}.`, { cause });
  }
  const make = async (): Promise<KV> =>
    await new Kvm(jetstream(connection, { timeout: STEP_TIMEOUT_MS })).create(name, {
      ttl: ttlMs,
      history: 1,
      // Nothing of a request comes onto a disk, sealed or not.
      storage: StorageType.Memory,
      max_bytes: MAX_BYTES,
    });
  let bucket: Promise<KV> | undefined;
  let isConnected = true;
  const follow = async (): Promise<void> => {
    for await (const { type } of connection.status()) {
      if (type === 'disconnect') isConnected = false;
      if (type === 'reconnect') {
        isConnected = true;
        bucket = undefined;
      }
    }
  };
  void follow();
  const open = async (): Promise<KV> => {
    if (!isConnected) throw new Error(`The NATS server at ${server} is away.`);
    bucket ??= make();
    try {
      return await bucket;
    } catch (error) {
      bucket = undefined;
      throw error;
    }
  };
  try {
    await open();
  } catch (cause) {
    await connection.close();
    throw new Error(`The NATS server at ${server} has no JetStream bucket for answers: ${messageOf(cause)}.`, {
      cause,
    });
  }
  return {
    open,
    close: async () => {
      // What is on the way still arrives, if anybody is there.
      if (isConnected) await connection.flush().catch(() => {});
      await connection.close();
    },
  };
}

/** Takes user, password and token out of the address, so that no message shows them. */
function readUrl(url: string): {
  readonly server: string;
  readonly credentials: {
    readonly user?: string;
    readonly pass?: string;
    readonly token?: string;
    readonly tls?: object;
  };
} {
  const { protocol, host, username, password } = new URL(url);
  const user = decodeURIComponent(username);
  const server = `${protocol}//${host}`;
  const tls = protocol === 'tls:' ? { tls: {} } : {};
  if (user === '') return { server, credentials: tls };
  const login = password === '' ? { token: user } : { user, pass: decodeURIComponent(password) };
  return { server, credentials: { ...tls, ...login } };
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, '');
}
