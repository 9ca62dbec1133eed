/**
 * The inputs of a layer that are not zero. ReLU leaves few: of speech and noise alike about 65 % of conv1's channels,
 * 80 % of conv2's, half of conv3's and a quarter of conv4's. Passing over the others changes no bit of any sum, and spares
 * reading their weights, which is what the LSTM spends its time on.
 *
 * An entry of the list is {address of the input, offset of its weights within a block}, two uint32.
 */
import { ACTIVE } from './memory-map';

/** Bytes of one entry. */
export const ENTRY: usize = 8;

/**
 * Lists the 4-byte inputs (a float32, or a pair of int16) that are not zero.
 *
 * @param count At most 256.
 * @param weightBytes From the weights of one input to those of the next.
 * @returns End of the list, which starts at ACTIVE.
 */
export function listActiveWords(x: usize, count: usize, weightBytes: usize): usize {
  let to = ACTIVE;
  let weights: usize = 0;
  for (const end = x + count * 4; x < end; x += 4) {
    store<u32>(to, <u32>x);
    store<u32>(to, <u32>weights, 4);
    // No branch: whether an input is zero cannot be foreseen.
    to += <usize>(load<u32>(x) != 0) * ENTRY;
    weights += weightBytes;
  }
  return to;
}

/** The same for 16-byte inputs: one channel, or a pair of them, at all four steps. */
export function listActiveRows(x: usize, count: usize, weightBytes: usize): usize {
  let to = ACTIVE;
  let weights: usize = 0;
  for (const end = x + count * 16; x < end; x += 16) {
    store<u32>(to, <u32>x);
    store<u32>(to, <u32>weights, 4);
    to += <usize>v128.any_true(v128.load(x)) * ENTRY;
    weights += weightBytes;
  }
  return to;
}
