import { X509Certificate } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generate } from 'selfsigned';

/** A certificate and its private key, PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

const DAY_MS = 86_400_000;
/** Browsers refuse server certificates that are valid for longer. Source: CA/Browser Forum ballot SC31. */
const VALID_DAYS = 397;

/**
 * A self-signed certificate for `localhost` and the given addresses, kept in `folder`, so that a phone which accepted
 * it once is not asked again after the next start.
 *
 * @param addresses IPv4 or IPv6 addresses; a kept certificate that lacks one of them is replaced.
 * @throws The system's error when the folder cannot be written.
 */
export async function selfSignedCertificate(
  folder: string,
  addresses: readonly string[],
  now: Date,
): Promise<Certificate> {
  const certPath = join(folder, 'certificate.pem');
  const keyPath = join(folder, 'certificate-key.pem');
  const kept = await readKept(certPath, keyPath, addresses, now);
  if (kept !== undefined) return kept;
  const made = await makeCertificate(addresses, now);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(keyPath, made.key, { mode: 0o600 });
  await writeFile(certPath, made.cert);
  return made;
}

async function readKept(
  certPath: string,
  keyPath: string,
  addresses: readonly string[],
  now: Date,
): Promise<Certificate | undefined> {
  try {
    const [cert, key] = await Promise.all([readFile(certPath, 'utf8'), readFile(keyPath, 'utf8')]);
    const facts = new X509Certificate(cert);
    const isValid = new Date(facts.validTo).getTime() - now.getTime() > DAY_MS;
    return isValid && addresses.every((address) => facts.checkIP(address) !== undefined) ? { cert, key } : undefined;
  } catch {
    // Missing or damaged: a new one is made.
    return undefined;
  }
}

async function makeCertificate(addresses: readonly string[], now: Date): Promise<Certificate> {
  const made = await generate([{ name: 'commonName', value: 'Ossicle on this network' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    // A phone's clock may be a little behind.
    notBeforeDate: new Date(now.getTime() - DAY_MS),
    notAfterDate: new Date(now.getTime() + (VALID_DAYS - 1) * DAY_MS),
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [{ type: 2, value: 'localhost' }, ...addresses.map((ip) => ({ type: 7 as const, ip }))],
      },
    ],
  });
  return { cert: made.cert, key: made.private };
}
