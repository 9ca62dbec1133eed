import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { runCommand, runToSuccess } from '../run-command.ts';

const root = join(import.meta.dirname, '../..');
const THIS_FILE = 'test/unit/repository-hygiene.test.ts';

/** Lines of committed text files that match, this file's own left out. */
async function linesWith(pattern: string): Promise<string[]> {
  const args = ['grep', '-nIE', '-e', pattern, '--', '.', `:!${THIS_FILE}`];
  const { exitCode, stdout, stderr } = await runCommand('git', args, root);
  if (exitCode !== 0 && exitCode !== 1) throw new Error(`git grep failed: ${stderr}`);
  return stdout.split('\n').filter((line) => line !== '');
}

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

interface LockedPackage {
  readonly integrity?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

function lockedPackages(): Readonly<Record<string, LockedPackage>> {
  const lock = readFileSync(join(root, 'package-lock.json'), 'utf8');
  return (JSON.parse(lock) as { readonly packages: Record<string, LockedPackage> }).packages;
}

let registryHost: string;
beforeAll(async () => {
  const registry = await runToSuccess('npm', ['config', 'get', 'registry'], root);
  registryHost = new URL(registry.trim()).hostname;
});

describe('the committed files', () => {
  it('are searched at all', async () => {
    expect(await linesWith('"name": "ossicle"')).not.toEqual([]);
  });

  it('name no folder of the machine they were written on', async () => {
    expect(await linesWith('(^|[^A-Za-z0-9_./-])/(home|Users)/[A-Za-z]')).toEqual([]);
    // A checkout at the top of the disk has a name like any path in an address.
    const places = [root, homedir()].filter((path) => path.split('/').length > 2);
    for (const path of places) expect(await linesWith(`${literally(path)}($|[^A-Za-z0-9_-])`)).toEqual([]);
  });

  it('name no package registry', async () => {
    expect(await linesWith('registry\\.[a-z]+(js|pkg|mirror)?\\.|npmjs\\.org|/npm-proxy|_authToken')).toEqual([]);
    expect(await linesWith(literally(registryHost))).toEqual([]);
  });

  it('lock versions and checksums, not addresses', () => {
    const lock = readFileSync(join(root, 'package-lock.json'), 'utf8');
    expect(lock).not.toContain('"resolved"');
    const unchecked = Object.entries(lockedPackages()).filter(([path, entry]) => path !== '' && !entry.integrity);
    expect(unchecked.map(([path]) => path)).toEqual([]);
  });

  it('lock the packages of every platform, without which npm ci refuses', () => {
    const packages = lockedPackages();
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) => !(`node_modules/${name}` in packages) && !(`${path}/node_modules/${name}` in packages),
      ),
    );
    expect(missing).toEqual([]);
  });
});
