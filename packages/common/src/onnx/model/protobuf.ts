/** Writing of protobuf messages, field by field. */
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/** One message under construction; fields keep the order in which they are written. */
export class Message {
  readonly #writer: BinaryWriter;

  constructor(writer = new BinaryWriter()) {
    this.#writer = writer;
  }

  /** An integer field: int32, int64 and enumerations. */
  integer(field: number, value: number): this {
    this.#writer.tag(field, WireType.Varint).int64(value);
    return this;
  }

  float(field: number, value: number): this {
    this.#writer.tag(field, WireType.Bit32).float(value);
    return this;
  }

  text(field: number, value: string): this {
    this.#writer.tag(field, WireType.LengthDelimited).string(value);
    return this;
  }

  bytes(field: number, value: Uint8Array): this {
    this.#writer.tag(field, WireType.LengthDelimited).bytes(value);
    return this;
  }

  /** A message within this one. */
  message(field: number, write: (message: Message) => void): this {
    this.#writer.tag(field, WireType.LengthDelimited).fork();
    write(this);
    this.#writer.join();
    return this;
  }

  finish(): Uint8Array {
    return this.#writer.finish();
  }
}
