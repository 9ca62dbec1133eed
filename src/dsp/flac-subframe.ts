import type { FlacBitReader } from './flac-bits.ts';

const FIXED_COEFFICIENTS: readonly (readonly number[])[] = [[], [1], [2, -1], [3, -3, 1], [4, -6, 4, -1]];
/** Longest linear predictor. */
const MAX_ORDER = 32;

function readResidual(reader: FlacBitReader, order: number, output: Float64Array, count: number): void {
  const method = reader.unsigned(2);
  if (method > 1) throw new RangeError('The FLAC stream codes a residual in a way that does not exist.');
  const parameterBits = method === 0 ? 4 : 5;
  const escapeCode = 2 ** parameterBits - 1;
  const partitionOrder = reader.unsigned(4);
  const partitionSamples = count >> partitionOrder;
  if (partitionSamples < order || partitionSamples << partitionOrder !== count) {
    throw new RangeError('The FLAC stream divides a block unevenly.');
  }
  let at = order;
  for (let partition = 0; partition < 1 << partitionOrder; partition++) {
    const end = (partition + 1) * partitionSamples;
    const parameter = reader.unsigned(parameterBits);
    if (parameter === escapeCode) {
      const bits = reader.unsigned(5);
      for (; at < end; at++) output[at] = reader.signed(bits);
    } else {
      const scale = 2 ** parameter;
      for (; at < end; at++) {
        const folded = reader.unary() * scale + reader.unsigned(parameter);
        output[at] = folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2;
      }
    }
  }
}

/** Turns residuals into samples, in place. Sums stay below 2^53 and are exact. */
function predict(coefficients: ArrayLike<number>, shift: number, output: Float64Array, count: number): void {
  const order = coefficients.length;
  const scale = 2 ** -shift;
  for (let i = order; i < count; i++) {
    let sum = 0;
    for (let k = 0; k < order; k++) sum += coefficients[k]! * output[i - 1 - k]!;
    output[i]! += Math.floor(sum * scale);
  }
}

function readLinear(reader: FlacBitReader, order: number, output: Float64Array, count: number): void {
  const precision = reader.unsigned(4) + 1;
  const shift = reader.signed(5);
  if (precision === 16 || shift < 0) throw new RangeError('The FLAC stream holds a predictor that does not exist.');
  const coefficients = new Float64Array(order);
  for (let k = 0; k < order; k++) coefficients[k] = reader.signed(precision);
  readResidual(reader, order, output, count);
  predict(coefficients, shift, output, count);
}

/**
 * Reads one channel of one frame.
 *
 * @param bitDepth Bits of a sample, 4..33 (a side channel has one more than the stream).
 * @param output Receives `count` samples, whole numbers; owned by the caller.
 * @throws RangeError for a stream that is damaged or cut short.
 * Source: RFC 9639, section 9.2.
 */
export function readFlacSubframe(reader: FlacBitReader, bitDepth: number, output: Float64Array, count: number): void {
  if (reader.unsigned(1) !== 0) throw new RangeError('The FLAC stream holds a subframe that does not exist.');
  const type = reader.unsigned(6);
  const wastedBits = reader.unsigned(1) === 1 ? reader.unary() + 1 : 0;
  const depth = bitDepth - wastedBits;
  if (depth < 1) throw new RangeError('The FLAC stream holds a sample without bits.');
  const order = type >= 32 ? type - 31 : type >= 8 && type <= 12 ? type - 8 : 0;
  if (order > count || order > MAX_ORDER) throw new RangeError('The FLAC stream predicts from more than there is.');
  if (type === 0) {
    output.fill(reader.signed(depth), 0, count);
  } else if (type === 1) {
    for (let i = 0; i < count; i++) output[i] = reader.signed(depth);
  } else if (type >= 32 || (type >= 8 && type <= 12)) {
    for (let i = 0; i < order; i++) output[i] = reader.signed(depth);
    if (type >= 32) {
      readLinear(reader, order, output, count);
    } else {
      readResidual(reader, order, output, count);
      predict(FIXED_COEFFICIENTS[order]!, 0, output, count);
    }
  } else {
    throw new RangeError('The FLAC stream holds a subframe that does not exist.');
  }
  if (wastedBits > 0) for (let i = 0; i < count; i++) output[i]! *= 2 ** wastedBits;
}
