/**
 * The int8 kernel's weights: one byte each, in pairs of inputs, because `i32x4.dot_i16x8_s` multiplies and adds pairs. Every
 * output has a scale: weight = scale * integer. Work memory lies below; everything but INTEGERS is part of the module.
 */
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
  STEPS,
} from './network-shape';

/** Scratch: the activations of one layer as int16, in pairs. conv1's are the most. */
export const INTEGERS: usize = WORK_END;
export const INTEGERS_BYTES: usize = (BINS + 1) * STEPS * 2;

/** [16 blocks][65 pairs of bins][3 taps][8 channels][2] */
export const CONV1_WEIGHTS: usize = INTEGERS + INTEGERS_BYTES;
export const CONV1_WEIGHTS_BYTES: usize = CONV1_CHANNELS * (BINS + 1) * 3;
/** [4 blocks][64 pairs of inputs][3 taps][16 channels][2] */
export const CONV2_WEIGHTS: usize = CONV1_WEIGHTS + CONV1_WEIGHTS_BYTES;
export const CONV2_WEIGHTS_BYTES: usize = CONV2_CHANNELS * CONV1_CHANNELS * 3;
/** [2 blocks][64 inputs][32 channels][taps 1 and 2] */
export const CONV3_WEIGHTS: usize = CONV2_WEIGHTS + CONV2_WEIGHTS_BYTES;
export const CONV3_WEIGHTS_BYTES: usize = CONV3_CHANNELS * CONV2_CHANNELS * CONV2_STEPS;
/** [4 blocks][32 pairs of inputs][32 channels][2], tap 1 */
export const CONV4_WEIGHTS: usize = CONV3_WEIGHTS + CONV3_WEIGHTS_BYTES;
export const CONV4_WEIGHTS_BYTES: usize = CONV4_CHANNELS * CONV3_CHANNELS;
/** [16 blocks][64 pairs of inputs][32 gates][2], apart for the input and the hidden state: their ranges differ. */
export const INPUT_WEIGHTS: usize = CONV4_WEIGHTS + CONV4_WEIGHTS_BYTES;
export const INPUT_WEIGHTS_BYTES: usize = GATE_COUNT * LSTM_UNITS;
export const HIDDEN_WEIGHTS: usize = INPUT_WEIGHTS + INPUT_WEIGHTS_BYTES;
export const HIDDEN_WEIGHTS_BYTES: usize = GATE_COUNT * LSTM_UNITS;

/** One float32 scale for each output. */
export const CONV1_SCALES: usize = HIDDEN_WEIGHTS + HIDDEN_WEIGHTS_BYTES;
export const CONV1_SCALES_BYTES: usize = CONV1_CHANNELS * F32;
export const CONV2_SCALES: usize = CONV1_SCALES + CONV1_SCALES_BYTES;
export const CONV2_SCALES_BYTES: usize = CONV2_CHANNELS * F32;
export const CONV3_SCALES: usize = CONV2_SCALES + CONV2_SCALES_BYTES;
export const CONV3_SCALES_BYTES: usize = CONV3_CHANNELS * F32;
export const CONV4_SCALES: usize = CONV3_SCALES + CONV3_SCALES_BYTES;
export const CONV4_SCALES_BYTES: usize = CONV4_CHANNELS * F32;
export const INPUT_SCALES: usize = CONV4_SCALES + CONV4_SCALES_BYTES;
export const INPUT_SCALES_BYTES: usize = GATE_COUNT * F32;
export const HIDDEN_SCALES: usize = INPUT_SCALES + INPUT_SCALES_BYTES;
export const HIDDEN_SCALES_BYTES: usize = GATE_COUNT * F32;

/** float32 biases; the quantisation has moved what it could not round away into them. */
export const CONV1_BIAS: usize = HIDDEN_SCALES + HIDDEN_SCALES_BYTES;
export const CONV1_BIAS_BYTES: usize = CONV1_CHANNELS * F32;
export const CONV2_BIAS: usize = CONV1_BIAS + CONV1_BIAS_BYTES;
export const CONV2_BIAS_BYTES: usize = CONV2_CHANNELS * F32;
export const CONV3_BIAS: usize = CONV2_BIAS + CONV2_BIAS_BYTES;
export const CONV3_BIAS_BYTES: usize = CONV3_CHANNELS * F32;
export const CONV4_BIAS: usize = CONV3_BIAS + CONV3_BIAS_BYTES;
export const CONV4_BIAS_BYTES: usize = CONV4_CHANNELS * F32;
export const LSTM_BIAS: usize = CONV4_BIAS + CONV4_BIAS_BYTES;
export const LSTM_BIAS_BYTES: usize = GATE_COUNT * F32;

/** 128 weights, the bias, and padding to 16 bytes: too few to be worth a rounding. */
export const HEAD: usize = LSTM_BIAS + LSTM_BIAS_BYTES;
export const HEAD_BYTES: usize = (LSTM_UNITS + 4) * F32;

/** One float32 factor for each bin, and padding: brings the bins' weights to a like size before rounding. */
export const EQUALISER: usize = HEAD + HEAD_BYTES;
export const EQUALISER_BYTES: usize = (BINS + 3) * F32;
