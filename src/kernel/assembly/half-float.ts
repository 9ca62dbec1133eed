const SIGN: i32 = 0x8000;
const MAGNITUDE_BITS: i32 = 0x7fff;
/** 2^112, the difference of the two exponent biases. */
const REBIAS: f32 = 5.192296858534828e33;

/**
 * Expands IEEE 754 binary16 to float32. Exponent and mantissa move to their float32 place, which yields the value
 * times 2^-112; multiplying by 2^112 is exact, for subnormal halves too. Infinities and NaN do not occur in weights.
 *
 * @param targetBytes Multiple of 16.
 */
export function expandHalves(source: usize, target: usize, targetBytes: usize): void {
  const end = target + targetBytes;
  while (target < end) {
    const half = v128.load16x4_u(source);
    const magnitude = i32x4.shl(v128.and(half, i32x4.splat(MAGNITUDE_BITS)), 13);
    const sign = i32x4.shl(v128.and(half, i32x4.splat(SIGN)), 16);
    v128.store(target, v128.or(f32x4.mul(magnitude, f32x4.splat(REBIAS)), sign));
    source += 8;
    target += 16;
  }
}
