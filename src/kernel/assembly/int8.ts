/** Entry of the int8 kernel: weights of 8 bits, activations of 16, sums of 32; transform and gates in float32. */
import { convolve1, convolve2 } from './integer-convolution';
import {
  CONV3_BIAS,
  CONV3_SCALES,
  CONV3_WEIGHTS,
  CONV4_BIAS,
  CONV4_SCALES,
  CONV4_WEIGHTS,
  HEAD,
  HIDDEN_SCALES,
  HIDDEN_WEIGHTS,
  INPUT_SCALES,
  INPUT_WEIGHTS,
  LSTM_BIAS,
} from './integer-memory';
import { multiplyIntegers } from './integer-product';
import { stepCell } from './lstm';
import { CONV2_OUTPUT, CONV3_OUTPUT, GATES, HIDDEN, LSTM_INPUT, SAMPLES } from './memory-map';
import { CONTEXT_SAMPLES, CONV3_CHANNELS, CONV4_CHANNELS, F32, GATE_COUNT, LSTM_UNITS } from './network-shape';
import { computeMagnitudes } from './stft';
import { clearStream, keepContext, silenceInvalidSamples } from './stream';
import { fillTables } from './tables';

const GATE_BLOCKS: usize = GATE_COUNT / 32;

/** Byte offset of the 512 float32 samples of the frame. */
export const frameOffset: usize = SAMPLES + CONTEXT_SAMPLES * F32;

/** Fills the tables and clears the state; the weights are used as they are stored. */
export function init(): void {
  fillTables();
  clearStream();
}

/** Speech probability of the frame in memory, 0..1; advances the stream by one frame. NaN and infinity count as silence. */
export function score(): f32 {
  silenceInvalidSamples();
  computeMagnitudes();
  convolve1();
  convolve2();
  multiplyIntegers(CONV2_OUTPUT, 128, CONV3_WEIGHTS, CONV3_SCALES, CONV3_BIAS, CONV3_OUTPUT, CONV3_CHANNELS / 32, 0);
  multiplyIntegers(CONV3_OUTPUT, 64, CONV4_WEIGHTS, CONV4_SCALES, CONV4_BIAS, LSTM_INPUT, CONV4_CHANNELS / 32, 0);
  multiplyIntegers(LSTM_INPUT, LSTM_UNITS, INPUT_WEIGHTS, INPUT_SCALES, LSTM_BIAS, GATES, GATE_BLOCKS, -Infinity);
  multiplyIntegers(HIDDEN, LSTM_UNITS, HIDDEN_WEIGHTS, HIDDEN_SCALES, GATES, GATES, GATE_BLOCKS, -Infinity);
  keepContext();
  return stepCell(HEAD);
}

/** The next frame is the first. */
export function reset(): void {
  clearStream();
}
