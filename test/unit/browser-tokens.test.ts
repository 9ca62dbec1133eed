import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signToken, type TokenVerifier, tokenVerifier } from '../../src/server/browser-tokens.ts';

const SECRET = 'a secret of at least thirty-two bytes, shared';
const SITE = 'https://shop.example';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ossicle-tokens-'));
});
afterAll(() => rm(folder, { recursive: true }));

function base64url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** A token made by hand after RFC 7515, without the package that reads it. */
function hmacToken(claims: object, secret = SECRET, header: object = { alg: 'HS256', typ: 'JWT' }): string {
  const content = `${base64url(header)}.${base64url(claims)}`;
  return `${content}.${createHmac('sha256', secret).update(content).digest('base64url')}`;
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}

function claims(further: object = {}): object {
  return { aud: 'ossicle', iat: now(), exp: now() + 900, ...further };
}

describe('a token that is signed with the shared secret', () => {
  let verifier: TokenVerifier;
  beforeAll(async () => {
    verifier = await tokenVerifier({ secret: SECRET, audience: 'ossicle' });
  });

  async function codeOf(token: string, origin?: string): Promise<string | undefined> {
    const verdict = await verifier.verify(token, origin);
    return verdict.status === 'refused' ? verdict.refusal.code : undefined;
  }

  it('is taken, and tells whose it is', async () => {
    expect(await verifier.verify(hmacToken(claims({ sub: 'visitor 7' })), undefined)).toEqual({
      status: 'valid',
      subject: 'visitor 7',
    });
    expect(await verifier.verify(hmacToken(claims({ aud: ['other', 'ossicle'] })), SITE)).toMatchObject({
      status: 'valid',
    });
  });

  it('is taken when "ossicle keys token" has signed it', async () => {
    const token = await signToken(
      { secret: SECRET },
      { audience: 'ossicle', lifetimeSeconds: 60, origin: SITE, subject: 'x' },
    );
    expect(await verifier.verify(token, SITE)).toEqual({ status: 'valid', subject: 'x' });
  });

  it('is bound to the origin that it names', async () => {
    const token = hmacToken(claims({ origin: SITE }));
    expect(await codeOf(token, SITE)).toBeUndefined();
    expect(await codeOf(token, 'https://evil.example')).toBe('token_of_other_origin');
    expect(await codeOf(token)).toBe('token_of_other_origin');
  });

  it.each([
    ['has expired', () => hmacToken(claims({ iat: now() - 600, exp: now() - 60 })), 'token_expired'],
    ['lives over an hour', () => hmacToken(claims({ exp: now() + 3700 })), 'token_lives_too_long'],
    ['was issued long ago', () => hmacToken(claims({ iat: now() - 4000, exp: now() + 10 })), 'token_expired'],
    ['will be issued later', () => hmacToken(claims({ iat: now() + 600, exp: now() + 900 })), 'invalid_token'],
    ['never expires', () => hmacToken({ aud: 'ossicle', iat: now() }), 'invalid_token'],
    ['does not say when it was issued', () => hmacToken({ aud: 'ossicle', exp: now() + 60 }), 'invalid_token'],
    ['is for another audience', () => hmacToken(claims({ aud: 'another' })), 'invalid_token'],
    ['is for no audience', () => hmacToken({ iat: now(), exp: now() + 60 }), 'invalid_token'],
    ['has another signature', () => hmacToken(claims(), `${SECRET}!`), 'invalid_token'],
    ['has no signature', () => `${base64url({ alg: 'none' })}.${base64url(claims())}.`, 'invalid_token'],
    ['names no algorithm', () => hmacToken(claims(), SECRET, { typ: 'JWT' }), 'invalid_token'],
    ['is no token', () => 'a.b.c', 'invalid_token'],
  ])('is refused when it %s', async (_name, make, code) => {
    expect(await codeOf(make())).toBe(code);
  });

  it('is refused whatever else it may be', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.string(), fc.string(), async (a, b, c) => {
        const verdict = await verifier.verify(`${a}.${b}.${c}`, undefined);
        expect(verdict).toMatchObject({ status: 'refused', refusal: { status: 401 } });
      }),
    );
  });

  it('is not made from a secret too short, nor for longer than an hour', async () => {
    await expect(tokenVerifier({ secret: 'short', audience: 'ossicle' })).rejects.toThrow(RangeError);
    const options = { audience: 'ossicle', lifetimeSeconds: 60 };
    await expect(signToken({ secret: 'short' }, options)).rejects.toThrow(RangeError);
    await expect(signToken({ secret: SECRET }, { ...options, lifetimeSeconds: 3601 })).rejects.toThrow(RangeError);
  });
});

