import { execFileSync } from 'node:child_process';
import { debianProgram } from './debian-program.ts';

/**
 * Two machines on a cable, as far as programs can tell: network namespaces of Linux, which root may make. Nothing leaves
 * this machine.
 */
export class TwoMachines {
  /** The first machine's only address beside loopback. */
  readonly address: string = '10.77.83.1';
  readonly #ip: string;
  readonly #names: readonly [first: string, second: string];

  /** @throws Error saying what is missing, where no namespace can be made. */
  constructor() {
    this.#ip = debianProgram('ip', 'IP_PATH', 'iproute2');
    this.#names = [`ossicle-a-${process.pid}`, `ossicle-b-${process.pid}`];
    const [first, second] = this.#names;
    this.#run('netns', 'add', first);
    this.#run('netns', 'add', second);
    this.#run('-n', first, ...['link', 'add', 'cable', 'type', 'veth', 'peer', 'name', 'cable', 'netns', second]);
    for (const [name, address] of [
      [first, this.address],
      [second, '10.77.83.2'],
    ] as const) {
      this.#run('-n', name, 'address', 'add', `${address}/30`, 'dev', 'cable');
      this.#run('-n', name, 'link', 'set', 'lo', 'up');
      this.#run('-n', name, 'link', 'set', 'cable', 'up');
    }
  }

  /** What goes before a command to run it on one of the two. */
  on(machine: 'first' | 'second'): readonly [program: string, ...args: string[]] {
    return [this.#ip, 'netns', 'exec', this.#names[machine === 'first' ? 0 : 1]];
  }

  /** Takes both away; their programs must have ended. */
  remove(): void {
    for (const name of this.#names) this.#run('netns', 'delete', name);
  }

  #run(...args: string[]): void {
    execFileSync(this.#ip, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  }
}
