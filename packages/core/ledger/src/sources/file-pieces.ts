import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'

/** A file is hashed in pieces of this size, so that of one that grew only the last piece and what follows is hashed again. */
export const pieceBytes = 16 * 2 ** 20

const readBytes = 2 ** 20

/** Hashes of the pieces of a file from a piece on, up to a byte: the last one may be shorter. Undefined where the file ends before. */
export async function hashPieces(
  file: string,
  { from = 0, to, signal }: { readonly from?: number; readonly to: number; readonly signal?: AbortSignal },
): Promise<readonly string[] | undefined> {
  const handle = await open(file)
  try {
    const buffer = Buffer.allocUnsafe(readBytes)
    const pieces: string[] = []
    for (let at = from * pieceBytes; at < to; ) {
      const end = Math.min(to, at + pieceBytes)
      const hash = createHash('sha256')
      while (at < end) {
        signal?.throwIfAborted()
        const { bytesRead } = await handle.read(buffer, 0, Math.min(readBytes, end - at), at)
        if (bytesRead === 0) return undefined
        hash.update(buffer.subarray(0, bytesRead))
        at += bytesRead
      }
      pieces.push(hash.digest('hex').slice(0, 32))
    }
    return pieces
  } finally {
    await handle.close()
  }
}
