export interface TrainRequest {
  readonly files: readonly string[];
  /** Bytes per piece that no token crosses; 0: whole files. */
  readonly piece: number;
  /** Alphabet of 256 and merges, no special tokens. */
  readonly vocabularySize: number;
  readonly minCount: number;
  readonly maxTokenBytes: number;
}

export interface TrainReply {
  /** Reading the files not counted. */
  readonly seconds: number;
  /** Bytes of each merge's product in hexadecimal, in rank order. */
  readonly tokens: readonly string[];
}
