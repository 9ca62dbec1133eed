import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Where Debian, Homebrew and a download put programs. */
const FOLDERS = ['/usr/sbin', '/usr/bin', '/usr/local/bin', '/opt/homebrew/bin'];

/**
 * The path of a program that some tests run; its Debian package is installed, and named, where it is missing and the
 * tests run as root.
 *
 * @param variable Environment variable that names another one.
 * @param debianPackage Named as the program when left out.
 * @throws Error saying what to install.
 */
export function debianProgram(name: string, variable: string, debianPackage: string = name): string {
  const find = (): string | undefined =>
    [process.env[variable] ?? '', ...FOLDERS.map((folder) => `${folder}/${name}`)].find((path) => existsSync(path));
  const found = find();
  if (found !== undefined) return found;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    throw new Error(`These tests need ${name}. Install it (Debian: apt install ${debianPackage}), or set ${variable}.`);
  }
  console.error(`No ${name} was found: installing Debian’s package.`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const stdio = ['ignore', 'ignore', 'inherit'] as const;
  execFileSync('apt-get', ['update', '-qq'], { stdio: [...stdio] });
  execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', debianPackage], {
    stdio: [...stdio],
    env,
  });
  const installed = find();
  if (installed === undefined) throw new Error(`${name} could not be installed. Install it, or set ${variable}.`);
  return installed;
}
