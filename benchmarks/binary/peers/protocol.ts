/** Encodes part of a file. Reading it and bringing it into the form that the encoder takes is not timed. */
export interface EncodeRequest {
  /** Which of the peer's ways to encode. */
  readonly method: string;
  readonly file: string;
  /** First byte. Default: 0. */
  readonly start?: number;
  /** Byte after the last. Default: the file's end. */
  readonly end?: number;
  /** Bytes per piece, each encoded on its own; 0: all in one. */
  readonly piece: number;
  /** Write the ids here as little-endian u32. */
  readonly idsTo?: string;
}

export interface EncodeReply {
  readonly seconds: number;
  readonly tokens: number;
}
