import type { AsyncKernels, Kernels } from '@polytok/common/kernels';
import { fitKmeans } from '@polytok/common/quantizers';
import { type Operations, readFloats } from './serve.js';

/** The operations of this backend, as a user calls them. */
export function polytokOperations(kernels: Kernels | AsyncKernels): Operations {
  return {
    nearest: ({ codes, vectors, dimensions, metric }) => {
      const codebook = kernels.prepareCodebook(readFloats(codes), { dimensions, metric });
      const values = readFloats(vectors);
      const ids = new Uint32Array(values.length / dimensions);
      return {
        run: () => kernels.nearest(codebook, values, ids),
        result: () => ids,
        free: () => codebook.dispose(),
      };
    },
    matmul: ({ weights, bias, rows, inner, columns }) => {
      const options = { inner, transposed: true, bias: readFloats(bias) };
      const matrix = kernels.prepareMatrix(readFloats(weights), options);
      const values = readFloats(rows);
      const out = new Float32Array((values.length / inner) * columns);
      return {
        run: () => kernels.matmul(matrix, values, out),
        result: () => out,
        free: () => matrix.dispose(),
      };
    },
    vote: ({ weights, bias, vectors, voters, bits, dimensions }) => {
      const vote = kernels.prepareVote({
        ...{ weights: readFloats(weights), biases: readFloats(bias) },
        ...{ voters, bits, order: 'lsb-first' },
      });
      const values = readFloats(vectors);
      const ids = new Uint32Array(values.length / dimensions);
      return {
        run: () => kernels.vote(vote, values, ids),
        result: () => ids,
        free: () => vote.dispose(),
      };
    },
    kmeans: (task) => {
      const { dimensions: dimension, iterations } = task;
      const init = readFloats(task.centres);
      const vectors = readFloats(task.vectors);
      const options = { dimension, count: init.length / dimension, init, iterations, tolerance: 0, kernels };
      let codes = init;
      return {
        run: async () => {
          ({ codes } = await fitKmeans(vectors, options));
        },
        result: () => codes,
      };
    },
  };
}
