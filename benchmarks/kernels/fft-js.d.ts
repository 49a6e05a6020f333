declare module 'fft.js' {
  /** The part of fft.js (4.0.4, which has no types) that is measured. */
  export default class FFT {
    constructor(size: number);
    createComplexArray(): number[];
    /** Fills the left half of `out`, real and imaginary parts in turn. */
    realTransform(out: number[], data: ArrayLike<number>): void;
  }
}
