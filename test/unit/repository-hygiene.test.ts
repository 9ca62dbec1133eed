import { readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, relative } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { runToSuccess } from '../run-command.ts';

const root = join(import.meta.dirname, '../..');

/** The text files of the repository: what version control leaves out is left out here, this file's own patterns too. */
function textFiles(): { readonly path: string; readonly text: string }[] {
  const ignored = readFileSync(join(root, '.gitignore'), 'utf8').split('\n');
  const isIgnored = (name: string, isFolder: boolean): boolean =>
    name === '.git' ||
    ignored.includes(isFolder ? `${name}/` : name) ||
    ignored.some((line) => line.startsWith('*.') && name.endsWith(line.slice(1)));
  const walk = (folder: string): string[] =>
    readdirSync(folder, { withFileTypes: true })
      .filter((entry) => !isIgnored(entry.name, entry.isDirectory()))
      .flatMap((entry) => (entry.isDirectory() ? walk(join(folder, entry.name)) : [join(folder, entry.name)]));
  return walk(root)
    .filter((path) => path !== import.meta.filename)
    .map((path) => ({ path: relative(root, path), text: readFileSync(path, 'latin1') }))
    .filter(({ text }) => !text.includes('\0'));
}

const FILES = textFiles();

function linesWith(pattern: RegExp): string[] {
  return FILES.flatMap(({ path, text }) =>
    text
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${line.slice(0, 200)}`] : [])),
  );
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

/** Where Node looks for what a package needs: in its own folder, and in those that it lies in. */
function foldersAbove(path: string): string[] {
  const parts = path.split('node_modules/');
  return [`${path}/`, ...parts.map((_, index) => parts.slice(0, index).join('node_modules/'))];
}

let registryHost: string;
beforeAll(async () => {
  const registry = await runToSuccess('npm', ['config', 'get', 'registry'], root);
  registryHost = new URL(registry.trim()).host;
});

describe('the files of the repository', () => {
  it('are searched at all', () => {
    expect(linesWith(/"name": "ossicle"/).length).toBeGreaterThan(0);
    expect(FILES.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['src/index.ts', '.ci/run', 'package-lock.json']),
    );
  });

  it('name no folder of the machine they were written on', () => {
    expect(linesWith(/(^|[^\w./-])\/(home|Users)\/[A-Za-z]/)).toEqual([]);
    // A checkout at the top of the disk has a name like any path in an address.
    const places = [root, homedir()].filter((path) => path.split('/').length > 2);
    for (const path of places) expect(linesWith(new RegExp(`${literally(path)}(?![\\w-])`))).toEqual([]);
  });

  it('name no package registry', () => {
    expect(linesWith(/registry\.[a-z]+(js|pkg|mirror)?\.|npmjs\.org|_authToken/)).toEqual([]);
    expect(linesWith(new RegExp(literally(registryHost)))).toEqual([]);
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
        (name) => !foldersAbove(path).some((folder) => `${folder}node_modules/${name}` in packages),
      ),
    );
    expect(missing).toEqual([]);
  });
});
