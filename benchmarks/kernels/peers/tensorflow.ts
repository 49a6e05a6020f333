/** TensorFlow.js's WebAssembly backend as a peer: `node tensorflow.mjs`. One thread: it has no more in Node. */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import { packageVersion } from '../../harness/package-version.js';
import { readFloats, serve } from './serve.js';

await serve(packageVersion('@tensorflow/tfjs-backend-wasm'), async () => {
  await tf.setBackend('wasm');
  await tf.ready();
  return {
    nearest: ({ codes, vectors, dimensions, metric }) => {
      const codeValues = readFloats(codes);
      const codebook = tf.tensor2d(codeValues, [codeValues.length / dimensions, dimensions]);
      const start = tf.tidy(() => tf.mul(tf.sum(tf.square(codebook), 1), -0.5));
      const values = readFloats(vectors);
      let ids = new Uint32Array();
      return {
        run: () => {
          const found = tf.tidy(() => {
            const x = tf.tensor2d(values, [values.length / dimensions, dimensions]);
            const products = tf.matMul(x, codebook, false, true);
            return tf.argMax(metric === 'euclidean' ? tf.add(products, start) : products, 1);
          });
          ids = Uint32Array.from(found.dataSync());
          found.dispose();
        },
        result: () => ids,
        free: () => tf.dispose([codebook, start]),
      };
    },
  };
});
