/** The part of wav-decoder that is used; it brings no types. */
declare module 'wav-decoder' {
  interface Decoded {
    readonly sampleRate: number;
    readonly length: number;
    readonly channelData: readonly Float32Array[];
  }
  interface Options {
    /** Divides by 2^(bits − 1) on both sides of 0, as other readers do. */
    readonly symmetric?: boolean;
  }
  const decoder: { readonly decode: { sync(bytes: ArrayBuffer, options?: Options): Decoded } };
  export default decoder;
}