describe('a token that is signed with a private key', () => {
  const pairs = {
    ec: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    ed25519: generateKeyPairSync('ed25519'),
    rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  };
  const pem = (key: KeyObject): string =>
    key.export({ type: key.type === 'public' ? 'spki' : 'pkcs8', format: 'pem' }).toString();
  const written = async (name: string, content: string): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, content);
    return path;
  };

  it.each(['ec', 'ed25519', 'rsa'] as const)('of the kind %s is taken by its public key', async (kind) => {
    const publicKeys = await written(`${kind}.pem`, pem(pairs[kind].publicKey));
    const verifier = await tokenVerifier({ publicKeys, audience: 'ossicle' });
    const token = await signToken(
      { privatePem: pem(pairs[kind].privateKey) },
      { audience: 'ossicle', lifetimeSeconds: 60 },
    );
    expect(await verifier.verify(token, undefined)).toMatchObject({ status: 'valid' });
    const forged = hmacToken(claims(), pem(pairs[kind].publicKey));
    expect(await verifier.verify(forged, undefined)).toMatchObject({ refusal: { status: 401, code: 'invalid_token' } });
  });

  it('is taken by the key of a set that it names', async () => {
    const keys = [
      { ...pairs.ec.publicKey.export({ format: 'jwk' }), kid: 'one' },
      { ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }), kid: 'two' },
    ];
    const publicKeys = await written('keys.json', JSON.stringify({ keys }));
    const verifier = await tokenVerifier({ publicKeys, audience: 'ossicle' });
    const token = (kid: string): string => {
      const content = `${base64url({ alg: 'ES256', kid })}.${base64url(claims())}`;
      const signature = sign('sha256', Buffer.from(content), { key: pairs.ec.privateKey, dsaEncoding: 'ieee-p1363' });
      return `${content}.${signature.toString('base64url')}`;
    };
    expect(await verifier.verify(token('one'), undefined)).toMatchObject({ status: 'valid' });
    expect(await verifier.verify(token('two'), undefined)).toMatchObject({ refusal: { code: 'invalid_token' } });
    expect(await verifier.verify(token('three'), undefined)).toMatchObject({ refusal: { code: 'invalid_token' } });
  });

  it('is not checked with a private key, with none, or with one that comes in clear over the network', async () => {
    const privatePem = await written('private.pem', pem(pairs.ec.privateKey));
    const privateJwk = await written('private.json', JSON.stringify(pairs.ec.privateKey.export({ format: 'jwk' })));
    const nothing = await written('nothing.json', '{"keys":[]}');
    const open = (publicKeys: string) => tokenVerifier({ publicKeys, audience: 'ossicle' });
    await expect(open(privatePem)).rejects.toThrow(/private key/);
    await expect(open(privateJwk)).rejects.toThrow(/private key/);
    await expect(open(nothing)).rejects.toThrow(/no public key/);
    await expect(open(join(folder, 'missing.pem'))).rejects.toThrow(/cannot be read/);
    await expect(open('http://shop.example/jwks.json')).rejects.toThrow(/https only/);
  });

  it('is answered 503 while the keys of its site cannot be fetched', async () => {
    const verifier = await tokenVerifier({ publicKeys: 'https://127.0.0.1:9/jwks.json', audience: 'ossicle' });
    const token = await signToken(
      { privatePem: pem(pairs.ec.privateKey) },
      { audience: 'ossicle', lifetimeSeconds: 60 },
    );
    expect(await verifier.verify(token, undefined)).toMatchObject({
      refusal: { status: 503, code: 'token_keys_unavailable' },
    });
  });
});
