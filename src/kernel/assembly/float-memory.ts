/** The fp16 kernel's weights: stored as halves, expanded once, multiplied as float32. Work memory lies below. */
import { WORK_END } from './memory-map';
import {
  BINS,
  CONV1_CHANNELS,
  CONV2_CHANNELS,
  CONV2_STEPS,
  CONV3_CHANNELS,
  CONV4_CHANNELS,
  F32,
  GATE_COUNT,
  LSTM_UNITS,
} from './network-shape';

/** Part of the module, float32 as they are used. */
export const CONV1_BIAS: usize = WORK_END;
export const CONV1_BIAS_BYTES: usize = CONV1_CHANNELS * F32;
export const CONV2_BIAS: usize = CONV1_BIAS + CONV1_BIAS_BYTES;
export const CONV2_BIAS_BYTES: usize = CONV2_CHANNELS * F32;
export const CONV3_BIAS: usize = CONV2_BIAS + CONV2_BIAS_BYTES;
export const CONV3_BIAS_BYTES: usize = CONV3_CHANNELS * F32;
export const CONV4_BIAS: usize = CONV3_BIAS + CONV3_BIAS_BYTES;
export const CONV4_BIAS_BYTES: usize = CONV4_CHANNELS * F32;
/** Both biases of the cell, added. */
export const LSTM_BIAS: usize = CONV4_BIAS + CONV4_BIAS_BYTES;
export const LSTM_BIAS_BYTES: usize = GATE_COUNT * F32;
/** 128 weights, the bias, and padding to 16 bytes. */
export const HEAD: usize = LSTM_BIAS + LSTM_BIAS_BYTES;
export const HEAD_BYTES: usize = (LSTM_UNITS + 4) * F32;

/** Filled by init: [16 blocks][129 bins][3 taps][8 channels]. */
export const CONV1_WEIGHTS: usize = HEAD + HEAD_BYTES;
export const CONV1_WEIGHTS_BYTES: usize = CONV1_CHANNELS * BINS * 3 * F32;
/** [4 blocks][128 inputs][3 taps][16 channels] */
export const CONV2_WEIGHTS: usize = CONV1_WEIGHTS + CONV1_WEIGHTS_BYTES;
export const CONV2_WEIGHTS_BYTES: usize = CONV2_CHANNELS * CONV1_CHANNELS * 3 * F32;
/** [2 blocks][64 inputs][taps 1 and 2][32 channels] */
export const CONV3_WEIGHTS: usize = CONV2_WEIGHTS + CONV2_WEIGHTS_BYTES;
export const CONV3_WEIGHTS_BYTES: usize = CONV3_CHANNELS * CONV2_CHANNELS * CONV2_STEPS * F32;
/** [4 blocks][64 inputs][32 channels], tap 1 */
export const CONV4_WEIGHTS: usize = CONV3_WEIGHTS + CONV3_WEIGHTS_BYTES;
export const CONV4_WEIGHTS_BYTES: usize = CONV4_CHANNELS * CONV3_CHANNELS * F32;
/** [16 blocks][128 inputs, 128 hidden][32 gates] */
export const LSTM_WEIGHTS: usize = CONV4_WEIGHTS + CONV4_WEIGHTS_BYTES;
export const LSTM_WEIGHTS_BYTES: usize = GATE_COUNT * 2 * LSTM_UNITS * F32;

/** Part of the module: the five regions above, one after the other, as IEEE 754 binary16. */
export const HALF_WEIGHTS: usize = LSTM_WEIGHTS + LSTM_WEIGHTS_BYTES;
export const HALF_WEIGHTS_BYTES: usize = (HALF_WEIGHTS - CONV1_WEIGHTS) / 2;
