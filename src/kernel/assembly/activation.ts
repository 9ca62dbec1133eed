/**
 * e^x, relative error below 2e-7 where the result is a normal number.
 *
 * Source: S. Moshier, Cephes, expf (range reduction by ln 2 in two parts, polynomial of degree 5).
 */
function exponential(x: v128): v128 {
  // pmin and pmax are one instruction each; min and max, which order NaN and zeros, are several on x86.
  const limited = f32x4.pmin(f32x4.pmax(x, f32x4.splat(-87.0)), f32x4.splat(88.0));
  const n = f32x4.nearest(f32x4.mul(limited, f32x4.splat(1.4426950408889634)));
  let r = f32x4.sub(limited, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(-2.1219444e-4)));
  let p = f32x4.splat(1.98756915e-4);
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.3981999507e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(8.3334519073e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(4.1665795894e-2));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.6666665459e-1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(5.0000001201e-1));
  p = f32x4.add(f32x4.add(f32x4.mul(f32x4.mul(p, r), r), r), f32x4.splat(1.0));
  const powerOfTwo = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return f32x4.mul(p, powerOfTwo);
}

/** 1 / (1 + e^-x). */
export function sigmoid(x: v128): v128 {
  return f32x4.div(f32x4.splat(1), f32x4.add(f32x4.splat(1), exponential(f32x4.neg(x))));
}

/** tanh x = 2 sigmoid(2 x) - 1. */
export function tanh(x: v128): v128 {
  return f32x4.sub(f32x4.mul(f32x4.splat(2), sigmoid(f32x4.add(x, x))), f32x4.splat(1));
}

/** max(x, 0). */
export function relu(x: v128): v128 {
  return f32x4.max(x, f32x4.splat(0));
}
