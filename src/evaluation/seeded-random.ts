/**
 * A repeatable stream of numbers, uniform in [0, 1) in steps of 2^-32.
 *
 * Source: sfc32 of PractRand (Chris Doty-Humphrey, public domain): 128 bits of state, period at least 2^32.
 *
 * @param seed Any whole number; its lower 32 bits choose the stream.
 */
export function seededRandom(seed: number): () => number {
  let a = 0;
  let b = seed | 0;
  let c = 0;
  let counter = 1;
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 0x1_0000_0000;
  };
  for (let i = 0; i < 12; i++) next();
  return next;
}
