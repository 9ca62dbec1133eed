/**
 * Working memory that both kernels share. A region is a pair of constants, NAME and NAME_BYTES; each starts where the
 * one before it ends. The build reads every pair out of the compiled map and refuses overlap, misalignment (16 bytes)
 * and anything beyond the end of memory.
 */
import {
  BINS,
  CONV1_CHANNELS,
  CONV2_CHANNELS,
  CONV2_STEPS,
  CONV3_CHANNELS,
  F32,
  GATE_COUNT,
  INPUT_SAMPLES,
  LSTM_UNITS,
  STEPS,
  V128,
  WINDOW_SAMPLES,
} from './network-shape';

/** Address 0 stays unused, so that a null pointer never looks like a valid one. */
const MEMORY_BASE: usize = 1024;

/** Context | new frame | reflected padding. */
export const SAMPLES: usize = MEMORY_BASE;
export const SAMPLES_BYTES: usize = INPUT_SAMPLES * F32;

/** 128 complex numbers, each {re, im} as a register pair whose lanes are the four STFT steps. The passes of the FFT
 *  go back and forth between the two. */
export const SPECTRUM_A: usize = SAMPLES + SAMPLES_BYTES;
export const SPECTRUM_A_BYTES: usize = (WINDOW_SAMPLES / 2) * 2 * V128;
export const SPECTRUM_B: usize = SPECTRUM_A + SPECTRUM_A_BYTES;
export const SPECTRUM_B_BYTES: usize = SPECTRUM_A_BYTES;

/** [bin][step]. One more bin than the network has, always zero: the int8 kernel takes its inputs in pairs. */
export const MAGNITUDE: usize = SPECTRUM_B + SPECTRUM_B_BYTES;
export const MAGNITUDE_BYTES: usize = (BINS + 1) * STEPS * F32;

/** [channel][step] after each convolution; conv4 writes straight into LSTM_INPUT. */
export const CONV1_OUTPUT: usize = MAGNITUDE + MAGNITUDE_BYTES;
export const CONV1_OUTPUT_BYTES: usize = CONV1_CHANNELS * STEPS * F32;
export const CONV2_OUTPUT: usize = CONV1_OUTPUT + CONV1_OUTPUT_BYTES;
export const CONV2_OUTPUT_BYTES: usize = CONV2_CHANNELS * CONV2_STEPS * F32;
export const CONV3_OUTPUT: usize = CONV2_OUTPUT + CONV2_OUTPUT_BYTES;
export const CONV3_OUTPUT_BYTES: usize = CONV3_CHANNELS * F32;

/** Input of the LSTM and its hidden state; adjacent, because the fp16 kernel multiplies both in one product. */
export const LSTM_INPUT: usize = CONV3_OUTPUT + CONV3_OUTPUT_BYTES;
export const LSTM_INPUT_BYTES: usize = LSTM_UNITS * F32;
export const HIDDEN: usize = LSTM_INPUT + LSTM_INPUT_BYTES;
export const HIDDEN_BYTES: usize = LSTM_UNITS * F32;
export const CELL: usize = HIDDEN + HIDDEN_BYTES;
export const CELL_BYTES: usize = LSTM_UNITS * F32;

/** Pre-activations of the LSTM: input, forget, candidate, output gate. */
export const GATES: usize = CELL + CELL_BYTES;
export const GATES_BYTES: usize = GATE_COUNT * F32;

/** Periodic Hann window, halved (see stft.ts). */
export const WINDOW: usize = GATES + GATES_BYTES;
export const WINDOW_BYTES: usize = WINDOW_SAMPLES * F32;
/** (cos, -sin) of 2 pi n / 128 for n in 0..127: the complex FFT. */
export const FFT_TWIDDLES: usize = WINDOW + WINDOW_BYTES;
export const FFT_TWIDDLES_BYTES: usize = 128 * 2 * F32;
/** (cos, -sin) of 2 pi n / 256 for n in 0..64 and one unused pair: separating the real spectrum. */
export const SPLIT_TWIDDLES: usize = FFT_TWIDDLES + FFT_TWIDDLES_BYTES;
export const SPLIT_TWIDDLES_BYTES: usize = 66 * 2 * F32;

/** The list of inputs that are not zero (see active-inputs.ts): at most 256 entries of 8 bytes. */
export const ACTIVE: usize = SPLIT_TWIDDLES + SPLIT_TWIDDLES_BYTES;
export const ACTIVE_BYTES: usize = 256 * 8;

/** First byte after the working memory; the weights of either kernel start here. */
export const WORK_END: usize = ACTIVE + ACTIVE_BYTES;
