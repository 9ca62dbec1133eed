import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A microphone that can be plugged in, pulled out and muted, in a PulseAudio of its own. */
export interface VirtualMicrophone {
  readonly name: string;
  readonly rateHz: number;
}

/** A sound server without a sound card: what is played into a sink is what its microphones hear. */
export class VirtualMicrophones {
  readonly #folder: string;
  readonly #daemon: ChildProcess;
  readonly #players: Set<ChildProcess> = new Set();
  #isClosed = false;

  private constructor(folder: string, daemon: ChildProcess) {
    this.#folder = folder;
    this.#daemon = daemon;
  }

  static async start(): Promise<VirtualMicrophones> {
    const folder = mkdtempSync(join(tmpdir(), 'ossicle-pulse-'));
    const daemon = spawn(
      'pulseaudio',
      [
        ...['-n', '--daemonize=no', '--exit-idle-time=-1', '--use-pid-file=no', '--disable-shm=yes'],
        ...['--realtime=no', '--high-priority=no', `--log-target=file:${folder}/log`],
        ...['-L', `module-native-protocol-unix auth-anonymous=1 socket=${folder}/socket`],
        ...['-L', 'module-null-sink sink_name=speakers rate=48000'],
      ],
      { stdio: 'ignore', env: { ...process.env, ...environmentIn(folder) } },
    );
    const microphones = new VirtualMicrophones(folder, daemon);
    for (let attempt = 0; !microphones.#answers(); attempt++) {
      if (attempt === 50) throw new Error(`PulseAudio did not start; its log is ${folder}/log`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    microphones.#control('set-default-sink', 'speakers');
    return microphones;
  }

  /** Tells programs where this sound server is. */
  get environment(): Readonly<Record<string, string>> {
    return environmentIn(this.#folder);
  }

  /** Plugs a microphone in; it becomes the default one. */
  plug(name: string, rateHz: number = 48_000): VirtualMicrophone {
    this.#control('load-module', 'module-null-sink', `sink_name=${name}_air`, `rate=${rateHz}`, 'channels=1');
    this.#control(
      ...['load-module', 'module-remap-source', `master=${name}_air.monitor`, `source_name=${name}`, 'channels=1'],
      `source_properties=device.description=${name}`,
    );
    this.#control('set-default-sink', 'speakers');
    this.#control('set-default-source', name);
    return { name, rateHz };
  }

  /** Pulls a microphone out; what is played to it is heard by nobody. */
  unplug({ name }: VirtualMicrophone): void {
    this.#unload(`source_name=${name} `);
  }

  /** Takes a microphone away with all that is played to it. */
  remove(microphone: VirtualMicrophone): void {
    this.unplug(microphone);
    this.#unload(`sink_name=${microphone.name}_air `);
  }

  makeDefault({ name }: VirtualMicrophone): void {
    this.#control('set-default-source', name);
  }

  /** Plugs in loudspeakers of that rate; new audio goes there. */
  plugSpeakers(name: string, rateHz: number): void {
    this.#control('load-module', 'module-null-sink', `sink_name=${name}`, `rate=${rateHz}`);
    this.#control('set-default-sink', name);
  }

  /** Takes loudspeakers away again; those that were there at first take their place. */
  unplugSpeakers(name: string): void {
    this.#unload(`sink_name=${name} `);
    this.#control('set-default-sink', 'speakers');
  }

  /** Mutes or unmutes a microphone in the system's own mixer. */
  mute({ name }: VirtualMicrophone, isMuted: boolean): void {
    this.#control('set-source-mute', name, isMuted ? '1' : '0');
  }

  /** Stops or starts the loudspeakers, whose clock the browsers' audio runs by. */
  suspendSpeakers(isSuspended: boolean): void {
    this.#control('suspend-sink', 'speakers', isSuspended ? '1' : '0');
  }

  /** Plays a WAV file to a microphone. @returns When it has been played, or when the microphone is removed. */
  async play({ name }: VirtualMicrophone, path: string, signal?: AbortSignal): Promise<void> {
    const player = spawn('paplay', [`--device=${name}_air`, '--latency-msec=100', path], {
      stdio: 'ignore',
      env: { ...process.env, ...this.environment },
    });
    const stop = (): void => void player.kill();
    this.#players.add(player);
    signal?.addEventListener('abort', stop);
    await once(player, 'exit');
    signal?.removeEventListener('abort', stop);
    this.#players.delete(player);
  }

  /** Has a microphone hear a file again and again, until the signal is aborted: a room is never without any sound. */
  async loop(microphone: VirtualMicrophone, path: string, signal: AbortSignal): Promise<void> {
    while (!this.#isClosed && !signal.aborted) await this.play(microphone, path, signal);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const player of this.#players) player.kill();
    const gone = once(this.#daemon, 'exit');
    this.#daemon.kill();
    await gone;
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #unload(argument: string): void {
    for (const line of this.#control('list', 'short', 'modules').split('\n')) {
      if (line.includes(argument)) this.#control('unload-module', line.split('\t')[0] ?? '');
    }
  }

  #answers(): boolean {
    try {
      this.#control('info');
      return true;
    } catch {
      return false;
    }
  }

  #control(...args: readonly string[]): string {
    return execFileSync('pactl', args, {
      encoding: 'utf8',
      env: { ...process.env, ...this.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }
}

function environmentIn(folder: string): Record<string, string> {
  return { PULSE_RUNTIME_PATH: folder, PULSE_STATE_PATH: folder, PULSE_SERVER: `unix:${folder}/socket` };
}
