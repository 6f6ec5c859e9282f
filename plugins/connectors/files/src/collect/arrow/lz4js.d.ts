declare module 'lz4js' {
  /** Makes an LZ4 frame. */
  export function compress(bytes: Uint8Array): Uint8Array
  /** Decodes an LZ4 frame. */
  export function decompress(frame: Uint8Array): Uint8Array
}
