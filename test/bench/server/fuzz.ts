import fc from 'fast-check';
import { OssicleServer } from '../../e2e/server.ts';
import { faultOf, hostileKinds, postHostile } from '../../hostile-bodies.ts';

/** Bodies on their way at a time: as many as one recogniser and its queue take. */
const AT_A_TIME = 4;

/**
 * Runs the fuzzer and prints a table.
 *
 * @returns The process's exit code: 1 when a body broke the server or got no clear answer.
 */
export async function fuzz(count: number, seed: number): Promise<number> {
  const server = await new OssicleServer().start();
  const kinds = await hostileKinds();
  console.log(`seed ${seed}`);
  try {
    const startBytes = await residentBytes(server.origin);
    for (const { name, bodies } of kinds) {
      const statuses = new Map<number, number>();
      const startMs = performance.now();
      const property = fc.asyncProperty(
        fc.array(bodies, { minLength: AT_A_TIME, maxLength: AT_A_TIME }),
        async (batch) => {
          await Promise.all(
            batch.map(async (body) => {
              const response = await postHostile(server.origin, body);
              statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
              const fault = await faultOf(response);
              if (fault !== undefined) throw new Error(fault);
            }),
          );
        },
      );
      await fc.assert(property, { numRuns: Math.ceil(count / kinds.length / AT_A_TIME), seed });
      const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
      const counts = [...statuses].sort(([a], [b]) => a - b).map(([status, times]) => `${status}: ${times}`);
      console.log(`${name}: ${counts.join(', ')} (${seconds} s)`);
    }
    const endBytes = await residentBytes(server.origin);
    console.log(`server's memory: ${megabytes(startBytes)} before, ${megabytes(endBytes)} after`);
    return 0;
  } catch (error) {
    console.error(error);
    return 1;
  } finally {
    await server.kill();
  }
}

async function residentBytes(origin: string): Promise<number> {
  const text = await (await fetch(`${origin}/metrics`)).text();
  return Number(/^process_resident_memory_bytes (\d+)/m.exec(text)?.[1]);
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MB`;
}
