import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SERVE_SETTINGS } from '../../src/server/config.ts';
import { readSettings, type Setting, variableOf } from '../../src/server/setting.ts';
import { type Instruction, parseDockerfile } from '../dockerfile.ts';

const root = join(import.meta.dirname, '../..');

interface Service {
  readonly image: string;
  readonly build?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly depends_on?: readonly string[];
  readonly entrypoint?: readonly string[];
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly networks: {
    readonly default: { readonly ipam: { readonly config: readonly { readonly subnet: string }[] } };
  };
}

// Playwright brings a parser along; a package of its own for one file would be one more to keep.
const { yaml } = createRequire(import.meta.url)('playwright-core/lib/utilsBundle') as {
  readonly yaml: { parse(text: string, options: { readonly merge: boolean }): unknown };
};
const compose = yaml.parse(readFileSync(join(root, 'compose.yaml'), 'utf8'), { merge: true }) as Compose;
const { services } = compose;
const servers = Object.entries(services).filter(([name]) => /^ossicle-\d$/.test(name));

describe('the compose file', () => {
  it('starts two servers that differ in nothing', () => {
    expect(servers.map(([name]) => name)).toEqual(['ossicle-1', 'ossicle-2']);
    expect(services['ossicle-2']).toEqual(services['ossicle-1']);
  });

  it('sets what the server knows, to what it takes', () => {
    const known = Object.values<Setting<unknown>>(SERVE_SETTINGS).map(({ flag }) => variableOf(flag));
    const environment = services['ossicle-1']?.environment ?? {};
    expect(Object.keys(environment).filter((name) => !known.includes(name))).toEqual([]);
    // As compose fills them in where the caller sets nothing.
    const filled = Object.entries(environment).map(([name, value]) => [
      name,
      value.replace(/\$\{\w+:-([^}]*)\}/g, '$1'),
    ]);
    const config = readSettings(SERVE_SETTINGS, {}, Object.fromEntries(filled) as Record<string, string>);
    expect(config).toMatchObject({ keys: '/keys/keys.json', idempotency: 'nats://nats:4222', tokenSecret: undefined });
    expect(config.trustProxy).toEqual(compose.networks.default.ipam.config.map(({ subnet }) => subnet));
  });

  it('opens the proxy to the world and nothing else', () => {
    const published = Object.entries(services).filter(([, service]) => service.ports !== undefined);
    expect(published.map(([name]) => name)).toEqual(['proxy']);
  });

  it('lets no server write to its image or to its keys', () => {
    for (const [, service] of servers) {
      expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], volumes: ['keys:/keys:ro'] });
    }
    expect(services['keys']?.volumes).toEqual(['keys:/keys']);
  });

  it('names services, volumes and files that there are', () => {
    for (const { depends_on = [], volumes = [], build } of Object.values(services)) {
      for (const name of depends_on) expect(services).toHaveProperty(name);
      for (const volume of volumes) {
        const [source = ''] = volume.split(':');
        if (source.startsWith('./')) expect(existsSync(join(root, source)), source).toBe(true);
        else expect(Object.keys(compose.volumes)).toContain(source);
      }
      if (build !== undefined) expect(existsSync(join(root, build, 'Dockerfile'))).toBe(true);
    }
    const targets = (services['proxy']?.environment?.['OSSICLE_SERVERS'] ?? '').split(' ');
    expect(targets).toEqual(servers.map(([name]) => `${name}:8790`));
    const caddyfile = readFileSync(join(root, 'deploy/Caddyfile'), 'utf8');
    for (const name of Object.keys(services['proxy']?.environment ?? {})) expect(caddyfile).toContain(`{$${name}:`);
  });
});

describe('the Dockerfile', () => {
  const stages = parseDockerfile(readFileSync(join(root, 'Dockerfile'), 'utf8'));
  const last = stages.at(-1)?.instructions ?? [];
  const argumentsOf = (name: Instruction['name']): string[] =>
    last.filter((each) => each.name === name).map((each) => each.text);

  it('builds in one stage and runs in another, on the same Node', () => {
    expect(stages.map(({ base }) => base)).toEqual(['node:20-bookworm-slim', 'node:20-bookworm-slim']);
  });

  it('runs as a user without rights', () => {
    expect(argumentsOf('USER')).toEqual(['node']);
  });

  it('asks whether clips are taken', () => {
    expect(argumentsOf('HEALTHCHECK')).toEqual([expect.stringContaining('/readyz')]);
  });

  it('takes files into the build that there are and that are not left out', () => {
    const ignored = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n');
    const copied = (stages[0]?.instructions ?? [])
      .filter(({ name }) => name === 'COPY')
      .flatMap(({ text }) => text.split(' ').slice(0, -1));
    for (const path of copied) {
      expect(existsSync(join(root, path)), path).toBe(true);
      expect(ignored).not.toContain(path);
    }
    // The build's settings import it.
    expect(ignored).toContain('!test/chromium.mjs');
    for (const secret of ['keys.json', '.env', '.git']) expect(ignored).toContain(secret);
  });
});
