import { relu, sigmoid, tanh } from './activation';
import { CELL, GATES, HIDDEN } from './memory-map';
import { F32, LSTM_UNITS, V128 } from './network-shape';

const UNIT_BYTES: usize = LSTM_UNITS * F32;

/**
 * Applies the gates to the cell, writes the new hidden state, and reads the probability off it.
 *
 * @param headWeights Address of the head's 128 weights and, after them, its bias.
 */
export function stepCell(headWeights: usize): f32 {
  let sums = f32x4.splat(0);
  for (let at: usize = 0; at < UNIT_BYTES; at += V128) {
    const input = sigmoid(v128.load(GATES + at));
    const forget = sigmoid(v128.load(GATES + UNIT_BYTES + at));
    const candidate = tanh(v128.load(GATES + 2 * UNIT_BYTES + at));
    const output = sigmoid(v128.load(GATES + 3 * UNIT_BYTES + at));
    const cell = f32x4.add(f32x4.mul(forget, v128.load(CELL + at)), f32x4.mul(input, candidate));
    const hidden = f32x4.mul(output, tanh(cell));
    v128.store(CELL + at, cell);
    v128.store(HIDDEN + at, hidden);
    sums = f32x4.add(sums, f32x4.mul(relu(hidden), v128.load(headWeights + at)));
  }
  const total =
    f32x4.extract_lane(sums, 0) +
    f32x4.extract_lane(sums, 1) +
    f32x4.extract_lane(sums, 2) +
    f32x4.extract_lane(sums, 3) +
    load<f32>(headWeights, UNIT_BYTES);
  return f32x4.extract_lane(sigmoid(f32x4.splat(total)), 0);
}
