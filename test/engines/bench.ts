import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sceneSamples, wavFile } from '../e2e/recording.ts';
import { ProbeServer } from '../probe/probe-server.ts';
import { whiteNoise } from '../signals.ts';
import { openChromium } from './chromium-engine.ts';
import type { Engine } from './engine.ts';
import { openFirefox } from './firefox-engine.ts';
import { type VirtualMicrophone, VirtualMicrophones } from './virtual-microphones.ts';
import { openWebKit } from './webkit-engine.ts';

const OPENERS = { Chromium: openChromium, Firefox: openFirefox, WebKitGTK: openWebKit } as const;

/** An engine that these tests know. */
export type EngineName = keyof typeof OPENERS;

/** The engines that are installed. */
export function availableEngines(): readonly EngineName[] {
  const missing = (process.env['OSSICLE_MISSING_ENGINES'] ?? '').split(',');
  return (Object.keys(OPENERS) as EngineName[]).filter((name) => !missing.includes(name));
}

const ROOM_SECONDS = 60;
const RATE_HZ = 48_000;

/** An engine, microphones, recordings to play to them, and the servers that the pages need. */
export class Bench {
  readonly microphones: VirtualMicrophones;
  readonly probe: ProbeServer;
  readonly engine: Engine;
  readonly #folder: string;
  /** Every microphone since the last {@link Bench.clear}, and what ends the sound around it. */
  readonly #rooms: Map<VirtualMicrophone, AbortController> = new Map();
  #saying: Promise<void> = Promise.resolve();

  private constructor(folder: string, microphones: VirtualMicrophones, probe: ProbeServer, engine: Engine) {
    this.#folder = folder;
    this.microphones = microphones;
    this.probe = probe;
    this.engine = engine;
  }

  static async open(name: EngineName): Promise<Bench> {
    const folder = mkdtempSync(join(tmpdir(), 'ossicle-engines-'));
    writeFileSync(join(folder, 'room.wav'), wavFile(whiteNoise(RATE_HZ, ROOM_SECONDS, -75, 1)));
    const microphones = await VirtualMicrophones.start();
    const probe = await ProbeServer.open();
    try {
      return new Bench(folder, microphones, probe, await OPENERS[name](microphones.environment));
    } catch (error) {
      await probe.close();
      await microphones.close();
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.engine.close();
    await this.probe.close();
    await this.microphones.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Plugs in a microphone in a quiet room; it becomes the default one. */
  plug(name: string, rateHz: number = RATE_HZ): VirtualMicrophone {
    const microphone = this.microphones.plug(name, rateHz);
    const room = new AbortController();
    this.#rooms.set(microphone, room);
    void this.microphones.loop(microphone, join(this.#folder, 'room.wav'), room.signal);
    return microphone;
  }

  /** Takes all microphones away; what is still being said to them is cut off. */
  async clear(): Promise<void> {
    for (const [microphone, room] of this.#rooms) {
      room.abort();
      this.microphones.remove(microphone);
    }
    this.#rooms.clear();
    await this.#saying;
  }

  /** Plays a recording of test/fixtures/audio, after what is still being said. @returns When it has been played. */
  async say(clip: string, microphone: VirtualMicrophone): Promise<void> {
    const said = this.#saying.then(() => this.#play(clip, microphone));
    this.#saying = said;
    await said;
  }

  async #play(clip: string, microphone: VirtualMicrophone): Promise<void> {
    const path = join(this.#folder, `${clip}.wav`);
    writeFileSync(path, wavFile(sceneSamples({ clip, leadSeconds: 0, tailSeconds: 0.2 })));
    await this.microphones.play(microphone, path);
  }
}
