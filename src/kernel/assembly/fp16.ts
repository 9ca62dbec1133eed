/** Entry of the fp16 kernel: weights stored in half precision, all arithmetic in float32. */
import { convolve1, convolve2 } from './float-convolution';
import {
  CONV1_WEIGHTS,
  CONV3_BIAS,
  CONV3_WEIGHTS,
  CONV4_BIAS,
  CONV4_WEIGHTS,
  HALF_WEIGHTS,
  HALF_WEIGHTS_BYTES,
  HEAD,
  LSTM_BIAS,
  LSTM_WEIGHTS,
} from './float-memory';
import { multiplyFloats } from './float-product';
import { expandHalves } from './half-float';
import { stepCell } from './lstm';
import { CONV2_OUTPUT, CONV3_OUTPUT, GATES, LSTM_INPUT, SAMPLES } from './memory-map';
import { CONTEXT_SAMPLES, CONV3_CHANNELS, CONV4_CHANNELS, F32, GATE_COUNT, LSTM_UNITS } from './network-shape';
import { computeMagnitudes } from './stft';
import { clearStream, keepContext, silenceInvalidSamples } from './stream';
import { fillTables } from './tables';

/** Byte offset of the 512 float32 samples of the frame. */
export const frameOffset: usize = SAMPLES + CONTEXT_SAMPLES * F32;

/** Expands the weights, fills the tables and clears the state. */
export function init(): void {
  fillTables();
  expandHalves(HALF_WEIGHTS, CONV1_WEIGHTS, HALF_WEIGHTS_BYTES * 2);
  clearStream();
}

/** Speech probability of the frame in memory, 0..1; advances the stream by one frame. NaN and infinity count as silence. */
export function score(): f32 {
  silenceInvalidSamples();
  computeMagnitudes();
  convolve1();
  convolve2();
  multiplyFloats(CONV2_OUTPUT, 128, CONV3_WEIGHTS, CONV3_BIAS, CONV3_OUTPUT, CONV3_CHANNELS / 32, 0);
  multiplyFloats(CONV3_OUTPUT, 64, CONV4_WEIGHTS, CONV4_BIAS, LSTM_INPUT, CONV4_CHANNELS / 32, 0);
  multiplyFloats(LSTM_INPUT, 2 * LSTM_UNITS, LSTM_WEIGHTS, LSTM_BIAS, GATES, GATE_COUNT / 32, -Infinity);
  keepContext();
  return stepCell(HEAD);
}

/** The next frame is the first. */
export function reset(): void {
  clearStream();
}
