import { describe, expect, it } from 'vitest';
import { backends, integers, uniform, worstProduct } from './backends.fixture.js';
import { createReferenceKernels } from './index.js';

describe.each(backends)('matmul, $name', async ({ create }) => {
  const kernels = await create();
  const reference = createReferenceKernels();

  it('multiplies by (inner, columns), or by (columns, inner) where transposed, and adds the bias', async () => {
    const out = new Float32Array(4);
    const rows = Float32Array.of(1, 2, 3, 4, 5, 6);
    await kernels.matmul(kernels.prepareMatrix(Float32Array.of(1, 0, 0, 1, 2, 2), { inner: 3 }), rows, out);
    expect([...out]).toEqual([7, 8, 16, 17]);
    const linear = kernels.prepareMatrix(Float32Array.of(1, 0, 2, 0, 1, 2), {
      inner: 3,
      transposed: true,
      bias: Float32Array.of(100, -100),
    });
    await kernels.matmul(linear, rows, out);
    expect([...out]).toEqual([107, -92, 116, -83]);
  });

  // Sizes beside those of tiles (4 rows, 8 columns) and of the depth block (256).
  it.each([
    { rows: 1, inner: 1, columns: 1 },
    { rows: 5, inner: 3, columns: 9 },
    { rows: 130, inner: 513, columns: 31 },
    { rows: 7, inner: 257, columns: 17 },
    { rows: 3, inner: 70_001, columns: 2 },
  ])(
    'is within float32 rounding of float64: ($rows, $inner) · ($inner, $columns)',
    async ({ rows, inner, columns }) => {
      const a = uniform(rows * inner, 1);
      const b = uniform(inner * columns, 2);
      const options = { inner, bias: uniform(columns, 3) };
      const product = new Float32Array(rows * columns);
      const expected = new Float32Array(rows * columns);
      await kernels.matmul(kernels.prepareMatrix(b, options), a, product);
      reference.matmul(reference.prepareMatrix(b, options), a, expected);
      expect(worstProduct(product, expected, inner, inner + 1)).toBeLessThanOrEqual(1);
    },
  );

  it('is exact where every sum is, over many blocks of rows', async () => {
    const a = integers(2100 * 300, 4, 4);
    const b = integers(300 * 10, 4, 5);
    const product = new Float32Array(2100 * 10);
    const expected = new Float32Array(2100 * 10);
    await kernels.matmul(kernels.prepareMatrix(b, { inner: 300 }), a, product);
    reference.matmul(reference.prepareMatrix(b, { inner: 300 }), a, expected);
    expect(product).toEqual(expected);
  });

  it('gives the same bits row by row as in one batch', async () => {
    const matrix = kernels.prepareMatrix(uniform(400 * 11, 6), { inner: 400 });
    const rows = uniform(9 * 400, 7);
    const batch = new Float32Array(9 * 11);
    await kernels.matmul(matrix, rows, batch);
    const single = new Float32Array(9 * 11);
    for (let row = 0; row < 9; row++) {
      await kernels.matmul(
        matrix,
        rows.subarray(row * 400, row * 400 + 400),
        single.subarray(row * 11, row * 11 + 11),
      );
    }
    expect(single).toEqual(batch);
  });

  it('multiplies no rows', async () => {
    const matrix = kernels.prepareMatrix(Float32Array.of(1), { inner: 1 });
    const out = new Float32Array(0);
    await kernels.matmul(matrix, new Float32Array(0), out);
    expect(out).toHaveLength(0);
  });
});
