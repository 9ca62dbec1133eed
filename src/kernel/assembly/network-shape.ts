/**
 * Sizes of the 16 kHz branch of Silero VAD v6.
 *
 *   64 + 512 samples -> reflect-pad 64 on the right -> 640
 *   -> STFT: 256-point periodic Hann window, hop 128 -> 4 steps of 129 magnitudes
 *   -> conv1 129 -> 128, 3 taps, stride 1, ReLU -> 4 steps
 *   -> conv2 128 ->  64, 3 taps, stride 2, ReLU -> 2 steps
 *   -> conv3  64 ->  64, 3 taps, stride 2, ReLU -> 1 step
 *   -> conv4  64 -> 128, 3 taps, stride 1, ReLU -> 1 step
 *   -> LSTM cell, 128 units -> ReLU -> 128 -> 1 -> sigmoid
 *
 * With two steps in and zero padding, conv3's first tap only ever meets padding; with one step in, conv4 meets data
 * with its centre tap alone. Neither kernel stores the taps that multiply zeros.
 */
export const FRAME_SAMPLES: usize = 512;
export const CONTEXT_SAMPLES: usize = 64;
export const PADDING_SAMPLES: usize = 64;
export const INPUT_SAMPLES: usize = CONTEXT_SAMPLES + FRAME_SAMPLES + PADDING_SAMPLES;
export const WINDOW_SAMPLES: usize = 256;
export const HOP_SAMPLES: usize = 128;
export const STEPS: usize = 4;
export const BINS: usize = 129;
export const CONV1_CHANNELS: usize = 128;
export const CONV2_CHANNELS: usize = 64;
export const CONV2_STEPS: usize = 2;
export const CONV3_CHANNELS: usize = 64;
export const CONV4_CHANNELS: usize = 128;
export const LSTM_UNITS: usize = 128;
export const GATE_COUNT: usize = 4 * LSTM_UNITS;

/** Bytes of one float32, and of one SIMD register: four of them. */
export const F32: usize = 4;
export const V128: usize = 16;
