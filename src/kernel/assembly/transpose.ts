/** Stores the 4x4 matrix whose columns are a, b, c, d row by row: 64 bytes. */
export function storeTransposed(target: usize, a: v128, b: v128, c: v128, d: v128): void {
  const abLow = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const cdLow = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(target, v128.shuffle<f32>(abLow, cdLow, 0, 1, 4, 5));
  v128.store(target, v128.shuffle<f32>(abLow, cdLow, 2, 3, 6, 7), 16);
  v128.store(target, v128.shuffle<f32>(abHigh, cdHigh, 0, 1, 4, 5), 32);
  v128.store(target, v128.shuffle<f32>(abHigh, cdHigh, 2, 3, 6, 7), 48);
}

/** Stores the 4x2 matrix whose columns are a and b row by row: 32 bytes. */
export function storeInterleaved(target: usize, a: v128, b: v128): void {
  v128.store(target, v128.shuffle<f32>(a, b, 0, 4, 1, 5));
  v128.store(target, v128.shuffle<f32>(a, b, 2, 6, 3, 7), 16);
}
