import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WakeLock } from '../../src/app/wake-lock.ts';
import type { PipelineState } from '../../src/index.ts';

/** A system that counts its locks, refuses some, and takes all away when the page is hidden. */
class System {
  readonly locks: { released: boolean }[] = [];
  refuses = false;

  async request(): Promise<{ released: boolean; release(): Promise<undefined> }> {
    await Promise.resolve();
    if (this.refuses) throw new DOMException('The battery is low.', 'NotAllowedError');
    const lock = {
      released: false,
      release: async (): Promise<undefined> => {
        lock.released = true;
        return undefined;
      },
    };
    this.locks.push(lock);
    return lock;
  }

  hide(): void {
    for (const lock of this.locks) lock.released = true;
  }

  get heldCount(): number {
    return this.locks.filter(({ released }) => !released).length;
  }
}

async function settled(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve));
}

describe('the screen', () => {
  it('stays on from listening until the microphone is closed', async () => {
    const system = new System();
    const lock = new WakeLock(system);
    for (const [phase, held] of [
      ['requesting', 0],
      ['starting', 0],
      ['listening', 1],
      ['interrupted', 1],
      ['recovering', 1],
      ['listening', 1],
      ['finishing', 0],
      ['idle', 0],
    ] as const) {
      lock.follow(phase);
      await settled();
      expect([phase, system.heldCount]).toEqual([phase, held]);
    }
    expect(system.locks).toHaveLength(1);
  });

  it('stays on again once a page that was hidden is seen, if the microphone is still open', async () => {
    const system = new System();
    const lock = new WakeLock(system);
    lock.follow('listening');
    await settled();
    system.hide();
    lock.renew();
    await settled();
    expect(system.heldCount).toBe(1);
    lock.follow('idle');
    system.hide();
    lock.renew();
    await settled();
    expect(system.heldCount).toBe(0);
  });

  it('goes off as always where the system refuses, or knows no lock', async () => {
    const system = new System();
    system.refuses = true;
    const lock = new WakeLock(system);
    lock.follow('listening');
    lock.follow('idle');
    system.refuses = false;
    lock.follow('listening');
    await settled();
    expect(system.heldCount).toBe(1);
    new WakeLock(undefined).follow('listening');
  });

  it('is held once while listening and never else, whatever happens in between', async () => {
    const phases: PipelineState['phase'][] = ['idle', 'requesting', 'listening', 'interrupted', 'finishing', 'failed'];
    const step = fc.oneof(fc.constantFrom(...phases), fc.constantFrom('hide', 'renew', 'settle'));
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), fc.constantFrom(...phases), async (steps, last) => {
        const system = new System();
        const lock = new WakeLock(system);
        for (const each of steps) {
          if (each === 'hide') system.hide();
          else if (each === 'renew') lock.renew();
          else if (each === 'settle') await settled();
          else lock.follow(each as PipelineState['phase']);
        }
        lock.follow(last);
        lock.renew();
        await settled();
        expect(system.heldCount).toBe(last === 'listening' || last === 'interrupted' ? 1 : 0);
      }),
      { numRuns: 200 },
    );
  });
});
