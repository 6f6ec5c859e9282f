import { crc32, deflateRawSync } from 'node:zlib'

/** A ZIP archive as tools write it, each file deflated. */
export function zipOf(files: Readonly<Record<string, string>>): Buffer {
  return archive(Object.entries(files).map(([name, text]) => ({ name, text, method: 8 })))
}

/** A ZIP archive of one file that is stored as it is, with a comment at its end. */
export function storedZip(name: string, text: string): Buffer {
  return archive([{ name, text, method: 0 }], 'a comment')
}

function archive(
  files: readonly { readonly name: string; readonly text: string; readonly method: number }[],
  comment = '',
): Buffer {
  const parts: Buffer[] = []
  const entries: Buffer[] = []
  let at = 0
  for (const { name, text, method } of files) {
    const content = Buffer.from(text)
    const packed = method === 8 ? deflateRawSync(content) : content
    const shared = Buffer.alloc(26)
    shared.writeUInt16LE(20, 0)
    shared.writeUInt16LE(method, 4)
    shared.writeUInt32LE(crc32(content), 10)
    shared.writeUInt32LE(packed.length, 14)
    shared.writeUInt32LE(content.length, 18)
    shared.writeUInt16LE(Buffer.byteLength(name), 22)
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), shared, Buffer.from(name), packed])
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(at, 10)
    entries.push(
      Buffer.concat([Buffer.from('PK\u0001\u0002'), Buffer.from([20, 0]), shared, tail, Buffer.from(name)]),
    )
    parts.push(local)
    at += local.length
  }
  const directory = Buffer.concat(entries)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(files.length, 4)
  end.writeUInt16LE(files.length, 6)
  end.writeUInt32LE(directory.length, 8)
  end.writeUInt32LE(at, 12)
  end.writeUInt16LE(comment.length, 16)
  return Buffer.concat([...parts, directory, Buffer.from('PK\u0005\u0006'), end, Buffer.from(comment)])
}
