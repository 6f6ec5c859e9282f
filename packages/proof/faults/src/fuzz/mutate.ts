import { pick, type Random, whole } from '../random.ts'

/** Changes bytes: flips, cuts, doubles, drops and swaps pieces, puts in what readers stumble over. */
export function mutateBytes(random: Random, bytes: Uint8Array): Uint8Array {
  let changed = Buffer.from(bytes)
  for (let round = 0; round <= whole(random, 3); round += 1) changed = pick(random, onBytes)(random, changed)
  return changed
}

/** Changes a text by lines and words, and now and then by bytes. */
export function mutateText(random: Random, text: string): Uint8Array {
  let changed = text
  for (let round = 0; round <= whole(random, 3); round += 1) changed = pick(random, onText)(random, changed)
  const bytes = pick(random, encodings)(changed)
  return random() < 0.15 ? mutateBytes(random, bytes) : bytes
}

type OnBytes = (random: Random, bytes: Buffer) => Buffer<ArrayBuffer>

const pieces: readonly Buffer[] = [
  Buffer.from([0xef, 0xbb, 0xbf]),
  Buffer.from([0xff, 0xfe]),
  Buffer.from([0]),
  Buffer.from([0x80, 0xc3]),
  Buffer.from([0xff, 0xff, 0xff, 0x7f]),
  Buffer.alloc(300, 0xff),
  Buffer.from('"'),
  Buffer.from('\r'),
]

const onBytes: readonly OnBytes[] = [
  (random, bytes) => {
    const changed = Buffer.from(bytes)
    if (changed.length > 0) changed[whole(random, changed.length)]! ^= 1 << whole(random, 8)
    return changed
  },
  (random, bytes) => Buffer.from(bytes.subarray(0, whole(random, bytes.length + 1))),
  (random, bytes) => Buffer.from(bytes.subarray(whole(random, Math.min(bytes.length + 1, 64)))),
  (random, bytes) => {
    const [from, to] = [whole(random, bytes.length + 1), whole(random, bytes.length + 1)].sort(
      (a, b) => a - b,
    )
    return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)])
  },
  (random, bytes) => {
    const at = whole(random, bytes.length + 1)
    return Buffer.concat([bytes.subarray(0, at), pick(random, pieces), bytes.subarray(at)])
  },
  (random, bytes) => {
    const changed = Buffer.from(bytes)
    const at = whole(random, bytes.length + 1)
    changed.fill(whole(random, 256), at, Math.min(changed.length, at + 1 + whole(random, 16)))
    return changed
  },
]

type OnText = (random: Random, text: string) => string

const oddWords = [
  'null',
  '~',
  'true',
  '-1',
  '0',
  '1e999',
  '99999999999999999999999999999999',
  '0.1e-400',
  'NaN',
  '[]',
  '{}',
  '[[[[',
  '""',
  "'",
  '"',
  '`',
  '${env:HOME}',
  '${param:x}',
  '&a',
  '*a',
  '!!binary',
  '<<: *a',
  '|',
  '---',
  '# ',
  '\t',
  '\u0000',
  '\u200b',
  '😀',
  'é',
  '__proto__',
  'constructor',
  '; drop table raw; --',
  '../../x',
  '9999-12-31',
  '0000-00-00',
  '{"a":',
  '1,2,3,4,5,6,7,8,9',
  'x'.repeat(5000),
  'é'.repeat(300),
]

const onText: readonly OnText[] = [
  onLines((random, lines) => lines.splice(whole(random, lines.length), 1)),
  onLines((random, lines) => {
    const at = whole(random, lines.length)
    lines.splice(at, 0, ...lines.slice(at, at + 1 + whole(random, 4)))
  }),
  onLines((random, lines) => {
    const [a, b] = [whole(random, lines.length), whole(random, lines.length)]
    const kept = lines[a]!
    lines[a] = lines[b]!
    lines[b] = kept
  }),
  onLines((random, lines) => {
    const at = whole(random, lines.length)
    lines[at] = `${' '.repeat(whole(random, 5))}${lines[at]!.trimStart()}`
  }),
  onWords((random, words) => {
    words[whole(random, words.length)] = pick(random, oddWords)
  }),
  onWords((random, words) => {
    words[whole(random, words.length)] = words[whole(random, words.length)]!
  }),
  onWords((random, words) => {
    const at = whole(random, words.length)
    words[at] = `${words[at]}${pick(random, oddWords)}`
  }),
  (random, text) => {
    const at = whole(random, text.length + 1)
    return text.slice(0, at) + pick(random, oddWords) + text.slice(at)
  },
  (random, text) => text.slice(0, whole(random, text.length + 1)),
  (random, text) => text.replaceAll('\n', pick(random, ['\r\n', '\r', '\n\n', '\n \n'])),
  (random, text) =>
    text.replaceAll(pick(random, [',', ':', '"', '{', '}', ' ']), pick(random, [';', '', '\t', ',', '""'])),
]

function onLines(change: (random: Random, lines: string[]) => void): OnText {
  return (random, text) => {
    const lines = text.split('\n')
    change(random, lines)
    return lines.join('\n')
  }
}

function onWords(change: (random: Random, words: string[]) => void): OnText {
  return (random, text) => {
    const words = text.split(/([\s,:{}[\]"]+)/)
    change(random, words)
    return words.join('')
  }
}

const utf8 = (text: string): Uint8Array => Buffer.from(text)
const encodings: readonly ((text: string) => Uint8Array)[] = [
  utf8,
  utf8,
  utf8,
  utf8,
  utf8,
  (text) => Buffer.from(`\ufeff${text}`),
  (text) => Buffer.from(text, 'utf16le'),
  (text) => Buffer.from(`\ufeff${text}`, 'utf16le'),
  (text) => Buffer.from(text, 'latin1'),
]
